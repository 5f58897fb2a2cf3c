"""The headline of a text is recognised among captions, teasers, buttons and newsletters."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.importers.plain_text.scrape import parse_scrape
from scripts.importers.registry import open_reader
from tests.support.importer_inputs import the_draft

HEADLINE = "Night ferry returns to the harbour after two winters"
PROSE = (
    "The night ferry sails again from the old harbour, and the port office expects four hundred"
    " passengers a week after two winters without a boat.",
    "Its captain, who has waited for a new engine since the storm, said that the first journey was"
    " sold out within an hour of the announcement on Monday.",
    "Cars are taken on board from the north quay alone, because the southern ramp is still under"
    " repair and will not be finished before the summer of next year.",
    "The ferry company has promised that tickets bought two winters ago remain valid for any night"
    " of the season, with the exception of the public holidays.",
)
BUTTON = "Follow the link to share this page on the network"
CASES = {
    "a caption between": (HEADLINE, "By Nora Quill", "A crane lifts crates at dawn. Photo: Port"),
    "a subtitle below": (HEADLINE, "Passengers of the night ferry return to the harbour quay"),
    "teasers above": (
        "Mayor opens the longest bridge of the province",
        "Why bakers fear the price of butter this year",
        "Ten walks along the river for the autumn days",
        HEADLINE,
        "May 2, 2024",
    ),
    "a title of the window": (
        f"{HEADLINE} - The Quay Courier",
        "Sign in to read all of your saved stories",
        HEADLINE,
    ),
    "a sharing text above": (
        f"{BUTTON} One",
        f"{BUTTON} Two",
        f"{BUTTON} Three",
        HEADLINE,
        "2024/05/02",
    ),
    "a trail above": ("Home > News > Harbour > Ferries", HEADLINE, "By Nora Quill"),
    "menus without sentences above": (*("Sports page", "Weather") * 20, HEADLINE),
    "a name with a handle between": (HEADLINE, "Nora Quill, @noraquill of the Courier"),
    "a newsletter's consent above": (
        "By subscribing I agree that my address is stored and used for letters about offers, as the"
        " notice on the handling of data says in all of its paragraphs.",
        HEADLINE,
        "By Nora Quill, May 2, 2024",
    ),
    "a subheading at the beginning of the body": (HEADLINE, "By Nora Quill", PROSE[0], "The ramp"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_headline_is_recognised(case: str) -> None:
    above = CASES[case]
    lines = [*above, *(line for line in PROSE if line not in above), "Related", "Other boats sail"]
    assert parse_scrape("\n\n".join(lines)).title == HEADLINE


def test_a_headline_in_a_language_without_spaces_is_recognised() -> None:
    headline = "夜间渡轮两个冬天之后重返旧港口"
    body = (
        "夜间渡轮再次从旧港口启航，港口办公室预计每周将有四百名乘客，两个冬天之后没有船。" * 3,
    ) * 4
    lines = ["转播到微博", "首页 > 新闻 > 港口", headline, "2024年05月02日07:17", *body]
    assert parse_scrape("\n\n".join(lines)).title == headline


@pytest.mark.parametrize("first", ["Ferry", "# Ferry", "<b>Ferry</b>", "## Ferry ##"])
def test_a_short_line_above_the_text_is_its_headline(first: str) -> None:
    assert parse_scrape("\n\n".join([first, *PROSE])).title == "Ferry"


@pytest.mark.parametrize("first", ["---", "+++", "{not json", "[1]"])
def test_an_odd_first_line_hides_no_text(first: str, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("\n\n".join([first, *PROSE]) + "\n", encoding="utf-8")
    draft = the_draft(open_reader(path))
    assert "The ferry company has promised" in draft.body.content
    assert draft.title.startswith("The night ferry sails again")

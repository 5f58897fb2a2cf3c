"""The search box and the pages in Firefox, by WebDriver: with `--firefox` of `./scripts/test`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.browser.test_page_styles import RULES
from tests.support.browser import PAGE, SCREENSHOTS, Team
from tests.support.firefox import DEEP, NAMES, Firefox
from tests.support.server_process import Server

RESULTS = f"{DEEP}.querySelectorAll('[part=title]').length"
ACTIVE = f"{DEEP}.querySelector('input').getAttribute('aria-activedescendant')"


@pytest.fixture(scope="module")
def firefox() -> Iterator[Firefox]:
    if not os.environ.get("HUB_TEST_FIREFOX"):
        pytest.skip("Firefox is not asked for: ./scripts/test --firefox")
    executable = os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, NAMES)), None)
    assert executable, "no Firefox here: name one, FIREFOX=/path/to/firefox"
    with Firefox(executable) as firefox:
        yield firefox


@pytest.fixture(autouse=True)
def no_errors(firefox: Firefox) -> Iterator[None]:
    firefox.errors.clear()
    yield
    assert firefox.errors == []


def _open_box(
    firefox: Firefox,
    server: Server,
    team: Team,
    attributes: str = "",
    inside: str = "",
    html: str = 'lang="en"',
) -> None:
    path = f"/firefox{len(team.pages)}"
    team.pages[path] = PAGE.format(hub=server.url, attributes=attributes, inside=inside, html=html)
    firefox.open(team.url + path)
    firefox.run("customElements.whenDefined('hub-search').then(() => 1)")


def _type(firefox: Firefox, text: str) -> None:
    firefox.run("void document.querySelector('hub-search').focus()")
    firefox.press(*text)
    firefox.wait(RESULTS)


def test_arrows_walk_all_groups_and_enter_opens(
    firefox: Firefox, server: Server, team: Team
) -> None:
    _open_box(firefox, server, team)
    _type(firefox, "harbour")
    ids = firefox.run(f"[...{DEEP}.querySelectorAll('[role=option]')].map((one) => one.id)")
    assert len(ids) > 6
    for id_ in ids:
        firefox.press("ArrowDown")
        assert firefox.run(ACTIVE) == id_
    firefox.press("Home")
    assert firefox.run(ACTIVE) == ids[0]
    assert firefox.run_axe() == []
    firefox.take_screenshot(SCREENSHOTS / "firefox-groups.png")
    firefox.press("End", "Enter")
    firefox.wait(f"location.href.startsWith('{server.url}/stories/')")


def test_the_dialog_opens_by_a_key_and_closes(firefox: Firefox, server: Server, team: Team) -> None:
    _open_box(firefox, server, team, 'mode="modal" shortcut="k /"')
    firefox.press("/")
    firefox.wait(f"{DEEP}.querySelector('dialog').open")
    firefox.press(*"ferry")
    firefox.wait(RESULTS)
    assert firefox.run_axe() == []
    firefox.take_screenshot(SCREENSHOTS / "firefox-dialog.png")
    firefox.press("Escape")
    firefox.wait(f"!{DEEP}.querySelector('dialog').open")


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES.keys())
def test_rules_of_pages_do_not_reach_the_box(
    firefox: Firefox, server: Server, team: Team, rules: str
) -> None:
    _open_box(firefox, server, team, inside=f"<style>{rules}</style>")
    _type(firefox, "harbour")
    style = f"getComputedStyle({DEEP}.querySelector('[part=text]'))"
    values = firefox.run(
        f"['textTransform', 'letterSpacing', 'whiteSpace', 'fontStyle'].map((one) => {style}[one])"
    )
    assert values == ["none", "normal", "normal", "normal"]
    place = firefox.run(f"{DEEP}.querySelector('[part=panel]').getBoundingClientRect().toJSON()")
    assert 0 <= place["left"] < place["right"] <= 1100
    assert place["width"] > 300


def test_the_box_is_mirrored_and_speaks_the_page_s_language(
    firefox: Firefox, server: Server, team: Team
) -> None:
    _open_box(firefox, server, team, html='lang="ar" dir="rtl"')
    firefox.wait(f"!{DEEP}.querySelector('input').placeholder.startsWith('Search')")
    _type(firefox, "harbour")
    assert firefox.run_axe() == []
    firefox.take_screenshot(SCREENSHOTS / "firefox-right-to-left.png")


@pytest.mark.parametrize(
    "path", ["", "stories/ferry-launch", "topics/harbour", "search?q=ferry", "docs/", "archive"]
)
def test_pages_have_nothing_for_axe(firefox: Firefox, server: Server, path: str) -> None:
    firefox.open(f"{server.url}/{path}")
    assert firefox.run_axe() == []
    assert firefox.run("document.documentElement.scrollWidth <= innerWidth")

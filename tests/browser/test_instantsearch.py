"""A front end made with instantsearch.js and Algolia's own client, told the hub's host: no more.

Both are what tests/clients names; without them this is skipped, unless CI is set: then it fails.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import SCREENSHOTS, Team
from tests.support.client_project import PROJECT, is_installed
from tests.support.server_process import Server

SCRIPTS = {
    "/instantsearch.js": "instantsearch.js/dist/instantsearch.production.min.js",
    "/lite.js": "algoliasearch/dist/lite/builds/browser.umd.js",
}
FRONT_END = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>An older front end</title>
<body><div id="box"></div><div id="stats"></div><div id="clear"></div><div id="current"></div>
<div id="topics"></div><div id="authors"></div><div id="language"></div><div id="range"></div>
<div id="sort"></div><div id="hits"></div><div id="pages"></div><div id="newest"></div>
<script src="/instantsearch.js"></script><script src="/lite.js"></script>
<script>
const hosts = [{ url: "HOST", accept: "readWrite", protocol: "http" }];
const searchClient = window["algoliasearch/lite"].liteClient("hub", "none", { hosts });
const { widgets } = instantsearch;
const search = instantsearch({ indexName: "articles", searchClient });
const item = (hit, { html, components }) => html`<a href=${hit.url}>${
  components.Highlight({ attribute: "title", hit })}</a><p>${
  components.Snippet({ attribute: "body", hit })}</p>`;
search.addWidgets([
  widgets.searchBox({ container: "#box" }),
  widgets.stats({ container: "#stats" }),
  widgets.clearRefinements({ container: "#clear" }),
  widgets.currentRefinements({ container: "#current" }),
  widgets.refinementList({ container: "#topics", attribute: "topics", searchable: true }),
  widgets.refinementList({ container: "#authors", attribute: "authors", operator: "and" }),
  widgets.menu({ container: "#language", attribute: "language" }),
  widgets.rangeInput({ container: "#range", attribute: "timestamp" }),
  widgets.sortBy({ container: "#sort", items: [
    { value: "articles", label: "Best" }, { value: "articles_newest", label: "Newest" }] }),
  widgets.configure({ hitsPerPage: 5 }),
  widgets.hits({ container: "#hits", templates: { item } }),
  widgets.pagination({ container: "#pages" }),
  widgets.index({ indexName: "articles_newest", indexId: "newest" }).addWidgets([
    widgets.configure({ hitsPerPage: 3, filters: "NOT language:en" }),
    widgets.hits({ container: "#newest", templates: { item: (hit) => hit.language } }),
  ]),
]);
search.start();
</script></body></html>
"""


class FrontEnd:
    """The page, as a person uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hits = page.locator("#hits li a")
        self.topics = page.locator("#topics li")
        self.authors = page.locator("#authors li")

    def total(self, expected: int) -> None:
        """How many results there are, as the page says."""
        expect(self.page.locator("#stats")).to_contain_text(f"{expected} result")

    def counts(self, listed: Locator) -> dict[str, int]:
        """The values of a list with their counts."""
        found = (re.fullmatch(r"(.*?)\s*(\d+)", text) for text in listed.all_inner_texts())
        return {one[1].strip(): int(one[2]) for one in found if one}


def need_packages() -> None:
    """Skip the test without the packages of the front ends; with CI it fails."""
    if not is_installed():
        words = "no packages here: ./scripts/test --clients installs them"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)


def add_scripts(team: Team) -> None:
    """Let the team's host serve the packages."""
    for path, file in SCRIPTS.items():
        team.pages[path] = (PROJECT / "node_modules" / file).read_text(encoding="utf-8")


@pytest.fixture
def front_end(browser: Browser, server: Server, team: Team) -> Iterator[FrontEnd]:
    need_packages()
    add_scripts(team)
    team.pages["/older"] = FRONT_END.replace("HOST", urlsplit(server.url).netloc)
    context = browser.new_context(viewport={"width": 1100, "height": 1400})
    context.set_default_timeout(10_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.goto(f"{team.url}/older")
    expect(page.locator("#hits li").first).to_be_visible()
    yield FrontEnd(page)
    context.close()
    assert wrong == []


COUNT = """query Count($q: String!, $f: SearchFilter) {
  search(query: $q, filter: $f, asYouType: true) { totalCount }
}"""


def counted(server: Server, text: str = "ferry", **narrowed: object) -> int:
    """How many articles the hub's own search finds."""
    found: int = server.ask(COUNT, q=text, f=narrowed)["search"]["totalCount"]
    return found


def test_an_older_front_end_searches_narrows_and_turns_pages(
    front_end: FrontEnd, server: Server
) -> None:
    page = front_end.page
    page.locator("#box input").fill("ferry")
    everything = counted(server)
    front_end.total(everything)
    expect(front_end.hits.first.locator("mark")).to_have_text(re.compile("ferry", re.IGNORECASE))
    expect(front_end.hits).to_have_count(5)
    before = front_end.counts(front_end.topics)

    # Topics are joined by "or": their counts stay, those of the others follow.
    front_end.topics.filter(has_text="Harbour").locator("input").click()
    front_end.total(counted(server, topics=["harbour"]))
    front_end.topics.filter(has_text="Culture").locator("input").click()
    both = counted(server, topics=["harbour", "culture"])
    front_end.total(both)
    assert front_end.counts(front_end.topics) == before
    assert max(front_end.counts(front_end.authors).values()) < both

    # Authors by "and": the counts are those of what is left.
    front_end.authors.filter(has_text="Nora Quill").locator("input").click()
    left = counted(server, topics=["harbour", "culture"], authors=["nora-quill"])
    front_end.total(left)
    assert front_end.counts(front_end.authors) == {"Nora Quill": left}
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "instantsearch.png")

    page.locator("#clear button").click()
    front_end.total(everything)
    first = front_end.hits.first.inner_text()
    page.locator("#pages").get_by_role("link", name="Page 2").click()
    expect(front_end.hits.first).not_to_have_text(first)
    front_end.hits.first.click()
    expect(page.get_by_role("article")).to_be_visible()  # of the hub's story


def test_values_are_searched_and_times_and_orders_chosen(
    front_end: FrontEnd, server: Server
) -> None:
    page = front_end.page
    page.locator("#topics input[type=search]").fill("shi")
    expect(front_end.topics).to_have_count(1)
    expect(front_end.topics.locator("mark")).to_have_text("Shi")
    front_end.topics.first.locator("input").click()
    expect(page.locator("#current")).to_contain_text("Shipyard")
    # What is chosen stands there before it is answered, and the answer changes the bounds.
    front_end.total(counted(server, "", topics=["shipyard"]))

    least, most = (page.locator("#range input").nth(at) for at in (0, 1))
    lowest, highest = (int(one.get_attribute("placeholder") or 0) for one in (least, most))
    assert 1_700_000_000 < lowest < highest
    least.fill(str(highest))
    page.locator("#range button").click()
    since = datetime.fromtimestamp(highest, UTC).isoformat()
    front_end.total(counted(server, "", topics=["shipyard"], publishedFrom=since))
    page.locator("#clear button").click()
    page.locator("#sort select").select_option("articles_newest")
    [newest] = server.ask("{ articles(first: 1) { nodes { title } } }")["articles"]["nodes"]
    expect(front_end.hits.first).to_have_text(newest["title"])
    languages = set(page.locator("#newest li").all_inner_texts())
    assert languages
    assert "en" not in languages

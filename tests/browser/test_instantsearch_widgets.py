"""Each widget of instantsearch.js that a table in the docs says to work, on one page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_instantsearch import add_scripts, need_packages
from tests.support.browser import SCREENSHOTS, Team
from tests.support.paths import ROOT
from tests.support.server_process import Server, hub

TREE = [f"hierarchicalTopics.lvl{level}" for level in range(3)]
NAMES = [
    *("crumbs", "tree", "infinite", "per-page", "select", "numbers", "slider", "toggle", "dynamic"),
    *("panel", "powered", "related", "similar", "items", "voice", "auto", "rules"),
]
FRONT_END = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Widgets</title><body>DIVS
<script src="/instantsearch.js"></script><script src="/lite.js"></script>
<script>
const hosts = [{ url: "HOST", accept: "readWrite", protocol: "http" }];
const searchClient = window["algoliasearch/lite"].liteClient("hub", "none", { hosts });
const { widgets } = instantsearch;
const used = new Set();
const use = (name, container, options) => {
  used.add(name);
  return widgets[name]({ container, ...options });
};
const title = (hit) => hit.title;
const search = instantsearch({ indexName: "articles", searchClient });
const TREE = TREE_LEVELS;
search.addWidgets([
  use("breadcrumb", "#crumbs", { attributes: TREE }),
  use("hierarchicalMenu", "#tree", { attributes: TREE }),
  use("infiniteHits", "#infinite", { templates: { item: title } }),
  use("hitsPerPage", "#per-page", { items: [
    { label: "5", value: 5, default: true }, { label: "100", value: 100 }] }),
  use("menuSelect", "#select", { attribute: "month" }),
  use("numericMenu", "#numbers", { attribute: "commentCount", items: [
    { label: "All" }, { label: "Quiet", end: 0 }, { label: "Discussed", start: 1 }] }),
  use("rangeSlider", "#slider", { attribute: "commentCount" }),
  use("toggleRefinement", "#toggle", { attribute: "hasImage", on: "false" }),
  use("dynamicWidgets", "#dynamic", {
    fallbackWidget: ({ container, attribute }) =>
      attribute.startsWith("hierarchicalTopics") ? widgets.panel()(widgets.stats)({ container })
      : widgets.menu({ container, attribute, limit: 3 }),
    widgets: [],
  }),
  (used.add("panel"), widgets.panel({ templates: { header: "Language" } })(widgets.menu)(
    { container: "#panel", attribute: "language" })),
  use("poweredBy", "#powered"),
  use("queryRuleCustomData", "#rules", {
    templates: { default: ({ items }, { html }) => html`<p>${items.map(title)}</p>` } }),
  use("voiceSearch", "#voice"),
  use("relatedProducts", "#related", { objectIDs: ["OBJECT"], templates: { item: title } }),
  use("lookingSimilar", "#similar", {
    objectIDs: ["OBJECT"], limit: 2, templates: { item: title } }),
  widgets.index({ indexName: "articles", indexId: "items" }).addWidgets([
    widgets.EXPERIMENTAL_configureRelatedItems({ hit: HIT, matchingPatterns: {
      topics: { score: 3 }, authors: { score: 2 } } }),
    widgets.hits({ container: "#items", templates: { item: title } }),
  ]),
  use("EXPERIMENTAL_autocomplete", "#auto", {
    indices: [{ indexName: "articles_newest", templates: { item: ({ item }) => item.title } }],
    showSuggestions: { indexName: "articles_query_suggestions" },
  }),
]);
used.add("index"); used.add("EXPERIMENTAL_configureRelatedItems");
window.used = [...used];
window.ask = (text) => search.helper.setQuery(text).search();
search.start();
</script></body></html>
"""
STORY = """{ article(slug: "electric-crossing") { id title topics { name } authors { name }
  related(first: 30) { nodes { title } } similar: related(first: 30, kinds: [SIMILAR, TOPIC]) {
  nodes { title } } } }"""
COUNT = """query Count($f: SearchFilter) { search(query: "", filter: $f) { totalCount
  facets(fields: [TOPIC], size: 100) { buckets { value label count parent } } } }"""


@pytest.fixture
def page(browser: Browser, server: Server, team: Team) -> Iterator[Page]:
    need_packages()
    add_scripts(team)
    story = server.ask(STORY)["article"]
    hit = {
        "objectID": story["id"],
        **{name: [label["name"] for label in story[name]] for name in ("topics", "authors")},
    }
    html = FRONT_END.replace("HOST", urlsplit(server.url).netloc).replace("OBJECT", story["id"])
    html = html.replace("HIT", json.dumps(hit)).replace("TREE_LEVELS", json.dumps(TREE))
    team.pages["/widgets"] = html.replace(
        "DIVS", "".join(f'<div id="{name}"></div>' for name in NAMES)
    )
    context = browser.new_context(viewport={"width": 1100, "height": 1400})
    context.set_default_timeout(10_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.goto(f"{team.url}/widgets")
    expect(page.locator("#infinite li").first).to_be_visible()
    yield page
    context.close()
    assert wrong == []


def test_the_tree_of_topics_is_walked(page: Page, server: Server) -> None:
    buckets = server.ask(COUNT)["search"]["facets"][0]["buckets"]
    by_slug = {bucket["value"]: bucket for bucket in buckets}
    [parent, child] = next(
        (by_slug[one["parent"]], one)
        for one in buckets
        if one["parent"] and by_slug[one["parent"]]["parent"] is None
    )
    tree, crumbs = page.locator("#tree"), page.locator("#crumbs")
    tree.get_by_role("link", name=re.compile(f"^{re.escape(parent['label'])}")).click()
    inner = tree.locator("ul ul").get_by_role("link")
    name = re.compile(f"^{re.escape(child['label'])}")
    expect(inner.filter(has_text=name)).to_contain_text(str(child["count"]))
    inner.filter(has_text=name).click()
    expect(crumbs).to_contain_text(child["label"])
    page.locator("#per-page select").select_option("100")
    expect(page.locator("#infinite li")).to_have_count(child["count"])
    page.screenshot(path=SCREENSHOTS / "widgets.png", full_page=True)
    crumbs.get_by_role("link", name=parent["label"]).click()
    expect(page.locator("#infinite li")).to_have_count(parent["count"])


def test_widgets_of_values_and_numbers(page: Page, server: Server) -> None:
    hits = page.locator("#infinite li")
    expect(hits).to_have_count(5)
    page.locator("#infinite button", has_text="Show more").click()
    expect(hits).to_have_count(10)
    page.locator("#per-page select").select_option("100")
    total = server.ask(COUNT)["search"]["totalCount"]
    expect(hits).to_have_count(total)
    expect(page.locator("#slider [role=slider]")).to_have_count(2)
    expect(page.locator("#panel")).to_contain_text("Language")
    expect(page.locator("#dynamic .ais-Menu").first).to_be_visible()
    month = page.locator("#select option").nth(1).get_attribute("value") or ""
    page.locator("#select select").select_option(month)
    expect(hits).to_have_count(server.ask(COUNT, f={"months": [month]})["search"]["totalCount"])
    page.locator("#select select").select_option("")
    page.locator("#toggle input").click()
    without = server.ask(COUNT, f={"hasImage": False})["search"]["totalCount"]
    expect(hits).to_have_count(without)
    page.locator("#toggle input").click()
    page.get_by_label("Quiet").click()
    quiet = hits.count()
    page.get_by_label("Discussed").click()
    expect(hits).not_to_have_count(quiet)


def test_recommendations_and_past_searches(page: Page, server: Server) -> None:
    story = server.ask(STORY)["article"]
    titles = [node["title"] for node in story["related"]["nodes"]]
    expect(page.locator("#related li")).to_have_text(titles)
    similar = [node["title"] for node in story["similar"]["nodes"]][:2]
    expect(page.locator("#similar li")).to_have_text(similar)
    expect(page.locator("#items li").first).to_be_visible()
    expect(page.locator("#items")).not_to_contain_text(story["title"])
    box = page.locator("#auto input")
    box.click()
    box.fill("ferry")
    expect(page.locator("#auto")).to_contain_text(re.compile("ferry", re.IGNORECASE))


def test_banners_of_rules(page: Page, server: Server) -> None:
    banner = ["--text", "zeppelins", "--banner", "<b>None fly</b>"]
    completed = hub("rules", "add", "No zeppelins", *banner, data=server.data)
    assert completed.returncode == 0, completed.stderr
    page.evaluate("ask('zeppelins')")
    expect(page.locator("#rules")).to_have_text("<b>None fly</b>")
    page.evaluate("ask('ferry')")
    expect(page.locator("#rules")).to_have_text("")


def test_the_table_of_widgets_names_what_is_tried(page: Page) -> None:
    table = (ROOT / "docs/how-to/instantsearch.md").read_text(encoding="utf-8")
    works = set(re.findall(r"^\| `(\w+)`.*\| yes", table, re.MULTILINE))
    here = {name.removeprefix("EXPERIMENTAL_") for name in page.evaluate("window.used")}
    there = set(
        re.findall(r"widgets\.(\w+)\(", (ROOT / "tests/browser/test_instantsearch.py").read_text())
    )
    assert works == here | there
    every = {name.removeprefix("EXPERIMENTAL_") for name in page.evaluate("Object.keys(widgets)")}
    named = set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))
    assert every <= named

"""`<hub-search>` on a page of another origin, as people use it: every answer is the hub's own."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.support.browser import Box, OpenBox, Team
from tests.support.server_process import Server

NO_PARSE = "delete URL.parse"  # as Safari 17 has none
NO_ABORT = "AbortController.prototype.abort = function () {}"


def asked(request: Request) -> dict[str, object]:
    """The variables of a question to the hub."""
    found: dict[str, object] = json.loads(parse_qs(urlsplit(request.url).query)["variables"][0])
    return found


def left(what: Locator) -> float:
    """How far from the left it stands."""
    place = what.bounding_box()
    assert place is not None
    return place["x"]


def questions_of(page: Page) -> list[Request]:
    """The questions that the page asks the hub from now on."""
    asked: list[Request] = []

    def keep(request: Request) -> None:
        if "/graphql" in request.url:
            asked.append(request)

    page.on("request", keep)
    return asked


def test_typing_shows_suggestions_and_results_of_one_request(open_box: OpenBox) -> None:
    box = open_box()
    questions = questions_of(box.page)
    box.input.press_sequentially("bakery", delay=15)
    expect(box.options.first).to_contain_text("bakery")
    expect(box.results.first).to_be_visible()
    expect(box.status).to_have_text(re.compile(r"^\d+ results?$"))
    assert box.first_result() == "Wexler's bakery lights a second oven"
    first = box.results.first
    expect(first.locator("mark").first).to_have_text(re.compile("baker", re.IGNORECASE))
    expect(first.locator("[part=meta]")).to_contain_text(re.compile(r"20\d\d.*comment"))
    assert len(questions) < len("bakery")  # they wait for a pause
    assert {one.method for one in questions} == {"GET"}
    assert asked(questions[-1])["q"] == "bakery"
    assert box.run_axe() == []
    box.take_screenshot("typing")


def test_the_keyboard_alone_is_enough(open_box: OpenBox) -> None:
    box = open_box()
    box.page.keyboard.press("Tab")
    expect(box.input).to_be_focused()
    box.page.keyboard.type("ferry")
    expect(box.options).to_have_count(5)
    expect(box.input).to_have_attribute("aria-expanded", "true")
    box.page.keyboard.press("ArrowDown")
    expect(box.options.first).to_have_attribute("aria-selected", "true")
    active = box.input.get_attribute("aria-activedescendant")
    assert active == box.options.first.get_attribute("id")
    box.page.keyboard.press("ArrowUp")
    assert box.input.get_attribute("aria-activedescendant") is None
    box.page.keyboard.press("ArrowUp")
    expect(box.entries.last).to_have_attribute("aria-selected", "true")
    box.take_screenshot("keyboard")
    assert box.run_axe() == []
    box.page.keyboard.press("Escape")
    expect(box.input).to_have_attribute("aria-expanded", "false")
    expect(box.results.first).to_be_hidden()
    expect(box.input).to_have_value("ferry")
    box.page.keyboard.press("Enter")
    expect(box.results.first).to_be_visible()
    for _ in range(4):  # past the buttons, to a chip or result
        box.page.keyboard.press("Tab")
    box.page.keyboard.press("Escape")
    expect(box.input).to_be_focused()
    box.page.keyboard.press("Escape")
    expect(box.input).to_have_value("")


def test_nobody_is_trapped_in_the_box(open_box: OpenBox) -> None:
    box = open_box()
    box.input.fill("eel ladder")
    expect(box.results.first).to_be_visible()
    for _ in range(60):
        box.page.keyboard.press("Tab")
        if box.page.evaluate("document.activeElement.textContent") == "A link behind it":
            break
    expect(box.page.get_by_text("A link behind it")).to_be_focused()
    expect(box.results.first).to_be_hidden()


def test_enter_on_a_suggestion_goes_to_its_article(open_box: OpenBox, server: Server) -> None:
    box = open_box()
    box.input.fill("wexler")
    expect(box.options.first).to_be_visible()
    box.page.keyboard.press("ArrowDown")
    with box.page.expect_request(f"{server.url}/stories/wexler-ovens"):
        box.page.keyboard.press("Enter")


def test_a_mouse_picks_suggestions_chips_and_results(open_box: OpenBox) -> None:
    box = open_box(script="localStorage.clear()")
    box.input.fill("harb")
    topic = box.page.get_by_role("group", name="Topics").get_by_role("option").first
    topic.click()
    expect(box.input).to_have_value("")
    chip = box.page.get_by_role("button", name=re.compile("^Harbour"), pressed=True)
    expect(chip).to_be_visible()
    expect(box.status).to_have_text(re.compile(r"\d+ results"))
    before = box.status.inner_text()
    other = box.page.get_by_role("group").get_by_role("button", pressed=False).first
    other.click()
    expect(box.status).not_to_have_text(before)
    expect(box.page.get_by_role("group").get_by_role("button", pressed=True)).to_have_count(2)
    box.take_screenshot("chips")
    assert box.run_axe() == []
    box.page.get_by_text("What stands below the box").click(force=True, position={"x": 2, "y": 2})
    box.page.mouse.click(5, 750)
    expect(box.results.first).to_be_hidden()


def test_a_page_hears_of_choices_and_may_take_them_over(open_box: OpenBox) -> None:
    box = open_box()
    box.page.evaluate(
        """window.heard = [];
        for (const name of ["search", "results", "select"])
          document.addEventListener(`hub-search:${name}`, (event) => {
            window.heard.push([name, event.detail]);
            if (name === "select") event.preventDefault();
          });"""
    )
    box.input.fill("lanternhill kitchen")
    box.input.press("Enter")
    expect(box.results.first).to_be_visible()
    expect(box.status).to_have_text(re.compile("result"))
    where = box.page.url
    box.titles.first.click()
    assert box.page.url == where
    heard = {name: detail for name, detail in box.page.evaluate("window.heard")}
    assert heard["search"]["query"] == "lanternhill kitchen"
    assert heard["results"]["totalCount"] >= 1
    assert heard["select"]["article"]["title"] == box.first_result()
    assert heard["select"]["from"] == "result"


def test_touch_works_on_a_small_screen(open_box: OpenBox) -> None:
    box = open_box(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True)
    box.input.tap()
    box.input.fill("ferry")
    expect(box.options.first).to_be_visible()
    assert box.page.evaluate("document.documentElement.scrollWidth") <= 375
    box.take_screenshot("touch")
    with box.page.expect_request(re.compile(r"/stories/")):
        box.options.first.tap()


def test_right_to_left_pages_are_mirrored(open_box: OpenBox) -> None:
    box = open_box(
        'label-box="חיפוש" label-submit="חיפוש" label-count-other="{n} תוצאות"',
        html='lang="he" dir="rtl"',
    )
    box.input.fill("harbour")
    expect(box.status).to_have_text(re.compile("תוצאות"))
    assert left(box.page.get_by_role("button", name="חיפוש", exact=True)) < left(box.input)
    assert left(box.options.first) > left(box.results.first)
    box.take_screenshot("right-to-left")
    assert box.run_axe() == []


def test_dark_pages_have_a_dark_box(open_box: OpenBox) -> None:
    box = open_box(color_scheme="dark")
    box.input.fill("harbour")
    expect(box.results.first).to_be_visible()
    panel = box.page.locator("hub-search [part=panel]")
    colour = panel.evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert max(map(int, re.findall(r"\d+", colour)[:3])) < 60
    box.take_screenshot("dark")
    assert box.run_axe() == []


def test_forced_colours_keep_what_is_chosen_visible(open_box: OpenBox) -> None:
    box = open_box(forced_colors="active")
    box.input.fill("ferry")
    expect(box.options).to_have_count(5)
    box.input.press("ArrowDown")
    expect(box.options.first).to_have_css("outline-style", "solid")
    expect(box.options.nth(1)).to_have_css("outline-style", "none")
    box.take_screenshot("forced-colours")
    assert box.run_axe() == []


def test_a_page_styles_it_by_properties_and_parts(open_box: OpenBox) -> None:
    box = open_box(
        inside="""<style>hub-search { --hub-search-accent: rgb(120, 0, 60) }
        hub-search::part(title) { text-transform: uppercase }</style>"""
    )
    box.input.fill("harbour")
    title = box.titles.first
    expect(title).to_have_css("color", "rgb(120, 0, 60)")
    expect(title).to_have_css("text-transform", "uppercase")


def test_a_teams_own_template_shows_results(open_box: OpenBox) -> None:
    box = open_box(
        inside="""<template data-for="result"><h3><a data-link data-field="title"></a></h3>
        <em data-field="authors"></em><img data-field="image"></template>
        <p slot="empty">Ask the librarian.</p>"""
    )
    box.input.fill("brass band")
    expect(box.results.first.locator("h3 a")).to_have_attribute(
        "href", re.compile("/stories/brass-band$")
    )
    expect(box.results.first.locator("em")).not_to_be_empty()
    expect(box.results.first.locator("img")).to_have_count(0)
    box.input.fill("xylographic zeppelin")
    expect(box.page.get_by_text("Ask the librarian.")).to_be_visible()
    expect(box.status).to_have_text("Nothing found for “xylographic zeppelin”.")


def test_a_slow_network_is_told_and_nothing_old_is_lost(open_box: OpenBox) -> None:
    box = open_box()
    box.input.fill("ferry")
    expect(box.results.first).to_be_visible()
    held: list[Route] = []
    box.page.route("**/graphql*", lambda route: held.append(route))
    box.input.fill("bakery")
    expect(box.status).to_have_text("Searching …")
    expect(box.results.first).to_be_visible()  # of the answer before
    box.take_screenshot("slow")
    held[-1].continue_()
    expect(box.titles.first).to_contain_text("bakery")
    expect(box.status).to_have_text(re.compile("result"))


def test_an_older_answer_is_never_shown_over_a_newer_one(open_box: OpenBox) -> None:
    box = open_box(script=NO_ABORT)  # so that the old answer does arrive
    held: list[Route] = []
    box.page.route("**/graphql*", lambda route: held.append(route))
    for count, text in enumerate(("ferry", "bakery"), start=1):
        box.input.fill(text)
        while len(held) < count:
            box.page.wait_for_timeout(20)
    old, new = held
    new.continue_()
    expect(box.titles.first).to_contain_text("bakery")
    with box.page.expect_response("**/graphql*") as arrived:
        old.continue_()
    assert asked(arrived.value.request)["q"] == "ferry"
    box.page.wait_for_timeout(150)
    expect(box.titles.first).to_contain_text("bakery")


def test_a_stale_request_is_given_up(open_box: OpenBox) -> None:
    box = open_box()
    box.page.route(
        "**/graphql*", lambda route: None if "ferry" in route.request.url else route.continue_()
    )
    given_up: list[Request] = []
    box.page.on("requestfailed", lambda one: given_up.append(one))
    with box.page.expect_request("**/graphql*"):
        box.input.fill("ferry")
    box.input.fill("bakery")
    expect(box.titles.first).to_contain_text("bakery")
    assert [asked(one)["q"] for one in given_up] == ["ferry"]


def test_being_offline_is_told_and_the_search_goes_on_by_itself(open_box: OpenBox) -> None:
    box = open_box()
    box.page.context.set_offline(True)
    box.input.fill("bakery")
    notice = box.page.get_by_role("alert")
    expect(notice).to_contain_text("You are offline.")
    box.take_screenshot("offline")
    assert box.run_axe() == []
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_contain_text("You are offline.")
    expect(box.input).to_be_focused()
    box.page.context.set_offline(False)
    expect(box.titles.first).to_contain_text("bakery")
    expect(notice).to_be_hidden()


def test_a_hub_that_cannot_be_reached_is_told_with_a_retry(open_box: OpenBox) -> None:
    box = open_box()
    box.page.route("**/graphql*", lambda route: route.abort())
    box.input.fill("bakery")
    notice = box.page.get_by_role("alert")
    expect(notice).to_contain_text("cannot be reached")
    box.input.press("Escape")
    expect(notice).to_be_hidden()
    box.input.press("ArrowDown")
    expect(notice).to_be_visible()
    box.page.unroute("**/graphql*")
    notice.get_by_role("button", name="Try again").click()
    expect(box.titles.first).to_contain_text("bakery")


def test_everything_fits_at_200_percent(open_box: OpenBox) -> None:
    box = open_box(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    box.input.fill("fery")
    expect(box.results.first).to_be_attached()
    assert box.page.evaluate("document.documentElement.scrollWidth") <= 640
    box.results.last.scroll_into_view_if_needed()
    expect(box.results.last).to_be_in_viewport()
    box.take_screenshot("zoom-200")
    assert box.run_axe() == []


def test_a_link_leads_deep_into_the_results(open_box: OpenBox) -> None:
    box = open_box('results="inline"', parameters="?q=ferry&topic=shipyard")
    expect(box.input).to_have_value("ferry")
    expect(
        box.page.get_by_role("button", name=re.compile("^Shipyard"), pressed=True)
    ).to_be_visible()
    expect(box.list).to_be_hidden()
    narrowed = box.status.inner_text()
    box.take_screenshot("deep-link")
    assert box.run_axe() == []
    box.input.fill("bakery")
    box.input.press("Enter")
    assert "q=bakery" in box.page.url
    box.page.go_back()
    expect(box.input).to_have_value("ferry")
    expect(box.status).to_have_text(narrowed)


def test_suggestions_stand_at_the_box_also_where_results_stand_in_the_page(
    open_box: OpenBox,
) -> None:
    box = open_box('results="inline"')
    box.input.fill("ferry")
    expect(box.options).to_have_count(5)
    framed = box.page.locator("hub-search [part=field]")
    expect(framed).to_have_css("z-index", "1")  # else the panel would cover its outline
    field, listed = framed.bounding_box(), box.list.bounding_box()
    assert field is not None
    assert listed is not None
    assert 0 < listed["y"] - (field["y"] + field["height"]) < 60
    box.input.press("ArrowDown")
    assert box.page.evaluate("scrollY") == 0
    box.take_screenshot("inline-suggestions")
    assert box.run_axe() == []
    box.input.press("Escape")
    expect(box.list).to_be_hidden()
    expect(box.titles.first).to_be_visible()


def test_browsers_of_some_years_ago_show_results(open_box: OpenBox) -> None:
    box = open_box('article-url="/news/{slug}"', script=NO_PARSE)
    box.input.fill("bakery oven")
    expect(box.titles.first).to_have_attribute("href", re.compile("/news/wexler-ovens$"))


def test_in_a_shadow_tree_dates_follow_the_language_of_the_page(open_box: OpenBox) -> None:
    box = open_box(html='lang="de"')
    box.page.evaluate(
        """const host = document.body.appendChild(document.createElement("div"));
        host.attachShadow({ mode: "open" }).append(document.querySelector("hub-search"));"""
    )
    box.input.fill("bakery oven")
    expect(box.results.first.locator("[part=meta]")).to_contain_text(re.compile(r"\d\d\.\d\d\.20"))


def test_pages_of_results_turn_both_ways(open_box: OpenBox) -> None:
    box = open_box('results="inline" page-size="3"', parameters="?q=harbour")
    first = box.first_result()
    box.page.get_by_role("button", name="Next page").click()
    expect(box.status).to_have_text(re.compile("page 2$"))
    expect(box.page.get_by_role("heading", name="Results")).to_be_focused()
    assert box.first_result() != first
    box.page.get_by_role("button", name="Previous page").click()
    expect(box.titles.first).to_have_text(first)


def test_a_better_spelling_and_related_articles_are_offered(open_box: OpenBox) -> None:
    box = open_box('results="inline" page-size="2"')
    box.input.fill("fery")
    expect(box.results).to_have_count(2)
    box.page.locator("hub-search [part=pages]").click(position={"x": 300, "y": 10})
    expect(box.list).to_be_hidden()  # it had covered what stands right below the box
    box.page.get_by_role("button", name="ferry", exact=True).click()
    expect(box.input).to_have_value("ferry")
    expect(box.page.get_by_role("heading", name="Related to")).to_be_visible()
    expect(box.page.locator("hub-search [part=related] a").first).to_be_visible()


def test_what_readers_say_is_found_in_the_same_answer(open_box: OpenBox) -> None:
    box = open_box()
    box.page.evaluate(
        """document.addEventListener("hub-search:select", (event) => {
          window.chosen = event.detail;
          event.preventDefault();
        })"""
    )
    questions = questions_of(box.page)
    box.input.fill("gulls followed")
    said = box.page.get_by_role("region", name="In the discussion")
    expect(said.locator("q").first).to_have_text("The gulls followed her all the same.")
    expect(said.locator("q mark").first).to_have_text(re.compile("gulls", re.IGNORECASE))
    assert len(questions) == 1
    said.get_by_role("option", name="Piet V. on “Twelve minutes").click()
    chosen = box.page.evaluate("window.chosen")
    assert chosen["from"] == "discussion"
    assert chosen["comment"]["authorName"] == "Piet V."
    assert chosen["article"]["slug"] == "electric-crossing"
    assert box.run_axe() == []
    box.take_screenshot("discussion")
    box.host.evaluate("(one) => one.setAttribute('discussion', 0)")
    box.input.fill("gulls follow")
    expect(box.status).to_have_text(re.compile("result|Nothing"))
    expect(said).to_have_count(0)


def test_a_page_of_its_own_may_hold_the_results(open_box: OpenBox) -> None:
    box = open_box('search-page="/results" param="find"')
    box.input.fill("bakery")
    with box.page.expect_navigation(url=re.compile(r"/results\?find=bakery$")):
        box.input.press("Enter")


def test_deep_links_and_memory_can_be_turned_off(open_box: OpenBox) -> None:
    box = open_box('param="" recent="0" facets=""', parameters="?q=ferry")
    expect(box.input).to_have_value("")
    box.input.fill("bakery")
    box.input.press("Enter")
    expect(box.titles.first).to_contain_text("bakery")
    expect(box.page.locator("hub-search [part=facets]")).to_have_count(0)
    assert box.page.url.endswith("?q=ferry")
    assert box.page.evaluate("localStorage.length") == 0


def test_an_origin_that_may_not_ask_is_told_why(open_box: OpenBox) -> None:
    box = open_box()
    told: list[str] = []
    box.page.on("console", lambda one: told.append(one.text))
    with Team() as other:
        path = urlsplit(box.address).path
        other.pages[path] = box.page.content()
        box.page.goto(other.url + path)
        box.input.fill("bakery")
        expect(box.page.get_by_role("alert")).to_contain_text("cannot be reached")
    assert any("HUB_CORS_ORIGINS" in one for one in told)


def test_recent_searches_stay_on_the_device_until_they_are_forgotten(open_box: OpenBox) -> None:
    box = open_box()
    for text in ("ferry", "bakery", "Ferry"):
        box.input.fill(text)
        box.input.press("Enter")
        expect(box.status).to_have_text(re.compile("result"))
    box.open()
    box.input.click()
    expect(box.options).to_have_text([re.compile("^Ferry"), re.compile("^bakery")])
    assert box.run_axe() == []
    box.options.last.click()
    expect(box.input).to_have_value("bakery")
    box.page.get_by_role("button", name="Clear the search").click()
    box.page.get_by_role("button", name="Forget recent searches").click()
    expect(box.options).to_have_count(0)
    assert box.page.evaluate("localStorage.length") == 0


def test_what_the_hub_says_never_becomes_markup(open_box: OpenBox, server: Server) -> None:
    box = open_box()
    shown = box.page.evaluate(
        """async (hub) => {
          const { marked } = await import(`${hub}/hub-search.js`);
          const made = document.createElement("div");
          made.append(marked(
            'a &lt;b&gt; <mark>c &amp;amp; d</mark> <img src=x onerror=alert(1)> &#x27;&nosuch;'));
          return [made.textContent, [...made.querySelectorAll("*")].map((one) => one.localName)];
        }""",
        server.url,
    )
    assert shown == ["a <b> c &amp; d <img src=x onerror=alert(1)> '&nosuch;", ["mark"]]


@pytest.mark.parametrize("results", ["", 'results="inline"'])
def test_less_motion_is_respected(open_box: OpenBox, results: str) -> None:
    box: Box = open_box(results, reduced_motion="reduce")
    box.input.fill("ferry")
    expect(box.results.first).to_be_visible()
    moving = box.page.evaluate(
        """() => [...document.querySelector("hub-search").shadowRoot.querySelectorAll("*")]
          .filter((one) => getComputedStyle(one).transitionDuration.match(/[1-9]/)).length"""
    )
    assert moving == 0


def test_without_javascript_the_form_goes_to_the_hubs_page(
    open_box: OpenBox, server: Server
) -> None:
    box = open_box()
    box.page.close()
    context = box.page.context.browser
    assert context is not None
    plain = context.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{server.url}/search?q=fery")
    plain.get_by_role("link", name="ferry", exact=True).click()
    expect(plain.locator(".results li").first).to_be_visible()
    plain.get_by_role("searchbox", name="Search").fill("bakery oven")
    plain.get_by_role("button", name="Search").click()
    expect(plain.locator(".results a").first).to_have_text("Wexler's bakery lights a second oven")
    plain.context.close()

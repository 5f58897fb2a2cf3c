"""`<hub-search>` in groups: suggestions, results with headings, comments, favourites."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.test_search_box import questions_of
from tests.support.browser import Box, OpenBox
from tests.support.server_process import Server

POPULAR = ("ferry timetable", "bread")


def _group(box: Box, name: str | re.Pattern[str]) -> Locator:
    """Return the entries below a heading, which the list or the results show."""
    exact = isinstance(name, str)
    return box.page.get_by_role("group", name=name, exact=exact).get_by_role("option")


def test_one_question_fills_all_groups_and_the_arrows_walk_them(open_box: OpenBox) -> None:
    box = open_box()
    questions = questions_of(box.page)
    names: list[str | re.Pattern[str]] = ["Results", "In the discussion", re.compile("^Related to")]
    for text, more in (("ferry", "Articles"), ("nora", "Authors"), ("harbour", "Topics")):
        questions.clear()
        box.input.fill(text)
        for name in [more, *(names if text != "nora" else names[:1])]:
            expect(_group(box, name).first).to_be_visible()
        assert len(questions) == 1
    ids = [one.get_attribute("id") for one in box.entries.all()]
    for id_ in ids:
        box.input.press("ArrowDown")
        assert box.input.get_attribute("aria-activedescendant") == id_
    assert len(set(ids)) == len(ids)
    assert box.run_axe() == []
    box.take_screenshot("groups")


def test_a_comment_is_led_to_itself(open_box: OpenBox, server: Server) -> None:
    box = open_box()
    box.input.fill("harbour")
    comment = _group(box, "In the discussion").first
    address = comment.get_attribute("href") or ""
    found = re.fullmatch(
        re.escape(server.url) + r"/stories/[\w-]+\?comment=(\d+)#comment-(\d+)", address
    )
    assert found
    assert found[1] == found[2]
    comment.click()
    expect(box.page.locator(f"#comment-{found[1]}")).to_be_in_viewport()
    own = open_box('article-url="/news/{slug}"')
    own.input.fill("harbour")
    expect(_group(own, "In the discussion").first).to_have_attribute(
        "href", re.compile(r"/news/[\w-]+#comment-\d+$")
    )


def test_a_heading_is_led_to_itself(open_box: OpenBox) -> None:
    box = open_box()
    box.input.fill("charger")
    box.input.press("Enter")
    section = box.page.locator("hub-search [part=section]").first
    expect(section).to_be_visible()
    text = section.inner_text()
    box.take_screenshot("sections")
    assert box.run_axe() == []
    section.click()
    heading = box.page.get_by_role("heading", name=text)
    expect(heading).to_be_in_viewport()
    assert box.page.url.endswith(f"#{heading.get_attribute('id')}")


def test_searches_and_articles_are_kept_as_favourites(open_box: OpenBox, server: Server) -> None:
    box = open_box()
    box.input.fill("ferry")
    box.input.press("Enter")
    expect(box.status).to_have_text(re.compile("result"))
    title = box.first_result()
    box.results.first.hover()
    box.results.first.locator("[part=favourite]").click()
    expect(box.results.first.locator("[part=favourite]")).to_have_text("★")
    box.open()
    box.input.click()
    box.input.press("ArrowDown")
    box.input.press("*")
    favourites = _group(box, "Favourites")
    expect(favourites).to_have_text([re.compile("^ferry"), re.compile("^" + re.escape(title))])
    expect(_group(box, "Recent searches")).to_have_count(1)
    expect(box.input).to_have_value("")
    box.take_screenshot("favourites")
    assert box.run_axe() == []
    address = favourites.nth(1).get_attribute("href") or ""
    assert address.startswith(f"{server.url}/stories/")
    box.input.press("End")
    box.input.press("Delete")
    expect(favourites).to_have_count(1)
    favourites.first.locator("[part=forget-one]").click()
    expect(favourites).to_have_count(0)
    box.page.get_by_role("button", name="Forget recent searches").click()
    assert box.page.evaluate("localStorage.length") == 0


def test_popular_searches_are_offered_where_nothing_is_typed(open_box: OpenBox) -> None:
    """The answer is made here: searches are popular from the day after, when they are counted."""
    box = open_box()
    asked = []
    suggest = [{"kind": "QUERY", "text": text, "slug": text} for text in POPULAR]
    data = {"suggest": suggest, "topics": {"nodes": []}}

    def answer(route: Route) -> None:
        asked.append(route)
        route.fulfill(json={"data": data}, headers={"access-control-allow-origin": "*"})

    box.page.route("**/graphql?*operationName=Rest*", answer)
    box.input.click()
    popular = _group(box, "Popular searches")
    expect(popular).to_have_text(list(POPULAR))
    assert box.run_axe() == []
    box.input.press("ArrowDown")
    box.input.press("Enter")
    expect(box.input).to_have_value(POPULAR[0])
    expect(box.status).to_have_text(re.compile("result|Nothing"))
    box.page.evaluate("document.querySelector('hub-search').value = 'qqqqzzzz'")
    expect(box.page.locator("hub-search [part=topics] button")).to_have_text(list(POPULAR))
    assert len(asked) == 1


@pytest.mark.parametrize("attribute", ["", 'pictures="none"'])
def test_pictures_stand_beside_results(open_box: OpenBox, server: Server, attribute: str) -> None:
    """The demo has no pictures: two results are given one each, of which one is not there."""
    box = open_box(attribute)

    def add_pictures(route: Route) -> None:
        content = route.fetch().json()
        for edge, name in zip(content["data"]["search"]["edges"], ("pier", "lost"), strict=False):
            edge["node"]["image"] = {"url": f"/media/0/{name}.svg", "alt": "A pier"}
        route.fulfill(json=content, headers={"access-control-allow-origin": "*"})

    box.page.route("**/graphql?*", add_pictures)
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle r='9'/></svg>"
    headers = {"content-type": "image/svg+xml"}
    box.page.route(
        f"{server.url}/media/0/pier.svg", lambda one: one.fulfill(body=svg, headers=headers)
    )
    box.input.fill("harbour")
    expect(box.titles.first).to_be_visible()
    pictures = box.page.locator("hub-search [part=picture]")
    expect(pictures).to_have_count(0 if attribute else 1)
    if not attribute:
        expect(box.results.first.locator("[part=picture]")).to_be_visible()
        assert box.run_axe() == []
        box.take_screenshot("pictures")

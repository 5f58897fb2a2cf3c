"""The start page: the newest articles, and a story with what surrounds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS, Box
from tests.process.server import Server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    context.set_default_timeout(10_000)
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    yield page
    context.close()
    assert wrong == []  # nothing that the page's own policy forbids, among others


def test_the_newest_articles_and_the_box(page: Page, server: Server) -> None:
    box = Box(page, server.url)
    box.open("/")
    newest = server.ask("{ articles(first: 12) { nodes { title } } }")["articles"]["nodes"]
    expect(page.locator(".cards h2")).to_have_text([node["title"] for node in newest])
    box.shoot("start")
    assert box.axe() == []
    page.get_by_role("button", name="Older articles").click()
    expect(page.locator(".cards h2")).to_have_count(24)
    box.input.fill("bakery oven")
    box.titles.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Wexler's bakery lights a second oven"
    )
    assert page.url.startswith(f"{server.url}/?article=wexler-ovens&language=en")


def test_a_story_with_its_relations_topics_and_comments(page: Page, server: Server) -> None:
    box = Box(page, server.url)
    box.open("/?article=electric-crossing&language=en")
    expect(page.locator(".graph a").first).to_be_visible()
    expect(page.locator(".comments > li").first).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "story.png", full_page=True)
    assert box.axe() == []
    page.get_by_label("Your name").fill("Rita")
    page.get_by_label("Your comment").fill("I was there.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("form.comment [role=status]")).to_contain_text("Thank you.")
    page.locator(".graph a").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Twelve minutes")
    page.get_by_role("link", name="Harbour", exact=True).click()
    expect(box.status).to_have_text(re.compile(r"\d+ results"))


def test_an_article_that_is_not_there_is_told(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?article=nothing")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such article")


def test_the_plain_page_of_results(page: Page, server: Server) -> None:
    box = Box(page, server.url)
    page.goto(f"{server.url}/search?q=fery&topic=harbour")
    page.get_by_role("link", name="ferry", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("^Harbour"))).to_have_attribute(
        "aria-current", "true"
    )
    box.shoot("search-page")
    assert box.axe() == []
    page.get_by_role("link", name=re.compile("^Harbour")).click()
    expect(page.get_by_role("link", name="Next page")).to_be_visible()


def test_a_small_dark_screen(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700}, color_scheme="dark")
    box = Box(context.new_page(), server.url)
    box.open("/?article=ferry-launch&language=en")
    expect(box.page.locator(".comments > li")).to_have_count(1)
    expect(box.page.locator(".comments > li > ol")).to_contain_text("So did half the quay.")
    assert box.page.evaluate("document.documentElement.scrollWidth") <= 360
    box.shoot("story-small-dark")
    assert box.axe() == []
    context.close()

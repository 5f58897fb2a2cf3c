"""The start page: the newest articles, and a story with what surrounds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import SCREENSHOTS, SHIFTS, Box, OpenBox, open_page
from tests.support.server_process import Server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with open_page(browser, 1100, 900) as page:
        yield page


def test_the_newest_articles_and_the_box(page: Page, server: Server) -> None:
    box = Box(page, server.url)
    box.open("/")
    newest = server.ask("{ articles(first: 13) { nodes { title } } }")["articles"]["nodes"]
    expect(page.locator(".cards h2")).to_have_text([node["title"] for node in newest])
    leads = page.get_by_role("navigation", name="It leads to").get_by_role("link")
    query = "{ articles(first: 1) { nodes { related(first: 4) { nodes { title } } } } }"
    [newest_one] = server.ask(query)["articles"]["nodes"]
    related = dict.fromkeys(one["title"] for one in newest_one["related"]["nodes"])
    expect(leads).to_have_text([*related])
    box.take_screenshot("start")
    assert box.run_axe() == []
    expect(page.get_by_role("region", name="Readers say").locator("li")).to_have_count(4)
    page.get_by_role("link", name="Older articles").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Older articles")
    assert page.locator(".cards h2").first.inner_text() not in [node["title"] for node in newest]
    box.input.fill("bakery oven")
    box.titles.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Wexler's bakery lights a second oven"
    )
    assert page.url == f"{server.url}/stories/en/wexler-ovens"


def test_a_chosen_topic_is_a_pressed_chip_even_where_nothing_is_found(
    page: Page, server: Server
) -> None:
    box = Box(page, server.url)
    chips = page.locator("hub-search [part~=chip-selected]")
    box.open("/?q=&topic=harbour&year=2026")
    expect(chips).to_have_text([re.compile(r"^Harbour \d+$"), re.compile(r"^2026 \d+$")])
    box.open("/?q=zzqqx&topic=harbour&author=nora-quill&year=1999")
    expect(chips).to_have_text(["Harbour 0", "Nora Quill 0", "1999 0"])
    for chip in chips.all():
        expect(chip).to_have_attribute("aria-pressed", "true")


def test_a_story_with_its_relations_topics_and_comments(page: Page, server: Server) -> None:
    box = Box(page, server.url)
    box.open("/stories/electric-crossing")
    around = page.get_by_role("region", name="What surrounds it")
    expect(around.get_by_role("link").first).to_be_visible()
    expect(page.locator(".comments > li").first).to_be_visible()
    expect(around.locator("path")).to_have_count(around.get_by_role("link").count())
    first = around.locator("path").first
    expect(first).to_have_attribute("d", re.compile(r"^M[\d.]+ [\d.]+C"))
    around.get_by_role("link").first.focus()
    expect(first).to_have_class(re.compile(r"\blit\b"))
    page.screenshot(path=SCREENSHOTS / "story.png", full_page=True)
    assert box.run_axe() == []
    page.get_by_role("link", name="Reply to Piet V.").click()
    expect(page.get_by_role("heading", name="Reply to Piet V.")).to_be_visible()
    page.get_by_label("Your name").fill("Rita")
    page.get_by_label("Your comment").fill("I was there.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("form.comment [role=status]")).to_contain_text("Thank you.")
    expect(page).to_have_title(
        "Twelve minutes of quiet: aboard the electric ferry · The Sallow Lantern"
    )
    around.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Twelve minutes")
    page.locator("article .chips a").first.click()
    assert urlsplit(page.url).path.startswith("/topics/")
    assert box.run_axe() == []


def test_the_settings_can_be_read_on_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    box = Box(page, server.url)
    page.goto(f"{server.url}/docs/reference/settings")
    name = page.get_by_text("HUB_DATABASE_CONNECTIONS", exact=True).bounding_box()
    assert name is not None
    assert name["height"] < 30  # a line
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box.take_screenshot("settings-small")
    assert box.run_axe() == []


@pytest.mark.parametrize("width", [390, 1280])
def test_tables_of_the_docs_show_all_of_their_words(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("how-to/graph", "how-to/importing", "reference/commands", "reference/errors"):
        page.goto(f"{server.url}/docs/{path}")
        hidden = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth + 1).length"
        assert page.locator(".docs .scroll").evaluate_all(hidden) == 0, path


def test_the_form_of_a_search_stands_in_one_line_of_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(f"{server.url}/search?q=ferry")
    typed = page.get_by_role("searchbox").bounding_box()
    sent = page.get_by_role("button", name="Search").bounding_box()
    assert typed is not None
    assert sent is not None
    assert abs(typed["y"] - sent["y"]) < 5


def test_links_in_a_text_lead_to_stories(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/stories/electric-crossing")
    page.locator("article .text").get_by_role("link", name="Little Gannet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "The Little Gannet slides into the Sallow"
    )
    for slug in ("ferry-month", "winter-flu", "rowing-club-girls"):
        page.goto(f"{server.url}/stories/{slug}")
        links = page.locator("article .text a")
        expect(links.first).to_be_visible()
        for link in links.all():
            assert re.match(r"https?:|\.\./stories/|#", link.get_attribute("href") or "")


def test_the_keyboard_reaches_everything_and_skips_nothing(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/stories/electric-crossing")
    expect(page.locator(".graph path").first).to_be_attached()
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.outerHTML.slice(0, 300)"))
        if "Send" in reached[-1]:
            break
    for what in ("GraphiQL", "<hub-search", "Little Gannet</a>", "kind-inline", "words", "Send"):
        assert any(what in one for one in reached), what


def test_the_docs_are_at_hand(page: Page, server: Server) -> None:
    box = Box(page, server.url)
    page.goto(server.url)
    page.get_by_role("navigation", name="The hub").get_by_role("link", name="Docs").click()
    page.get_by_role("link", name="Use the search box").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Use the search box")
    assert box.run_axe() == []
    expect(page.get_by_role("button", name="Copy").first).to_be_visible()
    page.get_by_role("link", name="settings").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    page.get_by_role("searchbox", name="Search the docs").fill("backup")
    page.keyboard.press("Enter")
    expect(page.locator(".docs .results > li").first).to_be_visible()
    assert box.run_axe() == []


def test_an_article_that_is_not_there_is_told(open_box: OpenBox, server: Server) -> None:
    box = open_box()  # whose console may tell of the 404
    box.page.goto(f"{server.url}/stories/nothing")
    expect(box.page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    assert box.run_axe() == []


def test_the_plain_page_of_results(page: Page, server: Server) -> None:
    box = Box(page, server.url)
    page.goto(f"{server.url}/search?q=fery&topic=harbour")
    page.get_by_role("link", name="ferry", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("^Harbour"))).to_have_attribute(
        "aria-current", "true"
    )
    box.take_screenshot("search-page")
    assert box.run_axe() == []
    page.get_by_role("link", name=re.compile("^Harbour")).click()
    expect(page.get_by_role("link", name="Next page")).to_be_visible()


def test_a_small_dark_screen(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700}, color_scheme="dark")
    box = Box(context.new_page(), server.url)
    box.open("/stories/ferry-launch")
    expect(box.page.locator(".comments > li")).to_have_count(1)
    expect(box.page.locator(".comments > li > ol")).to_contain_text("So did half the quay.")
    assert box.page.evaluate("document.documentElement.scrollWidth") <= 360
    page = box.page
    page.screenshot(path=SCREENSHOTS / "story-small-dark.png", full_page=True)
    assert box.run_axe() == []
    box.open("/")
    expect(page.locator(".cards h2").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box.take_screenshot("start-small-dark")
    assert box.run_axe() == []
    context.close()


def test_pages_are_light_and_read_whole_at_twice_the_size(browser: Browser, server: Server) -> None:
    """Requests and bytes over the wire, no script in the way, nothing that moves or sticks out."""
    most = {
        "/": (3, 30_000),
        "/stories/electric-crossing": (4, 30_000),
        "/search?q=ferry": (2, 9_000),
        "/docs/": (4, 30_000),
    }
    for path, (requests, size) in most.items():
        context = browser.new_context(viewport={"width": 360, "height": 700})
        context.add_init_script(SHIFTS)
        page = context.new_page()
        page.goto(server.url + path, wait_until="networkidle")
        sizes = page.evaluate(
            "performance.getEntries().filter((one) => 'transferSize' in one)"
            ".map((one) => one.transferSize)"
        )
        assert len(sizes) <= requests, (path, sizes)
        assert sum(sizes) <= size, (path, sizes)
        assert page.evaluate("window.shifts") == []
        assert (
            page.locator("head script:not([type=module], [type='application/ld+json'])").count()
            == 0
        )
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        context.close()


def test_a_comment_is_sent_without_a_script(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/stories/electric-crossing")
    page.get_by_label("Your name").fill("Rita")
    page.get_by_label("Your comment").fill("I was there, too.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status").first).to_contain_text("read it once more")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".outcome")).to_contain_text("Thank you.")
    assert page.url == f"{server.url}/stories/electric-crossing?said=pending#comments"
    context.close()

"""Every page and every state of the search box: nothing for axe, and a picture of each is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.browser import SCREENSHOTS, Box, OpenBox
from tests.support.server_process import Server

PAGES = {
    "start": "/",
    "story": "/stories/ferry-launch",
    "story-german": "/stories/de/stapellauf",
    "topics": "/topics",
    "topic": "/topics/harbour",
    "authors": "/authors",
    "author": "/authors/nora-quill",
    "archive": "/archive",
    "archive-year": "/archive/2026",
    "search": "/search?q=ferry",
    "search-nothing": "/search?q=qqqqzzzz",
    "comment": "/comment?article=ferry-launch&language=en",
    "docs": "/docs/",
    "docs-page": "/docs/how-to/search-box",
    "docs-search": "/docs/?q=backup",
    "missing": "/stories/no-such-story",
}
LOOKS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone-dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page(browser: Browser, server: Server, look: str) -> None:
    context = browser.new_context(**LOOKS[look])
    box = Box(context.new_page(), server.url)
    problems = {}
    for name, path in PAGES.items():
        response = box.page.goto(server.url + path)
        assert response is not None
        assert response.status == (404 if name == "missing" else 200), path
        box.page.screenshot(path=SCREENSHOTS / f"page-{name}-{look}.png")
        problems[name] = box.run_axe()
        sticks_out = "document.documentElement.scrollWidth > innerWidth"
        assert not box.page.evaluate(sticks_out), path
    context.close()
    assert {name: found for name, found in problems.items() if found} == {}
    assert box.errors == []


def test_pages_on_paper(browser: Browser, server: Server) -> None:
    page = browser.new_page(viewport={"width": 800, "height": 1100})
    for name in ("start", "story"):
        page.goto(server.url + PAGES[name])
        page.emulate_media(media="print")
        page.screenshot(path=SCREENSHOTS / f"print-{name}.png")
        expect(page.locator("hub-search")).to_be_hidden()
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.close()


def test_an_empty_hub(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    with Server(tmp_path / "data") as empty:
        box = Box(page, empty.url)
        for name in ("start", "topics", "archive", "search"):
            page.goto(empty.url + PAGES[name])
            page.screenshot(path=SCREENSHOTS / f"empty-{name}.png")
            assert box.run_axe() == [], name
    page.close()


def _nothing(box: Box) -> None:
    chips = box.page.locator("hub-search [part=topics] > *")
    expect(chips.nth(1)).to_be_visible()
    assert max(chips.evaluate_all("(all) => all.map((one) => one.offsetHeight)")) < 50


def _busy(box: Box) -> None:
    expect(box.page.locator("hub-search .bone").first).to_be_visible()


def _results(box: Box) -> None:
    expect(box.titles.first).to_be_visible()


def _offline(box: Box) -> None:
    expect(box.page.locator("hub-search [part=notice]")).to_be_visible()


STATES: dict[str, tuple[str, Callable[[Box], None]]] = {
    "open": ("harbour", _results),
    "no-hits": ("qqqqzzzz", _nothing),
    "busy": ("ferry", _busy),
    "offline": ("ferry", _offline),
}
SHAPES: dict[str, dict[str, Any]] = {
    "desk": {},
    "phone": {"viewport": {"width": 360, "height": 740}},
    "dark": {"color_scheme": "dark"},
    "right-to-left": {"html": 'lang="ar" dir="rtl"'},
    "inline": {"attributes": 'results="inline"'},
    "sidebar": {"inside": "<style>main { width: 240px; overflow: hidden }</style>"},
    "unset": {"inside": "<style>* { all: unset; display: revert }</style>"},
    "initial": {"inside": "<style>hub-search { all: initial }</style>"},
    "header": {
        "inside": "<style>main { white-space: nowrap; text-transform: uppercase;"
        " letter-spacing: .3em } hub-search { font-size: 30px !important }</style>"
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_state_of_the_box(open_box: OpenBox, shape: str) -> None:
    box = open_box(**SHAPES[shape])
    box.take_screenshot(f"box-closed-{shape}")
    problems = {"closed": box.run_axe()}

    def hold(route: Route) -> None:
        """Never answer."""

    for name, (text, wait) in STATES.items():
        if name == "busy":
            box.page.route("**/graphql*", hold)
        if name == "offline":
            box.page.route("**/graphql*", lambda route: route.abort())
        box.open()
        box.input.fill(text)
        wait(box)
        box.take_screenshot(f"box-{name}-{shape}")
        problems[name] = box.run_axe()
    assert {name: found for name, found in problems.items() if found} == {}

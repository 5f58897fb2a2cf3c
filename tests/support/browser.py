"""Pages in Chromium: a team's web site, its search box, and any other page."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page
from typing_extensions import override

from tests.support.paths import ROOT

SCREENSHOTS = Path(os.environ.get("HUB_TEST_SCREENSHOTS") or ROOT / "screenshots")
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-component-update",
)
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    window.shifts.push(`${value}: ${sources.map(({ node }) => node?.nodeName).join(" ")}`);
}).observe({ type: "layout-shift", buffered: true });"""
"""Records the layout shifts of the page (https://web.dev/articles/cls)."""

PAGE = """<!doctype html>
<html {html}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page of a team</title>
<style>
:root {{ color-scheme: light dark; background: Canvas; color: CanvasText }}
body {{ font-family: sans-serif; margin: 1rem }}
hub-search:not(:defined) {{ display: block; min-height: calc(2.65em + 2px) }}
</style>
<script type="module" src="{hub}/hub-search.js"></script>
</head>
<body>
<main>
<h1>A page of a team</h1>
<hub-search endpoint="{hub}" {attributes}>{inside}</hub-search>
<p id="below">What stands below the box.</p>
<a href="#elsewhere">A link behind it</a>
</main>
</body>
</html>
"""


@contextmanager
def open_page(browser: Browser, width: int, height: int) -> Iterator[Page]:
    """Open a page; fails the test on script errors, console errors, and CSP violations."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(10_000)
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    yield page
    context.close()
    assert errors == []


class Team:
    """A web site of another origin, with pages that hold a search box."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = pages.get(self.path.partition("?")[0], "<!doctype html><title>-</title>-")
                body = text.encode()
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, format: str, *args: Any) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Team:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Box:
    """A search box on a page, with locators of its parts."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.host = page.locator("hub-search")
        self.input = page.get_by_role("combobox")
        self.list = page.get_by_role("listbox")
        self.options = page.locator("hub-search [part=option]")  # suggestions
        self.entries = page.get_by_role("option")  # suggestions and results
        self.results = page.locator("hub-search [part=result]")
        self.titles = page.locator("hub-search [part=title]")
        self.status = page.get_by_role("status")

    def open(self, parameters: str = "") -> Box:
        self.page.goto(self.address + parameters)
        self.page.locator("hub-search [part=input]").wait_for(state="attached")
        return self

    def first_result(self) -> str:
        return self.titles.first.inner_text()

    def take_screenshot(self, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True, parents=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def run_axe(self) -> list[str]:
        """Return axe-core's violations on the page, a line each."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
        report = self.page.evaluate("axe.run()")
        return [
            f"{item['id']}: {item['nodes'][0]['target']} {item['nodes'][0]['failureSummary']}"
            for item in report["violations"]
        ]


OpenBox = Callable[..., Box]

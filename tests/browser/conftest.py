"""A real server with the demo content, a page of another origin, and Debian's Chromium.

No host but 127.0.0.1 can be found from the browser. Screenshots are kept in the folder
`HUB_TEST_SCREENSHOTS`, or else in `screenshots/` in the clone. Without a browser all of this is
skipped, unless CI is set: then it fails.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.support.browser import ARGUMENTS, NAMES, PAGE, Box, OpenBox, Team
from tests.support.server_process import Server


@pytest.fixture(scope="session")
def executable() -> str:
    """The browser's path."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        words = "no Chromium here: ./scripts/test --browser installs it"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return found


@pytest.fixture(scope="session")
def team() -> Iterator[Team]:
    team = Team()
    with team:
        yield team


@pytest.fixture(scope="session")
def server(
    executable: str, tmp_path_factory: pytest.TempPathFactory, team: Team
) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("browser") / "data"
    origins = f'["{team.url}"]'
    server = Server(data, "--demo", HUB_CORS_ORIGINS=origins, HUB_SITE_NAME="The Sallow Lantern")
    with server:
        yield server


# Of the package: while it runs, no other test could start an event loop in this thread.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright, executable: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def open_box(browser: Browser, server: Server, team: Team) -> Iterator[OpenBox]:
    """Opens a page with a search box; no error of a script may be left at the end."""
    contexts: list[BrowserContext] = []
    boxes: list[Box] = []

    def open_(
        attributes: str = "",
        inside: str = "",
        *,
        html: str = 'lang="en"',
        parameters: str = "",
        script: str = "",
        **options: Any,
    ) -> Box:
        path = f"/page{len(team.pages)}"
        team.pages[path] = PAGE.format(
            hub=server.url, attributes=attributes, inside=inside, html=html
        )
        context = browser.new_context(**{"viewport": {"width": 1100, "height": 760}} | options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        boxes.append(Box(context.new_page(), team.url + path))
        return boxes[-1].open(parameters)

    yield open_
    for context in contexts:
        context.close()
    assert [error for box in boxes for error in box.errors] == []

"""GraphiQL in a browser: queries by a link, and subscriptions as they are told."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import SCREENSHOTS, open_page
from tests.support.server_process import Server, hub

ADDED = "subscription Said($id: ID!) { commentAdded(articleId: $id) { authorName body } }"
SUBMIT = """mutation($id: ID!, $name: String!) {
  submitComment(input: { articleId: $id, authorName: $name, body: "I counted them twice." }) {
    ... on SubmitCommentPayload { commentId }
  }
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with open_page(browser, 1300, 800) as page:
        yield page


def say(server: Server, article_id: str, name: str) -> None:
    """A comment that a moderator has approved."""
    said = server.ask(SUBMIT, id=article_id, name=name)["submitComment"]["commentId"]
    number = base64.b64decode(said).decode().partition(":")[2]
    assert hub("comments", "approve", number, data=server.data).returncode == 0


def test_a_link_holds_a_query(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/graphql?{urlencode({'query': '{ site { name } }'})}")
    page.get_by_role("button", name=re.compile("Execute")).click()
    expect(page.locator(".result-window")).to_contain_text("The Sallow Lantern")


def test_a_subscription_is_told_what_happens_until_it_is_stopped(
    page: Page, server: Server
) -> None:
    id_ = server.ask('{ article(slug: "curlew-count") { id } }')["article"]["id"]
    variables = f'{{"id": "{id_}"}}'
    page.goto(f"{server.url}/graphql?{urlencode({'query': ADDED, 'variables': variables})}")
    execute = page.get_by_role("button", name=re.compile("Execute"))
    with page.expect_response(lambda one: "Said" in (one.request.post_data or "")):
        execute.click()
    result = page.locator(".result-window")
    for name in ("Rita", "Piet"):
        say(server, id_, name)
        expect(result).to_contain_text(name)
    page.screenshot(path=SCREENSHOTS / "graphiql-subscription.png")
    with page.expect_event("requestfailed"):  # the hub is told that nobody listens any more
        page.get_by_role("button", name=re.compile("Stop")).click()
    expect(execute).to_be_visible()

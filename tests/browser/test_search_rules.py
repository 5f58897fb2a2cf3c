"""Banners and redirects of editors' rules, in the box and on the search page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.browser import OpenBox, Team
from tests.support.server_process import Server, hub

HOSTILE = "<img src=x onerror='window.stolen=1'>\"><script>window.stolen=1</script>"
SET = """mutation ($input: SetSearchRuleInput!) { setSearchRule(input: $input) {
  __typename ... on SetSearchRulePayload { rule { id } } ... on Problem { message } } }"""
REMOVE = """mutation ($id: ID!) { removeSearchRule(input: { id: $id }) { __typename } }"""


@pytest.fixture(scope="module")
def editor(server: Server) -> Iterator[httpx.Client]:
    secret = hub(
        "token", "create", "--role", "editor", "--name", "rules", data=server.data
    ).stdout.split()[-1]
    headers = {"authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as client:
        yield client


def send(editor: httpx.Client, query: str, **variables: Any) -> Any:
    answer = editor.post("/graphql", json={"query": query, "variables": variables}).json()
    assert "errors" not in answer, answer
    return answer["data"]


@contextmanager
def a_rule(editor: httpx.Client, **rule: Any) -> Iterator[None]:
    """Set a rule, and remove it at the end: other tests search the same hub."""
    payload = send(editor, SET, input={"name": "a rule", **rule})["setSearchRule"]
    yield
    send(editor, REMOVE, id=payload["rule"]["id"])


def test_a_banner_is_shown_as_text_in_the_box_and_on_the_page(
    browser: Browser, open_box: OpenBox, server: Server, team: Team, editor: httpx.Client
) -> None:
    banner = {"title": f"No ferries {HOSTILE}", "text": HOSTILE, "url": "/strike?a=1&b=2"}
    with a_rule(editor, texts=["ferry"], banner=banner):
        box = open_box()
        box.input.fill("ferry")
        shown = box.page.locator("hub-search [part=banner]")
        expect(shown).to_have_text(f"{banner['title']} {HOSTILE}")
        expect(shown.get_by_role("link")).to_have_attribute("href", f"{team.url}/strike?a=1&b=2")
        assert box.run_axe() == []
        box.input.fill("bakery")
        expect(box.titles.first).to_contain_text("bakery")
        expect(shown).to_have_count(0)
        pages = [box.page, browser.new_page()]
        pages[1].goto(f"{server.url}/search?q=ferry")
        aside = pages[1].locator("aside.banner")
        expect(aside).to_have_text(f"{banner['title']} {HOSTILE}")
        expect(aside.get_by_role("link")).to_have_attribute("href", banner["url"])
        for page in pages:
            expect(page.locator("img[src=x]")).to_have_count(0)
            assert page.evaluate("window.stolen") is None
        pages[1].close()


def test_a_redirect_is_followed_on_enter_alone(
    browser: Browser, open_box: OpenBox, server: Server, editor: httpx.Client
) -> None:
    refused = {"name": "x", "texts": ["x"]}
    for address in ("javascript:alert(1)", " java\nscript:alert(1)", "//elsewhere.example"):
        for rule in ({"redirect": address}, {"banner": {"title": "x", "url": address}}):
            payload = send(editor, SET, input=refused | rule)["setSearchRule"]
            assert payload["__typename"] == "Invalid", payload
    with a_rule(editor, texts=["opening hours"], redirect=f"{server.url}/topics"):
        box = open_box()
        box.input.press_sequentially("opening hours", delay=15)
        expect(box.results.first).to_be_visible()
        box.page.wait_for_timeout(300)
        assert box.page.url.startswith(box.address)
        box.input.press("Enter")
        box.page.wait_for_url(f"{server.url}/topics")
        plain = browser.new_page()
        plain.goto(f"{server.url}/search?q=opening+hours")
        expect(plain).to_have_url(f"{server.url}/topics")
        plain.close()


def test_an_answer_with_an_address_of_a_script_leads_nowhere(open_box: OpenBox) -> None:
    """As from a proxy that was tampered with: the hub itself refuses such an address."""
    box = open_box()
    script = "javascript:window.stolen=1"

    def tamper(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["data"]["search"]["banners"] = [{"title": "Here", "text": "", "url": script}]
        body["data"]["search"]["redirect"] = script
        route.fulfill(response=answer, body=json.dumps(body))

    box.page.route("**/graphql?**", tamper)
    box.input.fill("ferry")
    link = box.page.locator("hub-search [part=banner] a")
    expect(link).to_have_text("Here")
    assert "javascript:" not in (link.get_attribute("href") or "")
    box.input.press("Enter")
    expect(box.results.first).to_be_visible()
    box.page.wait_for_timeout(300)
    assert box.page.evaluate("window.stolen") is None

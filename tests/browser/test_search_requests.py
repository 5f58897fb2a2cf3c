"""What `<hub-search>` sends: short addresses that caches can keep, and what it falls back on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Request, Route, expect

from schema.web.search.box_documents import documents_in, own_documents
from scripts.bench.keystrokes import build_request
from tests.browser.test_search_box import questions_of
from tests.support.browser import OpenBox, Team
from tests.support.paths import ROOT
from tests.support.server_process import Server

LONGEST = 200


def test_questions_are_short_and_alike_for_everybody(open_box: OpenBox, server: Server) -> None:
    box = open_box()
    questions = questions_of(box.page)
    for text in ("fe", "ferry", "Ferry  Gannet"):
        box.input.fill(text)
        expect(box.results.first).to_be_visible()
        box.page.wait_for_timeout(300)
    box.input.press("Enter")
    expect(box.list).to_be_hidden()
    for one, said in zip(questions, ("fe", "ferry", "Ferry Gannet", None), strict=True):
        assert len(one.url) - len(server.url) < LONGEST
        if said is not None:  # as the bench has it
            place = build_request(said).split()[1].decode()
            assert one.url == server.url + place
    assert questions[-1].url.endswith(
        urlencode({"operationName": "Find", "variables": '{"q":"Ferry Gannet"}'})
    )


def test_the_same_question_is_the_same_address_whatever_was_done_before(open_box: OpenBox) -> None:
    addresses = set()
    for parameters in (
        "?q=ferry&topic=shipyard&topic=harbour",
        "?topic=harbour&topic=shipyard&q=ferry",
    ):
        box = open_box('results="inline"')
        questions = questions_of(box.page)
        box.open(parameters)
        expect(box.results.first).to_be_visible()
        addresses |= {one.url for one in questions}
    assert len(addresses) == 1


def test_an_answer_is_asked_for_again_by_its_tag(open_box: OpenBox, server: Server) -> None:
    box = open_box()
    questions = questions_of(box.page)
    box.input.fill("ferry")
    expect(box.results.first).to_be_visible()
    first = server.client.get(questions[-1].url, headers={"accept": "application/json"})
    assert first.headers["cache-control"].startswith("public")
    again = server.client.get(
        questions[-1].url,
        headers={"accept": "application/json", "if-none-match": first.headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize("attribute", ["clicks", ""])
def test_a_click_is_told_with_its_place_where_the_page_says_so(
    attribute: str, open_box: OpenBox, server: Server
) -> None:
    box = open_box(f'{attribute} page-size="2" results="inline" article-url="#{{slug}}"')
    sent: list[dict[str, Any]] = []

    def keep(request: Request) -> None:
        if "/1/events" in request.url:
            sent.append(json.loads(request.post_data or ""))

    box.page.on("request", keep)
    box.input.fill("harbour")
    box.input.press("Enter")
    expect(box.results).to_have_count(2)
    box.page.get_by_role("button", name="Next page").click()
    expect(box.status).to_contain_text("page 2")
    title = box.titles.nth(1)
    query = '{ search(query: "harbour", first: 4) { edges { node { id } } } }'
    answer = server.client.post("/graphql", json={"query": query}).json()
    article = answer["data"]["search"]["edges"][3]["node"]["id"]
    title.click()
    box.page.wait_for_timeout(300)
    if not attribute:
        assert sent == []
        return
    assert len(sent) == 1
    [event] = sent[0]["events"]
    assert (event["query"], event["positions"]) == ("harbour", [4])
    assert event["objectIDs"] == [article]


def test_a_hub_that_does_not_know_the_document_is_sent_it(open_box: OpenBox) -> None:
    """As where the box is newer than the hub: this hub is asked by an id that it does not know."""
    box = open_box()
    [document] = documents_in("hub-search.js")
    [id_] = [name for name, text in own_documents().items() if text == document]
    sent: list[dict[str, list[str]]] = []

    def ask(route: Route) -> None:
        asked = parse_qs(urlsplit(route.request.url).query)
        sent.append(asked)
        url = route.request.url if "query" in asked else route.request.url.replace(id_, "0" * 64)
        route.continue_(url=url)

    box.page.route("**/graphql*", ask)
    box.input.fill("bakery")
    expect(box.titles.first).to_contain_text("bakery")
    expect(box.status).to_have_text(re.compile("result"))
    short, whole = sent
    assert "query" not in short
    assert whole == {**short, "query": [document]}


def test_who_asks_too_often_is_told_so(open_box: OpenBox, tmp_path: Path, team: Team) -> None:
    limits = {"HUB_SEARCHES_PER_MINUTE": "1", "HUB_CORS_ORIGINS": f'["{team.url}"]'}
    with Server(tmp_path / "data", **limits) as strict:
        box = open_box()
        box.host.evaluate("(one, url) => one.setAttribute('endpoint', url)", strict.url)
        for text in ("tide", "ebb"):
            box.input.fill(text)
            expect(box.page.get_by_role("status")).not_to_have_text("")
        expect(box.page.get_by_role("alert")).to_contain_text("too many searches")
        assert box.run_axe() == []


def test_a_pinned_box_works_and_another_file_is_refused(
    open_box: OpenBox, team: Team, server: Server
) -> None:
    box = open_box()
    line = server.client.get("/hub-search.json").json()["html"]
    form = '<form action="/s"><input name="q" aria-label="Plain"></form>'
    body = f'<hub-search endpoint="{server.url}">{form}</hub-search>'
    team.pages["/pinned"] = f"<!doctype html><title>-</title>{line}{body}"
    box.page.goto(f"{team.url}/pinned")
    box.input.fill("bakery")
    expect(box.titles.first).to_contain_text("bakery")
    wrong = re.sub("sha384-.{8}", "sha384-AAAAAAAA", line)
    team.pages["/mistaken"] = f"<!doctype html><title>-</title>{wrong}{body}"
    box.page.goto(f"{team.url}/mistaken")
    expect(box.page.get_by_role("textbox", name="Plain")).to_be_visible()
    expect(box.page.get_by_role("combobox")).to_have_count(0)


def test_a_strict_policy_is_kept_to(open_box: OpenBox, team: Team, server: Server) -> None:
    box = open_box()
    told: list[str] = []
    box.page.on("console", lambda one: told.append(one.text))
    policy = f"default-src 'none'; script-src {server.url}; connect-src {server.url}"
    team.pages["/strict"] = (
        "<!doctype html><title>-</title>"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<script type="module" src="{server.url}/hub-search.js"></script>'
        f'<hub-search endpoint="{server.url}"></hub-search>'
    )
    box.page.goto(f"{team.url}/strict")
    box.input.fill("bakery")
    expect(box.titles.first).to_contain_text("bakery")
    expect(box.page.locator("hub-search [part=panel]")).to_have_css("position", "fixed")
    assert [text for text in told if "Content Security Policy" in text] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_the_docs_works_as_it_is(
    scheme: str, open_box: OpenBox, team: Team, server: Server, browser: Browser
) -> None:
    docs = (ROOT / "docs" / "how-to" / "search-box.md").read_text(encoding="utf-8")
    [page] = re.findall(r"```html\n(<!doctype html>.*?)```", docs, re.DOTALL)
    assert page.count("https://hub.example.org") == 3
    team.pages["/copied"] = page.replace("https://hub.example.org", server.url)
    box = open_box(color_scheme=scheme)
    chosen: list[str] = []
    box.page.on("console", lambda one: chosen.append(one.text))
    box.page.goto(f"{team.url}/copied?q=bakery+oven")
    expect(box.titles.first).to_have_text("Wexler's bakery lights a second oven")
    expect(box.titles.first).to_have_attribute("href", f"{team.url}/news/wexler-ovens")
    expect(box.titles.first).to_have_css("font-family", "Georgia, serif")
    assert box.run_axe() == []
    box.take_screenshot(f"copied-page-{scheme}")
    box.titles.first.click()
    assert f"bakery oven {team.url}/news/wexler-ovens" in chosen
    box.page.goto(f"{team.url}/copied?q=xylographic")
    expect(box.page.get_by_text("Look through the archive")).to_be_visible()
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{team.url}/copied")
    plain.get_by_role("textbox", name="Search").fill("bakery")
    plain.get_by_role("button", name="Search").click()
    expect(plain).to_have_url(f"{server.url}/search?q=bakery")
    plain.context.close()


def test_the_theme_of_the_docs_is_light_and_dark(open_box: OpenBox) -> None:
    docs = (ROOT / "docs" / "how-to" / "search-box.md").read_text(encoding="utf-8")
    [theme] = re.findall(r"```css\n(.*?)```", docs, re.DOTALL)
    for scheme, accent in (("light", "rgb(122, 12, 60)"), ("dark", "rgb(255, 154, 192)")):
        box = open_box(inside=f"<style>{theme}</style>", color_scheme=scheme)
        box.input.fill("bakery")
        expect(box.titles.first).to_have_css("color", accent)
        expect(box.input).to_have_css("font-family", "Georgia, serif")
        expect(box.results.first).to_have_css("border-left-width", "3px")
        submit = box.page.get_by_role("button", name="Search", exact=True)
        expect(submit).to_have_css("text-transform", "uppercase")
        assert box.run_axe() == []
        box.take_screenshot(f"theme-{scheme}")


def test_the_template_of_the_docs_shows_results(open_box: OpenBox) -> None:
    docs = (ROOT / "docs" / "how-to" / "search-box.md").read_text(encoding="utf-8")
    [inside] = re.findall(r"<template data-for.*?</template>", docs, re.DOTALL)
    box = open_box(inside=inside)
    box.input.fill("bakery oven")
    result = box.results.first
    expect(result.get_by_role("heading", level=3)).to_have_text(
        "Wexler's bakery lights a second oven"
    )
    expect(result.locator("[data-field=date]")).to_have_text(re.compile("20"))
    expect(result.locator("img")).to_have_count(0)

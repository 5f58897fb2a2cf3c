"""What `<hub-search>` sends: short addresses that caches can keep, and what it falls back on."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Route, expect

from schema.web.documents import documents_in, own_documents
from scripts.bench.keystrokes import question
from tests.browser.conftest import OpenBox
from tests.browser.test_search_box import questions_of
from tests.process.server import Server

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
            place = question(said).split()[1].decode()
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

"""The search box's file and the plain page of results, over HTTP."""

from __future__ import annotations

import gzip
import hashlib
import re
from base64 import b64encode
from datetime import UTC, datetime

import brotli
import httpx
import pytest

from hub.auth import SYSTEM
from hub.models import Status
from hub.reads.search_tuning import RuleRow
from hub.search.rules import set_rule
from hub.settings import Settings
from schema.web.search.box_documents import documents_in, own_documents
from schema.web.search.page import HITS
from schema.web.static_files import FILES
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub
from tests.support.paths import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
READERS = ("10.0.0.1", "10.0.0.2", "10.0.0.3")
MOST_BYTES = {None: 60_000, "br": 14_000, "gzip": 16_500}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("*", "br"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("gzip;q=0, identity", None),
        ("br;q=x", None),
        ("", None),
    ],
)
async def test_the_box_is_served_small_compressed_and_to_any_origin(
    accepted: str, coding: str | None, client: Client
) -> None:
    sent = {"accept-encoding": accepted}
    async with client.http.stream("GET", "/hub-search.js", headers=sent) as answer:
        content = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers.get("content-encoding") == coding
    assert "Accept-Encoding" in answer.headers["vary"]
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert unpack(content) == FILES.files["hub-search.js"].content
    assert len(content) == int(answer.headers["content-length"])
    assert len(content) <= MOST_BYTES[coding]
    # The tag is this form's own: a cache never takes one for another.
    for other, status in ((accepted, 304), ("gzip" if coding != "gzip" else "br", 200)):
        sent = {"accept-encoding": other, "if-none-match": answer.headers["etag"]}
        repeated = await client.http.get("/hub-search.js", headers=sent)
        assert repeated.status_code == status


async def test_a_page_may_pin_the_box(client: Client) -> None:
    embed = (await client.http.get("/hub-search.json")).json()
    script = await client.http.get(embed["src"])
    assert "immutable" in script.headers["cache-control"]
    hash_ = b64encode(hashlib.sha384(script.content).digest()).decode()
    assert embed["integrity"] == f"sha384-{hash_}"
    assert embed["html"] == (
        f'<script type="module" src="{embed["src"]}" integrity="{embed["integrity"]}" crossorigin>'
        "</script>"
    )


async def test_the_boxs_document_is_known_by_the_id_that_it_sends(client: Client) -> None:
    [document] = documents_in("hub-search.js")
    script = FILES.files["hub-search.js"].content.decode()
    [id_] = re.findall(r'const DOCUMENT_ID = "(\w+)"', script)
    assert own_documents()[id_] == document
    assert document == script.partition("/* GraphQL */ `")[2].partition("`")[0]
    for operation in ("Type", "Talk", "Find"):
        params = {"documentId": id_, "operationName": operation, "variables": '{"q":"tide"}'}
        answer = await client.http.get("/graphql", params=params)
        assert answer.json()["data"]["search"]["totalCount"] == 0, answer.text
        assert ("said" in answer.json()["data"]) == (operation != "Type")
        assert "etag" in answer.headers


async def test_an_article_says_where_it_is_read(demo: Client) -> None:
    query = '{ article(slug: "ferry-launch", language: "en") { url } }'
    assert (await demo.ask(query))["article"]["url"] is None


async def the_page(client: Client, parameters: str) -> httpx.Response:
    return await client.http.get(f"/search?{parameters}")


async def test_results_are_a_plain_page(demo: Client) -> None:
    answer = await the_page(demo, "q=bakery+oven")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in answer.text
    assert re.search(r'<li lang="en"[^>]*><a href="[^"]+stories/wexler-ovens', answer.text)
    assert "<mark>" in answer.text
    assert "2 results" in answer.text


async def test_results_are_paged_narrowed_and_corrected(demo: Client) -> None:
    first = await the_page(demo, "q=harbour")
    following = re.search(r'rel="next" href="\?([^"]+)"', first.text)
    assert following
    second = await the_page(demo, following[1].replace("&amp;", "&"))
    assert first.text.count("<li ") == HITS
    links = re.compile(r"<li [^>]*><a href=\"([^\"]+)\"")
    assert not set(links.findall(first.text)) & set(links.findall(second.text))
    assert "First page" in second.text
    narrowed = await the_page(demo, "q=harbour&topic=shipyard")
    assert '<input type="hidden" name="topic" value="shipyard">' in narrowed.text
    assert 0 < narrowed.text.count("<li ") < HITS
    corrected = await the_page(demo, "q=fery")
    assert 'Did you mean <a href="?q=ferry">' in corrected.text


async def test_whatever_is_typed_is_escaped_and_answered(demo: Client) -> None:
    answer = await the_page(demo, 'q="><script>alert(1)</script>&topic="><b>')
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<b>" not in answer.text
    empty = await the_page(demo, "")
    assert empty.status_code == 200
    assert "<ol" not in empty.text
    stale = await the_page(demo, "q=ferry&after=nonsense")
    assert stale.status_code == 400
    assert "Begin again" in stale.text
    assert stale.headers["cache-control"] == "no-store"


async def test_readers_searches_on_the_page_are_counted(demo: Client) -> None:
    for parameters in ("q=lanternhill", "q=lanternhill&topic=town"):
        for address in READERS:
            transport = httpx.ASGITransport(app=demo.app, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http:
                await http.get(f"/search?{parameters}")
    await demo.app.state.search_counter.store(30)
    statistics = await demo.ask("{ searchStatistics { top { text searches } } }", editor=True)
    assert statistics["searchStatistics"]["top"] == [{"text": "lanternhill", "searches": 6}]


async def test_the_sites_pattern_of_addresses_is_kept_to(settings: Settings) -> None:
    pattern = "https://www.example.org/{language}/{slug}"
    async with a_hub(settings.model_copy(update={"article_url": pattern})) as hub:
        id_ = await an_article("Tide tables", slug="tide-tables")
        assert await hub.indexer.wait(id_)
        result = await hub.ask('{ article(slug: "tide-tables") { url } }')
        assert result["article"]["url"] == "https://www.example.org/en/tide-tables"
        answer = await hub.http.get("/search?q=tide")
        assert 'href="https://www.example.org/en/tide-tables"' in answer.text


async def test_what_is_not_published_is_not_on_the_page(client: Client) -> None:
    id_ = await an_article("Secret plans", status=Status.DRAFT)
    assert await client.indexer.wait(id_)
    answer = await client.http.get("/search?q=secret", headers=client.editor)
    assert "Secret plans" not in answer.text


async def test_the_page_offers_the_results_of_a_time_alone(client: Client) -> None:
    for year in (2023, 2024):
        moment = datetime(year, 5, 6, tzinfo=UTC)
        id_ = await an_article(f"Tide of {year}", topics=("Sea",), published_at=moment)
    assert await client.indexer.wait(id_)
    both = (await client.http.get("/search?q=tide+2024&topic=sea")).text
    offer = "?q=tide+2024&amp;topic=sea&amp;dates=only"
    assert f'<a href="{offer}"><bdi>2024</bdi>' in both
    assert "of 2023" in (await client.http.get("/search?q=tide&dates=only")).text
    narrowed = (await client.http.get("/search" + offer.replace("&amp;", "&"))).text
    assert "1 result" in narrowed
    assert "of 2023" not in narrowed
    back = "?q=tide+2024&amp;topic=sea"
    assert f'<a href="{back}" aria-current="true"><bdi>2024</bdi>' in narrowed
    assert 'name="dates" value="only"' in narrowed
    assert "dates=only" not in (await client.http.get("/search?q=tide&topic=sea")).text
    assert "result" not in (await client.http.get("/search?dates=only")).text.split("<main", 1)[1]


async def test_the_start_page_asks_by_files_of_its_own(demo: Client) -> None:
    answer = await demo.http.get("/")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    data = r'<script type="application/ld\+json">'
    assert not re.search(rf"<script(?![^>]* src=)(?!{data[7:]})|<style| on\w+=|style=", answer.text)
    for address in re.findall(r'(?:src|href)="([\w./?=-]+)"', answer.text):
        if not address.endswith("./"):
            linked = await demo.http.get(answer.url.join(address), headers={"accept": "text/html"})
            assert linked.status_code == 200, address


async def test_the_start_page_can_be_turned_off(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"start_page": False})) as hub:
        answer = await hub.http.get("/")
        assert (answer.status_code, answer.headers["location"]) == (307, "graphql")
        for path in ("search", "docs/", "stories/x", "topics", "authors", "archive", "comment"):
            assert (await hub.http.get(f"/{path}")).status_code == 404, path
        assert "text/html" not in (await hub.http.get("/opensearch.xml")).text


async def test_the_name_of_a_site_is_escaped(settings: Settings) -> None:
    renamed = settings.model_copy(
        update={"site_name": '<b>"Lantern"</b>', "site_url": "javascript:x"}
    )
    async with a_hub(renamed) as hub:
        for path in ("/", "/search", "/topics", "/stories/nothing"):
            answer = await hub.http.get(path)
            assert "<b>" not in answer.text
            assert "javascript:" not in answer.text


SOURCES = [
    path
    for pattern in ("*.py", "*.js", "*.html")
    for path in (ROOT / "schema").rglob(pattern)
    if "graphiql" not in path.parts  # files of another project
]


def test_each_button_has_a_type() -> None:
    """Without one a button submits the form around it."""
    number = 0
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        made = re.findall(r'make\("button", (.{60})', text, re.DOTALL)
        for button in [*re.findall(r"<button\b[^>]*", text), *made]:
            number += 1
            assert re.search(r'\btype(=|: )"', button), (path.name, button)
    assert number > 8


@pytest.mark.parametrize(
    ("redirect", "location"),
    [
        ("/s\u00f6k/\u65e5\u672c?a=%20#\u00fc", "/s%C3%B6k/%E6%97%A5%E6%9C%AC?a=%20#%C3%BC"),
        ("https://ferry.test/a?b=c&d=[e]", "https://ferry.test/a?b=c&d=[e]"),
    ],
)
async def test_a_rule_leads_to_an_address_in_any_script(
    client: Client, redirect: str, location: str
) -> None:
    await set_rule(RuleRow(0, "a rule", texts=("ferry",), redirect=redirect), by=SYSTEM)
    response = await client.http.get("/search", params={"q": "Ferry"})
    assert (response.status_code, response.headers["location"]) == (302, location)

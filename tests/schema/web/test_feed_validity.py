"""Feeds, sitemaps and descriptions by the field's own rules, and as strict readers take them.

The rules are in `rules/`, as RELAX NG: whatever they do not name is an error.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import feedparser
import httpx
import pytest
from lxml import etree
from lxml import html as markup

from hub import articles
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.timestamps import now
from hub.reads import sitemap
from schema.web.absolute_links import LinkContext, make_links_absolute
from schema.web.feeds.feed import BATCH_SIZE as BODIES_AT_ONCE
from schema.web.feeds.feed import Feed
from schema.web.feeds.formats import render_atom, render_json, render_rss
from schema.web.feeds.items import Item
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
RULES = Path(__file__).with_name("rules")
NEWEST = "first=50"
COMMENTS = "article=ferry-launch&language=en"
QUERIES = (NEWEST, "topic=shipyard", "author=nora-quill", "q=ferry", "language=xx", COMMENTS)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def violations(content: bytes, rules: str) -> list[str]:
    """Return the violations of a RELAX NG schema in a document."""
    checked = etree.RelaxNG(etree.parse(RULES / f"{rules}.rng"))
    checked.validate(etree.fromstring(content))
    return [f"line {error.line}: {error.message}" for error in checked.error_log]


async def test_the_rules_find_what_is_wrong(demo: Client) -> None:
    for path, rules, right, wrong in (
        ("/atom.xml", "atom", b"<id>", b"<id> not an iri "),
        ("/atom.xml", "atom", b"Z</updated>", b"</updated>"),
        ("/feed.xml", "rss", b" GMT</pubDate>", b"</pubDate>"),
        ("/feed.xml", "rss", b"<link>http:", b"<link>"),
        ("/sitemap.xml", "sitemap", b"<lastmod>", b"<lastmod>about "),
        ("/opensearch.xml", "opensearch", b"UTF-8", b"UTF-9"),
    ):
        content = (await demo.http.get(path)).content
        assert right in content
        assert violations(content.replace(right, wrong), rules), (path, wrong)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(("path", "rules"), [("/atom.xml", "atom"), ("/feed.xml", "rss")])
async def test_feeds_keep_to_their_rules(path: str, rules: str, query: str, demo: Client) -> None:
    answer = await demo.http.get(f"{path}?{query}")
    assert answer.status_code == 200
    assert violations(answer.content, rules) == []


@pytest.mark.parametrize("query", QUERIES)
async def test_json_feeds_keep_to_their_rules(query: str, demo: Client) -> None:
    """https://www.jsonfeed.org/version/1.1/"""
    feed = (await demo.http.get(f"/feed.json?{query}")).json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    for name in ("home_page_url", "feed_url"):
        assert urlsplit(feed[name]).scheme == "http"
    properties = {"id", "url", "title", "content_html", "summary", "image", "date_published"}
    properties |= {"date_modified", "authors", "tags", "language"}
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    for item in feed["items"]:
        assert set(item) <= properties
        assert {"id", "content_html"} <= set(item)
        assert all(isinstance(value, str) for name, value in item.items() if name in ("id", "url"))
        assert all(set(author) == {"name"} and author["name"] for author in item["authors"])
        for name in ("date_published", "date_modified"):
            assert RFC3339.fullmatch(item[name])


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", ["/atom.xml", "/feed.xml"])
async def test_a_strict_reader_gets_what_the_json_feed_says(
    path: str, query: str, demo: Client
) -> None:
    answer = await demo.http.get(f"{path}?{query}")
    read = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == {"/atom.xml": "atom10", "/feed.xml": "rss20"}[path]
    expected = (await demo.http.get(f"/feed.json?{query}")).json()
    assert read.feed.title == expected["title"]
    assert len(read.entries) == len(expected["items"])
    for entry, item in zip(read.entries, expected["items"], strict=True):
        assert (entry.id, entry.link, entry.title) == (item["id"], item["url"], item["title"])
        assert entry.published_parsed[:3] == tuple(map(int, item["date_published"][:10].split("-")))
        assert [author.name for author in entry.authors] == [
            author["name"] for author in item["authors"]
        ]
        assert [tag.term for tag in entry.get("tags", [])] == item.get("tags", [])
        assert entry.content[0].value


async def test_no_address_in_a_feed_is_a_relative_one(demo: Client) -> None:
    linked = 0
    for item in (await demo.http.get("/feed.json?first=50")).json()["items"]:
        root = markup.fragment_fromstring(item["content_html"], create_parent="div")
        for element, _, address, _ in root.iterlinks():
            assert urlsplit(address).scheme in ("http", "https", "mailto"), (element, address)
            linked += address.startswith("http://hub.test/stories/")
    assert linked > 3


PLACE = LinkContext(
    "https://p.test/a", "https://old.test/2026/a", "https://s.test", {"the ferry": "/f"}
)


@pytest.mark.parametrize(
    ("place", "body", "expected"),
    [
        (PLACE, '<a href="ferry.md">the\n ferry</a>', '<a href="/f">the\n ferry</a>'),
        (PLACE, '<a href="b?c=1&amp;d">x</a>', '<a href="https://old.test/2026/b?c=1&amp;d">x</a>'),
        (PLACE, '<a href="#top">x</a>', '<a href="https://p.test/a#top">x</a>'),
        (PLACE, '<a href="mailto:a@b.test">x</a>', '<a href="mailto:a@b.test">x</a>'),
        (PLACE, '<img src="//i.test/1.png" alt="">', '<img src="https://i.test/1.png" alt="">'),
        (PLACE, "<p>a &lt; b</p>", "<p>a &lt; b</p>"),
        (
            LinkContext("p", None, "https://s.test"),
            '<a href="/b">x</a>',
            '<a href="https://s.test/b">x</a>',
        ),
        (
            LinkContext("p", None, "s"),
            '<p>a <a href="b.md"><b>c</b></a> d</p>',
            "<p>a <b>c</b> d</p>",
        ),
        (LinkContext("p", None, "s"), '<p>a<img src="b.png">c</p>', "<p>ac</p>"),
        (PLACE, '<a href="//[x">y</a>', "y"),
        (PLACE, 'a\fb<a href="/c\fd">x</a>', 'a b<a href="https://old.test/c%20d">x</a>'),
    ],
)
def test_addresses_are_made_whole(place: LinkContext, body: str, expected: str) -> None:
    assert make_links_absolute(body, place) == expected


async def test_sitemaps_and_descriptions_keep_to_their_rules(demo: Client) -> None:
    for path, rules in (
        ("/sitemap.xml", "sitemap"),
        ("/sitemap-0.xml", "sitemap"),
        ("/opensearch.xml", "opensearch"),
    ):
        assert violations((await demo.http.get(path)).content, rules) == []


async def test_robots_keeps_to_its_rules(demo: Client) -> None:
    """RFC 9309: groups of lines, each a name, a colon and a value."""
    answer = await demo.http.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [line for line in answer.text.splitlines() if line]
    assert all(re.fullmatch(r"(User-agent|Disallow|Allow|Sitemap): \S+", line) for line in lines)
    assert lines[0] == "User-agent: *"


async def test_bodies_are_read_a_few_at_a_time_and_not_at_all_for_who_has_them(
    client: Client,
) -> None:
    for number in range(BODIES_AT_ONCE + 2):
        last = await an_article(f"Story {number}", slug=f"story-{number}")
    assert await client.indexer.wait(last)

    etags = list[str]()

    async def statements(path: str, **headers: str) -> tuple[int, httpx.Response]:
        with counted(client.db) as caused:
            answer = await client.http.get(path, headers=headers)
        etags.append(answer.headers["etag"])
        return len(caused), answer

    for path in ("/feed.xml", "/atom.xml", "/feed.json"):
        full_count, answer = await statements(path)
        assert "content-length" not in answer.headers
        assert "Story 11" in answer.text
        conditional_count, repeated = await statements(path, **{"if-none-match": ", ".join(etags)})
        assert (repeated.status_code, full_count - conditional_count) == (304, 2)


BY_TIME = ("/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/sitemap-0.xml")


async def next_second() -> None:
    await anyio.sleep(1.01 - now().microsecond / 1_000_000)


async def test_a_reader_that_goes_by_time_learns_of_what_has_gone(client: Client) -> None:
    """Also if that happens within the second of its copy, or of the change before."""
    ids = [await an_article(f"Goes {number}", slug=f"goes-{number}") for number in range(5)]
    for number, id_ in enumerate(ids[:-1]):
        if number % 2:
            await next_second()
        answers = {path: await client.http.get(path) for path in BY_TIME}
        read_at = now()
        await articles.archive(id_, by=SYSTEM)
        for path, answer in answers.items():
            times = {format_datetime(read_at.replace(microsecond=0), usegmt=True)}
            times |= {answer.headers.get("last-modified", "none")}
            for moment in times:
                headers = {"if-modified-since": moment}
                again = await client.http.get(path, headers=headers)
                assert again.status_code == 200, (path, moment)
                assert f"goes-{number}" not in again.text


async def test_a_reader_that_goes_by_time_gets_304_while_nothing_changes(client: Client) -> None:
    await an_article("Stays", slug="stays")
    assert "last-modified" not in (await client.http.get("/feed.xml")).headers
    await next_second()
    for path in BY_TIME:
        first = await client.http.get(path)
        since = {"if-modified-since": first.headers["last-modified"]}
        assert parsedate_to_datetime(first.headers["last-modified"]) <= now()
        assert (await client.http.get(path, headers=since)).status_code == 304


@pytest.mark.parametrize(
    "path",
    [*BY_TIME, "/oembed?url=http://hub.test/?article=stays", "/suggest?q=st"],
)
async def test_caches_keep_no_content_longer_than_a_minute(client: Client, path: str) -> None:
    await an_article("Stays", slug="stays")
    answer = await client.http.get(path)
    assert answer.status_code == 200
    directives = answer.headers["cache-control"].split(", ")
    assert directives == ["public", "max-age=60", "must-revalidate"]
    if path.startswith("/oembed"):
        assert answer.json()["cache_age"] == 60


async def test_a_comment_and_a_topic_of_another_name_change_a_feed(client: Client) -> None:
    tags = []
    source = await an_article("Source", slug="source", topics=["Tides"])
    for change in (None, a_comment(source, "Well said."), articles.archive(source, by=SYSTEM)):
        if change is not None:
            await change
        tags.append((await client.http.get("/atom.xml")).headers["etag"])
    assert len(set(tags)) == 3


async def test_a_sitemap_is_read_piece_by_piece(client: Client) -> None:
    for number in range(5):
        await an_article(f"Story {number}", slug=f"story-{number}")
    read, start = [], 0
    while rows := await sitemap.entries(client.db, start, 100, 2, ANONYMOUS):
        assert len(rows) <= 2
        read += [row.slug for row in rows]
        start = rows[-1].id + 1
    assert read == [f"story-{number}" for number in range(5)]


@pytest.mark.parametrize("write", [render_rss, render_atom, render_json])
async def test_a_reader_may_hang_up_at_any_moment(write: Any) -> None:
    moment = parsedate_to_datetime("Thu, 05 Nov 2026 08:30:00 GMT")

    async def items() -> AsyncIterator[Item]:
        for number in range(5):
            yield Item(f"urn:{number}", "http://a.test/", "A\x00 title", "<p>", "", moment, moment)

    feed = Feed(
        "urn:f",
        "F",
        "f",
        "http://a.test/",
        "http://a.test/",
        "",
        "en",
        moment,
        None,
        b"",
        False,
        items,
    )
    pieces = [piece async for piece in write(feed)]
    assert len(pieces) == 6
    for count in range(4):
        writing = write(feed)
        assert [await anext(writing) for _ in range(count)] == pieces[:count]
        await writing.aclose()

"""Feeds, sitemaps and descriptions: well formed, complete by their specifications, conditional."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from lxml import etree

from hub import articles
from hub.auth import SYSTEM
from hub.models import CommentStatus, Status
from hub.settings import Settings
from schema.web.discovery import BLOCK_SIZE, OPENSEARCH, SITEMAP
from schema.web.feeds.formats import ATOM, CONTENT, THREAD
from schema.web.xml import strip_invalid_characters
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
FEEDS = ("/feed.xml", "/atom.xml", "/feed.json")
ALL = (*FEEDS, "/sitemap.xml", "/sitemap-0.xml", "/opensearch.xml", "/robots.txt")
NAMES = {"a": ATOM, "s": SITEMAP, "o": OPENSEARCH, "content": CONTENT, "thr": THREAD}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def texts(answer: httpx.Response, path: str) -> list[str]:
    """Return the text of the nodes that an XPath selects in an XML response."""
    assert answer.status_code == 200, answer.text
    nodes: Any = etree.fromstring(answer.content).xpath(path, namespaces=NAMES)
    return [node if isinstance(node, str) else node.text or "" for node in nodes]


@pytest.mark.parametrize("path", ALL)
async def test_nothing_is_sent_twice(path: str, demo: Client) -> None:
    first = await demo.http.get(path)
    assert first.status_code == 200
    repeated = await demo.http.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (repeated.status_code, repeated.content) == (304, b"")
    if "last-modified" in first.headers:
        changed = parsedate_to_datetime(first.headers["last-modified"])
        for since, status in ((changed, 304), (changed - timedelta(seconds=1), 200)):
            sent = {"if-modified-since": since.strftime("%a, %d %b %Y %H:%M:%S GMT")}
            assert (await demo.http.get(path, headers=sent)).status_code == status
        # A tag that does not match counts more than a time that does.
        both = {"if-none-match": '"x"', "if-modified-since": first.headers["last-modified"]}
        assert (await demo.http.get(path, headers=both)).status_code == 200
    bad = await demo.http.get(path, headers={"if-modified-since": "yesterday"})
    assert bad.status_code == 200
    head = await demo.http.head(path)
    for headers in (head.headers, first.headers):
        headers.pop("last-modified", None)  # not there within the second of a change
    assert (head.headers, head.content) == (first.headers, b"")


@pytest.mark.parametrize("path", FEEDS)
async def test_the_three_feeds_hold_the_same(path: str, demo: Client) -> None:
    newest = await demo.ask("{ articles(first: 20) { nodes { title } } }")
    expected = [node["title"] for node in newest["articles"]["nodes"]]
    answer = await demo.http.get(path)
    if path.endswith(".json"):
        assert [item["title"] for item in answer.json()["items"]] == expected
    else:
        assert texts(answer, "//item/title | //a:entry/a:title") == expected


async def test_rss_has_what_rss_asks_for(demo: Client) -> None:
    answer = await demo.http.get("/feed.xml?first=3")
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    assert root.get("version") == "2.0"
    for tag in ("title", "link", "description"):
        assert len(texts(answer, f"/rss/channel/{tag}")) == 1
    assert texts(answer, "/rss/channel/a:link/@href") == ["http://hub.test/feed.xml?first=3"]
    for tag in ("title", "link", "guid", "pubDate", "description", "content:encoded"):
        assert len(texts(answer, f"//item/{tag}")) == 3, tag
    for date in texts(answer, "//pubDate"):
        assert parsedate_to_datetime(date).tzinfo is not None
    assert all(text.startswith("<p>") for text in texts(answer, "//content:encoded"))
    for address in texts(answer, "//*[local-name()='commentRss']"):
        assert (await demo.http.get(address)).status_code == 200


async def test_atom_has_what_atom_asks_for(demo: Client) -> None:
    answer = await demo.http.get("/atom.xml?first=4")
    for tag in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert len(texts(answer, f"/a:feed/{tag}")) == 1, tag
    for tag in ("a:id", "a:title", "a:updated", "a:published", "a:content[@type='html']"):
        assert len(texts(answer, f"//a:entry/{tag}")) == 4, tag
    assert all(map(RFC3339.fullmatch, texts(answer, "//a:updated | //a:published")))
    assert len(set(texts(answer, "//a:id"))) == 5
    assert texts(answer, "/a:feed/a:link[@rel='self']/@href") == [
        "http://hub.test/atom.xml?first=4"
    ]
    assert all(texts(answer, "//a:entry/a:link[@rel='alternate']/@href"))
    empty = await demo.http.get("/atom.xml?language=xx")
    assert texts(empty, "/a:feed/a:updated") == ["1970-01-01T00:00:00Z"]
    assert "last-modified" not in empty.headers


async def test_json_feed_has_what_it_asks_for(demo: Client) -> None:
    answer = await demo.http.get("/feed.json?first=2")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://hub.test/feed.json?first=2"
    for item in feed["items"]:
        assert {"id", "url", "title", "content_html", "date_published"} <= item.keys()
        assert RFC3339.fullmatch(item["date_published"])


async def test_feeds_of_a_topic_an_author_a_search_and_of_comments(demo: Client) -> None:
    shipyard = (await demo.http.get("/feed.json?topic=shipyard")).json()
    assert shipyard["title"].startswith("Shipyard ·")
    assert all("Shipyard" in item["tags"] for item in shipyard["items"])
    [author] = {name["name"] for name in shipyard["items"][0]["authors"]}
    slug = author.lower().replace(" ", "-").replace("á", "a")
    by_author = (await demo.http.get(f"/feed.json?author={slug}")).json()
    assert all({"name": author} in item["authors"] for item in by_author["items"])
    by_search = (await demo.http.get("/feed.json?q=bakery+oven")).json()
    assert by_search["title"].startswith("“bakery oven” ·")
    assert "Wexler's bakery lights a second oven" in [item["title"] for item in by_search["items"]]
    comments = await demo.http.get("/atom.xml?article=ferry-launch&language=en")
    assert texts(comments, "//a:entry/a:author/a:name") == ["Ola Finch", "Greta Moss"]
    assert "watches" not in comments.text.lower()
    assert "@example" not in comments.text


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ("first=0", 400),
        ("first=51", 400),
        ("first=²", 400),
        ("page=2", 400),
        ("topic=nowhere", 404),
        ("author=nobody", 404),
        ("article=nothing", 404),
        ("article=", 404),
        ("q=%00%FF<x>", 200),
    ],
)
@pytest.mark.parametrize("path", FEEDS)
async def test_bad_parameters_are_told(
    path: str, parameters: str, status: int, demo: Client
) -> None:
    answer = await demo.http.get(f"{path}?{parameters}")
    assert answer.status_code == status, answer.text
    assert "Traceback" not in answer.text


async def test_only_what_is_public_is_told_whoever_asks(client: Client) -> None:
    public = await an_article("Seen by all", slug="seen")
    for status in (Status.DRAFT, Status.ARCHIVED):
        await an_article(f"Hidden {status.value}", slug=f"hidden-{status.value}", status=status)
    await a_comment(public, "Approved words.")
    await a_comment(public, "Pending words.", status=CommentStatus.PENDING)
    assert await client.indexer.wait(public)
    for path in (*ALL, *(f"{name}?q=hidden" for name in FEEDS)):
        answer = await client.http.get(path, headers=client.editor)
        assert "hidden-" not in answer.text.lower(), path
    for path in FEEDS:
        answer = await client.http.get(f"{path}?article=seen", headers=client.editor)
        assert "Approved words." in answer.text
        assert "Pending words." not in answer.text
        assert (await client.http.get(f"{path}?article=hidden-DRAFT")).status_code == 404


async def test_a_feed_follows_its_articles(client: Client) -> None:
    first = await client.http.get("/feed.xml")
    id_ = await an_article("<News> & \u0007more")
    second = await client.http.get("/feed.xml", headers={"if-none-match": first.headers["etag"]})
    assert second.status_code == 200
    assert texts(second, "//item/title") == ["<News> & more"]
    await articles.archive(id_, by=SYSTEM)
    third = await client.http.get("/feed.xml", headers={"if-none-match": second.headers["etag"]})
    assert texts(third, "//item/title") == []


async def test_the_sitemap_names_every_article_once(demo: Client) -> None:
    index = await demo.http.get("/sitemap.xml")
    parts = texts(index, "/s:sitemapindex/s:sitemap/s:loc")
    assert parts == ["http://hub.test/sitemap-0.xml"]
    places: list[str] = []
    for part in parts:
        answer = await demo.http.get(part)
        places += texts(answer, "/s:urlset/s:url/s:loc")
        for moment in texts(answer, "//s:lastmod") + texts(index, "//s:lastmod"):
            assert datetime.fromisoformat(moment).utcoffset() == timedelta(0)
    total = (await demo.ask("{ site { articleCount } }"))["site"]["articleCount"]
    assert len(places) == len(set(places)) == total
    assert (await demo.http.get("/sitemap-1.xml")).status_code == 404
    assert (await demo.http.get(f"/sitemap-{2**63 // BLOCK_SIZE}.xml")).status_code == 404
    assert (await demo.http.get(f"/sitemap-{'9' * 30}.xml")).status_code == 404


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("The Sallow Lantern", "The Sallow"),
        ("Sixteen letters!", "Sixteen letters!"),
        ("Hafenstadtnachrichten", "Hafenstadtnachri"),
    ],
)
async def test_browsers_name_the_site_by_whole_words(
    name: str, short: str, settings: Settings
) -> None:
    async with a_hub(settings.model_copy(update={"site_name": name})) as running:
        answer = await running.http.get("/opensearch.xml")
        assert texts(answer, "//o:ShortName") == [short]
        assert texts(answer, "//o:LongName") == [name]


async def test_browsers_are_told_how_to_search_and_suggest(demo: Client) -> None:
    answer = await demo.http.get("/opensearch.xml")
    assert len(texts(answer, "//o:ShortName")[0]) <= 16
    for type_, word in (("text/html", "<mark>"), ("application/x-suggestions+json", "ferry")):
        [template] = texts(answer, f"//o:Url[@type='{type_}']/@template")
        results = await demo.http.get(template.replace("{searchTerms}", "ferry"))
        assert results.status_code == 200
        assert word in results.text
    robots = (await demo.http.get("/robots.txt")).text
    assert "Sitemap: http://hub.test/sitemap.xml" in robots


def test_characters_that_xml_has_no_place_for_are_left_out() -> None:
    assert strip_invalid_characters("a\x00\x08b\x0b\ufffe\t\n🚢") == "ab\t\n🚢"


@pytest.mark.parametrize(
    ("forwarded", "client", "proxies", "scheme"),
    [
        ("https", "127.0.0.1", 0, "https"),
        ("https", "::1", 0, "https"),
        ("https", "9.9.9.9", 0, "http"),
        ("https", "9.9.9.9", 1, "https"),
        ("http, https", "9.9.9.9", 1, "https"),
        ("https, http", "9.9.9.9", 2, "https"),
        ("https", "9.9.9.9", 2, "https"),
        ("gopher", "127.0.0.1", 0, "http"),
        ("", "127.0.0.1", 0, "http"),
    ],
)
async def test_addresses_have_the_scheme_that_a_proxy_was_asked_by(
    forwarded: str, client: str, proxies: int, scheme: str, settings: Settings
) -> None:
    async with a_hub(settings.model_copy(update={"proxies": proxies})) as running:
        transport = httpx.ASGITransport(app=running.app, client=(client, 1))
        headers = {"x-forwarded-proto": forwarded}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://hub.test", headers=headers
        ) as http:
            for path in ("/robots.txt", "/hub-search.json", "/atom.xml", "/opensearch.xml"):
                assert f"{scheme}://hub.test/" in (await http.get(path)).text
            slash = await http.post("/graphql/", json={"query": "{ site { name } }"})
            assert slash.headers["location"] == "/graphql"

"""Feeds as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, streamed item by item."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.settings import Settings
from schema.server.conditional import PUBLIC_HEADERS, streaming_response
from schema.web.feeds.feed import Feed, FeedError, FeedMoved, load_feed
from schema.web.feeds.items import Item
from schema.web.xml import XmlStream
from search_index.query import EngineError, InvalidQuery

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
CREATOR = "http://purl.org/dc/elements/1.1/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
THREAD = "http://purl.org/syndication/thread/1.0"
COMMENTS = "http://wellformedweb.org/CommentAPI/"
XML = "http://www.w3.org/XML/1998/namespace"
LANGUAGE = f"{{{XML}}}lang"
_RSS = {"atom": ATOM, "content": CONTENT, "dc": CREATOR, "slash": SLASH, "wfw": COMMENTS}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The last change of an empty feed, since Atom requires one."""


async def rss(request: Request, settings: Settings) -> Response:
    """Serve `/feed.xml`."""
    return await _respond(request, settings, render_rss, "application/rss+xml; charset=utf-8")


async def atom(request: Request, settings: Settings) -> Response:
    """Serve `/atom.xml`."""
    return await _respond(request, settings, render_atom, "application/atom+xml; charset=utf-8")


async def json(request: Request, settings: Settings) -> Response:
    """Serve `/feed.json`."""
    return await _respond(request, settings, render_json, "application/feed+json")


async def _respond(
    request: Request,
    settings: Settings,
    render: Callable[[Feed], AsyncIterator[bytes]],
    media_type: str,
) -> Response:
    error_headers = {**PUBLIC_HEADERS, "cache-control": "no-store"}
    try:
        feed = await load_feed(request, settings)
    except FeedMoved as moved:
        headers = {**PUBLIC_HEADERS, "cache-control": "no-cache", "location": moved.location}
        return PlainTextResponse("The feed has another address now.", 301, headers)
    except FeedError as error:
        return PlainTextResponse(str(error), error.status, error_headers)
    except InvalidQuery as error:
        return PlainTextResponse(str(error), 400, error_headers)
    except EngineError:
        return PlainTextResponse("Search is unavailable for the moment.", 503, error_headers)
    return await streaming_response(
        request,
        feed.stamp,
        render(feed),
        media_type,
        modified=feed.modified,
        is_counted=feed.is_search,
    )


async def render_rss(feed: Feed) -> AsyncIterator[bytes]:
    """Render a feed as RSS 2.0, with the full text in content:encoded."""
    out = XmlStream()
    with out.root("rss", _RSS, {"version": "2.0"}, "channel"):
        out.add("title", feed.title)
        out.add("link", feed.home)
        out.add("description", feed.description)
        out.add("language", feed.language)
        if feed.updated:
            out.add("lastBuildDate", _format_rfc822(feed.updated))
        self_link = {"href": feed.address("feed.xml"), "rel": "self", "type": "application/rss+xml"}
        out.add(f"{{{ATOM}}}link", **self_link)
        async for item in feed.items():
            yield out.drain()
            with out.element("item"):
                _write_rss_item(out, item)
    yield out.drain()


def _write_rss_item(out: XmlStream, item: Item) -> None:
    out.add("title", item.title)
    out.add("link", item.url)
    out.add("guid", item.id, isPermaLink="false")
    out.add("pubDate", _format_rfc822(item.published))
    for name in item.authors:
        out.add(f"{{{CREATOR}}}creator", name)
    for tag in item.tags:
        out.add("category", tag)
    out.add("description", item.summary)
    out.add(f"{{{CONTENT}}}encoded", item.html)
    if item.comments is not None:
        out.add(f"{{{SLASH}}}comments", str(item.comments))
        out.add(f"{{{COMMENTS}}}commentRss", item.replies["feed.xml"])


async def render_atom(feed: Feed) -> AsyncIterator[bytes]:
    """Render a feed as Atom, with links to comments by RFC 4685."""
    out = XmlStream()
    with out.root(
        f"{{{ATOM}}}feed", {None: ATOM, "thr": THREAD, "xml": XML}, {LANGUAGE: feed.language}
    ):
        out.add(f"{{{ATOM}}}id", feed.id)
        out.add(f"{{{ATOM}}}title", feed.title)
        out.add(f"{{{ATOM}}}subtitle", feed.description)
        out.add(f"{{{ATOM}}}updated", _format_rfc3339(feed.updated or EPOCH))
        _write_atom_author(out, feed.title)  # for entries without an author
        self_link = {
            "href": feed.address("atom.xml"),
            "rel": "self",
            "type": "application/atom+xml",
        }
        out.add(f"{{{ATOM}}}link", **self_link)
        out.add(f"{{{ATOM}}}link", href=feed.home, rel="alternate", type="text/html")
        async for item in feed.items():
            yield out.drain()
            with out.element(
                f"{{{ATOM}}}entry", **({LANGUAGE: item.language} if item.language else {})
            ):
                _write_atom_entry(out, item)
    yield out.drain()


def _write_atom_entry(out: XmlStream, item: Item) -> None:
    out.add(f"{{{ATOM}}}id", item.id)
    out.add(f"{{{ATOM}}}title", item.title)
    out.add(f"{{{ATOM}}}link", href=item.url, rel="alternate", type="text/html")
    out.add(f"{{{ATOM}}}published", _format_rfc3339(item.published))
    out.add(f"{{{ATOM}}}updated", _format_rfc3339(item.updated))
    for name in item.authors:
        _write_atom_author(out, name)
    for tag in item.tags:
        out.add(f"{{{ATOM}}}category", term=tag)
    if item.comments is not None:
        replies = {"href": item.replies["atom.xml"], "type": "application/atom+xml"}
        count = {f"{{{THREAD}}}count": str(item.comments)}
        out.add(f"{{{ATOM}}}link", rel="replies", **replies, **count)
    if item.about is not None:
        out.add(f"{{{THREAD}}}in-reply-to", ref=item.about, href=item.url, type="text/html")
    out.add(f"{{{ATOM}}}summary", item.summary)
    out.add(f"{{{ATOM}}}content", item.html, type="html")


def _write_atom_author(out: XmlStream, name: str) -> None:
    with out.element(f"{{{ATOM}}}author"):
        out.add(f"{{{ATOM}}}name", name)


async def render_json(feed: Feed) -> AsyncIterator[bytes]:
    """Render a feed as JSON Feed 1.1."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.home,
        "feed_url": feed.address("feed.json"),
        "language": feed.language,
    }
    before = orjson.dumps(head).removesuffix(b"}") + b',"items":['
    async for item in feed.items():
        yield before + orjson.dumps(_json_item(item))
        before = b","
    yield (b"" if before == b"," else before) + b"]}"


def _json_item(item: Item) -> dict[str, Any]:
    properties = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "image": item.image,
        "date_published": _format_rfc3339(item.published),
        "date_modified": _format_rfc3339(item.updated),
        "authors": [{"name": name} for name in item.authors],
        "tags": list(item.tags),
        "language": item.language,
    }
    return {name: value for name, value in properties.items() if value or name == "content_html"}


def _format_rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _format_rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

"""Feeds as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, sent while they are being written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.settings import Settings
from schema.web.conditional import OPEN, streamed
from schema.web.feeds.feed import Feed, NoFeed, feed
from schema.web.feeds.items import Item
from schema.web.xml import Stream
from search_index.query import BadQuery, EngineError

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
CREATOR = "http://purl.org/dc/elements/1.1/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
THREAD = "http://purl.org/syndication/thread/1.0"
COMMENTS = "http://wellformedweb.org/CommentAPI/"
XML = "http://www.w3.org/XML/1998/namespace"
LANGUAGE = f"{{{XML}}}lang"
_RSS = {"atom": ATOM, "content": CONTENT, "dc": CREATOR, "slash": SLASH, "wfw": COMMENTS}
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When an empty feed was last changed; Atom wants to be told."""


async def rss(request: Request, settings: Settings) -> Response:
    """`/feed.xml`."""
    return await _answer(request, settings, as_rss, "application/rss+xml; charset=utf-8")


async def atom(request: Request, settings: Settings) -> Response:
    """`/atom.xml`."""
    return await _answer(request, settings, as_atom, "application/atom+xml; charset=utf-8")


async def json(request: Request, settings: Settings) -> Response:
    """`/feed.json`."""
    return await _answer(request, settings, as_json, "application/feed+json")


async def _answer(
    request: Request,
    settings: Settings,
    write: Callable[[Feed], AsyncIterator[bytes]],
    media_type: str,
) -> Response:
    refused = {**OPEN, "cache-control": "no-store"}
    try:
        found = await feed(request, settings)
    except NoFeed as error:
        return PlainTextResponse(str(error), error.status, refused)
    except BadQuery as error:
        return PlainTextResponse(str(error), 400, refused)
    except EngineError:
        return PlainTextResponse("Search is unavailable for the moment.", 503, refused)
    return streamed(request, found.stamp, write(found), media_type, modified=found.modified)


async def as_rss(feed: Feed) -> AsyncIterator[bytes]:
    """The feed as RSS 2.0, with the whole text in content:encoded."""
    out = Stream()
    with out.within("rss", _RSS, {"version": "2.0"}, "channel"):
        out.add("title", feed.title)
        out.add("link", feed.home)
        out.add("description", feed.description)
        out.add("language", feed.language)
        if feed.updated:
            out.add("lastBuildDate", _rfc822(feed.updated))
        own = {"href": feed.address("feed.xml"), "rel": "self", "type": "application/rss+xml"}
        out.add(f"{{{ATOM}}}link", **own)
        async for item in feed.items():
            yield out.taken()
            with out.element("item"):
                _rss_item(out, item)
    yield out.taken()


def _rss_item(out: Stream, item: Item) -> None:
    out.add("title", item.title)
    out.add("link", item.url)
    out.add("guid", item.id, isPermaLink="false")
    out.add("pubDate", _rfc822(item.published))
    for name in item.authors:
        out.add(f"{{{CREATOR}}}creator", name)
    for tag in item.tags:
        out.add("category", tag)
    out.add("description", item.summary)
    out.add(f"{{{CONTENT}}}encoded", item.html)
    if item.comments is not None:
        out.add(f"{{{SLASH}}}comments", str(item.comments))
        out.add(f"{{{COMMENTS}}}commentRss", item.replies["feed.xml"])


async def as_atom(feed: Feed) -> AsyncIterator[bytes]:
    """The feed as Atom, with its comments by RFC 4685."""
    out = Stream()
    with out.within(
        f"{{{ATOM}}}feed", {None: ATOM, "thr": THREAD, "xml": XML}, {LANGUAGE: feed.language}
    ):
        out.add(f"{{{ATOM}}}id", feed.id)
        out.add(f"{{{ATOM}}}title", feed.title)
        out.add(f"{{{ATOM}}}subtitle", feed.description)
        out.add(f"{{{ATOM}}}updated", _rfc3339(feed.updated or NEVER))
        _atom_author(out, feed.title)  # for entries that have no author of their own
        own = {"href": feed.address("atom.xml"), "rel": "self", "type": "application/atom+xml"}
        out.add(f"{{{ATOM}}}link", **own)
        out.add(f"{{{ATOM}}}link", href=feed.home, rel="alternate", type="text/html")
        async for item in feed.items():
            yield out.taken()
            with out.element(
                f"{{{ATOM}}}entry", **({LANGUAGE: item.language} if item.language else {})
            ):
                _atom_entry(out, item)
    yield out.taken()


def _atom_entry(out: Stream, item: Item) -> None:
    out.add(f"{{{ATOM}}}id", item.id)
    out.add(f"{{{ATOM}}}title", item.title)
    out.add(f"{{{ATOM}}}link", href=item.url, rel="alternate", type="text/html")
    out.add(f"{{{ATOM}}}published", _rfc3339(item.published))
    out.add(f"{{{ATOM}}}updated", _rfc3339(item.updated))
    for name in item.authors:
        _atom_author(out, name)
    for tag in item.tags:
        out.add(f"{{{ATOM}}}category", term=tag)
    if item.comments is not None:
        replies = {"href": item.replies["atom.xml"], "type": "application/atom+xml"}
        counted = {f"{{{THREAD}}}count": str(item.comments)}
        out.add(f"{{{ATOM}}}link", rel="replies", **replies, **counted)
    if item.about is not None:
        out.add(f"{{{THREAD}}}in-reply-to", ref=item.about, href=item.url, type="text/html")
    out.add(f"{{{ATOM}}}summary", item.summary)
    out.add(f"{{{ATOM}}}content", item.html, type="html")


def _atom_author(out: Stream, name: str) -> None:
    with out.element(f"{{{ATOM}}}author"):
        out.add(f"{{{ATOM}}}name", name)


async def as_json(feed: Feed) -> AsyncIterator[bytes]:
    """The feed as JSON Feed 1.1."""
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
    made = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "image": item.image,
        "date_published": _rfc3339(item.published),
        "date_modified": _rfc3339(item.updated),
        "authors": [{"name": name} for name in item.authors],
        "tags": list(item.tags),
        "language": item.language,
    }
    return {name: value for name, value in made.items() if value or name == "content_html"}


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

"""Feeds as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import orjson
from lxml import etree
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.settings import Settings
from schema.web.answers import OPEN, conditional
from schema.web.feeds import Feed, Item, NoFeed, feed
from schema.web.xml import add, document, fit, written
from search_index.query import BadQuery, EngineError

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
CREATOR = "http://purl.org/dc/elements/1.1/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
THREAD = "http://purl.org/syndication/thread/1.0"
COMMENTS = "http://wellformedweb.org/CommentAPI/"
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
    request: Request, settings: Settings, write: Callable[[Feed], bytes], media_type: str
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
    return conditional(request, write(found), media_type, modified=found.updated)


def as_rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0, with the whole text in content:encoded."""
    names = {"atom": ATOM, "content": CONTENT, "dc": CREATOR, "slash": SLASH, "wfw": COMMENTS}
    root = etree.Element("rss", {"version": "2.0"}, nsmap=names)
    channel = etree.SubElement(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.home)
    add(channel, "description", feed.description)
    add(channel, "language", feed.language)
    if feed.updated:
        add(channel, "lastBuildDate", _rfc822(feed.updated))
    own = {"href": feed.address("feed.xml"), "rel": "self", "type": "application/rss+xml"}
    add(channel, f"{{{ATOM}}}link", **own)
    for item in feed.items:
        _rss_item(etree.SubElement(channel, "item"), item)
    return written(root)


def _rss_item(made: etree._Element, item: Item) -> None:
    add(made, "title", item.title)
    add(made, "link", item.url)
    add(made, "guid", item.id, isPermaLink="false")
    add(made, "pubDate", _rfc822(item.published))
    for name in item.authors:
        add(made, f"{{{CREATOR}}}creator", name)
    for tag in item.tags:
        add(made, "category", tag)
    add(made, "description", item.summary)
    add(made, f"{{{CONTENT}}}encoded", item.html)
    if item.comments is not None:
        add(made, f"{{{SLASH}}}comments", str(item.comments))
        add(made, f"{{{COMMENTS}}}commentRss", item.replies["feed.xml"])


def as_atom(feed: Feed) -> bytes:
    """The feed as Atom, with its comments by RFC 4685."""
    root = document("feed", ATOM, thr=THREAD)
    root.set("{http://www.w3.org/XML/1998/namespace}lang", fit(feed.language))
    add(root, f"{{{ATOM}}}id", feed.id)
    add(root, f"{{{ATOM}}}title", feed.title)
    add(root, f"{{{ATOM}}}subtitle", feed.description)
    add(root, f"{{{ATOM}}}updated", _rfc3339(feed.updated or NEVER))
    _atom_author(root, feed.title)  # for entries that have no author of their own
    own = {"href": feed.address("atom.xml"), "rel": "self", "type": "application/atom+xml"}
    add(root, f"{{{ATOM}}}link", **own)
    add(root, f"{{{ATOM}}}link", href=feed.home, rel="alternate", type="text/html")
    for item in feed.items:
        _atom_entry(etree.SubElement(root, f"{{{ATOM}}}entry"), item)
    return written(root)


def _atom_entry(made: etree._Element, item: Item) -> None:
    if item.language:
        made.set("{http://www.w3.org/XML/1998/namespace}lang", fit(item.language))
    add(made, f"{{{ATOM}}}id", item.id)
    add(made, f"{{{ATOM}}}title", item.title)
    add(made, f"{{{ATOM}}}link", href=item.url, rel="alternate", type="text/html")
    add(made, f"{{{ATOM}}}published", _rfc3339(item.published))
    add(made, f"{{{ATOM}}}updated", _rfc3339(item.updated))
    for name in item.authors:
        _atom_author(made, name)
    for tag in item.tags:
        add(made, f"{{{ATOM}}}category", term=tag)
    if item.comments is not None:
        replies = {"href": item.replies["atom.xml"], "type": "application/atom+xml"}
        counted = {f"{{{THREAD}}}count": str(item.comments)}
        add(made, f"{{{ATOM}}}link", rel="replies", **replies, **counted)
    add(made, f"{{{ATOM}}}summary", item.summary)
    add(made, f"{{{ATOM}}}content", item.html, type="html")


def _atom_author(parent: etree._Element, name: str) -> None:
    add(etree.SubElement(parent, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", name)


def as_json(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "description": feed.description,
            "home_page_url": feed.home,
            "feed_url": feed.address("feed.json"),
            "language": feed.language,
            "items": [_json_item(item) for item in feed.items],
        }
    )


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
    return {name: value for name, value in made.items() if value}


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

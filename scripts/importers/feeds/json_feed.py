"""JSON Feed, versions 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hub.drafts import Body, Markup
from scripts.importers import dates
from scripts.importers.feeds.entry import Entry, Feed
from scripts.importers.records import json_recovery
from scripts.importers.records.json_recovery import Unread
from scripts.importers.source import SourceError
from scripts.importers.wordpress.site import language_tag

_SITE = ("home_page_url", "feed_url")

Row = dict[str, Any]


def parsed(path: Path, most: int) -> Feed:
    """The feed in a file of at most `most` bytes.

    Raises:
        SourceError: it is no JSON, or no JSON Feed.
    """
    whole, text, fault = json_recovery.loaded(path, most)
    if fault:
        found = json_recovery.rows(text, "items")
        if not any(isinstance(one, dict) for one in found):
            raise SourceError(path, fault)
        whole = {name: json_recovery.member(text, name) for name in _SITE} | {"items": found}
    items = whole.get("items") if isinstance(whole, dict) else None
    if not isinstance(items, list):
        raise SourceError(path, "it is JSON, but no JSON Feed: there are no `items` in it")
    return Feed(
        site_urls=[url for name in _SITE if (url := _text(whole, name))],
        language=language_tag(_text(whole, "language")),
        entries=[_entry(one, whole) for one in items if isinstance(one, dict)],
        fault=fault,
        unread={at: one.reason for at, one in enumerate(items, 1) if isinstance(one, Unread)},
    )


def _entry(row: Row, feed: Row) -> Entry:
    html = _text(row, "content_html")
    text = _text(row, "content_text") or _text(row, "summary")
    return Entry(
        id=_text(row, "id"),
        url=_text(row, "url"),
        title=_text(row, "title"),
        body=Body(html) if html.strip() else Body(text, Markup.TEXT),
        summary=_text(row, "summary"),
        language=language_tag(_text(row, "language")),
        published_at=dates.moment(_text(row, "date_published")),
        updated_at=dates.moment(_text(row, "date_modified")),
        image_url=_text(row, "image") or _text(row, "banner_image"),
        authors=_authors(row) or _authors(feed),
        tags=tuple(str(one) for one in row.get("tags") or [] if isinstance(one, str | int)),
        other_urls=tuple(filter(None, [_text(row, "external_url")])),
    )


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return " ".join(value.split()) if isinstance(value, str) and name in _LINES else _raw(value)


_LINES = frozenset({"id", "url", "title", "summary"})


def _raw(value: object) -> str:
    """A string, or a number as one: ids are written as both."""
    return str(value) if isinstance(value, str | int | float) and value is not None else ""


def _authors(row: Row) -> tuple[str, ...]:
    people = row.get("authors") or [row.get("author")]
    if not isinstance(people, list):
        return ()
    return tuple(name for one in people if isinstance(one, dict) and (name := _text(one, "name")))

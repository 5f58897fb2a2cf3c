"""JSON Feed, versions 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hub.models import Status
from hub.text.bodies import Body, Markup
from scripts.importers.content import dates
from scripts.importers.content.embeds import Enclosure
from scripts.importers.content.publication import read_publication
from scripts.importers.feeds.entry import MAX_ENCLOSURES, Entry, Feed
from scripts.importers.records import json_recovery
from scripts.importers.records.json_recovery import UnreadableRecord
from scripts.importers.source import SourceError
from scripts.importers.wordpress.site import language_tag

_SITE = ("home_page_url", "feed_url")

Row = dict[str, Any]


def parse(path: Path, max_bytes: int) -> Feed:
    """Parse a file of at most `max_bytes` bytes.

    Raises:
        SourceError: it is not JSON, or not a JSON Feed.
    """
    document, text, fault = json_recovery.load(path, max_bytes)
    if fault:
        rows = json_recovery.recover_rows(text, "items")
        if not any(isinstance(row, dict) for row in rows):
            raise SourceError(path, fault)
        document = {name: json_recovery.find_member(text, name) for name in _SITE} | {"items": rows}
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise SourceError(path, "it is JSON, but no JSON Feed: there are no `items` in it")
    return Feed(
        site_urls=[url for name in _SITE if (url := _text(document, name))],
        language=language_tag(_text(document, "language")),
        entries=[_entry(item, document) for item in items if isinstance(item, dict)],
        fault=fault,
        unread={
            number: item.reason
            for number, item in enumerate(items, 1)
            if isinstance(item, UnreadableRecord)
        },
    )


def _entry(row: Row, feed: Row) -> Entry:
    html = _text(row, "content_html")
    text = _text(row, "content_text") or _text(row, "summary")
    published_at = dates.parse_date(_text(row, "date_published"))
    publication = read_publication(_own_fields(row))
    return Entry(
        id=_text(row, "id"),
        url=_text(row, "url"),
        title=_text(row, "title"),
        body=Body(html) if html.strip() else Body(text, Markup.TEXT),
        summary=_text(row, "summary"),
        language=language_tag(_text(row, "language")),
        published_at=published_at,
        unread_date=_text(row, "date_published") if published_at is None else "",
        updated_at=dates.parse_date(_text(row, "date_modified")),
        image_url=_text(row, "image") or _text(row, "banner_image"),
        enclosures=_enclosures(row),
        authors=_authors(row) or _authors(feed),
        tags=tuple(str(tag) for tag in row.get("tags") or [] if isinstance(tag, str | int)),
        other_urls=tuple(filter(None, [_text(row, "external_url")])),
        is_draft=publication.status is not Status.PUBLISHED,
        hidden_reason=publication.reason,
    )


def _enclosures(row: Row) -> tuple[Enclosure, ...]:
    files = row.get("attachments")
    rows = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return tuple(
        Enclosure(_text(file, "url"), _text(file, "mime_type"), _text(file, "title"))
        for file in rows[:MAX_ENCLOSURES]
        if _text(file, "url").startswith(("http://", "https://", "/"))
    )


def _own_fields(row: Row) -> Row:
    """Return the fields of an item, and those of its extensions, whose names begin with `_`."""
    extensions = [row[name] for name in row if name.startswith("_")]
    inner = (fields for fields in extensions if isinstance(fields, dict))
    return {name: value for fields in (*inner, row) for name, value in fields.items()}


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return (
        " ".join(value.split())
        if isinstance(value, str) and name in _SINGLE_LINE
        else _to_str(value)
    )


_SINGLE_LINE = frozenset({"id", "url", "title", "summary"})


def _to_str(value: object) -> str:
    """Convert a string or a number to a string: ids occur as both."""
    return str(value) if isinstance(value, str | int | float) and value is not None else ""


def _authors(row: Row) -> tuple[str, ...]:
    people = row.get("authors") or [row.get("author")]
    if not isinstance(people, list):
        return ()
    return tuple(
        name for person in people if isinstance(person, dict) and (name := _text(person, "name"))
    )

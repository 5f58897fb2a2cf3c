"""JSON Feed, versions 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hub.drafts import Body, Markup
from scripts.importers import dates
from scripts.importers.feed_entry import Entry, Feed
from scripts.importers.source import SourceError
from scripts.importers.wordpress_head import language_tag

Row = dict[str, Any]


def parsed(path: Path, data: bytes) -> Feed:
    """The feed in `data`.

    Raises:
        SourceError: it is no JSON, or no JSON Feed.
    """
    try:
        whole = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise SourceError(path, f"it is no JSON that can be read ({error})"[:300]) from error
    items = whole.get("items") if isinstance(whole, dict) else None
    if not isinstance(items, list):
        raise SourceError(path, "it is JSON, but no JSON Feed: there are no `items` in it")
    return Feed(
        site_urls=[url for name in ("home_page_url", "feed_url") if (url := _text(whole, name))],
        language=language_tag(_text(whole, "language")),
        entries=[_entry(one, whole) for one in items if isinstance(one, dict)],
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

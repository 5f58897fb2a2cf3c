"""RSS, RDF and Atom by feedparser, which reads what is not well-formed as well."""

from __future__ import annotations

import calendar
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from hub.drafts import Body, Markup
from hub.text import markup
from scripts.importers.decoding import BEGINNING, STRAY, is_utf8
from scripts.importers.feeds.entry import Entry, Feed, Role
from scripts.importers.source import SourceError
from scripts.importers.wordpress.site import language_tag, plain

_BLOGGER_KIND = "http://schemas.google.com/g/2005#kind"
_ROLES = {"post": Role.POST, "page": Role.PAGE, "comment": Role.COMMENT}
_CONTENT_ORDER = ("application/xhtml+xml", "text/html", "text/plain")

_DECLARED = re.compile(r"""(<\?xml[^>]{0,200}?encoding\s*=\s*["'])[A-Za-z0-9._-]+""")

_BEGUN = re.compile(rb"<(?:item|entry)[\s>]")
_QUOTED = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)

Row = dict[str, Any]


def parsed(path: Path, data: bytes) -> Feed:
    """The feed in `data`.

    Raises:
        SourceError: there is none in it, or nothing of it can be read.
    """
    data = _settled(data)
    try:
        found = feedparser.parse(io.BytesIO(data), sanitize_html=False)
    except Exception as error:  # of which kind, feedparser does not promise
        raise SourceError(path, f"it is no feed that can be read ({error})"[:300]) from error
    fault = " ".join(str(found.get("bozo_exception", "")).split())[:150] if found.bozo else None
    if not found.version and not found.entries:
        raise SourceError(path, f"there is no feed in it{f' ({fault})' if fault else ''}")
    channel: Row = dict(found.feed)
    self_urls = [one.get("href", "") for one in channel.get("links", [])]
    return Feed(
        site_urls=[url for url in (channel.get("link", ""), *self_urls) if url],
        language=language_tag(str(channel.get("language", ""))),
        entries=[_entry(dict(one)) for one in found.entries],
        fault=fault,
        begun=len(_BEGUN.findall(_QUOTED.sub(b"", data))) if fault else 0,
    )


def _settled(data: bytes) -> bytes:
    """What is UTF-8 as UTF-8 that says so, without stray bytes.

    For one such byte, or where it says something else, feedparser takes all of it for that.
    """
    if not is_utf8(data):
        return data
    text = data.decode("utf-8-sig", STRAY)
    return (_DECLARED.sub(r"\1utf-8", text[:BEGINNING]) + text[BEGINNING:]).encode()


def _entry(row: Row) -> Entry:
    body, summary = _body(row)
    tags = [one for one in row.get("tags", []) if isinstance(one, dict)]
    kind = next((str(one.get("term")) for one in tags if one.get("scheme") == _BLOGGER_KIND), None)
    replied = row.get("thr_in-reply-to") or {}
    related = [one.get("href", "") for one in row.get("links", []) if one.get("rel") == "related"]
    return Entry(
        id=str(row.get("id") or ""),
        url=_address(row),
        title=_title(row),
        body=body,
        summary=summary,
        language=_language(row),
        published_at=_moment(row.get("published_parsed") or row.get("created_parsed")),
        updated_at=_moment(row.get("updated_parsed")),
        image_url=_image(row),
        authors=_authors(row),
        tags=tuple(
            str(one.get("label") or one.get("term") or "")
            for one in tags
            if one.get("scheme") != _BLOGGER_KIND
        ),
        other_urls=_other_urls(row),
        role=Role.POST if kind is None else _ROLES.get(kind.rpartition("#")[2], Role.OTHER),
        is_draft=str(row.get("app_draft", "")).strip().lower() == "yes",
        reply_to=str(replied.get("ref", "")).strip() if isinstance(replied, dict) else "",
        thread=next((_number(url) for url in related if url), ""),
    )


def _number(url: str) -> str:
    """The comment that another answers to; Blogger names it by the address of its feed."""
    parts = url.rstrip("/").split("/")
    if len(parts) < 5 or "feeds" not in parts:
        return ""
    return f"tag:blogger.com,1999:blog-{parts[parts.index('feeds') + 1]}.post-{parts[-1]}"


def _title(row: Row) -> str:
    title = str(row.get("title") or "")
    html = "html" in str((row.get("title_detail") or {}).get("type", "html"))
    return plain(title) if html else " ".join(title.split())


def _body(row: Row) -> tuple[Body, str]:
    """The fullest text that an entry has, and its summary where that is another."""
    contents = [one for one in row.get("content", []) if str(one.get("value") or "").strip()]
    contents.sort(key=lambda one: _rank(str(one.get("type") or "")))
    summary = row.get("summary_detail") or {"value": row.get("summary", ""), "type": "text/html"}
    if not contents:
        return _as_body(summary), ""
    told = markup.to_text(markup.to_html(_as_body(summary)))
    return _as_body(contents[0]), " ".join(told.split())


def _rank(type_: str) -> int:
    return _CONTENT_ORDER.index(type_) if type_ in _CONTENT_ORDER else len(_CONTENT_ORDER)


def _as_body(detail: Row) -> Body:
    value = str(detail.get("value") or "")
    return Body(value, Markup.TEXT if detail.get("type") == "text/plain" else Markup.HTML)


def _address(row: Row) -> str:
    """Where the entry is read; its guid, where that is an address and no link is given."""
    link, guid = str(row.get("link") or "").strip(), str(row.get("id") or "").strip()
    for url in (link, guid):
        if url.startswith(("http://", "https://")):
            return url
    return ""


def _other_urls(row: Row) -> tuple[str, ...]:
    found = [str(row.get("id") or ""), str(row.get("feedburner_origlink") or "")]
    return tuple(url for url in found if url.startswith(("http://", "https://")))


def _language(row: Row) -> str:
    details = [*row.get("content", []), row.get("summary_detail") or {}]
    return next(
        (tag for one in details if (tag := language_tag(str(one.get("language") or "")))), ""
    )


def _authors(row: Row) -> tuple[str, ...]:
    people = [one for one in row.get("authors", []) if isinstance(one, dict)]
    names = [str(one.get("name") or one.get("email") or "") for one in people]
    return tuple(name for name in names if name) or tuple(filter(None, [row.get("author", "")]))


def _image(row: Row) -> str:
    """The first image that an entry names beside its text."""
    named = [
        *(one.get("url", "") for one in row.get("media_content", []) if _is_image(one)),
        *(one.get("url", "") for one in row.get("media_thumbnail", [])),
        *(one.get("href", "") for one in row.get("links", []) if _is_image(one)),
        (row.get("image") or {}).get("href", "") if isinstance(row.get("image"), dict) else "",
    ]
    return next((str(url) for url in named if str(url).startswith(("http://", "https://"))), "")


def _is_image(one: Row) -> bool:
    return one.get("medium") == "image" or str(one.get("type") or "").startswith("image/")


def _moment(parsed_: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed_), UTC) if parsed_ else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None

"""RSS, RDF and Atom by feedparser, which also reads XML that is not well-formed."""

from __future__ import annotations

import calendar
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from hub.models import Status
from hub.text import markup
from hub.text.bodies import Body, Markup
from scripts.importers.content import dates, status_words
from scripts.importers.content.decoding import DECLARATION_BYTES, DECODE_ERRORS, is_utf8
from scripts.importers.content.embeds import Enclosure
from scripts.importers.content.publication import (
    Publication,
    normalize_name,
    read_publication,
)
from scripts.importers.feeds.entry import MAX_ENCLOSURES, Entry, Feed, Role
from scripts.importers.source import SourceError
from scripts.importers.wordpress.site import language_tag, plain_text

_BLOGGER_KIND = "http://schemas.google.com/g/2005#kind"
_ROLES = {"post": Role.POST, "page": Role.PAGE, "comment": Role.COMMENT}
_CONTENT_ORDER = ("application/xhtml+xml", "text/html", "text/plain")

_XML_ENCODING = re.compile(r"""(<\?xml[^>]{0,200}?encoding\s*=\s*["'])[A-Za-z0-9._-]+""")

_ENTRY_START_TAG = re.compile(rb"<(?:item|entry)[\s>]")
_CDATA_OR_COMMENT = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)

Row = dict[str, Any]


def parse(path: Path, data: bytes) -> Feed:
    """Parse the feed in `data`.

    Raises:
        SourceError: there is no feed in it, or nothing of it can be read.
    """
    data = _normalize_encoding(data)
    try:
        result = feedparser.parse(io.BytesIO(data), sanitize_html=False)
    except Exception as error:  # feedparser does not document its exceptions
        raise SourceError(path, f"it is no feed that can be read ({error})"[:300]) from error
    fault = " ".join(str(result.get("bozo_exception", "")).split())[:150] if result.bozo else None
    if not result.version and not result.entries:
        raise SourceError(path, f"there is no feed in it{f' ({fault})' if fault else ''}")
    channel: Row = dict(result.feed)
    self_urls = [link.get("href", "") for link in channel.get("links", [])]
    return Feed(
        site_urls=[url for url in (channel.get("link", ""), *self_urls) if url],
        language=language_tag(str(channel.get("language", ""))),
        entries=[_entry(dict(entry)) for entry in result.entries],
        fault=fault,
        entry_start_tags=len(_ENTRY_START_TAG.findall(_CDATA_OR_COMMENT.sub(b"", data)))
        if fault
        else 0,
    )


def _normalize_encoding(data: bytes) -> bytes:
    """Rewrite UTF-8 without invalid bytes and with a matching XML declaration.

    Because of one invalid byte or another declared encoding, feedparser decodes all text wrongly.
    """
    if not is_utf8(data):
        return data
    text = data.decode("utf-8-sig", DECODE_ERRORS)
    return (
        _XML_ENCODING.sub(r"\1utf-8", text[:DECLARATION_BYTES]) + text[DECLARATION_BYTES:]
    ).encode()


def _role(kind: str) -> Role:
    """Return the role of an entry by its kind in exports of Blogger; POST without a kind."""
    return _ROLES.get(kind, Role.OTHER) if kind else Role.POST


def _entry(row: Row) -> Entry:
    body, summary = _body(row)
    tags = [tag for tag in row.get("tags", []) if isinstance(tag, dict)]
    kind = next((str(tag.get("term")) for tag in tags if tag.get("scheme") == _BLOGGER_KIND), None)
    takeout_kind = str(row.get("blogger_type") or "").lower()
    status = str(row.get("blogger_status") or "").upper()
    publication = _publication(row)
    raw_date = str(row.get("published") or row.get("created") or "").strip()
    published_at = dates.parse_date(raw_date) or _to_datetime(
        row.get("published_parsed") or row.get("created_parsed")
    )
    is_hidden = status not in ("", "LIVE") or bool(row.get("blogger_trashed"))
    reason = f"its status is {status or 'trashed'}" if is_hidden else publication.reason
    in_reply_to = row.get("thr_in-reply-to") or {}
    related = [
        link.get("href", "") for link in row.get("links", []) if link.get("rel") == "related"
    ]
    return Entry(
        id=str(row.get("id") or ""),
        url=_link(row),
        title=_title(row),
        body=body,
        subtitle=" ".join(plain_text(str(row.get("subtitle") or "")).split()),
        summary=summary,
        language=_language(row),
        published_at=published_at,
        unread_date=raw_date if raw_date and not published_at else "",
        updated_at=_to_datetime(row.get("updated_parsed")),
        image_url=_image(row),
        enclosures=_enclosures(row),
        authors=_authors(row),
        tags=tuple(
            str(tag.get("label") or tag.get("term") or "")
            for tag in tags
            if tag.get("scheme") != _BLOGGER_KIND
        ),
        other_urls=(*_other_urls(row), *filter(None, [str(row.get("blogger_filename") or "")])),
        role=_role(takeout_kind or (kind or "").rpartition("#")[2]),
        is_draft=is_hidden or publication.status is not Status.PUBLISHED,
        hidden_reason=reason,
        reply_to=str(row.get("blogger_parent") or _reference(in_reply_to)).strip(),
        thread=str(
            row.get("blogger_inreplyto")
            or next((_parent_comment_id(url) for url in related if url), "")
        ),
    )


_PREFIX = re.compile(r"^[a-z0-9]+_")
_NAMES = (
    status_words.STATUS_NAMES
    | status_words.HIDDEN_FLAGS
    | status_words.AUDIENCE_NAMES
    | status_words.PASSWORD_NAMES
    | {"ispublished", "ispublic", "isaccessibleforfree"}
)
"""Names of elements that decide publication; others of these names have other meanings in feeds."""


def _publication(row: Row) -> Publication:
    """Return the publication status by the elements of an entry, as in `app:draft`."""
    plain = {_PREFIX.sub("", name): value for name, value in row.items()} | dict(row)
    return read_publication(
        {
            name: value
            for name, value in plain.items()
            if isinstance(value, str) and normalize_name(name) in _NAMES
        }
    )


def _reference(in_reply_to: object) -> str:
    return str(in_reply_to.get("ref", "")) if isinstance(in_reply_to, dict) else ""


def _parent_comment_id(url: str) -> str:
    """Return the id of a parent comment from Blogger's link, the URL of the comment's feed."""
    parts = url.rstrip("/").split("/")
    if len(parts) < 5 or "feeds" not in parts:
        return ""
    return f"tag:blogger.com,1999:blog-{parts[parts.index('feeds') + 1]}.post-{parts[-1]}"


def _title(row: Row) -> str:
    title = str(row.get("title") or "")
    html = "html" in str((row.get("title_detail") or {}).get("type", "html"))
    return plain_text(title) if html else " ".join(title.split())


def _body(row: Row) -> tuple[Body, str]:
    """Return the fullest content of an entry, and its summary if that is another text."""
    contents = [
        content for content in row.get("content", []) if str(content.get("value") or "").strip()
    ]
    contents.sort(key=lambda content: _rank(str(content.get("type") or "")))
    summary = row.get("summary_detail") or {"value": row.get("summary", ""), "type": "text/html"}
    if not contents:
        return _to_body(summary), ""
    summary_text = markup.to_text(markup.to_html(_to_body(summary)))
    return _to_body(contents[0]), " ".join(summary_text.split())


def _rank(type_: str) -> int:
    return _CONTENT_ORDER.index(type_) if type_ in _CONTENT_ORDER else len(_CONTENT_ORDER)


def _to_body(detail: Row) -> Body:
    value = str(detail.get("value") or "")
    return Body(value, Markup.TEXT if detail.get("type") == "text/plain" else Markup.HTML)


def _link(row: Row) -> str:
    """URL of the entry: its link, or else its guid if that is a URL."""
    link, guid = str(row.get("link") or "").strip(), str(row.get("id") or "").strip()
    for url in (link, guid):
        if url.startswith(("http://", "https://")):
            return url
    return link  # relative: `FeedReader` knows the feed's address


def _other_urls(row: Row) -> tuple[str, ...]:
    candidates = [str(row.get("id") or ""), str(row.get("feedburner_origlink") or "")]
    return tuple(url for url in candidates if url.startswith(("http://", "https://")))


def _language(row: Row) -> str:
    details = [*row.get("content", []), row.get("summary_detail") or {}]
    return next(
        (tag for detail in details if (tag := language_tag(str(detail.get("language") or "")))), ""
    )


def _authors(row: Row) -> tuple[str, ...]:
    people = [person for person in row.get("authors", []) if isinstance(person, dict)]
    names = [str(person.get("name") or person.get("email") or "") for person in people]
    return tuple(name for name in names if name) or tuple(filter(None, [row.get("author", "")]))


def _image(row: Row) -> str:
    """Return the URL of an entry's first image outside its content."""
    candidates = [
        *(media.get("url", "") for media in row.get("media_content", []) if _is_image(media)),
        *(media.get("url", "") for media in row.get("media_thumbnail", [])),
        *(link.get("href", "") for link in row.get("links", []) if _is_image(link)),
        (row.get("image") or {}).get("href", "") if isinstance(row.get("image"), dict) else "",
    ]
    return next(
        (str(url) for url in candidates if str(url).startswith(("http://", "https://"))), ""
    )


def _enclosures(row: Row) -> tuple[Enclosure, ...]:
    """Return the files that come with an entry: enclosures and media, without images."""
    links = [link for link in row.get("links", []) if link.get("rel") == "enclosure"]
    files = [(file, "href") for file in links]
    files += [(file, "url") for file in row.get("media_content", [])]
    return tuple(
        Enclosure(str(file[key]), str(file.get("type") or file.get("medium") or ""))
        for file, key in files[:MAX_ENCLOSURES]
        if str(file.get(key) or "").startswith(("http://", "https://", "/")) and not _is_image(file)
    )


def _is_image(row: Row) -> bool:
    return row.get("medium") == "image" or str(row.get("type") or "").startswith("image/")


def _to_datetime(time_tuple: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(time_tuple), UTC) if time_tuple else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None

"""Reader of Movable Type's exports, which TypePad and other systems write too.

Addresses of commenters are private: e-mails are for moderators, all others are not stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from hub.drafts import ArticleDraft, AuthorDraft, CommentDraft, TopicDraft
from hub.models import CommentKind, CommentStatus, Status
from hub.text import markup
from hub.text.bodies import Body, Markup
from hub.text.slugs import digest, shorten_key, slug_of
from scripts.importers.content import dates
from scripts.importers.content.embeds import expand_embeds
from scripts.importers.content.links import Site
from scripts.importers.content.publication import read_publication, settle_schedule
from scripts.importers.movable_type.export import Entry, Section, read_entries, split_reply
from scripts.importers.source import (
    Notes,
    Record,
    Refusal,
    Skipped,
    SourceError,
    catch_errors,
    first_words,
    public_name,
)
from scripts.importers.wordpress.shortcodes import add_paragraphs
from scripts.importers.wordpress.site import plain_text

_NAME_LENGTH = 200
_TITLE_LENGTH = 300
_DATE = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp]\.?[Mm]\.?)?)?"
)
_TAG = re.compile(r'"([^"]*)"|([^",]+)')
_RAW = frozenset(("0", "none", "richtext", "wysiwyg", "html"))
"""Values of CONVERT BREAKS for texts whose paragraphs are marked already."""
_NOTHING = frozenset(("", "0", "no", "false", "n", "off"))


class MovableTypeReader:
    """Reader of one export file."""

    kind = "movable-type"

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self._path = path
        self._source = source or slug_of(path.stem)[:64].strip("-") or "movable-type"
        self._language = language

    @property
    def source(self) -> str:
        """The `source` option, or else the file's name: exports contain no address of the site."""
        return self._source

    def total(self) -> int:
        """The number of separators between entries. Reads the file."""
        try:
            with self._path.open("rb") as file:
                return max(1, sum(1 for line in file if line.startswith(b"--------")))
        except OSError as error:
            raise SourceError(self._path, f"it cannot be opened ({error.strerror})") from error

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        used_keys: set[str] = set()
        for entry in read_entries(self._path):
            place = f"line {entry.line}"
            yield from catch_errors(place, self._read(entry, place, used_keys))

    def _read(self, entry: Entry, place: str, used_keys: set[str]) -> Iterator[Record]:
        if entry.first("NO ENTRY") not in _NOTHING:
            yield Skipped(place, "comments on articles that are not in this export")
            return
        if entry.fault or not (entry.first("TITLE") or entry.texts("BODY")):
            yield Refusal(place, entry.fault or "there is neither a title nor a text in it")
            return
        basename, date = entry.first("BASENAME"), entry.first("DATE")
        key = basename or entry.first("UNIQUE URL") or f"{date} {entry.first('TITLE')}".strip()
        if shorten_key(key) in used_keys:
            key = f"{key} {date}"
        key = shorten_key(key)
        if key in used_keys:
            yield Refusal(place, f"its BASENAME and DATE are another entry's: {key[:100]}")
            return
        used_keys.add(key)
        yield from self._build_draft(entry, key, place)

    def _build_draft(self, entry: Entry, key: str, place: str) -> Iterator[Record]:
        notes = Notes(place)
        html = markup.to_html(_body(entry, notes))
        published_at = _entry_date(entry, notes)
        own_urls = _own_urls(entry, published_at, self._source)
        keywords = " ".join(" ".join(entry.texts("KEYWORDS")).split())[:1000]
        excerpt = plain_text(" ".join(entry.texts("EXCERPT")))
        yield ArticleDraft(
            source=self._source,
            key=key,
            place=place,
            title=_title(entry, html, notes),
            body=Body(html),
            slug=_slug(entry.first("BASENAME")),
            summary=markup.excerpt(excerpt, 1000) if excerpt else "",
            language=self._language,
            status=_status(entry, published_at, notes),
            published_at=published_at,
            created_at=published_at,
            comments_open=(entry.first("ALLOW COMMENTS") or "1") == "1",
            canonical_url=own_urls[0] if own_urls and entry.first("UNIQUE URL") else None,
            authors=_authors(entry),
            topics=_topics(entry),
            relations=Site.from_page_urls(own_urls).relations(html, own_urls) if own_urls else (),
            comments=tuple(_replies(entry, published_at)),
            addresses=tuple(own_urls),
            metadata=(("keywords", keywords),) if keywords else (),
        )
        if entry.texts(""):
            notes.append("words outside of its sections were left out")
        yield from notes


# ── the article ───────────────────────────────────────────────────────────────────────────────


def _body(entry: Entry, notes: Notes) -> Body:
    """Return the body and the extended body as one."""
    breaks = entry.first("CONVERT BREAKS").lower()
    text = "\n\n".join(
        part.strip("\n") for name in ("BODY", "EXTENDED BODY") for part in entry.texts(name)
    )
    if "markdown" in breaks:
        return Body(text, Markup.MARKDOWN)
    if "textile" in breaks:
        notes.append("its text is Textile, whose marks are kept as they are")
    text = expand_embeds(text)
    return Body(text if breaks in _RAW and "<" in text else add_paragraphs(text))


def _title(entry: Entry, html: str, notes: Notes) -> str:
    title = plain_text(entry.first("TITLE"))
    if not title:
        title = first_words(markup.to_text(html)) or "(untitled)"
        notes.append(f"it has no title, and is called {title!r} here")
    return markup.excerpt(title, _TITLE_LENGTH) if len(title) > _TITLE_LENGTH else title


def _slug(basename: str) -> str | None:
    """Return the slug of a basename; None when that is a number or a date."""
    slug = slug_of(basename.strip("/").rpartition("/")[2])
    return slug if re.search(r"[^\d-]", slug) else None


def _status(entry: Entry, published_at: datetime, notes: Notes) -> Status:
    """Return the status: public only if the entry, and nothing against it, says so."""
    if len([part for part in entry.sections if part.name == "BODY"]) > 1:
        notes.hold_back("it has two bodies, maybe those of two articles, and is a draft here")
        return Status.DRAFT
    headers: dict[str, str] = {}
    for name, value in entry.headers:
        while name in headers:
            name += " "  # the same name to the rules of publication
        headers[name] = value
    publication = read_publication(headers, default=Status.DRAFT)
    publication = settle_schedule(publication, published_at)
    if publication.status not in (Status.PUBLISHED, Status.SCHEDULED):
        notes.hold_back(f"{publication.reason}, and it is not public here")
    return publication.status


def _entry_date(entry: Entry, notes: Notes) -> datetime:
    text = entry.first("DATE")
    date = _parse_date(text)
    if date is None:
        notes.append(f"its date {text[:60]!r} cannot be read" if text else "it has no date")
    return date or dates.UNKNOWN


def _parse_date(text: str) -> datetime | None:
    """Parse month, day, year and time (of 24 hours without AM or PM); read as UTC.

    A month above 12 is a day: other systems write the day first.
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return dates.parse_date(text)
    month, day = int(match[1]), int(match[2])
    if month > 12:
        month, day = day, month
    hour = int(match[4] or 0)
    if match[7]:
        hour = hour % 12 + (12 if match[7].lower().startswith("p") else 0)
    try:
        return datetime(
            int(match[3]), month, day, hour, int(match[5] or 0), int(match[6] or 0), tzinfo=UTC
        )
    except ValueError:
        return None


def _own_urls(entry: Entry, published_at: datetime, source: str) -> list[str]:
    """Return the addresses of an entry: its own, or those that the site's host would have."""
    url = entry.first("UNIQUE URL")
    if url.startswith(("http://", "https://")):
        return [url]
    basename = entry.first("BASENAME").strip("/")
    if "." not in source or not basename:
        return []
    names = dict.fromkeys((basename, basename.replace("_", "-"), basename.replace("-", "_")))
    return [f"https://{source}/{published_at:%Y/%m}/{name}.html" for name in names]


def _authors(entry: Entry) -> tuple[AuthorDraft, ...]:
    names = dict.fromkeys(public_name(name)[:_NAME_LENGTH] for name in entry.all("AUTHOR"))
    return tuple(AuthorDraft(name, slug_of(name) or None) for name in names if name)


def _topics(entry: Entry) -> tuple[TopicDraft, ...]:
    """Return the categories, the primary one first, then the tags."""
    names = [*entry.all("PRIMARY CATEGORY"), *entry.all("CATEGORY")]
    for tags in entry.all("TAGS"):
        names += _split_tags(tags)
    topics: dict[str, TopicDraft] = {}
    for name in map(plain_text, names):
        if slug := slug_of(name[:_NAME_LENGTH]):
            topics.setdefault(slug, TopicDraft(name[:_NAME_LENGTH], slug))
    return tuple(topics.values())


def _split_tags(text: str) -> list[str]:
    """Split `ice,"winter sports"`; private tags, which begin with @, are left out."""
    pairs = _TAG.findall(text)
    is_spaced = '"' in text and "," not in re.sub(r'"[^"]*"', "", text)
    names: list[str] = []
    for quoted, plain in pairs:
        names += plain.split() if is_spaced else [quoted or plain]
        names += [quoted] if is_spaced else []
    return [name.strip() for name in names if name.strip() and not name.strip().startswith("@")]


# ── comments and pings ────────────────────────────────────────────────────────────────────────


def _replies(entry: Entry, published_at: datetime) -> Iterator[CommentDraft]:
    """Yield the comments and pings of an entry; a repeated one once."""
    keys: set[str] = set()
    for section in entry.sections:
        if section.name in ("COMMENT", "PING") and section.text.strip():
            reply = _build_reply(section, published_at)
            if reply.key not in keys:
                keys.add(reply.key)
                yield reply


def _build_reply(section: Section, published_at: datetime) -> CommentDraft:
    headers, words = split_reply(section.text)
    is_ping = section.name == "PING"
    name = headers.get("BLOG NAME" if is_ping else "AUTHOR", "")
    html = add_paragraphs(words)
    if is_ping:
        html = _link(headers) + html
    date = headers.get("DATE", "")
    return CommentDraft(
        key=headers.get("ID") or digest(f"{section.name} {name} {date} {words}"),
        author_name=public_name(plain_text(name))[:_NAME_LENGTH] or "Anonymous",
        author_email=headers.get("EMAIL") or None,
        body=Body(html),
        created_at=_parse_date(date) or published_at,
        status=_reply_status(headers),
        kind=CommentKind.TRACKBACK if is_ping else CommentKind.COMMENT,
        parent_key=headers.get("PARENT ID") or None,
    )


def _link(headers: dict[str, str]) -> str:
    """Return a paragraph with the title of the page that sent a ping, as a link to it."""
    url, title = headers.get("URL", ""), headers.get("TITLE", "")
    words = escape(plain_text(title) or url, quote=False)
    if not url.startswith(("http://", "https://")):
        return f"<p>{words}</p>" if words else ""
    return f'<p><a href="{escape(url)}">{words}</a></p>'


def _reply_status(headers: dict[str, str]) -> CommentStatus:
    """Return the status of a comment: exports hold public ones, unless a header says otherwise."""
    flags = {name: value.lower() for name, value in headers.items() if value}
    status = flags.get("STATUS", "")
    is_junk = any(flags.get(name, "") not in _NOTHING for name in ("JUNK", "SPAM"))
    if is_junk or status in ("spam", "junk") or flags.get("JUNK STATUS", "").startswith("-"):
        return CommentStatus.SPAM
    if status in ("trash", "trashed", "deleted"):
        return CommentStatus.TRASH
    shown = ("VISIBLE", "APPROVED", "PUBLISHED")
    is_shown = all(flags.get(name, "1") in ("1", "yes", "true", "y") for name in shown)
    is_secret = any(flags.get(name, "") not in _NOTHING for name in ("SECRET", "PRIVATE"))
    is_known = status in ("", "1", "approved", "approve", "publish", "published", "visible")
    return (
        CommentStatus.APPROVED if is_shown and is_known and not is_secret else CommentStatus.PENDING
    )

"""Reader of feeds: RSS, RDF and Atom of any version, JSON Feed, and Blogger's exports.

Entries are identified by their id (guid): repeated imports of a feed create new entries and update
changed ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin

from hub.drafts import ArticleDraft, AuthorDraft, CommentDraft, TopicDraft
from hub.models import CommentStatus, Kind, Status
from hub.models.article import TITLE_LENGTH
from hub.text import markup
from hub.text.bodies import Body
from hub.text.slugs import digest, shorten_key, slug_of
from scripts.importers.content import dates
from scripts.importers.content.embeds import append_enclosures, expand_embeds
from scripts.importers.content.links import Site
from scripts.importers.feeds import json_feed, rss_atom
from scripts.importers.feeds.entry import Entry, Feed, Role
from scripts.importers.source import (
    HeldBack,
    Note,
    Record,
    Refusal,
    Skipped,
    SourceError,
    catch_errors,
    first_words,
    public_name,
    source_name,
)

MAX_BYTES = 100_000_000
"""Maximum size of a feed, which is read into memory; Blogger's exports have some ten million."""

_NAME_LENGTH = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FeedReader:
    """Reader of one feed."""

    kind = "feed"

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self._path = path
        self._requested_source = source
        self._language = language
        self._feed: Feed | None = None

    @property
    def source(self) -> str:
        """The `source` option, or the host (and folder) of the feed's site, or the file's name."""
        site_name = Site.from_urls(list(self._load().site_urls)).name[:64]
        return self._requested_source or site_name or source_name(self._path)

    def total(self) -> int:
        """The number of entries. Reads the file."""
        return len(self._load().entries)

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        feed = self._load()
        if feed.fault:
            yield Note("feed", f"it is not well-formed ({feed.fault}); what can be read was read")
        if feed.entry_start_tags > (count := len(feed.entries)):
            yield Refusal(
                "feed", f"only {count} of its {feed.entry_start_tags} entries can be read"
            )
        for number, reason in feed.unread.items():
            yield Refusal(f"item {number}", reason)
        comments = _group_comments(feed)
        used_keys: set[str] = set()
        for number, entry in enumerate(feed.entries, 1):
            place = f"entry {number}"
            yield from catch_errors(place, self._read_entry(entry, place, comments, used_keys))

    def _load(self) -> Feed:
        if self._feed is None:
            self._feed = _parse_file(self._path)
        return self._feed

    def _read_entry(
        self, entry: Entry, place: str, comments: dict[str, list[Entry]], used_keys: set[str]
    ) -> Iterator[Record]:
        if entry.role is Role.OTHER:
            yield Skipped(place, "settings and templates of the blog")
            return
        if entry.role is Role.COMMENT:
            if entry.reply_to not in self._post_ids:
                yield Skipped(place, "comments on posts that are not in this feed")
            return
        url = entry.url if entry.url.startswith(("http://", "https://")) else ""
        key = shorten_key(entry.id or url or entry.title or _content_key(entry))
        if not (entry.title or entry.body.content.strip()):
            yield Refusal(place, "there is neither a title nor a text in it")
        elif key in used_keys:
            yield Skipped(place, "entries whose id is in the feed twice")
        else:
            used_keys.add(key)
            yield from self._build_draft(entry, key, place, comments.get(entry.id, []))

    @property
    def _base(self) -> str:
        """The address against which the feed's relative addresses are resolved; may be empty."""
        urls = self._load().site_urls
        return next((url for url in urls if url.startswith(("http://", "https://"))), "")

    def _resolve_addresses(self, entry: Entry) -> Entry:
        """Resolve the relative addresses of an entry; those that cannot be are left out."""

        def resolve(url: str) -> str:
            try:
                resolved = urljoin(self._base, url) if url else ""
            except ValueError:
                return ""
            return resolved if resolved.startswith(("http://", "https://")) else ""

        others = tuple(filter(None, map(resolve, entry.other_urls)))
        return replace(
            entry,
            url=resolve(entry.url),
            image_url=resolve(entry.image_url),
            other_urls=others or entry.other_urls,
        )

    @property
    def _post_ids(self) -> set[str]:
        return {entry.id for entry in self._load().entries if entry.role is not Role.COMMENT}

    def _build_draft(
        self, entry: Entry, key: str, place: str, comments: list[Entry]
    ) -> Iterator[Record]:
        entry = self._resolve_addresses(entry)
        html = markup.to_html(replace(entry.body, content=expand_embeds(entry.body.content)))
        html = append_enclosures(html, entry.enclosures)
        if base := entry.url or self._base:
            html = _TAG.sub(partial(_resolve_tag, base=base), html)
        title = entry.title or first_words(markup.to_text(html)) or entry.url or key
        own_urls = [entry.url] if entry.url else []
        site = Site.from_urls([*self._load().site_urls, *own_urls])
        moment = entry.published_at or entry.updated_at
        if moment is None and entry.unread_date:
            moment = dates.UNKNOWN
        yield ArticleDraft(
            source=self.source,
            key=key,
            place=place,
            title=markup.excerpt(title, 300) if len(title) > 300 else title,
            body=Body(html),
            subtitle=entry.subtitle[:TITLE_LENGTH],
            summary=markup.excerpt(entry.summary, 1000) if entry.summary else "",
            language=entry.language or self._load().language or self._language,
            kind=Kind.PAGE if entry.role is Role.PAGE else Kind.ARTICLE,
            status=Status.DRAFT if entry.is_draft else Status.PUBLISHED,
            published_at=moment,
            created_at=moment,
            updated_at=entry.updated_at,
            image_url=entry.image_url or None,
            canonical_url=entry.url or None,
            authors=_authors(entry),
            topics=_topics(entry),
            relations=site.relations(html, own_urls) if own_urls else (),
            comments=tuple(_build_comment(comment, self._post_ids) for comment in comments),
            addresses=tuple(dict.fromkeys([*own_urls, *entry.other_urls])),
        )
        if entry.hidden_reason:
            yield HeldBack(place, f"{entry.hidden_reason}, and it is a draft here")
        if entry.unread_date:
            yield Note(place, f"its date {entry.unread_date[:60]!r} cannot be read")
        if not entry.title:
            yield Note(place, f"it has no title, and is called {title!r} here")


_TAG = re.compile(r"<(?:a|img)\s[^>]*>")
_RELATIVE = re.compile(r'(?<=\s)(href|src)="((?!#|[a-z][a-z0-9+.-]*:)[^"]+)"', re.IGNORECASE)


def _resolve_tag(tag: re.Match[str], base: str) -> str:
    return _RELATIVE.sub(partial(_resolve_attribute, base=base), tag[0])


def _resolve_attribute(match: re.Match[str], base: str) -> str:
    try:
        url = urljoin(base, unescape(match[2]))
    except ValueError:
        return match[0]
    return f'{match[1]}="{escape(url)}"'


def _content_key(entry: Entry) -> str:
    """Return a key for an entry without id, link and title, made of its words."""
    return digest(markup.to_text(markup.to_html(entry.body)))


def _parse_file(path: Path) -> Feed:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(path, f"it has more than {MAX_BYTES:,} bytes, which no feed has")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
    is_json = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"{"
    return json_feed.parse(path, MAX_BYTES) if is_json else rss_atom.parse(path, data)


def _group_comments(feed: Feed) -> dict[str, list[Entry]]:
    """Group the comments, with replies to comments, by post id, in feed order."""
    comments: dict[str, list[Entry]] = {}
    for entry in feed.entries:
        if entry.role is Role.COMMENT:
            comments.setdefault(entry.reply_to, []).append(entry)
    return comments


def _authors(entry: Entry) -> tuple[AuthorDraft, ...]:
    names = dict.fromkeys(public_name(author)[:_NAME_LENGTH] for author in entry.authors)
    return tuple(AuthorDraft(name, slug_of(name) or None) for name in names if name)


def _topics(entry: Entry) -> tuple[TopicDraft, ...]:
    topics: dict[str, TopicDraft] = {}
    for name in entry.tags:
        topic_name = " ".join(name.split())[:_NAME_LENGTH]
        if slug := slug_of(topic_name):
            topics.setdefault(slug, TopicDraft(topic_name, slug))
    return tuple(topics.values())


def _comment_status(entry: Entry) -> CommentStatus:
    if "SPAM" in entry.hidden_reason:
        return CommentStatus.SPAM
    return CommentStatus.PENDING if entry.is_draft else CommentStatus.APPROVED


def _build_comment(entry: Entry, post_ids: set[str]) -> CommentDraft:
    """Build a comment of a Blogger export: approved unless it is hidden there."""
    parent = entry.thread if entry.thread not in post_ids and entry.thread != entry.id else ""
    return CommentDraft(
        key=shorten_key(entry.id),
        author_name=public_name(next(iter(entry.authors), "")) or "Anonymous",
        body=entry.body,
        created_at=entry.published_at or entry.updated_at or _EPOCH,
        status=_comment_status(entry),
        parent_key=shorten_key(parent) if parent else None,
    )

"""Feeds, by file or address: RSS, RDF and Atom of any version, JSON Feed, and Blogger's exports.

An entry is found again by its id (guid), so that a feed which is imported by the clock brings what
is new and what has changed in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hub.drafts import ArticleDraft, AuthorDraft, Body, CommentDraft, TopicDraft
from hub.models import CommentStatus, Kind, Status
from hub.text import markup
from hub.text.slugs import bounded, slug_of
from scripts.importers.feeds import json_feed, rss_atom
from scripts.importers.feeds.entry import Entry, Feed, Role
from scripts.importers.links import Site
from scripts.importers.source import (
    Note,
    Record,
    Refusal,
    Skipped,
    SourceError,
    guarded,
    name_of,
    opening_words,
    public_name,
)

MAX_BYTES = 100_000_000
"""A feed is read whole; Blogger's exports of a whole blog have some ten million bytes."""

_NAME_LENGTH = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FeedReader:
    """One feed."""

    kind = "feed"

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self._path = path
        self._given = source
        self._language = language
        self._feed: Feed | None = None

    @property
    def source(self) -> str:
        """The host (and folder) of the site that the feed is of, or the file's name."""
        found = Site.of(self._look().site_urls).name[:64]
        return self._given or found or name_of(self._path)

    def total(self) -> int:
        """The number of entries. Reads the file."""
        return len(self._look().entries)

    def read(self) -> Iterator[Record]:
        """See `Reader.read`."""
        feed = self._look()
        if feed.fault:
            yield Note("feed", f"it is not well-formed ({feed.fault}); what can be read was read")
        if feed.begun > (read := len(feed.entries)):
            yield Refusal("feed", f"of the {feed.begun} entries that it begins {read} can be read")
        for number, reason in feed.unread.items():
            yield Refusal(f"item {number}", reason)
        comments = _by_post(feed)
        seen: set[str] = set()
        for number, entry in enumerate(feed.entries, 1):
            place = f"entry {number}"
            yield from guarded(place, self._read(entry, place, comments, seen))

    def _look(self) -> Feed:
        if self._feed is None:
            self._feed = _parsed(self._path)
        return self._feed

    def _read(
        self, entry: Entry, place: str, comments: dict[str, list[Entry]], seen: set[str]
    ) -> Iterator[Record]:
        if entry.role is Role.OTHER:
            yield Skipped(place, "settings and templates of the blog")
            return
        if entry.role is Role.COMMENT:
            if entry.reply_to not in self._posts:
                yield Skipped(place, "comments on posts that are not in this feed")
            return
        key = bounded(entry.id or entry.url or entry.title)
        if not key or not (entry.title or entry.body.content.strip()):
            yield Refusal(place, "there is neither a title nor a text in it")
        elif key in seen:
            yield Skipped(place, "entries that stand in the feed twice")
        else:
            seen.add(key)
            yield from self._draft(entry, key, place, comments.get(entry.id, []))

    @property
    def _posts(self) -> set[str]:
        return {one.id for one in self._look().entries if one.role is not Role.COMMENT}

    def _draft(self, entry: Entry, key: str, place: str, comments: list[Entry]) -> Iterator[Record]:
        html = markup.to_html(entry.body)
        title = entry.title or opening_words(markup.to_text(html)) or entry.url or key
        own = [entry.url] if entry.url else []
        site = Site.of([*self._look().site_urls, *own])
        moment = entry.published_at or entry.updated_at
        yield ArticleDraft(
            source=self.source,
            key=key,
            place=place,
            title=markup.excerpt(title, 300) if len(title) > 300 else title,
            body=Body(html),
            summary=markup.excerpt(entry.summary, 1000) if entry.summary else "",
            language=entry.language or self._look().language or self._language,
            kind=Kind.PAGE if entry.role is Role.PAGE else Kind.ARTICLE,
            status=Status.DRAFT if entry.is_draft else Status.PUBLISHED,
            published_at=moment,
            created_at=moment,
            updated_at=entry.updated_at,
            image_url=entry.image_url or None,
            canonical_url=entry.url or None,
            authors=_authors(entry),
            topics=_topics(entry),
            relations=site.relations(html, own) if own else (),
            comments=tuple(_comment(one, self._posts) for one in comments),
            addresses=tuple(dict.fromkeys([*own, *entry.other_urls])),
        )
        if not entry.title:
            yield Note(place, f"it has no title, and is called {title!r} here")


def _parsed(path: Path) -> Feed:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(path, f"it has more than {MAX_BYTES:,} bytes, which no feed has")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
    is_json = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"{"
    return json_feed.parsed(path, MAX_BYTES) if is_json else rss_atom.parsed(path, data)


def _by_post(feed: Feed) -> dict[str, list[Entry]]:
    """The comments of each post, also the replies to its comments, in their order."""
    found: dict[str, list[Entry]] = {}
    for one in feed.entries:
        if one.role is Role.COMMENT:
            found.setdefault(one.reply_to, []).append(one)
    return found


def _authors(entry: Entry) -> tuple[AuthorDraft, ...]:
    names = dict.fromkeys(public_name(one)[:_NAME_LENGTH] for one in entry.authors)
    return tuple(AuthorDraft(name, slug_of(name) or None) for name in names if name)


def _topics(entry: Entry) -> tuple[TopicDraft, ...]:
    found: dict[str, TopicDraft] = {}
    for name in entry.tags:
        shown = " ".join(name.split())[:_NAME_LENGTH]
        if slug := slug_of(shown):
            found.setdefault(slug, TopicDraft(shown, slug))
    return tuple(found.values())


def _comment(entry: Entry, posts: set[str]) -> CommentDraft:
    """A comment as Blogger exports it: it was public, unless it says that it was not."""
    parent = entry.thread if entry.thread not in posts and entry.thread != entry.id else ""
    return CommentDraft(
        key=bounded(entry.id),
        author_name=public_name(next(iter(entry.authors), "")) or "Anonymous",
        body=entry.body,
        created_at=entry.published_at or entry.updated_at or _EPOCH,
        status=CommentStatus.PENDING if entry.is_draft else CommentStatus.APPROVED,
        parent_key=bounded(parent) if parent else None,
    )

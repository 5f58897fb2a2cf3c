"""Ghost's JSON exports, of its versions 0 to 6.

Of a user nothing but name, slug and biography is looked at: exports hold password hashes, sessions
and keys besides, which are neither kept nor told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.db.timestamps import now
from hub.drafts import ArticleDraft, AuthorDraft, Body, Markup, TopicDraft
from hub.models import Kind, Status
from hub.text import markup
from hub.text.slugs import slug_of
from scripts.importers import dates
from scripts.importers.ghost import cards, redirects
from scripts.importers.links import Site
from scripts.importers.records import json_recovery
from scripts.importers.records.json_recovery import Unread
from scripts.importers.source import (
    Note,
    Record,
    Refusal,
    Skipped,
    SourceError,
    author_slugs,
    guarded,
    opening_words,
    public_name,
)
from scripts.importers.wordpress.site import language_tag

MAX_BYTES = 500_000_000
"""An export is read whole; a site's texts alone have no more."""

_TABLES = ("posts", "posts_authors", "posts_meta", "posts_tags", "settings", "tags", "users")
_PLACEHOLDER = "__GHOST_URL__"
_TITLE_LENGTH = 300
_NAME_LENGTH = 200

Row = dict[str, Any]


class GhostReader:
    """One export file."""

    kind = "ghost"

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self._path = path
        self._given = source
        self._language = language
        self._export: Export | None = None

    @property
    def source(self) -> str:
        """The site's title as a slug, unless a name was given: exports do not tell its address."""
        return self._look().source

    def total(self) -> int:
        """The number of posts and pages. Reads the file."""
        return len(self._look().posts)

    def read(self) -> Iterator[Record]:
        """See `Reader.read`."""
        export = self._look()
        if export.fault:
            yield Refusal("export", f"{export.fault}; what can be read was read")
        seen: set[str] = set()
        heard: set[str | None] = set()
        for number, post in enumerate(export.posts, 1):
            place = f"post {number}"
            if not isinstance(post, dict):
                reason = post.reason if isinstance(post, Unread) else "it is no object"
                yield Refusal(place, reason)
                continue
            key = str(post.get("id") or post.get("uuid") or post.get("slug") or "")[:255]
            if not key or key in seen:
                reason = f"its id {key} is another post's" if key else "it has no id"
                yield Refusal(place, reason)
                continue
            seen.add(key)
            for record in guarded(place, _read(post, key, place, export)):
                heard |= author_slugs(record)
                yield record
        for author in export.people:
            if author.slug not in heard:
                yield Skipped(f"user {author.slug}", "users who have written nothing in it")

    def _look(self) -> Export:
        if self._export is None:
            self._export = Export(_data(self._path), self._path, self._given, self._language)
        return self._export


def _data(path: Path) -> Row:
    """The tables of an export, which lie in one of two wrappers; what is left of broken ones."""
    whole, text, fault = json_recovery.loaded(path, MAX_BYTES)
    if fault:
        left = {name: json_recovery.rows(text, name) for name in _TABLES}
        if not any(isinstance(one, dict) for one in left["posts"]):
            raise SourceError(path, fault)
        return {**left, "fault": fault}
    wrapped = whole.get("db") if isinstance(whole, dict) else None
    inner = wrapped[0] if isinstance(wrapped, list) and wrapped else whole
    data = inner.get("data") if isinstance(inner, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        raise SourceError(path, "it is JSON, but no Ghost export: there are no `posts` in it")
    return data


class Export:
    """The tables of an export, put together."""

    def __init__(self, data: Row, path: Path, source: str | None, language: str) -> None:
        self.posts: list[Any] = data["posts"]
        self.fault: str | None = data.get("fault")
        settings = {str(row.get("key")): row.get("value") for row in _rows(data, "settings")}
        named = slug_of(str(settings.get("title") or ""))[:64].strip("-")
        self.source = source or named or slug_of(path.stem)[:64] or "ghost"
        locale = settings.get("locale") or settings.get("default_locale") or settings.get("lang")
        self.language = language_tag(str(locale or "")) or language
        self.site = Site.of([f"https://{self.source}/"])
        self._users = {str(row.get("id")): row for row in _rows(data, "users")}
        self._tags = {str(row.get("id")): row for row in _rows(data, "tags")}
        self._authors_of = _links(data, "posts_authors", "author_id")
        self._tags_of = _links(data, "posts_tags", "tag_id")
        self.redirects = redirects.beside(path)
        self.meta = {str(row.get("post_id")): row for row in _rows(data, "posts_meta")}

    def authors(self, post: Row) -> tuple[AuthorDraft, ...]:
        """A post's authors in their order."""
        ids = self._authors_of.get(str(post.get("id"))) or [str(post.get("author_id"))]
        found: dict[AuthorDraft, None] = {}
        for row in (self._users[id_] for id_ in ids if id_ in self._users):
            if author := _author(row):
                found[author] = None
        return tuple(found)

    @property
    def people(self) -> list[AuthorDraft]:
        """All users, whether they have written anything or not."""
        return [author for row in self._users.values() if (author := _author(row))]

    def topics(self, post: Row) -> tuple[TopicDraft, ...]:
        """A post's tags in their order; those that are Ghost's own business are left out."""
        found: dict[str, TopicDraft] = {}
        for id_ in self._tags_of.get(str(post.get("id")), []):
            row = self._tags.get(id_, {})
            name = " ".join(str(row.get("name") or "").split())[:_NAME_LENGTH]
            slug = slug_of(str(row.get("slug") or "") or name)
            internal = name.startswith("#") or row.get("visibility") == "internal"
            if name and slug and not internal:
                text = str(row.get("description") or "") or None
                found.setdefault(slug, TopicDraft(name, slug, None, text))
        return tuple(found.values())


def _author(row: Row) -> AuthorDraft | None:
    """What may be told of a user; None where that is no name."""
    name = public_name(str(row.get("name") or ""))[:_NAME_LENGTH]
    bio = str(row.get("bio") or "")[:5000] or None
    return AuthorDraft(name, slug_of(str(row.get("slug") or "")) or None, bio) if name else None


def _rows(data: Row, table: str) -> list[Row]:
    rows = data.get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _links(data: Row, table: str, other: str) -> dict[str, list[str]]:
    """What belongs to each post, in order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in _rows(data, table):
        order = row.get("sort_order")
        place = order if isinstance(order, int) else 0
        found.setdefault(str(row.get("post_id")), []).append((place, str(row.get(other))))
    return {
        post: [id_ for _, id_ in sorted(pairs, key=lambda pair: pair[0])]
        for post, pairs in found.items()
    }


def _read(post: Row, key: str, place: str, export: Export) -> Iterator[Record]:
    """The draft of a post with the notes on it."""
    notes: list[str] = []
    body = _body(post, notes)
    html = markup.to_html(body)
    is_page = post.get("type") == "page" or post.get("page") in (1, True)
    slug = slug_of(str(post.get("slug") or "")) or None
    published_at = _moment(post.get("published_at"))
    image = _address(post.get("feature_image") or post.get("image"))
    meta = export.meta.get(str(post.get("id")), {})
    own = [f"https://{export.source}/{slug}/"] if slug else []
    canonical = str(post.get("canonical_url") or "")
    yield ArticleDraft(
        source=export.source,
        key=key,
        place=place,
        title=_title(post, html, notes),
        body=Body(html),
        slug=slug,
        summary=" ".join(str(post.get("custom_excerpt") or "").split())[:5000],
        language=language_tag(str(post.get("locale") or "")) or export.language,
        kind=Kind.PAGE if is_page else Kind.ARTICLE,
        status=_status(post, published_at, bool(meta.get("email_only")), notes),
        published_at=published_at,
        created_at=_moment(post.get("created_at")),
        updated_at=_moment(post.get("updated_at")),
        image_url=image or None,
        image_alt=str(meta.get("feature_image_alt") or "")[:255] or None,
        canonical_url=canonical if canonical.startswith(("http://", "https://")) else None,
        authors=export.authors(post),
        topics=export.topics(post),
        relations=export.site.relations(html, own),
        addresses=export.site.addresses(own, ""),
        aliases=export.redirects.get(slug or "", ()),
    )
    for note in notes:
        yield Note(place, note)


def _address(written: object) -> str:
    """An address in the export, without its placeholder for the site's own."""
    url = str(written or "").strip().replace(_PLACEHOLDER, "")
    return url if re.match(r"https?://|/(?!/)", url) else ""


def _body(post: Row, notes: list[str]) -> Body:
    """What the post says, from the first of its forms that says anything."""
    html, gated = cards.ungated(str(post.get("html") or ""))
    if gated:
        notes.append("parts of it are for members only, and were left out")
    if not html.strip():
        html, left_out = cards.to_html(post.get("lexical"), post.get("mobiledoc"))
        if left_out:
            notes.append(f"what nothing stands for here was left out: {', '.join(left_out)}")
    if html.strip():
        return Body(html.replace(_PLACEHOLDER, ""))
    return Body(str(post.get("markdown") or "").replace(_PLACEHOLDER, ""), Markup.MARKDOWN)


def _title(post: Row, html: str, notes: list[str]) -> str:
    title = " ".join(str(post.get("title") or "").split())
    if not title:
        title = opening_words(markup.to_text(html)) or "(untitled)"
        notes.append(f"it has no title, and is called {title!r} here")
    return markup.excerpt(title, _TITLE_LENGTH) if len(title) > _TITLE_LENGTH else title


def _status(post: Row, published_at: datetime | None, email_only: bool, notes: list[str]) -> Status:
    """What was not for everybody there is for nobody here, until an editor says otherwise."""
    status, visibility = post.get("status"), post.get("visibility") or "public"
    if visibility != "public":
        notes.append(f"it is for {visibility} only, and a draft here")
        return Status.DRAFT
    if email_only:
        notes.append("it was sent by e-mail only, and is a draft here")
        return Status.DRAFT
    if status == "published":
        return Status.PUBLISHED
    if status == "scheduled":
        if published_at is not None and published_at > now():
            return Status.SCHEDULED
        notes.append("it was scheduled for a date that is past now, and is a draft here")
    elif status != "draft":
        notes.append(f"its status is {status}, and it is a draft here")
    return Status.DRAFT


def _moment(value: object) -> datetime | None:
    """A date as exports have it: written out, or in milliseconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return dates.moment(value) if value else None

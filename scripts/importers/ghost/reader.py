"""Reader of Ghost's JSON exports, versions 0 to 6.

Of a user only name, slug and biography are read: exports also contain password hashes, sessions
and keys, which are neither stored nor reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.db.timestamps import now
from hub.drafts import ArticleDraft, AuthorDraft, LinkDraft, TopicDraft
from hub.errors import Invalid
from hub.models import Kind, Status
from hub.models.article import TITLE_LENGTH
from hub.text import markup, validation
from hub.text.bodies import Body, Markup
from hub.text.slugs import slug_of
from scripts.importers.content import dates, seo
from scripts.importers.content.embeds import expand_embeds
from scripts.importers.content.links import Site
from scripts.importers.ghost import cards, redirects
from scripts.importers.records import json_recovery
from scripts.importers.records.json_recovery import UnreadableRecord
from scripts.importers.source import (
    Notes,
    Record,
    Refusal,
    Skipped,
    SourceError,
    author_slugs,
    catch_errors,
    first_words,
    public_name,
)
from scripts.importers.wordpress.site import language_tag

MAX_BYTES = 500_000_000
"""Maximum size of an export, which is read into memory; it contains the texts of a site only."""

_TABLES = ("posts", "posts_authors", "posts_meta", "posts_tags", "settings", "tags", "users")
_PLACEHOLDER = "__GHOST_URL__"
_FILE = re.compile(r"""(["'\s(,=])(?:__GHOST_URL__)?(/content/(?:images|media|files)/)""")
_RELATIVE_IMAGE = re.compile(r'<img src="/')
_TITLE_LENGTH = 300
_NAME_LENGTH = 200

Row = dict[str, Any]


class GhostReader:
    """Reader of one export file."""

    kind = "ghost"

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self._path = path
        self._requested_source = source
        self._language = language
        self._export: Export | None = None

    @property
    def source(self) -> str:
        """The `source` option, or else the site's title as a slug: exports contain no URL."""
        return self._load().source

    def total(self) -> int:
        """The number of posts and pages. Reads the file."""
        return len(self._load().posts)

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        export = self._load()
        if export.fault:
            yield Refusal("export", f"{export.fault}; what can be read was read")
        used_keys: set[str] = set()
        credited: set[str | None] = set()
        for number, post in enumerate(export.posts, 1):
            place = f"post {number}"
            if not isinstance(post, dict):
                reason = post.reason if isinstance(post, UnreadableRecord) else "it is no object"
                yield Refusal(place, reason)
                continue
            key = str(post.get("id") or post.get("uuid") or post.get("slug") or "")[:255]
            if not key or key in used_keys:
                reason = f"its id {key} is another post's" if key else "it has no id"
                yield Refusal(place, reason)
                continue
            used_keys.add(key)
            for record in catch_errors(place, _read_post(post, key, place, export)):
                credited |= author_slugs(record)
                yield record
        for author in export.all_authors:
            if author.slug not in credited:
                yield Skipped(f"user {author.slug}", "users who have written nothing in it")

    def _load(self) -> Export:
        if self._export is None:
            self._export = Export(
                _load_tables(self._path), self._path, self._requested_source, self._language
            )
        return self._export


def _load_tables(path: Path) -> Row:
    """Load the tables of an export from either of two wrappers; recover those of broken JSON."""
    document, text, fault = json_recovery.load(path, MAX_BYTES)
    if fault:
        tables = {name: json_recovery.recover_rows(text, name) for name in _TABLES}
        if not any(isinstance(row, dict) for row in tables["posts"]):
            raise SourceError(path, fault)
        return {**tables, "fault": fault}
    wrapped = document.get("db") if isinstance(document, dict) else None
    inner = wrapped[0] if isinstance(wrapped, list) and wrapped else document
    data = inner.get("data") if isinstance(inner, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        raise SourceError(path, "it is JSON, but no Ghost export: there are no `posts` in it")
    return data


class Export:
    """The tables of an export, joined."""

    def __init__(self, data: Row, path: Path, source: str | None, language: str) -> None:
        self.posts: list[Any] = data["posts"]
        self.fault: str | None = data.get("fault")
        settings = {str(row.get("key")): row.get("value") for row in _rows(data, "settings")}
        title_slug = slug_of(str(settings.get("title") or ""))[:64].strip("-")
        self.source = source or title_slug or slug_of(path.stem)[:64] or "ghost"
        locale = settings.get("locale") or settings.get("default_locale") or settings.get("lang")
        self.language = language_tag(str(locale or "")) or language
        self.url = _site_url(settings, source or "")
        self.site = Site.from_urls([f"{self.url}/", f"https://{self.source}/"])
        self._users = {str(row.get("id")): row for row in _rows(data, "users")}
        self._tags = {str(row.get("id")): row for row in _rows(data, "tags")}
        self._authors_of = _ids_by_post(data, "posts_authors", "author_id")
        self._tags_of = _ids_by_post(data, "posts_tags", "tag_id")
        self.redirects = redirects.read_redirects(path)
        self.meta = {str(row.get("post_id")): row for row in _rows(data, "posts_meta")}

    def authors(self, post: Row) -> tuple[AuthorDraft, ...]:
        """Return a post's authors in their order."""
        ids = self._authors_of.get(str(post.get("id"))) or [str(post.get("author_id"))]
        authors: dict[AuthorDraft, None] = {}
        for row in (self._users[id_] for id_ in ids if id_ in self._users):
            if author := _author(row, self.url):
                authors[author] = None
        return tuple(authors)

    @property
    def all_authors(self) -> list[AuthorDraft]:
        """All users, with or without posts."""
        return [author for row in self._users.values() if (author := _author(row, self.url))]

    def topics(self, post: Row) -> tuple[TopicDraft, ...]:
        """Return a post's tags in their order, without Ghost's internal ones."""
        topics: dict[str, TopicDraft] = {}
        for id_ in self._tags_of.get(str(post.get("id")), []):
            row = self._tags.get(id_, {})
            name = " ".join(str(row.get("name") or "").split())[:_NAME_LENGTH]
            slug = slug_of(str(row.get("slug") or "") or name)
            internal = name.startswith("#") or row.get("visibility") == "internal"
            if name and slug and not internal:
                text = str(row.get("description") or "") or None
                topics.setdefault(slug, TopicDraft(name, slug, None, text, taxonomy="tag"))
        return tuple(topics.values())


def _author(row: Row, site: str) -> AuthorDraft | None:
    """Build an author from the public columns of a user; None without a public name."""
    name = public_name(str(row.get("name") or ""))[:_NAME_LENGTH]
    if not name:
        return None
    bio = str(row.get("bio") or "")[:5000] or None
    links = {
        "Website": str(row.get("website") or ""),
        "Twitter": _profile_url("https://twitter.com/", row.get("twitter")),
        "Facebook": _profile_url("https://www.facebook.com/", row.get("facebook")),
    }
    return AuthorDraft(
        name,
        slug_of(str(row.get("slug") or "")) or None,
        bio,
        _valid_url(row.get("profile_image"), site),
        links=tuple(
            LinkDraft(key, url) for key, text in links.items() if (url := _valid_url(text))
        ),
    )


def _profile_url(site: str, name: object) -> str:
    """Return the address of a profile, which Ghost stores as a name, with or without an @."""
    text = str(name or "").strip().removeprefix("@").strip("/")
    return f"{site}{text}" if re.fullmatch(r"[\w.-]+", text) else ""


def _rows(data: Row, table: str) -> list[Row]:
    rows = data.get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _ids_by_post(data: Row, table: str, column: str) -> dict[str, list[str]]:
    """Group the ids of a join table's column by post, in sort order."""
    pairs_by_post: dict[str, list[tuple[int, str]]] = {}
    for row in _rows(data, table):
        order = row.get("sort_order")
        place = order if isinstance(order, int) else 0
        pairs_by_post.setdefault(str(row.get("post_id")), []).append((place, str(row.get(column))))
    return {
        post: [id_ for _, id_ in sorted(pairs, key=lambda pair: pair[0])]
        for post, pairs in pairs_by_post.items()
    }


def _read_post(post: Row, key: str, place: str, export: Export) -> Iterator[Record]:
    """Yield the draft of a post and its notes."""
    notes = Notes(place)
    body = _body(post, notes, export.url)
    html = markup.to_html(body)
    is_page = post.get("type") == "page" or post.get("page") in (1, True)
    slug = slug_of(str(post.get("slug") or "")) or None
    published_at = _parse_date(post.get("published_at"))
    image = _parse_url(post.get("feature_image") or post.get("image"), export.url)
    relative = len(_RELATIVE_IMAGE.findall(html)) + image.startswith("/")
    if relative:
        notes.append(
            f"addresses of images name no site ({relative} of them): give its host as --source,"
            " once an import without it is undone (hub imports undo)"
        )
    meta = export.meta.get(str(post.get("id")), {})
    og_image = _parse_url(meta.get("og_image") or post.get("og_image"), export.url)
    own_urls = [f"{export.url or f'https://{export.source}'}/{slug}/"] if slug else []
    canonical = str(post.get("canonical_url") or "")
    own_language = language_tag(str(post.get("locale") or ""))
    yield ArticleDraft(
        source=export.source,
        key=key,
        place=place,
        title=_title(post, html, notes),
        body=Body(html),
        slug=slug,
        subtitle=" ".join(str(post.get("subtitle") or "").split())[:TITLE_LENGTH],
        summary=" ".join(str(post.get("custom_excerpt") or "").split())[:5000],
        language=own_language or export.language,
        language_is_own=bool(own_language),
        kind=Kind.PAGE if is_page else Kind.ARTICLE,
        status=_status(post, published_at, bool(meta.get("email_only")), notes),
        published_at=published_at,
        created_at=_parse_date(post.get("created_at")),
        updated_at=_parse_date(post.get("updated_at")),
        image_url=image or None,
        image_alt=str(meta.get("feature_image_alt") or "")[:255] or None,
        canonical_url=canonical if canonical.startswith(("http://", "https://")) else None,
        authors=export.authors(post),
        topics=export.topics(post),
        relations=export.site.relations(html, own_urls),
        addresses=export.site.post_urls(own_urls, ""),
        aliases=export.redirects.get(slug or "", ()),
        metadata=seo.read_metadata({**post, **meta, "og_image": og_image}),
    )
    yield from notes


def _site_url(settings: dict[str, object], source: str) -> str:
    """Return the address of the site, by a setting or the name of the source; else empty."""
    url = str(settings.get("url") or "").rstrip("/")
    if re.fullmatch(r"https?://[\w.-]+(?::\d+)?(?:/[\w./-]*)?", url):
        return url
    is_host = re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?", source, re.IGNORECASE)
    return f"https://{source}" if is_host else ""


def _parse_url(value: object, site: str = "") -> str:
    """Return a URL of the export; a path of the site is absolute if the site is known."""
    url = str(value or "").strip().replace(_PLACEHOLDER, "")
    if site and re.match(r"/(?!/)", url):
        return site + url
    return url if re.match(r"https?://|/(?!/)", url) else ""


def _valid_url(value: object, site: str = "") -> str | None:
    """Return a URL of the export; None for none, or one that is broken."""
    try:
        return validation.url(_parse_url(value, site), "url")
    except Invalid:
        return None


def _body(post: Row, notes: Notes, site: str) -> Body:
    """Return the post's body, from the first of its formats that is not empty.

    Links to pages of the site are paths; its files have addresses, if the site is known.
    """
    html, gated = cards.remove_gated_blocks(str(post.get("html") or ""))
    if gated:
        notes.append("parts of it are for members only, and were left out")
    if not html.strip():
        html, unsupported = cards.to_html(post.get("lexical"), post.get("mobiledoc"))
        if unsupported:
            notes.append(f"unsupported cards were left out: {', '.join(unsupported)}")
    if html.strip():
        return Body(expand_embeds(_FILE.sub(rf"\1{site}\2", html).replace(_PLACEHOLDER, "")))
    text = _FILE.sub(rf"\1{site}\2", str(post.get("markdown") or ""))
    return Body(text.replace(_PLACEHOLDER, ""), Markup.MARKDOWN)


def _title(post: Row, html: str, notes: Notes) -> str:
    title = " ".join(str(post.get("title") or "").split())
    if not title:
        title = first_words(markup.to_text(html)) or "(untitled)"
        notes.append(f"it has no title, and is called {title!r} here")
    return markup.excerpt(title, _TITLE_LENGTH) if len(title) > _TITLE_LENGTH else title


def _status(post: Row, published_at: datetime | None, email_only: bool, notes: Notes) -> Status:
    """Return the status; a post that is not public in Ghost becomes a draft."""
    status, visibility = post.get("status"), post.get("visibility") or "public"
    if visibility != "public":
        notes.hold_back(f"it is for {visibility} only, and a draft here")
        return Status.DRAFT
    if email_only or post.get("email_only") in (True, 1, "1"):
        notes.hold_back("it was sent by e-mail only, and is a draft here")
        return Status.DRAFT
    if status == "published":
        return Status.PUBLISHED
    if status == "scheduled":
        if published_at is not None and published_at > now():
            return Status.SCHEDULED
        notes.hold_back("it was scheduled for a date that is past now, and is a draft here")
    elif status != "draft":
        notes.hold_back(f"its status is {status}, and it is a draft here")
    return Status.DRAFT


def _parse_date(value: object) -> datetime | None:
    """Parse a date of an export: text, or milliseconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return dates.parse_date(value) if value else None

"""Fields of a file's front matter, under any of the names that generators use for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from hub.drafts import AuthorDraft, CommentDraft, RelationDraft, TopicDraft
from hub.models import CommentStatus, RelationKind, Status
from hub.text.bodies import Body, Markup
from scripts.importers.content import dates
from scripts.importers.content.publication import (
    Publication,
    decides_publication,
    is_publication_date,
    read_publication,
)
from scripts.importers.markdown.data_files import Authors, Topics, drop_empty
from scripts.importers.source import Notes, public_name

MAX_LIST = 100
MAX_COMMENTS = 10_000
_TEAM = re.compile(
    r"(?i)\b(?:the|team|group|wg|staff|editors|council|foundation|on behalf|of|in|for|by|project)\b"
)
_SUFFIX = re.compile(r"(?i)(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|esq)\.?")
TAXONOMIES = {
    "categories": "category",
    "category": "category",
    "tags": "tag",
    "tag": "tag",
    "series": "series",
}
"""The taxonomy of the topics in a field."""

_IMAGE_NAMES = (
    *("image", "cover", "featured_image", "feature_image", "featuredimage", "featureimage"),
    *("heroimage", "hero_image", "coverimage", "cover_image", "banner", "featured", "thumbnail"),
    *("hero", "og_image", "images"),
)
_ALT_NAMES = ("imagealt", "featuredimagealt", "heroimagealt", "coverimagealt", "hero_image_alt")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {kind.value: kind for kind in RelationKind if kind.value not in ("TOPIC", "SIMILAR")}
_STATUSES = {status.value: status for status in CommentStatus} | {
    "": CommentStatus.APPROVED,
    "PUBLISHED": CommentStatus.APPROVED,
    "DELETED": CommentStatus.TRASH,
}


@dataclass(slots=True)
class Header:
    """A file's data; missing fields have empty values."""

    data: dict[str, Any]
    default_language: str
    notes: Notes
    zone: tzinfo = UTC
    _lower: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        extra = self.data.get("extra")
        merged = (drop_empty(extra) if isinstance(extra, dict) else {}) | drop_empty(self.data)
        self._lower = {str(name).lower(): value for name, value in merged.items()}

    def select(self, names: frozenset[str]) -> Header:
        """Return a header with these fields alone; `names` are in lower case."""
        data = {name: value for name, value in self._lower.items() if name in names}
        return Header(data, self.default_language, self.notes, self.zone)

    def get(self, *names: str) -> Any:
        """Return the first existing field of `names`; None without any."""
        return next((v for n in names if (v := self._lower.get(n.lower())) is not None), None)

    def text(self, *names: str) -> str:
        """Return the first field of `names` that is text, on one line."""
        for name in names:
            value = self._lower.get(name.lower())
            plain = isinstance(value, str | int | float) and not isinstance(value, bool)
            if plain and (words := " ".join(str(value).split())):
                return words
        return ""

    def list(self, *names: str) -> list[str]:
        """Return the first field of `names` as a flat list of texts."""
        return [str(value) for value in _flatten(self.get(*names)) if not isinstance(value, dict)]

    def flag(self, name: str) -> bool | None:
        """Return a boolean field; None when it is no boolean."""
        value = self.get(name)
        if isinstance(value, str):
            return {"true": True, "yes": True, "false": False, "no": False}.get(value.lower())
        return value if isinstance(value, bool) else None

    def publication(self, default: Status = Status.PUBLISHED) -> Publication:
        """Return the status that the fields give; `default` without any.

        Generators take an empty field for one that is left out, but for dates.
        """
        fields = {
            name: value
            for name, value in self._lower.items()
            if value not in (None, "") or is_publication_date(name)
        }
        return read_publication(fields, default=default)

    def is_built(self) -> bool:
        """Tell whether the site has a page for the file; Hugo's `build` may prevent it."""
        build = self.get("build", "_build")
        render = build.get("render") if isinstance(build, dict) else None
        return render is not False and render not in ("never", "false")

    def date(self, *names: str) -> datetime | None:
        """Return the first field of `names` that is a date."""
        moments = (dates.parse_date(self.get(name), self.zone) for name in names)
        return next((moment for moment in moments if moment is not None), None)

    def unread_date(self) -> str:
        """Return the date of publication as it is written, if it cannot be read; else empty."""
        names = ("date", "published_at", "publishedat", "publishdate", "pubdate", "published")
        values = ((name, value) for name in names if (value := self.text(name)))
        unread = (
            value
            for name, value in values
            if dates.parse_date(value) is None and not decides_publication(name, value)
        )
        return next(unread, "")

    def url(self, *names: str) -> str | None:
        """Return the first text of `names` if it is a web url or a path from the site's root."""
        url = self.text(*names)
        return url if re.match(r"https?://|/(?!/)", url) and len(url) <= 2000 else None

    def language(self) -> str:
        """Return the language as a lower-case tag; empty when missing or invalid."""
        tag = self.text("language", "lang", "locale").lower().replace("_", "-")
        return tag if re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", tag) and len(tag) <= 16 else ""

    def image(self) -> tuple[str, str | None]:
        """Return the address of the main image as it is written, and its alternative text."""
        value = self.get(*_IMAGE_NAMES)
        value = next(iter(value), None) if isinstance(value, list) else value
        if isinstance(value, dict):
            inner = Header(value, "en", Notes())
            address = inner.text("url", "src", "path", "image", "feature", "teaser")
            alt = inner.text("alt", "caption")
        else:
            address = value.strip() if isinstance(value, str) else ""
            alt = self.text("image_alt", "cover_alt", "featured_image_alt", *_ALT_NAMES)
        for resource in self._resources():
            is_main = resource.text("name").lower() in _IMAGE_NAMES
            address = address or (resource.text("src") if is_main else "")
            if address and address == resource.text("src") and not alt:
                params = resource.get("params")
                inner = Header(params if isinstance(params, dict) else {}, "en", Notes())
                alt = inner.text("alt", "caption") or resource.text("title")
        return address, alt[:255] or None

    def _resources(self) -> Iterator[Header]:
        """Return the files that a page of Hugo describes."""
        value = self.get("resources")
        rows = value[:MAX_LIST] if isinstance(value, list) else []
        return (Header(row, "en", Notes()) for row in rows if isinstance(row, dict))

    def comments_open(self) -> bool:
        """Tell whether readers may comment; true by default."""
        for name in ("comments_open", "comments", "comment_status", "disable_comments"):
            value = self.get(name)
            if isinstance(value, bool):
                return value is (name != "disable_comments")
            if isinstance(value, str) and value.lower() in ("closed", "false", "no", "off"):
                return False
        return True

    def authors(self, people: Authors) -> tuple[AuthorDraft, ...]:
        """Return the authors in byline order; the team where there is no author."""
        value = self.get("authors", "author", "by") or self.get("team")
        if isinstance(value, dict) and not drop_empty(value).keys() & {
            "name",
            "display_name",
            "login",
        }:
            value = list(value)
        drafts = (people.find(name) for author in _flatten(value) for name in _split_names(author))
        return tuple(dict.fromkeys(author for author in drafts if author))

    def topics(self, topics_: Topics) -> tuple[TopicDraft, ...]:
        """Return the topics without duplicates, categories before tags, tags before series."""
        taxonomies = self.get("taxonomies")
        inner = drop_empty(taxonomies) if isinstance(taxonomies, dict) else {}
        drafts: dict[str | None, TopicDraft] = {}
        for name in ("topics", "topic", *TAXONOMIES):
            value = [*_flatten(self._lower.get(name)), *_flatten(inner.get(name))]
            if (
                len(value) == 1
                and isinstance(value[0], str)
                and name.endswith("s")
                and name != "series"
            ):
                value = _split_list(value[0], self._lower.get(name))
            for topic in value[:MAX_LIST]:
                if draft := topics_.find(topic, TAXONOMIES.get(name)):
                    drafts.setdefault(draft.slug, draft)
        return tuple(drafts.values())

    def related(self) -> tuple[RelationDraft, ...]:
        """Return the relations that are listed under `related`."""
        value = self.get("related")
        drafts = (
            _parse_relation(relation) for relation in (value if isinstance(value, list) else [])
        )
        return tuple(relation for relation in drafts if relation)

    def comments(self, published_at: datetime | None) -> tuple[CommentDraft, ...]:
        """Return the comments that are listed under `comments`, replies after their parent."""
        value = self.get("comments")
        return (
            tuple(_parse_comments(value, published_at or _EPOCH)) if isinstance(value, list) else ()
        )


def _flatten(value: Any, depth: int = 0) -> list[Any]:
    if isinstance(value, list | tuple):
        items: list[Any] = []
        for item in value:
            if len(items) >= MAX_LIST or depth > 4:
                break
            items += _flatten(item, depth + 1)
        return items
    return [] if value is None or value == "" or isinstance(value, bool) else [value]


def _split_names(value: Any) -> list[Any]:
    """Split a byline such as `Ada Byron, Max Born and TC` into names; a team is one name."""
    if not isinstance(value, str) or _TEAM.search(value):
        return [value]
    parts = [part.strip() for part in re.split(r",\s*and\s+|,\s*|\s+(?:and|&)\s+", value)]
    # "Byron, Ada" is one person, and so is "Martin Luther King, Jr."
    listed = "," not in value or all(" " in part for part in parts[:-1])
    if listed and all(re.fullmatch(r"[\w.'’-]{2,}(?: [\w.'’-]+){0,3}", part) for part in parts):
        return [value] if _SUFFIX.fullmatch(parts[-1]) else parts
    return [value]


def _split_list(text: str, raw: Any) -> list[str]:
    """Split names at commas, at semicolons, or at spaces (Jekyll)."""
    if isinstance(raw, list):
        return [text]
    parts = text.split(",") if "," in text else text.split(";") if ";" in text else text.split()
    return [part.strip() for part in parts if part.strip()]


def _parse_relation(value: Any) -> RelationDraft | None:
    if isinstance(value, str):
        value = {"title": value}
    if not isinstance(value, dict):
        return None
    header = Header(value, "en", Notes())
    title, slug = header.text("title", "headline"), header.text("slug")
    url = header.url("url") or ""  # shown to readers: no javascript:
    kind = _KINDS.get(header.text("kind").upper().replace("-", "_"), RelationKind.MORE_TO_READ)
    if not (title or slug or url):
        return None
    return RelationDraft(
        kind=kind,
        anchor=(title or slug or url)[:500],
        url=url or None,
        slug=slug[:160] or None,
        by_headline=bool(title),
    )


def _parse_comments(
    value: list[Any], default_date: datetime, parent: str | None = None, path: str = ""
) -> Iterator[CommentDraft]:
    for number, comment in enumerate(value[:MAX_COMMENTS], 1):
        if not isinstance(comment, dict):
            continue
        header = Header(comment, "en", Notes())
        place = f"{path}.{number}".strip(".")
        key = header.text("id", "key") or place
        text = comment.get("body") or comment.get("message") or comment.get("content") or ""
        created_at = header.date("date", "created_at", "created") or default_date
        yield CommentDraft(
            key=key[:255],
            author_name=public_name(header.text("author", "name")) or "Anonymous",
            author_email=header.text("email") or None,
            body=Body(str(text), Markup.MARKDOWN),
            created_at=created_at,
            status=_STATUSES.get(header.text("status").upper(), CommentStatus.PENDING),
            parent_key=header.text("reply_to", "parent")[:255] or parent,
        )
        replies = comment.get("replies")
        if isinstance(replies, list) and path.count(".") < 50:
            yield from _parse_comments(replies, created_at, key[:255], place)

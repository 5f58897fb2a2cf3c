"""What the front matter of a file says, whichever of its many names each thing has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hub.drafts import AuthorDraft, Body, CommentDraft, Markup, RelationDraft, TopicDraft
from hub.models import CommentStatus, RelationKind
from scripts.importers import dates
from scripts.importers.markdown.data_files import People, Topics, said
from scripts.importers.source import public_name

MAX_LIST = 100
MAX_COMMENTS = 10_000
_TOGETHER = re.compile(
    r"(?i)\b(?:the|team|group|wg|staff|editors|council|foundation|on behalf|of|in|for|by|project)\b"
)
_SUFFIX = re.compile(r"(?i)(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|esq)\.?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {kind.value: kind for kind in RelationKind if kind.value not in ("TOPIC", "SIMILAR")}
_STATUSES = {status.value: status for status in CommentStatus} | {
    "": CommentStatus.APPROVED,
    "PUBLISHED": CommentStatus.APPROVED,
    "DELETED": CommentStatus.TRASH,
}


@dataclass(slots=True)
class Header:
    """A file's data. Answers with empty values for what it does not say."""

    data: dict[str, Any]
    default_language: str
    notes: list[str]
    _lower: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        extra = self.data.get("extra")
        merged = (said(extra) if isinstance(extra, dict) else {}) | said(self.data)
        self._lower = {str(name).lower(): value for name, value in merged.items()}

    def get(self, *names: str) -> Any:
        """The first of these that is there; None when none is."""
        return next((v for n in names if (v := self._lower.get(n.lower())) is not None), None)

    def text(self, *names: str) -> str:
        """The first of these that is text, on one line."""
        for name in names:
            value = self._lower.get(name.lower())
            plain = isinstance(value, str | int | float) and not isinstance(value, bool)
            if plain and (words := " ".join(str(value).split())):
                return words
        return ""

    def list(self, *names: str) -> list[str]:
        """The first of these as a list of texts, nested lists made flat."""
        return [str(one) for one in _flat(self.get(*names)) if not isinstance(one, dict)]

    def flag(self, name: str) -> bool | None:
        """A yes or no; None when it is neither."""
        value = self.get(name)
        if isinstance(value, str):
            return {"true": True, "yes": True, "false": False, "no": False}.get(value.lower())
        return value if isinstance(value, bool) else None

    def is_built(self) -> bool:
        """Whether the site has a page of it; Hugo can be told not to build one."""
        build = self.get("build", "_build")
        render = build.get("render") if isinstance(build, dict) else None
        return render is not False and render not in ("never", "false")

    def moment(self, *names: str) -> datetime | None:
        """The first of these that is a date."""
        return next((m for n in names if (m := dates.moment(self.get(n))) is not None), None)

    def url(self, *names: str) -> str | None:
        """The first of these if it is a web address or a path from the site's root."""
        url = self.text(*names)
        return url if re.match(r"https?://|/(?!/)", url) and len(url) <= 2000 else None

    def language(self) -> str:
        """The language as a lower-case tag; empty when there is none, or it is none."""
        tag = self.text("language", "lang", "locale").lower().replace("_", "-")
        return tag if re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", tag) and len(tag) <= 16 else ""

    def image(self) -> tuple[str | None, str | None]:
        """Address and description of the main image."""
        names = (
            "image",
            "cover",
            "featured_image",
            "feature_image",
            "thumbnail",
            "hero",
            "og_image",
        )
        value = self.get(*names)
        if isinstance(value, dict):
            inner = Header(value, "en", [])
            return inner.url("url", "src", "path", "image", "feature"), inner.text(
                "alt", "caption"
            )[:255] or None
        alt = self.text("image_alt", "cover_alt", "featured_image_alt")[:255] or None
        return self.url(*names), alt

    def comments_open(self) -> bool:
        """Whether readers may comment; yes where nothing is said."""
        for name in ("comments_open", "comments", "comment_status", "disable_comments"):
            value = self.get(name)
            if isinstance(value, bool):
                return value is (name != "disable_comments")
            if isinstance(value, str) and value.lower() in ("closed", "false", "no", "off"):
                return False
        return True

    def authors(self, people: People) -> tuple[AuthorDraft, ...]:
        """The byline in its order; a team where no one is named."""
        value = self.get("authors", "author", "by") or self.get("team")
        if isinstance(value, dict) and not said(value).keys() & {"name", "display_name", "login"}:
            value = list(value)
        drafts = (people.draft(name) for one in _flat(value) for name in _people(one))
        return tuple(dict.fromkeys(one for one in drafts if one))

    def topics(self, known: Topics) -> tuple[TopicDraft, ...]:
        """Categories before tags, each once."""
        taxonomies = self.get("taxonomies")
        inner = said(taxonomies) if isinstance(taxonomies, dict) else {}
        found: dict[str | None, TopicDraft] = {}
        for name in ("topics", "topic", "categories", "category", "tags", "tag"):
            value = [*_flat(self._lower.get(name)), *_flat(inner.get(name))]
            if len(value) == 1 and isinstance(value[0], str) and name.endswith("s"):
                value = _parted(value[0], self._lower.get(name))
            for one in value[:MAX_LIST]:
                if draft := known.draft(one):
                    found.setdefault(draft.slug, draft)
        return tuple(found.values())

    def related(self) -> tuple[RelationDraft, ...]:
        """The edges that are listed under `related`."""
        value = self.get("related")
        drafts = (_related(one) for one in (value if isinstance(value, list) else []))
        return tuple(one for one in drafts if one)

    def comments(self, published_at: datetime | None) -> tuple[CommentDraft, ...]:
        """The comments that are listed under `comments`, replies behind what they reply to."""
        value = self.get("comments")
        return tuple(_comments(value, published_at or _EPOCH)) if isinstance(value, list) else ()


def _flat(value: Any, depth: int = 0) -> list[Any]:
    if isinstance(value, list | tuple):
        found: list[Any] = []
        for one in value:
            if len(found) >= MAX_LIST or depth > 4:
                break
            found += _flat(one, depth + 1)
        return found
    return [] if value is None or value == "" or isinstance(value, bool) else [value]


def _people(value: Any) -> list[Any]:
    """The people in one line, as in `Ada Byron, Max Born and TC`; a team stays whole."""
    if not isinstance(value, str) or _TOGETHER.search(value):
        return [value]
    parts = [part.strip() for part in re.split(r",\s*and\s+|,\s*|\s+(?:and|&)\s+", value)]
    # "Byron, Ada" is one person, and so is "Martin Luther King, Jr."
    listed = "," not in value or all(" " in part for part in parts[:-1])
    if listed and all(re.fullmatch(r"[\w.'’-]{2,}(?: [\w.'’-]+){0,3}", part) for part in parts):
        return [value] if _SUFFIX.fullmatch(parts[-1]) else parts
    return [value]


def _parted(text: str, written: Any) -> list[str]:
    """Several names in one line: with commas between them, or as Jekyll has them, with spaces."""
    if isinstance(written, list):
        return [text]
    parts = text.split(",") if "," in text else text.split(";") if ";" in text else text.split()
    return [part.strip() for part in parts if part.strip()]


def _related(value: Any) -> RelationDraft | None:
    if isinstance(value, str):
        value = {"title": value}
    if not isinstance(value, dict):
        return None
    given = Header(value, "en", [])
    title, slug = given.text("title", "headline"), given.text("slug")
    url = given.url("url") or ""  # shown to readers: no javascript:
    kind = _KINDS.get(given.text("kind").upper().replace("-", "_"), RelationKind.MORE_TO_READ)
    if not (title or slug or url):
        return None
    return RelationDraft(
        kind=kind,
        anchor=(title or slug or url)[:500],
        url=url or None,
        slug=slug[:160] or None,
        by_headline=bool(title),
    )


def _comments(
    value: list[Any], moment: datetime, parent: str | None = None, path: str = ""
) -> Iterator[CommentDraft]:
    for number, one in enumerate(value[:MAX_COMMENTS], 1):
        if not isinstance(one, dict):
            continue
        given = Header(one, "en", [])
        place = f"{path}.{number}".strip(".")
        key = given.text("id", "key") or place
        written = one.get("body") or one.get("message") or one.get("content") or ""
        at = given.moment("date", "created_at", "created") or moment
        yield CommentDraft(
            key=key[:255],
            author_name=public_name(given.text("author", "name")) or "Anonymous",
            author_email=given.text("email") or None,
            body=Body(str(written), Markup.MARKDOWN),
            created_at=at,
            status=_STATUSES.get(given.text("status").upper(), CommentStatus.PENDING),
            parent_key=given.text("reply_to", "parent")[:255] or parent,
        )
        replies = one.get("replies")
        if isinstance(replies, list) and path.count(".") < 50:
            yield from _comments(replies, at, key[:255], place)

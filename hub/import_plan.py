"""Plans of an import: validate drafts, compare them with the database, choose an action for each.

Reads only; `hub.imports` carries the plans out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from hub import drafts
from hub.auth import SYSTEM
from hub.db.database import marks, run
from hub.db.timestamps import now
from hub.drafts import (
    ARTICLE_FIELDS,
    ArticleDraft,
    AuthorDraft,
    CommentDraft,
    RelationDraft,
    TopicDraft,
    derive_columns,
    without_nul,
)
from hub.errors import Invalid
from hub.models import Article, CommentStatus, Status
from hub.slugs import is_made_of
from hub.text import markup, validation
from hub.text.bodies import Body
from hub.text.slugs import slug_of

SOURCE_LENGTH = 64
KEY_LENGTH = 255
_PLAIN = tuple(field.name for field in ARTICLE_FIELDS)
_FIELDS = (*_PLAIN, "body", "metadata")
_COMPARED = (*_PLAIN, "metadata", "body_html", "status", "published_at", "slug")
_COLUMNS = ", ".join((*_COMPARED, "id", "version", "source_key", "source_hash", "source_version"))


_EDITED = "edited in the hub since it was imported; left as it is"
WITHDRAWN = "no longer public, as its source says"
"""Stands in the reason of an outcome that hides an article or comments that readers could see."""

_NOT_PUBLIC = (CommentStatus.SPAM, CommentStatus.TRASH)
"""Verdicts of a source on a comment; a pending one has not been judged there."""


class Action(str, Enum):
    """The result of importing a draft."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    CONFLICT = "CONFLICT"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of an article before and after an import; bodies are plain text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one draft, with its place in the input.

    `fields` names the columns that an update changed; `reason` says why it was refused, or which
    values were dropped; `comments_added` counts comments that were not stored yet. `withdrawn`: the
    article, or comments on it, were public and are not any more. `differences` are filled by a dry
    run only. `status` is that of a created or updated article afterwards.
    """

    place: str
    title: str
    action: Action
    article_id: int | None = None
    reason: str | None = None
    comments_added: int = 0
    fields: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    withdrawn: bool = False
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class PreparedDraft:
    """A validated draft: its columns, its digest, and notes on dropped values.

    `comment_html` are the bodies of new comments by their keys, once they have been rendered.
    """

    draft: ArticleDraft
    values: dict[str, Any]
    slug: str
    digest: str
    notes: str | None
    comment_html: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class DraftPlan:
    """The action for a draft; `stored` is the row of the stored article, if any.

    `withdrawn`: the article is public, and its source says that it is not. `hidden_comments` are
    those of which this is true.
    """

    prepared: PreparedDraft
    action: Action
    stored: Any = None
    comments: tuple[CommentDraft, ...] = ()
    changed: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    article: Article | None = None
    withdrawn: bool = False
    hidden_comments: tuple[CommentDraft, ...] = ()

    @property
    def article_id(self) -> int | None:
        """The article's id; None until it is created."""
        if self.article is not None:
            return int(self.article.id)
        return None if self.stored is None else int(self.stored["id"])

    def outcome(self) -> Outcome:
        """Build the draft's outcome, after the plan was carried out or in a dry run."""
        draft = self.prepared.draft
        is_stored = self.action in (Action.CREATED, Action.UPDATED)
        return Outcome(
            place=draft.place or draft.key,
            title=draft.title,
            action=self.action,
            article_id=self.article_id,
            reason=self._reason(),
            comments_added=len(self.comments),
            fields=self.changed,
            differences=self.differences,
            withdrawn=self.withdrawn or bool(self.hidden_comments),
            status=resolve_status(draft, self.stored)[0] if is_stored else None,
        )

    def _reason(self) -> str | None:
        reasons = [_EDITED if self.action is Action.CONFLICT else self.prepared.notes]
        if self.withdrawn:
            reasons.append(WITHDRAWN)
        if self.hidden_comments:
            reasons.append(f"{len(self.hidden_comments)} comments {WITHDRAWN}")
        return "; ".join(filter(None, reasons)) or None


async def prepare(draft: ArticleDraft) -> PreparedDraft:
    """Validate a draft and derive its columns. Raises Invalid; a bad url is dropped and noted."""
    draft = without_nul(draft)
    validation.line(draft.source, "source", SOURCE_LENGTH)
    validation.line(draft.key, "key", KEY_LENGTH)
    notes = []
    try:
        validation.url(draft.image_url, "image_url")
    except Invalid as error:
        draft = replace(draft, image_url=None)
        notes.append(f"{error}; left out")
    try:
        validation.url(draft.canonical_url, "canonical_url")
    except Invalid as error:
        draft = replace(draft, canonical_url=None)
        notes.append(f"{error}; left out")
    values = await derive_columns({name: getattr(draft, name) for name in _FIELDS})
    slug = draft.slug or slug_of(draft.title) or "article"
    return PreparedDraft(
        draft, values, validation.slug(slug), digest(draft), "; ".join(notes) or None
    )


def digest(draft: ArticleDraft) -> str:
    """Compute a digest of a draft without its comments and place, to detect changes.

    It hashes the representation that `repr` gave to the drafts of version 0.1. A field that came
    later is left out at its default, so that digests stored before it existed stay valid.
    """
    items = ", ".join(
        f"({name!r}, {_represent(value)})"
        for name, value in sorted(_digested(draft).items())
        if name not in ("place", "comments")
    )
    return hashlib.blake2b(f"[{items}]".encode("utf-8", "replace"), digest_size=32).hexdigest()


def _represent(value: Any) -> str:
    if type(value) is tuple:
        items = ", ".join(map(_represent, value))
        return f"({items},)" if len(value) == 1 else f"({items})"
    if not is_dataclass(value):
        return repr(value)
    items = ", ".join(f"{name}={_represent(item)}" for name, item in _digested(value).items())
    return f"{type(value).__qualname__}({items})"


def _digested(draft: Any) -> dict[str, Any]:
    """Return the fields of a draft that its digest covers, in the order of their declaration."""
    required = _FIELDS_OF_0_1[type(draft)]
    values = {field: getattr(draft, field.name) for field in fields(draft)}
    return {
        field.name: value
        for field, value in values.items()
        if field.name in required or value != field.default
    }


_FIELDS_OF_0_1: dict[type, frozenset[str]] = {
    ArticleDraft: frozenset(
        (
            *("source", "key", "title", "body", "slug", "summary", "language", "kind", "status"),
            *("published_at", "created_at", "updated_at", "comments_open", "image_url"),
            *("image_alt", "canonical_url", "translation_key", "authors", "topics", "relations"),
            *("addresses", "aliases"),
        )
    ),
    AuthorDraft: frozenset(("name", "slug", "bio")),
    Body: frozenset(("content", "markup")),
    RelationDraft: frozenset(("kind", "anchor", "url", "slug", "by_headline", "position")),
    TopicDraft: frozenset(("name", "slug", "parent", "description", "above")),
}
"""The fields that digests of version 0.1 covered whatever their value. Never add to these."""


async def make_plans(prepared: list[PreparedDraft], overwrite: bool) -> list[DraftPlan]:
    """Compare drafts with the database, and choose an action for each.

    One statement per source, one for comments, and one for edited articles that a source withdraws.
    """
    stored_by_key: dict[tuple[str, str], Any] = {}
    for source in {item.draft.source for item in prepared}:
        keys = [item.draft.key for item in prepared if item.draft.source == source]
        for row in await run(
            f"SELECT {_COLUMNS} FROM article WHERE source = ? AND source_key IN ({marks(keys)})",
            [source, *keys],
        ):
            stored_by_key[source, row["source_key"]] = row
    comments = await _stored_comments([row["id"] for row in stored_by_key.values()])
    plans = []
    for item in prepared:
        row = stored_by_key.get((item.draft.source, item.draft.key))
        plan = DraftPlan(item, _choose_action(item, row, overwrite), row)
        hideable = comments.get(row["id"], {}) if row is not None else dict[str, bool]()
        plan.comments = tuple(
            comment for comment in item.draft.comments if comment.key not in hideable
        )
        plan.hidden_comments = tuple(
            comment
            for comment in item.draft.comments
            if comment.status in _NOT_PUBLIC and hideable.get(comment.key)
        )
        if plan.action is Action.UPDATED:
            plan.changed = _changed_columns(item, row)
        plan.withdrawn = row is not None and _is_withdrawn(plan)
        plans.append(plan)
    await _keep_published_by_editors(plans)
    return plans


def _is_withdrawn(plan: DraftPlan) -> bool:
    """Tell whether a source hides an article that is, or will be, public."""
    if plan.action not in (Action.UPDATED, Action.CONFLICT):
        return False
    draft = plan.prepared.draft
    after = draft.status
    if draft.published_at is not None:
        after, _ = resolve_status(draft)
    return plan.stored["status"] in _PUBLIC_SOON[after]


_PUBLIC_SOON: dict[Status, tuple[str, ...]] = {
    Status.PUBLISHED: (),
    Status.SCHEDULED: (Status.PUBLISHED.value,),
    **dict.fromkeys(
        (Status.DRAFT, Status.ARCHIVED), (Status.PUBLISHED.value, Status.SCHEDULED.value)
    ),
}
"""The statuses that are more public than each."""


async def _keep_published_by_editors(plans: Sequence[DraftPlan]) -> None:
    """Withdraw no article that an editor has published since its last import."""
    edited = [plan for plan in plans if plan.withdrawn and plan.action is Action.CONFLICT]
    ids = await published_by_editors([plan.stored["id"] for plan in edited])
    for plan in edited:
        plan.withdrawn = plan.stored["id"] not in ids


async def published_by_editors(article_ids: Sequence[int]) -> set[int]:
    """Return which of these articles somebody published or scheduled since their last import.

    Told by their revisions: a later version made it public. That an article's own date was reached
    is nobody's decision. One statement, none without ids.
    """
    if not article_ids:
        return set()
    public = (Status.PUBLISHED.value, Status.SCHEDULED.value)
    rows = await run(
        "SELECT DISTINCT a.id FROM article a JOIN revision v ON v.article_id = a.id"
        " AND v.version > a.source_version JOIN revision earlier ON earlier.article_id = a.id"
        " AND earlier.version = v.version - 1 AND earlier.status <> v.status"
        f" WHERE a.id IN ({marks(article_ids)}) AND v.status IN ({marks(public)})"
        " AND NOT (v.editor = ? AND v.status = ? AND earlier.status = ?)",
        [*article_ids, *public, SYSTEM.name, *public],
    )
    return {row["id"] for row in rows}


def _choose_action(prepared: PreparedDraft, row: Any, overwrite: bool) -> Action:
    if row is None:
        return Action.CREATED
    if row["source_hash"] == prepared.digest:
        return Action.UNCHANGED
    if row["version"] != row["source_version"] and not overwrite:
        return Action.CONFLICT
    return Action.UPDATED


def needs_write(plan: DraftPlan) -> bool:
    """Tell whether a plan changes the article, or adds or hides comments."""
    return (
        plan.action in (Action.CREATED, Action.UPDATED)
        or plan.withdrawn
        or bool(plan.comments or plan.hidden_comments)
    )


def _changed_columns(prepared: PreparedDraft, row: Any) -> tuple[str, ...]:
    """Return the changed columns; ("links",) if only authors, topics or relations differ."""
    new = _new_columns(prepared, row)
    return tuple(name for name in _COMPARED if _stored_value(row, name) != new[name]) or ("links",)


def _new_columns(prepared: PreparedDraft, row: Any) -> dict[str, Any]:
    """Return the columns that the draft gives to a stored article."""
    status, published_at = resolve_status(prepared.draft, row)
    return prepared.values | {
        "slug": choose_slug(prepared.slug, row["slug"]),
        "status": status.value,
        "published_at": published_at,
        "kind": prepared.draft.kind.value,
        "comments_open": int(prepared.draft.comments_open),
    }


def _stored_value(row: Any, name: str) -> Any:
    """Return a stored column in the type of `_new_columns`: times are parsed."""
    value = row[name]
    return datetime.fromisoformat(value) if name == "published_at" and value else value


async def add_differences(plans: Sequence[DraftPlan]) -> None:
    """Add to the plan of each update its differences, field by field. Three statements."""
    updates = [plan for plan in plans if plan.action is Action.UPDATED]
    ids = [int(plan.stored["id"]) for plan in updates]
    linked = {name: await _load_links(sql, ids) for name, sql in _LINKS_SQL.items()} if ids else {}
    for plan in updates:
        row, draft = plan.stored, plan.prepared.draft
        new = _new_columns(plan.prepared, row)
        pairs = [(name, _stored_value(row, name), new[name]) for name in _COMPARED]
        after = {
            "authors": [author.name for author in draft.authors],
            "topics": [topic.name for topic in draft.topics],
            "relations": [f"{edge.kind.value} {edge.anchor[:500]}" for edge in draft.relations],
        }
        pairs += [
            (name, ", ".join(names.get(row["id"], [])), ", ".join(after[name]))
            for name, names in linked.items()
        ]
        plan.differences = tuple(
            Difference(
                name.removesuffix("_html"), _format_value(name, old), _format_value(name, new_)
            )
            for name, old, new_ in pairs
            if old != new_
        )


_LINKS_SQL = {
    "authors": "SELECT x.article_id, t.name FROM article_author x JOIN author t"
    " ON t.id = x.author_id WHERE x.article_id IN ({}) ORDER BY x.article_id, x.position",
    "topics": "SELECT x.article_id, t.name FROM article_topic x JOIN topic t"
    " ON t.id = x.topic_id WHERE x.article_id IN ({}) ORDER BY x.article_id, x.position",
    "relations": "SELECT r.source_id, r.kind || ' ' || r.anchor FROM relation r"
    " WHERE r.source_id IN ({}) AND r.origin = 'IMPORT' ORDER BY r.source_id, r.rank",
}


async def _load_links(sql: str, ids: list[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for id_, name in await run(sql.format(marks(ids)), ids):
        names.setdefault(id_, []).append(name)
    return names


def _format_value(name: str, value: Any) -> str:
    """Format a column for editors."""
    if name == "comments_open":
        return "yes" if value else "no"
    return markup.to_text(value) if name == "body_html" else str(value if value is not None else "")


def resolve_status(draft: ArticleDraft, row: Any = None) -> tuple[Status, datetime | None]:
    """Return the draft's status and date; if it has no date, a stored article keeps its own."""
    published_at = draft.published_at
    if published_at is None and row is not None:
        published_at = _stored_value(row, "published_at")
    return drafts.resolve_status(draft.status, published_at, now())


def choose_slug(base: str, current: str) -> str:
    """Return the current slug if it is `base` with a number appended, else `base`."""
    return current if is_made_of(current, base) else base


async def _stored_comments(article_ids: list[int]) -> dict[int, dict[str, bool]]:
    """Return by article and key whether a stored comment is public by its import alone."""
    rows = await run(
        "SELECT article_id, source_key, status, moderated FROM comment"
        f" WHERE article_id IN ({marks(article_ids)}) AND source_key IS NOT NULL",
        article_ids,
    )
    stored: dict[int, dict[str, bool]] = {}
    for article_id, key, status, moderated in rows:
        is_public = status == CommentStatus.APPROVED.value and not moderated
        stored.setdefault(article_id, {})[key] = is_public
    return stored

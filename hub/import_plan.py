"""Plans of an import: validate drafts, compare them with the database, choose an action for each.

Reads only; `hub.imports` carries the plans out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from hub import drafts
from hub.articles import trash
from hub.auth import SYSTEM
from hub.comments import erased
from hub.db.database import marks, run
from hub.db.timestamps import now
from hub.drafts import (
    ARTICLE_FIELDS,
    ArticleDraft,
    CommentDraft,
    derive_columns,
    digest,
    without_nul,
)
from hub.errors import Invalid
from hub.models import Article, CommentStatus, Status
from hub.slugs import choose_slug
from hub.text import markup, validation
from hub.text.plurals import count_of
from hub.text.slugs import slug_of

SOURCE_LENGTH = 64
KEY_LENGTH = 255
_PLAIN = tuple(field.name for field in ARTICLE_FIELDS)
_FIELDS = (*_PLAIN, "body", "metadata")
_COMPARED = (*_PLAIN, "metadata", "body_html", "status", "published_at", "slug")
_SOURCE = ("source_key", "source_hash", "source_version")
_COLUMNS = ", ".join((*_COMPARED, "id", "version", "held_back", *_SOURCE))
_EDITED = "edited in the hub since it was imported; left as it is"
WITHDRAWN = "no longer public, as its source says"
"""Stands in the reason of an outcome that hides an article or comments that readers could see."""

_ERASED = "of people whose comments were erased here; left out"
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
class ImportOptions:
    """How a batch is stored.

    `overwrite` replaces edits of the hub, and what is in its trash; `dry_run` writes nothing.
    `as_draft`: new articles become drafts, and none becomes public; later imports publish none of
    them that an editor has not. `run_id` is the record of the import (`hub.articles.import_log`).
    """

    overwrite: bool = False
    dry_run: bool = False
    as_draft: bool = False
    run_id: int | None = None


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
    `stated_language` is what its source says; the column may hold another one.
    """

    draft: ArticleDraft
    values: dict[str, Any]
    slug: str
    digest: str
    notes: str | None
    comment_html: dict[str, str] = field(default_factory=dict)
    stated_language: str = ""


@dataclass(slots=True)
class DraftPlan:
    """The action for a draft; `stored` is the row of the stored article, if any.

    `withdrawn`: the article is public, and its source says that it is not. `hidden_comments` are
    those of which this is true. `placeholders` are the keys of comments that are stored empty, for
    their replies, of the `erased_comments`: those of people whose comments were erased here.
    """

    prepared: PreparedDraft
    action: Action
    stored: Any = None
    as_draft: bool = False
    comments: tuple[CommentDraft, ...] = ()
    changed: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    article: Article | None = None
    withdrawn: bool = False
    hidden_comments: tuple[CommentDraft, ...] = ()
    placeholders: frozenset[str] = frozenset()
    erased_comments: int = 0

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
            status=self.resolve_status()[0] if is_stored else None,
        )

    @property
    def is_held_back(self) -> bool:
        """Whether the article stays a draft until an editor publishes it (`import --as-draft`)."""
        if self.stored is None:
            return self.as_draft
        is_public = self.stored["status"] in (Status.PUBLISHED.value, Status.SCHEDULED.value)
        return not is_public and (self.as_draft or bool(self.stored["held_back"]))

    def resolve_status(self) -> tuple[Status, datetime | None]:
        """Return the article's status and date after the import."""
        status, published_at = resolve_status(self.prepared.draft, self.stored)
        if self.is_held_back and status in (Status.PUBLISHED, Status.SCHEDULED):
            status = Status.DRAFT
        return status, published_at

    def _reason(self) -> str | None:
        conflict = trash.LEFT_THERE if self.stored is None else _EDITED
        reasons = [conflict if self.action is Action.CONFLICT else self.prepared.notes]
        language, stated = self.prepared.values["language"], self.prepared.stated_language
        if self.action is Action.CREATED and language != stated:
            reasons.append(f"its text is in the language {language}, not {stated}; stored as that")
        if self.withdrawn:
            reasons.append(WITHDRAWN)
        hidden, erased = len(self.hidden_comments), self.erased_comments
        for number, why in ((hidden, WITHDRAWN), (erased, _ERASED)):
            reasons.append(f"{count_of(number, 'comment')} {why}" if number else "")
        return "; ".join(filter(None, reasons)) or None


async def prepare(draft: ArticleDraft) -> PreparedDraft:
    """Validate a draft and derive its columns. Raises Invalid; a bad url is dropped and noted."""
    draft = without_nul(draft)
    validation.line(draft.source, "source", SOURCE_LENGTH)
    validation.line(draft.key, "key", KEY_LENGTH)
    notes = []
    for name in ("image_url", "canonical_url"):
        try:
            validation.url(getattr(draft, name), name)
        except Invalid as error:
            missing: dict[str, Any] = {name: None}
            draft = replace(draft, **missing)
            notes.append(f"{error}; left out")
    values = await derive_columns({name: getattr(draft, name) for name in _FIELDS})
    slug = draft.slug or slug_of(draft.title) or "article"
    if draft.detected_language is not None:
        detected = validation.language(draft.detected_language, "detectedLanguage")
        draft = replace(draft, detected_language=detected)
    return PreparedDraft(
        *(draft, values, validation.slug(slug), digest(draft), "; ".join(notes) or None),
        stated_language=values["language"],
    )


async def make_plans(
    prepared: list[PreparedDraft], overwrite: bool, as_draft: bool = False
) -> list[DraftPlan]:
    """Compare drafts with the database, and choose an action for each.

    One statement per source, one each for comments, the trash, and edited articles to withdraw.
    """
    stored_by_key: dict[tuple[str, str], Any] = {}
    for source in {item.draft.source for item in prepared}:
        keys = [item.draft.key for item in prepared if item.draft.source == source]
        for row in await run(
            f"SELECT {_COLUMNS} FROM article WHERE source = ? AND source_key IN ({marks(keys)})",
            [source, *keys],
        ):
            stored_by_key[source, row["source_key"]] = row
    pairs = {(item.draft.source, item.draft.key) for item in prepared}
    trashed = set() if overwrite else await trash.imported_among(pairs - stored_by_key.keys())
    comments = await _stored_comments([row["id"] for row in stored_by_key.values()])
    plans = []
    for item in prepared:
        row = stored_by_key.get((item.draft.source, item.draft.key))
        _choose_language(item, row)
        plan = DraftPlan(item, _choose_action(item, row, overwrite), row, as_draft)
        hideable = comments.get(row["id"], {}) if row is not None else dict[str, bool]()
        plan.comments = tuple(
            comment for comment in item.draft.comments if comment.key not in hideable
        )
        plan.hidden_comments = tuple(
            comment
            for comment in item.draft.comments
            if comment.status in _NOT_PUBLIC and hideable.get(comment.key)
        )
        if (item.draft.source, item.draft.key) in trashed:
            plan.action, plan.comments = Action.CONFLICT, ()
        if plan.action is Action.UPDATED:
            plan.changed = _changed_columns(plan)
        plan.withdrawn = row is not None and _is_withdrawn(plan)
        plans.append(plan)
    await _keep_published_by_editors(plans)
    await _leave_out_erased(plans)
    return plans


def _choose_language(item: PreparedDraft, row: Any) -> None:
    """Set the language of an article: a stored one keeps its own, unless its source names another.

    A new one gets the language that was detected, if there is one.
    """
    language = item.draft.detected_language or item.stated_language
    is_stored = row is not None and row["language"] in (language, item.stated_language)
    item.values["language"] = row["language"] if is_stored else language


async def _leave_out_erased(plans: Sequence[DraftPlan]) -> None:
    """Leave out comments of people whose comments were erased; empty ones stay where replies are.

    One statement, none without new comments that have addresses.
    """
    emails = {comment.author_email for plan in plans for comment in plan.comments} - {None}
    erasures = await erased.erasures_of(emails) if emails else {}
    for plan in plans if erasures else ():
        kept = erased.leave_out(plan.comments, erasures)
        plan.comments, plan.placeholders, plan.erased_comments = kept


def _is_withdrawn(plan: DraftPlan) -> bool:
    """Tell whether a source hides an article that is, or will be, public."""
    if plan.action not in (Action.UPDATED, Action.CONFLICT):
        return False
    draft = plan.prepared.draft
    after = draft.status if draft.published_at is None else resolve_status(draft)[0]
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


def _changed_columns(plan: DraftPlan) -> tuple[str, ...]:
    """Return the changed columns; ("links",) if only authors, topics or relations differ."""
    new, row = _new_columns(plan), plan.stored
    return tuple(name for name in _COMPARED if _stored_value(row, name) != new[name]) or ("links",)


def _new_columns(plan: DraftPlan) -> dict[str, Any]:
    """Return the columns that the draft gives to a stored article."""
    prepared, row = plan.prepared, plan.stored
    status, published_at = plan.resolve_status()
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
        new = _new_columns(plan)
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

"""Imports: store drafts as articles with their edges and comments, in batches.

Idempotent by (source, key): an unchanged draft writes nothing; a changed one is a new revision;
one whose article was edited in the hub after its import is a conflict, reported and not stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any

from hub import articles, comments, outbox, related
from hub.auth import Permission, Viewer
from hub.db.database import marks, run, run_many, transaction
from hub.db.timestamps import now
from hub.drafts import ArticleDraft, AuthorDraft, CommentDraft, TopicDraft, without_nul
from hub.errors import HubError, Invalid
from hub.models import Article, Comment, Revision, Status
from hub.models.article import SLUG_LENGTH
from hub.taxonomy import ensure_authors, ensure_topics
from hub.text import markup, validation
from hub.text.slugs import slug_of

SOURCE_LENGTH = 64
KEY_LENGTH = 255
_PLAIN = (
    *("title", "summary", "language", "kind", "comments_open"),
    *("image_url", "image_alt", "canonical_url", "translation_key"),
)
_FIELDS = (*_PLAIN, "body", "metadata")
_COMPARED = (*_PLAIN, "metadata", "body_html", "status", "published_at", "slug")


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
    values were dropped; `comments_added` counts comments that were not stored yet. `differences`
    are filled by a dry run only.
    """

    place: str
    title: str
    action: Action
    article_id: int | None = None
    reason: str | None = None
    comments_added: int = 0
    fields: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class _PreparedDraft:
    """A validated draft: its columns, its digest, and notes on dropped values."""

    draft: ArticleDraft
    values: dict[str, Any]
    slug: str
    digest: str
    notes: str | None


@dataclass(slots=True)
class _DraftPlan:
    """The action for a draft; `stored` is the row of the stored article, if any."""

    prepared: _PreparedDraft
    action: Action
    stored: Any = None
    comments: tuple[CommentDraft, ...] = ()
    changed: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    article: Article | None = None

    @property
    def article_id(self) -> int | None:
        """The article's id; None until it is created."""
        if self.article is not None:
            return int(self.article.id)
        return None if self.stored is None else int(self.stored["id"])

    def outcome(self) -> Outcome:
        """Build the draft's outcome, after the plan was carried out or in a dry run."""
        draft = self.prepared.draft
        return Outcome(
            place=draft.place or draft.key,
            title=draft.title,
            action=self.action,
            article_id=self.article_id,
            reason=_EDITED if self.action is Action.CONFLICT else self.prepared.notes,
            comments_added=len(self.comments),
            fields=self.changed,
            differences=self.differences,
        )


_EDITED = "edited in the hub since it was imported; left as it is"


async def import_articles(
    drafts: Sequence[ArticleDraft], *, by: Viewer, overwrite: bool = False, dry_run: bool = False
) -> list[Outcome]:
    """Store a batch of drafts, and return the outcome of each, in their order.

    One transaction for the batch; a draft that cannot be stored is refused without affecting the
    others. `overwrite` replaces edits made in the hub. `dry_run` returns the outcomes without
    writing anything. Comments that are stored already stay as they are.

    Raises:
        NotAllowed: `by` may not write, publish and moderate.
    """
    for permission in (Permission.WRITE, Permission.PUBLISH, Permission.MODERATE):
        by.require(permission)
    prepared: list[_PreparedDraft] = []
    outcomes: list[Outcome | None] = []
    places: dict[tuple[str, str], str] = {}
    for draft in drafts:
        try:
            if (first := places.get((draft.source, draft.key))) is not None:
                raise Invalid("key", f"{draft.key} stands in this import twice, first at {first}")
            prepared.append(_prepare(draft))
            places[draft.source, draft.key] = draft.place or draft.key
            outcomes.append(None)
        except HubError as error:
            outcomes.append(_refused(draft, error))
    stored = iter(await _store_or_compare(prepared, by, overwrite, dry_run))
    return [outcome or next(stored) for outcome in outcomes]


@transaction
async def import_taxonomy(
    topics: Iterable[TopicDraft], authors: Iterable[AuthorDraft], *, by: Viewer
) -> None:
    """Store topics and authors independently of articles.

    Raises:
        NotAllowed: `by` may not write.
        Invalid: a name is empty or too long.
    """
    by.require(Permission.WRITE)
    await ensure_topics(map(without_nul, topics))
    await ensure_authors(map(without_nul, authors))


async def dangling_edges(sources: Iterable[str]) -> list[tuple[str, str | None]]:
    """Return the (anchor, url) of every edge without a target from articles of these sources."""
    names = list(sources)
    rows = await run(
        "SELECT DISTINCT r.anchor, r.url FROM relation r JOIN article a ON a.id = r.source_id"
        f" WHERE a.source IN ({marks(names)}) AND r.target_id IS NULL ORDER BY r.anchor, r.url",
        names,
    )
    return [(row["anchor"], row["url"]) for row in rows]


async def _store_or_compare(
    prepared: list[_PreparedDraft], by: Viewer, overwrite: bool, dry_run: bool
) -> list[Outcome]:
    plans = await _make_plans(prepared, overwrite)
    if dry_run:
        await _add_differences(plans)
    if dry_run or not any(_needs_write(plan) for plan in plans):
        return [plan.outcome() for plan in plans]
    try:
        return await _write_batch(prepared, by, overwrite)
    except Exception as error:  # a draft that fails must not affect the others: retry one by one
        if len(prepared) == 1:
            return [_refused(prepared[0].draft, error)]
    return [
        outcome
        for item in prepared
        for outcome in await _store_or_compare([item], by, overwrite, dry_run)
    ]


def _refused(draft: ArticleDraft, error: Exception) -> Outcome:
    return Outcome(draft.place or draft.key, draft.title, Action.REFUSED, reason=str(error))


# ── before the transaction: validation and comparison ─────────────────────────────────────────


def _prepare(draft: ArticleDraft) -> _PreparedDraft:
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
    values = articles.to_columns({name: getattr(draft, name) for name in _FIELDS})
    slug = draft.slug or slug_of(draft.title) or "article"
    return _PreparedDraft(
        draft, values, validation.slug(slug), _digest(draft), "; ".join(notes) or None
    )


def _digest(draft: ArticleDraft) -> str:
    """Compute a digest of a draft without its comments and place, to detect changes."""
    values = {
        f.name: getattr(draft, f.name) for f in fields(draft) if f.name not in ("place", "comments")
    }
    if not draft.metadata:
        del values["metadata"]  # digests from before this field existed stay valid
    return hashlib.blake2b(
        repr(sorted(values.items())).encode("utf-8", "replace"), digest_size=32
    ).hexdigest()


async def _make_plans(prepared: list[_PreparedDraft], overwrite: bool) -> list[_DraftPlan]:
    """Compare drafts with the database, and choose an action for each.

    One statement per source, and one for comments.
    """
    stored_by_key: dict[tuple[str, str], Any] = {}
    for source in {item.draft.source for item in prepared}:
        keys = [item.draft.key for item in prepared if item.draft.source == source]
        for row in await run(
            "SELECT id, slug, language, kind, title, summary, body_html, status, published_at,"
            " version, comments_open, image_url, image_alt, canonical_url, translation_key,"
            " metadata, source_key, source_hash, source_version FROM article"
            f" WHERE source = ? AND source_key IN ({marks(keys)})",
            [source, *keys],
        ):
            stored_by_key[source, row["source_key"]] = row
    comment_keys = await _stored_comment_keys([row["id"] for row in stored_by_key.values()])
    plans = []
    for item in prepared:
        row = stored_by_key.get((item.draft.source, item.draft.key))
        plan = _DraftPlan(item, _choose_action(item, row, overwrite), row)
        existing_keys = comment_keys.get(row["id"], set()) if row is not None else set[str]()
        plan.comments = tuple(
            comment for comment in item.draft.comments if comment.key not in existing_keys
        )
        if plan.action is Action.UPDATED:
            plan.changed = _changed_columns(item, row)
        plans.append(plan)
    return plans


def _choose_action(prepared: _PreparedDraft, row: Any, overwrite: bool) -> Action:
    if row is None:
        return Action.CREATED
    if row["source_hash"] == prepared.digest:
        return Action.UNCHANGED
    if row["version"] != row["source_version"] and not overwrite:
        return Action.CONFLICT
    return Action.UPDATED


def _needs_write(plan: _DraftPlan) -> bool:
    return plan.action in (Action.CREATED, Action.UPDATED) or bool(plan.comments)


def _changed_columns(prepared: _PreparedDraft, row: Any) -> tuple[str, ...]:
    """Return the changed columns; ("links",) if only authors, topics or relations differ."""
    new = _new_columns(prepared, row)
    return tuple(name for name in _COMPARED if _stored_value(row, name) != new[name]) or ("links",)


def _new_columns(prepared: _PreparedDraft, row: Any) -> dict[str, Any]:
    """Return the columns that the draft gives to a stored article."""
    status, published_at = _resolve_status(prepared.draft, row)
    return prepared.values | {
        "slug": _choose_slug(prepared.slug, row["slug"]),
        "status": status.value,
        "published_at": published_at,
        "kind": prepared.draft.kind.value,
        "comments_open": int(prepared.draft.comments_open),
    }


def _stored_value(row: Any, name: str) -> Any:
    """Return a stored column in the type of `_new_columns`: times are parsed."""
    value = row[name]
    return datetime.fromisoformat(value) if name == "published_at" and value else value


async def _add_differences(plans: Sequence[_DraftPlan]) -> None:
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


def _resolve_status(draft: ArticleDraft, row: Any = None) -> tuple[Status, datetime | None]:
    """Return the draft's status and date; if it has no date, a stored article keeps its own."""
    published_at = draft.published_at
    if published_at is None and row is not None:
        published_at = _stored_value(row, "published_at")
    return articles.resolve_status(draft.status, published_at, now())


def _choose_slug(base: str, current: str) -> str:
    """Return the current slug if it is `base` with a number appended, else `base`."""
    stem, _, number = current.rpartition("-")
    return current if stem == base and number.isdigit() else base


async def _stored_comment_keys(article_ids: list[int]) -> dict[int, set[str]]:
    rows = await run(
        f"SELECT article_id, source_key FROM comment WHERE article_id IN ({marks(article_ids)})"
        " AND source_key IS NOT NULL",
        article_ids,
    )
    keys: dict[int, set[str]] = {}
    for article_id, key in rows:
        keys.setdefault(article_id, set()).add(key)
    return keys


# ── within the transaction ────────────────────────────────────────────────────────────────────


@transaction
async def _write_batch(
    prepared: list[_PreparedDraft], by: Viewer, overwrite: bool
) -> list[Outcome]:
    """Store the drafts, with plans made under the write lock."""
    plans = await _make_plans(prepared, overwrite)
    stored_plans = [plan for plan in plans if plan.action in (Action.CREATED, Action.UPDATED)]
    tags = set[str]()
    topics = await ensure_topics(
        draft for plan in stored_plans for draft in plan.prepared.draft.topics
    )
    authors = await ensure_authors(
        draft for plan in stored_plans for draft in plan.prepared.draft.authors
    )
    stored_ids = [int(plan.stored["id"]) for plan in stored_plans if plan.stored is not None]
    old_locations = await articles.locations(stored_ids)
    if stored_ids:
        tags |= await articles.tags_of(stored_ids) | await related.related_tags(stored_ids)
    for plan in stored_plans:
        plan.article = await (_insert(plan.prepared) if plan.stored is None else _update(plan))
        await _set_labels(plan.article, plan.prepared.draft, topics, authors)
    await _store_dependents(stored_plans, by)
    commented = await _add_comments(plans)
    ids = [int(plan.article.id) for plan in stored_plans if plan.article is not None]
    await outbox.record(id_ for id_ in ids if id_ not in commented)
    if ids:
        tags |= await articles.tags_of(ids)
    await outbox.announce(sorted(tags), old_locations)
    return [plan.outcome() for plan in plans]


async def _insert(prepared: _PreparedDraft) -> Article:
    draft, moment = prepared.draft, now()
    status, published_at = _resolve_status(draft)
    created = draft.created_at or draft.published_at or moment
    return await Article.create(
        **prepared.values,
        slug=await articles.unique_slug(prepared.slug, prepared.values["language"]),
        status=status,
        published_at=published_at,
        created_at=created,
        updated_at=draft.updated_at or created,
        source=draft.source,
        source_key=draft.key,
        source_hash=prepared.digest,
        source_version=1,
    )


async def _update(plan: _DraftPlan) -> Article:
    prepared, draft = plan.prepared, plan.prepared.draft
    article = await Article.get(id=plan.stored["id"])
    status, published_at = _resolve_status(draft, plan.stored)
    slug, language = _choose_slug(prepared.slug, article.slug), prepared.values["language"]
    if (slug, language) != (article.slug, article.language):
        slug = await articles.unique_slug(slug, language)
        await articles.move_slug(article, slug, language)
    version = article.version + 1
    article.update_from_dict(
        prepared.values
        | {
            "slug": slug,
            "status": status,
            "published_at": published_at,
            "updated_at": draft.updated_at or now(),
            "version": version,
            "source_hash": prepared.digest,
            "source_version": version,
        }
    )
    await article.save()
    return article


async def _set_labels(
    article: Article,
    draft: ArticleDraft,
    topics: dict[TopicDraft, int],
    authors: dict[AuthorDraft, int],
) -> None:
    """Set an article's topics and authors."""
    topic_ids = [topics[topic] for topic in draft.topics]
    author_ids = [authors[author] for author in draft.authors]
    await articles.set_topics(article.id, topic_ids)
    await articles.set_authors(article.id, author_ids)


async def _store_dependents(plans: list[_DraftPlan], by: Viewer) -> None:
    """Store the articles' revisions, addresses and old slugs, and bind edges from and to them."""
    pairs = [(plan.article, plan.prepared.draft) for plan in plans if plan.article is not None]
    ids = [int(article.id) for article, _ in pairs]
    await Revision.bulk_create([articles.revision_of(article, by.name) for article, _ in pairs])
    await articles.add_addresses(
        [
            (int(article.id), url)
            for article, draft in pairs
            for url in (*draft.addresses, draft.canonical_url or "")
        ]
    )
    for article, draft in pairs:
        aliases = [
            alias
            for alias in draft.aliases
            if alias != article.slug and 0 < len(alias) <= SLUG_LENGTH
        ]
        await articles.add_slugs(article.id, article.language, aliases)
    await related.replace_imported(ids, [draft.relations for _, draft in pairs])
    rows = await run(
        f"SELECT id FROM relation WHERE source_id IN ({marks(ids)}) AND target_id IS NULL", ids
    )
    moved = await related.bind_edges(row["id"] for row in rows)
    moved += await related.bind_edges_to(ids)
    await related.announce_edges(moved)


async def _add_comments(plans: list[_DraftPlan]) -> set[int]:
    """Store the comments that are new, and return the ids of their articles."""
    rows, parents, touched = [], [], set[int]()
    for plan in plans:
        article_id = plan.article_id
        if not plan.comments or article_id is None:
            continue
        touched.add(article_id)
        cyclic = _cyclic_keys(plan.prepared.draft.comments)
        for draft in plan.comments:
            rows.append(_build_comment(article_id, draft))
            if draft.parent_key is not None and draft.key not in cyclic:
                parents.append((article_id, draft.parent_key, article_id, draft.key))
    await Comment.bulk_create(rows)
    await run_many(
        "UPDATE comment SET parent_id = (SELECT p.id FROM comment p WHERE p.article_id = ?"
        " AND p.source_key = ?) WHERE article_id = ? AND source_key = ?",
        parents,
    )
    if touched:
        await comments.update_counts(sorted(touched))
    return touched


def _cyclic_keys(drafts: Iterable[CommentDraft]) -> set[str]:
    """Return the keys of comments whose chain of parents contains a cycle."""
    parent_of = {draft.key: draft.parent_key for draft in drafts}
    rooted, cyclic = set[str](), set[str]()
    for start in parent_of:
        path, key = list[str](), start
        while key in parent_of and key not in rooted and key not in cyclic and key not in path:
            path.append(key)
            key = parent_of[key] or ""
        (cyclic if key in path or key in cyclic else rooted).update(path)
    return cyclic


def _build_comment(article_id: int, draft: CommentDraft) -> Comment:
    return Comment(
        article_id=article_id,
        kind=draft.kind,
        author_name=" ".join(draft.author_name.split())[: validation.MAX_NAME] or "Anonymous",
        author_email=(draft.author_email or "")[: validation.MAX_EMAIL] or None,
        body_html=markup.comment_html(draft.body),
        status=draft.status,
        created_at=draft.created_at,
        source_key=draft.key,
    )

"""Imports: drafts in, articles with their edges and comments stored, in batches.

Idempotent by (source, key): an unchanged draft writes nothing; a changed one is a new revision;
one whose article was edited in the hub since is a conflict, reported and left alone.
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
    """What became of a draft."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    CONFLICT = "CONFLICT"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of an article as it is, and as an import would have it; bodies are plain text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one draft, and where it stood.

    `fields` names what an update changed; `reason` says why it was refused, or what was altered
    on the way in; `comments_added` counts comments that the hub did not have yet. `differences`
    are told of a dry run alone.
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
class _Ready:
    """A draft that has been checked: its columns, its digest, and what was altered."""

    draft: ArticleDraft
    values: dict[str, Any]
    slug: str
    digest: str
    notes: str | None


@dataclass(slots=True)
class _Plan:
    """What is to be done with a draft; `stored` is the article as it is."""

    ready: _Ready
    action: Action
    stored: Any = None
    comments: tuple[CommentDraft, ...] = ()
    changed: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    article: Article | None = None

    @property
    def article_id(self) -> int | None:
        """The article's id; None as long as it is not created."""
        if self.article is not None:
            return int(self.article.id)
        return None if self.stored is None else int(self.stored["id"])

    def outcome(self) -> Outcome:
        """What became of the draft, once the plan has been carried out (or was only wanted)."""
        draft = self.ready.draft
        return Outcome(
            place=draft.place or draft.key,
            title=draft.title,
            action=self.action,
            article_id=self.article_id,
            reason=_EDITED if self.action is Action.CONFLICT else self.ready.notes,
            comments_added=len(self.comments),
            fields=self.changed,
            differences=self.differences,
        )


_EDITED = "edited in the hub since it was imported; left as it is"


async def take_in(
    drafts: Sequence[ArticleDraft], *, by: Viewer, theirs: bool = False, dry_run: bool = False
) -> list[Outcome]:
    """Store a batch of drafts, and tell what became of each, in their order.

    One transaction for the batch; a draft that cannot be stored is refused by itself and leaves
    the others alone. `theirs` lets the import win over edits made in the hub. `dry_run` tells
    what would happen and writes nothing. Comments that are stored already stay as they are.

    Raises:
        NotAllowed: `by` may not write, publish and moderate.
    """
    for permission in (Permission.WRITE, Permission.PUBLISH, Permission.MODERATE):
        by.require(permission)
    ready: list[_Ready] = []
    outcomes: list[Outcome | None] = []
    places: dict[tuple[str, str], str] = {}
    for draft in drafts:
        try:
            if (first := places.get((draft.source, draft.key))) is not None:
                raise Invalid("key", f"{draft.key} stands in this import twice, first at {first}")
            ready.append(_prepare(draft))
            places[draft.source, draft.key] = draft.place or draft.key
            outcomes.append(None)
        except HubError as error:
            outcomes.append(_refused(draft, error))
    done = iter(await _done(ready, by, theirs, dry_run))
    return [outcome or next(done) for outcome in outcomes]


@transaction
async def describe(
    topics: Iterable[TopicDraft], authors: Iterable[AuthorDraft], *, by: Viewer
) -> None:
    """Store topics and authors that stand by themselves, whatever articles there are of them.

    Raises:
        NotAllowed: `by` may not write.
        Invalid: a name is empty or too long.
    """
    by.require(Permission.WRITE)
    await ensure_topics(map(without_nul, topics))
    await ensure_authors(map(without_nul, authors))


async def dangling(sources: Iterable[str]) -> list[tuple[str, str | None]]:
    """The (anchor, url) of every edge of these sources' articles that leads nowhere yet."""
    names = list(sources)
    rows = await run(
        "SELECT DISTINCT r.anchor, r.url FROM relation r JOIN article a ON a.id = r.source_id"
        f" WHERE a.source IN ({marks(names)}) AND r.target_id IS NULL ORDER BY r.anchor, r.url",
        names,
    )
    return [(row["anchor"], row["url"]) for row in rows]


async def _done(ready: list[_Ready], by: Viewer, theirs: bool, dry_run: bool) -> list[Outcome]:
    plans = await _plan(ready, theirs)
    if dry_run:
        await _compare(plans)
    if dry_run or not any(_writes(plan) for plan in plans):
        return [plan.outcome() for plan in plans]
    try:
        return await _write(ready, by, theirs)
    except Exception as error:  # whatever one draft of a batch does must not cost the others
        if len(ready) == 1:
            return [_refused(ready[0].draft, error)]
    return [outcome for one in ready for outcome in await _done([one], by, theirs, dry_run)]


def _refused(draft: ArticleDraft, error: Exception) -> Outcome:
    return Outcome(draft.place or draft.key, draft.title, Action.REFUSED, reason=str(error))


# ── before the transaction: checking, and telling what is new ─────────────────────────────────


def _prepare(draft: ArticleDraft) -> _Ready:
    """Check a draft and derive its columns. Raises Invalid; a bad url is left out and noted."""
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
    values = articles.columns({name: getattr(draft, name) for name in _FIELDS})
    slug = draft.slug or slug_of(draft.title) or "article"
    return _Ready(draft, values, validation.slug(slug), _digest(draft), "; ".join(notes) or None)


def _digest(draft: ArticleDraft) -> str:
    """A digest of all that an import brings of an article, comments and place apart."""
    told = {
        f.name: getattr(draft, f.name) for f in fields(draft) if f.name not in ("place", "comments")
    }
    if not draft.metadata:
        del told["metadata"]  # as of imports before there was any
    return hashlib.blake2b(
        repr(sorted(told.items())).encode("utf-8", "replace"), digest_size=32
    ).hexdigest()


async def _plan(ready: list[_Ready], theirs: bool) -> list[_Plan]:
    """What is to be done with each draft, as the database stands. Two statements a source."""
    stored_by_key: dict[tuple[str, str], Any] = {}
    for source in {one.draft.source for one in ready}:
        keys = [one.draft.key for one in ready if one.draft.source == source]
        for row in await run(
            "SELECT id, slug, language, kind, title, summary, body_html, status, published_at,"
            " version, comments_open, image_url, image_alt, canonical_url, translation_key,"
            " metadata, source_key, source_hash, source_version FROM article"
            f" WHERE source = ? AND source_key IN ({marks(keys)})",
            [source, *keys],
        ):
            stored_by_key[source, row["source_key"]] = row
    known = await _known_comments([row["id"] for row in stored_by_key.values()])
    plans = []
    for one in ready:
        row = stored_by_key.get((one.draft.source, one.draft.key))
        plan = _Plan(one, _action(one, row, theirs), row)
        seen = known.get(row["id"], set()) if row is not None else set[str]()
        plan.comments = tuple(comment for comment in one.draft.comments if comment.key not in seen)
        if plan.action is Action.UPDATED:
            plan.changed = _changed(one, row)
        plans.append(plan)
    return plans


def _action(one: _Ready, row: Any, theirs: bool) -> Action:
    if row is None:
        return Action.CREATED
    if row["source_hash"] == one.digest:
        return Action.UNCHANGED
    if row["version"] != row["source_version"] and not theirs:
        return Action.CONFLICT
    return Action.UPDATED


def _writes(plan: _Plan) -> bool:
    return plan.action in (Action.CREATED, Action.UPDATED) or bool(plan.comments)


def _changed(one: _Ready, row: Any) -> tuple[str, ...]:
    """Which columns an update changes; `links` stands for authors, topics and relations alone."""
    new = _columns_of(one, row)
    return tuple(name for name in _COMPARED if _held(row, name) != new[name]) or ("links",)


def _columns_of(one: _Ready, row: Any) -> dict[str, Any]:
    """The columns of a stored article as the draft would have them."""
    status, published_at = _dated(one.draft, row)
    return one.values | {
        "slug": _kept_slug(one.slug, row["slug"]),
        "status": status.value,
        "published_at": published_at,
        "kind": one.draft.kind.value,
        "comments_open": int(one.draft.comments_open),
    }


def _held(row: Any, name: str) -> Any:
    """A stored column, as `_columns_of` has it: times are told in more than one way."""
    value = row[name]
    return datetime.fromisoformat(value) if name == "published_at" and value else value


async def _compare(plans: Sequence[_Plan]) -> None:
    """Tell of each update what it would change, field by field. Three statements."""
    updates = [plan for plan in plans if plan.action is Action.UPDATED]
    ids = [int(plan.stored["id"]) for plan in updates]
    linked = {name: await _linked(sql, ids) for name, sql in _LINKED.items()} if ids else {}
    for plan in updates:
        row, draft = plan.stored, plan.ready.draft
        new = _columns_of(plan.ready, row)
        pairs = [(name, _held(row, name), new[name]) for name in _COMPARED]
        after = {
            "authors": [one.name for one in draft.authors],
            "topics": [one.name for one in draft.topics],
            "relations": [f"{one.kind.value} {one.anchor[:500]}" for one in draft.relations],
        }
        pairs += [
            (name, ", ".join(found.get(row["id"], [])), ", ".join(after[name]))
            for name, found in linked.items()
        ]
        plan.differences = tuple(
            Difference(name.removesuffix("_html"), _shown(name, old), _shown(name, new_))
            for name, old, new_ in pairs
            if old != new_
        )


_LINKED = {
    "authors": "SELECT x.article_id, t.name FROM article_author x JOIN author t"
    " ON t.id = x.author_id WHERE x.article_id IN ({}) ORDER BY x.article_id, x.position",
    "topics": "SELECT x.article_id, t.name FROM article_topic x JOIN topic t"
    " ON t.id = x.topic_id WHERE x.article_id IN ({}) ORDER BY x.article_id, x.position",
    "relations": "SELECT r.source_id, r.kind || ' ' || r.anchor FROM relation r"
    " WHERE r.source_id IN ({}) AND r.origin = 'IMPORT' ORDER BY r.source_id, r.rank",
}


async def _linked(sql: str, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for id_, name in await run(sql.format(marks(ids)), ids):
        found.setdefault(id_, []).append(name)
    return found


def _shown(name: str, value: Any) -> str:
    """A column as an editor reads it."""
    if name == "comments_open":
        return "yes" if value else "no"
    return markup.to_text(value) if name == "body_html" else str(value if value is not None else "")


def _dated(draft: ArticleDraft, row: Any = None) -> tuple[Status, datetime | None]:
    """The draft's status and date; without one, an article published before keeps its own."""
    published_at = draft.published_at
    if published_at is None and row is not None:
        published_at = _held(row, "published_at")
    return articles.dated(draft.status, published_at, now())


def _kept_slug(wanted: str, present: str) -> str:
    """The present slug where it is `wanted` with a number behind it, else `wanted`."""
    stem, _, number = present.rpartition("-")
    return present if stem == wanted and number.isdigit() else wanted


async def _known_comments(article_ids: list[int]) -> dict[int, set[str]]:
    rows = await run(
        f"SELECT article_id, source_key FROM comment WHERE article_id IN ({marks(article_ids)})"
        " AND source_key IS NOT NULL",
        article_ids,
    )
    known: dict[int, set[str]] = {}
    for article_id, key in rows:
        known.setdefault(article_id, set()).add(key)
    return known


# ── within the transaction ────────────────────────────────────────────────────────────────────


@transaction
async def _write(ready: list[_Ready], by: Viewer, theirs: bool) -> list[Outcome]:
    """Store the drafts, planned anew now that nobody else can write."""
    plans = await _plan(ready, theirs)
    stored_plans = [plan for plan in plans if plan.action in (Action.CREATED, Action.UPDATED)]
    tags = set[str]()
    topics = await ensure_topics(
        draft for plan in stored_plans for draft in plan.ready.draft.topics
    )
    authors = await ensure_authors(
        draft for plan in stored_plans for draft in plan.ready.draft.authors
    )
    known = [int(plan.stored["id"]) for plan in stored_plans if plan.stored is not None]
    left = await articles.places(known)
    if known:
        tags |= await articles.tags_of(known) | await related.tags_around(known)
    for plan in stored_plans:
        plan.article = await (_insert(plan.ready) if plan.stored is None else _update(plan))
        await _label(plan.article, plan.ready.draft, topics, authors)
    await _follow(stored_plans, by)
    commented = await _add_comments(plans)
    ids = [int(plan.article.id) for plan in stored_plans if plan.article is not None]
    await outbox.record(id_ for id_ in ids if id_ not in commented)
    if ids:
        tags |= await articles.tags_of(ids)
    await outbox.announce(sorted(tags), left)
    return [plan.outcome() for plan in plans]


async def _insert(one: _Ready) -> Article:
    draft, moment = one.draft, now()
    status, published_at = _dated(draft)
    created = draft.created_at or draft.published_at or moment
    return await Article.create(
        **one.values,
        slug=await articles.free_slug(one.slug, one.values["language"]),
        status=status,
        published_at=published_at,
        created_at=created,
        updated_at=draft.updated_at or created,
        source=draft.source,
        source_key=draft.key,
        source_hash=one.digest,
        source_version=1,
    )


async def _update(plan: _Plan) -> Article:
    one, draft = plan.ready, plan.ready.draft
    article = await Article.get(id=plan.stored["id"])
    status, published_at = _dated(draft, plan.stored)
    slug, language = _kept_slug(one.slug, article.slug), one.values["language"]
    if (slug, language) != (article.slug, article.language):
        slug = await articles.free_slug(slug, language)
        await articles.move_slug(article, slug, language)
    version = article.version + 1
    article.update_from_dict(
        one.values
        | {
            "slug": slug,
            "status": status,
            "published_at": published_at,
            "updated_at": draft.updated_at or now(),
            "version": version,
            "source_hash": one.digest,
            "source_version": version,
        }
    )
    await article.save()
    return article


async def _label(
    article: Article,
    draft: ArticleDraft,
    topics: dict[TopicDraft, int],
    authors: dict[AuthorDraft, int],
) -> None:
    """Give an article its topics and authors."""
    topic_ids = [topics[one] for one in draft.topics]
    author_ids = [authors[one] for one in draft.authors]
    await articles.set_topics(article.id, topic_ids)
    await articles.set_authors(article.id, author_ids)


async def _follow(plans: list[_Plan], by: Viewer) -> None:
    """What comes with the articles: revisions, addresses, old slugs, and edges both ways."""
    pairs = [(plan.article, plan.ready.draft) for plan in plans if plan.article is not None]
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
    moved = await related.bind(row["id"] for row in rows)
    moved += await related.bind_to(ids)
    await related.announce_edges(moved)


async def _add_comments(plans: list[_Plan]) -> set[int]:
    """Store the comments that are new; answers with the ids of their articles."""
    rows, parents, touched = [], [], set[int]()
    for plan in plans:
        article_id = plan.article_id
        if not plan.comments or article_id is None:
            continue
        touched.add(article_id)
        circular = _circular(plan.ready.draft.comments)
        for draft in plan.comments:
            rows.append(_comment(article_id, draft))
            if draft.parent_key is not None and draft.key not in circular:
                parents.append((article_id, draft.parent_key, article_id, draft.key))
    await Comment.bulk_create(rows)
    await run_many(
        "UPDATE comment SET parent_id = (SELECT p.id FROM comment p WHERE p.article_id = ?"
        " AND p.source_key = ?) WHERE article_id = ? AND source_key = ?",
        parents,
    )
    if touched:
        await comments.counted(sorted(touched))
    return touched


def _circular(drafts: Iterable[CommentDraft]) -> set[str]:
    """The keys of comments that are replies to themselves, by whatever detour."""
    parent_of = {draft.key: draft.parent_key for draft in drafts}
    rooted, circular = set[str](), set[str]()
    for start in parent_of:
        path, key = list[str](), start
        while key in parent_of and key not in rooted and key not in circular and key not in path:
            path.append(key)
            key = parent_of[key] or ""
        (circular if key in path or key in circular else rooted).update(path)
    return circular


def _comment(article_id: int, draft: CommentDraft) -> Comment:
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

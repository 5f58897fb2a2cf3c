"""Articles: create, revise, publish, archive, delete. With `hub.imports`, the only writer of them.

Each service is one transaction that stores the row, its revision, its edges, its outbox event and
its lines of the change feed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from typing import Any

from hub import audit, outbox, related, slugs, snapshots
from hub.auth import SCHEDULER, Permission, Viewer, article_statuses, require_revision
from hub.db.database import Reader, marks, run, run_many, transaction
from hub.db.timestamps import now
from hub.drafts import (
    KEEP,
    ArticleChanges,
    AuthorDraft,
    NewArticle,
    TopicDraft,
    derive_columns,
    resolve_status,
)
from hub.errors import Conflict, HubError, Invalid, NotFound
from hub.models import Article, RevisionChange, SlugHistory, Status
from hub.outbox import ArticleLocation
from hub.taxonomy import ensure_authors, ensure_topics, set_authors, set_topics
from hub.text import validation
from hub.text.slugs import digest, slug_of, url_key


async def create(new: NewArticle, *, by: Viewer) -> int:
    """Store a new article, and return its id.

    Raises:
        NotAllowed: `by` is not a writer; or the status is not DRAFT, and `by` may not publish.
        Invalid: a value is out of bounds, or the slug is in use in that language.
    """
    by.require(Permission.WRITE)
    if new.status is not Status.DRAFT:
        by.require(Permission.PUBLISH)
    values = await derive_columns({f.name: getattr(new, f.name) for f in fields(new)})
    return await _create(new, values, by)


@transaction
async def _create(new: NewArticle, values: Mapping[str, Any], by: Viewer) -> int:
    moment = now()
    status, published_at = resolve_status(new.status, new.published_at, moment)
    slug = await _new_slug(new.slug, values, status, by)
    stored = {**values, "slug": slug, "status": status, "published_at": published_at}
    article = await Article.create(**stored, created_at=moment, updated_at=moment)
    labels = await _set_labels(article.id, new.topics, new.authors)
    await record_save(article, by, RevisionChange.CREATED)
    changes = audit.column_changes({}, stored) | labels
    await audit.record_save(RevisionChange.CREATED, article.id, changes, by)
    await related.announce_edges(await related.bind_edges_to([article.id]))
    return int(article.id)


async def revise(article_id: int, changes: ArticleChanges, *, seen_version: int, by: Viewer) -> int:
    """Change an article unless it was saved after `seen_version`, and return its version.

    The old slug still resolves to the article. A revision that changes nothing saves nothing.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the article is no draft of its own.
        NotFound: no such article; or any of these problems, if `by` may not see it.
        Invalid: a value is out of bounds, or the slug is in use in that language.
        Conflict: it has been saved since `seen_version`.
    """
    by.require(Permission.WRITE)
    inputs = {
        f.name: value for f in fields(changes) if (value := getattr(changes, f.name)) is not KEEP
    }
    values = await derive_columns(inputs)
    if isinstance(changes.slug, str):
        values["slug"] = validation.slug(changes.slug)
    return await _revise(article_id, inputs, values, seen_version, by)


@transaction
async def _revise(
    article_id: int,
    inputs: Mapping[str, Any],
    values: Mapping[str, Any],
    seen_version: int,
    by: Viewer,
) -> int:
    article = await get_for_revision(article_id, seen_version, by)
    changed = {key: value for key, value in values.items() if getattr(article, key) != value}
    tags = await tags_of([article_id])
    labels = await _set_labels(article_id, inputs.get("topics"), inputs.get("authors"))
    if not changed and not labels:
        return article.version
    if changed.keys() & {"slug", "language"}:
        await move_slug(
            article,
            changed.get("slug", article.slug),
            changed.get("language", article.language),
            by,
        )
    await store(article, changed, by, RevisionChange.REVISED, tags, labels)
    await related.announce_edges(await related.bind_edges_to([article_id]))
    return article.version


@transaction
async def publish(article_id: int, *, by: Viewer, at: datetime | None = None) -> int:
    """Make an article public at `at`, and return its version.

    A time in the future schedules it. Without `at`, an article that was public before keeps its
    date, and any other gets the current time. Publishing a published article changes nothing.

    Raises:
        NotAllowed: `by` may not publish.
        NotFound: no such article.
    """
    by.require(Permission.PUBLISH)
    article = await get_article(article_id)
    moment = now()
    before = article.published_at
    if at is None:
        at = before if before is not None and before <= moment else moment
    status, published_at = resolve_status(Status.PUBLISHED, at, moment)
    if (article.status, before) != (status, published_at):
        change = RevisionChange[status.value]
        await store(article, {"status": status, "published_at": published_at}, by, change)
    return article.version


@transaction
async def archive(article_id: int, *, by: Viewer) -> int:
    """Hide an article from the public without deleting it, and return its version.

    Raises:
        NotAllowed: `by` may not publish or archive.
        NotFound: no such article.
    """
    by.require(Permission.PUBLISH)
    article = await get_article(article_id)
    if article.status is not Status.ARCHIVED:
        await store(article, {"status": Status.ARCHIVED}, by, RevisionChange.ARCHIVED)
    return article.version


@transaction
async def delete(article_id: int, *, by: Viewer) -> None:
    """Delete an article with its comments, revisions and own edges; edges to it dangle afterwards.

    Raises:
        NotAllowed: `by` may not delete.
        NotFound: no such article.
    """
    by.require(Permission.DELETE)
    article = await get_article(article_id)
    tags = await tags_of([article_id]) | await related.related_tags([article_id])
    old_locations = await locations([article_id])
    released = await related.unbind_edges_to(article)
    await Article.filter(id=article_id).delete()
    names = ("title", "slug", "status")
    await audit.record_row("article.delete", article, names, by=by, is_deleted=True)
    await outbox.record([article_id])
    await outbox.announce(tags, old_locations)
    moved = await related.bind_edges([edge.id for edge in released])
    await related.announce_edges([*released, *moved])


async def withdraw(article_id: int, status: Status, by: Viewer) -> None:
    """Hide an article that its source no longer calls public. In a transaction of an import.

    It becomes ARCHIVED if that is the source's `status`, else DRAFT.
    """
    article = await get_article(article_id)
    hidden = Status.ARCHIVED if status is Status.ARCHIVED else Status.DRAFT
    await store(article, {"status": hidden}, by, RevisionChange.IMPORTED)


async def due_ids(db: Reader) -> list[int]:
    """Return the ids of the scheduled articles that are due: one look-up in an index."""
    due = await db.rows(
        "SELECT id FROM article WHERE status = ? AND published_at <= ? ORDER BY published_at, id",
        [Status.SCHEDULED.value, now().isoformat(sep=" ")],
    )
    return [article_id for (article_id,) in due]


async def publish_due(db: Reader) -> list[int]:
    """Publish every scheduled article that is due, and return their ids.

    Safe to run in several processes at once: each article is published by one of them.
    """
    return [id_ for id_ in await due_ids(db) if await _publish_due(id_)]


@transaction
async def _publish_due(article_id: int) -> bool:
    """Publish an article if it is still scheduled and due; return whether it was."""
    article = await Article.get_or_none(id=article_id)
    if article is None or article.status is not Status.SCHEDULED:
        return False
    if article.published_at is None or article.published_at > now():
        return False
    values: dict[str, Any] = {"status": Status.PUBLISHED}
    if article.source_version == article.version:
        # No editor changed it, only its date was reached: the next import must not see a conflict.
        values["source_version"] = article.version + 1
    await store(article, values, SCHEDULER, RevisionChange.PUBLISHED)
    return True


# ── helpers, also for imports, within their transaction ───────────────────────────────────────


async def get_article(article_id: int) -> Article:
    """Return an article, or raise NotFound."""
    article = await Article.get_or_none(id=article_id)
    if article is None:
        raise NotFound("article", article_id)
    return article


async def get_for_revision(article_id: int, seen_version: int | None, by: Viewer) -> Article:
    """Return an article that `by` may revise, being a writer.

    Raises:
        NotAllowed: `by` may not publish, and the article is no draft of its own.
        NotFound: no such article; or any of these problems, if `by` may not see it.
        Conflict: it has been saved since `seen_version`.
    """
    article = await get_article(article_id)
    try:
        check_version(article, seen_version)
        await require_revision(article, by)
    except HubError as problem:
        if article.status.value in article_statuses(by):
            raise
        raise NotFound("article", article_id) from problem
    return article


def check_version(article: Article, seen_version: int | None) -> None:
    """Check that an article has not been saved since `seen_version`, if that is known.

    Raises:
        Conflict: it has been saved since.
    """
    if seen_version not in (None, article.version):
        raise Conflict(article.version, article.updated_at)


async def move_slug(article: Article, slug: str, language: str, by: Viewer) -> None:
    """Keep an article's current slug as an old slug, before it gets `slug`.

    Raises:
        Invalid: another article of that language has `slug`.
        NotFound: one that `by` may not see has it.
    """
    await _check_slug(slug, language, by, article.id)
    await add_slugs(article.id, article.language, [article.slug])
    await SlugHistory.filter(article_id=article.id, slug=slug, language=language).delete()


async def add_slugs(article_id: int, language: str, slugs: list[str]) -> None:
    """Map old slugs to an article, replacing earlier owners, but no public one by a hidden one."""
    is_public = "EXISTS (SELECT 1 FROM article a WHERE a.id = {} AND a.status = 'PUBLISHED')"
    await run_many(
        "INSERT INTO slug_history (slug, language, article_id) VALUES (?, ?, ?)"
        " ON CONFLICT (slug, language) DO UPDATE SET article_id = excluded.article_id"
        f" WHERE {is_public.format('excluded.article_id')}"
        f" OR NOT {is_public.format('slug_history.article_id')}",
        [(slug, language, article_id) for slug in slugs],
    )


async def add_addresses(rows: list[tuple[int, str]]) -> None:
    """Store (article id, url) pairs, by which edges are bound; existing pairs are skipped."""
    await run_many(
        "INSERT INTO address (article_id, url_key) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(id_, key) for id_, url in rows if (key := url_key(url))],
    )


async def store(
    article: Article,
    values: dict[str, Any],
    by: Viewer,
    change: RevisionChange,
    tags_before: frozenset[str] = frozenset(),
    labels: Mapping[str, tuple[object, object]] = MappingProxyType({}),
) -> None:
    """Write `values` as a new version. The caller has held the write lock since its read.

    `tags_before` are those of `tags_of` from before the caller changed labels; `labels` are these
    changes for the audit trail, by ids.
    """
    turns = "status" in values  # it, and edges to and from it, become visible or hidden
    if values.get("status") is Status.PUBLISHED and article.status is not Status.PUBLISHED:
        slug = await slugs.slug_in_public(article)
        values = {"slug": slug, **values} if slug != article.slug else values
    if turns:
        tags_before |= await tags_of([article.id]) | await related.related_tags([article.id])
    moves = bool(values.keys() & {"slug", "language", "canonical_url"})
    old_locations = await locations([article.id]) if moves else []
    before = {name: getattr(article, name) for name in values}
    changes = audit.column_changes(before, values) | dict(labels)
    article.update_from_dict(values | {"version": article.version + 1, "updated_at": now()})
    await article.save(update_fields=[*values, "version", "updated_at"])
    if turns:
        tags_before |= await related.related_tags([article.id])
    await record_save(article, by, change, tags_before, old_locations)
    await audit.record_save(change, article.id, changes, by)
    if turns:
        await related.announce_edges(await related.bind_edges_to([article.id]))


async def record_save(
    article: Article,
    by: Viewer,
    change: RevisionChange,
    tags_before: frozenset[str] = frozenset(),
    old_locations: Iterable[ArticleLocation] = (),
) -> None:
    """Store what every save needs: a revision, an outbox event, lines of the change feed.

    `old_locations` are those from before the save, for purging caches.
    """
    await snapshots.record([article], by, change)
    if article.canonical_url:
        await add_addresses([(article.id, article.canonical_url)])
    await outbox.record([article.id])
    await outbox.announce(sorted(tags_before | await tags_of([article.id])), old_locations)


async def tags_of(article_ids: Iterable[int]) -> frozenset[str]:
    """Return the change feed's tags of these articles, and of all lists that contain them.

    Those are the lists of all articles, of their topics and these topics' ancestors, of their
    authors and translations, and of look-ups by their slugs, old ones too. A hidden article is in
    no list that readers see, so it has its own tag alone. Three statements.
    """
    ids = list(article_ids)
    tags = {f"article:{id_}" for id_ in ids}
    ids = list(await outbox.public_among(ids))
    if not ids:
        return frozenset(tags)
    rows = await run(
        "WITH RECURSIVE above(id, depth) AS ("
        f"SELECT topic_id, 0 FROM article_topic WHERE article_id IN ({marks(ids)}) UNION"
        " SELECT t.parent_id, above.depth + 1 FROM topic t JOIN above ON t.id = above.id"
        " WHERE t.parent_id IS NOT NULL AND above.depth < 16)"
        " SELECT 'topic:' || id AS tag FROM above UNION"
        f" SELECT 'author:' || author_id FROM article_author WHERE article_id IN ({marks(ids)})",
        [*ids, *ids],
    )
    tags |= {"articles", *(row["tag"] for row in rows)}
    for row in await run(
        f"SELECT slug, translation_key FROM article WHERE id IN ({marks(ids)}) UNION"
        f" SELECT slug, NULL FROM slug_history WHERE article_id IN ({marks(ids)})",
        [*ids, *ids],
    ):
        tags.add(f"slug:{digest(row['slug'])}")
        if row["translation_key"]:
            tags.add(f"translations:{digest(row['translation_key'])}")
    return frozenset(tags)


async def locations(article_ids: Iterable[int]) -> list[ArticleLocation]:
    """Return the locations of these articles, under current and old slugs, if ever public.

    One statement.
    """
    ids = list(article_ids)
    was_public = (
        "EXISTS (SELECT 1 FROM revision v WHERE v.article_id = a.id AND v.status = 'PUBLISHED')"
    )
    rows = await run(
        "SELECT a.id, a.slug, a.language, a.canonical_url FROM article a"
        f" WHERE a.id IN ({marks(ids)}) AND {was_public}"
        " UNION SELECT a.id, h.slug, h.language, a.canonical_url FROM slug_history h"
        f" JOIN article a ON a.id = h.article_id WHERE a.id IN ({marks(ids)}) AND {was_public}",
        [*ids, *ids],
    )
    return [
        ArticleLocation(row["id"], row["slug"], row["language"], row["canonical_url"])
        for row in rows
    ]


# ── private ───────────────────────────────────────────────────────────────────────────────────


async def _new_slug(
    requested: str | None, values: Mapping[str, Any], status: Status, by: Viewer
) -> str:
    if requested is None:
        base = slug_of(values["title"]) or "article"
        return await slugs.new_slug(base, values["language"], status)
    slug = validation.slug(requested)
    await _check_slug(slug, values["language"], by)
    return slug


async def _check_slug(slug: str, language: str, by: Viewer, article_id: int = 0) -> None:
    """Check that no article but this one has the slug.

    Raises:
        Invalid: another one has it.
        NotFound: another one has it that `by` may not see.
    """
    other = await Article.filter(slug=slug, language=language).exclude(id=article_id).first()
    if other is None:
        return
    if other.status.value not in article_statuses(by):
        raise NotFound("free slug", slug)
    raise Invalid("slug", f"{slug} is taken by another article in this language")


async def _set_labels(
    article_id: int, topics: tuple[str, ...] | None, authors: tuple[str, ...] | None
) -> dict[str, tuple[object, object]]:
    """Set labels by their names, None for those that stay; return the changes, ids of labels."""
    changes: dict[str, tuple[object, object]] = {}
    if topics is not None:
        drafts = [TopicDraft(name) for name in validation.names(topics, "topics")]
        ids = await ensure_topics(drafts)
        if change := await set_topics(article_id, [ids[draft] for draft in drafts]):
            changes["topics"] = change
    if authors is not None:
        bylines = [AuthorDraft(name) for name in validation.names(authors, "authors")]
        author_ids = await ensure_authors(bylines)
        if change := await set_authors(article_id, [author_ids[draft] for draft in bylines]):
            changes["authors"] = change
    return changes

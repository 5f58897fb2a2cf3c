"""Working versions: edits of an article that readers do not see until it is published.

A working version holds the parts that were edited, and nothing else: what an import or an editor
changes of the others meanwhile is kept when it is published. Edges are not part of it: those that
editors draw are seen at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import orjson

from hub import audit, snapshots
from hub.articles.restoring import apply_snapshot
from hub.articles.saving import check_slug, get_article
from hub.auth import Permission, Viewer, article_statuses, require_working_version
from hub.db.database import marks, run, transaction
from hub.db.timestamps import now
from hub.drafts import KEEP, ArticleChanges, AuthorDraft, TopicDraft, derive_columns
from hub.errors import Conflict, NotFound
from hub.media import rows as media
from hub.media.addresses import hashes_in
from hub.models import Article, RevisionChange, WorkingVersion
from hub.snapshots import COLUMNS, Snapshot
from hub.taxonomy import ensure_authors, ensure_topics
from hub.text import seo, validation
from hub.text.slugs import digest


async def save(
    article_id: int, changes: ArticleChanges, *, by: Viewer, seen_version: int | None = None
) -> int:
    """Add edits to the working version of an article, and return the number of its saves.

    It is created if there is none: then `seen_version` is 0. A part that is edited back to what is
    published is no longer part of it. A writer may save one of any article but a draft of others
    (see `require_working_version`), since nothing is published by it.

    Raises:
        NotAllowed: `by` is not a writer, or the article is no draft of its own; or it is about to
            be published, and `by` may not publish.
        NotFound: no such article that `by` may see.
        Invalid: a value is out of bounds, or the slug is in use in that language.
        Conflict: the working version has been saved since `seen_version`.
    """
    by.require(Permission.WRITE)
    inputs = {
        f.name: value for f in fields(changes) if (value := getattr(changes, f.name)) is not KEEP
    }
    values = await derive_columns(inputs)
    if isinstance(changes.slug, str):
        values["slug"] = validation.slug(changes.slug)
    return await _save(article_id, inputs, values, seen_version, by)


@transaction
async def _save(
    article_id: int,
    inputs: Mapping[str, Any],
    values: Mapping[str, Any],
    seen_version: int | None,
    by: Viewer,
) -> int:
    article = await _get_visible(article_id, by)
    await require_working_version(article, by)
    stored = await WorkingVersion.get_or_none(article_id=article_id)
    version = 0 if stored is None else stored.version
    if seen_version not in (None, version):
        raise Conflict(version, None if stored is None else stored.updated_at)
    current = (await snapshots.load([article]))[article_id]
    if "seo" in inputs:
        values = {**values, "metadata": seo.merge(current["metadata"], inputs["seo"])}
    edits = {name: snapshots.to_json(values[name]) for name in COLUMNS if name in values}
    edits |= await _labels(inputs)
    language = edits.get("language", article.language)
    if edits.get("slug", article.slug) != article.slug or language != article.language:
        await check_slug(edits.get("slug", article.slug), language, by, article_id)
    previous = {} if stored is None else orjson.loads(stored.changes)
    base = {} if stored is None else orjson.loads(stored.base)
    changed = {name: value for name, value in (previous | edits).items() if value != current[name]}
    if changed == previous:
        return version
    picture = seo.read(changed.get("metadata")).image
    hashes = hashes_in(changed.get("image_url"), changed.get("body_html"), picture)
    await media.add_uses((hash_, article_id) for hash_ in sorted(hashes))
    moment = now()
    row: dict[str, Any] = {
        "changes": orjson.dumps(changed).decode(),
        "base": orjson.dumps(
            {name: base.get(name) or _digest(current[name]) for name in changed}
        ).decode(),
        "version": version + 1,
        "editor": by.name,
        "updated_at": moment,
    }
    if stored is None:
        await WorkingVersion.create(article_id=article_id, created_at=moment, **row)
    else:
        await WorkingVersion.filter(id=stored.id).update(**row)
    changes = {name: (current[name], value) for name, value in edits.items()}
    await audit.record("article.edit", "Article", article_id, by=by, changes=changes)
    return version + 1


@transaction
async def discard(article_id: int, *, by: Viewer, seen_version: int | None = None) -> bool:
    """Delete the working version of an article; return whether there was one.

    Raises:
        NotAllowed: `by` is not a writer, or the article is no draft of its own.
        NotFound: no such article that `by` may see.
        Conflict: the working version has been saved since `seen_version`.
    """
    by.require(Permission.WRITE)
    article = await _get_visible(article_id, by)
    await require_working_version(article, by)
    stored = await WorkingVersion.get_or_none(article_id=article_id)
    if stored is not None and seen_version not in (None, stored.version):
        raise Conflict(stored.version, stored.updated_at)
    if stored is None:
        return False
    await WorkingVersion.filter(article_id=article_id).delete()
    changes = {name: (value, None) for name, value in orjson.loads(stored.changes).items()}
    await audit.record("article.discard", "Article", article_id, by=by, changes=changes)
    return True


async def publish_edits(article: Article, life: dict[str, Any], by: Viewer) -> bool:
    """Swap the working version of an article in, with its new status and date.

    The row of the working version is deleted. Returns False if there is none, and does nothing
    then. Within a transaction.
    """
    stored = await WorkingVersion.get_or_none(article_id=article.id)
    if stored is None:
        return False
    await WorkingVersion.filter(id=stored.id).delete()
    current = (await snapshots.load([article]))[article.id]
    merged = merge(current, orjson.loads(stored.changes))
    return await apply_snapshot(article, merged, by, RevisionChange.PUBLISHED, life=life)


def merge(current: Snapshot, changes: Mapping[str, Any]) -> Snapshot:
    """Return what an article will be once its working version is published."""
    merged = {**current, **changes}
    del merged["edges"]
    return merged


def conflicts(current: Snapshot, changes: Mapping[str, Any], base: Mapping[str, str]) -> list[str]:
    """Return the names of the parts that were changed since they were edited, by somebody else."""
    return [
        name
        for name, value in changes.items()
        if value != current.get(name) and _digest(current.get(name)) != base.get(name)
    ]


async def import_notes(articles: Sequence[Article]) -> dict[int, str]:
    """Return what an import reports of those articles that have a working version, by their ids.

    Within a transaction. One statement if there is none.
    """
    ids = [article.id for article in articles]
    rows = await run(
        f"SELECT article_id, changes, base FROM working_version WHERE article_id IN ({marks(ids)})",
        ids,
    )
    if not rows:
        return {}
    edited = {row["article_id"] for row in rows}
    current = await snapshots.load([article for article in articles if article.id in edited])
    notes = dict[int, str]()
    for row in rows:
        id_ = row["article_id"]
        edits, base = orjson.loads(row["changes"]), orjson.loads(row["base"])
        names = ", ".join(conflicts(current[id_], edits, base))
        notes[id_] = (
            f"conflict: has a working version in the hub, which differs from this import in"
            f" {names}, and replaces that when it is published"
            if names
            else "has a working version in the hub, which keeps its edits"
        )
    return notes


async def _get_visible(article_id: int, by: Viewer) -> Article:
    """Return an article that `by` may see. Raises NotFound."""
    article = await get_article(article_id)
    if article.status.value not in article_statuses(by):
        raise NotFound("article", article_id)
    return article


async def _labels(inputs: Mapping[str, Any]) -> Snapshot:
    """Return the labels of the inputs as a snapshot has them; missing ones are created."""
    labels: Snapshot = {}
    if "topics" in inputs:
        drafts = [TopicDraft(name) for name in validation.names(inputs["topics"], "topics")]
        ids = await ensure_topics(drafts)
        labels["topics"] = await _rows("topic", [ids[draft] for draft in drafts])
    if "authors" in inputs:
        bylines = [AuthorDraft(name) for name in validation.names(inputs["authors"], "authors")]
        persons = await ensure_authors(bylines)
        labels["authors"] = await _rows("author", [persons[draft] for draft in bylines])
    return labels


async def _rows(table: str, ids: Sequence[int]) -> list[list[Any]]:
    rows = await run(f"SELECT id, slug, name FROM {table} WHERE id IN ({marks(ids)})", ids)
    by_id = {row["id"]: [row["id"], row["slug"], row["name"]] for row in rows}
    return [by_id[id_] for id_ in dict.fromkeys(ids)]


def _digest(value: Any) -> str:
    return digest(orjson.dumps(value).decode())

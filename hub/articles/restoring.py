"""Apply a snapshot to an article: restore a version, or swap a working one in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub import related, slugs
from hub.articles import saving
from hub.auth import Viewer
from hub.drafts import INLINE_CHARACTERS, AuthorDraft, TopicDraft
from hub.errors import HubError
from hub.models import (
    Article,
    Kind,
    Relation,
    RelationKind,
    RelationOrigin,
    RevisionChange,
    Status,
)
from hub.snapshots import COLUMNS, EDGE, Snapshot
from hub.taxonomy import (
    AUTHORS,
    TOPICS,
    ensure_authors,
    ensure_topics,
    present_ids,
    set_authors,
    set_topics,
)
from hub.text import markup
from hub.text.slugs import headline_key

_LIFE = ("status", "published_at")
_TARGET = EDGE.index("target_id")


async def apply_snapshot(
    article: Article,
    snapshot: Snapshot,
    by: Viewer,
    change: RevisionChange,
    *,
    life: dict[str, Any] | None = None,
) -> bool:
    """Make an article what `snapshot` says, as a new version; return whether that changed anything.

    Status and date stay as they are, or become those of `life`; parts that the snapshot lacks stay.
    A slug that another article has by now is left out. Within a transaction.
    """
    values = {
        name: _from_json(name, snapshot[name])
        for name in COLUMNS
        if name in snapshot and name not in _LIFE
    } | (life or {})
    changed = {name: value for name, value in values.items() if getattr(article, name) != value}
    tags = await saving.tags_of([article.id])
    labels = await _set_labels(article.id, snapshot)
    edges = await _replace_edges(article.id, snapshot["edges"]) if "edges" in snapshot else []
    if not changed and not labels and not edges:
        return False
    await _move_slug(article, changed, by)
    if "title" in changed:
        changed["headline_key"] = headline_key(changed["title"])
    if "body_html" in changed:
        changed["body_text"] = await _to_text(changed["body_html"])
    await saving.store(article, changed, by, change, tags, labels)
    await related.announce_edges([*edges, *await related.bind_edges_to([article.id])])
    return True


def life_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return the status and the date of a snapshot, as far as it holds them."""
    return {name: _from_json(name, snapshot[name]) for name in _LIFE if name in snapshot}


async def _to_text(html: str) -> str:
    """Return the plain text of a body; of a long one, computed in a thread."""
    if len(html) <= INLINE_CHARACTERS:
        return markup.to_text(html)
    return await asyncio.to_thread(markup.to_text, html)


def _from_json(name: str, value: Any) -> Any:
    """Return the value of a column for its JSON."""
    match name:
        case "kind":
            return Kind(value)
        case "status":
            return Status(value)
        case "published_at":
            return value and datetime.fromisoformat(value)
        case _:
            return value


async def _move_slug(article: Article, changed: dict[str, Any], by: Viewer) -> None:
    """Move the article to its new slug; leave the slug as it is, if another article has that."""
    if not changed.keys() & {"slug", "language"}:
        return
    slug = changed.get("slug", article.slug)
    language = changed.get("language", article.language)
    try:
        await saving.move_slug(article, slug, language, by)
    except HubError:
        slug = article.slug
        if "language" in changed:
            status = changed.get("status", article.status)
            slug = await slugs.new_slug(slug, language, status, by)
            await saving.move_slug(article, slug, language, by)
        if slug == article.slug:
            changed.pop("slug", None)
        else:
            changed["slug"] = slug


async def _set_labels(article_id: int, snapshot: Snapshot) -> dict[str, tuple[object, object]]:
    """Set the topics and authors of a snapshot; those that are no more are created anew.

    A label that was merged into another one is that one.

    Returns the changes, ids of labels.
    """
    changes: dict[str, tuple[object, object]] = {}
    if "topics" in snapshot:
        ids = await present_ids(TOPICS, [row[0] for row in snapshot["topics"]])
        drafts = {id_: TopicDraft(name, slug) for id_, slug, name in snapshot["topics"]}
        created = await ensure_topics(draft for id_, draft in drafts.items() if id_ not in ids)
        topics = [ids.get(id_) or created[draft] for id_, draft in drafts.items()]
        if change := await set_topics(article_id, topics):
            changes["topics"] = change
    if "authors" in snapshot:
        ids = await present_ids(AUTHORS, [row[0] for row in snapshot["authors"]])
        bylines = {id_: AuthorDraft(name, slug) for id_, slug, name in snapshot["authors"]}
        persons = await ensure_authors(draft for id_, draft in bylines.items() if id_ not in ids)
        authors = [ids.get(id_) or persons[draft] for id_, draft in bylines.items()]
        if change := await set_authors(article_id, authors):
            changes["authors"] = change
    return changes


async def _existing(ids: Sequence[int]) -> set[int]:
    """Return those ids of which there is an article."""
    return {row.id for row in await Article.filter(id__in=ids).only("id")} if ids else set()


async def _replace_edges(source_id: int, edges: Sequence[Sequence[Any]]) -> list[related.Edge]:
    """Make the edges of an article those of a snapshot, in their order; return what has changed.

    An edge that is there stays the record that it is. One whose target is gone dangles, if it has
    names of its own.
    """
    stored: dict[tuple[Any, ...], list[Relation]] = {}
    for edge in (
        await Relation.filter(source_id=source_id)
        .exclude(origin=RelationOrigin.DERIVED)
        .order_by("rank", "id")
    ):
        stored.setdefault(_names(_values(edge)), []).append(edge)
    targets = await _existing([edge[_TARGET] for edge in edges if edge[_TARGET]])
    changed, dangling = list[related.Edge](), list[int]()
    for rank, values in enumerate(edges):
        target = values[_TARGET] if values[_TARGET] in targets else None
        row = dict(zip(EDGE, values, strict=True)) | {"target_id": target, "rank": rank}
        same = stored.get(_names(values))
        if same:
            edge = same.pop(0)
            new_target = target or edge.target_id  # type: ignore[attr-defined]
            if (edge.rank, edge.target_id) == (rank, new_target):  # type: ignore[attr-defined]
                continue
            await Relation.filter(id=edge.id).update(rank=rank, target_id=new_target)
        elif target or row["anchor"] or row["url"]:
            edge = await Relation.create(
                source_id=source_id,
                **row
                | {"kind": RelationKind(row["kind"]), "origin": RelationOrigin(row["origin"])},
            )
        else:
            continue
        if target is None:
            dangling.append(edge.id)
        changed.append(related.Edge(edge.id, source_id, target, related.names_target(edge)))
    removed = [edge for rest in stored.values() for edge in rest]
    await Relation.filter(id__in=[edge.id for edge in removed]).delete()
    changed += [
        related.Edge(edge.id, source_id, edge.target_id, related.names_target(edge))  # type: ignore[attr-defined]
        for edge in removed
    ]
    changed += await related.bind_edges(dangling)
    await related.drop_duplicates([source_id])
    return changed


def _values(edge: Relation) -> list[Any]:
    return [getattr(value := getattr(edge, name), "value", value) for name in EDGE]


def _names(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return what identifies an edge of an article: all but its target, unless that was chosen."""
    row = dict(zip(EDGE, values, strict=True))
    names = row["wanted_url"] or row["wanted_slug"] or row["wanted_headline"]
    target = None if names else row["target_id"]
    return (*(row[name] for name in EDGE if name not in ("target_id", "chosen")), target)

"""Suggestions: the derived edges of an article, which editors accept, hide, or leave as they are.

Besides, the order of the edges that people have drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub import audit, outbox, related, snapshots
from hub.auth import Permission, Viewer, article_statuses, require_revision
from hub.db.database import run, run_many, transaction
from hub.errors import Invalid, NotFound
from hub.models import Article, HiddenSuggestion, Relation, RelationKind, RelationOrigin

MAX_HIDDEN = 500
"""Maximum number of hidden suggestions of an article."""

_PAIR = ("source_id", "target_id")


@transaction
async def accept(relation_id: int, *, by: Viewer, kind: RelationKind = RelationKind.PINNED) -> int:
    """Make a suggestion an editor's edge of this kind, the last one; return its source's id.

    It keeps its weight and its reasons. `dangling.take_back` makes it a suggestion again.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the source is no draft of its own.
        NotFound: no such edge of an article that `by` may see, to one that `by` may see.
        Invalid: the edge is no suggestion, the kind is a derived one, or the source has 500 edges.
    """
    by.require(Permission.WRITE)
    if kind not in related.EDITORIAL:
        raise Invalid("kind", "is kept by the hub itself; accept it as an editorial kind")
    edge = await _visible_edge(relation_id, by)
    await require_revision(edge.source, by)
    if edge.origin is not RelationOrigin.DERIVED:
        raise Invalid("relationId", "is no suggestion: people have drawn it already")
    source_id, target_id = int(edge.source.id), int(edge.target_id)  # type: ignore[attr-defined]
    ranks = await _drawn_ranks(source_id)
    if len(ranks) >= related.MAX_EDGES:
        raise Invalid("relationId", f"its source has {related.MAX_EDGES} related articles already")
    edge.kind, edge.origin, edge.accepted_from = kind, RelationOrigin.EDITOR, RelationOrigin.DERIVED
    edge.chosen, edge.rank = True, 1 + max(ranks.values(), default=-1)
    await edge.save(update_fields=["kind", "origin", "accepted_from", "chosen", "rank"])
    await audit.record_row("suggestion.accept", edge, related.AUDITED, by=by)
    await snapshots.amend(source_id)
    await related.announce_edges([related.Edge(relation_id, source_id, target_id)])
    await outbox.announce([related.DERIVED_TAG])
    return source_id


@transaction
async def hide(source_id: int, target_id: int, *, by: Viewer) -> None:
    """Never suggest an article for another again; what people have drawn stays. Idempotent.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the source is no draft of its own.
        NotFound: no such article that `by` may see.
        Invalid: both are the same, or 500 are hidden for the source already.
    """
    await _check_pair(source_id, target_id, by)
    if await HiddenSuggestion.filter(source_id=source_id).count() >= MAX_HIDDEN:
        raise Invalid("suggestedId", f"{MAX_HIDDEN} suggestions are hidden for it already")
    row, is_new = await HiddenSuggestion.get_or_create(source_id=source_id, target_id=target_id)
    if not is_new:
        return
    await Relation.filter(
        source_id=source_id, target_id=target_id, origin=RelationOrigin.DERIVED
    ).delete()
    await audit.record_row("suggestion.hide", row, _PAIR, by=by)
    await outbox.mark_neighbours_due([source_id])  # the next one takes its place
    await outbox.announce([related.DERIVED_TAG, f"article:{source_id}"])


@transaction
async def unhide(source_id: int, target_id: int, *, by: Viewer) -> None:
    """Let a hidden article be suggested again: it is a moment later, if it is still close enough.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the source is no draft of its own.
        NotFound: no such article that `by` may see, or it is not hidden for the source.
        Invalid: both are the same.
    """
    await _check_pair(source_id, target_id, by)
    row = await HiddenSuggestion.get_or_none(source_id=source_id, target_id=target_id)
    if row is None:
        raise NotFound("hidden suggestion", target_id)
    await row.delete()
    await audit.record_row("suggestion.unhide", row, _PAIR, by=by, is_deleted=True)
    await outbox.mark_neighbours_due([source_id])


@transaction
async def order(source_id: int, relation_ids: Sequence[int], *, by: Viewer) -> None:
    """Put these edges of an article first, in this order; its others follow in theirs.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the source is no draft of its own.
        NotFound: no such article that `by` may see.
        Invalid: an edge is named twice, or is none that people have drawn from this article.
    """
    by.require(Permission.WRITE)
    await require_revision(await related.visible_article(source_id, by), by)
    ranks = await _drawn_ranks(source_id)
    if len(set(relation_ids)) < len(relation_ids):
        raise Invalid("relationIds", "names an edge twice")
    if unknown := [id_ for id_ in relation_ids if id_ not in ranks]:
        place = relation_ids.index(unknown[0])
        raise Invalid(
            f"relationIds.{place}",
            "is no edge that people have drawn from this article; accept a suggestion first",
        )
    before = list(ranks)
    after = [*relation_ids, *(id_ for id_ in before if id_ not in set(relation_ids))]
    moved = [(place, id_) for place, id_ in enumerate(after) if ranks[id_] != place]
    if not moved:
        return
    await run_many("UPDATE relation SET rank = ? WHERE id = ?", moved)
    await audit.record(
        "relation.order",
        "Article",
        source_id,
        by=by,
        changes={"relation_ids": (_listed(before), _listed(after))},
    )
    await snapshots.amend(source_id)
    await related.announce_edges([related.Edge(id_, source_id, None, shown=True) for id_ in after])


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids))


async def _drawn_ranks(source_id: int) -> dict[int, int]:
    """Return the ranks of an article's edges of people by their ids, in their order."""
    rows = await run(
        "SELECT id, rank FROM relation WHERE source_id = ? AND origin <> 'DERIVED'"
        " ORDER BY rank, id",
        [source_id],
    )
    return {row["id"]: row["rank"] for row in rows}


async def _check_pair(source_id: int, target_id: int, by: Viewer) -> None:
    by.require(Permission.WRITE)
    await require_revision(await related.visible_article(source_id, by), by)
    await related.visible_article(target_id, by)
    if source_id == target_id:
        raise Invalid("suggestedId", "an article is never suggested for itself")


async def _visible_edge(relation_id: int, by: Viewer) -> Relation:
    """Return an edge, with its source, whose ends the viewer may see. Raises NotFound."""
    edge = await Relation.get_or_none(
        id=relation_id, source__status__in=article_statuses(by)
    ).select_related("source")
    target_id = None if edge is None else edge.target_id  # type: ignore[attr-defined]
    visible = Article.filter(id=target_id, status__in=article_statuses(by))
    if edge is None or (target_id is not None and not await visible.exists()):
        raise NotFound("relation", relation_id)
    return edge

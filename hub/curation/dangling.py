"""Edges that lead to no article: for reports of imports, and for editors who bind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hub import audit, outbox, related, snapshots
from hub.auth import (
    Permission,
    Viewer,
    article_condition,
    dangling_condition,
    require_revision,
)
from hub.db.database import marks, run, transaction
from hub.drafts import RelationDraft
from hub.errors import Invalid, NotFound
from hub.models import Article, Relation, RelationOrigin, Status
from hub.text.slugs import headline_key, url_key


class DanglingLink(NamedTuple):
    """A link that leads to no article, with the titles of the articles that hold it, in order."""

    anchor: str
    url: str | None
    titles: tuple[str, ...] = ()


async def dangling_edges(sources: Iterable[str], viewer: Viewer) -> list[DanglingLink]:
    """Return the links of articles of these sources that lead to no article, each once, in order.

    Those from articles, and except those to articles, that `viewer` may see. One statement.
    """
    names = list(sources)
    source, target = (article_condition(viewer, f"r.{end}_id") for end in ("source", "target"))
    dangles = dangling_condition(viewer, "target_id")
    rows = await run(
        "SELECT DISTINCT r.anchor, r.url, a.title FROM relation r"
        " JOIN article a ON a.id = r.source_id"
        f" WHERE a.source IN ({marks(names)}) AND {dangles} AND {source.sql}"
        f" AND NOT {target.sql} ORDER BY r.anchor, r.url, a.title",
        [*names, *source.args, *target.args],
    )
    titles: dict[tuple[str, str | None], list[str]] = {}
    for row in rows:
        titles.setdefault((row["anchor"], row["url"]), []).append(row["title"])
    return [DanglingLink(*link, tuple(names)) for link, names in titles.items()]


@transaction
async def accept(relation_id: int, target_id: int, *, by: Viewer) -> int:
    """Let a dangling edge lead to an article, with its words, and return its source's id.

    From then on it is an editor's edge: an import of its source leaves it as it is, and does not
    bring it again.

    Raises:
        NotAllowed: `by` is no writer who may read what is not published, or may not publish and the
            source is no draft of its own.
        NotFound: no such edge or article.
        Invalid: the edge leads to an article already, or the article is its source.
    """
    by.require(Permission.WRITE)
    by.require(Permission.READ)
    edge = await Relation.get_or_none(id=relation_id).select_related("source")
    if edge is None:
        raise NotFound("relation", relation_id)
    await require_revision(edge.source, by)
    if not await Article.exists(id=target_id):
        raise NotFound("article", target_id)
    source_id = int(edge.source.id)
    if target_id == source_id:
        raise Invalid("articleId", "an article cannot be related to itself")
    if edge.target_id is not None:  # type: ignore[attr-defined]
        raise Invalid("relationId", "leads to an article already; unlink it first")
    is_shown = related.names_target(edge)
    edge.target_id = target_id
    edge.accepted_from, edge.origin, edge.chosen = edge.origin, RelationOrigin.EDITOR, True
    await edge.save(update_fields=["target_id", "chosen", "origin", "accepted_from"])
    await audit.record_row("relation.link", edge, related.AUDITED, by=by)
    await related.drop_duplicates([source_id])
    await snapshots.amend(source_id)
    await related.announce_edges([related.Edge(relation_id, source_id, target_id, is_shown)])
    return source_id


@transaction
async def take_back(relation_id: int, *, by: Viewer) -> int:
    """Undo that a dangling edge or a suggestion was accepted, and return its source's id.

    The edge dangles again, unless an article has its name by now, and is an import's if it was; a
    suggestion is one of the hub's again, if the two are still close enough a moment later.

    Raises:
        NotAllowed: `by` is no writer who may read what is not published, or may not publish and the
            source is no draft of its own.
        NotFound: no such edge.
        Invalid: the edge was not accepted.
    """
    by.require(Permission.WRITE)
    by.require(Permission.READ)
    edge = await Relation.get_or_none(id=relation_id).select_related("source")
    if edge is None:
        raise NotFound("relation", relation_id)
    await require_revision(edge.source, by)
    if edge.accepted_from is None:
        raise Invalid("relationId", "was not accepted; unlink it to take it away")
    if edge.accepted_from is RelationOrigin.DERIVED:
        return await related.delete_edge(edge, by=by)
    source_id, target_id = int(edge.source.id), edge.target_id  # type: ignore[attr-defined]
    await audit.record_row("relation.unlink", edge, related.AUDITED, by=by, is_deleted=True)
    edge.origin, edge.chosen = edge.accepted_from, False
    edge.accepted_from = edge.target_id = None  # type: ignore[assignment]
    await edge.save(update_fields=["target_id", "chosen", "origin", "accepted_from"])
    changes = [related.Edge(relation_id, source_id, target_id, related.names_target(edge))]
    changes += await related.bind_edges([relation_id])
    if edge.source.status is Status.PUBLISHED:
        await outbox.mark_neighbours_due([source_id])
    await snapshots.amend(source_id)
    await related.announce_edges(changes)
    return source_id


async def unbound_relations(drafts: Sequence[RelationDraft]) -> list[RelationDraft]:
    """Return those drafts that name no stored article. Three statements at most."""
    urls = [url_key(draft.url) for draft in drafts if draft.url]
    slugs = [draft.slug for draft in drafts if draft.slug]
    headlines = [headline_key(draft.anchor) for draft in drafts if draft.by_headline]
    existing = set[tuple[str, str]]()
    for kind, sql, keys in (
        ("url", "SELECT url_key FROM address WHERE url_key IN ({})", urls),
        (
            "slug",
            "SELECT slug FROM article WHERE slug IN ({0})"
            " UNION SELECT slug FROM slug_history WHERE slug IN ({0})",
            slugs,
        ),
        ("headline", "SELECT headline_key FROM article WHERE headline_key IN ({})", headlines),
    ):
        if keys:
            rows = await run(sql.format(marks(keys)), keys * (2 if kind == "slug" else 1))
            existing |= {(kind, row[0]) for row in rows}
    return [
        draft
        for draft in drafts
        if not existing
        & {
            ("url", url_key(draft.url or "")),
            ("slug", draft.slug or ""),
            ("headline", headline_key(draft.anchor) if draft.by_headline else ""),
        }
    ]

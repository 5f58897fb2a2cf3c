"""The related graph: create edges, bind them to their targets, and delete them. Its only writer.

An edge that names its target by url, slug or headline is bound as soon as such an article exists,
whichever came first, and dangles again when the article is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from tortoise.expressions import Q

from hub import audit, outbox, snapshots
from hub.auth import Permission, Viewer, article_statuses, require_revision
from hub.db.database import marks, run, run_many, transaction
from hub.drafts import RelationDraft
from hub.errors import Invalid, NotFound
from hub.models import Article, HiddenSuggestion, Relation, RelationKind, RelationOrigin, Status
from hub.models.article import URL_LENGTH
from hub.text import validation
from hub.text.slugs import headline_key, url_key

MAX_EDGES = 500
"""Maximum number of edges of an article."""

EDITORIAL = frozenset(kind for kind in RelationKind if kind.is_editorial)
DERIVED_TAG = "similar"
"""The change feed's tag of derived edges, as listed at their targets."""

DERIVED_RANK = 1_000_000
"""The rank of an article's first derived edge: editorial edges come before it."""

AUDITED = ("source_id", "kind", "target_id", "wanted_headline", "url")
_PUBLIC, _HIDDEN = (f"CAST(a.status AS TEXT) {operator} 'PUBLISHED'" for operator in ("=", "<>"))


def _matches(visibility: str) -> str:
    """Return subqueries for the article that `r` names: by url, by slug, by headline.

    The earliest of several matching articles: a later one of the same headline changes no edge.
    """
    best = (
        f"a.id <> r.source_id AND {visibility}"
        " ORDER BY a.published_at NULLS LAST, a.source_key NULLS FIRST, a.id LIMIT 1"
    )
    return (
        "(SELECT a.id FROM address k JOIN article a ON a.id = k.article_id"
        f" WHERE k.url_key = r.wanted_url AND {best}),"
        " (SELECT a.id FROM article a WHERE a.id IN ("
        "SELECT id FROM article WHERE slug = r.wanted_slug"
        f" UNION SELECT article_id FROM slug_history WHERE slug = r.wanted_slug) AND {best}),"
        f" (SELECT a.id FROM article a WHERE a.headline_key = r.wanted_headline AND {best})"
    )


_BOUND_TO = (
    f"COALESCE({_matches(_PUBLIC)},"
    f" (SELECT a.id FROM article a WHERE a.id = r.target_id AND {_PUBLIC}),"
    f" {_matches(_HIDDEN)}, r.target_id)"
)
"""The article that the edge `r` is bound to: a public one that it names, before its present target
if that is public, before hidden ones. So nothing hidden takes a name from what readers see."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge's source and target; the target is None while it dangles.

    `shown`: readers see the change of this edge even if its target is hidden or None.
    """

    id: int
    source_id: int
    target_id: int | None
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of a derived edge: `WORDS`, `TOPICS` or `LINKS` in common, which, and a weight.

    `article_ids` are of some of the articles that both link to, or that link to both.
    """

    kind: str
    detail: str
    weight: float
    article_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A derived edge to be stored. `weight` in (0, 1] is the sum of its reasons' weights."""

    target_id: int
    kind: RelationKind
    weight: float
    because: tuple[Reason, ...]


@transaction
async def link(
    source_id: int,
    *,
    kind: RelationKind,
    by: Viewer,
    target_id: int | None = None,
    headline: str | None = None,
    url: str | None = None,
    anchor: str | None = None,
    position: int | None = None,
    rank: int | None = None,
) -> int:
    """Create an edge, and return its id, or that of an existing edge of this kind and target.

    The target is given by id, or named by headline or url: then the edge dangles until such an
    article exists. Without `anchor`, the text of a link to an id is the target's present title.
    `rank` is its position among the source's edges, the last by default.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the source is no draft of its own.
        NotFound: no such source or target that `by` may see.
        Invalid: the kind is a derived one, no target is named, the target is the source, or the
            source has 500 edges already.
    """
    by.require(Permission.WRITE)
    if kind not in EDITORIAL:
        raise Invalid("kind", "is kept by the hub itself; link by an editorial kind")
    await require_revision(await visible_article(source_id, by), by)
    if target_id == source_id:
        raise Invalid("target", "an article cannot be related to itself")
    if target_id is not None:
        await visible_article(target_id, by)
    elif headline is None and url is None:
        raise Invalid("target", "name the target by id, headline or url")
    words = anchor or headline or (url if target_id is None else None)
    text = validation.line(words, "anchor") if words else ""
    if position is not None and position < 0:
        raise Invalid("position", "must not be negative")
    edges = await run(
        "SELECT id, kind, target_id, rank FROM relation WHERE source_id = ? AND origin <> ?",
        [source_id, RelationOrigin.DERIVED.value],
    )
    for id_, old_kind, old_target, _ in edges:
        if target_id is not None and (old_kind, old_target) == (kind.value, target_id):
            return int(id_)
    if len(edges) >= MAX_EDGES:
        raise Invalid("source", f"has {MAX_EDGES} related articles already")
    edge = await Relation.create(
        source_id=source_id,
        target_id=target_id,
        kind=kind,
        origin=RelationOrigin.EDITOR,
        rank=1 + max((row["rank"] for row in edges), default=-1) if rank is None else rank,
        position=position,
        anchor=text,
        url=validation.url(url, "url"),
        chosen=target_id is not None,
        wanted_url=url_key(url) or None if url else None,
        wanted_headline=headline_key(headline) or None if headline else None,
    )
    await audit.record_row("relation.link", edge, AUDITED, by=by)
    bound = await bind_edges([edge.id])
    await drop_duplicates([source_id])
    await snapshots.amend(source_id)
    target = bound[0].target_id if bound else target_id
    await announce_edges([Edge(edge.id, source_id, target, names_target(edge))])
    return int(edge.id)


@transaction
async def unlink(relation_id: int, *, by: Viewer) -> int:
    """Delete an edge, and return its source's id. The hub may suggest its target again.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the source is no draft of its own.
        NotFound: no such edge of an article that `by` may see.
    """
    by.require(Permission.WRITE)
    edge = await Relation.get_or_none(
        id=relation_id, source__status__in=article_statuses(by)
    ).select_related("source")
    if edge is None:
        raise NotFound("relation", relation_id)
    await require_revision(edge.source, by)
    return await delete_edge(edge, by=by)


@transaction
async def replace_neighbours(by_source: Mapping[int, Sequence[Neighbour]]) -> None:
    """Replace the derived edges of each of these articles, best first, and clear their due marks.

    A target with an editorial or imported edge is skipped, and a hidden one. If an article itself
    had changed, its old and new neighbours become due. Unchanged edges are not written.
    """
    ids = list(by_source)
    existing_ids = {
        row["id"] for row in await run(f"SELECT id FROM article WHERE id IN ({marks(ids)})", ids)
    }
    spreading = await outbox.clear_neighbours_due(ids)
    old: dict[int, list[Relation]] = {id_: [] for id_ in ids}
    linked: set[tuple[int, int | None]] = set()
    for edge in await Relation.filter(source_id__in=ids).order_by("rank"):
        source_id, target_id = edge.source_id, edge.target_id  # type: ignore[attr-defined]
        if edge.origin is RelationOrigin.DERIVED:
            old[source_id].append(edge)
        else:
            linked.add((source_id, target_id))
    hidden = HiddenSuggestion.filter(source_id__in=ids)
    linked.update(await hidden.values_list("source_id", "target_id"))
    changed, fresh = [], []
    for source_id, neighbours in by_source.items():
        if source_id not in existing_ids:
            continue
        edges = [
            _build_derived(source_id, rank, neighbour)
            for rank, neighbour in enumerate(
                item for item in neighbours if (source_id, item.target_id) not in linked
            )
        ]
        if list(map(_visible_values, edges)) != list(map(_visible_values, old[source_id])):
            changed.append(source_id)
            fresh += edges
        if source_id in spreading:
            await outbox.mark_neighbours_due(
                {item.target_id for item in neighbours}
                | {edge.target_id for edge in old[source_id]}  # type: ignore[attr-defined]
            )
    await Relation.filter(source_id__in=changed, origin=RelationOrigin.DERIVED).delete()
    await Relation.bulk_create(fresh)
    if changed:
        await outbox.announce([DERIVED_TAG, *(f"article:{id_}" for id_ in changed)])


def names_target(edge: Relation) -> bool:
    """Return whether readers see the edge while its target is hidden, as `hub.auth`."""
    return (
        not edge.chosen
        and edge.origin is not RelationOrigin.DERIVED
        and edge.kind is not RelationKind.PINNED
    )


def _build_derived(source_id: int, rank: int, neighbour: Neighbour) -> Relation:
    reasons = [
        [reason.kind, reason.detail, round(reason.weight, 3), reason.article_ids]
        for reason in neighbour.because
    ]
    return Relation(
        source_id=source_id,
        target_id=neighbour.target_id,
        kind=neighbour.kind,
        origin=RelationOrigin.DERIVED,
        rank=DERIVED_RANK + rank,
        anchor="",
        weight=round(neighbour.weight, 3),
        because=orjson.dumps(reasons).decode(),
    )


def _visible_values(edge: Relation) -> tuple[object, ...]:
    """Return the values of a derived edge that readers see, for comparison."""
    return (edge.target_id, edge.kind, edge.anchor, edge.weight, edge.because)  # type: ignore[attr-defined]


async def visible_article(id_: int, viewer: Viewer) -> Article:
    """Return an article that the viewer may see. Raises NotFound."""
    visible = Article.filter(id=id_, status__in=article_statuses(viewer))
    article = await visible.only("id", "status").first()
    if article is None:
        raise NotFound("article", id_)
    return article


def _imported_url(url: str | None) -> str | None:
    """Return the url of an imported edge, perhaps relative; None for scripts and long ones."""
    return url if url and len(url) <= URL_LENGTH and validation.is_web_url(url) else None


# ── helpers for services, within their transaction ────────────────────────────────────────────


async def replace_imported(
    source_ids: Sequence[int], drafts: Sequence[Sequence[RelationDraft]]
) -> None:
    """Replace the imported edges of each source by `drafts`, not bound yet.

    Edges of editors stay; at most 500 per article are stored.
    """
    await Relation.filter(source_id__in=source_ids, origin=RelationOrigin.IMPORT).delete()
    await Relation.bulk_create(
        [
            Relation(
                source_id=source_id,
                kind=draft.kind,
                origin=RelationOrigin.IMPORT,
                rank=rank,
                position=draft.position,
                anchor=draft.anchor[:500],
                chosen=draft.chosen,
                url=_imported_url(draft.url),
                wanted_url=(url_key(draft.url) or None) if draft.url else None,
                wanted_slug=draft.slug,
                wanted_headline=(headline_key(draft.anchor) or None) if draft.by_headline else None,
            )
            for source_id, edges in zip(source_ids, drafts, strict=True)
            for rank, draft in enumerate(edges[:MAX_EDGES])
        ]
    )
    await run(  # what an editor has bound by hand is there already
        f"DELETE FROM relation WHERE source_id IN ({marks(source_ids)}) AND origin = 'IMPORT'"
        " AND EXISTS (SELECT 1 FROM relation o WHERE o.source_id = relation.source_id"
        " AND o.kind = relation.kind AND o.origin = 'EDITOR' AND o.chosen = TRUE"
        " AND (o.wanted_headline = relation.wanted_headline OR o.wanted_url = relation.wanted_url"
        " OR o.wanted_slug = relation.wanted_slug))",
        source_ids,
    )


async def delete_edge(edge: Relation, *, by: Viewer) -> int:
    """Delete an edge, which has its source, and return that one's id."""
    source_id, target_id = edge.source.id, edge.target_id  # type: ignore[attr-defined]
    await Relation.filter(id=edge.id).delete()
    await audit.record_row("relation.unlink", edge, AUDITED, by=by, is_deleted=True)
    if edge.origin is not RelationOrigin.DERIVED and edge.source.status is Status.PUBLISHED:
        await outbox.mark_neighbours_due([source_id])
    await snapshots.amend(source_id)
    await announce_edges([Edge(edge.id, source_id, target_id, names_target(edge))])
    return int(source_id)


async def bind_edges(relation_ids: Iterable[int]) -> list[Edge]:
    """Bind these edges to the articles they name, and return those whose target has changed.

    A public article before a hidden one; url before slug before headline; of several articles, the
    one published first. An edge whose target was selected by hand, or whose names match no article,
    stays as it is.
    """
    ids = list(relation_ids)
    rows = await run(
        f"SELECT r.id, r.source_id, r.target_id, {_BOUND_TO} AS found FROM relation r"
        f" WHERE r.id IN ({marks(ids)}) AND (r.chosen = FALSE OR r.target_id IS NULL)",
        ids,
    )
    moved = [row for row in rows if row["found"] != row["target_id"]]
    await run_many(
        "UPDATE relation SET target_id = ? WHERE id = ?",
        [(row["found"], row["id"]) for row in moved],
    )
    await drop_duplicates([row["source_id"] for row in moved])
    return [Edge(row["id"], row["source_id"], row["found"]) for row in moved]


async def drop_duplicates(source_ids: Sequence[int]) -> None:
    """Delete derived edges whose target has an editorial or imported edge from the same source."""
    for start in range(0, len(source_ids), 500):
        batch = list(dict.fromkeys(source_ids[start : start + 500]))
        await run(
            f"DELETE FROM relation WHERE source_id IN ({marks(batch)}) AND origin = ? AND EXISTS"
            " (SELECT 1 FROM relation o WHERE o.source_id = relation.source_id"
            " AND o.target_id = relation.target_id AND o.origin <> relation.origin)",
            [*batch, RelationOrigin.DERIVED.value],
        )


async def bind_edges_to(article_ids: Iterable[int]) -> list[Edge]:
    """Bind every edge that names one of these articles, if that is its best match."""
    ids = list(article_ids)
    in_ids = f"IN ({marks(ids)})"
    rows = await run(
        "SELECT r.id FROM address k JOIN relation r ON r.wanted_url = k.url_key"
        f" WHERE k.article_id {in_ids}"
        " UNION SELECT r.id FROM article a JOIN relation r ON r.wanted_headline = a.headline_key"
        f" WHERE a.id {in_ids} AND a.headline_key <> ''"
        " UNION SELECT r.id FROM article a JOIN relation r ON r.wanted_slug = a.slug"
        f" WHERE a.id {in_ids}"
        " UNION SELECT r.id FROM slug_history h JOIN relation r ON r.wanted_slug = h.slug"
        f" WHERE h.article_id {in_ids}",
        ids * 4,
    )
    moved = []
    for start in range(0, len(rows), 1000):
        moved += await bind_edges([row["id"] for row in rows[start : start + 1000]])
    return moved


async def unbind_edges_to(article: Article) -> list[Edge]:
    """Let the edges to an article dangle before it is deleted, and return those edges.

    An edge without words or an address of its own is deleted. One that an editor has selected stays
    selected if the article is hidden, since readers have never seen it. After the row is deleted,
    `bind_edges` may bind the others to another article.
    """
    is_public = article.status is Status.PUBLISHED
    edges = [
        Edge(row["id"], row["source_id"], None, shown=is_public)
        for row in await run(
            "SELECT id, source_id FROM relation WHERE target_id = ? AND origin <> ?",
            [article.id, RelationOrigin.DERIVED.value],
        )
    ]
    to_article = Relation.filter(target_id=article.id)
    await to_article.filter(Q(origin=RelationOrigin.DERIVED) | Q(anchor="", url=None)).delete()
    if is_public:
        await to_article.update(target_id=None, chosen=False)
    else:
        await to_article.update(target_id=None)
    return edges


async def related_tags(article_ids: Iterable[int]) -> frozenset[str]:
    """Return the change feed's tags of all articles that have an edge with a public one of these.

    A hidden article, and what it is related to, look the same to readers whatever happens to it.
    """
    ids = list(await outbox.public_among(article_ids))
    rows = await run(
        f"SELECT target_id AS id FROM relation WHERE source_id IN ({marks(ids)})"
        " AND target_id IS NOT NULL UNION SELECT source_id FROM relation"
        f" WHERE target_id IN ({marks(ids)})",
        [*ids, *ids],
    )
    tags = {f"article:{row['id']}" for row in rows}
    return frozenset(tags | {DERIVED_TAG} if tags else tags)


async def announce_edges(edges: Iterable[Edge]) -> None:
    """Announce the sources and targets of these edges in the change feed.

    An end is announced if it is hidden, as staff alone hear of it then, or if readers see the
    change: of a source, if the target is public or the edge `shown`; of a target, if the source is
    public.
    """
    edges = list(edges)
    ends = (id_ for edge in edges for id_ in (edge.source_id, edge.target_id) if id_)
    public = await outbox.public_among(ends)
    changed = set[int]()
    for edge in edges:
        if edge.shown or edge.target_id in public or edge.source_id not in public:
            changed.add(edge.source_id)
        if edge.target_id and (edge.source_id in public or edge.target_id not in public):
            changed.add(edge.target_id)
    await outbox.announce(f"article:{id_}" for id_ in sorted(changed))

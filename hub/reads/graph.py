"""Reads of the related graph as a whole: what is around an article, and how two are joined.

Edges are followed from source to target, through articles that the viewer may see alone: an edge to
a hidden one is absent, and so is what lies behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from hub.auth import ANONYMOUS, Viewer, article_condition, article_statuses
from hub.db.database import Reader, marks
from hub.db.timestamps import to_iso
from hub.reads.articles import UNINDEXED_STATUS
from hub.reads.related import ANCHOR, STRENGTH, strongest

MAX_DEPTH = 3
MAX_NODES = 200
MAX_EDGES = 24
"""Edges that are followed from an article, at most."""

MAX_STEPS = 6
MAX_EDGES_READ = 20_000
"""Edges that a search for a path reads, at most: some 60 ms."""

STORY_STEPS = 2
"""Edges between an article and those of its story, at most."""

_KEYS = 500
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_BITS = " ".join(f"WHEN '{kind}' THEN {1 << place}" for place, kind in enumerate(STRENGTH))


class GraphEdge(NamedTuple):
    """All edges from one article to another: the strongest, and the kinds of all of them.

    `because` and `origin` are those of the strongest, as `hub.models.Relation` has them.
    """

    relation_id: int
    source_id: int
    target_id: int
    kind: str
    anchor: str
    weight: float
    because: str | None
    origin: str
    kinds: tuple[str, ...]


class Graph(NamedTuple):
    """Articles by id, each with its distance from the first, and the edges among them.

    `is_complete`: certainly no article is left out because there are 200 already.
    """

    nodes: dict[int, int]
    edges: list[GraphEdge]
    is_complete: bool


async def neighbourhood(
    db: Reader, id_: int, viewer: Viewer, *, depth: int, first: int, kinds: Sequence[str] = ()
) -> Graph:
    """Return the articles up to `depth` edges away from one that the viewer may see.

    By distance, at most 200; the `first` edges of each in their order, but none of the farthest
    articles. One statement for each step.
    """
    nodes, edges, is_complete = {id_: 0}, list[GraphEdge](), True
    frontier = [id_]
    for distance in range(1, depth + 1):
        of_source: dict[int, list[GraphEdge]] = {source: [] for source in frontier}
        is_full = len(nodes) == MAX_NODES  # then only the edges among these are left to be read
        for edge in await _edges(
            db, frontier, viewer, kinds, first, list(nodes) if is_full else ()
        ):
            of_source[edge.source_id].append(edge)
        is_complete = is_complete and not is_full
        frontier = []
        for edge in (edge for group in of_source.values() for edge in group):
            if edge.target_id not in nodes:
                if len(nodes) == MAX_NODES:
                    is_complete = False
                    continue
                nodes[edge.target_id] = distance
                frontier.append(edge.target_id)
            edges.append(edge)
        if not frontier:
            break
    return Graph(nodes, edges, is_complete)


async def path(
    db: Reader, source_id: int, target_id: int, viewer: Viewer, *, kinds: Sequence[str] = ()
) -> list[GraphEdge] | None:
    """Return the edges of a shortest way from one article to another; both are visible.

    None if there is none of at most 6 edges, or if 20,000 edges were read without finding one.
    Searches from both ends, the smaller side first. One statement for 500 articles.
    """
    if source_id == target_id:
        return []
    origins: tuple[dict[int, int], dict[int, int]] = ({source_id: 0}, {target_id: 0})
    frontiers = [[source_id], [target_id]]
    left = MAX_EDGES_READ
    for _ in range(MAX_STEPS):
        side = int(len(frontiers[0]) > len(frontiers[1]))
        visited, frontier = origins[side], list[int]()
        for batch in _batches(frontiers[side]):
            rows = await _ends(db, batch, viewer, kinds, left, backward=bool(side))
            left -= len(rows)
            for near, far in rows:
                if far not in visited:
                    visited[far] = near
                    frontier.append(far)
        meeting = next((id_ for id_ in frontier if id_ in origins[1 - side]), None)
        if meeting is not None:
            return await _edges_along(db, _way(meeting, *origins), viewer, kinds)
        if not frontier or left <= 0:
            return None
        frontiers[side] = frontier
    return None


def _way(meeting: int, before: dict[int, int], after: dict[int, int]) -> list[int]:
    way = [meeting]
    while id_ := before[way[0]]:
        way.insert(0, id_)
    while id_ := after[way[-1]]:
        way.append(id_)
    return way


async def _edges_along(
    db: Reader, way: Sequence[int], viewer: Viewer, kinds: Sequence[str]
) -> list[GraphEdge] | None:
    """Return the edges between articles that follow each other; None if one has gone meanwhile."""
    by_pair = {
        (edge.source_id, edge.target_id): edge
        for edge in await _edges(db, way[:-1], viewer, kinds, None, way[1:])
    }
    edges = [by_pair.get(pair) for pair in pairwise(way)]
    return [edge for edge in edges if edge] if all(edges) else None


async def _edges(
    db: Reader,
    sources: Sequence[int],
    viewer: Viewer,
    kinds: Sequence[str],
    first: int | None,
    targets: Sequence[int] = (),
) -> list[GraphEdge]:
    """Return the `first` edges of each source to visible articles, or to `targets`, by rank.

    One statement. The unary plus keeps SQLite from looking up each pair of ends.
    """
    statuses = article_statuses(viewer)
    of_kinds = f" AND r.kind IN ({marks(kinds)})" if kinds else ""
    to_targets = f" AND +r.target_id IN ({marks(targets)})" if targets else ""
    rows = await db.rows(
        "SELECT e.id, e.source_id, e.target_id, e.kind, e.anchor, e.weight, e.because, e.origin,"
        f" (SELECT sum(DISTINCT CASE o.kind {_BITS} END) FROM relation o"
        " WHERE o.target_id = e.target_id AND o.source_id = e.source_id) FROM ("
        f"SELECT r.id, r.source_id, r.target_id, r.kind, {ANCHOR} AS anchor, r.weight, r.because,"
        " r.origin, r.rank,"
        " row_number() OVER (PARTITION BY r.source_id ORDER BY r.rank, r.id) AS place"
        f" FROM relation r JOIN article a ON a.id = r.target_id AND {UNINDEXED_STATUS}"
        f" IN ({marks(statuses)}) WHERE r.source_id IN ({marks(sources)}){to_targets}{of_kinds}"
        f" AND {strongest(kinds)}) AS e WHERE e.place <= ? ORDER BY e.source_id, e.place",
        [*statuses, *sources, *targets, *kinds, *kinds, first or len(targets) + 1_000],
    )
    return [GraphEdge._make((*values, _kinds(bits))) for *values, bits in rows]


def _kinds(bits: int) -> tuple[str, ...]:
    return tuple(kind for place, kind in enumerate(STRENGTH) if int(bits or 0) >> place & 1)


async def _ends(
    db: Reader,
    ids: Sequence[int],
    viewer: Viewer,
    kinds: Sequence[str],
    limit: int,
    *,
    backward: bool,
) -> list[tuple[int, int]]:
    """Return the edges of articles as pairs: its own id, and that of the visible other end."""
    near, far = ("target_id", "source_id") if backward else ("source_id", "target_id")
    statuses = article_statuses(viewer)
    of_kinds = f" AND r.kind IN ({marks(kinds)})" if kinds else ""
    rows = await db.rows(
        f"SELECT r.{near}, r.{far} FROM relation r JOIN article a ON a.id = r.{far}"
        f" AND {UNINDEXED_STATUS} IN ({marks(statuses)})"
        f" WHERE r.{near} IN ({marks(ids)}){of_kinds} LIMIT ?",
        [*statuses, *ids, *kinds, max(0, limit)],
    )
    return [(near, far) for near, far in rows]


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _KEYS):
        yield ids[start : start + _KEYS]


class StoryReason(NamedTuple):
    """A reason for which an article is in a story.

    A link between it and the article `other_id`, by its words, or else the main topic that it has
    in common with the first article, by name.
    """

    other_id: int | None
    detail: str


async def storyline(
    db: Reader, id_: int, viewer: Viewer, *, days: int, first: int
) -> dict[int, list[StoryReason]]:
    """Return up to `first` articles of an article's story with their reasons, itself included.

    By publication. In it are articles up to two edges of people away, in either direction, and
    those with its main topic and language that were published up to `days` before or after it. The
    nearest ones, by edges and then by time. Other articles without a date are left out. Eight
    statements at most.
    """
    reasons: dict[int, list[StoryReason]] = {id_: []}
    frontier = [id_]
    for _ in range(STORY_STEPS):
        reached: dict[int, list[StoryReason]] = {}
        for near, far, anchor in await _links(db, frontier, viewer):
            if far not in reasons:
                reached.setdefault(far, []).append(StoryReason(near, anchor))
        reasons |= dict(list(reached.items())[: max(0, first - len(reasons))])
        frontier = [far for far in reached if far in reasons]
        if not frontier:
            break
    for other, topic in await _of_main_topic(db, id_, viewer, days, first):
        if other in reasons or len(reasons) < first:
            reasons.setdefault(other, []).append(StoryReason(None, topic))
    rows = await db.rows(
        f"SELECT id FROM article WHERE id IN ({marks(list(reasons))})"
        " AND (published_at IS NOT NULL OR id = ?) ORDER BY published_at NULLS LAST, id",
        [*reasons, id_],
    )
    return {row[0]: reasons[row[0]] for row in rows}


async def _links(db: Reader, ids: Sequence[int], viewer: Viewer) -> list[tuple[int, int, str]]:
    """Return the edges of people at these articles: own id, other end, words. Two statements."""
    statuses = article_statuses(viewer)
    links = []
    for near, far in (("source_id", "target_id"), ("target_id", "source_id")):
        links += await db.rows(
            f"SELECT r.{near}, r.{far}, {ANCHOR} FROM relation r JOIN article a ON a.id = r.{far}"
            f" AND {UNINDEXED_STATUS} IN ({marks(statuses)}) WHERE r.{near} IN ({marks(ids)})"
            f" AND r.origin <> 'DERIVED' AND {strongest(())} ORDER BY r.{near}, r.rank, r.id"
            " LIMIT ?",
            [*statuses, *ids, MAX_NODES],
        )
    return [(near, far, anchor) for near, far, anchor in links]


def _shifted(moment: datetime, days: int) -> datetime:
    """Return the time so many days later, or earlier; the first or last time there is, at most."""
    try:
        return moment.astimezone(UTC) + timedelta(days=days)
    except OverflowError:
        return _FIRST if days < 0 else _LAST


async def _of_main_topic(
    db: Reader, id_: int, viewer: Viewer, days: int, limit: int
) -> list[tuple[int, str]]:
    """Return the articles with the same main topic around one, the nearest in time first."""
    rows = await db.rows(
        "SELECT a.published_at, a.language, t.id, t.name FROM article a"
        " JOIN article_topic x ON x.article_id = a.id AND x.position = 0"
        " JOIN topic t ON t.id = x.topic_id WHERE a.id = ? AND a.published_at IS NOT NULL",
        [id_],
    )
    if not rows:
        return []
    [(published, language, topic_id, topic)] = rows
    moment, statuses = datetime.fromisoformat(published), article_statuses(viewer)
    others: list[tuple[timedelta, int]] = []
    for condition, order, end in (("<=", "DESC", -days), (">", "ASC", days)):
        bounds = sorted((moment, _shifted(moment, end)))
        near = await db.rows(
            f"SELECT a.id, a.published_at FROM article a WHERE a.status IN ({marks(statuses)})"
            f" AND a.published_at >= ? AND a.published_at <= ? AND a.published_at {condition} ?"
            " AND a.language = ? AND a.id <> ? AND EXISTS (SELECT 1 FROM article_topic x"
            " WHERE x.article_id = a.id AND x.position = 0 AND x.topic_id = ?)"
            f" ORDER BY a.published_at {order}, a.id LIMIT ?",
            [*statuses, *map(to_iso, (*bounds, moment)), language, id_, topic_id, limit],
        )
        others += [(abs(datetime.fromisoformat(at) - moment), other) for other, at in near]
    return [(other, topic) for _, other in sorted(others)]


class LinksInCommon(NamedTuple):
    """How many links two articles have in common, and some of the articles in between."""

    times: int
    article_ids: tuple[int, ...]


MAX_IN_COMMON = 3
"""Articles in common that are listed, at most."""


async def linked_with(db: Reader, id_: int, limit: int) -> dict[int, LinksInCommon]:
    """Return public articles related to a public one by links of people, the most related first.

    Counted: direct links to it, articles that both link to, and articles that link to both, if they
    are public; at most 2,000 of each. One statement.
    """
    drawn = "origin <> 'DERIVED'"

    def public(id_sql: str) -> str:
        return article_condition(ANONYMOUS, id_sql).sql

    statuses = article_statuses(ANONYMOUS)
    rows = await db.rows(
        "SELECT other, middle, times FROM (SELECT other, middle,"
        " count(*) OVER (PARTITION BY other) AS times, row_number() OVER"
        " (PARTITION BY other ORDER BY middle DESC NULLS LAST) AS place FROM ("
        f"SELECT * FROM (SELECT r.source_id AS other, CAST(NULL AS BIGINT) AS middle"
        f" FROM relation r WHERE r.target_id = ?"
        f" AND r.{drawn} AND {public('r.source_id')} LIMIT 2000) AS linking"
        " UNION ALL SELECT * FROM (SELECT s.source_id, r.target_id FROM relation r"
        " JOIN relation s ON s.target_id = r.target_id"
        f" WHERE r.source_id = ? AND r.{drawn} AND s.{drawn} AND {public('r.target_id')}"
        f" AND {public('s.source_id')} LIMIT 2000) AS citing"
        " UNION ALL SELECT * FROM (SELECT s.target_id, r.source_id FROM relation r"
        " JOIN relation s ON s.source_id = r.source_id"
        f" WHERE r.target_id = ? AND r.{drawn} AND s.{drawn} AND {public('r.source_id')}"
        f" AND {public('s.target_id')} LIMIT 2000) AS cited) AS ends"
        f" WHERE other <> ?) AS placed WHERE place <= {2 * MAX_IN_COMMON}"
        " ORDER BY times DESC, other LIMIT ?",
        [
            *(id_, *statuses, id_, *statuses, *statuses, id_, *statuses, *statuses, id_),
            2 * MAX_IN_COMMON * limit,
        ],
    )
    links: dict[int, LinksInCommon] = {}
    for other, middle, times in rows:
        article_ids = links[other].article_ids if other in links else ()
        if middle is not None and middle not in article_ids and len(article_ids) < MAX_IN_COMMON:
            article_ids = (*article_ids, middle)
        links[other] = LinksInCommon(times, article_ids)
    return dict(list(links.items())[:limit])

"""The related graph, read in both directions and in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from hub.auth import Permission, Viewer, article_statuses
from hub.db.database import Reader, marks
from hub.db.keyset import Slice, Window, keyset, sliced
from hub.reads.articles import AMONG_FEW, ArticleRow, article_row, columns_of
from hub.reads.articles import COLUMNS as ARTICLE
from hub.reads.per_key import rows_of_each
from hub.reads.projection import Only, columns

_COLUMNS = """r.id, r.source_id, r.target_id, r.kind, r.origin, r.rank, r.position, r.anchor,
r.url, r.weight, r.because"""


class EdgeRow(NamedTuple):
    """An edge from `source_id` to `target_id`; the target is None while the edge dangles."""

    id: int
    source_id: int
    target_id: int | None
    kind: str
    origin: str
    rank: int
    position: int | None
    anchor: str
    url: str | None
    weight: float
    because: str | None


_edge: Callable[[Sequence[Any]], EdgeRow] = partial(tuple.__new__, EdgeRow)


class Looks(NamedTuple):
    """What will be looked at of edges, and of the articles at their other ends."""

    edge: Only = None
    article: Only = None

    def columns(self) -> str:
        """The columns to be read; an edge's place and its ends are always among them."""
        edge = columns(_COLUMNS, EdgeRow._fields, self.edge, _ALWAYS)
        return f"{edge}, {columns_of(self.article)}"


_ALWAYS = ("id", "source_id", "target_id", "rank")
ALL = Looks()


class RelatedRow(NamedTuple):
    """An edge, and the article at its other end; None while it dangles."""

    edge: EdgeRow
    article: ArticleRow | None


async def from_articles(
    db: Reader,
    ids: Iterable[int],
    cut: Window,
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    dangling: bool = False,
    looks: Looks = ALL,
) -> dict[int, Slice[RelatedRow]]:
    """For each source a slice of its edges, in their editor's order, with their targets.

    One statement for up to 100 sources.

    An edge to an article that `viewer` may not see is absent, as if it had never been drawn.
    Edges without a target are left out unless `dangling`.
    """
    joined = _joined(viewer, kinds, dangling, "target_id")
    return await _edges(db, "source_id", ids, cut, joined, looks)


async def to_articles(
    db: Reader,
    ids: Iterable[int],
    cut: Window,
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    looks: Looks = ALL,
) -> dict[int, Slice[RelatedRow]]:
    """For each target a slice of the edges that lead to it, with their sources.

    Edges whose source `viewer` may not see are absent. One statement for up to 100 targets.
    """
    joined = _joined(viewer, kinds, False, "source_id")
    return await _edges(db, "target_id", ids, cut, joined, looks)


async def at_paragraphs(
    db: Reader, places: Iterable[tuple[int, int]], viewer: Viewer
) -> dict[tuple[int, int], list[RelatedRow]]:
    """The edges that stand at certain paragraphs, each an article's id and a position; likewise.

    One statement. Those to articles that `viewer` may not see, and dangling ones, are absent.
    """
    wanted = set(places)
    ids = list({source for source, _ in wanted})
    joined, kept, args, more = _joined(viewer, (), False, "target_id")
    found = await db.rows(
        f"SELECT {_COLUMNS}, {ARTICLE} FROM relation r {joined}"
        f" WHERE r.source_id IN ({marks(ids)}) AND r.position IS NOT NULL AND {kept}"
        " ORDER BY r.rank, r.id",
        [*args, *ids, *more],
    )
    edges: dict[tuple[int, int], list[RelatedRow]] = {}
    for row in map(_related, found):
        source, position = row.edge.source_id, row.edge.position
        if position is not None and (source, position) in wanted:
            edges.setdefault((source, position), []).append(row)
    return edges


async def by_ids(db: Reader, ids: Iterable[int]) -> dict[int, EdgeRow]:
    """Edges by id, for those who have just drawn them: who may see them is not asked."""
    ids = list(ids)
    found = await db.rows(f"SELECT {_COLUMNS} FROM relation r WHERE r.id IN ({marks(ids)})", ids)
    return {row[0]: EdgeRow(*row) for row in found}


async def counts_from(
    db: Reader,
    ids: Iterable[int],
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    dangling: bool = False,
) -> dict[int, int]:
    """How many edges `from_articles` would find for each source; none are left out."""
    return await _counts(db, "source_id", ids, _seen(viewer, kinds, dangling, "target_id"))


async def counts_to(
    db: Reader, ids: Iterable[int], viewer: Viewer, *, kinds: Sequence[str] = ()
) -> dict[int, int]:
    """How many edges `to_articles` would find for each target; none are left out."""
    return await _counts(db, "target_id", ids, _seen(viewer, kinds, False, "source_id"))


async def linked_with(db: Reader, id_: int, limit: int) -> dict[int, int]:
    """Articles that people linked as they linked this one, and how often, most first.

    Counted: a link from one to the other, an article that both link to, and one that links to
    both; of each at most 2,000. One statement.
    """
    drawn = "origin <> 'DERIVED'"
    found = await db.rows(
        "SELECT other, count(*) AS times FROM ("
        f"SELECT * FROM (SELECT source_id AS other FROM relation WHERE target_id = ? AND {drawn}"
        " LIMIT 2000) AS linking UNION ALL SELECT * FROM (SELECT s.source_id FROM relation r"
        " JOIN relation s ON s.target_id = r.target_id"
        f" WHERE r.source_id = ? AND r.{drawn} AND s.{drawn} LIMIT 2000) AS citing"
        " UNION ALL SELECT * FROM (SELECT s.target_id FROM relation r"
        " JOIN relation s ON s.source_id = r.source_id"
        f" WHERE r.target_id = ? AND r.{drawn} AND s.{drawn} LIMIT 2000) AS cited) AS ends"
        " WHERE other IS NOT NULL AND other <> ? GROUP BY other ORDER BY times DESC, other LIMIT ?",
        [id_, id_, id_, id_, limit],
    )
    return dict(found)


def _seen(
    viewer: Viewer, kinds: Sequence[str], dangling: bool, other: str
) -> tuple[str, list[object]]:
    """Which edges `viewer` may see, as a condition on `r`, and its arguments.

    Who may see every status needs no look at the article at the other end.
    """
    condition, args = f"r.{other} IS NOT NULL", list[object]()
    if not viewer.may(Permission.READ):
        statuses = article_statuses(viewer)
        condition = (
            f"EXISTS (SELECT 1 FROM article o WHERE o.id = r.{other}"
            f" AND o.status IN ({marks(statuses)}))"
        )
        args += statuses
    if dangling:
        condition = f"(r.{other} IS NULL OR {condition})"
    if kinds:
        condition += f" AND r.kind IN ({marks(kinds)})"
        args += kinds
    return condition, args


def _joined(
    viewer: Viewer, kinds: Sequence[str], dangling: bool, other: str
) -> tuple[str, str, list[object], list[object]]:
    """As `_seen`, with the articles: a join, a condition, and the arguments of both."""
    statuses = article_statuses(viewer)
    joined = (
        f"{'LEFT ' if dangling else ''}JOIN article a ON a.id = r.{other}"
        f" AND {AMONG_FEW} IN ({marks(statuses)})"
    )
    kept = f"(r.{other} IS NULL OR a.id IS NOT NULL)" if dangling else "TRUE"
    if kinds:
        kept += f" AND r.kind IN ({marks(kinds)})"
    return joined, kept, [*statuses], [*kinds]


async def _edges(
    db: Reader,
    end: str,
    ids: Iterable[int],
    cut: Window,
    seen: tuple[str, str, list[object], list[object]],
    looks: Looks,
) -> dict[int, Slice[RelatedRow]]:
    ids = list(ids)
    joined, kept, args, more = seen
    beyond, beyond_args, ordered = keyset(("r.rank", "r.id"), int, False, cut)
    found = await rows_of_each(
        db,
        f"SELECT {looks.columns()} FROM relation r {joined}"
        f" WHERE r.{end} = ? AND {kept} AND {beyond} ORDER BY {ordered} LIMIT ?",
        ids,
        [*more, *beyond_args, cut.rows],
        before=args,
    )
    rows: dict[int, list[RelatedRow]] = {id_: [] for id_ in ids}
    at = EdgeRow._fields.index(end)
    for row in found:
        rows[row[at]].append(_related(row))
    return {id_: sliced(edges, cut) for id_, edges in rows.items()}


def _related(row: Sequence[Any]) -> RelatedRow:
    end = len(EdgeRow._fields)
    article = None if row[end] is None else article_row(row[end:])
    return RelatedRow(_edge(row[:end]), article)


async def _counts(
    db: Reader, end: str, ids: Iterable[int], seen: tuple[str, list[Any]]
) -> dict[int, int]:
    ids = list(ids)
    found = await db.rows(
        f"SELECT r.{end}, count(*) FROM relation r WHERE r.{end} IN ({marks(ids)})"
        f" AND {seen[0]} GROUP BY r.{end}",
        [*ids, *seen[1]],
    )
    return dict.fromkeys(ids, 0) | {row[0]: row[1] for row in found}

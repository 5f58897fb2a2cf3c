"""Reads of the related graph, in both directions and in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, overload

from hub.auth import (
    Condition,
    Permission,
    Viewer,
    article_condition,
    article_statuses,
    dangling_condition,
)
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page
from hub.models import RelationOrigin
from hub.reads.articles import COLUMNS as ARTICLE
from hub.reads.articles import UNINDEXED_STATUS, ArticleRow, article_columns, article_row
from hub.reads.per_key import batched, rows_per_key
from hub.reads.projection import Fields, PartialRelatedRow, select_columns

_DERIVED = RelationOrigin.DERIVED.value
ANCHOR = f"""CASE WHEN r.anchor <> '' OR r.chosen = FALSE AND r.origin <> '{_DERIVED}'
THEN r.anchor ELSE (SELECT o.title FROM article o WHERE o.id = r.target_id) END"""
"""The words of an edge: where it has none of its own, the present title of its target. An edge that
readers see with a hidden target has words or an address that its source wrote."""

_COLUMNS = f"""r.id, r.source_id, r.target_id, r.kind, r.origin, r.rank, r.position, {ANCHOR},
r.url, r.weight, r.because"""


STRENGTH = ("PINNED", "INLINE", "MORE_TO_READ", "MORE_TOPICS", "TOPIC", "SIMILAR")
"""The kinds of edges, the strongest first."""


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


class EdgeFields(NamedTuple):
    """The fields to read of edges, and of the articles at their other ends."""

    edge: Fields = None
    article: Fields = None

    def columns(self) -> str:
        """Return the columns to read; an edge's id, rank and both ends are always included."""
        edge = select_columns(_COLUMNS, EdgeRow._fields, self.edge, _ALWAYS)
        return f"{edge}, {article_columns(self.article)}"


_ALWAYS = ("id", "source_id", "target_id", "rank")
ALL_FIELDS = EdgeFields()


class RelatedRow(NamedTuple):
    """An edge, and the article at its other end; None while it dangles."""

    edge: EdgeRow
    article: ArticleRow | None


@overload
async def from_articles(
    db: Reader,
    ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    dangling: bool = False,
) -> dict[int, Page[RelatedRow]]: ...
@overload
async def from_articles(
    db: Reader,
    ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    dangling: bool = False,
    fields: EdgeFields,
) -> dict[int, Page[PartialRelatedRow]]: ...
async def from_articles(
    db: Reader,
    ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    dangling: bool = False,
    fields: EdgeFields = ALL_FIELDS,
) -> dict[int, Page[Any]]:
    """Return for each source a page of its edges by rank, with their targets.

    One statement for up to 100 sources.

    An edge to an article that `viewer` may not see dangles for them if it names its target, and is
    omitted else, as if it did not exist. Edges without a target are omitted unless `dangling`. Of
    several edges to one article, the strongest is listed.
    """
    visibility = _visibility_join(viewer, kinds, dangling, "target_id")
    return await _edges(db, "source_id", ids, page_args, visibility, fields)


@overload
async def to_articles(
    db: Reader,
    ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
) -> dict[int, Page[RelatedRow]]: ...
@overload
async def to_articles(
    db: Reader,
    ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    fields: EdgeFields,
) -> dict[int, Page[PartialRelatedRow]]: ...
async def to_articles(
    db: Reader,
    ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    fields: EdgeFields = ALL_FIELDS,
) -> dict[int, Page[Any]]:
    """Return for each target a page of the edges to it, with their sources.

    Edges whose source `viewer` may not see are omitted. Of several edges from one article, the
    strongest is listed. One statement for up to 100 targets.
    """
    visibility = _visibility_join(viewer, kinds, False, "source_id")
    return await _edges(db, "target_id", ids, page_args, visibility, fields)


async def at_paragraphs(
    db: Reader, places: Iterable[tuple[int, int]], viewer: Viewer
) -> dict[tuple[int, int], list[RelatedRow]]:
    """Return the edges at the given paragraphs, pairs of an article's id and a position, by rank.

    One statement. Edges to articles that `viewer` may not see, and dangling ones, are omitted.
    """
    requested = set(places)
    ids = list({source for source, _ in requested})
    join, condition, join_args, condition_args = _visibility_join(viewer, (), False, "target_id")
    rows = await db.rows(
        f"SELECT {_COLUMNS}, {ARTICLE} FROM relation r {join}"
        f" WHERE r.source_id IN ({marks(ids)}) AND r.position IS NOT NULL AND {condition}"
        " ORDER BY r.rank, r.id",
        [*join_args, *ids, *condition_args],
    )
    edges: dict[tuple[int, int], list[RelatedRow]] = {}
    for row in map(_related, rows):
        source, position = row.edge.source_id, row.edge.position
        if position is not None and (source, position) in requested:
            edges.setdefault((source, position), []).append(row)
    return edges


async def kinds_of(
    db: Reader, pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return the kinds of the edges from one article to another, the strongest first.

    By pairs of source and target that the viewer may see. One statement for up to 100 pairs.
    """
    kinds: dict[tuple[int, int], set[str]] = {}
    for batch in batched(pairs):
        sources, targets = (list({pair[end] for pair in batch}) for end in (0, 1))
        rows = await db.rows(
            "SELECT DISTINCT r.source_id, r.target_id, r.kind FROM relation r"
            f" WHERE r.source_id IN ({marks(sources)}) AND r.target_id IN ({marks(targets)})",
            [*sources, *targets],
        )
        for source, target, kind in rows:
            kinds.setdefault((source, target), set()).add(kind)
    return {pair: tuple(sorted(names, key=STRENGTH.index)) for pair, names in kinds.items()}


async def by_ids(db: Reader, ids: Iterable[int]) -> dict[int, EdgeRow]:
    """Return edges by id without a visibility check, for clients that have just created them."""
    ids = list(ids)
    rows = await db.rows(f"SELECT {_COLUMNS} FROM relation r WHERE r.id IN ({marks(ids)})", ids)
    return {row[0]: EdgeRow(*row) for row in rows}


async def counts_from(
    db: Reader,
    ids: Iterable[int],
    viewer: Viewer,
    *,
    kinds: Sequence[str] = (),
    dangling: bool = False,
) -> dict[int, int]:
    """Count for each source all edges that `from_articles` lists."""
    return await _counts(db, "source_id", ids, _visibility(viewer, kinds, dangling, "target_id"))


async def counts_to(
    db: Reader, ids: Iterable[int], viewer: Viewer, *, kinds: Sequence[str] = ()
) -> dict[int, int]:
    """Count for each target all edges that `to_articles` lists."""
    return await _counts(db, "target_id", ids, _visibility(viewer, kinds, False, "source_id"))


class BodyLink(NamedTuple):
    """A link in a body to an article of the hub.

    `url` is the web address that it names, and `url_key` the normal form of that or of a file's, if
    any; `is_address` if the article is or was known by it. `anchor` is its text, `position` its
    paragraph, if known; `base` the canonical address of the body's article. The rest is of the
    article that it leads to.
    """

    url: str | None
    url_key: str | None
    is_address: bool
    anchor: str
    position: int | None
    base: str | None
    id: int
    slug: str
    language: str
    canonical_url: str | None


async def body_links(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, list[BodyLink]]:
    """Return the links in the body of each article that lead to one that `viewer` may see.

    By their order in it. One statement for up to 100 articles.
    """
    statuses = article_statuses(viewer)
    links: dict[int, list[BodyLink]] = {}
    for batch in batched(ids):
        rows = await db.rows(
            "SELECT r.source_id, r.url, r.wanted_url, EXISTS (SELECT 1 FROM address k"
            " WHERE k.url_key = r.wanted_url AND k.article_id = a.id), r.anchor, r.position,"
            " s.canonical_url, a.id, a.slug, a.language, a.canonical_url"
            " FROM relation r JOIN article s ON s.id = r.source_id"
            f" JOIN article a ON a.id = r.target_id AND {UNINDEXED_STATUS}"
            f" IN ({marks(statuses)}) WHERE r.source_id IN ({marks(batch)}) AND r.kind = 'INLINE'"
            " ORDER BY r.source_id, r.rank, r.id",
            [*statuses, *batch],
        )
        for source, *values in rows:
            links.setdefault(source, []).append(BodyLink(*values))
    return links


async def hidden_suggestions(
    db: Reader, ids: Iterable[int], viewer: Viewer
) -> dict[int, list[ArticleRow]]:
    """Return the articles that are hidden as suggestions for each of these, the last one first.

    One statement for up to 100 articles.
    """
    statuses = article_statuses(viewer)
    hidden: dict[int, list[ArticleRow]] = {}
    for batch in batched(ids):
        rows = await db.rows(
            f"SELECT h.source_id, {ARTICLE} FROM hidden_suggestion h"
            f" JOIN article a ON a.id = h.target_id AND {UNINDEXED_STATUS} IN ({marks(statuses)})"
            f" WHERE h.source_id IN ({marks(batch)}) ORDER BY h.source_id, h.id DESC",
            [*statuses, *batch],
        )
        for source, *values in rows:
            hidden.setdefault(source, []).append(article_row(values))
    return hidden


def _visibility(
    viewer: Viewer, kinds: Sequence[str], dangling: bool, other: str
) -> tuple[str, list[object]]:
    """Return the visibility of edges to `viewer` as a condition on `r`, and its arguments.

    For a viewer of all statuses, the article at the other end need not be checked.
    """
    condition, args = f"r.{other} IS NOT NULL", list[object]()
    seen = Condition("TRUE")
    if not viewer.may(Permission.READ):
        seen = article_condition(viewer, f"r.{other}")
        condition = seen.sql
        args += seen.args
    if dangling:
        condition = f"({dangling_condition(viewer, other)} OR {condition})"
    if kinds:
        condition += f" AND r.kind IN ({marks(kinds)})"
        args += kinds
    return f"{condition} AND {strongest(kinds, seen.sql)}", [*args, *kinds, *seen.args]


def _visibility_join(
    viewer: Viewer, kinds: Sequence[str], dangling: bool, other: str
) -> tuple[str, str, list[object], list[object]]:
    """Like `_visibility`, with the articles: return a join, a condition, and both's arguments."""
    statuses = article_statuses(viewer)
    join = (
        f"{'LEFT ' if dangling else ''}JOIN article a ON a.id = r.{other}"
        f" AND {UNINDEXED_STATUS} IN ({marks(statuses)})"
    )
    condition = f"(a.id IS NOT NULL OR {dangling_condition(viewer, other)})" if dangling else "TRUE"
    if kinds:
        condition += f" AND r.kind IN ({marks(kinds)})"
    condition += f" AND {strongest(kinds, 'a.id IS NOT NULL' if dangling else 'TRUE')}"
    return join, condition, [*statuses], [*kinds, *kinds]


def strongest(kinds: Sequence[str], seen: str = "TRUE") -> str:
    """Return the condition that no stronger edge joins the ends of `r`; its arguments are `kinds`.

    `seen` is the condition that the viewer may see the other end: what leads to a hidden article is
    not compared, since that would tell that it leads to one.
    """
    order = [
        f"CASE {row}.kind "
        + " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(STRENGTH))
        + f" END, {row}.rank, {row}.id"
        for row in ("o", "r")
    ]
    of_kinds = f" AND o.kind IN ({marks(kinds)})" if kinds else ""
    return (
        "NOT EXISTS (SELECT 1 FROM relation o WHERE o.target_id = r.target_id"
        f" AND o.source_id = r.source_id AND o.id <> r.id AND ({order[0]}) < ({order[1]})"
        f"{of_kinds} AND {seen})"
    )


async def _edges(
    db: Reader,
    column: str,
    ids: Iterable[int],
    page_args: PageArgs,
    visibility: tuple[str, str, list[object], list[object]],
    fields: EdgeFields,
) -> dict[int, Page[Any]]:
    ids = list(ids)
    join, condition, join_args, condition_args = visibility
    seek, seek_args, order_by = keyset_sql(("r.rank", "r.id"), int, False, page_args)
    rows = await rows_per_key(
        db,
        f"SELECT {fields.columns()} FROM relation r {join}"
        f" WHERE r.{column} = ? AND {condition} AND {seek} ORDER BY {order_by} LIMIT ?",
        ids,
        [*condition_args, *seek_args, page_args.rows],
        before=join_args,
    )
    by_key: dict[int, list[RelatedRow]] = {id_: [] for id_ in ids}
    at = EdgeRow._fields.index(column)
    for row in rows:
        by_key[row[at]].append(_related(row))
    return {id_: to_page(edges, page_args) for id_, edges in by_key.items()}


def _related(row: Sequence[Any]) -> RelatedRow:
    end = len(EdgeRow._fields)
    edge = _edge(row[:end])
    if row[end] is None:  # it dangles, perhaps only to this viewer
        return RelatedRow(edge._replace(target_id=None), None)
    return RelatedRow(edge, article_row(row[end:]))


async def _counts(
    db: Reader, column: str, ids: Iterable[int], visibility: tuple[str, list[Any]]
) -> dict[int, int]:
    ids = list(ids)
    rows = await db.rows(
        f"SELECT r.{column}, count(*) FROM relation r WHERE r.{column} IN ({marks(ids)})"
        f" AND {visibility[0]} GROUP BY r.{column}",
        [*ids, *visibility[1]],
    )
    return dict.fromkeys(ids, 0) | {row[0]: row[1] for row in rows}

"""Reads of the neighbours of articles by date in a topic."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub.auth import Permission, Viewer, article_statuses, ids_of_slugs
from hub.db.database import Reader, marks
from hub.db.keyset import PageArgs
from hub.reads.articles import UNINDEXED_STATUS, ArticleFilter, ArticleRow, Order, by_ids, page_sql
from hub.reads.per_key import batched

Place = tuple[int, str, str]
"""The `place` of an article: its id, its date, and its language."""

_Key = tuple[datetime, int]
_BY_SLUG = 0
"""Stands for the id of the topic that a query names."""

_PER_PLACE = 100
_AT_LEAST = 500
"""Articles of small topics that are read for each place, and for few places: some 4 µs each."""

_MOMENTS = "a.id, a.published_at, a.created_at, a.language"


class _Scope(NamedTuple):
    """The topics of a batch: a statement of their ids with those of the topics below each."""

    sql: str
    args: Sequence[object]
    slugs: Mapping[int, str]


async def adjacent(
    db: Reader,
    places: Iterable[Place],
    topic: str | None,
    viewer: Viewer,
    *,
    backward: bool = False,
) -> dict[Place, ArticleRow]:
    """Return the article after each `place` in a topic by date, or before; of the same language.

    `topic` is a slug; articles of topics below it count. Without one, the topic of an article is
    its first series, or else its main topic. Up to 100 places take four statements: small topics
    are read whole. For a large one, the list of all articles is walked at most once for each
    language, with a statement for each part of it.
    """
    neighbours: dict[Place, int] = {}
    for batch in batched(places):
        if topic:
            ids = ids_of_slugs("topic", (topic,), viewer)
            seed, args, slugs = (
                f"SELECT {_BY_SLUG}, id FROM ({ids.sql}) AS n",
                ids.args,
                {_BY_SLUG: topic},
            )
            tops = {id_: _BY_SLUG for id_, _, _ in batch}
        else:
            tops, slugs = await _series(db, [id_ for id_, _, _ in batch])
            if not slugs:
                continue
            seed, args = (
                f"SELECT id, id FROM topic WHERE id IN ({marks(list(slugs))})",
                tuple(slugs),
            )
        below = (
            f"WITH RECURSIVE below(top, id) AS ({seed}"
            " UNION SELECT below.top, t.id FROM below CROSS JOIN topic t"
            " WHERE t.parent_id = below.id)"
        )
        neighbours |= await _of_batch(db, batch, tops, _Scope(below, args, slugs), viewer, backward)
    rows = dict[int, ArticleRow]()
    for neighbour_ids in batched(set(neighbours.values())):
        rows |= await by_ids(db, neighbour_ids, viewer)
    return {place: rows[id_] for place, id_ in neighbours.items() if id_ in rows}


async def _of_batch(
    db: Reader,
    batch: Sequence[Place],
    tops: Mapping[int, int],
    scope: _Scope,
    viewer: Viewer,
    backward: bool,
) -> dict[Place, int]:
    """Return the ids of the neighbours; `tops` has the topic of each article."""
    budget = max(_AT_LEAST, _PER_PLACE * len(batch))
    sizes = await db.rows(
        f"{scope.sql} SELECT s.top, (SELECT count(*) FROM (SELECT 1 FROM below b"
        " CROSS JOIN article_topic x WHERE b.top = s.top AND x.topic_id = b.id LIMIT ?) AS c)"
        " FROM (SELECT DISTINCT top FROM below) AS s ORDER BY 2",
        [*scope.args, budget + 1],
    )
    small = list[int]()
    for top, size in sizes:
        budget -= size
        if size and budget >= 0:
            small.append(top)
    groups: dict[tuple[int, str], list[Place]] = {}
    filled = {top for top, size in sizes if size}
    for place in batch:
        if tops.get(place[0]) in filled:
            groups.setdefault((tops[place[0]], place[2]), []).append(place)
    lists = await _articles(db, scope, small, viewer) if small else {}
    neighbours: dict[Place, int] = {}
    for (top, language), members in groups.items():
        if top in small:
            keys = lists.get((top, language), [])
            neighbours |= {
                place: keys[at][1]
                for place in members
                if 0 <= (at := _beside(keys, _key(place), backward)) < len(keys)
            }
        else:
            neighbours |= await _walk(db, members, scope.slugs[top], viewer, backward)
    return neighbours


def _key(place: Place) -> _Key:
    return datetime.fromisoformat(place[1]), place[0]


def _beside(keys: Sequence[_Key], key: _Key, backward: bool) -> int:
    """Return where the neighbour of `key` is in sorted `keys`; outside them if it has none."""
    return bisect_left(keys, key) - 1 if backward else bisect_right(keys, key)


async def _articles(
    db: Reader, scope: _Scope, tops: Sequence[int], viewer: Viewer
) -> dict[tuple[int, str], list[_Key]]:
    """Return dates and ids of all articles of these topics, by topic and language. One statement.

    The order of the joins and the unindexed status make it read the articles of the topics alone.
    """
    statuses = article_statuses(viewer)
    rows = await db.rows(
        f"{scope.sql} SELECT below.top, {_MOMENTS} FROM below CROSS JOIN article_topic x"
        " CROSS JOIN article a WHERE x.topic_id = below.id AND a.id = x.article_id"
        f" AND {UNINDEXED_STATUS} IN ({marks(statuses)}) AND a.kind = 'ARTICLE'"
        f" AND below.top IN ({marks(tops)})",
        [*scope.args, *statuses, *tops],
    )
    lists: dict[tuple[int, str], set[_Key]] = {}
    has_drafts = viewer.may(Permission.READ)
    for top, id_, published, created, language in rows:
        if published or has_drafts:
            key = (datetime.fromisoformat(published or created), id_)
            lists.setdefault((top, language), set()).add(key)
    return {group: sorted(keys) for group, keys in lists.items()}


async def _walk(
    db: Reader, places: Sequence[Place], slug: str, viewer: Viewer, backward: bool
) -> dict[Place, int]:
    """Return the ids of the neighbours of places of one language; no article is read twice."""
    pending = sorted(places, key=_key, reverse=backward)
    filter_ = ArticleFilter(topics=(slug,), languages=(pending[0][2],), kinds=("ARTICLE",))
    order = Order.NEWEST if backward else Order.OLDEST
    neighbours: dict[Place, int] = {}
    while pending:
        id_, date, _ = pending[0]
        page_args = PageArgs(len(pending), after=(date, id_), peeks=False)
        sql, args = page_sql(page_args, order, filter_, viewer, _MOMENTS)
        rows = await db.rows(sql, args)
        keys = sorted((datetime.fromisoformat(row[1] or row[2]), row[0]) for row in rows)
        rest = list[Place]()
        for place in pending:
            at = _beside(keys, _key(place), backward)
            if 0 <= at < len(keys):
                neighbours[place] = keys[at][1]
            else:
                rest.append(place)
        pending = rest if len(rows) == len(pending) else []
    return neighbours


async def _series(db: Reader, ids: Sequence[int]) -> tuple[dict[int, int], dict[int, str]]:
    """Return the id of each article's first series, or else of its main topic; and their slugs."""
    rows = await db.rows(
        "SELECT x.article_id, t.id, t.slug FROM article_topic x JOIN topic t ON t.id = x.topic_id"
        f" WHERE x.article_id IN ({marks(ids)}) ORDER BY CASE WHEN t.taxonomy = 'series' THEN 1"
        " ELSE 0 END, x.position DESC",
        ids,
    )
    tops = {article_id: id_ for article_id, id_, _ in rows}  # of several, the last one
    used = set(tops.values())
    return tops, {id_: slug for _, id_, slug in rows if id_ in used}

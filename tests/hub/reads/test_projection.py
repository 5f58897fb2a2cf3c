"""hub.reads.projection: only the requested fields of rows are read."""

from __future__ import annotations

from typing import Any

import pytest

from hub import related
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.models import RelationKind
from hub.reads import articles
from hub.reads import related as edges
from hub.reads.articles import ArticleFilter, Order, sort_value
from hub.reads.projection import PartialArticleRow, PartialEdgeRow
from hub.reads.related import EdgeFields
from tests.support.factories import EDITOR, READER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
PAGE = PageArgs(10)
SLUG = frozenset({"slug"})


async def test_all_is_read_where_it_may_be_looked_at() -> None:
    assert articles.article_columns(None) == articles.COLUMNS
    # A property: it may use any column.
    assert articles.article_columns(frozenset({"slug", "published_at"})) == articles.COLUMNS


@pytest.mark.parametrize("order", Order)
async def test_a_list_reads_what_is_looked_at_and_what_its_cursors_hold(
    order: Order, db: Reader
) -> None:
    first, second = await an_article("One"), await an_article("Two")
    complete = await articles.page(db, PAGE, order, ArticleFilter(), READER)
    partial = await articles.page(db, PAGE, order, ArticleFilter(), READER, SLUG)
    assert {row.id for row in partial.rows} == {first, second}
    row: Any
    for row, complete_row in zip(partial.rows, complete.rows, strict=True):
        assert (row.id, row.slug) == (complete_row.id, complete_row.slug)
        assert sort_value(row, order) == sort_value(complete_row, order)
        assert complete_row.title
        assert row.title is None
    assert partial[1:] == complete[1:]


async def test_nothing_but_the_id_is_read_where_nothing_is_looked_at(db: Reader) -> None:
    first = await an_article("One")
    row: Any
    [row] = (await articles.by_ids(db, [first], READER, frozenset())).values()
    assert (row.id, set(row[1:])) == (first, {None})


@pytest.mark.parametrize("sources", [1, 2])
async def test_edges_keep_their_places_and_ends_whatever_is_looked_at(
    sources: int, db: Reader
) -> None:
    ids = [await an_article("One"), await an_article("Two")][:sources]
    target = await an_article("Target")
    for source in ids:
        await related.link(source, kind=RelationKind.PINNED, target_id=target, by=EDITOR)
    fields = EdgeFields(frozenset({"kind"}), SLUG)
    read: Any
    for read, keys in ((edges.from_articles, ids), (edges.to_articles, [target])):
        complete = await read(db, keys, PAGE, READER)
        partial = await read(db, keys, PAGE, READER, fields=fields)
        for key in keys:
            assert len(partial[key].rows) == len(complete[key].rows) > 0
            for row, complete_row in zip(partial[key].rows, complete[key].rows, strict=True):
                edge, article = row
                for name in ("id", "source_id", "target_id", "rank", "kind"):
                    assert getattr(edge, name) == getattr(complete_row.edge, name)
                assert {edge.origin, edge.anchor, edge.weight, edge.because} == {None}
                assert article is not None
                assert complete_row.article is not None
                assert article.slug == complete_row.article.slug
                assert article.title is None


def attributes(protocol: type) -> set[str]:
    """Return the attributes that the type of a partial row has."""
    return {name for name, value in vars(protocol).items() if isinstance(value, property)}


async def test_the_types_of_partial_rows_have_what_is_always_read(db: Reader) -> None:
    source, target = await an_article("One"), await an_article("Two")
    await related.link(source, kind=RelationKind.PINNED, target_id=target, position=3, by=EDITOR)
    nothing = EdgeFields(frozenset(), frozenset())
    [row] = (await edges.from_articles(db, [source], PAGE, READER, fields=nothing))[source].rows
    partial: Any
    for partial, protocol in ((row.edge, PartialEdgeRow), (row.article, PartialArticleRow)):
        assert {
            name for name, value in partial._asdict().items() if value is not None
        } == attributes(protocol)


async def test_other_columns_of_partial_rows_are_type_errors(db: Reader) -> None:
    # mypy reports an unused ignore as soon as the type has the column.
    source, target = await an_article("One"), await an_article("Two")
    await related.link(source, kind=RelationKind.PINNED, target_id=target, by=EDITOR)
    [row] = (await articles.by_ids(db, [source], READER, SLUG)).values()
    assert row.title is None  # type: ignore[attr-defined]
    [row] = (await articles.page(db, PAGE, Order.OLDEST, ArticleFilter(), READER, SLUG)).rows[:1]
    assert row.title is None  # type: ignore[attr-defined]
    fields = EdgeFields(frozenset({"kind"}), SLUG)
    for pages in (
        await edges.from_articles(db, [source], PAGE, READER, fields=fields),
        await edges.to_articles(db, [target], PAGE, READER, fields=fields),
    ):
        [[edge]] = [page.rows for page in pages.values()]
        assert edge.edge.anchor is None  # type: ignore[attr-defined]
        assert edge.article is not None
        assert edge.article.title is None  # type: ignore[attr-defined]
    complete = (await edges.from_articles(db, [source], PAGE, READER))[source].rows[0]
    assert complete.article is not None
    assert (complete.edge.anchor, complete.article.title) == ("Two", "Two")

"""hub.reads.projection: rows of which some fields are read, and the others left where they are."""

from __future__ import annotations

import pytest

from hub import related
from hub.db.database import Reader
from hub.db.keyset import Window
from hub.models import RelationKind
from hub.reads import articles
from hub.reads import related as edges
from hub.reads.articles import ArticleFilter, Order, sort_value
from hub.reads.related import Looks
from tests.support.factories import READER, WRITER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
PAGE = Window(10)
SLUG = frozenset({"slug"})


async def test_all_is_read_where_it_may_be_looked_at() -> None:
    assert articles.columns_of(None) == articles.COLUMNS
    # A property: who knows which columns it is made of.
    assert articles.columns_of(frozenset({"slug", "published_at"})) == articles.COLUMNS


@pytest.mark.parametrize("order", Order)
async def test_a_list_reads_what_is_looked_at_and_what_its_cursors_hold(
    order: Order, db: Reader
) -> None:
    one, two = await an_article("One"), await an_article("Two")
    whole = await articles.page(db, PAGE, order, ArticleFilter(), READER)
    some = await articles.page(db, PAGE, order, ArticleFilter(), READER, SLUG)
    assert {row.id for row in some.rows} == {one, two}
    for row, all_of_it in zip(some.rows, whole.rows, strict=True):
        assert (row.id, row.slug) == (all_of_it.id, all_of_it.slug)
        assert sort_value(row, order) == sort_value(all_of_it, order)
        assert all_of_it.title
        assert row.title is None
    assert some[1:] == whole[1:]


async def test_nothing_but_the_id_is_read_where_nothing_is_looked_at(db: Reader) -> None:
    one = await an_article("One")
    [row] = (await articles.by_ids(db, [one], READER, frozenset())).values()
    assert (row.id, set(row[1:])) == (one, {None})


@pytest.mark.parametrize("sources", [1, 2])
async def test_edges_keep_their_places_and_ends_whatever_is_looked_at(
    sources: int, db: Reader
) -> None:
    ids = [await an_article("One"), await an_article("Two")][:sources]
    target = await an_article("Target")
    for source in ids:
        await related.link(source, kind=RelationKind.PINNED, target_id=target, by=WRITER)
    looks = Looks(frozenset({"kind"}), SLUG)
    for read, keys in ((edges.from_articles, ids), (edges.to_articles, [target])):
        whole = await read(db, keys, PAGE, READER)
        some = await read(db, keys, PAGE, READER, looks=looks)
        for key in keys:
            assert len(some[key].rows) == len(whole[key].rows) > 0
            for row, all_of_it in zip(some[key].rows, whole[key].rows, strict=True):
                edge, article = row
                for name in ("id", "source_id", "target_id", "rank", "kind"):
                    assert getattr(edge, name) == getattr(all_of_it.edge, name)
                assert {edge.origin, edge.anchor, edge.weight, edge.because} == {None}
                assert article is not None
                assert all_of_it.article is not None
                assert article.slug == all_of_it.article.slug
                assert article.title is None

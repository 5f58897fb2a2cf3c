"""hub.db.keyset and its lists: pages stay correct while articles are added and removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.db.database import Reader
from hub.db.keyset import (
    ColumnType,
    PageArgs,
    encode_cursor,
    keyset_sql,
    parse_cursor,
    parse_page_args,
    to_page,
)
from hub.errors import Invalid
from hub.models import Article, Status, Topic
from hub.reads import articles as reads
from hub.reads.articles import ArticleFilter, Order
from tests.support.factories import EDITOR, READER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
EVERYTHING = ArticleFilter()


@given(st.one_of(st.text(), st.integers(-(2**53), 2**53)), st.integers(0, 2**62))
def test_a_cursor_tells_its_place_again(value: str | int, id_: int) -> None:
    try:
        cursor = encode_cursor(value, id_)
    except TypeError:
        return  # a lone surrogate, which no column column_type
    assert parse_cursor(cursor, "after") == (value, id_)


@given(st.text())
def test_a_forged_cursor_is_refused_or_harmless(text: str) -> None:
    try:
        value, id_ = parse_cursor(text, "after")
    except Invalid:
        return
    assert isinstance(value, str | int | float)
    assert type(id_) is int


@pytest.mark.parametrize(
    "arguments",
    [{"first": 0}, {"first": 101}, {"last": 0}, {"first": 1, "last": 1}, {"after": "?"}],
)
def test_a_window_out_of_bounds_is_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        parse_page_args(**arguments)  # type: ignore[arg-type]


def test_a_window_at_its_bounds_is_taken() -> None:
    assert parse_page_args(first=1).size == 1
    assert parse_page_args(last=100) == PageArgs(100, backward=True)


@pytest.mark.parametrize(
    ("_case", "column_type", "value"),
    [
        ("a number among times", datetime, 3),
        ("words among times", datetime, "Bread"),
        ("a time without a zone", datetime, "2026-01-01 12:00:00"),
        ("a time before all time", datetime, "0001-01-01 00:00:00+23:59"),
        ("words among numbers", int, "3"),
        ("a number that no column column_type", int, 2**63),
        ("a fraction among numbers", int, 0.5),
        ("a number among names", str, 3),
    ],
)
def test_a_cursor_of_another_list_is_refused(
    _case: str, column_type: ColumnType, value: str | int
) -> None:
    with pytest.raises(Invalid, match="after: is not a cursor of this list"):
        keyset_sql(("a", "id"), column_type, False, parse_page_args(after=encode_cursor(value, 1)))


@pytest.mark.parametrize(
    ("column_type", "value"),
    [(datetime, "2026-01-01 12:00:00+00:00"), (int, -(2**63) + 1), (str, "Bread"), (str, "")],
)
def test_a_cursor_of_this_list_is_compared_with(column_type: ColumnType, value: str | int) -> None:
    _, args, _ = keyset_sql(
        ("a", "id"), column_type, False, parse_page_args(before=encode_cursor(value, 1))
    )
    assert args == [value, 1]


async def numbered(total: int) -> list[int]:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    ids = [await an_article(f"N{i}") for i in range(total)]
    for i, id_ in enumerate(ids):
        await Article.filter(id=id_).update(published_at=start + timedelta(days=i // 2))
    return ids


@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST, Order.RECENTLY_UPDATED])
async def test_pages_forward_and_backward_tell_every_article_once(order: Order, db: Reader) -> None:
    await numbered(11)
    expected = [
        row.id for row in (await reads.page(db, PageArgs(100), order, EVERYTHING, READER)).rows
    ]
    assert len(expected) == 11
    forward, after = [], None
    while True:
        page = await reads.page(
            db, parse_page_args(first=3, after=after), order, EVERYTHING, READER
        )
        forward += [row.id for row in page.rows]
        after = encode_cursor(reads.sort_value(page.rows[-1], order), page.rows[-1].id)
        if not page.has_next:
            break
    assert forward == expected
    backward: list[int] = []
    before = None
    while True:
        page = await reads.page(
            db, parse_page_args(last=3, before=before), order, EVERYTHING, READER
        )
        backward = [row.id for row in page.rows] + backward
        before = encode_cursor(reads.sort_value(page.rows[0], order), page.rows[0].id)
        if not page.has_previous:
            break
    assert backward == expected


async def test_an_article_that_arrives_between_two_pages_moves_nothing(db: Reader) -> None:
    ids = await numbered(6)
    first = await reads.page(db, parse_page_args(first=3), Order.NEWEST, EVERYTHING, READER)
    await an_article("Newest of all")
    after = encode_cursor(reads.sort_value(first.rows[-1], Order.NEWEST), first.rows[-1].id)
    rest = await reads.page(
        db, parse_page_args(first=3, after=after), Order.NEWEST, EVERYTHING, READER
    )
    assert [row.id for row in (*first.rows, *rest.rows)] == ids[::-1]


async def test_filters_narrow_lists_and_counts_alike(db: Reader) -> None:
    weather = await an_article("Rain", topics=("Weather",), authors=("Nora",))
    await an_article("Sport", topics=("Sport",), authors=("Tom",), language="de")
    await an_article("Hidden", topics=("Weather",), status=Status.DRAFT)
    for narrowed in (
        ArticleFilter(topics=("weather",)),
        ArticleFilter(authors=("nora",)),
        ArticleFilter(languages=("en",)),
        ArticleFilter(topics=("weather",), languages=("en",), kinds=("ARTICLE",)),
    ):
        page = await reads.page(db, PageArgs(9), Order.NEWEST, narrowed, READER)
        assert [row.id for row in page.rows] == [weather]
        assert await reads.count(db, narrowed, READER) == 1
    drafts = ArticleFilter(statuses=("DRAFT",))
    assert await reads.count(db, drafts, READER) == 0
    assert await reads.count(db, drafts, EDITOR) == 1
    future = ArticleFilter(published_from=datetime(2100, 1, 1, tzinfo=UTC))
    assert await reads.count(db, future, READER) == 0


async def test_a_topic_stands_for_those_below_it(db: Reader) -> None:
    id_ = await an_article("Rain", topics=("Rain",))
    parent = await Topic.create(slug="sky", name="Sky", description="")
    await Topic.filter(slug="rain").update(parent_id=parent.id)
    page = await reads.page(db, PageArgs(9), Order.NEWEST, ArticleFilter(topics=("sky",)), READER)
    assert [row.id for row in page.rows] == [id_]


@pytest.mark.databases("sqlite")  # PostgreSQL plans by sizes: see test_postgres.py
async def test_a_page_of_the_newest_reads_an_index_and_sorts_nothing(db: Reader) -> None:
    plan = await db.rows(
        "EXPLAIN QUERY PLAN SELECT a.id FROM article a WHERE a.status IN ('PUBLISHED') AND 1"
        " ORDER BY a.published_at DESC, a.id DESC LIMIT 21"
    )
    text = " ".join(str(row[-1]) for row in plan)
    assert "USING" in text
    assert "TEMP B-TREE" not in text


@pytest.mark.parametrize("backward", [False, True])
def test_a_window_that_does_not_peek_reads_no_row_more_and_tells_of_no_end(backward: bool) -> None:
    page_args = PageArgs(3, backward=backward, peeks=False)
    assert (page_args.rows, page_args._replace(peeks=True).rows) == (3, 4)
    page = to_page([1, 2, 3], page_args)
    assert sorted(page.rows) == [1, 2, 3]
    assert not page.is_complete  # there may be more
    assert to_page([1, 2], page_args._replace(peeks=True)).is_complete

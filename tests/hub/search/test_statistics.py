"""hub.search.statistics: searches are counted in sums, without personal data."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from hub import related
from hub.auth import SYSTEM
from hub.db.database import Reader, run, transaction
from hub.db.timestamps import now
from hub.models import RelationKind
from hub.reads import query_statistics
from hub.reads.query_statistics import MissingRow, QueryRow
from hub.search.statistics import MAX_PENDING, QueryCounter, normalise
from tests.support.factories import an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        ("  Red\t Sofa ", "red sofa"),
        ("", ""),
        ("me@example.com", ""),
        ("call 030 123-456", ""),
        ("1976 storm", "1976 storm"),
        ("x" * 101, ""),
        ("fer\0ry", ""),
        ("fer\ud800ry", ""),
    ],
)
def test_what_may_be_personal_is_not_counted(typed: str, counted: str) -> None:
    assert normalise(typed) == counted


async def test_sums_grow_and_the_last_number_of_hits_counts(db: Reader) -> None:
    counter = QueryCounter()
    for text, hits in (("ferry", 3), ("Ferry", 5), ("oven", 0)):
        counter.count(text, hits)
    await counter.store(90)
    counter.count("FERRY", 4)
    counter.count("ship", 0)
    await counter.store(90)
    await counter.store(90)  # nothing to store
    assert await query_statistics.top(db, 1, 10) == [
        QueryRow("ferry", 3, 4),
        QueryRow("oven", 1, 0),
        QueryRow("ship", 1, 0),
    ]
    assert [row.text for row in await query_statistics.without_hits(db, 1, 1)] == ["oven"]
    assert await query_statistics.popular(db, 1, 3, 10) == [QueryRow("ferry", 3, 4)]
    [row] = await run("SELECT * FROM query_stat LIMIT 1")
    assert list(row.keys()) == ["id", "day", "text", "asked", "hits"]


@transaction
async def _days_ago(text: str, days: int, hits: int) -> None:
    await run(
        "INSERT INTO query_stat (day, text, asked, hits) VALUES (?, ?, 1, ?)",
        [(now().date() - timedelta(days=days)).isoformat(), text, hits],
    )


async def test_days_are_left_out_and_forgotten(db: Reader) -> None:
    for days in (1, 20, 95):
        await _days_ago("ferry", days, days)
    assert await query_statistics.top(db, 10, 10) == [QueryRow("ferry", 1, 1)]
    assert await query_statistics.top(db, 1000, 10) == [QueryRow("ferry", 3, 1)]
    counter = QueryCounter()
    counter.count("oven", 1)
    await counter.store(90)
    assert await query_statistics.top(db, 1000, 10) == [
        QueryRow("ferry", 2, 1),
        QueryRow("oven", 1, 1),
    ]


async def test_what_finds_nothing_may_name_an_article_that_others_link_to(db: Reader) -> None:
    id_ = await an_article()
    headline = "Council weighs a second charger"
    await related.link(id_, headline=headline, kind=RelationKind.INLINE, by=SYSTEM)
    counter = QueryCounter()
    for text in ("second charger", "charger", "second chance", headline.upper()):
        counter.count(text, 0)
    counter.count("weighs council", 2)
    await counter.store(90)
    assert await query_statistics.missing(db, 1, 10) == [
        MissingRow("council weighs a second charger", 1, headline),
        MissingRow("second charger", 1, headline),
    ]


async def test_memory_is_bounded(db: Reader) -> None:
    counter = QueryCounter()
    for number in range(MAX_PENDING + 50):
        counter.count(f"w{number}", 1)
    await counter.store(90)
    [[stored]] = await db.rows("SELECT count(*) FROM query_stat")
    assert stored == MAX_PENDING


async def test_trouble_with_the_database_costs_the_counts_alone(
    db: Reader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: object) -> None:
        raise OSError("disk full")

    counter = QueryCounter()
    counter.count("ferry", 1)
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr("hub.search.statistics._add", fails)
        await counter.store(90)
    assert "could not be counted" in caplog.text
    assert await query_statistics.top(db, 1, 1) == []

"""hub.search.statistics: clicks count for what was searched for, and take little memory."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from datetime import timedelta

import pytest

from hub.db.database import Reader, run
from hub.db.timestamps import now
from hub.rate_limits import daily_secret
from hub.search.settled import Search
from hub.search.statistics import CLICK_SECONDS, MAX_CLICKED, MAX_PENDING, QueryCounter

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


@pytest.mark.parametrize("seed", range(8))
async def test_clicks_make_no_rows_and_none_of_a_search_is_lost(db: Reader, seed: int) -> None:
    """In whatever order two processes get searches and clicks, and store them."""
    chance = random.Random(seed)
    counters = [QueryCounter(daily_secret, lambda: 0.0, is_shared=True) for _ in range(2)]
    asked, clicks, positions = Counter[str](), Counter[str](), Counter[str]()
    for _ in range(80):
        counter, text = chance.choice(counters), chance.choice("abcdefgh")
        if chance.random() < 0.1:
            await counter.store(90)
        elif chance.random() < 0.3 and text < "e":
            counter.count(Search(text, 1), chance.choice("12"))
            asked[text] += 1
        else:
            place = chance.randrange(1, 9)
            counter.click(text, place, chance.choice("12"))
            clicks[text] += 1
            positions[text] += place
    for counter in (*counters, *counters):
        await counter.store(90)
    rows = await db.rows("SELECT text, asked, clicks, positions FROM query_stat ORDER BY text")
    assert rows == [
        (text, times, clicks[text], positions[text]) for text, times in sorted(asked.items())
    ]


@pytest.mark.parametrize(("days", "clicks"), [(0, 1), (1, 1), (2, 0), (95, 0)])
async def test_clicks_are_added_to_what_was_searched_for_lately(
    db: Reader, days: int, clicks: int
) -> None:
    counter = QueryCounter(daily_secret)
    counter.count(Search("ferry", 3), "Ann")
    await counter.store(90)
    await run("UPDATE query_stat SET day = ?", [(now().date() - timedelta(days)).isoformat()])
    counter.click("ferry", 4, "Ann")
    await counter.store(190)
    rows = await db.rows("SELECT asked, clicks, positions FROM query_stat")
    assert rows == [(1, clicks, 4 * clicks)]


@pytest.mark.parametrize(
    ("is_shared", "seconds", "clicks"),
    [(True, CLICK_SECONDS - 1, 1), (True, CLICK_SECONDS + 1, 0), (False, 1, 0)],
)
async def test_clicks_wait_a_while_for_the_search_of_another_process(
    db: Reader, is_shared: bool, seconds: float, clicks: int
) -> None:
    moment = 0.0
    counter = QueryCounter(daily_secret, lambda: moment, is_shared=is_shared)
    counter.click("ferry", 4, "Ann")
    await counter.store(90)
    moment += seconds
    await counter.store(90)
    other_process = QueryCounter(daily_secret)
    other_process.count(Search("ferry", 3), "Ann")
    await other_process.store(90)
    await counter.store(90)
    assert await db.rows("SELECT clicks FROM query_stat") == [(clicks,)]


async def test_clicks_take_no_room_of_searches(db: Reader) -> None:
    counter = QueryCounter(is_shared=True)
    for number in range(MAX_PENDING + 50):
        counter.click(f"never asked {number}", 1)
    assert len(counter._clicked) == MAX_CLICKED
    counter.count(Search("ferry", 1))
    counter.click("ferry", 1)
    await counter.store(90)
    for number in range(MAX_CLICKED):
        counter.click(f"another {number}", 1)
    assert len(counter._clicked) == MAX_CLICKED
    assert await db.rows("SELECT text, clicks FROM query_stat") == [("ferry", 1)]


def test_what_is_typed_is_kept_as_short_as_it_is_counted() -> None:
    counter = QueryCounter()
    tracemalloc.start()
    try:
        for number in range(1_000):
            text = f"ferry {number}" + " " * 5_000
            counter.count(Search(text, 1, is_typing=True, language="x" * 5_000), str(number))
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()

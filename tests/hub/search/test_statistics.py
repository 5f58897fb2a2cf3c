"""hub.search.statistics: searches are counted in sums, without personal data."""

from __future__ import annotations

import logging
import random
import tracemalloc
from collections import Counter
from datetime import date, timedelta

import pytest

from hub import related
from hub.auth import SYSTEM, viewer_of
from hub.db.database import Reader, run, transaction
from hub.db.timestamps import now
from hub.errors import Invalid, NotAllowed, NotFound
from hub.models import QueryStat, RelationKind, Role, Status
from hub.rate_limits import daily_secret
from hub.reads import query_statistics
from hub.reads.query_statistics import (
    MIN_READERS,
    Days,
    MissingRow,
    PeriodRow,
    QueryRow,
    RisingRow,
    last_days,
)
from hub.search.settled import Search
from hub.search.statistics import (
    MAX_PENDING,
    QueryCounter,
    _find_phrases,
    block,
    normalise,
    trim,
    unblock,
)
from tests.support.factories import EDITOR, READER, WRITER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


READERS = ("Ann", "Bea", "Cid")


def ask(counter: QueryCounter, search: Search) -> None:
    """Search as so many readers as a text is shown after."""
    for reader in READERS:
        counter.count(search, reader)


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        ("  Red\t Sofa ", "red sofa"),
        ("", ""),
        ("me@example.com", ""),
        ("call 030 123-456", ""),
        ("1976 storm", "1976 storm"),
        ("x" * 101, ""),
        ("fer\0ry", "ferry"),
        ("bo\u202eld \x1b[31mred\x07", "bold [31mred"),
        ("fer\ud800ry", ""),
    ],
)
def test_what_may_be_personal_is_not_counted(typed: str, counted: str) -> None:
    assert normalise(typed) == counted


async def test_sums_grow_and_the_last_number_of_hits_counts(db: Reader) -> None:
    counter = QueryCounter(daily_secret)
    for text, hits in (("ferry", 3), ("Ferry", 5), ("oven", 0)):
        ask(counter, Search(text, hits))
    await counter.store(90)
    ask(counter, Search("FERRY", 4))
    ask(counter, Search("ship", 0))
    await counter.store(90)
    await counter.store(90)  # nothing to store
    assert await query_statistics.top(db, last_days(1), 10) == [
        QueryRow("ferry", 9, 4),
        QueryRow("oven", 3, 0),
        QueryRow("ship", 3, 0),
    ]
    assert await query_statistics.without_hits(db, last_days(1), 1) == [QueryRow("oven", 3, 0)]
    assert await query_statistics.popular(db, last_days(1), 10) == [QueryRow("ferry", 9, 4)]
    [row] = await run("SELECT * FROM query_stat LIMIT 1")
    assert set(row.keys()) == {
        *("id", "day", "text", "asked", "hits", "readers"),
        *("filtered", "lacking", "clicks", "positions", "language"),
    }


async def test_a_search_is_popular_once_three_readers_made_it(db: Reader) -> None:
    counter, other_process = (QueryCounter(daily_secret) for _ in range(2))
    for _ in range(9):
        counter.count(Search("ferry", 3), "address 1")
        counter.count(Search("oven", 3), "address 1")
    await counter.store(90)
    other_process.count(Search("ferry", 3), "address 1")
    other_process.count(Search("ferry", 3), "address 2")
    await other_process.store(90)
    assert await query_statistics.popular(db, last_days(1), 10) == []
    counter.count(Search("ferry", 3), "address 3")
    counter.count(Search("ferry", 3), "address 4")
    await counter.store(90)
    assert await query_statistics.popular(db, last_days(1), 10) == [QueryRow("ferry", 13, 3)]
    readers = await db.rows("SELECT text, reader FROM query_reader")
    assert len(readers) == MIN_READERS + 1  # of the fourth nothing is stored
    assert len({reader for _, reader in readers}) == len(readers)  # nor who asked for both
    assert "address" not in str(readers)
    await run("UPDATE query_reader SET day = '2026-01-01'")
    counter.count(Search("oven", 3), "address 1")
    await counter.store(90)
    assert [text for (text,) in await db.rows("SELECT text FROM query_reader")] == ["oven"]


@pytest.mark.parametrize(
    ("readers_by_day", "is_popular"),
    [
        ([{"a"}, {"a"}, {"a"}], False),
        ([{"a", "b"}, {"a", "b"}], False),
        ([{"a"}, {"b"}, {"c"}], False),  # perhaps one reader with three addresses
        ([{"a"}, {"a", "b", "c"}], True),
        ([{"a", "b", "c"}, set()], True),
    ],
)
async def test_readers_of_several_days_are_not_added(
    db: Reader, readers_by_day: list[set[str]], is_popular: bool
) -> None:
    for days, readers in enumerate(readers_by_day):
        counter = QueryCounter(daily_secret)
        for reader in readers or {""}:
            counter.count(Search("ferry", 3), reader)
        await counter.store(90)
        day = (now().date() - timedelta(days=days + 1)).isoformat()
        for table in ("query_stat", "query_reader"):
            await run(f"UPDATE {table} SET day = ? WHERE day = ?", [day, now().date().isoformat()])
    popular = await query_statistics.popular(db, last_days(30), 10)
    assert [row.text for row in popular] == ["ferry"] * is_popular


async def test_a_reader_counts_once_when_the_day_ends(db: Reader) -> None:
    async def secret_of_yesterday() -> tuple[str, bytes]:
        return (now().date() - timedelta(days=1)).isoformat(), b"yesterday"

    for secret in (secret_of_yesterday, daily_secret):
        counter = QueryCounter(secret)
        counter.count(Search("ferry", 3), "address 1")
        await counter.store(90)
    assert await db.rows("SELECT asked, readers FROM query_stat") == [(2, 1)]


async def test_blocked_texts_are_kept_by_editors(db: Reader) -> None:
    assert await block("  Jane   DOE ", by=EDITOR) == "jane doe"
    await block("jane doe", by=EDITOR)
    assert await query_statistics.blocked(db) == ["jane doe"]
    for text in ("", "me@example.com"):
        with pytest.raises(Invalid):
            await block(text, by=EDITOR)
    for work in (block, unblock):
        with pytest.raises(NotAllowed):
            await work("jane doe", by=WRITER)
    assert await unblock("Jane Doe", by=EDITOR) == "jane doe"
    with pytest.raises(NotFound):
        await unblock("Jane Doe", by=EDITOR)
    assert await query_statistics.blocked(db) == []


@transaction
async def _days_ago(text: str, days: int, hits: int) -> None:
    await run(
        "INSERT INTO query_stat (day, text, asked, hits, readers) VALUES (?, ?, 1, ?, 3)",
        [(now().date() - timedelta(days=days)).isoformat(), text, hits],
    )


async def test_days_are_left_out_and_forgotten(db: Reader) -> None:
    for days in (1, 20, 95):
        await _days_ago("ferry", days, days)
    assert await query_statistics.top(db, last_days(10), 10) == [QueryRow("ferry", 1, 1)]
    assert await query_statistics.top(db, last_days(1000), 10) == [QueryRow("ferry", 3, 1)]
    counter = QueryCounter(daily_secret)
    ask(counter, Search("oven", 1))
    await counter.store(90)
    assert await query_statistics.top(db, last_days(1000), 10) == [
        QueryRow("oven", 3, 1),
        QueryRow("ferry", 2, 1),
    ]


async def test_what_no_article_has_every_word_of_is_missing(db: Reader) -> None:
    id_ = await an_article()
    headline = "Council weighs a second charger"
    await related.link(id_, headline=headline, kind=RelationKind.INLINE, by=SYSTEM)
    counter = QueryCounter(daily_secret)
    for search in (
        Search("second charger", 0),
        Search("second charger council", 9, has_every_word=False),
        Search(f"why {headline.upper()}?", 1, has_every_word=False),
        Search("the second chargers' council", 3, has_every_word=False),  # three of four words
        Search("council second meeting", 3, has_every_word=False),  # two of three
        Search("charger", 0),  # one word of several
        Search("second chance", 9, has_every_word=False),
        Search("weighs council", 2),  # there is an article of it
        Search("council charger", 0, has_every_word=False, is_filtered=True),  # nobody knows
    ):
        ask(counter, search)
    counter.count(Search(headline, 0), "Ann")  # nobody else asks for it
    await counter.store(90)
    assert await query_statistics.missing(db, last_days(1), 10, READER) == [
        MissingRow("second charger", 3, headline),
        MissingRow("second charger council", 3, headline),
        MissingRow("the second chargers' council", 3, headline),
        MissingRow("why council weighs a second charger?", 3, headline),
        MissingRow("charger", 3, ""),
        MissingRow("council second meeting", 3, ""),
        MissingRow("second chance", 3, ""),
    ]


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_filter_does_not_tell_what_a_text_finds(db: Reader, is_first: bool) -> None:
    counter, other_process = (QueryCounter(daily_secret) for _ in range(2))
    narrowed = Search("ferry", 0, has_every_word=False, is_filtered=True)
    searches = [narrowed, Search("ferry", 7)][:: 1 if is_first else -1]
    for search, process in zip(searches, (counter, other_process), strict=True):
        ask(process, search)
        await process.store(90)
    assert await query_statistics.top(db, last_days(1), 10) == [QueryRow("ferry", 6, 7)]
    assert await query_statistics.without_hits(db, last_days(1), 10) == []
    assert await query_statistics.missing(db, last_days(1), 10, EDITOR) == []
    ask(counter, narrowed._replace(text="oven", hits=2))
    ask(counter, narrowed._replace(text="oven"))
    await counter.store(90)
    assert await query_statistics.without_hits(db, last_days(1), 10) == []
    assert QueryRow("oven", 6, 2) in await query_statistics.popular(db, last_days(1), 10)


@pytest.mark.parametrize(
    ("typed", "searches"),
    [
        (["f", "fe", "fer", "ferr", "ferry"], ["ferry"]),
        (["ferru", "ferr", "ferry"], ["ferry"]),
        (["ferry", 9, "ferry g", "ferry gannet"], ["ferry", "ferry gannet"]),
        (["ferry", 2, "oven"], ["ferry", "oven"]),  # perhaps two readers behind one address
        (["ferry", 9, "ferry", 9, "ferry"], ["ferry"]),
        (["ferry", 99, "ferry"], ["ferry", "ferry"]),
        (["fer", "ferry", "!ferry"], ["ferry"]),
        (["fer", "ferry", 9, "!ferry"], ["ferry"]),
        (["fer", "!ferry gannet"], ["ferry gannet"]),
        (["!ferry", "!ferry"], ["ferry", "ferry"]),
        (["fe", 9], []),
        (["\u6771", 9], ["\u6771"]),
        (["ferry", "ferr", "f", 9], []),
    ],
)
async def test_typing_that_has_settled_is_one_search(
    db: Reader, typed: list[str | int], searches: list[str]
) -> None:
    """Numbers are pauses in seconds, and `!` is Enter."""
    moment = 0.0
    counter = QueryCounter(daily_secret, lambda: moment)
    for step in [*typed, 9]:
        if isinstance(step, int):
            moment += step
            await counter.store(90)
            continue
        moment += 0.2
        for reader in READERS:
            search = Search(step.removeprefix("!"), 3, is_typing=not step.startswith("!"))
            counter.count(search, reader)
    top = await query_statistics.top(db, last_days(1), 10)
    counted = {row.text: row.searches // 3 for row in top}
    assert counted == Counter(searches)


@pytest.mark.parametrize(
    ("typed", "searches"),
    [
        (["A fer", "B ferr", "A ferry", "B ferry g", "B ferry gannet"], ["ferry gannet"]),
        (["A fer", "B ferry", 40, "A ferry gannet"], ["ferry", "ferry gannet"]),
        (["A fer", "B oven"], ["fer", "oven"]),
        (["A fer", "B ferry", "A !ferry"], ["ferry"]),
        (["A bakery o", 1, "B bakery oven", 30, "A bakery"], ["bakery oven", "bakery"]),
    ],
)
async def test_typing_is_one_search_in_whatever_processes(
    db: Reader, typed: list[str | int], searches: list[str]
) -> None:
    """Steps name the process; numbers are seconds, in which both processes store their counts."""
    moment = 1_000.0
    first, second = (QueryCounter(daily_secret, lambda: moment, is_shared=True) for _ in range(2))
    for step in [*typed, 40]:
        if isinstance(step, int):
            for _ in range(step // 5):
                moment += 5
                await first.store(90)
                await second.store(90)
            continue
        moment += 0.2
        process, _, text = step.partition(" ")
        search = Search(text.removeprefix("!"), 3, is_typing=not text.startswith("!"))
        for reader in READERS:
            (first if process == "A" else second).count(search, reader)
    top = await query_statistics.top(db, last_days(1), 10)
    assert {row.text: row.searches // 3 for row in top} == Counter(searches)
    moment += 99
    ask(first, Search("sofa", 3, is_typing=True))
    await first.store(90)
    [[oldest]] = await db.rows("SELECT min(at) FROM overtaken_text")
    assert oldest == moment  # others are gone, and nothing tells who it was
    assert "Ann" not in str(await db.rows("SELECT reader FROM overtaken_text"))
    await trim(90)
    assert await db.rows("SELECT reader FROM overtaken_text") == []


async def test_what_was_typed_last_is_counted_when_the_process_ends(db: Reader) -> None:
    counter = QueryCounter(daily_secret, lambda: 0.0)
    ask(counter, Search("ferry", 3, is_typing=True))
    await counter.store(90)
    assert await query_statistics.top(db, last_days(1), 10) == []
    await counter.store(90, settle_at_once=True)
    assert await query_statistics.top(db, last_days(1), 10) == [QueryRow("ferry", 3, 3)]


async def test_clicks_are_sums_of_texts(db: Reader) -> None:
    """Counted by any process, also before the search is stored; of typing, the text settles."""
    counter, other_process = (
        QueryCounter(daily_secret, is_shared=shared) for shared in (False, True)
    )
    other_process.click("Ferry", 1, "Ann")
    await other_process.store(90)
    ask(counter, Search("ferry", 3))
    ask(counter, Search("oven", 3, is_typing=True))
    for reader in READERS:
        counter.click("oven", 2, reader)
        counter.click("oven", 4, reader)
    counter.click("of one", 1, "Ann")
    counter.click("me@example.com", 1, "Ann")
    await counter.store(90)
    await other_process.store(90)
    ferry, oven = await query_statistics.top(db, last_days(1), 10)
    assert ferry == QueryRow("ferry", 3, 3, clicks=1, positions=1)
    assert ferry.click_through == pytest.approx(1 / 3)
    assert ferry.mean_position == 1
    assert oven == QueryRow("oven", 3, 3, clicks=6, positions=18)
    assert (oven.click_through, oven.mean_position) == (1, 3)
    assert await db.rows("SELECT text FROM query_stat WHERE text LIKE '%@%'") == []


async def test_trends_are_by_day_week_and_language_and_ranges_are_kept_to(db: Reader) -> None:
    searches = [
        ("2026-02-27", "ferry", 2, 4, 0, "en"),  # a Friday
        ("2026-03-01", "oven", 3, 0, 0, "en"),
        ("2026-03-02", "ferry", 9, 4, 0, "en"),
        ("2026-03-02", "fähre", 5, 7, 2, "de"),
        ("2026-03-03", "fähre", 1, 0, 0, "de"),
        ("2026-03-04", "sofa", 4, 9, 0, ""),
    ]
    for day, text, asked, hits, clicks, language in searches:
        await QueryStat.create(
            day=day, text=text, asked=asked, hits=hits, readers=3, clicks=clicks, language=language
        )
    await QueryStat.create(day="2026-03-02", text="of one", asked=1, hits=0, readers=1)
    days = Days(date(2026, 3, 1), date(2026, 3, 4))
    assert [row[:3] for row in await query_statistics.by_day(db, days)] == [
        ("2026-03-01", 3, 3),
        ("2026-03-02", 15, 1),
        ("2026-03-03", 1, 1),
        ("2026-03-04", 4, 0),
    ]
    weeks = await query_statistics.by_week(db, days._replace(first=date(2026, 2, 27)))
    assert weeks == [PeriodRow("2026-02-23", 5, 3, 0), PeriodRow("2026-03-02", 20, 2, 2)]
    assert await query_statistics.by_language(db, days) == [
        PeriodRow("en", 12, 3, 0),
        PeriodRow("de", 6, 1, 2),
        PeriodRow("", 5, 1, 0),
    ]
    assert [
        row.text for row in await query_statistics.top(db, days._replace(language="de"), 9)
    ] == ["fähre"]
    assert await query_statistics.rising(db, days, 9) == [
        RisingRow("ferry", 9, 2),
        RisingRow("fähre", 6, 0),
        RisingRow("sofa", 4, 0),
        RisingRow("oven", 3, 0),
    ]
    # Clicks are counted since the second of March; four hits are not many.
    assert [row.text for row in await query_statistics.without_clicks(db, days, 9)] == ["sofa"]
    before_clicks = days._replace(last=date(2026, 3, 1))
    assert await query_statistics.without_clicks(db, before_clicks, 9) == []


@pytest.mark.parametrize("seed", range(8))
async def test_a_text_of_fewer_than_three_readers_is_shown_nowhere(db: Reader, seed: int) -> None:
    """Whatever they do with it, in however many processes and on several days."""
    chance = random.Random(seed)
    id_ = await an_article()
    await related.link(id_, headline="Word of text", kind=RelationKind.INLINE, by=SYSTEM)
    readers_of: dict[tuple[int, str], set[str]] = {}
    for day in (2, 1, 0):  # days ago
        counters = [QueryCounter(daily_secret) for _ in range(2)]
        for _ in range(chance.randrange(1, 60)):
            text, reader = f"word text {chance.choice('abcdefgh')}", chance.choice("1122334")
            counter = chance.choice(counters)
            if chance.random() < 0.2:
                counter.click(text, chance.randrange(1, 9), reader)
                continue
            complete, filtered, typing = (chance.random() < 0.4 for _ in range(3))
            hits = chance.choice((0, 1, 9))
            counter.count(Search(text, hits, complete, filtered, typing, "en"), reader)
            readers_of.setdefault((day, text), set()).add(reader)
            if chance.random() < 0.1:
                await counter.store(90)
        for counter in counters:
            await counter.store(90, settle_at_once=True)
        if day:
            today = now().date()
            past = [(today - timedelta(days=day)).isoformat(), today.isoformat()]
            await run("DELETE FROM query_reader")
            await run("UPDATE query_stat SET day = ? WHERE day = ?", past)
    days = last_days(3)
    shown = {
        "top": await query_statistics.top(db, days, 99),
        "nothing": await query_statistics.without_hits(db, days, 99),
        "clicks": await query_statistics.without_clicks(db, days, 99),
        "popular": await query_statistics.popular(db, days, 99),
        "rising": await query_statistics.rising(db, days, 99),
        "missing": await query_statistics.missing(db, days, 99, SYSTEM),
    }
    public = {text for (_, text), readers in readers_of.items() if len(readers) >= MIN_READERS}
    for name, rows in shown.items():
        texts = {str(row[0]) for row in rows}  # type: ignore[attr-defined]
        assert texts <= public, name
    assert {row.text for row in shown["top"]} == public  # type: ignore[attr-defined]
    sums = [
        *await query_statistics.by_day(db, days),
        *await query_statistics.by_week(db, days),
        *await query_statistics.by_language(db, days),
    ]
    assert "word" not in str(sums)


async def test_headlines_of_hidden_articles_are_told_to_staff_alone(db: Reader) -> None:
    draft, public = await an_article(status=Status.DRAFT), await an_article()
    pinned, inline = RelationKind.PINNED, RelationKind.INLINE
    await related.link(draft, headline="Secret plan", kind=inline, by=SYSTEM)
    await related.link(public, headline="Planned story", kind=pinned, by=SYSTEM)
    counter = QueryCounter(daily_secret)
    for text in ("secret plan", "planned story"):
        ask(counter, Search(text, 0))
    await counter.store(90)
    tuner = viewer_of("Tuner", Role.EDITOR, "tune")
    for viewer, headlines in ((tuner, {""}), (EDITOR, {"Secret plan", "Planned story"})):
        rows = await query_statistics.missing(db, last_days(1), 10, viewer)
        assert {row.headline for row in rows} == headlines


async def test_memory_is_bounded(db: Reader) -> None:
    counter = QueryCounter()
    for number in range(MAX_PENDING + 50):
        counter.count(Search(f"w{number}", 1))
    await counter.store(90)
    [[stored]] = await db.rows("SELECT count(*) FROM query_stat")
    assert stored == MAX_PENDING


async def test_trouble_with_the_database_costs_the_counts_alone(
    db: Reader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: object) -> None:
        raise OSError("disk full")

    counter = QueryCounter()
    counter.count(Search("ferry", 1))
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr("hub.search.statistics._add", fails)
        await counter.store(90)
    assert "could not be counted" in caplog.text
    assert await query_statistics.top(db, last_days(1), 1) == []


def test_erased_texts_are_searched_for_in_little_memory() -> None:
    """Two hundred long comments have 24 million phrases, which need gigabytes."""
    chance = random.Random(7)

    def some(least: int, most: int) -> str:
        return " ".join(chance.choices("abcd", k=chance.randint(least, most)))

    phrases = list(dict.fromkeys(some(1, 5) for _ in range(400)))
    texts = [some(0, 30).upper() for _ in range(9)]
    expected = [
        phrase for phrase in phrases if any(f" {phrase} " in f" {text.lower()} " for text in texts)
    ]
    assert sorted(_find_phrases(texts, [*phrases, "?!"])) == sorted(expected)
    long_texts = (" ".join(map(str, range(at, at + 10_000))) for at in range(5))
    tracemalloc.start()
    try:
        assert _find_phrases(long_texts, ["7 8 9", "8 7"]) == ["7 8 9"]
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()

"""hub.db.postgres.pool and pipeline: statements are sent together, and fail separately."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import psycopg
import pytest

from hub.db.postgres.pipeline import MAX_PREPARED
from hub.db.postgres.pool import BATCH, ReaderPool
from hub.errors import DatabaseError
from hub.settings import Settings
from tests.support.postgres import Database

pytestmark = [pytest.mark.anyio, pytest.mark.databases("postgres")]
PID = "SELECT pg_backend_pid()"


@asynccontextmanager
async def connections(
    settings: Settings, max_size: int = 4, seconds: float = 60.0
) -> AsyncIterator[ReaderPool]:
    opened = ReaderPool(settings.database_url, max_size, seconds)
    try:
        yield opened
    finally:
        opened.close()


async def test_what_is_asked_in_one_turn_goes_out_together(settings: Settings) -> None:
    async with connections(settings) as db:
        moment = "SELECT pg_backend_pid(), now()"  # constant within a batch
        await asyncio.gather(*(db.submit(PID, []) for _ in range(4 * BATCH)))  # open all
        together = await asyncio.gather(*(db.submit(moment, []) for _ in range(BATCH)))
        assert len({rows[0] for rows in together}) == 1
        assert await db.submit(moment, []) != together[0]


async def test_more_than_a_batch_is_shared_out(settings: Settings) -> None:
    async with connections(settings) as db:
        for _ in range(3):
            results = await asyncio.gather(*(db.submit(PID, []) for _ in range(10 * BATCH)))
        assert 1 < len({pid for [[pid]] in results}) <= 4


async def test_rows_come_to_whoever_asked_for_them(settings: Settings) -> None:
    async with connections(settings) as db:
        for _ in range(5):
            pending = [
                db.submit("SELECT $1::int, repeat('x', $1)", [number]) for number in range(100)
            ]
            assert await asyncio.gather(*pending) == [[(n, "x" * n)] for n in range(100)]


async def test_a_statement_that_fails_fails_alone(settings: Settings) -> None:
    async with connections(settings, max_size=1) as db:
        for _ in range(3):  # as new statements, and as prepared ones
            results = await asyncio.gather(
                db.submit("SELECT $1::int", [1]),
                db.submit("SELECT 1 / $1", [0]),
                db.submit("SELECT $1::int + 1", [1]),
                db.submit("SELECT nothing", []),
                db.submit("SELECT $1::int", ["many"]),
                db.submit("SELECT $1::int", [3]),
                return_exceptions=True,
            )
            assert [results[0], results[2], results[5]] == [[(1,)], [(2,)], [(3,)]]
            assert [type(results[at]) for at in (1, 3, 4)] == [
                psycopg.errors.DivisionByZero,
                psycopg.errors.UndefinedColumn,
                psycopg.errors.InvalidTextRepresentation,
            ]


AWKWARD = ["", " ", "NULL", "null", '"', "\\", '\\"', "{}", "a,b", "'", "$1", "?", "é🥨", "\n", "%"]


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("text", AWKWARD),
        ("int", [0, -1, 2**31 - 1]),
        ("bigint", [2**63 - 1, -(2**63)]),
        ("float8", [0.1, -1e300, 1.0]),
        ("bool", [True, False]),
        ("timestamptz", ["2026-01-02 03:04:05.000006+00", "2026-01-02 03:04:05+00"]),
        ("json", ['{"a": [1, "b"]}']),
    ],
)
async def test_values_come_back_as_they_went(
    settings: Settings, type_: str, values: list[object]
) -> None:
    async with connections(settings) as db:
        pending = [db.submit(f"SELECT $1::{type_}", [value]) for value in [*values, None]]
        assert await asyncio.gather(*pending) == [[(value,)] for value in [*values, None]]
        assert await db.submit(f"SELECT unnest($1::{type_}[])", [values]) == [(v,) for v in values]


async def test_a_nul_is_no_end_of_a_text(settings: Settings) -> None:
    async with connections(settings) as db:
        assert await db.submit("SELECT $1::text", ["a\0b"]) == [("a\N{REPLACEMENT CHARACTER}b",)]
        assert await db.submit("SELECT 'a' = ANY($1)", [["a\0b", "c"]]) == [(False,)]


async def test_much_goes_out_and_comes_back_whole(settings: Settings) -> None:
    async with connections(settings, max_size=2) as db:
        texts = [letter * 3_000_000 for letter in "abcd"]
        results = await asyncio.gather(*(db.submit("SELECT $1::text", [text]) for text in texts))
        assert results == [[(text,)] for text in texts]


async def test_statements_that_are_known_do_not_pile_up(settings: Settings) -> None:
    async with connections(settings, max_size=1) as db:
        for start in range(0, 3 * MAX_PREPARED, 64):
            numbers = range(start, start + 64)
            pending = [db.submit(f"SELECT {number} + $1::int", [1]) for number in numbers]
            assert await asyncio.gather(*pending) == [[(number + 1,)] for number in numbers]
        [(prepared,)] = await db.submit("SELECT count(*) FROM pg_prepared_statements", [])
        assert prepared <= MAX_PREPARED


async def test_a_table_that_has_changed_is_read_as_it_is_now(
    settings: Settings, postgres: Database
) -> None:
    async def change(sql: str) -> None:
        await postgres.cluster.run(sql, postgres.name)

    await change("CREATE TABLE changing AS SELECT 1 AS a")
    try:
        async with connections(settings, max_size=1) as db:
            assert await db.submit("SELECT * FROM changing", []) == [(1,)]
            await change("ALTER TABLE changing ADD b TEXT DEFAULT 'new'")
            results = await asyncio.gather(
                db.submit(PID, []),
                db.submit("SELECT * FROM changing", []),
                db.submit("SELECT 2", []),
            )
            assert [*results[1:]] == [[(1, "new")], [(2,)]]
    finally:
        await change("DROP TABLE changing")


async def test_whoever_leaves_spoils_nothing_for_the_others(settings: Settings) -> None:
    async with connections(settings, max_size=1) as db:
        for pause in range(12):
            pending = [
                db.submit("SELECT $1::int, pg_sleep(0.002)", [number]) for number in range(12)
            ]
            for _ in range(pause % 4):
                await asyncio.sleep(0.001)
            for future in pending[::2]:
                future.cancel()
            rest = await asyncio.gather(*pending[1::2])
            assert [rows[0][0] for rows in rest] == [1, 3, 5, 7, 9, 11]


async def test_what_takes_too_long_fails_alone(settings: Settings) -> None:
    async with connections(settings, max_size=1, seconds=0.3) as db:
        results = await asyncio.gather(
            db.submit("SELECT 1", []),
            db.submit("SELECT pg_sleep(60)", []),
            db.submit("SELECT 2", []),
            return_exceptions=True,
        )
        assert [results[0], results[2]] == [[(1,)], [(2,)]]
        assert isinstance(results[1], psycopg.errors.QueryCanceled)


async def test_one_that_is_silent_is_given_up(settings: Settings) -> None:
    async with connections(settings, max_size=1, seconds=0.1) as db:
        [(pid,)] = await db.submit(PID, [])
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(TimeoutError), anyio.fail_after(30):
                await db.submit("SELECT 1", [])
        finally:
            os.kill(pid, signal.SIGCONT)
        assert await db.submit("SELECT 2", []) == [(2,)]


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGKILL])
async def test_what_a_lost_connection_owed_is_asked_again(
    settings: Settings, postgres: Database, signal_: signal.Signals
) -> None:
    async with connections(settings, max_size=2) as db:
        [(pid,)] = await db.submit(PID, [])
        pending = [db.submit("SELECT $1::int, pg_sleep(0.2)", [number]) for number in range(6)]
        await asyncio.sleep(0.3)
        os.kill(pid, signal_)  # SIGKILL makes PostgreSQL close all connections, and recover
        if signal_ == signal.SIGTERM:
            assert [rows[0][0] for rows in await asyncio.gather(*pending)] == [*range(6)]
        else:
            await asyncio.gather(*pending, return_exceptions=True)
        await _until(lambda: _answers(db))


async def _until(holds: Callable[[], object]) -> None:
    with anyio.fail_after(30):
        while not await holds():  # type: ignore[misc]
            await asyncio.sleep(0.05)


async def _answers(db: ReaderPool) -> bool:
    try:
        return await db.submit("SELECT 1", []) == [(1,)]
    except (DatabaseError, psycopg.OperationalError):
        return False


async def test_one_that_idles_and_is_lost_is_replaced(settings: Settings) -> None:
    async with connections(settings, max_size=4) as db:
        results = await asyncio.gather(*(db.submit(PID, []) for _ in range(4 * BATCH)))
        for pid in {pid for [[pid]] in results}:
            os.kill(pid, signal.SIGTERM)
        await asyncio.sleep(0.2)
        new_results = await asyncio.gather(*(db.submit(PID, []) for _ in range(4 * BATCH)))
        assert not {pid for [[pid]] in new_results} & {pid for [[pid]] in results}


async def test_once_closed_they_answer_nobody(settings: Settings) -> None:
    async with connections(settings, max_size=1) as db:
        assert await db.submit("SELECT 1", []) == [(1,)]
        running = db.submit("SELECT pg_sleep(60)", [])
        await asyncio.sleep(0.05)
        waiting = [db.submit("SELECT 2", []) for _ in range(3)]
        db.close()
        with anyio.fail_after(5):
            ended = await asyncio.gather(running, *waiting, return_exceptions=True)
        assert all(isinstance(result, DatabaseError | psycopg.OperationalError) for result in ended)
        with pytest.raises(DatabaseError, match="closed"):
            db.submit("SELECT 1", [])

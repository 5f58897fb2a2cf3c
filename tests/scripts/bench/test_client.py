"""The load client, against real server processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import repeat
from pathlib import Path

import pytest

from hub.settings import Settings
from scripts.bench.api import FLOOR
from scripts.bench.client import connections, drive, get
from scripts.bench.process import BenchError, ServerProcess, start_server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def floor(tmp_path: Path, anyio_backend: str) -> AsyncIterator[ServerProcess]:
    async with start_server(FLOOR, Settings(data_dir=tmp_path), tmp_path / "log") as running:
        yield running


async def test_an_answer_may_come_in_pieces() -> None:
    pieces = (b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 5\r\n\r", b"\nab", b"cde")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for line in reader:
            for piece in pieces if line == b"\r\n" else ():
                writer.write(piece)
                await asyncio.sleep(0.01)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, connections(port, 1) as [connection]:
        answers = [await connection.send(get("/")) for _ in range(2)]

    assert [(answer.status, answer.body) for answer in answers] == [(200, b"abcde")] * 2


async def test_a_server_that_hangs_up_is_told(floor: ServerProcess) -> None:
    async with connections(floor.port, 1) as [connection]:
        assert (await connection.send(b"GARBAGE\r\n\r\n")).status == 400
        with pytest.raises(BenchError, match="closed the connection"):
            await connection.send(get("/"))


async def test_a_load_tells_of_every_request_and_its_cpu(floor: ServerProcess) -> None:
    before = await floor.usage()
    load = await drive(floor.port, repeat(get("/")), clients=3, seconds=0.05)
    after = await floor.usage()

    assert len(load.latencies) >= 3
    assert load.latencies == sorted(load.latencies)
    assert load.seconds >= 0.05
    assert after.cpu_seconds > before.cpu_seconds
    assert after.statements == before.statements == 0


async def test_a_load_ends_with_an_answer_that_is_not_right(floor: ServerProcess) -> None:
    with pytest.raises(BenchError, match="Not Found"):
        await drive(floor.port, repeat(get("/nowhere")), clients=2, seconds=5)


async def test_a_server_that_cannot_start_tells_why(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no_such_factory"):
        async with start_server(
            "scripts.bench.server:no_such_factory", Settings(data_dir=tmp_path), tmp_path / "log"
        ):
            pytest.fail("it must not get here")


async def test_a_server_ends_with_its_context(tmp_path: Path) -> None:
    async with start_server(FLOOR, Settings(data_dir=tmp_path), tmp_path / "log") as running:
        pass

    with pytest.raises(OSError, match=r"Connect call failed|refused"):
        async with connections(running.port, 1):
            pass

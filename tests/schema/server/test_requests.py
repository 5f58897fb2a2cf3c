"""Bodies of requests: as they arrive, at once or in pieces, late, or never; and long headers."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Scope

from schema.server import requests
from schema.server.compression import negotiate_coding
from schema.server.requests import (
    JSON,
    ClientDisconnected,
    Refused,
    negotiate_media_type,
    read_body,
)

pytestmark = pytest.mark.anyio
POST: Scope = {"type": "http", "headers": [(b"content-type", b"application/json")]}


class Line:
    """A client that sends pieces of a body, and waits for some seconds before each."""

    def __init__(self, *pieces: bytes, seconds: float, end: bool = True) -> None:
        self._pieces = list(pieces)
        self._seconds = seconds
        self._end = end
        self.is_waited_for = False

    async def receive(self) -> Message:
        """Return the next piece as an ASGI message."""
        self.is_waited_for = True
        try:
            if self._seconds:
                await asyncio.sleep(self._seconds)
            if not self._pieces:
                return {"type": "http.disconnect"}
            body = self._pieces.pop(0)
            return {
                "type": "http.request",
                "body": body,
                "more_body": bool(self._pieces) or not self._end,
            }
        finally:
            self.is_waited_for = False


@pytest.mark.parametrize("seconds", [0, 0.001])
async def test_a_body_is_put_together_of_its_pieces(seconds: float) -> None:
    assert await read_body(POST, Line(b"{}", seconds=seconds).receive, 100) == b"{}"
    assert await read_body(POST, Line(b"{", b"", b"}", seconds=seconds).receive, 100) == b"{}"


@pytest.mark.parametrize("seconds", [0, 0.001])
async def test_a_body_that_ends_early_or_is_too_long_is_not_taken(seconds: float) -> None:
    with pytest.raises(ClientDisconnected):
        await read_body(POST, Line(b"{", seconds=seconds, end=False).receive, 100)
    with pytest.raises(Refused, match="at most 3 bytes"):
        await read_body(POST, Line(b"{ ", b" }", seconds=seconds).receive, 3)


async def test_a_body_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.01)
    line = Line(b"{", b"}", seconds=60)
    with pytest.raises(Refused, match="too long") as refused:
        await read_body(POST, line.receive, 100)
    assert refused.value.status == 408
    assert not line.is_waited_for


async def test_who_waits_for_a_body_can_be_cancelled() -> None:
    line = Line(b"{}", seconds=60)
    task = asyncio.create_task(read_body(POST, line.receive, 100))
    await asyncio.sleep(0)
    assert line.is_waited_for
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not line.is_waited_for


async def test_of_a_header_that_names_what_is_taken_the_beginning_is_read() -> None:
    assert negotiate_media_type(f"text/plain,{JSON}", (JSON,)) == JSON
    assert negotiate_coding("zstd,gzip") == "gzip"
    assert negotiate_media_type("text/plain," * 100_000 + JSON, (JSON,)) is None
    assert negotiate_coding("zstd," * 200_000 + "gzip") is None

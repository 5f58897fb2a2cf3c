"""Bodies of requests: as they arrive, at once or in pieces, late, or never; and long headers."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Scope

from schema.server import requests
from schema.server.compression import coding_of
from schema.server.requests import JSON, Gone, Refused, body_of, negotiated

pytestmark = pytest.mark.anyio
POST: Scope = {"type": "http", "headers": [(b"content-type", b"application/json")]}


class Line:
    """What a client sends; before each piece it waits for so many seconds."""

    def __init__(self, *pieces: bytes, seconds: float, end: bool = True) -> None:
        self._pieces = list(pieces)
        self._seconds = seconds
        self._end = end
        self.is_waited_for = False

    async def receive(self) -> Message:
        """The next piece, as ASGI has it."""
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
    assert await body_of(POST, Line(b"{}", seconds=seconds).receive, 100) == b"{}"
    assert await body_of(POST, Line(b"{", b"", b"}", seconds=seconds).receive, 100) == b"{}"


@pytest.mark.parametrize("seconds", [0, 0.001])
async def test_a_body_that_ends_early_or_is_too_long_is_not_taken(seconds: float) -> None:
    with pytest.raises(Gone):
        await body_of(POST, Line(b"{", seconds=seconds, end=False).receive, 100)
    with pytest.raises(Refused, match="at most 3 bytes"):
        await body_of(POST, Line(b"{ ", b" }", seconds=seconds).receive, 3)


async def test_a_body_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.01)
    line = Line(b"{", b"}", seconds=60)
    with pytest.raises(Refused, match="too long") as refused:
        await body_of(POST, line.receive, 100)
    assert refused.value.status == 408
    assert not line.is_waited_for


async def test_who_waits_for_a_body_can_be_cancelled() -> None:
    line = Line(b"{}", seconds=60)
    task = asyncio.create_task(body_of(POST, line.receive, 100))
    await asyncio.sleep(0)
    assert line.is_waited_for
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not line.is_waited_for


async def test_of_a_header_that_names_what_is_taken_the_beginning_is_read() -> None:
    assert negotiated(f"text/plain,{JSON}", (JSON,)) == JSON
    assert coding_of("zstd,gzip") == "gzip"
    assert negotiated("text/plain," * 100_000 + JSON, (JSON,)) is None
    assert coding_of("zstd," * 200_000 + "gzip") is None

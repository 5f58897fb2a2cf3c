"""GraphQL over server-sent events, in the mode of distinct connections.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md: the response to
a request is a `next` event for each result, and `complete`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
from starlette.types import Receive, Send

EVENT_STREAM = "text/event-stream"
KEEP_ALIVE_SECONDS = 12.0
"""Interval of comment lines, so that no proxy closes an idle connection."""
SEND_SECONDS = 10.0


async def send_event_stream(
    responses: AsyncGenerator[dict[str, Any], None],
    receive: Receive,
    send: Send,
    headers: list[tuple[bytes, bytes]],
) -> None:
    """Send responses as events, until they end or the client disconnects."""
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    sending = asyncio.create_task(_send_events(responses, send))
    disconnected = asyncio.create_task(_wait_for_disconnect(receive))
    try:
        await asyncio.wait({sending, disconnected}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, disconnected):
            task.cancel()
        await asyncio.gather(sending, disconnected, return_exceptions=True)


async def _send_events(responses: AsyncGenerator[dict[str, Any], None], send: Send) -> None:
    lock = asyncio.Lock()

    async def write(data: bytes, *, more: bool = True) -> None:
        async with lock, asyncio.timeout(SEND_SECONDS):
            await send({"type": "http.response.body", "body": data, "more_body": more})

    async def keep_alive() -> None:
        while True:
            await write(b":\n\n")
            await asyncio.sleep(KEEP_ALIVE_SECONDS)

    keeping_alive = asyncio.create_task(keep_alive())
    try:
        async with aclosing(responses) as stream:
            async for response in stream:
                await write(b"event: next\ndata: " + orjson.dumps(response) + b"\n\n")
        await write(b"event: complete\ndata:\n\n", more=False)
    finally:
        keeping_alive.cancel()


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

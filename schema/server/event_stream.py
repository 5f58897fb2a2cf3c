"""GraphQL over server-sent events, in the mode of distinct connections.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md: a request is answered with the
events `next`, one for each answer, and `complete`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
from starlette.types import Receive, Send

EVENT_STREAM = "text/event-stream"
ALIVE_SECONDS = 12.0
"""How often a line is sent that says nothing, so that nobody on the way hangs up."""
SEND_SECONDS = 10.0


async def streamed(
    answers: AsyncGenerator[dict[str, Any], None],
    receive: Receive,
    send: Send,
    headers: list[tuple[bytes, bytes]],
) -> None:
    """Send answers as they come, until there are no more or the client hangs up."""
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    sending = asyncio.create_task(_sent(answers, send))
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, gone):
            task.cancel()
        await asyncio.gather(sending, gone, return_exceptions=True)


async def _sent(answers: AsyncGenerator[dict[str, Any], None], send: Send) -> None:
    lock = asyncio.Lock()

    async def write(data: bytes, *, more: bool = True) -> None:
        async with lock, asyncio.timeout(SEND_SECONDS):
            await send({"type": "http.response.body", "body": data, "more_body": more})

    async def keep_alive() -> None:
        while True:
            await write(b":\n\n")
            await asyncio.sleep(ALIVE_SECONDS)

    alive = asyncio.create_task(keep_alive())
    try:
        async with aclosing(answers) as found:
            async for answer in found:
                await write(b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n")
        await write(b"event: complete\ndata:\n\n", more=False)
    finally:
        alive.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

"""Turns of reads on the event loop, so that nothing else waits for many of them.

Sixty-four clients that read without pause have sixty-four requests ready in each round of the event
loop, and whatever takes several rounds, as a save does, would wait as often for all of them.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """Starts one read in each round of the event loop, in the order of their arrival.

    Costs a microsecond where none waits. A read that is suspended holds up no other.
    """

    def __init__(self) -> None:
        self._waiting = deque[asyncio.Future[None]]()
        self._is_taken = False

    async def take(self) -> None:
        """Return at once if no other read began in this round, or else when it is one's turn."""
        loop = asyncio.get_running_loop()
        if self._is_taken:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            await turn
        else:
            self._is_taken = True
            loop.call_soon(self._give)

    def _give(self) -> None:
        """Give the turn of the next round to the first that waits; with each round again."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # its caller may have been cancelled
                turn.set_result(None)
                asyncio.get_running_loop().call_soon(self._give)
                return
        self._is_taken = False

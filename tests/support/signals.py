"""Signals between a test and its transactions, which run in the writer's thread."""

from __future__ import annotations

import asyncio
import threading


class Signal:
    """An event that coroutines of any event loop wait for."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Let all go on that wait."""
        self._event.set()

    async def wait(self) -> None:
        """Wait until it is set."""
        while not self._event.is_set():
            await asyncio.sleep(0.001)

"""Who may write the index, and who the index is, as rows of the state on the cluster.

Nothing on a cluster ends with a process of another machine, and clocks of machines differ. So the
holder of the lock writes its row again every few seconds, and others take it over when they have
seen no change for as long as LEASE_SECONDS, by their own clocks.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from time import monotonic
from typing import Any

from search_index.engines.opensearch.client import Client
from search_index.engines.opensearch.generations import Generations
from search_index.query import EngineError, EngineUnavailable

LEASE_SECONDS = 15.0
RENEW_SECONDS = 5.0
REQUEST_SECONDS = 3.0
"""Deadline of a request: one that hangs must not use up the lease."""

LOCK_KEY, _IDENTITY = "lock", "identity"
_CONFLICT = 409

log = logging.getLogger(__name__)
Json = dict[str, Any]
Version = tuple[int, int]


class Leadership:
    """The lock of an index, as this process holds it or waits for it."""

    def __init__(self, client: Client, generations: Generations) -> None:
        self._client = client
        self._generations = generations
        self.holder = secrets.token_hex(8)
        """The name by which this process stands in the row of the lock."""

        self._version: Version | None = None
        self._observed: tuple[Version, float] | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._renewed_at = 0.0
        self.is_held = False
        self.is_lost = False
        """Whether the lock was held, and others may hold it now."""
        self.identity = ""

    async def acquire(self) -> bool:
        """Try to get the lock, without waiting; also reads the identity. Raises EngineError."""
        if self.is_held:
            return False
        row = await self._read()
        if row is None:
            await self._generations.create_state()
            version = await self._write("_create")
        else:
            version = (row["_seq_no"], row["_primary_term"])
            if self._observed is None or self._observed[0] != version:
                self._observed = version, monotonic()
            is_own = row["_source"].get("holder") == self.holder  # released while none answered
            if not is_own and monotonic() - self._observed[1] < LEASE_SECONDS:
                return False
            version = await self._write("_doc", version)
        if version is None:
            return False
        self._version, self.is_held, self.is_lost = version, True, False
        self._renewed_at = monotonic()
        self._renewal = asyncio.create_task(self._renew())
        return True

    async def release(self) -> None:
        """Release the lock, so that another process can get it at once."""
        if self._renewal is not None:
            self._renewal.cancel()
        version, self._version, self._renewal = self._version, None, None
        was_lost, self.is_held, self.is_lost = self.is_lost, False, False
        if version is not None and not was_lost:
            try:
                path = f"/{self._generations.state}/_doc/{LOCK_KEY}{_condition(version)}"
                await self._client.request(
                    "DELETE", path, allowed=[404, _CONFLICT], seconds=REQUEST_SECONDS
                )
            except EngineError as error:
                log.warning("The index's lock could not be released: %s", error)

    def check(self) -> None:
        """Raise EngineUnavailable if the lock was lost to another process, or may be."""
        if self.is_held and monotonic() - self._renewed_at > LEASE_SECONDS:
            self.is_lost = True  # as in a process that was paused
        if self.is_lost:
            raise EngineUnavailable("another process indexes now")

    async def load_identity(self) -> None:
        """Read the identity of the index."""
        await self._read()

    async def set_identity(self, text: str) -> None:
        """Store the identity of the index. Raises EngineError."""
        await self._generations.create_state()
        path = f"/{self._generations.state}/_doc/{_IDENTITY}"
        await self._client.request("PUT", path, {"text": text})
        self.identity = text

    async def _read(self) -> Json | None:
        """Return the row of the lock, and take note of the identity."""
        response = await self._client.request(
            "POST",
            f"/{self._generations.state}/_mget",
            {"ids": [LOCK_KEY, _IDENTITY]},
            allowed=[404],
            seconds=REQUEST_SECONDS,
        )
        lock, identity = response.get("docs", ({}, {}))
        self.identity = identity.get("_source", {}).get("text", "")
        return lock if lock.get("found") else None

    async def _write(self, operation: str, version: Version | None = None) -> Version | None:
        """Write the row of the lock; return its version, None if another one was first."""
        path = f"/{self._generations.state}/{operation}/{LOCK_KEY}{_condition(version)}"
        body = {"holder": self.holder, "token": secrets.token_hex(4)}
        # A repeated request would find its own row, and take it for that of another process.
        response = await self._client.request(
            "PUT",
            path,
            body,
            allowed=[_CONFLICT],
            is_repeatable=False,
            seconds=REQUEST_SECONDS,
        )
        if response.get("http_status") == _CONFLICT:
            return None
        return response["_seq_no"], response["_primary_term"]

    async def _renew(self) -> None:
        while not self.is_lost:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                version = await self._write("_doc", self._version) or await self._write_again()
            except EngineError as error:
                log.warning("The index's lock could not be renewed: %s", error)
                if monotonic() - self._renewed_at < LEASE_SECONDS - RENEW_SECONDS:
                    continue
                version = None
            if version is None:
                log.error("The index's lock is lost to another process")
                self.is_lost = True
                return
            self._version, self._renewed_at = version, monotonic()

    async def _write_again(self) -> Version | None:
        """Write the row if it is still that of this process; return its version.

        A renewal that was not answered in time may have been carried out.
        """
        row = await self._read()
        if row is None or row["_source"].get("holder") != self.holder:
            return None
        return await self._write("_doc", (row["_seq_no"], row["_primary_term"]))


def _condition(version: Version | None) -> str:
    return "" if version is None else f"?if_seq_no={version[0]}&if_primary_term={version[1]}"

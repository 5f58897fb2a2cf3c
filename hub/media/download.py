"""Download of pictures: bounded, polite, and never to a private service that a stranger names."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from urllib.parse import urlsplit

import anyio
import httpx
from anyio import Lock

from hub import egress

TIMEOUT = httpx.Timeout(20, connect=10)
TOTAL_SECONDS = 120
MAX_REDIRECTS = 5
MAX_FAILURES = 3
"""Failures of a host in succession, after which it is not asked any more in this run."""

MAX_PAUSE = 30
"""Seconds that a host may ask to wait, once for each picture."""

_MAX_CLIENTS = 16
_BUSY = (429, 503)
_HEADERS = {
    "user-agent": "content-hub import",
    "accept": "image/*",
    "accept-encoding": "identity",
}


class Unavailable(Exception):
    """A picture that cannot be had; the message says why."""


class Downloads:
    """Downloads of one run. Private addresses are requested only at the origins of `trusted`.

    Those are addresses that the operator has given. Every redirect is checked as well.
    """

    def __init__(self, max_bytes: int, trusted: Sequence[str] = ()) -> None:
        self._max_bytes = max_bytes
        self._trusted = {origin_of(url): url for url in trusted}
        self._clients: dict[str, tuple[httpx.AsyncClient, egress.AsyncGuardedTransport]] = {}
        self._locks: dict[str, Lock] = {}
        self._failures: dict[str, int] = {}

    async def __aenter__(self) -> Downloads:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        for client, _transport in self._clients.values():
            await client.aclose()

    async def get(self, url: str) -> bytes:
        """Return the bytes at an address, one request a host at a time. Raises Unavailable."""
        origin = origin_of(url)
        async with self._locks.setdefault(origin, Lock()):
            if self._failures.get(origin, 0) >= MAX_FAILURES:
                raise Unavailable(f"{origin} has failed {MAX_FAILURES} times in succession")
            try:
                with anyio.fail_after(TOTAL_SECONDS):
                    content = await self._request(url, origin)
            except (httpx.TransportError, TimeoutError) as error:
                if not isinstance(error, egress.AddressRefused):
                    self._failures[origin] = self._failures.get(origin, 0) + 1
                reason = str(error) or "it took too long"
                raise Unavailable(f"it cannot be fetched ({reason})"[:300]) from error
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                raise Unavailable(f"it cannot be fetched ({error})"[:300]) from error
            self._failures.pop(origin, None)
            return content

    async def _request(self, url: str, origin: str) -> bytes:
        for is_last in (False, True):
            client = await self._client(origin)
            async with client.stream("GET", url) as response:
                if response.status_code not in _BUSY or is_last:
                    return await self._read(response)
                pause = response.headers.get("retry-after", "")
            if not pause.isdecimal() or int(pause) > MAX_PAUSE:
                raise Unavailable(f"the server answered {response.status_code}")
            await anyio.sleep(int(pause))
        raise AssertionError("the second answer is read")

    async def _read(self, response: httpx.Response) -> bytes:
        if not response.is_success:
            raise Unavailable(f"the server answered {response.status_code}")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ("text/html", "application/xhtml+xml"):
            raise Unavailable("the server answered with a page, not a picture")
        too_long = f"it has more than {self._max_bytes:,} bytes (HUB_MEDIA_MAX_BYTES)"
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._max_bytes:
            raise Unavailable(too_long)
        content = bytearray()
        async for part in response.aiter_bytes():
            content += part
            if len(content) > self._max_bytes:
                raise Unavailable(too_long)
        return bytes(content)

    async def _client(self, origin: str) -> httpx.AsyncClient:
        if origin not in self._clients:
            if len(self._clients) >= _MAX_CLIENTS:
                idle = [key for key in self._clients if not self._locks[key].locked()]
                for key in idle[:1]:
                    await self._clients.pop(key)[0].aclose()
            transport = egress.AsyncGuardedTransport(self._trusted.get(origin, ""), 1)
            client = httpx.AsyncClient(
                transport=transport,
                timeout=TIMEOUT,
                follow_redirects=True,
                max_redirects=MAX_REDIRECTS,
                headers=_HEADERS,
            )
            self._clients[origin] = client, transport
        client, transport = self._clients[origin]
        transport.restart()
        return client


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address; empty for a bad one."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"

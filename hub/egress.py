"""Outgoing requests: what a page, a redirect or a name server says leads to no private service.

The names of hosts are resolved here, the addresses are checked, and connections are opened to
exactly these: a name server cannot answer differently in between. Where the environment names a
proxy (`HTTPS_PROXY`, `NO_PROXY`), that proxy resolves and connects; only addresses that a URL is
written with are checked then.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from enum import Enum
from typing import Any
from urllib.request import getproxies, proxy_bypass

import anyio
import httpcore
import httpx
from typing_extensions import override

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_METADATA = {
    ipaddress.ip_address(address)
    for address in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")
}
"""Metadata services of clouds outside the link-local ranges: they give credentials to anybody."""


_CODINGS = ("gzip", "deflate")
"""Compressions that are asked for: a piece of an answer unpacks to a thousand times its length at
most. One of brotli's, or of several in one another, has no bound."""


class AddressRefused(httpx.ConnectError):
    """A host, or a redirect, leads to an address that must not be requested."""


_ONLY_IF_YOURS = "which is requested only if you give it yourself"


class Reach(Enum):
    """From where an address is reached: everywhere, from a network, or from a link alone."""

    PUBLIC = "public"
    PRIVATE = "private"
    LINK = "link-local"


def reach_of(address: Address) -> Reach:
    """Classify an address; IPv4 addresses within IPv6 ones count as themselves."""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            embedded = ipaddress.IPv4Address(address.packed[-4:])
        if embedded is not None:
            return reach_of(embedded)
    if address.is_link_local or address in _METADATA:
        return Reach.LINK
    is_public = address.is_global and not address.is_multicast and not address.is_reserved
    if isinstance(address, ipaddress.IPv6Address):
        is_public &= not address.is_site_local
    return Reach.PUBLIC if is_public else Reach.PRIVATE


class Guard:
    """The addresses that requests may go to which start from one URL of the operator.

    All that are public; a private one only if the URL itself names it, by an address or by a name
    that has always been private; a link-local one only if the URL is written with that address.
    Once a request was encrypted, all further ones must be. With `only_public`, the URL is not the
    operator's: no other addresses than public ones, and a redirect may lead from https to http.
    """

    def __init__(self, url: str, *, only_public: bool = False) -> None:
        self._only_public = only_public
        try:
            parts = httpx.URL(url)
        except httpx.InvalidURL:
            parts = httpx.URL("")  # a request of it fails by itself
        self._host = _normalize(parts.raw_host.decode())
        self._ports = {_port(parts), 443}
        self._is_literal = _parse_address(self._host) is not None
        self._was_public = False
        self._was_encrypted = False

    def restart(self) -> None:
        """Begin with another request: what was encrypted before does not count for it."""
        self._was_encrypted = False

    def check_url(self, url: httpx.URL) -> None:
        """Raise AddressRefused for a redirect from https to http, or to an address in the URL."""
        if self._was_encrypted and url.scheme != "https" and not self._only_public:
            raise AddressRefused(f"a redirect leads from https to {url.scheme}://{url.host}")
        self._was_encrypted = url.scheme == "https"
        if _parse_address(url.host) is not None:
            self.check_addresses(url.host, _port(url), [url.host])

    def check_addresses(self, host: str, port: int, addresses: Sequence[str]) -> None:
        """Raise AddressRefused unless all `addresses` of a host may be connected to."""
        reaches = {address: reach_of(ipaddress.ip_address(address)) for address in addresses}
        is_own = _normalize(host) == self._host and port in self._ports and not self._only_public
        if set(reaches.values()) <= {Reach.PUBLIC}:
            self._was_public |= is_own
        elif not (is_own and (self._is_literal or self._is_private(reaches.values()))):
            address, reach = next(item for item in reaches.items() if item[1] is not Reach.PUBLIC)
            unless = "which is never requested" if self._only_public else _ONLY_IF_YOURS
            raise AddressRefused(
                f"{host}:{port} is at {address}, a {reach.value} address, {unless}"
            )

    def _is_private(self, reaches: Iterable[Reach]) -> bool:
        return set(reaches) == {Reach.PRIVATE} and not self._was_public


def _find_proxy(url: httpx.URL) -> str | None:
    """Return the proxy that the environment names for `url`, if any."""
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if proxy is None or proxy_bypass(url.host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _ask_bounded(request: httpx.Request) -> None:
    """Ask for no compression but those of `_CODINGS`."""
    if request.headers.get("accept-encoding") != "identity":
        request.headers["accept-encoding"] = ", ".join(_CODINGS)


def _bounded(response: httpx.Response) -> httpx.Response:
    """Return a response whose body cannot be read if it is compressed in another way."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", *_CODINGS):
        response.stream = _Refused(coding, response.stream)
    return response


class _Refused(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that is not read; the message names its compression."""

    def __init__(self, coding: str, stream: Any) -> None:
        self._coding = coding[:50]
        self._stream = stream

    def _refuse(self) -> httpx.DecodingError:
        return httpx.DecodingError(f"it is compressed by {self._coding!r}, without being asked to")

    @override
    def __iter__(self) -> Iterator[bytes]:
        raise self._refuse()

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        raise self._refuse()
        yield b""

    @override
    def close(self) -> None:
        self._stream.close()

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()


class GuardedTransport(httpx.HTTPTransport):
    """A transport of httpx whose connections pass the guard of `url`.

    What is received unpacks to a thousand times its length at most.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._guard = Guard(url)
        self._proxies: dict[str, httpx.HTTPTransport] = {}
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(), network_backend=_Backend(self._guard)
        )

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._guard.check_url(request.url)
        _ask_bounded(request)
        proxy = _find_proxy(request.url)
        if proxy is None:
            return _bounded(super().handle_request(request))
        if proxy not in self._proxies:
            self._proxies[proxy] = httpx.HTTPTransport(proxy=proxy)
        return _bounded(self._proxies[proxy].handle_request(request))

    @override
    def close(self) -> None:
        for transport in self._proxies.values():
            transport.close()
        super().close()


class AsyncGuardedTransport(httpx.AsyncHTTPTransport):
    """As `GuardedTransport`, with at most `max_connections`."""

    def __init__(self, url: str, max_connections: int = 10, *, only_public: bool = False) -> None:
        super().__init__()
        self._guard = Guard(url, only_public=only_public)
        self.restart = self._guard.restart
        self._proxies: dict[str, httpx.AsyncHTTPTransport] = {}
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=max_connections,
            network_backend=_AsyncBackend(self._guard),
        )

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._guard.check_url(request.url)
        _ask_bounded(request)
        proxy = _find_proxy(request.url)
        if proxy is None:
            return _bounded(await super().handle_async_request(request))
        if proxy not in self._proxies:
            self._proxies[proxy] = httpx.AsyncHTTPTransport(proxy=proxy)
        return _bounded(await self._proxies[proxy].handle_async_request(request))

    @override
    async def aclose(self) -> None:
        for transport in self._proxies.values():
            await transport.aclose()
        await super().aclose()


class _Backend(httpcore.SyncBackend):
    """Resolves a host once, checks its addresses, and connects to the first that answers."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    @override
    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> Any:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = _list_addresses(entries)
        self._guard.check_addresses(host, port, addresses)
        for address in addresses[:-1]:
            try:
                return super().connect_tcp(address, port, *args, **options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(addresses[-1], port, *args, **options)


class _AsyncBackend(httpcore.AnyIOBackend):
    """As `_Backend`."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    @override
    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> Any:
        try:
            entries = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = _list_addresses(entries)
        self._guard.check_addresses(host, port, addresses)
        for address in addresses[:-1]:
            try:
                return await super().connect_tcp(address, port, *args, **options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await super().connect_tcp(addresses[-1], port, *args, **options)


def _list_addresses(entries: Iterable[Any]) -> list[str]:
    """Return the addresses of `getaddrinfo`, in its order, without duplicates."""
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
    if not addresses:
        raise httpcore.ConnectError("the host has no address")
    return addresses


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _normalize(host: str) -> str:
    return host.lower().rstrip(".")


def _parse_address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None

"""hub.egress: no page, redirect or name server leads a request to a private service."""

from __future__ import annotations

import ast
import gzip
import ipaddress
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from hub.egress import AddressRefused, AsyncGuardedTransport, Guard, Reach, reach_of
from scripts.importers.pipeline.download import download
from scripts.importers.source import SourceError
from tests.support.paths import ROOT
from tests.support.picture_server import Answer, serve

PUBLIC, METADATA = "203.0.114.9", "169.254.169.254"
PRIVATE_ADDRESSES = [
    *("127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0"),
    *("198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::1", "64:ff9b::10.0.0.1"),
]
LINK_ADDRESSES = [
    *(METADATA, "169.254.0.1", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254"),
    *("2002:a9fe:a9fe::1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"),
]
PUBLIC_ADDRESSES = ["8.8.8.8", PUBLIC, "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
REACHES = {
    **dict.fromkeys(PRIVATE_ADDRESSES, Reach.PRIVATE),
    **dict.fromkeys(LINK_ADDRESSES, Reach.LINK),
    **dict.fromkeys(PUBLIC_ADDRESSES, Reach.PUBLIC),
}


@pytest.mark.parametrize(("address", "reach"), list(REACHES.items()))
def test_addresses_are_classified(address: str, reach: Reach) -> None:
    assert reach_of(ipaddress.ip_address(address)) is reach


@given(st.ip_addresses(v=4))
def test_an_address_has_the_same_reach_within_ipv6(address: ipaddress.IPv4Address) -> None:
    for text in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert reach_of(ipaddress.ip_address(text)) is reach_of(address)
    packed = b"\x20\x02" + address.packed + bytes(10)
    assert reach_of(ipaddress.IPv6Address(packed)) is reach_of(address)


@pytest.mark.parametrize("address", [*PRIVATE_ADDRESSES, *LINK_ADDRESSES])
def test_a_public_host_does_not_lead_to_a_private_address(address: str) -> None:
    guard = Guard("http://news.example/feed")
    guard.check_addresses("news.example", 80, [PUBLIC])
    for host in ("news.example", "NEWS.example.", "other.example", address):
        with pytest.raises(AddressRefused, match="only if you give it yourself"):
            guard.check_addresses(host, 80, [address])
        with pytest.raises(AddressRefused):
            guard.check_addresses(host, 80, [PUBLIC, address])


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_a_private_host_is_requested_if_it_is_given_but_no_other(address: str) -> None:
    for url in ("http://intranet.example:8080/feed", f"http://[{address}]:8080/feed"):
        if "." in address and "[" in url:
            url = f"http://{address}:8080/feed" if ":" not in address else url
        guard = Guard(url)
        host = httpx.URL(url).host
        guard.check_addresses(host, 8080, [address])
        guard.check_addresses(host, 443, [address])
        guard.check_addresses("public.example", 80, [PUBLIC])
        with pytest.raises(AddressRefused):
            guard.check_addresses("other.example", 8080, [address])
        with pytest.raises(AddressRefused):
            guard.check_addresses(host, 9200, [address])


@pytest.mark.parametrize("address", LINK_ADDRESSES)
def test_a_link_local_address_has_to_be_written_itself(address: str) -> None:
    with pytest.raises(AddressRefused, match="link-local"):
        Guard("http://metadata.example/").check_addresses("metadata.example", 80, [address])
    url = f"http://[{address}]/" if ":" in address else f"http://{address}/"
    Guard(url).check_addresses(address, 80, [address])


class Site(BaseHTTPRequestHandler):
    """A server with a feed at /feed, a secret at /secret, and redirects to what a query says."""

    def do_GET(self) -> None:
        path, _, target = self.path.partition("?")
        self.server.asked.append(path)  # type: ignore[attr-defined]
        if path == "/redirect":
            self.send_response(302)
            self.send_header("location", target)
            self.end_headers()
            return
        body = b"# Secret\n\nOf the machine." if path == "/secret" else b"# News\n\nOf the day."
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def a_site() -> Iterator[tuple[int, list[str]]]:
    """A server on all loopback addresses; yields its port, and the paths that were requested."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.asked = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, server.asked  # type: ignore[attr-defined]
        server.shutdown()


class Resolver:
    """The name server of a test: successive answers for each host; addresses are themselves."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.lookups: list[str] = []
        self._resolve = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in self.answers:
            return self._resolve(host, port, *args, **options)
        self.lookups.append(name)
        answers = self.answers[name]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            entry
            for address in addresses
            for entry in self._resolve(address, port, type=socket.SOCK_STREAM)
        ]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    stub = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", stub)
    return stub


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let connections to PUBLIC reach the local site; records the addresses of all."""
    addresses: list[str] = []
    connect = socket.create_connection

    def create_connection(address: tuple[str, int], *args: Any, **options: Any) -> socket.socket:
        addresses.append(address[0])
        host = "127.0.0.1" if address[0] == PUBLIC else address[0]
        return connect((host, address[1]), *args, **options)

    monkeypatch.setattr(socket, "create_connection", create_connection)
    return addresses


def test_the_checked_address_is_connected_to_after_one_lookup(
    tmp_path: Path, resolver: Resolver, connected: list[str]
) -> None:
    resolver.answers["news.example"] = [[PUBLIC], ["127.0.0.1"]]  # rebinds after the check
    with a_site() as (port, asked):
        path = download(f"http://news.example:{port}/feed", tmp_path)
    assert path.read_text() == "# News\n\nOf the day."
    assert (resolver.lookups, connected, asked) == (["news.example"], [PUBLIC], ["/feed"])


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001"),
        *("127.1", "news.example", "inside.example", "[fe80::1]", METADATA, "2852039166"),
    ],
)
def test_redirects_of_a_public_page_to_private_addresses_are_refused(
    host: str, tmp_path: Path, resolver: Resolver, connected: list[str]
) -> None:
    resolver.answers |= {
        "news.example": [[PUBLIC], ["127.0.0.1"]],
        "inside.example": [["10.0.0.1"]],
    }
    with a_site() as (port, asked):
        target = f"http://{host}:{port}/secret"
        if host == "news.example":  # the name server changes its answer between two connections
            target = f"https://{host}:{port}/secret"
        with pytest.raises(SourceError) as caught:
            download(f"http://news.example:{port}/redirect?{target}", tmp_path)
    assert "only if you give it yourself" in str(caught.value)
    assert (connected, asked) == ([PUBLIC], ["/redirect"])
    assert not list(tmp_path.iterdir()) or not next(tmp_path.iterdir()).read_bytes()


def test_a_private_page_may_redirect_within_itself_but_to_no_other(
    tmp_path: Path, resolver: Resolver
) -> None:
    resolver.answers["other.example"] = [["127.0.0.1"]]
    with a_site() as (port, asked), a_site() as (other_port, other_asked):
        start = f"http://127.0.0.1:{port}/redirect?"
        assert download(f"{start}/feed", tmp_path).read_text() == "# News\n\nOf the day."
        for target in (f"127.0.0.1:{other_port}", f"other.example:{port}"):
            with pytest.raises(SourceError, match="only if you give it yourself"):
                download(f"{start}http://{target}/secret", tmp_path)
    assert (asked, other_asked) == (["/redirect", "/feed", "/redirect", "/redirect"], [])


def test_https_is_not_left_for_http() -> None:
    guard = Guard("http://news.example/")
    for url in ("http://news.example/", "http://news.example/a", "https://news.example/b"):
        guard.check_url(httpx.URL(url))
    for url in ("http://news.example/", "http://other.example/"):
        with pytest.raises(AddressRefused, match="from https to http"):
            guard.check_url(httpx.URL(url))


class Proxy(BaseHTTPRequestHandler):
    """A proxy that answers itself: with the address that it was asked for, or a redirect."""

    def do_GET(self) -> None:
        target = self.path.partition("?")[2]
        self.send_response(302 if target else 200)
        if target:
            self.send_header("location", target)
        self.end_headers()
        if not target:
            self.wfile.write(self.path.encode())

    @override
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment that names a proxy for all hosts but one."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield
        server.shutdown()


@pytest.mark.usefixtures("proxy")
def test_a_proxy_of_the_environment_connects(tmp_path: Path) -> None:
    start = "http://news.example/feed"
    assert download(start, tmp_path).read_text() == start
    with a_site() as (port, _):
        direct = download(f"http://127.0.0.1:{port}/feed", tmp_path)
        assert direct.read_text() == "# News\n\nOf the day."
    for address in (f"{METADATA}/", "127.0.0.1:9200/", "[::1]/", "10.0.0.1/"):
        with pytest.raises(SourceError, match="only if you give it yourself"):
            download(f"{start}?http://{address}", tmp_path)


@pytest.mark.anyio
@pytest.mark.usefixtures("proxy")
async def test_a_proxy_of_the_environment_delivers_webhooks() -> None:
    url = "http://hook.example/"
    async with httpx.AsyncClient(transport=AsyncGuardedTransport(url)) as client:
        assert (await client.get(url)).text == url


def test_every_client_of_http_is_guarded() -> None:
    for package in ("hub", "schema", "search_index", "scripts"):
        for path in (ROOT / package).rglob("*.py"):
            if path.is_relative_to(ROOT / "scripts" / "bench"):
                continue  # asks servers that it has started itself
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    name = ast.unparse(node.func)
                    assert name not in ("httpx.get", "httpx.post", "httpx.stream"), path
                    if name in ("httpx.Client", "httpx.AsyncClient"):
                        passed = [item.arg for item in node.keywords]
                        assert "transport" in passed, f"{path}:{node.lineno}"


@pytest.mark.anyio
async def test_a_webhook_is_delivered_to_the_given_private_address_alone(
    resolver: Resolver,
) -> None:
    resolver.answers |= {"hook.example": [["127.0.0.1"]], "link.example": [[METADATA]]}
    with a_site() as (port, asked):
        for host in ("127.0.0.1", "hook.example"):
            url = f"http://{host}:{port}/redirect?http://127.0.0.1:{port}/secret"
            async with httpx.AsyncClient(transport=AsyncGuardedTransport(url, 1)) as client:
                response = await client.get(url)
                assert response.status_code == 302
                with pytest.raises(AddressRefused):
                    await client.get(f"http://localhost:{port}/secret")
        async with httpx.AsyncClient(
            transport=AsyncGuardedTransport("http://link.example/")
        ) as client:
            with pytest.raises(AddressRefused):
                await client.get("http://link.example/")
    assert asked == ["/redirect", "/redirect"]


@pytest.mark.anyio
@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd", "gzip", "Deflate", "identity"])
async def test_no_answer_unpacks_without_bound(coding: str, tmp_path: Path) -> None:
    """A kilobyte of brotli may hold gigabytes: it is not asked for, and not unpacked."""
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}
    content = b"<p>small</p>"
    for name in coding.lower().split(", "):
        content = pack.get(name, bytes)(content)
    is_read = coding.lower() in ("gzip", "deflate", "identity")
    with serve({"/a": Answer(content, headers={"content-encoding": coding})}) as site:
        url = f"{site.url}/a"
        async with httpx.AsyncClient(transport=AsyncGuardedTransport(url)) as client:
            if is_read:
                answer = await client.get(url)
                assert answer.content == b"<p>small</p>"
                assert answer.request.headers["accept-encoding"] == "gzip, deflate"
                assert download(url, tmp_path).read_bytes() == b"<p>small</p>"
            else:
                with pytest.raises(httpx.DecodingError, match=coding):
                    await client.get(url)
                with pytest.raises(SourceError, match=coding):
                    download(url, tmp_path)

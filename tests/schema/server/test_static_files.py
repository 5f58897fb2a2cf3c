"""Static files: those of GraphiQL and those of the pages are served in the same way."""

from __future__ import annotations

import gzip
from typing import Any

import anyio
import anyio.lowlevel
import brotli
import pytest

from schema.server import graphiql
from schema.server.conditional import MIN_BYTES
from schema.server.static_files import StaticFolder
from schema.web import static_files
from tests.support.hub import Client

pytestmark = pytest.mark.anyio

DOORS = (
    pytest.param("/graphql/static/", graphiql.FILES, id="graphiql"),
    pytest.param("/", static_files.FILES, id="pages"),
)
UNPACK: dict[str | None, Any] = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


async def fetch(client: Client, path: str, accept: str) -> tuple[Any, bytes]:
    """Return the response, and its body as it is sent."""
    sent = {"accept-encoding": accept}
    async with client.http.stream("GET", path, headers=sent) as answer:
        body = b"".join([piece async for piece in answer.aiter_raw()])
    return answer, body


@pytest.mark.parametrize(("door", "folder"), DOORS)
async def test_files_are_sent_in_the_coding_that_the_client_accepts(
    door: str, folder: StaticFolder, client: Client
) -> None:
    assert len(folder.files) >= 3
    for name, file in folder.files.items():
        sizes: dict[str | None, int] = {}
        tags = set()
        for accept, coding in (
            ("gzip, deflate, br", "br"),
            ("gzip", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("identity", None),
            ("gzip;q=0", None),
        ):
            answer, body = await fetch(client, door + name, accept)
            if len(file.content) < MIN_BYTES:
                coding = None
            assert answer.status_code == 200
            assert answer.headers["content-type"] == file.media_type
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers.get("content-encoding") == coding
            assert "Accept-Encoding" in answer.headers["vary"]
            assert int(answer.headers["content-length"]) == len(body)
            assert UNPACK[coding](body) == file.content
            sizes[coding] = len(body)
            tags.add(answer.headers["etag"])
        assert len(tags) == len(sizes)
        if len(file.content) >= MIN_BYTES:
            assert sizes["br"] < sizes["gzip"] < len(file.content)


@pytest.mark.parametrize(("door", "folder"), DOORS)
async def test_a_copy_of_the_client_is_not_sent_again_and_head_sends_no_body(
    door: str, folder: StaticFolder, client: Client
) -> None:
    for name in folder.files:
        for path in (door + name, door + folder.fingerprinted_name(name)):
            first = await client.http.get(path)
            head = await client.http.head(path)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers == first.headers
            for method in ("GET", "HEAD"):
                sent = {"if-none-match": first.headers["etag"]}
                repeated = await client.http.request(method, path, headers=sent)
                assert (repeated.status_code, repeated.content) == (304, b"")
                assert repeated.headers["etag"] == first.headers["etag"]
                assert repeated.headers["cache-control"] == first.headers["cache-control"]
                other = await client.http.request(method, path, headers={"if-none-match": '"x"'})
                assert other.status_code == 200


@pytest.mark.parametrize(("door", "folder"), DOORS)
async def test_only_the_name_with_the_present_digest_is_cached_for_ever(
    door: str, folder: StaticFolder, client: Client
) -> None:
    for name, file in folder.files.items():
        stem, _, suffix = name.rpartition(".")
        lasting = await client.http.get(door + file.fingerprinted_name)
        assert lasting.headers["cache-control"] == "public, max-age=31536000, immutable"
        for path in (name, f"{stem}.0123456789abcdef.{suffix}"):
            brief = await client.http.get(door + path)
            assert brief.content == lasting.content == file.content
            assert brief.headers["cache-control"].startswith("public, max-age=300")


@pytest.mark.parametrize(("door", "folder"), DOORS)
async def test_unknown_files_are_not_found(door: str, folder: StaticFolder, client: Client) -> None:
    stem, _, suffix = next(iter(folder.files)).rpartition(".")
    for name in (
        "none.js",
        "LICENSES.txt",
        f"{stem}.0123456789abcdeg.{suffix}",
        f"{stem}.0123456789abcdef.0123456789abcdef.{suffix}",
        f"{stem}.{suffix}.0123456789abcdef",
        "%2e%2e%2fendpoint.py",
    ):
        for method in ("GET", "HEAD"):
            answer = await client.http.request(method, door + name)
            assert answer.status_code == 404, name


async def test_a_file_is_compressed_once_for_all_clients_also_if_the_first_one_leaves() -> None:
    folder = StaticFolder(graphiql.FILES._path, {})
    file = folder.files["react-dom.production.min.js"]
    results: list[bytes] = []

    async def request() -> None:
        results.append(await file.encode("br"))

    async with anyio.create_task_group() as tasks:
        first = anyio.CancelScope()

        async def leave() -> None:
            with first:
                await request()

        tasks.start_soon(leave)
        await anyio.lowlevel.checkpoint()
        for _ in range(8):
            tasks.start_soon(request)
        first.cancel()
    assert len(results) == 8
    assert {id(result) for result in results} == {id(await file.encode("br"))}

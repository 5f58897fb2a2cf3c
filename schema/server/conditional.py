"""Conditional requests (ETag, Last-Modified, 304), and compression of pages and feeds."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Scope

from hub.auth import ANONYMOUS
from hub.db.timestamps import now
from schema.rate_limits import Limit
from schema.server.compression import BALANCED, compress, negotiate_coding
from schema.server.requests import client_key, header
from search_index.lru_cache import LRUCache

MIN_BYTES = 500
"""Bytes below which a response is not compressed: that would save no packet."""

STREAM_CACHE_BYTES = 8_000_000
"""Bytes of feeds and parts of the sitemap that a process caches, as they were sent."""

HOUR = 3600
MINUTE = 60
CACHE_A_MINUTE = f"public, max-age={MINUTE}, must-revalidate"
"""For pages made of content: what was withdrawn is gone from every cache after a minute."""

PUBLIC_HEADERS = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
"""For responses that are public and the same for all clients: scripts of any origin may read."""


def is_not_modified(scope: Scope, etag: str, last_modified: str | None = None) -> bool:
    """Tell whether the client's copy is current, so that GET or HEAD is answered with 304.

    By If-None-Match, or else by If-Modified-Since (RFC 9110, 13.2.2), which has to equal
    Last-Modified: a date that the client made up, or one from before a change whose commit came
    late, proves nothing.
    """
    tags: bytes | None = None
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            tags = value if tags is None else tags + b"," + value
    if tags is not None:
        return _matches(tags.decode("latin-1"), etag)
    return last_modified is not None and header(scope, b"if-modified-since") == last_modified


def _matches(if_none_match: str, etag: str) -> bool:
    """Tell whether If-None-Match is `*` or lists the tag, by weak comparison (RFC 9110, 13.1.2).

    `etag` has no comma, and no tag has a quote inside: a comma within another tag does no harm.
    """
    if if_none_match == etag:
        return True
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag.removeprefix("W/") in tags or tags == ["*"]


def format_last_modified(modified: datetime | None) -> str | None:
    """Return the Last-Modified header: the end of the second in which the last change happened.

    None within that second: another change may follow in it, which the header could not tell.
    """
    if modified is None:
        return None
    end = modified.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    return format_datetime(end, usegmt=True) if end <= now() else None


def entity_tag(content: bytes) -> str:
    """Return the strong entity tag of some content, quoted: a hash of it."""
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def tag_in_coding(etag: str, coding: str | None) -> str:
    """Return the entity tag of the content in a content coding: different bytes, another tag."""
    return f'{etag[:-1]}-{coding}"' if coding else etag


def conditional_response(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    modified: datetime | None = None,
    headers: Mapping[str, str] = PUBLIC_HEADERS,
    cache: str = CACHE_A_MINUTE,
) -> Response:
    """Return `content`, compressed if accepted, or 304 if the client's copy is current."""
    coding = select_coding(request, len(content))
    etag = tag_in_coding(entity_tag(content), coding)
    last_modified = format_last_modified(modified)
    response_headers = merge_headers(etag, headers, cache, last_modified)
    if is_not_modified(request.scope, etag, last_modified):
        return Response(status_code=304, headers=response_headers)
    if coding is not None:
        content = compress(content, coding, BALANCED)
    return encoded_response(request, content, coding, media_type, response_headers)


def select_coding(request: Request, size: int) -> str | None:
    """Return the content coding for a response of `size` bytes; None for a small one."""
    accepted = request.headers.get("accept-encoding", "")
    return negotiate_coding(accepted) if size >= MIN_BYTES else None


def encoded_response(
    request: Request,
    content: bytes,
    coding: str | None,
    media_type: str,
    headers: Mapping[str, str],
) -> Response:
    """Return a response of content that is in `coding` already; without a body to HEAD."""
    if coding is not None:
        headers = {**headers, "content-encoding": coding}
    response = Response(content, headers=headers, media_type=media_type)
    if request.method == "HEAD":
        response.body = b""  # Content-Length stays that of the content
    return response


async def streaming_response(
    request: Request,
    stamp: bytes,
    content: AsyncIterable[bytes],
    media_type: str,
    *,
    modified: datetime | None = None,
    is_counted: bool = False,
    headers: Mapping[str, str] = PUBLIC_HEADERS,
    cache: str = CACHE_A_MINUTE,
) -> Response:
    """Return a response that streams `content`; 304, without reading it, if `stamp` is unchanged.

    Contents of equal stamps are equivalent, but not equal in bytes: the entity tag is weak. What
    has been sent is cached by it, and other requests have their turn after each piece. Content that
    has to be rendered counts as a search in the client's rate limit, unless it `is_counted`
    already. Raises RateLimited.
    """
    coding = select_coding(request, MIN_BYTES)  # the size is unknown
    etag = f"W/{tag_in_coding(entity_tag(stamp), coding)}"
    last_modified = format_last_modified(modified)
    response_headers = merge_headers(etag, headers, cache, last_modified)
    if is_not_modified(request.scope, etag, last_modified):
        return Response(status_code=304, headers=response_headers)
    if coding is not None:
        response_headers["content-encoding"] = coding
    if request.method == "HEAD":
        content = _empty_body()  # nor is there a Content-Length
    else:
        streams: StreamCache = request.app.state.streams
        key = f"{media_type} {etag}"  # all formats of a feed have the same stamp
        cached = streams.get(key)
        if cached is not None:
            return Response(cached, headers=response_headers, media_type=media_type)
        if not is_counted:
            client = client_key(ANONYMOUS, request.scope, request.app.state.proxies)
            await request.app.state.rates.acquire(Limit.SEARCHES, client)
        content = _in_turns(content)
        if coding is not None:
            content = _compress_stream(content, coding)
        content = streams.store(key, content)
    return StreamingResponse(content, headers=response_headers, media_type=media_type)


class StreamCache:
    """LRU cache of the streams of a process by media type and entity tag."""

    def __init__(self, max_bytes: int = STREAM_CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bodies: LRUCache[str, bytes] = LRUCache(max_bytes, lambda _, body: len(body))

    def get(self, key: str) -> bytes | None:
        """Return a complete stream, if it is cached."""
        return self._bodies.get(key)

    async def store(self, key: str, content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """Yield a stream piece by piece, and store it at its end unless it is very long."""
        pieces, size = list[bytes](), 0
        async for piece in content:
            size += len(piece)
            if size <= self._max_bytes // 4:
                pieces.append(piece)
            yield piece
        if size <= self._max_bytes // 4:
            self._bodies.put(key, b"".join(pieces))


async def _in_turns(content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield pieces, and let other tasks run after each."""
    async for piece in content:
        yield piece
        await asyncio.sleep(0)


async def _empty_body() -> AsyncIterator[bytes]:
    yield b""


async def _compress_stream(content: AsyncIterable[bytes], coding: str) -> AsyncIterator[bytes]:
    if coding == "br":
        compressor = brotli.Compressor(mode=brotli.MODE_TEXT, quality=5)
        process, finish = compressor.process, compressor.finish
    else:
        # 16: with a gzip header
        gzip_compressor = zlib.compressobj(4, wbits=zlib.MAX_WBITS | 16)
        process, finish = gzip_compressor.compress, gzip_compressor.flush
    async for piece in content:
        if compressed := process(piece):
            yield compressed
    yield finish()


def merge_headers(
    etag: str, headers: Mapping[str, str], cache: str, last_modified: str | None = None
) -> dict[str, str]:
    """Return `headers` with those that a response of 200 and one of 304 have in common."""
    merged = {**headers, "etag": etag, "cache-control": cache, "vary": "Accept-Encoding"}
    if last_modified is not None:
        merged["last-modified"] = last_modified
    return merged

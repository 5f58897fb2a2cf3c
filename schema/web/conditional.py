"""Conditional requests (ETag, Last-Modified, 304), and compression of pages and feeds."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache

import brotli
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from schema.server.compression import BALANCED, BEST, Level, compress, negotiate_coding

MIN_BYTES = 500
"""Bytes below which a response is not compressed: that would save no packet."""

HOUR = 3600
CACHE_A_MINUTE = f"public, max-age=60, stale-while-revalidate={HOUR}"
"""For pages made of content: at most a minute stale, and revalidated for a few bytes."""

PUBLIC_HEADERS = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
"""For responses that are public and the same for all clients: scripts of any origin may read."""


@cache
def _compress_best(content: bytes, coding: str) -> bytes:
    """Compress once, since it takes some 50 ms for 40 kB: for content that never changes."""
    return compress(content, coding, BEST)


def conditional_response(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    modified: datetime | None = None,
    headers: Mapping[str, str] = PUBLIC_HEADERS,
    cache: str = CACHE_A_MINUTE,
    level: Level = BALANCED,
) -> Response:
    """Return `content`, compressed if accepted, or 304 if the client's copy is current.

    With the level BEST the compressed bytes are cached for the life of the process.
    """
    coding = _negotiate_coding(request) if len(content) >= MIN_BYTES else None
    etag = _etag(content, coding)
    response_headers = _merge_headers(etag, headers, cache, modified)
    if _is_not_modified(request, etag, modified):
        return Response(status_code=304, headers=response_headers)
    if coding is not None:
        response_headers["content-encoding"] = coding
        if level is BEST:
            content = _compress_best(content, coding)
        else:
            content = compress(content, coding, level)
    return Response(content, headers=response_headers, media_type=media_type)


def streaming_response(
    request: Request,
    stamp: bytes,
    content: AsyncIterable[bytes],
    media_type: str,
    *,
    modified: datetime | None = None,
    headers: Mapping[str, str] = PUBLIC_HEADERS,
    cache: str = CACHE_A_MINUTE,
) -> Response:
    """Return a response that streams `content`; 304, without reading it, if `stamp` is unchanged.

    Contents of equal stamps are equivalent, but not equal in bytes: the entity tag is weak.
    """
    coding = _negotiate_coding(request)
    etag = _etag(stamp, coding)
    response_headers = _merge_headers(f"W/{etag}", headers, cache, modified)
    if _is_not_modified(request, etag, modified):
        return Response(status_code=304, headers=response_headers)
    if coding is not None:
        response_headers["content-encoding"] = coding
        content = _compress_stream(content, coding)
    if request.method == "HEAD":
        content = _empty_body()  # nor is there a Content-Length
    return StreamingResponse(content, headers=response_headers, media_type=media_type)


async def _empty_body() -> AsyncIterator[bytes]:
    yield b""


async def _compress_stream(content: AsyncIterable[bytes], coding: str) -> AsyncIterator[bytes]:
    if coding == "br":
        compressor = brotli.Compressor(mode=brotli.MODE_TEXT, quality=5)
        process, finish = compressor.process, compressor.finish
    else:
        # 16: with a gzip header
        gzip_compressor = zlib.compressobj(6, wbits=zlib.MAX_WBITS | 16)
        process, finish = gzip_compressor.compress, gzip_compressor.flush
    async for piece in content:
        if compressed := process(piece):
            yield compressed
    yield finish()


def _negotiate_coding(request: Request) -> str | None:
    return negotiate_coding(request.headers.get("accept-encoding", ""))


def _etag(content: bytes, coding: str | None) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:24]}{f"-{coding}" if coding else ""}"'


def _merge_headers(
    etag: str, headers: Mapping[str, str], cache: str, modified: datetime | None
) -> dict[str, str]:
    merged = {**headers, "etag": etag, "cache-control": cache, "vary": "Accept-Encoding"}
    if modified is not None:
        merged["last-modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    return merged


def _is_not_modified(request: Request, etag: str, modified: datetime | None) -> bool:
    """Evaluate If-None-Match, or else If-Modified-Since (RFC 9110, 13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in tags.split(","))
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a time zone
        return False

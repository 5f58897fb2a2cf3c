"""Answers that need not be sent twice: ETag, Last-Modified, 304; and sent small: brotli, gzip."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache

import brotli
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from schema.server.compression import coding_of

LEAST_TO_COMPRESS = 500
"""Bytes below which compressing saves no packet."""

HOUR = 3600
FRESH = f"public, max-age=60, stale-while-revalidate={HOUR}"
"""For what follows the content: a minute late at most, and asked again for a few bytes."""

OPEN = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
"""For what is public and the same for everybody: any page may read it."""


def quickly(content: bytes, coding: str) -> bytes:
    """`content`, compressed for one answer."""
    return _brotli(content, 5) if coding == "br" else gzip.compress(content, 6, mtime=0)


@cache
def thoroughly(content: bytes, coding: str) -> bytes:
    """`content`, as small as it gets. Takes some 50 ms for 40 kB, once: the answer is kept."""
    return _brotli(content, 11) if coding == "br" else gzip.compress(content, 9, mtime=0)


def _brotli(content: bytes, quality: int) -> bytes:
    compressed: bytes = brotli.compress(content, mode=brotli.MODE_TEXT, quality=quality)
    return compressed


def conditional(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    modified: datetime | None = None,
    headers: Mapping[str, str] = OPEN,
    cache: str = FRESH,
    compress: Callable[[bytes, str], bytes] = quickly,
) -> Response:
    """`content`, compressed where the client takes that; 304 where it has it already."""
    coding = _coding_of(request) if len(content) >= LEAST_TO_COMPRESS else None
    tag = _tag(content, coding)
    standing = _standing(tag, headers, cache, modified)
    if _has(request, tag, modified):
        return Response(status_code=304, headers=standing)
    if coding is not None:
        standing["content-encoding"] = coding
        content = compress(content, coding)
    return Response(content, headers=standing, media_type=media_type)


def streamed(
    request: Request,
    stamp: bytes,
    content: AsyncIterable[bytes],
    media_type: str,
    *,
    modified: datetime | None = None,
    headers: Mapping[str, str] = OPEN,
    cache: str = FRESH,
) -> Response:
    """`content` while it is being made; none is made where the client has what `stamp` stands for.

    Contents of equal stamps mean the same: the tag is a weak one.
    """
    coding = _coding_of(request)
    tag = _tag(stamp, coding)
    standing = _standing(f"W/{tag}", headers, cache, modified)
    if _has(request, tag, modified):
        return Response(status_code=304, headers=standing)
    if coding is not None:
        standing["content-encoding"] = coding
        content = _compressed(content, coding)
    if request.method == "HEAD":
        content = _nothing()  # how long it would be is not known either
    return StreamingResponse(content, headers=standing, media_type=media_type)


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


async def _compressed(content: AsyncIterable[bytes], coding: str) -> AsyncIterator[bytes]:
    if coding == "br":
        packer = brotli.Compressor(mode=brotli.MODE_TEXT, quality=5)
        pack, finish = packer.process, packer.finish
    else:
        zipper = zlib.compressobj(6, wbits=zlib.MAX_WBITS | 16)  # 16: with the head of gzip
        pack, finish = zipper.compress, zipper.flush
    async for piece in content:
        if packed := pack(piece):
            yield packed
    yield finish()


def _coding_of(request: Request) -> str | None:
    return coding_of(request.headers.get("accept-encoding", ""))


def _tag(content: bytes, coding: str | None) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:24]}{f"-{coding}" if coding else ""}"'


def _standing(
    tag: str, headers: Mapping[str, str], cache: str, modified: datetime | None
) -> dict[str, str]:
    standing = {**headers, "etag": tag, "cache-control": cache, "vary": "Accept-Encoding"}
    if modified is not None:
        standing["last-modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    return standing


def _has(request: Request, tag: str, modified: datetime | None) -> bool:
    """Whether the client's copy is this one (RFC 9110, 13.1): tags count before times."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return any(one.strip().removeprefix("W/") in (tag, "*") for one in tags.split(","))
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a time zone
        return False

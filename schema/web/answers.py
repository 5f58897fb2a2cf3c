"""Answers that need not be sent twice: ETag, Last-Modified, 304, and gzip."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

LEAST_TO_COMPRESS = 500
"""Bytes below which compressing saves no packet."""

HOUR = 3600
FRESH = f"public, max-age=60, stale-while-revalidate={HOUR}"
"""For what follows the content: a minute late at most, and asked again for a few bytes."""

OPEN = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
"""For what is public and the same for everybody: any page may read it."""


def conditional(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    modified: datetime | None = None,
    headers: Mapping[str, str] = OPEN,
    cache: str = FRESH,
) -> Response:
    """`content`, compressed where the client takes that; 304 where it has it already."""
    compress = len(content) >= LEAST_TO_COMPRESS and takes_gzip(request)
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}{"-gzip" if compress else ""}"'
    standing = {**headers, "etag": tag, "cache-control": cache, "vary": "Accept-Encoding"}
    if modified is not None:
        standing["last-modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if _has(request, tag, modified):
        return Response(status_code=304, headers=standing)
    if compress:
        standing["content-encoding"] = "gzip"
        content = gzip.compress(content, 6, mtime=0)
    return Response(content, headers=standing, media_type=media_type)


def takes_gzip(request: Request) -> bool:
    """Whether the client takes gzip (RFC 9110, 12.5.3); a quality of 0 means that it does not."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if name in ("gzip", "*"):
            return quality.strip("0.") != "" or not quality
    return False


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

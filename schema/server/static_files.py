"""Static files: read, hashed and compressed once, served by names that contain their digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from schema.server.compression import BEST, NEARLY_BEST, compress
from schema.server.conditional import (
    MINUTE,
    encoded_response,
    entity_tag,
    is_not_modified,
    merge_headers,
    select_coding,
    tag_in_coding,
)

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}
"""The media types of the files that are served, by suffix."""

CACHE_FOREVER = "public, max-age=31536000, immutable"
CACHE_BRIEFLY = f"public, max-age={5 * MINUTE}, must-revalidate"
MAX_BEST_BYTES = 100_000
"""Bytes up to which a file is compressed as far as possible."""

_DIGEST = re.compile(r"\.[0-9a-f]{16}(?=\.\w+$)")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file; `fingerprinted_name` contains the digest of its content."""

    content: bytes
    media_type: str
    etag: str
    fingerprinted_name: str
    _encoded: dict[str, bytes] = field(default_factory=dict)
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def encode(self, coding: str | None) -> bytes:
        """Return the content in a coding: compressed once, in a worker thread."""
        if coding is None:
            return self.content
        if coding not in self._encoded:
            async with self._lock:
                if coding not in self._encoded:
                    await to_thread.run_sync(self._compress, coding)
        return self._encoded[coding]

    def _compress(self, coding: str) -> None:
        # Stored by the thread, so that it is not lost if the first client disconnects.
        level = BEST if len(self.content) <= MAX_BEST_BYTES else NEARLY_BEST
        self._encoded[coding] = compress(self.content, coding, level)


class StaticFolder:
    """The files of a folder under two names each: `name.js` and `name.<digest>.js`.

    Clients may cache the second one for ever. An older digest, which an older page may request,
    leads to the present content.
    """

    def __init__(
        self,
        path: Path,
        headers: Mapping[str, str],
        rewrite: Mapping[str, Callable[[str], str]] | None = None,
    ) -> None:
        """Serve the files of `path`, with `headers`; `rewrite` has functions by suffix."""
        self._path = path
        self._rewrite = rewrite or {}
        self._headers = headers

    @cached_property
    def files(self) -> Mapping[str, StaticFile]:
        """The files by name; read once."""
        files = {}
        for path in sorted(self._path.iterdir()):
            if path.suffix in TYPES:
                content = path.read_bytes()
                if path.suffix in self._rewrite:
                    content = self._rewrite[path.suffix](content.decode()).encode()
                digest = hashlib.sha256(content).hexdigest()[:16]
                files[path.name] = StaticFile(
                    content,
                    TYPES[path.suffix],
                    entity_tag(content),
                    f"{path.stem}.{digest}{path.suffix}",
                )
        return files

    def fingerprinted_name(self, name: str) -> str:
        """Return the name with the digest of the content, which may be cached forever."""
        return self.files[name].fingerprinted_name

    async def respond(self, request: Request, name: str) -> Response | None:
        """Return the response with the file of a name, or 304; None if there is no such file."""
        file = self.files.get(_DIGEST.sub("", name))
        if file is None:
            return None
        coding = select_coding(request, len(file.content))
        etag = tag_in_coding(file.etag, coding)
        cache = CACHE_FOREVER if name == file.fingerprinted_name else CACHE_BRIEFLY
        headers = merge_headers(etag, self._headers, cache)
        if is_not_modified(request.scope, etag):
            return Response(status_code=304, headers=headers)
        content = await file.encode(coding)
        return encoded_response(request, content, coding, file.media_type, headers)

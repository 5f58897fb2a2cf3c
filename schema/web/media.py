"""Pictures: `/media/<hash>/original.<extension>`, and resized as `/media/<hash>/<width>.<format>`.

Each is served to who may read something that carries it, and is not found for everybody else, as if
it did not exist. The rule is that of `hub.media.rows.visible`.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from hub.articles.previews import as_published
from hub.auth import Viewer
from hub.errors import NotFound
from hub.media import rows
from hub.media.folder import ORIGINAL
from hub.media.formats import EXTENSIONS, WIDTHS, PictureRefused, ResizedFormat
from hub.media.keeping import MediaStore
from hub.media.rows import FileRow, VisibleFile
from hub.settings import Settings
from schema.errors import RETRY_SECONDS
from schema.server.conditional import PUBLIC_HEADERS, is_not_modified
from schema.server.static_files import CACHE_FOREVER

log = logging.getLogger(__name__)

PRIVATE = "private, no-store"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""Nothing in a picture is run, should it be opened as a page: an SVG is a document."""

_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"([0-9]{1,5}|original)\.([a-z]{3,4})")
_RESIZED = {format_.value: format_ for format_ in ResizedFormat}
_UNKNOWN = "There is no such picture."


async def media(request: Request, settings: Settings) -> Response:
    """Serve a picture, whole or in ranges; 304 if the client's copy is current.

    One statement; a picture that is not there in this size yet is resized, beside the event loop.
    """
    viewer = await request.app.state.viewer_of(request)
    if viewer is None:
        headers = {"cache-control": PRIVATE, "www-authenticate": "Bearer"}
        return PlainTextResponse("The token is not valid.", 401, headers)
    hash_, name = request.path_params["hash"], _NAME.fullmatch(request.path_params["name"])
    if not _HASH.fullmatch(hash_) or name is None:
        return _not_found()
    visible = await _find(request, hash_, viewer)
    if visible is None or not _is_offered(visible.file, name[1], name[2]):
        return _not_found()
    headers = _headers(visible, viewer, name[0], settings)
    if is_not_modified(request.scope, headers["etag"]):
        return Response(status_code=304, headers=headers)
    store: MediaStore = request.app.state.media
    path, media_type = store.original(visible.file), visible.file.media_type
    if name[1] != ORIGINAL:
        format_ = _RESIZED[name[2]]
        media_type = format_.media_type
        try:
            path = await store.resized(visible.file, int(name[1]), format_)
        except (FileNotFoundError, PictureRefused):
            return _not_found()
        except OSError as error:
            log.warning("A picture cannot be resized: %s.", error)
            retry = {"cache-control": "no-store", "retry-after": str(RETRY_SECONDS)}
            return PlainTextResponse("This is out of order at the moment.", 503, retry)
    return await _file_response(path, media_type, headers)


async def _find(request: Request, hash_: str, viewer: Viewer) -> VisibleFile | None:
    if viewer.preview is None:
        return await rows.visible(request.app.state.db, hash_, viewer)
    try:
        async with as_published(viewer.preview) as (reader, _):
            return await rows.visible(reader, hash_, viewer)
    except NotFound:
        return None


def _is_offered(file: FileRow, size: str, extension: str) -> bool:
    """Tell whether a picture has such an address: its own, or one of the fixed widths."""
    if size == ORIGINAL:
        return extension == EXTENSIONS[file.media_type]
    is_width = not size.startswith("0") and int(size) in WIDTHS
    return is_width and extension in _RESIZED and file.is_resizable


def _headers(visible: VisibleFile, viewer: Viewer, name: str, settings: Settings) -> dict[str, str]:
    """Return the headers of a picture: caches may keep those that everybody may see."""
    headers = {
        **PUBLIC_HEADERS,
        "etag": f'"{visible.file.hash[:24]}-{name}"',
        "content-security-policy": POLICY,
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": PRIVATE,
    }
    if visible.is_public and viewer.preview is None:
        headers["cache-control"] = CACHE_FOREVER
        tags = " ".join(f"article:{id_}" for id_ in visible.articles)
        if tags and len(tags) <= settings.cache_tag_bytes:
            headers["cache-tag"] = tags.replace(" ", ",")
    if not visible.file.is_resizable:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return headers


async def _file_response(path: Path, media_type: str, headers: dict[str, str]) -> Response:
    try:
        status = await to_thread.run_sync(path.stat)
    except FileNotFoundError:
        return _not_found()
    return FileResponse(path, headers=headers, media_type=media_type, stat_result=status)


def _not_found() -> Response:
    return PlainTextResponse(_UNKNOWN, 404, {"cache-control": "no-store"})

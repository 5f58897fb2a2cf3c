"""Keeping pictures: checked, written to the folder, and described by a row; and resized once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import anyio
from anyio import to_thread

from hub.errors import RateLimited
from hub.media import resizing, rows
from hub.media.addresses import address_of
from hub.media.folder import MediaFolder
from hub.media.formats import EXTENSIONS, Picture, ResizedFormat
from hub.media.pictures import inspect
from hub.media.rows import FileRow

MAX_THREADS = 2
"""Pictures that a process decodes at once: each takes up to a core, and some hundred MB."""

MAX_WAITING = 50
"""Requests for pictures that were not resized yet, beyond which further ones are refused."""


class MediaStore:
    """The pictures of a hub, for one process: its folder, and the work on them."""

    def __init__(self, folder: MediaFolder) -> None:
        self.folder = folder
        self._limiter = anyio.CapacityLimiter(MAX_THREADS)
        self._resizing: dict[Path, asyncio.Task[None]] = {}

    async def keep(self, data: bytes, url: str | None = None) -> str:
        """Store a picture that was read from `url`, and return its address in the hub.

        Raises:
            PictureRefused: it is none of the hub's formats, damaged, truncated, or too large.
            OSError: it cannot be written.
        """
        picture = await to_thread.run_sync(inspect, data, limiter=self._limiter)
        await to_thread.run_sync(self._write, picture)
        await rows.add(picture, url)
        # Once more, should its former file have been deleted before the row was there.
        await to_thread.run_sync(self._write, picture)
        return address_of(picture.hash, picture.media_type)

    def original(self, file: FileRow) -> Path:
        """Return the path of a picture as it came in, but for its metadata."""
        return self.folder.original(file.hash, EXTENSIONS[file.media_type])

    async def resized(self, file: FileRow, width: int, format_: ResizedFormat) -> Path:
        """Return the path of a resized picture, which is made if it is not there.

        Requests for the same one wait for it together. Raises:
            FileNotFoundError: the original is gone.
            PictureRefused: the original is damaged.
            OSError: a file cannot be read or written.
            RateLimited: too many are being made.
        """
        path = self.folder.resized(file.hash, width, format_.value)
        if await to_thread.run_sync(path.exists):
            return path
        task = self._resizing.get(path)
        if task is None:
            if len(self._resizing) >= MAX_WAITING:
                raise RateLimited("pictures are being resized", 2)
            task = asyncio.create_task(self._make(self.original(file), path, width, format_))
            self._resizing[path] = task
            task.add_done_callback(lambda done: self._settle(path, done))
        await asyncio.shield(task)
        return path

    def _settle(self, path: Path, task: asyncio.Task[None]) -> None:
        del self._resizing[path]
        if not task.cancelled():
            task.exception()  # its requests have been told, if there are any left

    async def _make(self, original: Path, path: Path, width: int, format_: ResizedFormat) -> None:
        content = await to_thread.run_sync(
            resizing.resize, original, width, format_, limiter=self._limiter
        )
        await to_thread.run_sync(self.folder.write, path, content)

    def _write(self, picture: Picture) -> None:
        path = self.folder.original(picture.hash, EXTENSIONS[picture.media_type])
        try:
            is_there = path.stat().st_size == len(picture.content)
        except FileNotFoundError:
            is_there = False
        if not is_there:
            self.folder.write(path, picture.content)

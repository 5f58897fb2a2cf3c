"""Pictures in a folder: an unpacked archive, a site's own, or a copy of a server's."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

FOLDERS = ("", "static", "public", "assets", "source", "content", "src", "docs")
"""Folders below which sites have what they serve from their root."""

_UPLOADS = ("wp-content/uploads", "content/images", "wp-content", "content")
"""Beginnings of paths on a server that a copy of its uploads lacks."""


class PictureFolder:
    """Finds the files that addresses name, below one folder and nowhere else."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._resolved = root.resolve()

    def find(self, address: str, own_hosts: Container[str], beside: str = "") -> Path | None:
        """Return the file of a picture; None without one.

        Addresses with a host count if that is one of `own_hosts`, those of the site itself; others
        are looked for beside the page, whose path in the folder is `beside`, and from the root.
        """
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            return None
        if parts.scheme not in ("", "http", "https") or (host and host not in own_hosts):
            return None
        path = self._root / PurePosixPath(beside).parent / unquote(parts.path)
        if not host and self.holds(path):
            return path
        for name in _names(unquote(parts.path).lstrip("/")):
            for folder in FOLDERS:
                path = self._root / folder / name
                if self.holds(path):
                    return path
        return None

    def holds(self, path: Path) -> bool:
        """Tell whether this is a file within the folder, links followed."""
        try:
            return path.resolve().is_relative_to(self._resolved) and path.is_file()
        except (OSError, ValueError):  # as of a name that is too long, or holds a NUL
            return False


def _names(path: str) -> Iterator[str]:
    if not path or len(path) > 1000 or ".." in PurePosixPath(path).parts:
        return
    yield path
    for beginning in _UPLOADS:
        if path.startswith(f"{beginning}/"):
            yield path.removeprefix(f"{beginning}/")
            yield f"{PurePosixPath(beginning).name}/{path.removeprefix(f'{beginning}/')}"

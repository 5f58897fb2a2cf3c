"""Links and images of pages: from the forms of site generators to paths from the site's root."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from hub.text.slugs import slug_of
from scripts.importers.files import FileIndex
from scripts.importers.markdown.configuration import SiteConfig

_TAG = re.compile(r"<(?:a|img)\b[^>]*+>")
_VALUE = re.compile(r'(\s(?:href|src)=")([^"]*+)(?=")')
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
_PELICAN = re.compile(r"[{|](?P<kind>[a-z]+)[}|](?P<path>.*)", re.DOTALL)
_PELICAN_PAGES = {"tag": "tag", "category": "category", "author": "author"}
_STATIC_FOLDERS = ("static", "public", "assets", "source")


class SiteLinks:
    """The addresses of a folder's pages and files on its site.

    `bundles` are the paths of pages that stand in a folder of their own, whose files are served
    below them.
    """

    def __init__(self, root: Path, config: SiteConfig, files: FileIndex) -> None:
        self._root = root
        self._config = config
        self._files = files
        self.bundles: dict[PurePosixPath, str] = {}
        self._found: dict[str, Path] = {}

    def resolve(self, html: str, place: PurePosixPath) -> tuple[str, list[str]]:
        """Return the canonical HTML of the page at `place` with paths from the site's root.

        With it: relative addresses of images that are not in the folder; they stay as they are.
        """
        missing: dict[str, None] = {}

        def replace_value(match: re.Match[str], resolve: Callable[[str], str | None]) -> str:
            address = unescape(match[2])
            if address.startswith(("http://", "https://", "#")):
                return match[0]
            path = resolve(address)
            if path is None and resolve == image and not _is_rooted(address):
                missing[unquote(address)] = None
            return match[0] if path is None else f"{match[1]}{escape(path)}"

        def image(address: str) -> str | None:
            return self.image(address, place)

        def link(address: str) -> str | None:
            return self._link(address, place)

        def replace_tag(match: re.Match[str]) -> str:
            resolve = image if match[0].startswith("<img") else link
            return _VALUE.sub(lambda m: replace_value(m, resolve), match[0])

        if " href=" in html or " src=" in html:
            html = _TAG.sub(replace_tag, html)
        return html, list(missing)

    def image(self, address: str, place: PurePosixPath) -> str | None:
        """Return the path of a file that a page names by a relative address; None without one."""
        plain = unquote(address)
        if directive := _PELICAN.match(plain):
            return self._pelican(directive["kind"], directive["path"], place)
        if _is_rooted(plain):
            return None
        path = plain.partition("?")[0].partition("#")[0]
        folders = (place.parent, place.with_suffix(""), PurePosixPath(self._config.content))
        statics = (PurePosixPath(name) for name in _STATIC_FOLDERS)
        for folder in (*folders, PurePosixPath(), *statics):
            file = self._file(folder, path)
            if file is not None:
                public_path = quote(self._public_path(file))
                self._found[public_path] = self._root / file
                return public_path
        return None

    def file_at(self, address: str) -> Path | None:
        """Return the file of a picture under the address that `image` has given it."""
        return self._found.get(address)

    def _link(self, address: str, place: PurePosixPath) -> str | None:
        plain = unquote(address)
        if directive := _PELICAN.match(plain):
            return self._pelican(directive["kind"], directive["path"], place)
        if _ABSOLUTE.match(plain):
            return None
        address, sign, fragment = plain.partition("#")
        name = self._files.find(place, address)
        if name is None:
            return None if _is_rooted(plain) else self.image(address, place)
        return quote(name) + sign + quote(fragment)

    def _pelican(self, kind: str, path: str, place: PurePosixPath) -> str | None:
        """Return the path of what Pelican names as `{static}/images/oak.jpg` or `{tag}boats`."""
        if kind in _PELICAN_PAGES:
            return f"/{_PELICAN_PAGES[kind]}/{slug_of(path)}.html"
        if kind == "index":
            return "/"
        if kind not in ("static", "attach", "filename", "photo"):
            return None
        path, sign, fragment = path.partition("#")
        content = PurePosixPath(self._config.content)
        base = str(content) if path.startswith("/") else str(place.parent)
        target = posixpath.normpath(posixpath.join(base, path.lstrip("/")))
        if target.startswith(".."):
            return None
        name = self._files.find(PurePosixPath(), f"/{target}")
        inside = PurePosixPath(target)
        if inside.is_relative_to(content):
            inside = inside.relative_to(content)
        return quote(name or f"/{inside}") + sign + quote(fragment)

    def _file(self, folder: PurePosixPath, path: str) -> PurePosixPath | None:
        """Return the path of a file in the source; None if it does not exist there."""
        target = posixpath.normpath(posixpath.join(str(folder), path))
        if not path or target.startswith("..") or "\x00" in target or len(target) > 1000:
            return None
        try:
            return PurePosixPath(target) if (self._root / target).is_file() else None
        except OSError:
            return None

    def _public_path(self, file: PurePosixPath) -> str:
        """Return the path under which the site serves a file."""
        for folder in file.parents:
            if bundle := self.bundles.get(folder):
                return f"{bundle.rstrip('/')}/{file.relative_to(folder)}"
        for name in (self._config.content, *_STATIC_FOLDERS[:2]):
            if name and self._config.generator and file.is_relative_to(name):
                return f"/{file.relative_to(name)}"
        return f"/{file}"


def _is_rooted(address: str) -> bool:
    return address.startswith(("/", "@/")) or bool(_ABSOLUTE.match(address))

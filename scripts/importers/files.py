"""Index of a folder's files, by the paths under which links between them may name them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from hub.drafts import RelationDraft
from hub.models import RelationKind
from hub.text.markup import Link

_PAGE = re.compile(r"\.(?:mdx?|rst|markdown|mdown|mkdn?|html?)$", re.IGNORECASE)
_FILE = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_DATED = re.compile(r"(?:^|/)\d{4}/\d{1,2}/")


class FileIndex:
    """Index from path names to files; links relative, from the site's root, or with its host."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._names: dict[str, dict[str, None]] = {}
        self._places: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        self._paths: dict[str, str] = {}

    def add(self, place: str, *names: str, path: str = "") -> None:
        """Index a file under its place and under `names`.

        `path` is its path on the site, or empty if that is not known.
        """
        self._paths[place] = path
        stem = posixpath.basename(normalize_path(place))
        self._stems[stem] = "" if stem in self._stems else place
        own = self._names.setdefault(place, {})
        for name in map(normalize_path, (place, path, *names)):
            if name and name not in own:
                own[name] = None
                self._places.setdefault(name, place)

    def find(self, place: PurePosixPath, href: str) -> str | None:
        """Return the path on the site of the file that a link leads to; None for other links."""
        name = self._target(place, href)
        target = self._places.get(name)
        return None if target is None else self._paths[target] or f"/{normalize_path(target)}"

    def urls(self, place: str) -> tuple[str, ...]:
        """Return the urls of a file, without names that an earlier file has."""
        own = self._names.get(place, {normalize_path(place): None})
        return tuple(self._url(name) for name in own if self._places.get(name, place) == place)

    def resolve(self, url: str | None) -> str | None:
        """Return the `file:` url for a file's path from the site's root; other urls unchanged."""
        is_indexed = url is not None and url.startswith("/") and normalize_path(url) in self._places
        return self._url(normalize_path(url)) if is_indexed and url else url

    def relations(self, place: PurePosixPath, links: list[Link]) -> Iterator[RelationDraft]:
        """Yield a relation for each file that is linked to, existing or missing."""
        visited = {place.as_posix()}
        for link in links:
            name = self._target(place, link.href)
            target = self._places.get(name, name) if name else ""
            if target and target not in visited:
                visited.add(target)
                yield RelationDraft(
                    kind=RelationKind.INLINE,
                    anchor=link.text[:500] or name,
                    url=self._url(name),
                    position=link.position,
                )

    def _url(self, name: str) -> str:
        return f"file:{self.source}/{name}"

    def _target(self, place: PurePosixPath, href: str) -> str:
        """Return the name of the file that a link leads to; empty for other links."""
        try:
            parts = urlsplit(href)
        except ValueError:
            return ""
        path = unquote(parts.path)
        if parts.scheme not in ("", "http", "https") or not path:
            return ""
        is_absolute = bool(parts.netloc)
        if is_absolute or path.startswith("/"):
            names = [normalize_path(path)]
        elif path.startswith("@/"):
            names = [normalize_path(path[2:])]
        else:
            names = [
                normalize_path(str(place.parent / path)),
                normalize_path(str(place.with_suffix("") / path)),
            ]
        if path.startswith("@/"):  # a reference by name alone is enough, if there is one such file
            names += [normalize_path(str(place.parent / path[2:]))]
            stem = self._stems.get(posixpath.basename(names[0]))
            names += [normalize_path(stem)] if stem else []
        for name in names:
            # The site's own host is unknown: a dated path of a file is sufficient evidence.
            if name in self._places and (not is_absolute or _DATED.search(name)):
                return name
        is_file_link = (not is_absolute and path.endswith((".md", ".markdown"))) or path.startswith(
            "@/"
        )
        return names[0] if is_file_link and not names[0].startswith("..") else ""


def normalize_path(path: str) -> str:
    """Normalize a path or url: without host, extension, index, and slashes at its ends."""
    inside = re.sub(r"^https?://[^/]+", "", path).strip().strip("/")
    name = posixpath.normpath(_PAGE.sub("", inside)) if inside else ""
    name = re.sub(r"(?:^|/)_?index$", "", name).strip("/")
    return "" if name == "." else name

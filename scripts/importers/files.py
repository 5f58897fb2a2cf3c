"""The files of a folder as links name them: relative, from the site's root, or with its host."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from hub.drafts import RelationDraft
from hub.models import RelationKind
from hub.text.markup import Link

_PAGE = re.compile(r"\.(?:md|markdown|mdown|mkdn?|html?)$", re.IGNORECASE)
_FILE = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_DATED = re.compile(r"(?:^|/)\d{4}/\d{1,2}/")


class Folder:
    """Every name of every file; links are looked up in it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._names: dict[str, dict[str, None]] = {}
        self._known: dict[str, str] = {}
        self._variants: Counter[str] = Counter()

    def add(self, place: str, *names: str) -> None:
        """Make a file known under the name of its path, and under `names`."""
        path = plain(place)
        own = self._names.setdefault(place, {})
        for name in (path, *map(plain, names)):
            if name and name not in own:
                own[name] = None
                self._known.setdefault(name, place)
        base = re.sub(r"\.[a-z]{2}(?:-[a-z]{2})?$", "", path)
        self._variants[base] += 1

    def variants(self, base: str) -> int:
        """How many files differ from `base` in their language alone."""
        return self._variants[base]

    def addresses(self, place: str) -> tuple[str, ...]:
        """The urls of a file; a name that another file had first is not among them."""
        own = self._names.get(place, {plain(place): None})
        return tuple(self._url(name) for name in own if self._known.get(name, place) == place)

    def address(self, url: str | None) -> str | None:
        """A url; for a path from the site's root that a file has, the file's address."""
        known = url is not None and url.startswith("/") and plain(url) in self._known
        return self._url(plain(url)) if known and url else url

    def relations(self, place: PurePosixPath, links: list[Link]) -> Iterator[RelationDraft]:
        """An edge for each file that is linked to, and for each that should be there."""
        seen = {place.as_posix()}
        for link in links:
            name = self._target(place, link.href)
            target = self._known.get(name, name) if name else ""
            if target and target not in seen:
                seen.add(target)
                yield RelationDraft(
                    kind=RelationKind.INLINE,
                    anchor=link.text[:500] or name,
                    url=self._url(name),
                    position=link.position,
                )

    def _url(self, name: str) -> str:
        return f"file:{self.source}/{name}"

    def _target(self, place: PurePosixPath, href: str) -> str:
        """The name of the file that a link leads to; empty when it leads elsewhere."""
        try:
            parts = urlsplit(href)
        except ValueError:
            return ""
        path = unquote(parts.path)
        if parts.scheme not in ("", "http", "https") or not path:
            return ""
        outside = bool(parts.netloc)
        if outside or path.startswith("/"):
            names = [plain(path)]
        elif path.startswith("@/"):
            names = [plain(path[2:])]
        else:
            names = [plain(str(place.parent / path)), plain(str(place.with_suffix("") / path))]
        for name in names:
            # The site's own host is not told: a dated path that a file has is proof enough.
            if name in self._known and (not outside or _DATED.search(name)):
                return name
        meant = (not outside and path.endswith((".md", ".markdown"))) or path.startswith("@/")
        return names[0] if meant and not names[0].startswith("..") else ""


def plain(path: str) -> str:
    """A path from the folder, without extension, index and slashes at its ends."""
    inside = re.sub(r"^https?://[^/]+", "", path).strip().strip("/")
    name = posixpath.normpath(_PAGE.sub("", inside)) if inside else ""
    name = re.sub(r"(?:^|/)_?index$", "", name).strip("/")
    return "" if name == "." else name

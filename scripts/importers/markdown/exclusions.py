"""Files of a folder that its site generator makes no page of, by its configuration.

Read are `exclude` of Jekyll, `exclude_docs` and `draft_docs` of MkDocs, `ARTICLE_EXCLUDES`,
`PAGE_EXCLUDES` and `IGNORE_FILES` of Pelican, `ignoreFiles` of Hugo, `.eleventyignore`, and the
names with `_` at their beginning that Jekyll, Astro, Docusaurus and Hexo leave out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from scripts.importers.markdown import front_matter
from scripts.importers.markdown.configuration import SiteConfig
from scripts.importers.markdown.front_matter import UnreadableFile

MAX_PATTERNS = 500
MAX_PATTERN_LENGTH = 200

_ASTRO = ("astro.config.mjs", "astro.config.ts", "astro.config.js")
_DOCUSAURUS = ("docusaurus.config.js", "docusaurus.config.ts")
_JEKYLL_FOLDERS = frozenset({"_posts", "_drafts"})
# Parts of a regular expression without repetitions of groups, which could take for ever.
_PARTS = re.compile(r"\.[*+]|[\w/ .^$\-]|\\[.\-/$dw]|\[[^\[\]\n]*\][*+?]?")
_PLAIN_EXPRESSION = re.compile(rf"(?:{_PARTS.pattern})*")
MAX_CLASSES = 2
"""Classes of characters in one expression that may repeat."""


class Exclusions:
    """The patterns of a folder's configuration, and the rule for names that begin with `_`."""

    def __init__(self, root: Path, config: SiteConfig) -> None:
        values = {str(name).lower(): value for name, value in config.values.items()}
        self._generator = _generator(root, config)
        self._content = config.content
        self._patterns = list(_patterns(root, self._generator, values))[:MAX_PATTERNS]
        drafts = values.get("draft_docs") if self._generator == "mkdocs" else ""
        self._drafts = _lines(drafts)
        self._expressions = list(_expressions(values)) if self._generator == "hugo" else []

    def reason(self, place: PurePosixPath) -> str:
        """Return why a file has no page on its site; empty for others."""
        if self._is_underscored(place):
            return (
                f"files that {self._generator.capitalize()} leaves out, since _ begins their names"
            )
        inside = self._in_content(place)
        if any(_matches(inside, pattern) or _matches(place, pattern) for pattern in self._patterns):
            return "files that the site's configuration excludes"
        if any(expression.search(str(place)) for expression in self._expressions):
            return "files that the site's configuration excludes"
        return ""

    def is_draft(self, place: PurePosixPath) -> bool:
        """Tell whether the configuration calls a file a draft (MkDocs, `draft_docs`)."""
        return any(_matches(self._in_content(place), pattern) for pattern in self._drafts)

    def _in_content(self, place: PurePosixPath) -> PurePosixPath:
        is_inside = self._content and place.is_relative_to(self._content)
        return place.relative_to(self._content) if is_inside else place

    def _is_underscored(self, place: PurePosixPath) -> bool:
        names = [part for part in place.parts if part.startswith("_")]
        match self._generator:
            case "astro" | "docusaurus":
                return bool(names)
            case "hexo":
                return any(name not in _JEKYLL_FOLDERS for name in names)
            case "jekyll":  # a collection's folder is at the top, and `defaults_cascade` decides
                return any(part.startswith("_") for part in place.parts[1:-1]) or (
                    place.name.startswith("_") and "_posts" not in place.parts
                )
        return False


def _generator(root: Path, config: SiteConfig) -> str:
    if any((root / name).is_file() for name in _ASTRO):
        return "astro"
    if any((root / name).is_file() for name in _DOCUSAURUS):
        return "docusaurus"
    if config.generator == "jekyll" and (root / "source" / "_posts").is_dir():
        return "hexo"
    return config.generator


def _patterns(root: Path, generator: str, values: dict[str, Any]) -> Iterator[str]:
    match generator:
        case "jekyll" | "hexo":
            yield from _lines(values.get("exclude"))
        case "mkdocs":
            yield from _lines(values.get("exclude_docs"))
        case "pelican":
            for name in ("article_excludes", "page_excludes", "ignore_files"):
                yield from _lines(values.get(name))
    try:
        ignored = root / ".eleventyignore"
        yield from _lines(front_matter.read_text(ignored)) if ignored.is_file() else ()
    except UnreadableFile:
        return


def _lines(value: object) -> list[str]:
    """Return the patterns of a list, or of the lines of a text; comments are left out."""
    rows = value.splitlines() if isinstance(value, str) else value
    texts = [str(row).strip() for row in rows] if isinstance(rows, list | tuple) else []
    return [
        text for text in texts if text and text[0] not in "#!" and len(text) <= MAX_PATTERN_LENGTH
    ]


def _expressions(values: dict[str, Any]) -> Iterator[re.Pattern[str]]:
    """Yield Hugo's `ignoreFiles`, which are regular expressions; only plain ones are read."""
    rows = values.get("ignorefiles")
    for row in _lines(rows if isinstance(rows, list) else None)[:MAX_PATTERNS]:
        parts = _PARTS.findall(row) if _PLAIN_EXPRESSION.fullmatch(row) else []
        if parts and sum(len(part) > 2 and part[-1] != "]" for part in parts) <= MAX_CLASSES:
            try:
                yield re.compile(_without_going_back(parts))
            except re.error:
                continue


def _without_going_back(parts: Iterable[str]) -> str:
    """Return an expression of these parts in which each `.*` is as short as it can be.

    What stands between two of them is taken where it is first found, which never has to be taken
    back: a search for many `.*` would else take for ever.
    """
    pieces = [""]
    for part in parts:
        if part in (".*", ".+"):
            pieces[-1] += "." * (part == ".+")
            pieces.append(".*?")
        else:
            pieces[-1] += f"{part}?" if part[-1] in "*+?" else part
    return "".join(f"(?>{piece})" for piece in pieces)


def _matches(place: PurePosixPath, pattern: str) -> bool:
    """Tell whether a glob names a file or a folder above it; `/` at its start means the top."""
    is_anchored = "/" in pattern.strip("/") or pattern.startswith("/")
    plain = pattern.strip("/").removeprefix("./").replace("**/", "*").removesuffix("/**")
    if is_anchored:
        paths = (str(PurePosixPath(*place.parts[:n])) for n in range(1, len(place.parts) + 1))
        return any(fnmatchcase(path, plain) for path in paths)
    return any(fnmatchcase(part, plain) for part in place.parts)

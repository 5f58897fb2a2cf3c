"""Markdown of Obsidian: wiki links, embedded files, callouts, hidden comments, block marks."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from scripts.importers.markdown.code_spans import PATTERN, ProtectedCode, remove_marks

MAX_FILES = 100_000

_LINK = re.compile(
    r"(?P<embed>!?)\[\[(?P<name>[^\s\[\]|#^][^\[\]|#^\n]*|(?=[#^]))"
    r"(?:[#^][^\[\]|\n]*)?(?:\\?\|(?P<text>[^\[\]\n]*))?\]\](?!\()"
)
_COMMENT = re.compile(r"%%.*?(?:%%|\Z)", re.DOTALL)
_CALLOUT = re.compile(
    r"^(?P<quote>(?:>[ \t]?)+)\[!(?P<kind>[\w-]++)[^\]\n]*+\][+-]?[ \t]*(?P<title>[^\n]*)$", re.M
)
_BLOCK = re.compile(r"(?:^|(?<![ \t])[ \t]+)\^[A-Za-z0-9-]+[ \t]*$", re.MULTILINE)
_MARKED = re.compile(r"==(?=\S)([^=\n]+?)(?<=\S)==")
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp)$", re.IGNORECASE)
_SIZE = re.compile(r"\d+(?:x\d+)?")


def has_links(text: str) -> bool:
    """Tell whether a text has wiki links outside of code."""
    return "[[" in text and bool(_LINK.search(PATTERN.sub("", text)))


class Vault:
    """The files of a vault, by the names under which notes link to them."""

    def __init__(self, root: Path) -> None:
        self._places: dict[str, str] = {}
        for place in islice(_walk(root), MAX_FILES):
            path = PurePosixPath(place)
            names = [place.lower(), path.name.lower()]
            if path.suffix.lower() == ".md":
                names += [place.lower()[:-3], path.stem.lower()]
            for name in names:
                self._places.setdefault(name, place)

    def to_markdown(self, text: str, note: PurePosixPath) -> str:
        """Convert a note to plain Markdown; code stays as it is, hidden comments go.

        Links lead to paths from the vault's root, images to paths from the note's folder.
        """
        code = ProtectedCode()
        text = code.protect(remove_marks(text))
        text = _LINK.sub(partial(self._render_link, note), _COMMENT.sub("", text))
        text = _MARKED.sub(r"\1", _BLOCK.sub("", _CALLOUT.sub(_render_callout, text)))
        return code.restore(text)

    def _render_link(self, note: PurePosixPath, match: re.Match[str]) -> str:
        name, words = (match["name"] or "").strip(), (match["text"] or "").strip()
        if not name:  # a heading of the same note
            return words or match[0].strip("![]#^")
        place = self._places.get(name.lower()) or _as_file(name)
        if match["embed"] and _IMAGE.search(name):
            target = quote(posixpath.relpath(place, str(note.parent)))
            return f"![{'' if _SIZE.fullmatch(words) else words}]({target})"
        target = quote(f"/{place}")
        return f"[{words or name.rpartition('/')[2]}]({target})"


def _as_file(name: str) -> str:
    return name if re.search(r"\.\w{2,5}$", name) else f"{name}.md"


def _render_callout(match: re.Match[str]) -> str:
    title = match["title"].strip() or match["kind"].replace("-", " ").capitalize()
    return f"{match['quote']}**{title}**\n{match['quote'].rstrip()}"


def _walk(root: Path) -> Iterable[str]:
    for base, folders, files in os.walk(root):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        for name in sorted(files):
            yield Path(base, name).relative_to(root).as_posix()

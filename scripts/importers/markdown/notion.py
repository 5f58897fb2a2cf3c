"""Pages of Notion's export as Markdown: ids in file names, and properties below the title.

A page of a database has a paragraph of `Name: value` lines, and a table of the database (CSV)
beside its folder. A workspace is private, so a page is public only if a property says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from glob import escape
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from scripts.importers.content.publication import decides_publication
from scripts.importers.markdown.front_matter import Page

MAX_FILES = 2_000
UNDECIDED = "Notion does not say whether it is published, and it is a draft here"

_ID = re.compile(r"(?:^|[ _-])[0-9a-f]{32}(?:_all)?$")
_TITLE = re.compile(r"\s*+#[ \t]++(?P<title>[^\n]++)(?:\n++|\Z)")
_PROPERTIES = re.compile(r"(?:[^\W\d_][\w /()?!.&-]{0,60}:[ \t]*+[^\n]*+(?:\n|\Z))+(?=\n|\Z)")
_NAMES = {
    **dict.fromkeys(("createdtime", "createdat", "createdon"), "created"),
    **dict.fromkeys(("lasteditedtime", "updatedat", "lastupdated", "updatedon"), "lastmod"),
    **dict.fromkeys(("publishedon", "publishedat", "publicationdate", "postdate"), "date"),
    **{"publishdate": "date", "url": "canonical_url", "coverimage": "cover", "person": "author"},
}


def is_page(stem: str) -> bool:
    """Tell whether a file has the name of a page of Notion: its title and 32 hexadecimal digits."""
    return bool(_ID.search(stem))


def strip_id(stem: str) -> str:
    """Return a file's name without the id of its page."""
    return _ID.sub("", stem)


def is_export(folder: Path) -> bool:
    """Tell whether a folder is an export: all of its pages in Markdown have ids."""
    pages = [path.stem for path in islice(_pages(folder), MAX_FILES)]
    return bool(pages) and all(map(is_page, pages))


def is_post(place: PurePosixPath) -> bool:
    """Tell whether a file of an export is a page."""
    return place.suffix.lower() == ".md" and is_page(place.stem)


def split(text: str, path: Path) -> Page:
    """Split a page into its title and properties, and its text."""
    title = _TITLE.match(text)
    data: dict[str, Any] = {"title": title["title"].strip()} if title else {}
    at = title.end() if title else 0
    properties = _PROPERTIES.match(text, at) if title else None
    if properties:
        pairs = dict(_read_pairs(properties[0]))
        if _is_in_database(path) or any(decides_publication(*pair) for pair in pairs.items()):
            data, at = pairs | data, properties.end()
    return Page(data, text[at:], has_data=True)


def _pages(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*.md") if not path.name.startswith("."))


def _is_in_database(path: Path) -> bool:
    folder = path.parent
    return any(folder.parent.glob(f"{escape(folder.name)}*.csv"))


def read_properties(text: str) -> dict[str, str]:
    """Return the properties in `Name: value` lines, under the names of front matter."""
    return dict(_read_pairs(text))


def _read_pairs(text: str) -> Iterable[tuple[str, str]]:
    for line in text.splitlines():
        name, _, value = line.partition(":")
        plain = re.sub(r"[^\w]", "", name.lower())
        value = value.partition("→")[0].strip().removeprefix("@")
        yield _NAMES.get(plain, plain), value

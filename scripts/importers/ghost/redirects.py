"""The redirects of a Ghost site, which lie in a file of their own beside the export.

Old versions write `redirects.json`, newer ones `redirects.yaml`
(https://ghost.org/docs/themes/routing/#redirects).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from scripts.importers.markdown.front_matter import Broken, text_of_file, yaml_of

NAMES = ("redirects.json", "redirects.yaml", "redirects.yml")
PLACES = (".", "data", "content/data", "settings", "content/settings")
_NO_POSTS = frozenset({"tag", "author", "page", "rss", "content"})
_PLAIN = re.compile(r"[^\s/?#%\\()\[\]*+$^|.]{1,160}(?:\.html?)?")


def beside(path: Path) -> dict[str, tuple[str, ...]]:
    """The old slugs of each slug, as the redirects beside an export have them.

    Patterns, and what leads to no post, are left out, as is a file that cannot be read.
    """
    found: dict[str, dict[str, None]] = {}
    for place in (path.parent / folder / name for folder in PLACES for name in NAMES):
        if place.is_file():
            for old, new in _pairs(place):
                before, after = _slug(old), _slug(new)
                if before and after and before != after:
                    found.setdefault(after, {})[before] = None
    return {slug: tuple(old) for slug, old in found.items()}


def _pairs(path: Path) -> list[tuple[str, str]]:
    try:
        text = text_of_file(path)
        data = json.loads(text) if path.suffix == ".json" else yaml_of(text)
    except (Broken, ValueError, yaml.YAMLError, RecursionError):
        return []
    if isinstance(data, list):
        rows = [one for one in data if isinstance(one, dict)]
        return [(str(one.get("from") or ""), str(one.get("to") or "")) for one in rows]
    maps: list[Any] = list(data.values()) if isinstance(data, dict) else []
    return [
        (str(old), str(new)) for one in maps if isinstance(one, dict) for old, new in one.items()
    ]


def _slug(written: str) -> str:
    """The slug that an address or a simple pattern of one means; empty when it means none."""
    plain = re.sub(r"^\^?(?:https?://[^/]+)?|\\(?=[/.-])|/?\??\$?$", "", written.strip())
    above, _, last = plain.rstrip("/").rpartition("/")
    if above.strip("/").partition("/")[0] in _NO_POSTS:
        return ""
    return re.sub(r"\.html?$", "", last) if _PLAIN.fullmatch(last) else ""

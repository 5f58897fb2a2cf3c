"""The redirects of a Ghost site, from a separate file beside the export.

Old versions write `redirects.json`, newer ones `redirects.yaml`
(https://ghost.org/docs/themes/routing/#redirects).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from scripts.importers.markdown.front_matter import UnreadableFile, load_yaml, read_text

FILE_NAMES = ("redirects.json", "redirects.yaml", "redirects.yml")
FOLDERS = (".", "data", "content/data", "settings", "content/settings")
_NON_POST_FOLDERS = frozenset({"tag", "author", "page", "rss", "content"})
_SIMPLE_SLUG = re.compile(r"[^\s/?#%\\()\[\]*+$^|.]{1,160}(?:\.html?)?")


def read_redirects(path: Path) -> dict[str, tuple[str, ...]]:
    """Read the redirects beside an export; return the old slugs of each slug.

    Patterns, redirects to other pages than posts, and unreadable files are left out.
    """
    old_slugs: dict[str, dict[str, None]] = {}
    for file in (path.parent / folder / name for folder in FOLDERS for name in FILE_NAMES):
        if file.is_file():
            for old, new in _read_pairs(file):
                old_slug, new_slug = _parse_slug(old), _parse_slug(new)
                if old_slug and new_slug and old_slug != new_slug:
                    old_slugs.setdefault(new_slug, {})[old_slug] = None
    return {slug: tuple(old) for slug, old in old_slugs.items()}


def _read_pairs(path: Path) -> list[tuple[str, str]]:
    try:
        text = read_text(path)
        data = json.loads(text) if path.suffix == ".json" else load_yaml(text)
    except (UnreadableFile, ValueError, yaml.YAMLError, RecursionError):
        return []
    if isinstance(data, list):
        rows = [row for row in data if isinstance(row, dict)]
        return [(str(row.get("from") or ""), str(row.get("to") or "")) for row in rows]
    maps: list[Any] = list(data.values()) if isinstance(data, dict) else []
    return [
        (str(old), str(new))
        for rules in maps
        if isinstance(rules, dict)
        for old, new in rules.items()
    ]


def _parse_slug(text: str) -> str:
    """Return the slug in a URL or in a simple pattern of one; empty when there is none."""
    path = re.sub(r"^\^?(?:https?://[^/]+)?|\\(?=[/.-])|/?\??\$?$", "", text.strip())
    above, _, last = path.rstrip("/").rpartition("/")
    if above.strip("/").partition("/")[0] in _NON_POST_FOLDERS:
        return ""
    return re.sub(r"\.html?$", "", last) if _SIMPLE_SLUG.fullmatch(last) else ""

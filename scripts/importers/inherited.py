"""What the files of a folder do not say themselves, because the folder says it for all of them.

Jekyll has defaults in `_config.yml`, Hugo a cascade in the `_index.md` of a section, Eleventy
data files beside its templates (those in JSON; those in JavaScript are programs, and not run).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from scripts.importers import front_matter
from scripts.importers.described import said
from scripts.importers.front_matter import Broken

Data = dict[str, Any]
_INDEXES = ("_index.md", "_index.markdown", "_index.html")
# What Eleventy's folders call all that is in them, which is no topic.
_COLLECTIONS = frozenset({"all", "nav", "page", "pages", "post", "posts"})


class Inherited:
    """The defaults of a folder. Reads each file of them once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._of_folder: dict[PurePosixPath, Data] = {}
        config = _loaded(root / "_config.yml") or _loaded(root / "_config.yaml")
        self.site: Mapping[str, Any] = config
        self._rules = [one for one in _list(config.get("defaults")) if isinstance(one, dict)]

    def of(self, place: PurePosixPath) -> Data:
        """What a file inherits, the nearest word last and strongest."""
        found = self._defaults(place) | self._folder(place.parent)
        own = self._root / place.with_name(f"{place.stem}.11tydata.json")
        return found | _loaded(own)

    def _folder(self, folder: PurePosixPath) -> Data:
        if folder not in self._of_folder:
            above = self._folder(folder.parent) if folder.parts else {}
            path = self._root / folder
            data: Data = {}
            for name in (f"{folder.name}.json", f"{folder.name}.11tydata.json"):
                data |= _loaded(path / name) if folder.parts else {}
            if "tags" in data:
                data["tags"] = [one for one in _list(data["tags"]) if _topic(one, folder)]
            self._of_folder[folder] = above | data | self._cascade(path)
        return self._of_folder[folder]

    def _cascade(self, path: Path) -> Data:
        for name in _INDEXES:
            try:
                cascades = _list(front_matter.read(path / name).data.get("cascade"))
            except Broken:
                continue
            found: Data = {}
            for one in cascades:
                if isinstance(one, dict) and not one.keys() & {"_target", "target"}:
                    inner = one.get("params")
                    found |= (said(inner) if isinstance(inner, dict) else {}) | said(one)
            return found
        return {}

    def _defaults(self, place: PurePosixPath) -> Data:
        found: Data = {}
        for rule in self._rules:
            scope, values = rule.get("scope"), rule.get("values")
            if not isinstance(values, dict) or not isinstance(scope, dict):
                continue
            path = str(scope.get("path") or "").strip("/")
            if "*" in path or not (not path or place.is_relative_to(path)):
                continue
            if _of_type(place, str(scope.get("type") or "")):
                found |= values
        return found


def _of_type(place: PurePosixPath, type_: str) -> bool:
    """Whether a file belongs to a collection of Jekyll; pages are what is in none."""
    if not type_:
        return True
    if type_ == "pages":
        return not any(part.startswith("_") for part in place.parts[:-1])
    return f"_{type_}" in place.parts[:-1]


def _topic(tag: object, folder: PurePosixPath) -> bool:
    name = tag.lower() if isinstance(tag, str) else ""
    return bool(name) and name not in _COLLECTIONS and name != folder.name.lower()


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _loaded(path: Path) -> Data:
    """A file of data; empty where there is none, or none that can be read."""
    if not path.is_file():
        return {}
    try:
        text = front_matter.text_of_file(path)
        data = json.loads(text) if path.suffix == ".json" else front_matter.yaml_of(text)
    except (Broken, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}

"""What the files of a folder do not say themselves, because the folder says it for all of them.

Jekyll has defaults in `_config.yml`, Hugo a cascade in the `_index.md` of a section, Eleventy
data files beside its templates (those in JSON; those in JavaScript are programs, and not run).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from scripts.importers.markdown import front_matter
from scripts.importers.markdown.data_files import said
from scripts.importers.markdown.front_matter import Broken

Data = dict[str, Any]
_INDEXES = ("_index.md", "_index.markdown", "_index.html")
# What Eleventy's folders call all that is in them, which is no topic.
_COLLECTIONS = frozenset({"all", "nav", "page", "pages", "post", "posts"})


class Inherited:
    """The defaults of a folder. Reads each file of them once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._of_folder: dict[PurePosixPath, Data] = {}
        self._targets: list[tuple[PurePosixPath, Data, Data]] = []
        config = _loaded(root / "_config.yml") or _loaded(root / "_config.yaml")
        self.site: Mapping[str, Any] = config
        self._rules = [one for one in _list(config.get("defaults")) if isinstance(one, dict)]

    def of(self, place: PurePosixPath) -> Data:
        """What a file inherits, the nearest word last and strongest."""
        found = self._defaults(place) | self._folder(place.parent)
        for folder, target, data in self._targets:
            if place.is_relative_to(folder) and _is_target(place, target):
                found = data | found  # what is said of all comes first, and the first word holds
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
            self._of_folder[folder] = above | data | self._cascade(folder)
        return self._of_folder[folder]

    def _cascade(self, folder: PurePosixPath) -> Data:
        """What a cascade says of all below; what it says of some is noted among the targets."""
        for name in _INDEXES:
            try:
                cascades = _list(front_matter.read(self._root / folder / name).data.get("cascade"))
            except Broken:
                continue
            found: Data = {}
            for one in cascades:
                if not isinstance(one, dict):
                    continue
                inner = one.get("params")
                data = (said(inner) if isinstance(inner, dict) else {}) | said(one)
                target = one.get("_target", one.get("target"))
                if target is None:
                    found |= data
                elif isinstance(target, dict):
                    self._targets.append((folder, target, data))
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


def _is_target(place: PurePosixPath, target: Data) -> bool:
    """Whether a file is meant by the target of a cascade: by kind, environment and path.

    https://gohugo.io/content-management/front-matter/#cascade. Languages are not told apart.
    """
    kind = "section" if place.stem == "_index" else "page"
    if str(target.get("kind") or kind).lower() != kind:
        return False
    if str(target.get("environment") or "production").lower() != "production":
        return False
    pattern = target.get("path")
    if not isinstance(pattern, str):
        return True
    parts = place.parts[place.parts.index("content") + 1 :] if "content" in place.parts else ()
    logical = PurePosixPath("/", *(parts or place.parts)).with_suffix("")
    return any(_glob(pattern).fullmatch(str(one).lower()) for one in (logical, logical.parent))


def _glob(pattern: str) -> re.Pattern[str]:
    """Hugo's pattern of a path: `**` goes through folders, `*` and `?` stay in one."""
    parts = re.split(r"(\*\*|\*|\?)", pattern.lower())
    words = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))


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

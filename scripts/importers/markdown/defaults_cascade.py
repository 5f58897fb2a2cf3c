"""Default front matter that applies to many files of a folder.

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
from scripts.importers.markdown.data_files import drop_empty
from scripts.importers.markdown.front_matter import UnreadableFile

Data = dict[str, Any]
_INDEXES = ("_index.md", "_index.markdown", "_index.html")
# Tags that Eleventy's folders use as collection names; they are no topics.
_COLLECTIONS = frozenset({"all", "nav", "page", "pages", "post", "posts"})


class DefaultsCascade:
    """The defaults of a folder. Each file with defaults is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_folder: dict[PurePosixPath, Data] = {}
        self._targets: list[tuple[PurePosixPath, Data, Data]] = []
        config = _load(root / "_config.yml") or _load(root / "_config.yaml")
        self.site: Mapping[str, Any] = config
        self._rules = [rule for rule in _as_list(config.get("defaults")) if isinstance(rule, dict)]

    def for_file(self, place: PurePosixPath) -> Data:
        """Return the defaults of a file; the nearest ones take precedence."""
        defaults = self._defaults(place) | self._folder(place.parent)
        for folder, target, data in self._targets:
            if place.is_relative_to(folder) and _is_target(place, target):
                defaults = data | defaults  # defaults without a target, and earlier targets, win
        own = self._root / place.with_name(f"{place.stem}.11tydata.json")
        return defaults | _load(own)

    def is_unpublished(self, place: PurePosixPath) -> bool:
        """Tell whether a file is in a collection of Jekyll for which the site makes no pages."""
        folder = place.parts[0] if len(place.parts) > 1 else ""
        if not self.site or not folder.startswith("_") or folder in ("_posts", "_drafts"):
            return False
        collections = self.site.get("collections")
        named = collections.get(folder[1:]) if isinstance(collections, dict) else None
        return not (isinstance(named, dict) and named.get("output") is True)

    def _folder(self, folder: PurePosixPath) -> Data:
        if folder not in self._by_folder:
            inherited = self._folder(folder.parent) if folder.parts else {}
            path = self._root / folder
            data: Data = {}
            for name in (f"{folder.name}.json", f"{folder.name}.11tydata.json"):
                data |= _load(path / name) if folder.parts else {}
            if "tags" in data:
                data["tags"] = [tag for tag in _as_list(data["tags"]) if _is_topic(tag, folder)]
            self._by_folder[folder] = inherited | data | self._cascade(folder)
        return self._by_folder[folder]

    def _cascade(self, folder: PurePosixPath) -> Data:
        """Return a cascade's defaults for all files below; those with a target go to `_targets`."""
        for name in _INDEXES:
            try:
                cascades = _as_list(
                    front_matter.read(self._root / folder / name).data.get("cascade")
                )
            except UnreadableFile:
                continue
            defaults: Data = {}
            for cascade in cascades:
                if not isinstance(cascade, dict):
                    continue
                params = cascade.get("params")
                data = (drop_empty(params) if isinstance(params, dict) else {}) | drop_empty(
                    cascade
                )
                target = cascade.get("_target", cascade.get("target"))
                if target is None:
                    defaults |= data
                elif isinstance(target, dict):
                    self._targets.append((folder, target, data))
            return defaults
        return {}

    def _defaults(self, place: PurePosixPath) -> Data:
        defaults: Data = {}
        for rule in self._rules:
            scope, values = rule.get("scope"), rule.get("values")
            if not isinstance(values, dict) or not isinstance(scope, dict):
                continue
            path = str(scope.get("path") or "").strip("/")
            if "*" in path or not (not path or place.is_relative_to(path)):
                continue
            if _has_type(place, str(scope.get("type") or "")):
                defaults |= values
        return defaults


def _is_target(place: PurePosixPath, target: Data) -> bool:
    """Tell whether a file matches the target of a cascade: by kind, environment and path.

    https://gohugo.io/content-management/front-matter/#cascade. Languages are ignored.
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
    return any(
        _compile_glob(pattern).fullmatch(str(candidate).lower())
        for candidate in (logical, logical.parent)
    )


def _compile_glob(pattern: str) -> re.Pattern[str]:
    """Compile Hugo's glob of a path: `**` crosses folders, `*` and `?` do not."""
    parts = re.split(r"(\*\*|\*|\?)", pattern.lower())
    words = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))


def _has_type(place: PurePosixPath, type_: str) -> bool:
    """Tell whether a file belongs to a collection of Jekyll; `pages` are files in none."""
    if not type_:
        return True
    if type_ == "pages":
        return not any(part.startswith("_") for part in place.parts[:-1])
    return f"_{type_}" in place.parts[:-1]


def _is_topic(tag: object, folder: PurePosixPath) -> bool:
    name = tag.lower() if isinstance(tag, str) else ""
    return bool(name) and name not in _COLLECTIONS and name != folder.name.lower()


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _load(path: Path) -> Data:
    """Load a data file; empty where it does not exist or cannot be read."""
    if not path.is_file():
        return {}
    try:
        text = front_matter.read_text(path)
        data = json.loads(text) if path.suffix == ".json" else front_matter.load_yaml(text)
    except (UnreadableFile, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}

"""Authors and topics of a folder: from the data files in `_data`, and from names in headers."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from hub.drafts import AuthorDraft, NameDraft, TopicDraft
from hub.text.slugs import slug_of
from scripts.importers.markdown.front_matter import load_yaml
from scripts.importers.source import Refusal, public_name

MAX_TAG = 16
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


class DataFiles:
    """Entries of the data files `NAME.*` in `_data`, by slug and by name."""

    def __init__(self, folder: Path, name: str) -> None:
        self.faults: list[Refusal] = []
        self._entries: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.glob(f"{name}.*")):
            for entry in self._read(path):
                slug, label = str(entry.get("slug") or ""), str(entry.get("name") or "")
                for key in (slug or slug_of(label), label):
                    if key:
                        self._entries.setdefault(key, entry)
                        self._entries.setdefault(key.casefold(), entry)

    def get(self, name: str) -> dict[str, Any]:
        """Return the entry of a name or slug; empty when there is none."""
        entry = self._entries.get(name) or self._entries.get(name.casefold())
        return entry or self._entries.get(slug_of(name)) or {}

    def _read(self, path: Path) -> Iterator[dict[str, Any]]:
        try:
            text = path.read_text(encoding="utf-8-sig")
            loaders = {".json": json.loads, ".toml": tomllib.loads}
            data = loaders.get(path.suffix.lower(), load_yaml)(text)
        except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
            reason = f"it cannot be read ({str(error).splitlines()[0]})"
            self.faults.append(Refusal(f"_data/{path.name}", reason))
            return
        if isinstance(data, dict):
            data = [
                {"slug": key, **entry} for key, entry in data.items() if isinstance(entry, dict)
            ]
        for entry in data if isinstance(data, list) else []:
            if isinstance(entry, dict):
                yield {"name": entry.get("display_name") or entry.get("title"), **drop_empty(entry)}


class Authors(DataFiles):
    """The authors of a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "authors")
        self._drafts: dict[str, AuthorDraft] = {}

    def find(self, value: Any) -> AuthorDraft | None:
        """Return the author that a header gives by name, by slug or as a mapping."""
        fields = drop_empty(value) if isinstance(value, dict) else {"name": str(value)}
        name = fields.get("name") or fields.get("display_name") or fields.get("login") or ""
        entry = self.get(str(name)) or self.get(str(fields.get("slug") or ""))
        public = public_name(str(entry.get("name") or name))[:200]
        if not public:
            return None
        bio = entry.get("bio") or fields.get("bio")
        slug = slug_of(str(entry.get("slug") or fields.get("slug") or "") or public)
        draft = AuthorDraft(public, slug or None, str(bio)[:5000] if bio else None)
        # Two spellings with an equal slug are the same author.
        return self._drafts.setdefault(slug, draft) if slug else draft


class Topics(DataFiles):
    """The topics of a folder, each under one name: that of `_data`, or else its first spelling."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "topics")
        self._drafts: dict[str, TopicDraft] = {}
        self._names: dict[str, dict[str, str]] = {}

    def name_in(self, slug: str, language: str, name: str) -> None:
        """Note the name of a topic in a language; before it is first found."""
        if name and len(language) <= MAX_TAG and _LANGUAGE.fullmatch(language):
            self._names.setdefault(slug, {}).setdefault(language, name[:200])

    def find(
        self, value: Any, taxonomy: str | None = None, path: tuple[str, ...] = ()
    ) -> TopicDraft | None:
        """Return the topic that a header gives by name or slug, with its ancestors.

        Its taxonomy is that of the first header that has it.
        """
        fields = drop_empty(value) if isinstance(value, dict) else {"name": str(value)}
        label = str(fields.get("name") or fields.get("slug") or "").strip()
        entry = self.get(label)
        name = " ".join(str(entry.get("name") or label).split())[:200]
        slug = slug_of(str(entry.get("slug") or fields.get("slug") or name))
        if not name or not slug or slug in path:
            return None
        if slug not in self._drafts:
            parent = entry.get("parent")
            is_below = parent and len(path) < 16
            parent_topic = self.find(parent, taxonomy, (*path, slug)) if is_below else None
            text = entry.get("description")
            above = (*parent_topic.above, replace(parent_topic, above=())) if parent_topic else ()
            names = self._names.get(slug, {}).items()
            self._drafts[slug] = TopicDraft(
                name,
                slug,
                parent_topic.slug if parent_topic else None,
                str(text) if text else None,
                above,
                taxonomy,
                tuple(NameDraft(*item) for item in names if item[1] != name),
            )
        return self._drafts[slug]


def drop_empty(data: dict[Any, Any]) -> dict[str, Any]:
    """Return a mapping without its empty values."""
    return {str(name): value for name, value in data.items() if value not in (None, "")}

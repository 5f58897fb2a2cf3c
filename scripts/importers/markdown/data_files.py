"""The people and topics that a folder describes in `_data`, and those its files merely name."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from hub.drafts import AuthorDraft, TopicDraft
from hub.text.slugs import slug_of
from scripts.importers.markdown.front_matter import yaml_of
from scripts.importers.source import Refusal, public_name


class Described:
    """People or topics that a folder describes in `_data`, by slug and by name."""

    def __init__(self, folder: Path, name: str) -> None:
        self.faults: list[Refusal] = []
        self._entries: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.glob(f"{name}.*")):
            for entry in self._load(path):
                slug, label = str(entry.get("slug") or ""), str(entry.get("name") or "")
                for key in (slug or slug_of(label), label):
                    if key:
                        self._entries.setdefault(key, entry)
                        self._entries.setdefault(key.casefold(), entry)

    def get(self, name: str) -> dict[str, Any]:
        """The entry of a name or slug; an empty one when there is none."""
        found = self._entries.get(name) or self._entries.get(name.casefold())
        return found or self._entries.get(slug_of(name)) or {}

    def _load(self, path: Path) -> Iterator[dict[str, Any]]:
        try:
            text = path.read_text(encoding="utf-8-sig")
            loaders = {".json": json.loads, ".toml": tomllib.loads}
            data = loaders.get(path.suffix.lower(), yaml_of)(text)
        except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
            reason = f"it cannot be read ({str(error).splitlines()[0]})"
            self.faults.append(Refusal(f"_data/{path.name}", reason))
            return
        if isinstance(data, dict):
            data = [{"slug": key, **one} for key, one in data.items() if isinstance(one, dict)]
        for one in data if isinstance(data, list) else []:
            if isinstance(one, dict):
                yield {"name": one.get("display_name") or one.get("title"), **said(one)}


class People(Described):
    """The authors of a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "authors")
        self._drafts: dict[str, AuthorDraft] = {}

    def draft(self, value: Any) -> AuthorDraft | None:
        """The author that a header names, by name, by slug or in full."""
        given = said(value) if isinstance(value, dict) else {"name": str(value)}
        name = given.get("name") or given.get("display_name") or given.get("login") or ""
        entry = self.get(str(name)) or self.get(str(given.get("slug") or ""))
        shown = public_name(str(entry.get("name") or name))[:200]
        if not shown:
            return None
        bio = entry.get("bio") or given.get("bio")
        slug = slug_of(str(entry.get("slug") or given.get("slug") or "") or shown)
        draft = AuthorDraft(shown, slug or None, str(bio)[:5000] if bio else None)
        # Two spellings of one slug are one author.
        return self._drafts.setdefault(slug, draft) if slug else draft


class Topics(Described):
    """The topics of a folder, each under one name: that of `_data`, or the one met first."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "topics")
        self._drafts: dict[str, TopicDraft] = {}

    def draft(self, value: Any, path: tuple[str, ...] = ()) -> TopicDraft | None:
        """The topic that a header names by name or slug, with those above it."""
        given = said(value) if isinstance(value, dict) else {"name": str(value)}
        label = str(given.get("name") or given.get("slug") or "").strip()
        entry = self.get(label)
        name = " ".join(str(entry.get("name") or label).split())[:200]
        slug = slug_of(str(entry.get("slug") or given.get("slug") or name))
        if not name or not slug or slug in path:
            return None
        if slug not in self._drafts:
            parent = entry.get("parent")
            upper = self.draft(parent, (*path, slug)) if parent and len(path) < 16 else None
            text = entry.get("description")
            above = (
                (*upper.above, TopicDraft(upper.name, upper.slug, upper.parent, upper.description))
                if upper
                else ()
            )
            self._drafts[slug] = TopicDraft(
                name, slug, upper.slug if upper else None, str(text) if text else None, above
            )
        return self._drafts[slug]


def said(given: dict[Any, Any]) -> dict[str, Any]:
    """`given` without what is there but empty."""
    return {str(name): value for name, value in given.items() if value not in (None, "")}

"""Mapping of the author names in a source to authors of the hub, from an editor's file."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hub.drafts import ArticleDraft, AuthorDraft
from hub.text.slugs import slug_of
from scripts.importers.markdown.front_matter import UnreadableFile, read_text
from scripts.importers.source import SourceError


class Bylines:
    """Authors by the name, login or slug that a source has for them; None removes a byline."""

    def __init__(self, authors: Mapping[str, AuthorDraft | None]) -> None:
        self._authors = {name.casefold().strip(): author for name, author in authors.items()}

    @classmethod
    def load(cls, path: Path) -> Bylines:
        """Load a mapping from a file: CSV with `from,name,slug`, or a JSON object.

        Raises:
            SourceError: it cannot be read, or a line of it lacks a name.
        """
        try:
            text = read_text(path)
            pairs = _parse_json(text) if text.lstrip().startswith("{") else _parse_csv(text)
        except (UnreadableFile, ValueError, csv.Error) as error:
            raise SourceError(path, f"it names no authors: {error}") from error
        return cls(pairs)

    def apply(self, draft: ArticleDraft) -> ArticleDraft:
        """Return a draft with its authors replaced."""
        if not self._authors or not draft.authors:
            return draft
        authors = (self._find(author) for author in draft.authors)
        return replace(
            draft, authors=tuple(dict.fromkeys(author for author in authors if author is not None))
        )

    def _find(self, author: AuthorDraft) -> AuthorDraft | None:
        for name in (author.slug or "", author.name):
            if name.casefold() in self._authors:
                return self._authors[name.casefold()]
        return author


def _parse_csv(text: str) -> dict[str, AuthorDraft | None]:
    """Parse lines of `from,name,slug`, with or without a header line."""
    authors: dict[str, AuthorDraft | None] = {}
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or (number == 1 and cells[0] == "from"):
            continue
        if len(cells) < 2 or not cells[0]:
            raise ValueError(f"line {number} is not of the form from,name or from,name,slug")
        authors[cells[0]] = _make_author(cells[1], cells[2] if len(cells) > 2 else "")
    return authors


def _parse_json(text: str) -> dict[str, AuthorDraft | None]:
    """Parse `{"from": "name"}` or `{"from": {"name": …, "slug": …, "bio": …}}`; null removes."""
    authors: dict[str, AuthorDraft | None] = {}
    for name, value in json.loads(text).items():
        if isinstance(value, dict):
            author = _make_author(str(value.get("name") or ""), str(value.get("slug") or ""))
            bio = str(value.get("bio") or "") or None
            authors[name] = replace(author, bio=bio) if author else None
        else:
            authors[name] = _make_author(str(value or ""), "")
    return authors


def _make_author(name: str, slug: str) -> AuthorDraft | None:
    return AuthorDraft(name, slug or slug_of(name) or None) if name else None

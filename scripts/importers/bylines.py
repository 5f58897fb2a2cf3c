"""Who is who: a file in which an editor says under which names authors come in."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hub.drafts import ArticleDraft, AuthorDraft
from hub.text.slugs import slug_of
from scripts.importers.markdown.front_matter import Broken, text_of_file
from scripts.importers.source import SourceError


class Bylines:
    """Authors by the name, login or slug that a source has for them; None takes a byline away."""

    def __init__(self, known: Mapping[str, AuthorDraft | None]) -> None:
        self._known = {name.casefold().strip(): author for name, author in known.items()}

    @classmethod
    def of(cls, path: Path) -> Bylines:
        """The authors that a file names: CSV with `from,name,slug`, or JSON as an object.

        Raises:
            SourceError: it cannot be read, or a line of it does not say who is meant.
        """
        try:
            text = text_of_file(path)
            pairs = _json(text) if text.lstrip().startswith("{") else _rows(text)
        except (Broken, ValueError, csv.Error) as error:
            raise SourceError(path, f"it names no authors: {error}") from error
        return cls(pairs)

    def applied(self, draft: ArticleDraft) -> ArticleDraft:
        """A draft with the authors who are meant."""
        if not self._known or not draft.authors:
            return draft
        meant = (self._meant(author) for author in draft.authors)
        return replace(draft, authors=tuple(dict.fromkeys(one for one in meant if one is not None)))

    def _meant(self, author: AuthorDraft) -> AuthorDraft | None:
        for name in (author.slug or "", author.name):
            if name.casefold() in self._known:
                return self._known[name.casefold()]
        return author


def _rows(text: str) -> dict[str, AuthorDraft | None]:
    """`from,name,slug` a line, with or without these words as the first line."""
    found: dict[str, AuthorDraft | None] = {}
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or (number == 1 and cells[0] == "from"):
            continue
        if len(cells) < 2 or not cells[0]:
            raise ValueError(f"line {number} is not of the form from,name or from,name,slug")
        found[cells[0]] = _author(cells[1], cells[2] if len(cells) > 2 else "")
    return found


def _json(text: str) -> dict[str, AuthorDraft | None]:
    """`{"from": "name"}` or `{"from": {"name": …, "slug": …, "bio": …}}`; null takes one away."""
    found: dict[str, AuthorDraft | None] = {}
    for name, one in json.loads(text).items():
        if isinstance(one, dict):
            author = _author(str(one.get("name") or ""), str(one.get("slug") or ""))
            bio = str(one.get("bio") or "") or None
            found[name] = replace(author, bio=bio) if author else None
        else:
            found[name] = _author(str(one or ""), "")
    return found


def _author(name: str, slug: str) -> AuthorDraft | None:
    return AuthorDraft(name, slug or slug_of(name) or None) if name else None

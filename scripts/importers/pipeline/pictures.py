"""Pictures of an import: copied into the hub with `--media`, and else counted by their hosts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hub.articles import pictures
from hub.articles.copying import Find, PictureCopier
from hub.articles.pictures import Illustrated
from hub.db.database import Reader
from hub.drafts import ArticleDraft
from hub.import_plan import Action, Outcome
from hub.media.addresses import hash_of, host_of
from hub.media.beside import PictureFolder
from scripts.importers.pipeline.open import OpenedSource
from scripts.importers.source import Note

NO_HOST = "(no host)"
_IMAGE = re.compile(r"""<img\b[^>]*?\ssrc\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_STORED = (Action.CREATED, Action.UPDATED)


class PictureImport:
    """Copies the pictures of the articles of one import, batch by batch.

    `folder` has pictures of a site whose export is a single file.
    """

    def __init__(self, db: Reader, copier: PictureCopier, folder: Path | None = None) -> None:
        self._db = db
        self._folder = folder
        self.copier = copier

    async def copy(
        self, batch: Sequence[ArticleDraft], outcomes: Sequence[Outcome], opened: OpenedSource
    ) -> list[Note]:
        """Copy the pictures of articles that were imported, and return notes of what is missing.

        Those that were unchanged too: an earlier run may have been interrupted.
        """
        drafts = {
            outcome.article_id: (draft, outcome)
            for draft, outcome in zip(batch, outcomes, strict=True)
            if outcome.article_id is not None
            and outcome.action in (*_STORED, Action.UNCHANGED, Action.CONFLICT)
        }
        if not drafts:
            return []
        articles = await pictures.by_ids(self._db, list(drafts))

        def find(article: Illustrated) -> Find:
            return self._finder(drafts[article.id][0], opened)

        problems = await self.copier.copy_articles(articles, find)
        return [
            Note(
                drafts[problem.article_id][1].place,
                f"its picture '{problem.address[:200]}' is not in the hub: {problem.reason}",
                problem.title,
            )
            for problem in problems
        ]

    def _finder(self, draft: ArticleDraft, opened: OpenedSource) -> Find:
        """Return the look-up of files for the addresses in one article."""
        read = getattr(opened.reader, "picture_file", None)
        folders = [PictureFolder(root) for root in (opened.root, self._folder) if root is not None]
        own = {host_of(url) for url in (*draft.addresses, draft.canonical_url or "")} - {""}

        def find(address: str) -> Path | None:
            file: Path | None = read(address) if read else None
            if file is not None and folders and folders[0].holds(file):
                return file
            found = (folder.find(address, own, draft.place) for folder in folders)
            return next((path for path in found if path is not None), None)

        return find


def count_hosts(
    batch: Sequence[ArticleDraft], outcomes: Sequence[Outcome], hosts: Counter[str]
) -> None:
    """Count the pictures of the articles that were stored, by the hosts on which they stay."""
    for draft, outcome in zip(batch, outcomes, strict=True):
        if outcome.action not in _STORED:
            continue
        addresses = dict.fromkeys([draft.image_url or "", *_IMAGE.findall(draft.body.content)])
        for address in addresses:
            if address and hash_of(address) is None and not address.startswith("data:"):
                hosts[host_of(address) or NO_HOST] += 1

"""`hub articles detect-languages`: imported articles whose texts are in another language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, NamedTuple

import typer

from hub import articles
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.reads import articles as reads
from hub.text.plurals import count_of
from scripts.commands.content.lookup import run
from scripts.commands.output import Json, echo, print_rows
from scripts.importers.content import languages

BATCH = 200


class Finding(NamedTuple):
    """An article whose text is plainly in another language than the hub says."""

    id: int
    slug: str
    language: str
    detected: str
    changed: bool
    title: str


def detect_languages(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Give imported articles the language of their text, where theirs is plainly wrong.

    What has been edited since its import is listed, and stays as it is.
    """

    async def work(db: Reader) -> list[Finding]:
        return [finding async for finding in _findings(db, dry_run=dry_run)]

    findings = run(work)
    print_rows(json, Finding._fields, findings)
    changed = sum(finding.changed for finding in findings)
    if not json:
        verb = "would be changed" if dry_run else "changed"
        left = len(findings) - changed
        echo(f"{count_of(changed, 'article')} {verb}, {left:,} left as edited since the import.")


async def _findings(db: Reader, *, dry_run: bool) -> AsyncIterator[Finding]:
    after = 0
    while batch := await reads.imported_texts(db, after, languages.SAMPLE, BATCH, SYSTEM):
        after = batch[-1].id
        for row in batch:
            detected = languages.plainly_other(row.language, f"{row.title}\n{row.text}")
            if detected is None:
                continue
            changed = not row.edited and (
                dry_run or await articles.correct_language(row.id, detected, by=SYSTEM)
            )
            yield Finding(row.id, row.slug, row.language, detected, changed, row.title)

"""`hub check`: the settings, and a test of database and index."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
import typer

from hub import outbox
from hub.db import files, health
from hub.db.database import Reader, check_pages, display_url, open_database
from hub.db.files import OpenFile
from hub.settings import Settings, misspelt
from hub.text.plurals import count_of
from scripts.advice import Advice, advise, versions
from scripts.commands.output import echo
from scripts.exposure import Finding, find_exposure
from search_index.configured import open_configured
from search_index.leadership import identify
from search_index.query import EngineError


@dataclass(slots=True)
class Inspection:
    """The state of a hub. `damages` and `exposure` are None unless they were looked for."""

    settings: Settings
    articles: int
    waiting: int
    exposed_files: list[OpenFile]
    advice: list[Advice]
    documents: int | None = None
    engine_error: str = ""
    is_emptied: bool = False
    damages: list[str] | None = None
    exposure: list[Finding] | None = None

    @property
    def is_usable(self) -> bool:
        """Whether database and index can be used, and their files are private."""
        faults = self.engine_error, self.exposed_files, self.is_emptied, self.damages
        return not any(faults)

    def lines(self) -> Iterator[str]:
        """Yield the lines for an operator."""
        for file in self.exposed_files:
            yield (
                f"\nfiles     {file.path} has mode {file.mode:04o} instead of"
                f" {file.expected:04o}: chmod it as its owner, or set HUB_DATA_MODE"
            )
        yield f"\ndatabase  {display_url(self.settings)}: {count_of(self.articles, 'article')}"
        if self.engine_error:
            yield f"index     {self.settings.search}: {self.engine_error}"
            yield "          a running server rebuilds what is missing; or now: hub reindex"
        else:
            waiting = f"{count_of(self.documents or 0, 'document')}, {self.waiting} wait"
            yield f"index     {self.settings.search}: {waiting}"
        if self.is_emptied:
            yield "database  it is empty, the index is not: is HUB_DATABASE_URL the right one?"
        for damage in self.damages or ():
            yield f"database  damaged: {damage}; restore it from a backup"
        if self.damages == []:
            sound = self.settings.database.startswith("sqlite:")
            yield f"pages     {'sound' if sound else 'not checked: use pg_amcheck'}"
        yield f"versions  {versions()}"
        for advice in self.advice:
            yield f"advice    {advice.subject}: {advice.finding}; {advice.action}"
        if self.exposure is not None:
            found = [line for finding in self.exposure for line in finding.lines()]
            yield from (f"exposure  {line}" for line in found or ["nothing found"])

    def as_dict(self) -> dict[str, Any]:
        """Return the state as `--json` prints it."""
        return {
            "usable": self.is_usable,
            "database": display_url(self.settings),
            "articles": self.articles,
            "index": self.settings.search,
            "documents": self.documents,
            "index_error": self.engine_error or None,
            "waiting": self.waiting,
            "exposed_files": [str(file.path) for file in self.exposed_files],
            "emptied": self.is_emptied,
            "damages": self.damages,
            "versions": versions(),
            "advice": [advice._asdict() for advice in self.advice],
            "exposure": None
            if self.exposure is None
            else [finding.as_dict() for finding in self.exposure],
        }


async def inspect(settings: Settings, db: Reader, *, deep: bool) -> Inspection:
    """Return the state of an open hub. `deep` reads the whole database."""
    [[articles]] = await db.rows("SELECT count(*) FROM article")
    engine = open_configured(settings)
    advice = await advise(settings, db)
    inspection = Inspection(settings, articles, 0, files.exposed(settings), advice)
    try:
        inspection.documents = (await engine.status()).documents
        inspection.is_emptied = await health.is_emptied(db, inspection.documents)
    except EngineError as error:
        inspection.engine_error = str(error)
    finally:
        inspection.waiting = await outbox.depth(db, identify(engine).name)
        await engine.close()
    if deep:
        inspection.damages = await check_pages(settings)
        if not inspection.damages:
            inspection.exposure = await find_exposure(db)
    return inspection


def check(
    deep: Annotated[
        bool,
        typer.Option(
            "--deep",
            help="Read the whole database: look for damaged pages, and for what was public under"
            " rules of earlier versions.",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, without the settings.")
    ] = False,
) -> None:
    """Show every setting, and whether database and index can be used. Exit status 1 if not.

    Advice about addresses, proxies, origins, limits, disk and clock does not change that status.
    """
    settings = Settings()
    if not as_json:
        _print_settings(settings)

    async def work() -> Inspection:
        async with open_database(settings) as db:
            return await inspect(settings, db, deep=deep)

    inspection = anyio.run(work)
    if as_json:
        echo(json.dumps(inspection.as_dict(), ensure_ascii=False))
    else:
        for line in inspection.lines():
            echo(line)
    if not inspection.is_usable:
        raise typer.Exit(1)


def _print_settings(settings: Settings) -> None:
    for name, setting in Settings.model_fields.items():
        value = display_url(settings) if name == "database_url" else getattr(settings, name)
        echo(f"HUB_{name.upper():22} {value!s:32} {setting.description}")
    for name, similar in misspelt(os.environ).items():
        echo(f"\n{name} is no setting" + (f"; is {similar} meant?" if similar else ""))

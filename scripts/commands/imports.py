"""`hub imports`: what each import created and changed, and undo."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import anyio
import typer

from hub.articles import import_log
from hub.articles.import_log import ChangedArticle, RunRow, Undone
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.settings import Settings
from hub.text.plurals import count_of
from scripts.commands.confirm import Yes, confirm
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Look at the imports of this hub, and take them back.")

Number = Annotated[int, typer.Argument(help="The import's number, as in `hub imports list`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Imports, the newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """List the last imports that changed something, the newest first."""

    async def work() -> list[RunRow]:
        async with open_database(Settings()):
            return await import_log.list_runs(limit, by=SYSTEM)

    rows = anyio.run(work)
    if as_json:
        print_json_lines(map(_to_json, rows))
        return
    table = Table("import", "started", "state", "created", "changed", "comments", "paths")
    for row in rows:
        table.add_row(
            str(row.id),
            f"{row.started_at:%Y-%m-%d %H:%M:%S}",
            _state(row),
            *(str(row.records.get(kind, 0)) for kind in ("ARTICLE", "CHANGED", "COMMENT")),
            ", ".join(row.paths),
        )
    print_table(table)


@app.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show an import: its paths, its counts, and the articles that it created or changed."""

    async def work() -> tuple[RunRow, list[ChangedArticle]]:
        async with open_database(Settings()):
            return await import_log.get_run(number, by=SYSTEM)

    row, articles = anyio.run(work)
    if as_json:
        changed = [asdict(article) for article in articles]
        echo(json.dumps(_to_json(row) | {"articles": changed}, ensure_ascii=False))
        return
    echo(f"Import {row.id} by {row.editor}, {_state(row)}, started {row.started_at:%Y-%m-%d %H:%M}")
    echo(f"Paths: {', '.join(row.paths)}")
    counts = [f"{count} {name}" for name, count in row.counts.items() if count]
    echo(f"Counts: {', '.join(counts) or 'none yet'}")
    for article in articles:
        echo(f"  {_describe(article)}")


@app.command()
def undo(number: Number, as_json: AsJson = False, yes: Yes = False) -> None:
    """Delete what an import created, and restore what it changed, unless it was saved since.

    The exit status is 1 if articles were left alone.
    """

    async def load() -> RunRow:
        async with open_database(Settings()):
            return (await import_log.get_run(number, by=SYSTEM))[0]

    if not yes:
        records = anyio.run(load).records
        created, changed, comments = (
            records.get(kind, 0) for kind in ("ARTICLE", "CHANGED", "COMMENT")
        )
        confirm(
            f"{count_of(created, 'article')} and {count_of(comments, 'comment')} of import {number}"
            f" will be deleted, and {count_of(changed, 'article')} restored. That cannot be taken"
            " back.",
            yes,
        )

    async def work() -> Undone:
        async with open_database(Settings()):
            return await import_log.undo(number, by=SYSTEM)

    undone = anyio.run(work)
    if as_json:
        remaining = [{"article_id": id_, "reason": reason} for id_, reason in undone.remaining]
        deleted = {kind.lower(): count for kind, count in undone.deleted.items()}
        result = {"deleted": deleted, "restored": undone.restored, "left": remaining}
        echo(json.dumps(result, ensure_ascii=False))
    else:
        parts = [count_of(count, kind.lower()) for kind, count in undone.deleted.items() if count]
        restored = count_of(undone.restored, "article")
        echo(f"Deleted: {', '.join(parts) or 'nothing'}. Restored: {restored}.")
        for id_, reason in undone.remaining:
            echo(f"  article {id_} is left alone: {reason}")
    if undone.remaining:
        raise typer.Exit(1)


def _state(row: RunRow) -> str:
    if row.undone_at:
        return "undone"
    return "finished" if row.finished_at else "not finished"


def _describe(article: ChangedArticle) -> str:
    verb = "created" if article.is_created else "changed"
    title = article.title or "(gone)"
    edited = ", saved since" if article.is_edited else ""
    status = f" ({article.status.lower()}{edited})" if article.status else ""
    return f"{verb} {article.article_id}: {title}{status}"


def _to_json(row: RunRow) -> dict[str, Any]:
    moments = {
        name: moment.isoformat() if (moment := getattr(row, name)) else None
        for name in ("started_at", "finished_at", "undone_at")
    }
    return asdict(row) | moments | {"state": _state(row)}

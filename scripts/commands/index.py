"""`hub reindex` and `hub index`: rebuild and inspect the full-text index."""

from __future__ import annotations

from typing import Annotated, Any

import anyio
import orjson
import typer

from hub import outbox
from hub.db.database import Reader, open_database
from hub.search import followers
from hub.settings import Settings
from hub.text.plurals import count_of
from scripts.commands.output import echo
from search_index.configured import open_configured
from search_index.engine import SearchEngine
from search_index.indexer import reindex as rebuild
from search_index.leadership import identify
from search_index.query import EngineError

app = typer.Typer(help="Look at the full-text index, and let events that failed be tried again.")


def reindex() -> None:
    """Rebuild the full-text indexes of all hosts from the database; searches go on meanwhile.

    Where a server is running, it rebuilds its own index. This command waits for that of this host.
    """

    async def work() -> tuple[int | None, int]:
        settings = Settings()
        async with open_database(settings) as db:
            engine = open_configured(settings)
            try:
                total = await rebuild(db, engine)
                name = identify(engine).name
                others = [row for row in await followers.list_followers(db) if row.name != name]
                return total, sum(row.waiting > 0 for row in others)
            finally:
                await engine.close()

    total, others = anyio.run(work)
    echo(
        "The server has rebuilt the index." if total is None else f"{count_of(total, 'document')}."
    )
    if others:
        echo(f"{others} other indexes are not done yet: hub index status shows them.")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Show the index of this host, what waits, what was set aside and why, and all followers.

    A follower is the index of one host; each takes every save, in its own time. Exit status 1 if
    the index of this host cannot be used.
    """

    async def work() -> dict[str, Any]:
        settings = Settings()
        async with open_database(settings) as db:
            engine = open_configured(settings)
            try:
                return await _report(db, engine, settings.search)
            finally:
                await engine.close()

    report = anyio.run(work)
    if as_json:
        echo(orjson.dumps(report).decode())
    else:
        _print_report(report)
    if report["error"] is not None:
        raise typer.Exit(1)


async def _report(db: Reader, engine: SearchEngine, url: str) -> dict[str, Any]:
    """Collect what `hub index status` shows. `error`: why the index cannot be used, or None."""
    rows = await followers.list_followers(db)
    report: dict[str, Any] = {"index": url, "error": None}
    try:
        index = await engine.status()
        report |= {
            "documents": index.documents,
            "generation": index.generation,
            "fingerprint": index.fingerprint,
            "bytes": index.bytes,
        }
    except EngineError as error:
        report["error"] = str(error)
    name = identify(engine).name
    if rows and not any(row.name == name and row.is_complete for row in rows):
        report["error"] = report["error"] or "it has missed saves, and has to be rebuilt"
    return report | {
        "waiting": await outbox.depth(db, name),
        "lag_seconds": round(await outbox.lag_seconds(db, name), 3),
        "parked": [event._asdict() for event in await outbox.parked(db)],
        "followers": [
            followers.to_json(row, name)
            | {"host": row.host, "idle_seconds": round(row.idle_seconds, 1)}
            for row in rows
        ],
    }


def _print_report(report: dict[str, Any]) -> None:
    if report["error"] is not None:
        echo(f"index       not usable: {report['error']}")
        echo("            A running server rebuilds it by itself; or: hub reindex")
    else:
        echo(f"index       {report['index']}")
        echo(f"documents   {report['documents']}")
        echo(f"generation  {report['generation']}  (schema {report['fingerprint']})")
        echo(f"on disk     {report['bytes'] / 1e6:.1f} MB")
    waiting = count_of(report["waiting"], "event")
    echo(f"waiting     {waiting}, the oldest for {report['lag_seconds']:.1f} s")
    echo(f"set aside   {count_of(len(report['parked']), 'event')}")
    for event in report["parked"]:
        echo(f"  article {event['article_id']}, {event['tries']} tries: {event['error']}")
    echo(f"followers   {len(report['followers'])}")
    for row in report["followers"]:
        state = "" if row["complete"] else ", is being rebuilt"
        echo(
            f"  {row['name']} on {row['host']}{' (this one)' if row['own'] else ''}:"
            f" {row['outbox']} wait, the oldest for {row['lag_seconds']:.1f} s,"
            f" seen {row['idle_seconds']:.0f} s ago{state}"
        )


@app.command()
def retry() -> None:
    """Let the events that were set aside be tried again."""

    async def work() -> int:
        async with open_database(Settings()):
            return await outbox.retry_parked()

    echo(f"To be tried again: {count_of(anyio.run(work), 'event')}.")

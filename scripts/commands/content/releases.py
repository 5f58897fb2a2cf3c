"""`hub releases`: several articles that go live together, on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import orjson
import typer

from hub.articles import releases
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.errors import NotFound
from hub.models import LifeAction
from hub.reads import articles, lifecycle
from hub.text.plurals import count_of
from scripts.commands.confirm import Yes, confirm
from scripts.commands.content.lookup import find_article, run
from scripts.commands.output import Json, Table, echo, print_rows, print_table

app = typer.Typer(help="Publish several articles at one moment, or none of them.")
Number = Annotated[int, typer.Argument(help="The release's number, as `list` shows it.")]
Names = Annotated[list[str], typer.Argument(help="Numbers of articles, or their slugs.")]
Unpublish = Annotated[
    bool, typer.Option("--unpublish", help="Make these articles drafts again instead.")
]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    json: Json = False,
) -> None:
    """Show releases, the newest first."""

    async def work(db: Reader) -> list[lifecycle.ReleaseRow]:
        return (await lifecycle.releases(db, PageArgs(limit), SYSTEM)).rows

    columns = ("id", "status", "publish_at", "published_at", "editor", "name", "problem")
    print_rows(json, columns, run(work))


@app.command()
def show(number: Number, json: Json = False) -> None:
    """Show a release with its articles, in their order."""

    async def work(db: Reader) -> tuple[lifecycle.ReleaseRow, list[dict[str, Any]]]:
        release = (await lifecycle.releases_by_ids(db, [number], SYSTEM)).get(number)
        if release is None:
            raise NotFound("release", number)
        items = (await lifecycle.release_items(db, [number], SYSTEM)).get(number, [])
        rows = await articles.by_ids(db, [item.article_id for item in items], SYSTEM)
        names = ("id", "slug", "status", "title")
        return release, [
            {
                "action": item.action,
                **{name: getattr(rows[item.article_id], name) for name in names},
            }
            for item in items
        ]

    release, items = run(work)
    if json:
        echo(orjson.dumps({**release._asdict(), "articles": items}).decode())
        return
    for name, value in release._asdict().items():
        if value is not None:
            text = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
            echo(f"{name}: {text}")
    table = Table("action", "id", "slug", "status", "title")
    for item in items:
        table.add_row(*map(str, item.values()))
    print_table(table)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The release's name.")],
    names: Annotated[
        list[str] | None, typer.Argument(help="Articles to publish by it, if known already.")
    ] = None,
) -> None:
    """Create a release, and print its number."""

    async def work(db: Reader) -> int:
        ids = [(await find_article(db, article)).id for article in names or ()]
        number = await releases.create(name, by=SYSTEM)
        for id_ in ids:
            await releases.add(number, id_, by=SYSTEM)
        return number

    echo(f"Release {run(work)} was created.")


@app.command()
def add(number: Number, names: Names, unpublish: Unpublish = False) -> None:
    """Let a release publish articles, with their working versions as they are then."""
    action = LifeAction.UNPUBLISH if unpublish else LifeAction.PUBLISH

    async def work(db: Reader) -> None:
        for article in [await find_article(db, name) for name in names]:
            await releases.add(number, article.id, action, by=SYSTEM)
            echo(f"Release {number} will {action.value.lower()} {article.slug}.")

    run(work)


@app.command()
def remove(number: Number, names: Names) -> None:
    """Take articles out of a release."""

    async def work(db: Reader) -> None:
        for article in [await find_article(db, name) for name in names]:
            was_in_it = await releases.remove(number, article.id, by=SYSTEM)
            change = "is no longer" if was_in_it else "was not"
            echo(f"{article.slug} {change} part of release {number}.")

    run(work)


@app.command()
def publish(
    number: Number,
    at: Annotated[datetime | None, typer.Option(help="When, in UTC; now by default.")] = None,
) -> None:
    """Carry out a release, now or later: all of its changes at one moment, or none."""
    moment = at and at.replace(tzinfo=now().tzinfo)

    async def work(_: Reader) -> int:
        return await releases.publish(number, by=SYSTEM, at=moment)

    articles_ = count_of(run(work), "article")
    if moment is not None and moment > now():
        echo(f"Release {number} will change {articles_} at {moment:%Y-%m-%d %H:%M} UTC.")
    else:
        echo(f"Release {number} has changed {articles_}.")


@app.command()
def cancel(number: Number) -> None:
    """Let a scheduled release wait again until somebody publishes it."""

    async def work(_: Reader) -> None:
        await releases.cancel(number, by=SYSTEM)

    run(work)
    echo(f"Release {number} waits.")


@app.command()
def delete(number: Number, yes: Yes = False) -> None:
    """Discard a release; its articles and their working versions stay."""
    confirm(f"Release {number} will be gone for good; its articles stay as they are.", yes)

    async def work(_: Reader) -> None:
        await releases.delete(number, by=SYSTEM)

    run(work)
    echo(f"Release {number} is gone.")

"""`hub previews`: links to what is not published, on the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import orjson
import typer

from hub.articles import previews
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.reads import previews as reads
from hub.settings import Settings
from scripts.commands.confirm import Yes, confirm
from scripts.commands.content.lookup import find_article, run
from scripts.commands.output import Json, echo, print_rows

app = typer.Typer(help="Let people without a token see what is not published.")


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    json: Json = False,
) -> None:
    """Show previews, the newest first; those that ended a month ago are gone."""

    async def work(db: Reader) -> list[reads.PreviewRow]:
        return (await reads.page(db, PageArgs(limit), SYSTEM)).rows

    columns = ("id", "article_id", "release_id", "expires_at", "revoked_at", "editor", "name")
    print_rows(json, columns, run(work))


@app.command()
def create(
    name: Annotated[
        str, typer.Argument(help="An article's number or slug; or a release's number.")
    ],
    release: Annotated[bool, typer.Option("--release", help="Preview a release.")] = False,
    hours: Annotated[int, typer.Option(min=1, max=2160, help="When it ends.")] = 24,
    json: Json = False,
) -> None:
    """Create a preview of an article, or of a release, and print its token once."""

    async def work(db: Reader) -> previews.NewPreview:
        expires_at = now() + timedelta(hours=hours)
        if release:
            number = int(name) if name.isdecimal() and len(name) < 19 else 0
            return await previews.create(release_id=number, expires_at=expires_at, by=SYSTEM)
        article = await find_article(db, name)
        return await previews.create(article_id=article.id, expires_at=expires_at, by=SYSTEM)

    created = run(work)
    url = previews.url(Settings().preview_url, created)
    if json:
        row = {"id": created.id, "token": created.secret, "expires_at": created.expires_at}
        echo(orjson.dumps({**row, "url": url}).decode())
        return
    echo(created.secret)
    if url is not None:
        echo(url)


@app.command()
def revoke(
    numbers: Annotated[
        list[int], typer.Argument(help="Numbers of previews, as `list` shows them.")
    ],
    yes: Yes = False,
) -> None:
    """End previews at once, for good."""
    listed = ", ".join(map(str, numbers))
    confirm(f"The links and tokens of previews {listed} will be useless for good.", yes)

    async def work(_: Reader) -> None:
        for number in numbers:
            await previews.revoke(number, by=SYSTEM)
            echo(f"Preview {number} has ended.")

    run(work)

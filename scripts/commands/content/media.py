"""`hub media`: pictures of articles, copied into the hub and looked after."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from hub.articles import pictures
from hub.articles.copying import Copied, Find, PictureCopier
from hub.articles.pictures import Illustrated
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.media.addresses import host_of
from hub.media.beside import PictureFolder
from hub.media.checking import Check, check_pictures
from hub.media.download import Downloads
from hub.media.folder import MediaFolder
from hub.media.keeping import MediaStore
from hub.settings import Settings
from hub.text.plurals import count_of
from scripts.commands.content.lookup import run
from scripts.commands.output import Json, echo, print_json_lines
from scripts.commands.progress import MAX_LISTED

app = typer.Typer(help="Copy the pictures of articles into the hub, and check that they are there.")


@app.callback()
def media_() -> None:
    """Take the options before the subcommand."""


@asynccontextmanager
async def open_copier(
    db: Reader, settings: Settings, base: str, trusted: Sequence[str]
) -> AsyncIterator[PictureCopier]:
    """Open what copies pictures into the hub of `settings`.

    `base` is where addresses without a host are found; private addresses are requested only at
    those that are `trusted`.
    """
    store = MediaStore(MediaFolder(settings))
    limit = settings.media_max_bytes
    async with Downloads(limit, [url for url in trusted if url]) as downloads:
        yield PictureCopier(db, store, downloads, max_bytes=limit, base=base)


@app.command()
def fetch(
    media_url: Annotated[
        str, typer.Option(help="Where pictures without a host are; it may be a private address.")
    ] = "",
    media_folder: Annotated[
        Path | None, typer.Option(help="A folder with the pictures.", file_okay=False)
    ] = None,
    json: Json = False,
) -> None:
    """Copy the pictures that articles show from elsewhere, and let the articles show the copies.

    One request a host at a time. What was copied before is not fetched again; an interrupted run is
    simply run again. The exit status is 1 if a picture could not be copied.
    """
    settings = Settings()
    folder = PictureFolder(media_folder) if media_folder else None
    own = {host_of(media_url)} - {""}

    def find(article: Illustrated) -> Find:
        hosts = own | ({host_of(article.canonical_url or "")} - {""})
        return lambda address: folder.find(address, hosts) if folder else None

    async def work(db: Reader) -> Copied:
        async with open_copier(db, settings, media_url, [media_url]) as copier:
            last = 0
            while articles := await pictures.after(db, last):
                await copier.copy_articles(articles, find)
                last = articles[-1].id
            return copier.result

    result = run(work)
    if json:
        print_json_lines(
            {
                "article": problem.article_id,
                "title": problem.title,
                "address": problem.address,
                "reason": problem.reason,
            }
            for problem in result.problems
        )
    else:
        for problem in result.problems[:MAX_LISTED]:
            echo(f"{problem.title} ({problem.article_id}): {problem.address}: {problem.reason}")
        if len(result.problems) > MAX_LISTED:
            echo(f"… and {len(result.problems) - MAX_LISTED} more; --json lists all of them")
        echo(
            f"Copied {count_of(result.copied, 'picture')}, and let"
            f" {count_of(result.pointed, 'address', 'addresses')} in articles lead to the hub;"
            f" could not copy {count_of(len(result.problems), 'picture')}."
        )
    if result.problems:
        raise typer.Exit(1)


@app.command()
def describe(
    address: Annotated[str, typer.Argument(help="Its address in the hub, as /media/….")],
    caption: Annotated[str | None, typer.Option(help="The line below it; empty for none.")] = None,
    credit: Annotated[str | None, typer.Option(help="Whose it is; empty for unknown.")] = None,
    focal_point: Annotated[
        str | None, typer.Option(help="What matters most in it: from left and top, as 0.5,0.3.")
    ] = None,
) -> None:
    """Say what is told of a picture wherever articles show it: caption, credit, focal point."""
    point = None if focal_point is None else _parse_point(focal_point)

    async def work(_: Reader) -> None:
        await pictures.describe(
            address, by=SYSTEM, caption=caption, credit=credit, focal_point=point
        )

    run(work)


def _parse_point(text: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not two numbers, as 0.5,0.3") from None
    return x, y


@app.command()
def check(json: Json = False) -> None:
    """Tell which pictures of articles are gone, and which are still elsewhere, on which hosts.

    Fetches nothing. The exit status is 1 if the hub has lost a picture.
    """
    settings = Settings()

    async def work(db: Reader) -> Check:
        return await check_pictures(db, MediaFolder(settings), pictures.after)

    result = run(work)
    if json:
        print_json_lines(entry._asdict() for entry in (*result.missing, *result.elsewhere))
    else:
        for entry in result.missing:
            echo(f"gone: {entry.address}, in {entry.title} ({entry.article})")
        hosts = Counter(host_of(entry.address) or "(no host)" for entry in result.elsewhere)
        for host, count in hosts.most_common():
            echo(f"{count:>6}  still on {host}")
        for entry in [entry for entry in result.elsewhere if entry.problem][:MAX_LISTED]:
            echo(f"{entry.title} ({entry.article}): {entry.address}: {entry.problem}")
        echo(
            f"{count_of(result.held, 'picture')} in the hub, {result.bytes / 1e6:.1f} MB;"
            f" {len(result.elsewhere):,} elsewhere, {len(result.missing):,} gone"
        )
    if result.missing:
        raise typer.Exit(1)

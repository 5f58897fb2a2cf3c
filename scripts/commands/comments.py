"""`hub comments`: the moderation queue on the command line."""

from __future__ import annotations

from typing import Annotated

import anyio
import typer

from hub import comments
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.db.keyset import Page, PageArgs
from hub.models import CommentStatus
from hub.reads import comments as reads
from hub.settings import Settings
from hub.text import markup
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Show and moderate readers' comments.")
Ids = Annotated[list[int], typer.Argument(help="Numbers of comments, as `list` shows them.")]


@app.command("list")
def list_(
    status: Annotated[
        CommentStatus, typer.Option(help="Which ones.", case_sensitive=False)
    ] = CommentStatus.PENDING,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    json: Json = False,
) -> None:
    """Show comments by status, newest first: those that wait for a moderator, by default."""

    async def work() -> Page[reads.ModeratedRow]:
        async with open_database(Settings()) as db:
            return await reads.queue(db, PageArgs(limit), [status.value], SYSTEM)

    page = anyio.run(work)
    if json:
        print_json_lines(
            {**row.comment._asdict(), "author_email": row.author_email} for row in page.rows
        )
        return
    table = Table("id", "article", "when", "author", "says")
    for comment, _ in page.rows:
        table.add_row(
            str(comment.id),
            str(comment.article_id),
            f"{comment.created_at:%Y-%m-%d %H:%M}",
            comment.author_name,
            markup.excerpt(markup.to_text(comment.body_html), 120),
        )
    print_table(table)
    if page.has_next:
        echo(f"There are more than these {limit}.")


@app.command()
def approve(ids: Ids) -> None:
    """Let everybody see these comments."""
    _moderate(ids, CommentStatus.APPROVED)


@app.command()
def spam(ids: Ids) -> None:
    """Mark these comments as spam; nobody but moderators sees them any more."""
    _moderate(ids, CommentStatus.SPAM)


@app.command()
def trash(ids: Ids) -> None:
    """Throw these comments away; nobody but moderators sees them any more."""
    _moderate(ids, CommentStatus.TRASH)


def _moderate(ids: list[int], status: CommentStatus) -> None:
    async def work() -> None:
        async with open_database(Settings()):
            for id_ in ids:
                await comments.moderate(id_, status, by=SYSTEM)
                echo(f"Comment {id_} is {status.value} now.")

    anyio.run(work)

"""`hub comments`: the moderation queue on the command line."""

from __future__ import annotations

from typing import Annotated

import anyio
import typer

from hub import comments
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.db.keyset import Page, PageArgs
from hub.models import CommentStatus, CommentVerdict
from hub.reads import comments as reads
from hub.settings import Settings
from hub.text import markup
from scripts.commands.content.review import review
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Show and moderate readers' comments.")
app.command("review")(review)
Ids = Annotated[list[int], typer.Argument(help="Numbers of comments, as `list` shows them.")]

Article = Annotated[int | None, typer.Option(help="The number of their article.")]
Author = Annotated[str | None, typer.Option(help="A part of the author's name or address.")]
Text = Annotated[str | None, typer.Option(help="A part of what they say.")]
Verdicts = Annotated[
    list[CommentVerdict] | None,
    typer.Option(help="The spam filter's verdict; may be repeated.", case_sensitive=False),
]


@app.command("list")
def list_(
    status: Annotated[
        CommentStatus, typer.Option(help="Which ones.", case_sensitive=False)
    ] = CommentStatus.PENDING,
    article: Article = None,
    author: Author = None,
    text: Text = None,
    verdict: Verdicts = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    json: Json = False,
) -> None:
    """Show comments by status, newest first: those that wait for a moderator, by default."""
    conditions = _filter(status, article, author, text, verdict)

    async def work() -> Page[reads.ModeratedRow]:
        async with open_database(Settings()) as db:
            return await reads.queue(db, PageArgs(limit), conditions, SYSTEM)

    page = anyio.run(work)
    if json:
        print_json_lines(
            {
                **row.comment._asdict(),
                "author_email": row.author_email,
                "verdict": row.verdict,
                "spam_score": row.spam_score,
                "reasons": [reason._asdict() for reason in row.reasons],
            }
            for row in page.rows
        )
        return
    table = Table("id", "article", "when", "author", "says", "verdict")
    for row in page.rows:
        comment = row.comment
        table.add_row(
            str(comment.id),
            str(comment.article_id),
            f"{comment.created_at:%Y-%m-%d %H:%M}",
            comment.author_name,
            markup.excerpt(markup.to_text(comment.body_html), 120),
            _explain(row),
        )
    print_table(table)
    if page.has_next:
        echo(f"There are more than these {limit}.")


def _explain(row: reads.ModeratedRow) -> str:
    if row.verdict is None:
        return ""
    return ": ".join([row.verdict, *(reason.text for reason in row.reasons[:1])])


@app.command("bulk")
def moderate_all(
    to: Annotated[CommentStatus, typer.Option(help="Their new status.", case_sensitive=False)],
    status: Annotated[
        CommentStatus, typer.Option(help="Which ones.", case_sensitive=False)
    ] = CommentStatus.PENDING,
    article: Article = None,
    author: Author = None,
    text: Text = None,
    verdict: Verdicts = None,
) -> None:
    """Give all comments that match another status. Run it again if it is interrupted."""
    conditions = _filter(status, article, author, text, verdict)

    async def work() -> int:
        async with open_database(Settings()):
            total, has_more = 0, True
            while has_more:
                number, has_more = await comments.moderate_matching(conditions, to, by=SYSTEM)
                total += number
            return total

    echo(f"{anyio.run(work)} comments are {to.value} now.")


def _filter(
    status: CommentStatus,
    article: int | None,
    author: str | None,
    text: str | None,
    verdicts: list[CommentVerdict] | None,
) -> reads.CommentFilter:
    names = tuple(verdict.value for verdict in verdicts) if verdicts else None
    return reads.CommentFilter((status.value,), article, author, text, names)


@app.command()
def edit(
    id_: Annotated[int, typer.Argument(metavar="ID", help="The number of the comment.")],
    text: Annotated[str, typer.Option(help="What it shall say, as plain text.")],
) -> None:
    """Change the text of a comment; it is marked as edited."""

    async def work() -> None:
        async with open_database(Settings()):
            await comments.edit(id_, text, by=SYSTEM)

    anyio.run(work)
    echo(f"Comment {id_} is edited.")


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

"""`hub comments`: the moderation queue on the command line."""

from __future__ import annotations

from typing import Annotated

import anyio
import typer

from hub import comments
from hub.auth import SYSTEM
from hub.db.database import Reader, open_database
from hub.db.keyset import Page, PageArgs
from hub.models import CommentStatus, CommentVerdict
from hub.reads import articles
from hub.reads.comments import moderation as reads
from hub.settings import Settings
from hub.text import markup
from hub.text.plurals import count_of
from scripts.commands.content.lookup import find_article, run
from scripts.commands.content.review import review
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Show and moderate readers' comments.")
app.command("review")(review)
_Slugs = dict[int, str]
_Reports = dict[int, list[reads.ReportCount]]
Ids = Annotated[list[int], typer.Argument(help="Numbers of comments, as `list` shows them.")]

Article = Annotated[str | None, typer.Option(help="Their article's slug, or its number.")]
Status = Annotated[
    CommentStatus | None,
    typer.Option(
        help="Which ones; pending ones by default, with --reported public ones too.",
        case_sensitive=False,
    ),
]
Reported = Annotated[
    bool | None,
    typer.Option(
        "--reported/--not-reported",
        help="Whether readers have reported them since a moderator decided.",
        show_default=False,
    ),
]
Author = Annotated[str | None, typer.Option(help="A part of the author's name or address.")]
Text = Annotated[str | None, typer.Option(help="A part of what they say.")]
Verdicts = Annotated[
    list[CommentVerdict] | None,
    typer.Option(help="The spam filter's verdict; may be repeated.", case_sensitive=False),
]


@app.command("list")
def list_(
    status: Status = None,
    article: Article = None,
    author: Author = None,
    text: Text = None,
    verdict: Verdicts = None,
    reported: Reported = None,
    sort: Annotated[
        reads.Order, typer.Option(help="The order.", case_sensitive=False)
    ] = reads.Order.NEWEST,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    json: Json = False,
) -> None:
    """Show comments by status, newest first: those that wait for a moderator, by default."""

    async def work(db: Reader) -> tuple[Page[reads.ModeratedRow], _Slugs, _Reports]:
        conditions = await _filter(db, status, article, author, text, verdict, reported)
        page = await reads.queue(db, PageArgs(limit), conditions, SYSTEM, sort)
        rows = await articles.by_ids(db, {row.comment.article_id for row in page.rows}, SYSTEM)
        reports = await reads.reports(db, [row.comment.id for row in page.rows], SYSTEM)
        return page, {id_: row.slug for id_, row in rows.items()}, reports

    page, slugs, reports = run(work)
    if json:
        print_json_lines(
            {
                **row.comment._asdict(),
                "author_email": row.author_email,
                "verdict": row.verdict,
                "spam_score": row.spam_score,
                "reasons": [reason._asdict() for reason in row.reasons],
                "article": slugs.get(row.comment.article_id),
                "reports": [count._asdict() for count in reports.get(row.comment.id, [])],
            }
            for row in page.rows
        )
        return
    table = Table("id", "article", "when", "author", "says", "verdict", "reports")
    for row in page.rows:
        comment = row.comment
        table.add_row(
            str(comment.id),
            slugs.get(comment.article_id, ""),
            f"{comment.created_at:%Y-%m-%d %H:%M}",
            comment.author_name,
            markup.excerpt(markup.to_text(comment.body_html), 120),
            _explain(row),
            _describe_reports(row, reports.get(comment.id, [])),
        )
    print_table(table)
    if page.has_next:
        echo(f"There are more than these {limit}.")


def _explain(row: reads.ModeratedRow) -> str:
    if row.verdict is None:
        return ""
    return ": ".join([row.verdict, *(reason.text for reason in row.reasons[:1])])


def _describe_reports(row: reads.ModeratedRow, counts: list[reads.ReportCount]) -> str:
    """Return how many readers reported a comment and why; "" if nobody did."""
    if not row.report_count:
        return ""
    return f"{row.report_count}: {', '.join(count.reason for count in counts)}"


@app.command("bulk")
def moderate_all(
    to: Annotated[CommentStatus, typer.Option(help="Their new status.", case_sensitive=False)],
    status: Status = None,
    article: Article = None,
    author: Author = None,
    text: Text = None,
    verdict: Verdicts = None,
    reported: Reported = None,
) -> None:
    """Give all comments that match another status. Run it again if it is interrupted."""

    async def work(db: Reader) -> int:
        conditions = await _filter(db, status, article, author, text, verdict, reported)
        total, has_more = 0, True
        while has_more:
            number, has_more = await comments.moderate_matching(conditions, to, by=SYSTEM)
            total += number
        return total

    echo(f"Set {count_of(run(work), 'comment')} to {to.value}.")


async def _filter(
    db: Reader,
    status: CommentStatus | None,
    article: str | None,
    author: str | None,
    text: str | None,
    verdicts: list[CommentVerdict] | None,
    reported: bool | None,
) -> reads.CommentFilter:
    """Return the conditions of these options. Raises NotFound: there is no such article."""
    return reads.CommentFilter(
        (status.value,) if status else reads.default_statuses(reported),
        None if article is None else (await find_article(db, article)).id,
        author,
        text,
        tuple(verdict.value for verdict in verdicts) if verdicts else None,
        reported,
    )


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

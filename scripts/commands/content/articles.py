"""`hub articles`: the life of articles on the command line."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import orjson
import typer

from hub import articles
from hub.articles import revisions, trash, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs, encode_cursor, parse_cursor
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.errors import Invalid, NotFound
from hub.models import Status
from hub.reads import articles as reads
from hub.reads import lifecycle
from hub.reads import revisions as revision_reads
from hub.reads.articles import ArticleFilter, ArticleRow, Order
from hub.snapshots import STORED, Snapshot, compare, from_row
from hub.text import markup
from hub.text.bodies import Body, Markup
from hub.text.diff import Change
from scripts.commands.content.languages import detect_languages
from scripts.commands.content.lookup import find_article, run
from scripts.commands.content.past import list_as_of, show_as_of
from scripts.commands.output import Json, echo, print_rows

app = typer.Typer(help="Show, edit and publish articles; versions and the trash.")
app.command("detect-languages")(detect_languages)
Name = Annotated[str, typer.Argument(help="An article's number, or its slug.")]
Names = Annotated[list[str], typer.Argument(help="Numbers of articles, or their slugs.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        help="As it was at a moment, in UTC. Articles that were deleted since are missing."
    ),
]
Limit = Annotated[int, typer.Option(min=1, max=100, help="How many at most.")]
SUFFIX = ".md"
PAGE = 100


@app.command("list")
def list_(
    status: Annotated[
        list[Status] | None, typer.Option(help="Which ones; all by default.", case_sensitive=False)
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="Slugs of topics, with those below them.")
    ] = None,
    author: Annotated[list[str] | None, typer.Option(help="Slugs of authors.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="As in en or pt-br.")] = None,
    text: Annotated[str | None, typer.Option(help="A part of the title or the slug.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    after: Annotated[
        str | None, typer.Option(help="Go on behind there; a list that is cut says where.")
    ] = None,
    json: Json = False,
    as_of: AsOf = None,
    is_trash: Annotated[
        bool, typer.Option("--trash", help="Those in the trash, deleted last first.")
    ] = False,
) -> None:
    """Show articles, the latest first; with --as-of those that were public at that moment.

    Where more follow, a line on standard error says how to go on.
    """
    filters = status or topic or author or language or text or after
    if (as_of or is_trash) and (filters or (as_of and is_trash)):
        name = "trash" if as_of is None else "as-of"
        raise Invalid(name, "goes with --limit and --json alone")
    if is_trash:
        _list_trash(min(limit, PAGE), json)
        return
    if as_of is not None:
        list_as_of(as_of.replace(tzinfo=now().tzinfo), min(limit, PAGE), json)
        return
    filter_ = ArticleFilter(
        topics=tuple(topic or ()),
        authors=tuple(author or ()),
        languages=tuple(language or ()),
        statuses=tuple(item.value for item in status or ()),
        text=text,
    )
    rows, cursor = _read_pages(filter_, limit, after)
    if not json:
        rows = [row._replace(published=row.published and row.published[:16]) for row in rows]
    print_rows(json, ("id", "slug", "status", "published", "version", "title"), rows)
    if cursor is not None:
        echo(f"There are more: go on with --after {cursor}, or raise --limit.", err=True)


def _read_pages(
    filter_: ArticleFilter, limit: int, after: str | None
) -> tuple[list[ArticleRow], str | None]:
    """Return up to `limit` articles, and the cursor of the last one if more follow."""
    start = None if after is None else parse_cursor(after, "after")

    async def work(db: Reader) -> tuple[list[ArticleRow], str | None]:
        rows, key, has_next = list[ArticleRow](), start, True
        while has_next and len(rows) < limit:
            args = PageArgs(min(PAGE, limit - len(rows)), key)
            page = await reads.page(db, args, Order.NEWEST, filter_, SYSTEM)
            rows += page.rows
            has_next = page.has_next
            if page.rows:
                key = reads.sort_value(page.rows[-1], Order.NEWEST), page.rows[-1].id
        return rows, encode_cursor(*key) if has_next and key else None

    return run(work)


@app.command()
def show(name: Name, json: Json = False, as_of: AsOf = None) -> None:
    """Print an article with its text as Markdown; with --as-of also its links and comments."""
    if as_of is not None:
        show_as_of(name, as_of.replace(tzinfo=now().tzinfo), json)
        return

    async def work(db: Reader) -> dict[str, Any]:
        row = await find_article(db, name)
        body = (await reads.bodies(db, [row.id], SYSTEM))[row.id]
        working = await lifecycle.working_versions(db, [row.id], STORED, SYSTEM)
        edits = orjson.loads(working[row.id].changes) if row.id in working else {}
        return {**row._asdict(), "body": markup.to_markdown(body.html), "edited": list(edits)}

    article = run(work)
    if json:
        echo(orjson.dumps(article).decode())
        return
    body = article.pop("body")
    for key, value in article.items():
        if value not in (None, "", []):
            echo(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    echo(f"\n{body}")


@app.command()
def edit(
    name: Name,
    now_: Annotated[bool, typer.Option("--now", help="Change what readers see at once.")] = False,
) -> None:
    """Edit the title and the text in $EDITOR, as Markdown whose first line is the title.

    The edits go into the working version, which `hub articles publish` makes public; those of a
    draft are saved at once. Without a terminal, let EDITOR be a program that changes the file.
    """

    async def load(db: Reader) -> tuple[ArticleRow, str]:
        row = await find_article(db, name)
        working = (await lifecycle.working_versions(db, [row.id], STORED, SYSTEM)).get(row.id)
        if working is not None and not now_:
            merged = {**from_row(working.stored), **orjson.loads(working.changes)}
            return row, _to_file(merged["title"], merged["body_html"])
        body = (await reads.bodies(db, [row.id], SYSTEM))[row.id]
        return row, _to_file(row.title, body.html)

    row, before = run(load)
    after = _edit(before)
    if after.strip() == before.strip():
        echo("Nothing was changed.")
        return
    changes = _from_file(after)
    is_immediate = now_ or row.status == Status.DRAFT.value

    async def save(_: Reader) -> None:
        if is_immediate:
            await articles.revise(row.id, changes, seen_version=row.version, by=SYSTEM)
        else:
            await working_versions.save(row.id, changes, by=SYSTEM)

    run(save)
    echo(f"{row.slug} is saved." if is_immediate else f"The edits of {row.slug} can be published.")


@app.command()
def publish(
    names: Names,
    at: Annotated[datetime | None, typer.Option(help="When, in UTC; now by default.")] = None,
) -> None:
    """Make articles public, with their working versions, now or later."""
    moment = at and at.replace(tzinfo=now().tzinfo)

    async def work(db: Reader) -> None:
        for name in names:
            before = await find_article(db, name)
            version = await articles.publish(before.id, by=SYSTEM, at=moment)
            echo(f"{before.slug} {_describe_publication(before, version, moment)}.")

    run(work)


@app.command()
def unpublish(names: Names) -> None:
    """Make articles drafts again."""
    _change(names, lambda id_: articles.unpublish(id_, by=SYSTEM), "is a draft")


@app.command()
def archive(names: Names) -> None:
    """Take articles out of public sight."""
    _change(names, lambda id_: articles.archive(id_, by=SYSTEM), "is archived")


@app.command("trash")
def trash_(
    names: Annotated[
        list[str] | None, typer.Argument(help="Articles to delete; none to list the trash.")
    ] = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """Move articles into the trash; without names, show what is in it."""
    if names:
        _change(names, lambda id_: articles.delete(id_, by=SYSTEM), "is in the trash")
        return
    _list_trash(limit, json)


def _list_trash(limit: int, json: bool) -> None:
    """Print what is in the trash, deleted last first."""

    async def work(db: Reader) -> list[lifecycle.TrashedRow]:
        return (await lifecycle.trash(db, PageArgs(limit), SYSTEM)).rows

    print_rows(json, ("id", "slug", "status", "deleted_at", "editor", "title"), run(work))


@app.command()
def restore(
    name: Name,
    version: Annotated[
        int | None, typer.Option(help="The version to bring back; else, it is in the trash.")
    ] = None,
) -> None:
    """Bring an article back from the trash, or one of its versions.

    Of several in the trash with one slug, the one that was deleted last.
    """

    async def work(db: Reader) -> str:
        if version is None:
            number = int(name) if name.isdecimal() and len(name) < 19 else None
            trashed = await lifecycle.trashed_by_name(db, name, number, SYSTEM)
            if trashed is None:
                raise NotFound("article in the trash", name)
            id_ = await trash.restore(trashed.id, by=SYSTEM)
            row = (await reads.by_ids(db, [id_], SYSTEM))[id_]
            return f"{row.slug} is back."
        row = await find_article(db, name)
        restored = await revisions.restore(row.id, version, by=SYSTEM)
        return f"{row.slug} is at version {restored}, which says what {version} did."

    echo(run(work))


@app.command("revisions")
def revisions_(name: Name, limit: Limit = 20, json: Json = False) -> None:
    """Show the versions of an article, the latest first."""

    async def work(db: Reader) -> list[revision_reads.RevisionRow]:
        row = await find_article(db, name)
        pages = await revision_reads.revisions(db, [row.id], PageArgs(limit), SYSTEM)
        return pages[row.id].rows

    columns = ("version", "change", "status", "editor", "created_at", "title")
    print_rows(json, columns, run(work))


@app.command()
def diff(
    name: Name,
    version: Annotated[int, typer.Argument(help="The older version.")],
    to: Annotated[int | None, typer.Option(help="The newer one; the last by default.")] = None,
    json: Json = False,
) -> None:
    """Show how two versions of an article differ: [-what was removed-], {+what was added+}."""

    async def work(db: Reader) -> tuple[Snapshot, Snapshot]:
        row = await find_article(db, name)
        return await _snapshot(db, row.id, version), await _snapshot(db, row.id, to or row.version)

    differences = compare(*run(work))
    if not differences and not json:
        echo("Nothing differs.")
    for name_, segments in differences:
        if json:
            parts = [{"change": change.value, "text": text} for change, text in segments]
            echo(orjson.dumps({"field": name_, "segments": parts}).decode())
        else:
            echo(f"{name_}: {''.join(_mark(change, text) for change, text in segments)}")


def _edit(text: str) -> str:
    """Return a text as it is after the user's editor has ended. Raises Invalid if that fails."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not editor and not sys.stdin.isatty():
        raise Invalid("EDITOR", "must name a program that changes a file: there is no terminal")
    editor = editor or "vi"
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"article{SUFFIX}"
        file.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*shlex.split(editor), str(file)], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Invalid("EDITOR", f"{editor} failed: {error}") from error
        return file.read_text(encoding="utf-8")


def _describe_publication(before: ArticleRow, version: int, at: datetime | None) -> str:
    """Say what became of an article that was published, and got this version."""
    if at is not None and at > now():
        return f"will be published at {at:%Y-%m-%d %H:%M} UTC"
    if before.status != Status.PUBLISHED.value:
        return "is public"
    return "was already public" if version == before.version else "is public with its edits"


def _mark(change: Change, text: str) -> str:
    return {Change.REMOVED: f"[-{text}-]", Change.ADDED: f"{{+{text}+}}"}.get(change, text)


async def _snapshot(db: Reader, article_id: int, version: int) -> Snapshot:
    id_ = await revision_reads.id_of(db, article_id, version)
    if id_ is None:
        raise NotFound("revision", version)
    return from_row((await revision_reads.contents(db, [id_], STORED, SYSTEM))[id_])


def _to_file(title: str, html: str) -> str:
    return f"# {title}\n\n{markup.to_markdown(html)}\n"


def _from_file(text: str) -> ArticleChanges:
    """Return the title and the body of an edited file. Raises Invalid."""
    first, _, rest = text.strip().partition("\n")
    if not first.startswith("# "):
        raise Invalid("title", "the first line must be `# ` and the title")
    return ArticleChanges(title=first[2:], body=Body(rest.strip(), Markup.MARKDOWN))


def _change(names: list[str], change: Callable[[int], Awaitable[object]], result: str) -> None:
    async def work(db: Reader) -> None:
        for name in names:
            row = await find_article(db, name)
            await change(row.id)
            echo(f"{row.slug} {result}.")

    run(work)

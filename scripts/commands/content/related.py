"""`hub related`: what one article is related to, in its order, and what editors make of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hub import related
from hub.auth import SYSTEM
from hub.curation import suggestions
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.errors import NotFound
from hub.models import RelationKind
from hub.reads import related as reads
from hub.reads.articles import ArticleRow
from schema.types.relation import RelatedEdge
from scripts.commands.content.graph import format_reasons, reason_lines
from scripts.commands.content.lookup import find_article, run
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Accept, hide, pin and order what an article is related to.")
Source = Annotated[str, typer.Argument(help="An article's number, or its slug.")]
Target = Annotated[str, typer.Argument(help="The number or slug of the one it is related to.")]
LISTED = 100


@app.command("list")
def list_(name: Source, json: Json = False) -> None:
    """Show what an article is related to, in its order, and why; then what is hidden for it.

    What people have drawn comes first, then what the hub suggests (DERIVED). At most 100 of them.
    """

    async def work(db: Reader) -> tuple[list[reads.RelatedRow], list[ArticleRow]]:
        row = await find_article(db, name)
        page = (await reads.from_articles(db, [row.id], PageArgs(LISTED), SYSTEM))[row.id]
        return page.rows, (await reads.hidden_suggestions(db, [row.id], SYSTEM)).get(row.id, [])

    rows, hidden = run(work)
    lines = [_line(row) for row in rows if row.article is not None]
    lines += [
        {"relation_id": None, "slug": row.slug, "kind": None, "origin": "HIDDEN", "because": []}
        for row in hidden
    ]
    if json:
        print_json_lines({**line, "because": reason_lines(line["because"])} for line in lines)
        return
    table = Table("relation", "article", "kind", "origin", "because")
    for line in lines:
        number, kind = str(line["relation_id"] or ""), line["kind"] or ""
        table.add_row(number, line["slug"], kind, line["origin"], format_reasons(line["because"]))
    print_table(table)


@app.command()
def accept(
    source: Source,
    target: Target,
    kind: Annotated[
        RelationKind, typer.Option(help="What it is from now on.", case_sensitive=False)
    ] = RelationKind.PINNED,
) -> None:
    """Make a suggestion an editor's edge, which keeps its reasons."""

    async def work(db: Reader) -> str:
        edge, slug = await _find_edge(db, source, target)
        await suggestions.accept(edge, by=SYSTEM, kind=kind)
        return slug

    echo(f"{run(work)} is {kind.value} for {source}.")


@app.command()
def hide(source: Source, target: Target) -> None:
    """Never suggest an article for another again."""

    async def work(db: Reader) -> str:
        row, other = await find_article(db, source), await find_article(db, target)
        await suggestions.hide(row.id, other.id, by=SYSTEM)
        return other.slug

    echo(f"{run(work)} is not suggested for {source}.")


@app.command()
def unhide(source: Source, target: Target) -> None:
    """Let a hidden article be suggested again."""

    async def work(db: Reader) -> str:
        row, other = await find_article(db, source), await find_article(db, target)
        await suggestions.unhide(row.id, other.id, by=SYSTEM)
        return other.slug

    echo(f"{run(work)} may be suggested for {source}.")


@app.command()
def pin(source: Source, target: Target) -> None:
    """Let an article come first among those that another is related to."""

    async def work(db: Reader) -> str:
        row, other = await find_article(db, source), await find_article(db, target)
        edge = await related.link(row.id, kind=RelationKind.PINNED, target_id=other.id, by=SYSTEM)
        await suggestions.order(row.id, [edge], by=SYSTEM)
        return other.slug

    echo(f"{run(work)} is the first for {source}.")


@app.command()
def order(
    source: Source,
    targets: Annotated[list[str], typer.Argument(help="Those that come first, in their order.")],
) -> None:
    """Put articles first among those that another is related to; the others follow as they are."""

    async def work(db: Reader) -> list[str]:
        edges = [await _find_edge(db, source, target) for target in targets]
        row = await find_article(db, source)
        await suggestions.order(row.id, [edge for edge, _ in edges], by=SYSTEM)
        return [slug for _, slug in edges]

    echo(f"{', '.join(run(work))}: first for {source}.")


@app.command()
def remove(source: Source, target: Target) -> None:
    """Take the strongest edge to an article away; the hub may suggest that one again."""

    async def work(db: Reader) -> str:
        edge, slug = await _find_edge(db, source, target)
        await related.unlink(edge, by=SYSTEM)
        return slug

    echo(f"{run(work)} is no longer related to {source} by that edge.")


def _line(row: reads.RelatedRow) -> dict[str, Any]:
    edge = RelatedEdge(row)
    return {
        "relation_id": row.edge.id,
        "slug": row.article.slug if row.article else "",
        "kind": row.edge.kind,
        "origin": row.edge.origin,
        "because": edge.because,
    }


async def _find_edge(db: Reader, source: str, target: str) -> tuple[int, str]:
    """Return the strongest edge from one article to another, and the slug of that one."""
    row, other = await find_article(db, source), await find_article(db, target)
    page = (await reads.from_articles(db, [row.id], PageArgs(related.MAX_EDGES), SYSTEM))[row.id]
    for item in page.rows:
        if item.edge.target_id == other.id:
            return item.edge.id, other.slug
    raise NotFound(f"edge from {row.slug}", other.slug)

"""`hub links`: the links between articles."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hub import links
from hub.auth import SYSTEM
from hub.curation import dangling
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.reads import articles
from hub.reads import links as reads
from hub.settings import Settings
from scripts.commands.content.lookup import find_article, run
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table
from search_index.configured import open_configured
from search_index.engine import SearchEngine
from search_index.neighbours import match_titles

app = typer.Typer(help="Show and mend the links between articles.")


@app.callback()
def links_() -> None:
    """Take the options before the subcommand."""


@app.command()
def rewrite(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be stored; store nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Store where the links of all texts lead, as a save does since version 0.3.

    Texts stay as they are; their links to articles of the hub become relations, and are served as
    present addresses. An interrupted run is simply run again.
    """

    async def work(_: Reader) -> list[links.Linked]:
        linked, after = list[links.Linked](), 0
        while True:
            last, batch = await links.rewrite(after, dry_run=dry_run)
            linked += batch
            if last is None:
                return linked
            after = last

    linked = run(work)
    if json:
        print_json_lines(row._asdict() for row in linked)
        return
    for row in linked:
        echo(f"{row.edges} in {row.title} ({row.id})")
    total = sum(row.edges for row in linked)
    echo(f"{total} links of {len(linked)} articles {'would be' if dry_run else 'are'} stored")


@app.command()
def report(
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many of each kind.")] = 20,
    candidates: Annotated[
        bool, typer.Option("--candidates", help="Search for the articles that may be meant.")
    ] = False,
    json: Json = False,
) -> None:
    """Show links that lead to no article, articles that none leads to, and others to mend.

    DANGLING links lead to no article yet; to an ORPHAN, no public article leads; ONE_SIDED lists
    lead nowhere back; REPEATED links stand beside a stronger one between the same articles.
    """

    async def work(db: Reader) -> tuple[list[dict[str, Any]], dict[str, int]]:
        engine = open_configured(Settings()) if candidates else None
        try:
            lines = await _report(db, PageArgs(limit), engine)
            totals = {item.name: await reads.count(db, item, SYSTEM) for item in reads.LinkList}
            return lines, totals
        finally:
            if engine is not None:
                await engine.close()

    lines, totals = run(work)
    if json:
        print_json_lines(lines)
    else:
        table = Table("", "relation", "in", "words", "address", "to")
        for line in lines:
            target = line["target"] or ", ".join(item["slug"] for item in line["candidates"])
            number = "" if line["relation_id"] is None else str(line["relation_id"])
            cells = (number, line["source"] or "", line["words"], line["url"] or "", target)
            table.add_row(line["problem"], *cells)
        print_table(table)
    counted = (f"{problem} {_format_total(total)}" for problem, total in totals.items())
    echo(f"In all: {', '.join(counted)}.", err=json)


def _format_total(total: int) -> str:
    return f"{total:,} or more" if total == reads.MAX_COUNT else f"{total:,}"


@app.command()
def accept(
    relation: Annotated[int, typer.Argument(help="The number of a dangling link.")],
    name: Annotated[str, typer.Argument(help="An article's number, or its slug.")],
) -> None:
    """Let a dangling link lead to an article; no import brings it again."""

    async def work(db: Reader) -> str:
        target = await find_article(db, name)
        await dangling.accept(relation, target.id, by=SYSTEM)
        return target.slug

    echo(f"{relation} leads to {run(work)}.")


@app.command()
def undo(
    relation: Annotated[int, typer.Argument(help="The number of a link that was accepted.")],
) -> None:
    """Undo `accept`: the link dangles again, unless an article has its name by now."""

    async def work(_: Reader) -> None:
        await dangling.take_back(relation, by=SYSTEM)

    run(work)
    echo(f"{relation} is as it was before it was accepted.")


async def _report(db: Reader, page: PageArgs, engine: SearchEngine | None) -> list[dict[str, Any]]:
    parts = {
        "DANGLING": (await reads.dangling(db, page, SYSTEM)).rows,
        "ONE_SIDED": (await reads.one_sided(db, page, SYSTEM)).rows,
        "REPEATED": (await reads.repeated(db, page, SYSTEM)).rows,
    }
    ends = {end for rows in parts.values() for row in rows for end in row.ends[:2] if end}
    slugs = {id_: row.slug for id_, row in (await articles.by_ids(db, ends, SYSTEM)).items()}
    lines = []
    for problem, rows in parts.items():
        for row in rows:
            likely = []
            if engine is not None and row.target_id is None and row.anchor:
                likely = await match_titles(
                    db, engine, row.anchor, SYSTEM, limit=3, without=row.source_id
                )
            lines.append(
                {
                    "problem": problem,
                    "relation_id": row.id,
                    "kind": row.kind,
                    "source": slugs.get(row.source_id),
                    "target": slugs.get(row.target_id or 0),
                    "words": row.anchor,
                    "url": row.url,
                    "candidates": [
                        {"slug": item.article.slug, "likeness": item.likeness} for item in likely
                    ],
                }
            )
    orphans = (await reads.orphans(db, page, SYSTEM)).rows
    return lines + [
        {
            "problem": "ORPHAN",
            "relation_id": None,
            "kind": None,
            "source": None,
            "target": row.slug,
            "words": row.title,
            "url": None,
            "candidates": [],
        }
        for row in orphans
    ]

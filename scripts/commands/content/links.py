"""`hub links`: the links between articles."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from hub import links
from hub.auth import SYSTEM
from hub.curation import dangling, outside
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.reads import articles
from hub.reads import links as reads
from hub.reads.query_statistics import last_days, searches_like
from hub.settings import Settings
from hub.text.plurals import count_of
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
    stored = f"{count_of(total, 'link')} of {count_of(len(linked), 'article')}"
    echo(f"{'Would store' if dry_run else 'Stored'} {stored}.")


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
    lead nowhere back; REPEATED links stand beside a stronger one between the same articles;
    FORMER_ADDRESSES are followed to the present one; BROKEN_OUTSIDE and MOVED_OUTSIDE links lead to
    other sites, as `hub links look` has seen them.
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
        table = Table("problem", "relation", "in", "words", "address", "to", "searches")
        for line in lines:
            target = line["target"] or ", ".join(item["slug"] for item in line["candidates"])
            number = "" if line["relation_id"] is None else str(line["relation_id"])
            searches = "" if line["searches"] is None else str(line["searches"])
            cells = (number, line["source"] or "", line["words"], line["url"] or "", target)
            table.add_row(line["problem"], *cells, searches)
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
        "FORMER_ADDRESSES": (await reads.former_addresses(db, page, SYSTEM)).rows,
    }
    headlines = [row.anchor for row in parts["DANGLING"]]
    searches = await searches_like(db, last_days(30), headlines)
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
                    "origin": row.origin,
                    "source": slugs.get(row.source_id),
                    "target": slugs.get(row.target_id or 0),
                    "words": row.anchor,
                    "url": row.url,
                    "searches": searches.get(row.anchor) if problem == "DANGLING" else None,
                    "candidates": [
                        {"slug": item.article.slug, "likeness": item.likeness} for item in likely
                    ],
                }
            )
    orphans = (await reads.orphans(db, page, SYSTEM)).rows
    lines += [_line("ORPHAN", target=row.slug, words=row.title) for row in orphans]
    for problem, read in (
        ("BROKEN_OUTSIDE", reads.broken_outside),
        ("MOVED_OUTSIDE", reads.moved_outside),
    ):
        outside_rows = (await read(db, page, SYSTEM)).rows
        sources = await articles.by_ids(db, {row.article_id for row in outside_rows}, SYSTEM)
        for link in outside_rows:
            answer = link.moved_to or str(link.status or link.problem)
            slug = sources[link.article_id].slug
            lines.append(
                _line(problem, source=slug, words=link.anchor, url=link.url, target=answer)
                | {"status": link.status, "checked": f"{link.checked:%Y-%m-%d %H:%M}"}
            )
    return lines


def _line(problem: str, **values: str) -> dict[str, Any]:
    """Return a line of the report without an edge."""
    names = ("relation_id", "kind", "origin", "source", "target", "words", "url", "searches")
    return {"problem": problem, **dict.fromkeys(names), "candidates": [], **values}


@app.command()
def look(
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many addresses at most.")
    ] = 500,
    days: Annotated[
        int, typer.Option(min=0, max=3_650, help="Leave out what was looked at since so many days.")
    ] = 7,
    pause: Annotated[
        float, typer.Option(min=0.1, max=60, help="Seconds between two requests to a host.")
    ] = 1.0,
) -> None:
    """Look whether the links of public articles to other sites still answer.

    Asks each host for one address at a time, as its robots.txt allows; private addresses are never
    requested. `hub links report` lists what was broken or has moved. An interrupted run is simply
    run again: what was never looked at comes first.
    """
    settings = Settings()
    looker = outside.Looker(pause, contact=settings.site_url or "")

    async def work(db: Reader) -> tuple[int, int]:
        after: int | None = 0
        while after is not None:
            after = await outside.collect(after)
        urls = await outside.due(db, now() - timedelta(days=days), limit)
        broken = 0

        def print_look(url: str, seen: outside.Look) -> None:
            nonlocal broken
            if seen.problem or (seen.status or 0) >= 400:
                broken += 1
                echo(f"{seen.status or seen.problem}: {url}")

        await looker.look_at(urls, print_look)
        return len(urls), broken

    total, broken = run(work)
    echo(f"Looked at {count_of(total, 'address', 'addresses')}; {broken:,} broken.")

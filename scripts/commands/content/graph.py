"""`hub graph`: the related graph of articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.models import RelationKind
from hub.reads import articles as reads
from hub.reads import graph
from hub.reads.articles import ArticleRow
from hub.reads.graph import MAX_DEPTH, MAX_EDGES, GraphEdge
from schema.types.enums import ReasonKind
from schema.types.relation import Reason, parse_reasons
from scripts.commands.content.lookup import find_article, run
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Show what articles are related to, and how.")
Name = Annotated[str, typer.Argument(help="An article's number, or its slug.")]
Kinds = Annotated[
    list[RelationKind] | None,
    typer.Option("--kind", help="Follow only edges of this kind.", case_sensitive=False),
]


@app.callback()
def graph_() -> None:
    """Take the options before the subcommand."""


@app.command()
def show(
    name: Name,
    depth: Annotated[int, typer.Option(min=1, max=MAX_DEPTH, help="Edges away, at most.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=MAX_EDGES, help="Edges of an article.")] = 12,
    kind: Kinds = None,
    json: Json = False,
) -> None:
    """Show the edges around an article, drafts included: 200 articles at most."""

    async def work(db: Reader) -> tuple[list[dict[str, Any]], bool]:
        row = await find_article(db, name)
        kinds = tuple(item.value for item in kind or ())
        result = await graph.neighbourhood(
            db, row.id, SYSTEM, depth=depth, first=limit, kinds=kinds
        )
        rows = await reads.by_ids(db, result.nodes, SYSTEM)
        return _lines(result.edges, rows), result.is_complete

    lines, is_complete = run(work)
    _print(lines, json)
    if not is_complete:
        echo("There may be more: these are 200 articles.", err=True)


@app.command()
def path(source: Name, target: Name, kind: Kinds = None, json: Json = False) -> None:
    """Show a shortest way from one article to another, drafts included: 6 edges at most."""

    async def work(db: Reader) -> list[dict[str, Any]] | None:
        ends = [(await find_article(db, name)).id for name in (source, target)]
        kinds = tuple(item.value for item in kind or ())
        edges = await graph.path(db, ends[0], ends[1], SYSTEM, kinds=kinds)
        if edges is None:
            return None
        rows = await reads.by_ids(db, {*ends, *(edge.target_id for edge in edges)}, SYSTEM)
        return _lines(edges, rows)

    lines = run(work)
    if lines is None:
        echo(f"No edges lead from {source} to {target}.", err=True)
        raise typer.Exit(1)
    _print(lines, json)


@app.command()
def storyline(
    name: Name,
    days: Annotated[
        int, typer.Option(min=0, max=3_650, help="Of the same main topic, how far in time.")
    ] = 30,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many articles at most.")] = 20,
    json: Json = False,
) -> None:
    """Show what came before an article and after it, drafts with a date included, and why."""

    async def work(db: Reader) -> list[dict[str, Any]]:
        row = await find_article(db, name)
        reasons = await graph.storyline(db, row.id, SYSTEM, days=days, first=limit)
        rows = await reads.by_ids(db, reasons, SYSTEM)
        return [
            {
                "published": rows[id_].published,
                "slug": rows[id_].slug,
                "title": rows[id_].title,
                "because": [
                    {
                        "kind": "TOPICS" if reason.other_id is None else "LINK",
                        "detail": reason.detail,
                        "slug": rows[reason.other_id].slug if reason.other_id in rows else None,
                    }
                    for reason in because
                ],
            }
            for id_, because in reasons.items()
            if id_ in rows
        ]

    lines = run(work)
    if json:
        print_json_lines(lines)
        return
    table = Table("published", "slug", "title", "because")
    for line in lines:
        because = "; ".join(map(_format_step, line["because"]))
        table.add_row((line["published"] or "")[:10], line["slug"], line["title"], because)
    print_table(table)


def _format_step(reason: Mapping[str, str | None]) -> str:
    """Return the reason of a step of a story: the words of a link and its other end, or a topic."""
    if reason["kind"] == "TOPICS":
        return f"topic {reason['detail']}"
    return f"“{reason['detail']}”, linked with {reason['slug']}"


def format_reasons(reasons: Iterable[Reason]) -> str:
    """Return the reasons for an edge on one line; of a link, its words."""
    forms = {
        ReasonKind.LINK: "“{}”",
        ReasonKind.LINKS: "links in common: {}",
        ReasonKind.TOPICS: "topics {}",
        ReasonKind.WORDS: "words {}",
    }
    return "; ".join(forms[reason.kind].format(reason.detail) for reason in reasons)


def reason_lines(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return the reasons for an edge as objects of JSON."""
    return [
        {"kind": reason.kind.name, "detail": reason.detail, "weight": reason.weight}
        for reason in reasons
    ]


def _lines(edges: Sequence[GraphEdge], rows: dict[int, ArticleRow]) -> list[dict[str, Any]]:
    return [
        {
            "relation_id": edge.relation_id,
            "source": rows[edge.source_id].slug,
            "target": rows[edge.target_id].slug,
            "kinds": list(edge.kinds),
            "origin": edge.origin,
            "anchor": edge.anchor,
            "because": parse_reasons(edge.because, edge.anchor, edge.weight),
        }
        for edge in edges
        if edge.source_id in rows and edge.target_id in rows
    ]


def _print(lines: list[dict[str, Any]], json: bool) -> None:
    if json:
        print_json_lines({**line, "because": reason_lines(line["because"])} for line in lines)
        return
    table = Table("source", "target", "kinds", "because")
    for line in lines:
        because = format_reasons(line["because"])
        table.add_row(line["source"], line["target"], ", ".join(line["kinds"]), because)
    print_table(table)

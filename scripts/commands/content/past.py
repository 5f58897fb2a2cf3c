"""Articles as they were at a moment, on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.errors import NotFound
from hub.reads import articles, history
from hub.reads.revisions import contents
from hub.settings import Settings
from hub.snapshots import EDGE, STORED, from_row
from hub.taxonomy import AUTHORS, TOPICS, LabelKind
from hub.taxonomy.history import Label, StoredLabel, labels_then, without_repetitions
from hub.text import markup
from scripts.commands.content.lookup import find_article, run
from scripts.commands.output import Table, echo, print_json_lines, print_table

COMMENTS = 100
UNKNOWN = "Not all is known: see `hub articles list --help`."


def list_as_of(moment: datetime, limit: int, json: bool) -> None:
    """Print what was public at a moment, and whether that is all."""

    async def work(db: Reader) -> tuple[list[Any], bool]:
        page = await history.articles(db, moment, PageArgs(limit), SYSTEM)
        days = Settings().audit_days
        return page.rows, await history.is_complete(db, moment, days, SYSTEM)

    rows, is_complete = run(work)
    lines = [
        {
            "id": row.article_id,
            "published": row.published,
            "version": row.revision and row.revision.version,
            "slug": row.revision and row.revision.slug,
            "title": row.revision.title if row.revision else f"({row.gap.value})",
        }
        for row in rows
    ]
    if json:
        print_json_lines(lines)
    else:
        table = Table("id", "published", "version", "slug", "title")
        for line in lines:
            shown = line | {"published": line["published"][:16]}
            table.add_row(*("" if value is None else str(value) for value in shown.values()))
        print_table(table)
    if not is_complete:
        echo(UNKNOWN, err=True)


def show_as_of(name: str, moment: datetime, json: bool) -> None:
    """Print an article as it was at a moment, with its links and comments.

    `name` is the slug that it had, its number, or its present slug. Raises NotFound, Invalid.
    """

    async def work(db: Reader) -> tuple[dict[str, Any], bool]:
        row = await _find(db, name, moment)
        page = await history.comments(db, row.article_id, moment, PageArgs(COMMENTS), SYSTEM)
        days = Settings().audit_days
        is_complete = await history.has_all_comments(db, moment, days, SYSTEM)
        is_public = row.status == "PUBLISHED"
        comments = [comment._asdict() for comment in page.rows] if is_public else []
        return await _describe(db, row, moment) | {"comments": comments}, is_complete

    article, is_complete = run(work)
    if json:
        echo(orjson.dumps(article).decode())
    else:
        _print(article)
    if not is_complete:
        echo(UNKNOWN, err=True)


async def _find(db: Reader, name: str, moment: datetime) -> history.PastRow:
    row = await history.article(db, moment, SYSTEM, article_id=None, slug=name)
    if row is None:
        number = (await find_article(db, name)).id
        row = await history.article(db, moment, SYSTEM, article_id=number)
    if row is None:
        raise NotFound("article of that moment", name)
    return row


async def _describe(db: Reader, row: history.PastRow, moment: datetime) -> dict[str, Any]:
    about: dict[str, Any] = {"id": row.article_id, "status": row.status, "published": row.published}
    if row.revision is None:
        return about | {"gap": row.gap}
    [stored] = (await contents(db, [row.revision.id], STORED, SYSTEM)).values()
    snapshot = from_row(stored)
    body = markup.to_markdown(snapshot.get("body_html", ""))
    labels = {
        name: await _name_labels(db, kind, snapshot.get(name, ()), row.revision.saved_at, moment)
        for name, kind in (("topics", TOPICS), ("authors", AUTHORS))
    }
    edges = [dict(zip(EDGE, edge, strict=True)) for edge in snapshot.get("edges", ())]
    return {
        **about,
        **{"version": row.revision.version, "slug": row.revision.slug},
        **{"title": row.revision.title, **labels},
        "links": await _name_links(db, edges),
        "body": body,
    }


async def _name_labels(
    db: Reader,
    kind: LabelKind,
    labels: Iterable[Sequence[Any]],
    saved_at: datetime | None,
    moment: datetime,
) -> list[str]:
    """Return the names that the labels of a version had at a moment."""
    stored = [
        StoredLabel(kind.subject, Label(*label), saved_at or moment, moment) for label in labels
    ]
    then = await labels_then(db, stored, SYSTEM)
    return [label.name for label in without_repetitions(map(then.get, stored))]


async def _name_links(db: Reader, edges: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the words of each link, or else where it leads."""
    targets = await articles.by_ids(db, {edge["target_id"] for edge in edges} - {None}, SYSTEM)
    slugs = {id_: row.slug for id_, row in targets.items()}
    return [
        edge["anchor"]
        or edge["url"]
        or edge["wanted_headline"]
        or slugs.get(edge["target_id"], f"article {edge['target_id']}")
        for edge in edges
    ]


def _print(article: dict[str, Any]) -> None:
    body, comments = article.pop("body", None), article.pop("comments")
    for key, value in article.items():
        if value not in (None, "", []):
            echo(f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    echo(f"\n{body}" if body is not None else "The text of that moment is not stored any more.")
    for comment in comments:
        words = markup.to_text(comment["body"]) if comment["body"] else f"({comment['gap'].value})"
        echo(f"\n{comment['author_name'] or '(ERASED)'}, {comment['created'][:16]}: {words}")

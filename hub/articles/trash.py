"""The trash: a deleted article is gone for everybody, and can be restored until its end.

Its rows move into one table, so that nothing else has to know of them: slugs, labels, edges,
comments and the index behave as if it had never been there.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from hub import audit, outbox, related, slugs, snapshots
from hub.articles.saving import (
    check_version,
    get_article,
    locations,
    record_save,
    tags_of,
)
from hub.auth import SYSTEM, Permission, Viewer
from hub.comments import erased, update_counts
from hub.db.database import Reader, marks, run, run_many, transaction
from hub.db.timestamps import now, to_iso
from hub.errors import NotFound
from hub.models import Article, RevisionChange, Status, TrashedArticle, TrashedRow
from hub.search import statistics
from hub.taxonomy import AUTHORS, TOPICS, LabelKind, present_ids
from hub.text import markup

BATCH = 500
"""Rows that are moved by one statement."""

_OWN = (
    *("article_topic", "article_author", "slug_history", "address", "revision", "relation"),
    *("comment", "pin", "working_version", "planned_change", "release_item", "preview"),
    "hidden_suggestion",
)
"""The tables with rows of an article, in an order in which they can be inserted."""

_OF_ARTICLE = {"article": "id", "relation": "source_id", "hidden_suggestion": "source_id"}
"""The columns that hold the article's id, where it is not `article_id`."""

LEFT_THERE = "in the trash of the hub; left there"
"""Stands in the reason of an import's outcome that creates no article anew."""

_AUDITED = ("title", "slug", "status")
_LINKING = "linking"
"""The origin of edges that led to the article; they may still be there."""

_SET_PARENT = (
    "UPDATE comment SET parent_id = (SELECT p.id FROM comment p WHERE p.id = ?) WHERE id = ?"
)
"""None if there is no such comment any more."""

_LABELS = {"article_topic": TOPICS, "article_author": AUTHORS}


@transaction
async def delete(
    article_id: int, *, by: Viewer, seen_version: int | None = None, permanently: bool = False
) -> None:
    """Move an article with all that belongs to it into the trash; edges to it dangle afterwards.

    `permanently`: delete it at once instead, with its comments and revisions.

    Raises:
        NotAllowed: `by` may not delete.
        NotFound: no such article.
        Conflict: it has been saved since `seen_version`.
    """
    by.require(Permission.DELETE)
    article = await get_article(article_id)
    check_version(article, seen_version)
    if not permanently:
        await _keep(article, by)
    tags = await tags_of([article_id]) | await related.related_tags([article_id])
    old_locations = await locations([article_id])
    released = await related.unbind_edges_to(article)
    await Article.filter(id=article_id).delete()
    await audit.record_row("article.delete", article, _AUDITED, by=by, is_deleted=True)
    await outbox.record([article_id])
    await outbox.announce(tags, old_locations)
    moved = await related.bind_edges([edge.id for edge in released])
    await related.announce_edges([*released, *moved])


@transaction
async def restore(article_id: int, *, by: Viewer) -> int:
    """Bring an article back from the trash, as a new version, and return its id.

    Its id, status, comments, revisions and working version are those that it had; edges that led
    to it lead to it again. If another article has its slug by now, it gets one with a number; if it
    was imported anew, it belongs to no import any more.

    Raises:
        NotAllowed: `by` may not delete; or may not publish, and the article was no draft.
        NotFound: no such article is in the trash.
    """
    by.require(Permission.DELETE)
    trashed = await TrashedArticle.get_or_none(id=article_id)
    if trashed is None:
        raise NotFound("article in the trash", article_id)
    if trashed.status is not Status.DRAFT:
        by.require(Permission.PUBLISH)
    rows = await run(
        "SELECT origin, data FROM trashed_row WHERE article_id = ? ORDER BY id", [article_id]
    )
    by_table: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_table.setdefault(row["origin"], []).append(_decode(row["data"]))
    parents = _take_parents(by_table.get("comment", []))
    await _insert("article", [await _fit(by_table["article"][0], by)])
    for table in _OWN:
        await _insert(table, await _insertable(table, by_table.get(table, [])))
    await run_many(_SET_PARENT, parents)
    relinked = await _relink(article_id, by_table.get(_LINKING, []))
    await TrashedArticle.filter(id=article_id).delete()
    article = await get_article(article_id)
    article.version += 1
    article.updated_at = now()
    await article.save(update_fields=["version", "updated_at"])
    own = await run(
        "SELECT id FROM relation WHERE source_id = ? AND target_id IS NULL", [article_id]
    )
    moved = await related.bind_edges(row["id"] for row in own)
    moved += await related.bind_edges_to([article_id])
    tags = await related.related_tags([article_id])
    await record_save(article, by, RevisionChange.RESTORED, tags)
    await audit.record_row("article.restore", article, _AUDITED, by=by)
    await update_counts([article_id])
    await related.announce_edges([*relinked, *moved])
    return article_id


@transaction
async def purge(article_id: int, *, by: Viewer) -> None:
    """Delete an article in the trash for good.

    Raises:
        NotAllowed: `by` may not delete.
        NotFound: no such article is in the trash.
    """
    by.require(Permission.DELETE)
    trashed = await TrashedArticle.get_or_none(id=article_id)
    if trashed is None:
        raise NotFound("article in the trash", article_id)
    await TrashedArticle.filter(id=article_id).delete()
    changes = {name: (getattr(trashed, name), None) for name in _AUDITED}
    await audit.record("article.purge", "Article", article_id, by=by, changes=changes)


async def imported_among(pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those pairs of a source and a key whose article is in the trash. In a transaction.

    One statement, none without pairs.
    """
    if not pairs:
        return set()
    keys = [key for _, key in pairs]
    rows = await run(
        f"SELECT source, source_key FROM trashed_article WHERE source_key IN ({marks(keys)})", keys
    )
    return {(row["source"], row["source_key"]) for row in rows} & set(pairs)


async def sweep(db: Reader, days: int) -> int:
    """Delete for good what has been in the trash for that many days; return the number.

    One statement if there is nothing to do.
    """
    rows = await db.rows(
        "SELECT id FROM trashed_article WHERE deleted_at < ? ORDER BY deleted_at",
        [to_iso(now() - timedelta(days=days))],
    )
    for (article_id,) in rows:
        try:
            await purge(article_id, by=SYSTEM)
        except NotFound:  # another process was first
            continue
    return len(rows)


# ── people ────────────────────────────────────────────────────────────────────────────────────


async def trashed_rows(
    db: Reader, tables: Sequence[str]
) -> AsyncIterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of these tables in the trash, each with the id of its article."""
    after = 0
    while True:
        rows = await db.rows(
            "SELECT id, article_id, data FROM trashed_row"
            f" WHERE origin IN ({marks(tables)}) AND id > ? ORDER BY id LIMIT ?",
            [*tables, after, BATCH],
        )
        for _, article_id, data in rows:
            yield article_id, _decode(data)
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


@transaction
async def erase_comments(
    article_id: int, belongs: erased.Belongs, moment: datetime
) -> tuple[int, int]:
    """Erase a person's comments on an article in the trash up to a moment.

    Return their number, and how many of them stay, empty, since they have replies. The values of
    the audit trail on them are blanked.
    """
    stored = await TrashedRow.filter(article_id=article_id, origin="comment").order_by("id")
    rows = {row: _decode(row.data) for row in stored}
    own = {
        row: values
        for row, values in rows.items()
        if belongs(values["author_email"] or "")
        and erased.is_before(datetime.fromisoformat(values["created_at"]), moment)
    }
    parents = erased.find_parents(
        {values["id"]: values["parent_id"] for values in own.values()},
        (values["parent_id"] for row, values in rows.items() if row not in own),
    )
    for row, values in own.items():
        if values["id"] in parents:
            row.data = _encode(values | erased.EMPTY | {"erased_at": to_iso(now())})
            await row.save(update_fields=["data"])
        else:
            await row.delete()
    await statistics.forget(
        text
        for values in own.values()
        for text in (values["author_name"], markup.to_text(values["body_html"]))
    )
    await audit.blank("Comment", [values["id"] for values in own.values()])
    return len(own), len(parents)


@transaction
async def forget_addresses(article_id: int, oldest: datetime) -> None:
    """Remove the addresses of older comments on an article in the trash."""
    for row in await TrashedRow.filter(article_id=article_id, origin="comment"):
        values = _decode(row.data)
        if values["author_email"] and datetime.fromisoformat(values["created_at"]) < oldest:
            row.data = _encode(values | {"author_email": None, "audit_key": None})
            await row.save(update_fields=["data"])


@transaction
async def replace_editor(article_id: int, belongs: erased.Belongs, name: str) -> None:
    """Put another name for those of editors that are a person's address, on one article."""
    for row in await TrashedRow.filter(article_id=article_id).exclude(origin="comment"):
        values = _decode(row.data)
        if belongs(str(values.get("editor", ""))):
            row.data = _encode(values | {"editor": name})
            await row.save(update_fields=["data"])


# ── into the trash ────────────────────────────────────────────────────────────────────────────


async def _keep(article: Article, by: Viewer) -> None:
    """Copy the rows of an article, and the edges that lead to it, into the trash."""
    await TrashedArticle.create(
        id=article.id,
        slug=article.slug,
        language=article.language,
        title=article.title,
        status=article.status,
        editor=by.name,
        deleted_at=now(),
        source=article.source,
        source_key=article.source_key,
    )
    for table in ("article", *_OWN):
        await _copy(article.id, table, _OF_ARTICLE.get(table, "article_id"), table)
    await _copy(article.id, "relation", "target_id", _LINKING)


async def _copy(article_id: int, table: str, column: str, origin: str) -> None:
    """Copy the rows of a table with this article in a column. Derived edges are left out."""
    condition = " AND origin <> 'DERIVED'" if table == "relation" else ""
    after = 0
    while True:
        rows = await run(
            f"SELECT * FROM {table} WHERE {column} = ? AND id > ?{condition} ORDER BY id LIMIT ?",
            [article_id, after, BATCH],
        )
        copies = [
            TrashedRow(article_id=article_id, origin=origin, data=_encode(dict(row)))
            for row in rows
        ]
        await TrashedRow.bulk_create(copies)
        if len(rows) < BATCH:
            return
        after = rows[-1]["id"]


def _encode(row: Mapping[str, Any]) -> str:
    values = {
        name: {"bytes": b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in row.items()
    }
    return orjson.dumps(values).decode()


def _decode(data: str) -> dict[str, Any]:
    return {
        name: b64decode(value["bytes"]) if isinstance(value, dict) else value
        for name, value in orjson.loads(data).items()
    }


# ── out of the trash ──────────────────────────────────────────────────────────────────────────


def _take_parents(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Remove the parents of comments, and return them with the ids of their replies.

    A reply may be older than its parent, as in some imports: they are set when all are there.
    """
    parents = [(row["parent_id"], row["id"]) for row in rows if row["parent_id"] is not None]
    for row in rows:
        row["parent_id"] = None
    return parents


async def _fit(row: dict[str, Any], by: Viewer) -> dict[str, Any]:
    """Return the row of an article without what another one has by now."""
    status = Status(row["status"])
    row["slug"] = await slugs.new_slug(row["slug"], row["language"], status, by)
    imported = await run(
        "SELECT 1 FROM article WHERE source = ? AND source_key = ?",
        [row["source"], row["source_key"]],
    )
    if imported:
        row |= dict.fromkeys(("source", "source_key", "source_hash", "source_version"))
    return row


async def _insertable(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those rows that can be inserted: what they refer to exists, and they are not past."""
    if table in _LABELS:
        return await _labelled(_LABELS[table], rows)
    if table == "release_item":
        existing = await _existing("content_release", [row["release_id"] for row in rows])
        return [row for row in rows if row["release_id"] in existing]
    if table == "planned_change":
        return [row for row in rows if datetime.fromisoformat(str(row["at"])) > now()]
    if table == "hidden_suggestion":
        existing = await _existing("article", [row["target_id"] for row in rows])
        return [row for row in rows if row["target_id"] in existing]
    if table == "relation":
        targets = [row["target_id"] for row in rows]
        existing = await _existing("article", targets)
        trashed = await _existing("trashed_article", targets)
        rows = list({row["id"]: row for row in rows}.values())  # what was added last holds
        await _add_to_trash(_LINKING, "target_id", rows, trashed)  # should it come back
        for row in rows:
            row["target_id"] = row["target_id"] if row["target_id"] in existing else None
        return [row for row in rows if row["target_id"] or row["anchor"] or row["url"]]
    return rows


async def _labelled(kind: LabelKind, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the links to labels that there are; to one that was merged, as links to its other."""
    ids = await present_ids(kind, [row[kind.column] for row in rows])
    for row in rows:
        row[kind.column] = ids.get(row[kind.column])
    return [row for row in rows if row[kind.column]]


async def _add_to_trash(
    origin: str, column: str, rows: list[dict[str, Any]], article_ids: set[int]
) -> None:
    """Add edges to those of the articles in the trash that a column of theirs names."""
    await TrashedRow.bulk_create(
        [
            TrashedRow(article_id=row[column], origin=origin, data=_encode(row))
            for row in rows
            if row[column] in article_ids
        ]
    )


async def _existing(table: str, ids: Sequence[int | None]) -> set[int]:
    """Return those of the ids of which there is a row."""
    numbers = [id_ for id_ in ids if id_ is not None]
    rows = await run(f"SELECT id FROM {table} WHERE id IN ({marks(numbers)})", numbers)
    return {row["id"] for row in rows}


async def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows with their ids, but none whose names another row has by now.

    Columns that were added since have their default.
    """
    for batch in _batches(rows):
        names = list(batch[0])
        await run_many(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
            " ON CONFLICT DO NOTHING",
            [list(row.values()) for row in batch],
        )


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


async def _relink(article_id: int, rows: list[dict[str, Any]]) -> list[related.Edge]:
    """Let the edges that led to the article lead to it again, unless they lead elsewhere now."""
    stored = await _existing("relation", [row["id"] for row in rows])
    sources = await _existing("article", [row["source_id"] for row in rows])
    await run_many(
        "UPDATE relation SET target_id = ?, chosen = ? WHERE id = ? AND target_id IS NULL",
        [(article_id, row["chosen"], row["id"]) for row in rows if row["id"] in stored],
    )
    trashed = await _existing("trashed_article", [row["source_id"] for row in rows])
    await _add_to_trash("relation", "source_id", rows, trashed)  # should it come back
    missing = [row for row in rows if row["id"] not in stored and row["source_id"] in sources]
    await _insert("relation", missing)
    for source_id in {row["source_id"] for row in rows} & sources:
        await snapshots.amend(source_id)
    return [
        related.Edge(row["id"], row["source_id"], article_id, shown=False)
        for row in rows
        if row["source_id"] in sources
    ]

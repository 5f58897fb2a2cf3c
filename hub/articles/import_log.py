"""Imports as records: what each created and changed, and how to undo it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from hub import articles, audit, comments
from hub.articles import revisions
from hub.auth import Permission, Viewer
from hub.db.database import marks, run, transaction
from hub.db.timestamps import now
from hub.errors import Conflict, NotFound
from hub.models import ImportChange, ImportRun, RecordKind

BATCH = 200
MAX_LISTED = 1_000
_TABLES = {
    RecordKind.TOPIC: "topic",
    RecordKind.AUTHOR: "author",
    RecordKind.COMMENT: "comment",
    RecordKind.SLUG: "slug_history",
    RecordKind.ADDRESS: "address",
}
_NAMES = (RecordKind.SLUG, RecordKind.ADDRESS)
"""Kinds that are recorded of changed articles alone: those of created ones go with them."""
LastIds = dict[RecordKind, int]


class ArticleChange(NamedTuple):
    """An article with its versions before and after an import; without one before, it is new."""

    article_id: int
    before: int | None
    after: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """An import, as lists show it. `records` counts what it created and changed, by kind."""

    id: int
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    editor: str
    paths: list[str]
    counts: dict[str, int]
    records: dict[str, int]


@dataclass(frozen=True, slots=True)
class ChangedArticle:
    """An article that an import created or changed, as it is now; `title` is None if it is gone."""

    article_id: int
    title: str | None
    status: str | None
    is_created: bool
    is_edited: bool


@dataclass(slots=True)
class Undone:
    """Result of an undo: counts by kind, and the articles left alone, with the reason."""

    deleted: Counter[str] = field(default_factory=Counter)
    restored: int = 0
    remaining: list[tuple[int, str]] = field(default_factory=list)


# ── recording, by imports ─────────────────────────────────────────────────────────────────────


@transaction
async def start(paths: Sequence[str], *, by: Viewer) -> int:
    """Record the start of an import, and return its number. Raises NotAllowed."""
    by.require(Permission.WRITE)
    record = await ImportRun.create(
        started_at=now(), editor=by.name[:255], paths=json.dumps(list(paths)), counts="{}"
    )
    return int(record.id)


@transaction
async def finish(run_id: int, counts: dict[str, int], *, by: Viewer) -> bool:
    """Record the end of an import with its counts, and return whether it is kept.

    One that changed nothing is forgotten.

    Raises:
        NotAllowed: `by` is not a writer.
    """
    by.require(Permission.WRITE)
    if not await ImportChange.filter(run_id=run_id).exists():
        await ImportRun.filter(id=run_id).delete()
        return False
    await ImportRun.filter(id=run_id).update(finished_at=now(), counts=json.dumps(counts))
    return True


async def last_ids() -> LastIds:
    """Return the largest id of each kind of record, before a batch. One statement."""
    kinds = list(_TABLES)
    columns = ", ".join(
        f"(SELECT max(id) FROM {_TABLES[kind]}) AS c{n}" for n, kind in enumerate(kinds)
    )
    [row] = await run(f"SELECT {columns}")
    return {kind: int(row[f"c{number}"] or 0) for number, kind in enumerate(kinds)}


async def record(run_id: int, before: LastIds, changes: Sequence[ArticleChange] = ()) -> None:
    """Record the articles of a batch, and the comments, topics, … that are newer than `before`.

    Two statements, within the batch's transaction, which holds the lock of all writers.
    """
    updated = [change.article_id for change in changes if change.before is not None]
    parts: list[str] = []
    args: list[int] = []
    for kind, table in _TABLES.items():
        of_updated = f" AND article_id IN ({marks(updated)})" if kind in _NAMES else ""
        parts.append(f"SELECT '{kind.value}' AS kind, id FROM {table} WHERE id > ?{of_updated}")
        args += [before[kind], *(updated if of_updated else [])]
    new = await run(" UNION ALL ".join(parts), args)
    rows = [
        ImportChange(
            run_id=run_id,
            kind=RecordKind.ARTICLE,
            record_id=change.article_id,
            before=change.before,
            after=change.after,
        )
        for change in changes
    ]
    rows += [
        ImportChange(run_id=run_id, kind=RecordKind(row["kind"]), record_id=row["id"])
        for row in new
    ]
    await ImportChange.bulk_create(rows)


# ── reading ───────────────────────────────────────────────────────────────────────────────────


async def list_runs(limit: int, *, by: Viewer) -> list[RunRow]:
    """Return the last imports, the newest first. Two statements. Raises NotAllowed."""
    by.require(Permission.WRITE)
    rows = await run("SELECT * FROM import_run ORDER BY id DESC LIMIT ?", [limit])
    return await _to_runs(rows)


async def get_run(run_id: int, *, by: Viewer) -> tuple[RunRow, list[ChangedArticle]]:
    """Return an import, and the first MAX_LISTED articles that it created or changed.

    Raises:
        NotAllowed: `by` is not a writer.
        NotFound: no such import.
    """
    by.require(Permission.WRITE)
    rows = await run("SELECT * FROM import_run WHERE id = ?", [run_id])
    if not rows:
        raise NotFound("import", run_id)
    [record_row] = await _to_runs(rows)
    changed = await run(
        "SELECT c.record_id, c.before, c.after, a.title, a.status, a.version FROM import_change c"
        " LEFT JOIN article a ON a.id = c.record_id"
        " WHERE c.run_id = ? AND c.kind = 'ARTICLE' ORDER BY c.id LIMIT ?",
        [run_id, MAX_LISTED],
    )
    return record_row, [
        ChangedArticle(
            article_id=row["record_id"],
            title=row["title"],
            status=row["status"],
            is_created=row["before"] is None,
            is_edited=row["version"] is not None and row["version"] != row["after"],
        )
        for row in changed
    ]


async def _to_runs(rows: Sequence[Any]) -> list[RunRow]:
    ids = [row["id"] for row in rows]
    records: dict[int, dict[str, int]] = {}
    for row in await run(
        "SELECT run_id, CASE WHEN kind = 'ARTICLE' AND before IS NOT NULL THEN 'CHANGED' ELSE kind"
        f" END AS what, count(*) AS n FROM import_change WHERE run_id IN ({marks(ids)})"
        " AND kind NOT IN ('SLUG', 'ADDRESS') GROUP BY 1, 2",
        ids,
    ):
        records.setdefault(row["run_id"], {})[row["what"]] = row["n"]
    return [
        RunRow(
            id=row["id"],
            started_at=_to_moment(row["started_at"]),
            finished_at=_to_moment(row["finished_at"]) if row["finished_at"] else None,
            undone_at=_to_moment(row["undone_at"]) if row["undone_at"] else None,
            editor=row["editor"],
            paths=json.loads(row["paths"]),
            counts=json.loads(row["counts"]),
            records=records.get(row["id"], {}),
        )
        for row in rows
    ]


def _to_moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


# ── undo ──────────────────────────────────────────────────────────────────────────────────────


async def undo(run_id: int, *, by: Viewer) -> Undone:
    """Undo an import: delete what it created, restore what it changed by whole revisions.

    Left alone are articles that were saved since, by editors or another import, and those on which
    readers have commented. Topics and authors go if nothing uses them. Each article is a
    transaction of its own; an undo that is interrupted is run again, and goes on.

    Raises:
        NotAllowed: `by` may not write, publish, moderate and delete.
        NotFound: no such import.
    """
    for permission in (
        Permission.WRITE,
        Permission.PUBLISH,
        Permission.MODERATE,
        Permission.DELETE,
    ):
        by.require(permission)
    if not await ImportRun.filter(id=run_id).exists():
        raise NotFound("import", run_id)
    undone = Undone()
    after = None
    while batch := await _changes(run_id, RecordKind.ARTICLE, after):
        for change in batch:
            await _undo_article(change, undone, by)
        after = batch[-1].id
    remaining = {article_id for article_id, _ in undone.remaining}
    await _delete_names(run_id, remaining)
    undone.deleted["COMMENT"] += await _delete_comments(run_id, remaining)
    for kind in (RecordKind.TOPIC, RecordKind.AUTHOR):
        undone.deleted[kind.value] += await _delete_labels(run_id, kind)
    await _close(run_id, undone, by)
    return undone


async def _changes(run_id: int, kind: RecordKind, before_id: int | None) -> list[ImportChange]:
    """Return a batch of an import's changes, the newest first."""
    changes = ImportChange.filter(run_id=run_id, kind=kind)
    if before_id is not None:
        changes = changes.filter(id__lt=before_id)
    return await changes.order_by("-id").limit(BATCH)


async def _undo_article(change: ImportChange, undone: Undone, by: Viewer) -> None:
    article_id = int(change.record_id)
    rows = await run("SELECT version, slug, language FROM article WHERE id = ?", [article_id])
    if rows and (reason := await _reason_to_leave(change, rows[0]["version"])):
        undone.remaining.append((article_id, reason))
        return
    if rows and change.before is None:
        await articles.delete(article_id, by=by)
        undone.deleted["ARTICLE"] += 1
    elif rows and change.before is not None:
        try:
            await revisions.restore(
                article_id,
                change.before,
                by=by,
                seen_version=change.after,
                with_status=True,
                as_imported=True,
            )
        except (NotFound, Conflict) as error:
            undone.remaining.append((article_id, str(error)))
            return
        undone.restored += 1
        await _delete_slug(article_id, rows[0]["slug"], rows[0]["language"])
    await ImportChange.filter(id=change.id).delete()


async def _reason_to_leave(change: ImportChange, version: int) -> str:
    if version != change.after:
        return "it was saved since"
    if change.before is not None:
        return ""
    others = await run(
        "SELECT count(*) AS n FROM comment WHERE article_id = ? AND NOT EXISTS (SELECT 1 FROM"
        " import_change i WHERE i.run_id = ? AND i.kind = 'COMMENT' AND i.record_id = comment.id)",
        [change.record_id, change.run_id],  # type: ignore[attr-defined]  # Tortoise adds run_id
    )
    return "readers have commented on it" if others[0]["n"] else ""


@transaction
async def _delete_slug(article_id: int, slug: str, language: str) -> None:
    """Delete the slug that the import gave to an article, which it lost by the undo."""
    await run(
        "DELETE FROM slug_history WHERE article_id = ? AND slug = ? AND language = ?",
        [article_id, slug, language],
    )


@transaction
async def _delete_names(run_id: int, remaining: set[int]) -> None:
    """Delete the old slugs and the addresses that an import gave to articles that it changed."""
    places = marks(list(remaining))
    exception = f" AND article_id NOT IN ({places})" if remaining else ""
    for kind in _NAMES:
        own = f"SELECT record_id FROM import_change WHERE run_id = ? AND kind = '{kind.value}'"
        await run(
            f"DELETE FROM {_TABLES[kind]} WHERE id IN ({own}){exception}", [run_id, *remaining]
        )
        await run("DELETE FROM import_change WHERE run_id = ? AND kind = ?", [run_id, kind.value])


@transaction
async def _delete_comments(run_id: int, remaining: set[int]) -> int:
    """Delete the comments that an import added, on other articles than those left alone."""
    rows = await run(
        "SELECT c.id, c.article_id FROM import_change i JOIN comment c ON c.id = i.record_id"
        " WHERE i.run_id = ? AND i.kind = 'COMMENT' AND NOT EXISTS"
        " (SELECT 1 FROM comment r WHERE r.parent_id = c.id AND r.source_key IS NULL)",
        [run_id],
    )
    chosen = [row for row in rows if row["article_id"] not in remaining]
    ids = [row["id"] for row in chosen]
    for start_at in range(0, len(ids), BATCH):
        batch = ids[start_at : start_at + BATCH]
        await run(f"UPDATE comment SET parent_id = NULL WHERE parent_id IN ({marks(batch)})", batch)
        await run(f"DELETE FROM comment WHERE id IN ({marks(batch)})", batch)
    if chosen:
        await comments.update_counts(sorted({row["article_id"] for row in chosen}))
    await run(
        "DELETE FROM import_change WHERE run_id = ? AND kind = 'COMMENT' AND NOT EXISTS"
        " (SELECT 1 FROM comment c WHERE c.id = import_change.record_id)",
        [run_id],
    )
    return len(ids)


_UNUSED = {
    RecordKind.TOPIC: "NOT EXISTS (SELECT 1 FROM article_topic x WHERE x.topic_id = topic.id)"
    " AND NOT EXISTS (SELECT 1 FROM topic below WHERE below.parent_id = topic.id)",
    RecordKind.AUTHOR: "NOT EXISTS (SELECT 1 FROM article_author x WHERE x.author_id = author.id)",
}


@transaction
async def _delete_labels(run_id: int, kind: RecordKind) -> int:
    """Delete the topics or authors that an import created and nothing uses, children first."""
    table, deleted = _TABLES[kind], 0
    created = (
        f"id IN (SELECT record_id FROM import_change WHERE run_id = ? AND kind = '{kind.value}')"
    )
    while rows := await run(
        f"SELECT id FROM {table} WHERE {created} AND {_UNUSED[kind]} LIMIT {BATCH}", [run_id]
    ):
        ids = [row["id"] for row in rows]
        await run(f"DELETE FROM {table} WHERE id IN ({marks(ids)})", ids)
        deleted += len(ids)
    await run(
        f"DELETE FROM import_change WHERE run_id = ? AND kind = '{kind.value}' AND NOT EXISTS"
        f" (SELECT 1 FROM {table} t WHERE t.id = import_change.record_id)",
        [run_id],
    )
    return deleted


@transaction
async def _close(run_id: int, undone: Undone, by: Viewer) -> None:
    await ImportRun.filter(id=run_id).update(undone_at=now())
    counts = {f"{kind.lower()}s_deleted": number for kind, number in undone.deleted.items()}
    counts |= {"articles_restored": undone.restored, "articles_left": len(undone.remaining)}
    changes = {name: (None, number) for name, number in counts.items() if number}
    await audit.record("import.undo", "Import", run_id, by=by, changes=changes)

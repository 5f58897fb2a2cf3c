"""Reads of the audit trail, for administrators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from hub.audit import ACTIONS
from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page
from hub.db.timestamps import to_iso
from hub.errors import Invalid
from hub.models import Door

_COLUMNS = (
    "e.id, e.at, e.actor, e.token_id, e.door, e.action, e.subject, e.subject_id, e.changes,"
    " e.erased_at"
)


class FieldChange(NamedTuple):
    """A field before and after: texts as they are, other values as JSON, None for no value."""

    field: str
    before: str | None
    after: str | None


class AuditRow(NamedTuple):
    """An entry of the audit trail; its times are in ISO 8601.

    `token_id` is None for commands and anonymous readers, `subject_id` where there is no single
    record, `erased_at` unless its values were erased.
    """

    id: int
    at: str
    actor: str
    token_id: int | None
    door: str
    action: str
    subject: str
    subject_id: int | None
    changes: tuple[FieldChange, ...]
    erased_at: str | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Conditions of entries, all of which apply; None for any.

    `action` is one such as `article.publish`, or the beginning `article` of several. `since` is
    included, `until` is not.
    """

    action: str | None = None
    subject: str | None = None
    subject_id: int | None = None
    actor: str | None = None
    token_id: int | None = None
    door: Door | None = None
    since: datetime | None = None
    until: datetime | None = None


async def page(
    db: Reader, page_args: PageArgs, filter_: AuditFilter, viewer: Viewer
) -> Page[AuditRow]:
    """Return a page of the entries, the newest first. One statement.

    Raises:
        NotAllowed: `viewer` may not read the audit trail.
        Invalid: a cursor belongs to another list, or there is no such action.
    """
    viewer.require(Permission.AUDIT)
    seek, args, order_by = keyset_sql(("e.at", "e.id"), datetime, True, page_args)
    condition, values = _condition(filter_)
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM audit_entry e WHERE {condition} AND {seek}"
        f" ORDER BY {order_by} LIMIT ?",
        [*values, *args, page_args.rows],
    )
    return to_page(list(map(_entry, rows)), page_args)


async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, AuditRow]:
    """Return entries by id; none if `viewer` may not read the trail. One statement at most."""
    ids = list(ids)
    if not viewer.may(Permission.AUDIT):
        return {}
    rows = await db.rows(f"SELECT {_COLUMNS} FROM audit_entry e WHERE e.id IN ({marks(ids)})", ids)
    return {row[0]: _entry(row) for row in rows}


async def count(db: Reader, filter_: AuditFilter, viewer: Viewer) -> int:
    """Count the entries that `page` lists. Raises like `page`. One statement."""
    viewer.require(Permission.AUDIT)
    condition, values = _condition(filter_)
    [[total]] = await db.rows(f"SELECT count(*) FROM audit_entry e WHERE {condition}", values)
    return int(total)


_ACTIONS = tuple(sorted({action.partition(".")[0] for action in ACTIONS} | {*ACTIONS}))
"""All actions, and their kinds."""


def _condition(filter_: AuditFilter) -> tuple[str, list[object]]:
    conditions: list[tuple[str, object]] = []
    if filter_.action is not None:
        if filter_.action not in _ACTIONS:
            raise Invalid("action", f"{filter_.action!r} is none of {', '.join(_ACTIONS)}")
        if "." in filter_.action:
            conditions.append(("e.action = ?", filter_.action))
        else:
            conditions += [
                ("e.action >= ?", f"{filter_.action}."),
                ("e.action < ?", f"{filter_.action}/"),
            ]
    columns = {
        "e.subject = ?": filter_.subject,
        "e.subject_id = CAST(? AS BIGINT)": filter_.subject_id,
        "e.actor = ?": filter_.actor,
        "e.token_id = CAST(? AS BIGINT)": filter_.token_id,
        "e.door = ?": None if filter_.door is None else filter_.door.value,
        "e.at >= ?": None if filter_.since is None else to_iso(filter_.since),
        "e.at < ?": None if filter_.until is None else to_iso(filter_.until),
    }
    conditions += [(sql, value) for sql, value in columns.items() if value is not None]
    return " AND ".join(sql for sql, _ in conditions) or "TRUE", [value for _, value in conditions]


def _entry(row: tuple[Any, ...]) -> AuditRow:
    return AuditRow._make((*row[:8], _parse(row[8]), row[9]))


def _parse(changes: str | None) -> tuple[FieldChange, ...]:
    pairs = orjson.loads(changes) if changes else {}
    return tuple(FieldChange(name, *map(_text, pair)) for name, pair in pairs.items())


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()

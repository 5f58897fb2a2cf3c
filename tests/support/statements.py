"""The SQL statements that a test causes, without those of the hub's background tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from hub.db.database import Reader

_IS_COUNTED: ContextVar[bool] = ContextVar("is_counted", default=False)


@contextmanager
def counted(db: Reader) -> Iterator[list[str]]:
    """Collect the statements that are read from here on, by this task and those it starts.

    The indexer, the webhooks and whatever else was started before are not among them.
    """
    statements: list[str] = []
    rows = db.rows

    async def counted_rows(sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        if _IS_COUNTED.get():
            statements.append(sql)
        return await rows(sql, args)

    db.rows = counted_rows  # type: ignore[method-assign]  # for the time of the count
    token = _IS_COUNTED.set(True)
    try:
        yield statements
    finally:
        _IS_COUNTED.reset(token)
        db.rows = rows  # type: ignore[method-assign]  # as above

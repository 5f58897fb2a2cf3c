"""Which columns of rows are read: all, or those that somebody is going to look at."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

Only: TypeAlias = frozenset[str] | None
"""The fields of rows that will be looked at; None for all of them."""


@lru_cache(maxsize=1_024)
def columns(
    sql: str, fields: tuple[str, ...], only: Only, always: tuple[str, ...] = ("id",)
) -> str:
    """The columns `sql`, of as many `fields`, with NULL in place of all but `only` and `always`.

    A row keeps its shape so, and costs 0.2 µs less for each text that is left where it is: of an
    edge and its article, which have 28 columns, 4 µs are saved where a page shows six. All are
    read where one is named that is no field, but may be made of any.
    """
    if only is None or not only.issubset(fields):
        return sql
    every = zip((column.strip() for column in sql.split(",")), fields, strict=True)
    read = only.union(always)
    return ", ".join(column if field in read else "NULL" for column, field in every)

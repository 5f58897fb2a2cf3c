"""Projection: select only the columns of a row that a request uses.

A row whose columns were selected by `Fields` is partial. At run time it is a row like any other;
its type has only the attributes that are always read, so that code which reads others needs a
complete row. The executor reads the selected ones by name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol, TypeAlias

Fields: TypeAlias = frozenset[str] | None
"""The fields of rows that a request uses; None for all of them."""


class PartialArticleRow(Protocol):
    """An `ArticleRow` with None for the columns that were not selected."""

    @property
    def id(self) -> int:
        """See `ArticleRow`."""
        ...


class PartialEdgeRow(Protocol):
    """An `EdgeRow` with None for the columns that were not selected."""

    @property
    def id(self) -> int:
        """See `EdgeRow`."""
        ...

    @property
    def source_id(self) -> int:
        """See `EdgeRow`."""
        ...

    @property
    def target_id(self) -> int | None:
        """See `EdgeRow`."""
        ...

    @property
    def rank(self) -> int:
        """See `EdgeRow`."""
        ...


class PartialRelatedRow(Protocol):
    """A `RelatedRow` of partial rows."""

    @property
    def edge(self) -> PartialEdgeRow:
        """See `RelatedRow`."""
        ...

    @property
    def article(self) -> PartialArticleRow | None:
        """See `RelatedRow`."""
        ...


@lru_cache(maxsize=1_024)
def select_columns(
    sql: str, names: tuple[str, ...], fields: Fields, always: tuple[str, ...] = ("id",)
) -> str:
    """Return the columns `sql`, called `names`, with NULL for all but `fields` and `always`.

    A row keeps its shape, and costs 0.2 µs less for each text that is not read: for an edge and
    its article with 28 columns, 4 µs are saved if a page uses six. All columns are read if
    `fields` contains a name that is no column: a property, which may use any of them.
    """
    if fields is None or not fields.issubset(names):
        return sql
    every = zip((column.strip() for column in sql.split(",")), names, strict=True)
    read = fields.union(always)
    return ", ".join(column if field in read else "NULL" for column, field in every)

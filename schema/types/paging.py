"""Relay's connections: how a slice of rows is shown as edges, nodes and page information."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import strawberry

from hub.db.keyset import Key, Slice, cursor_of
from schema.types.fields import resolved, shown

R = TypeVar("R")

First = Annotated[
    int | None,
    strawberry.argument(
        description="How many from the beginning (or behind `after`), 1 to 100; "
        "20 where neither `first` nor `last` is given."
    ),
]
After = Annotated[
    str | None, strawberry.argument(description="Continue behind the edge with this cursor.")
]
Last = Annotated[
    int | None,
    strawberry.argument(description="How many from the end (or before `before`), 1 to 100."),
]
Before = Annotated[
    str | None, strawberry.argument(description="Stop before the edge with this cursor.")
]


class PageBounds(NamedTuple):
    """What PageInfo shows."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Pages(Generic[R]):
    """What all connections show: a slice, the key that cursors are made of, a count to come.

    Cursors are made and rows are counted when they are asked for.
    """

    __slots__ = ("_count", "_key", "_slice")

    def __init__(
        self, slice_: Slice[R], key: Callable[[R], Key], count: Callable[[], Awaitable[int]]
    ) -> None:
        self._slice = slice_
        self._key = key
        self._count = count

    @property
    def page_info(self) -> PageBounds:
        """Where the slice lies in its list."""
        rows = self._slice.rows
        return PageBounds(
            self._slice.has_next,
            self._slice.has_previous,
            cursor_of(*self._key(rows[0])) if rows else None,
            cursor_of(*self._key(rows[-1])) if rows else None,
        )

    def total(self) -> Awaitable[int] | int:
        """How many rows the whole list has; counted where the slice is not all of it."""
        return len(self._slice.rows) if self._slice.is_whole else self._count()


class Listing(Pages[R]):
    """What a connection of rows shows."""

    __slots__ = ()

    @property
    def nodes(self) -> list[R]:
        """The rows."""
        return self._slice.rows

    @property
    def edges(self) -> list[Place[R]]:
        """The rows, each with its place."""
        key = self._key
        return [Place(row, key) for row in self._slice.rows]


class Place(Generic[R]):
    """What an edge shows: a row, and its cursor."""

    __slots__ = ("_key", "node")

    def __init__(self, node: R, key: Callable[[R], Key]) -> None:
        self.node = node
        self._key = key

    @property
    def cursor(self) -> str:
        """The opaque name of this place in its list."""
        return cursor_of(*self._key(self.node))


def _total(parent: strawberry.Parent[Pages[Any]]) -> Awaitable[int] | int:
    return parent.total()


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """See `PageBounds`."""

    has_next_page: bool = shown("Whether more follows.")
    has_previous_page: bool = shown("Whether something comes before.")
    start_cursor: str | None = shown("The cursor of the first edge; null for an empty page.")
    end_cursor: str | None = shown("The cursor of the last edge; null for an empty page.")


@strawberry.type
class Edge:
    """What all edges have."""

    cursor: str = shown("The opaque place of this edge in its list, for `after` and `before`.")


@strawberry.type
class Connection:
    """What all connections have beside their edges and nodes."""

    page_info: PageInfo = shown("Where this page lies in the list.")
    total_count: int = resolved(
        _total, "How many there are in the whole list; counted only when asked for."
    )

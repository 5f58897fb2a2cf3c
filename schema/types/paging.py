"""Relay connections: a page of rows with its edges, nodes and page information."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import GenericAlias
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import strawberry

from hub.db.keyset import Key, Page, encode_cursor
from schema.types.fields import field, resolved

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
    """Source object of the `PageInfo` type."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class ConnectionSource(Generic[R]):
    """Source object of all connections: a page, its cursor key, and a function that counts.

    Cursors are encoded and rows are counted on access only.
    """

    __slots__ = ("_count", "_key", "_page")

    def __init__(
        self, page: Page[R], key: Callable[[R], Key], count: Callable[[], Awaitable[int]]
    ) -> None:
        self._page = page
        self._key = key
        self._count = count

    @property
    def page_info(self) -> PageBounds:
        """Position of the page in its list."""
        rows = self._page.rows
        return PageBounds(
            self._page.has_next,
            self._page.has_previous,
            encode_cursor(*self._key(rows[0])) if rows else None,
            encode_cursor(*self._key(rows[-1])) if rows else None,
        )

    def total(self) -> Awaitable[int] | int:
        """Return the length of the list; counts rows only if the page is not all of it."""
        return len(self._page.rows) if self._page.is_complete else self._count()


class RowConnection(ConnectionSource[R]):
    """Source object of a connection of rows."""

    __slots__ = ()

    @property
    def nodes(self) -> list[R]:
        """The rows."""
        return self._page.rows

    @property
    def edges(self) -> list[RowEdge[R]]:
        """The rows, each with its cursor."""
        key = self._key
        return [RowEdge(row, key) for row in self._page.rows]


class RowEdge(Generic[R]):
    """Source object of an edge: a row, and its cursor."""

    __slots__ = ("_key", "node")

    def __init__(self, node: R, key: Callable[[R], Key]) -> None:
        self.node = node
        self._key = key

    @property
    def cursor(self) -> str:
        """Opaque cursor of this row in its list."""
        return encode_cursor(*self._key(self.node))


def _total(parent: strawberry.Parent[ConnectionSource[Any]]) -> Awaitable[int] | int:
    return parent.total()


def total_count(weight: int = 1) -> Any:
    """Declare the length of a list; `weight` is what it costs to count it."""
    description = "How many there are in the whole list; counted only when asked for."
    return resolved(_total, description, int, weight=weight)


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Resolved from `PageBounds`."""

    has_next_page: bool = field("Whether more follows.")
    has_previous_page: bool = field("Whether something comes before.")
    start_cursor: str | None = field("The cursor of the first edge; null for an empty page.")
    end_cursor: str | None = field("The cursor of the last edge; null for an empty page.")


@strawberry.type
class Edge:
    """Fields of all edges."""

    cursor: str = field("The opaque place of this edge in its list, for `after` and `before`.")


@strawberry.type
class Connection:
    """Fields of all connections besides their edges and nodes."""

    page_info: PageInfo = field("Where this page lies in the list.")
    total_count: int = total_count()


def connection(
    node: type,
    noun: str,
    *,
    page_description: str = "",
    edge_description: str = "",
    node_description: str = "",
    count_weight: int = 1,
) -> Any:
    """Declare the connection and the edges of a node type; resolved from a `RowConnection`.

    `noun` names a node in the descriptions, `count_weight` is the cost of `totalCount`. Any: mypy
    accepts it in the annotation of a field.
    """
    indefinite = "An" if noun[0] in "aeiou" else "A"
    edge = _declare(
        f"{node.__name__}Edge",
        Edge,
        edge_description or f"{indefinite} {noun} in a list.",
        node=field(node_description or f"The {noun}.", node),
    )
    return _declare(
        f"{node.__name__}Connection",
        Connection,
        page_description or f"A page of a list of {noun}s.",
        edges=field(f"The {noun}s of this page, each with its cursor.", GenericAlias(list, edge)),
        nodes=field(f"The {noun}s of this page.", GenericAlias(list, node)),
        **({"total_count": total_count(count_weight)} if count_weight != 1 else {}),
    )


def _declare(name: str, base: type, description: str, **fields: Any) -> Any:
    """Declare a GraphQL type with these fields behind those of `base`."""
    return strawberry.type(type(name, (base,), fields), description=description)

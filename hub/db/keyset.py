"""Keyset paging for lists from the database: cursors, and the slice of a list that they cut."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

import orjson

from hub.db.timestamps import stored
from hub.errors import Invalid

R = TypeVar("R")
MAX_PAGE = 100
DEFAULT_PAGE = 20
_FOREIGN = "is not a cursor of this list; take one from an edge or from pageInfo"
Holds = type[str] | type[int] | type[datetime]
Key = tuple[str | int | float, int]
"""A row's place in an order: the sorted value, then the id."""


class Window(NamedTuple):
    """Which slice of a list: `size` rows after `after`, or (`backward`) before `before`.

    Where it `peeks`, one row more is read, which tells whether there is more.
    """

    size: int
    after: Key | None = None
    before: Key | None = None
    backward: bool = False
    peeks: bool = True

    @property
    def rows(self) -> int:
        """How many rows to read."""
        return self.size + self.peeks


class Slice(NamedTuple, Generic[R]):
    """A slice of an ordered list, in list order, and whether there is more on either side.

    `is_whole` says that it is known to be all of the list, which no cursor bounds. What lies
    beyond the end that was read last is not known of a window that did not peek.
    """

    rows: list[R]
    has_next: bool
    has_previous: bool
    is_whole: bool = False


def window(
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    default: int = DEFAULT_PAGE,
) -> Window:
    """Relay's four arguments, checked.

    Raises:
        Invalid: a size is not within 1 to 100, both sizes are given, or a cursor is not ours.
    """
    if first is not None and last is not None:
        raise Invalid("last", "give either first or last, not both")
    name, size = (
        ("last", last) if last is not None else ("first", default if first is None else first)
    )
    if not 1 <= size <= MAX_PAGE:
        raise Invalid(name, f"must be from 1 to {MAX_PAGE}, not {size}")
    return Window(
        size=size,
        after=key_of(after, "after") if after is not None else None,
        before=key_of(before, "before") if before is not None else None,
        backward=last is not None,
    )


def cursor_of(value: str | int | float, id_: int) -> str:
    """The opaque cursor of a row, from the value that its list is sorted by and its id."""
    return base64.urlsafe_b64encode(orjson.dumps([value, id_])).decode().rstrip("=")


def key_of(cursor: str, path: str) -> Key:
    """The place that a cursor names. Raises Invalid (at `path`) for what no list gave out."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        value, id_ = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if type(id_) is int and abs(id_) < 2**63 and isinstance(value, str | int | float):
            return value, id_
    except (binascii.Error, ValueError, TypeError):
        pass
    raise Invalid(path, _FOREIGN)


def keyset(
    columns: tuple[str, str], holds: Holds, descending: bool, cut: Window
) -> tuple[str, list[object], str]:
    """How a window reads in SQL: a condition (TRUE for none), its arguments, and an ORDER BY.

    `columns` are the sorted column, which holds what `holds` says, and the id; both run the same
    way. The statement should read the window's `rows`, so that `sliced` can tell whether there is
    more.

    Raises:
        Invalid: a cursor is one of another list.
    """
    value, id_ = columns
    conditions, args = ["TRUE"], list[object]()
    mark = "CAST(? AS BIGINT)" if holds is int else "?"
    for path, key, beyond in (
        ("after", cut.after, not descending),
        ("before", cut.before, descending),
    ):
        if key is not None:
            than = ">" if beyond else "<"
            conditions.append(f"({value}, {id_}) {than} ({mark}, CAST(? AS BIGINT))")
            args += [_comparable(key[0], holds, path), key[1]]
    way = "DESC" if descending != cut.backward else "ASC"
    return " AND ".join(conditions), args, f"{value} {way}, {id_} {way}"


def _comparable(value: str | int | float, holds: Holds, path: str) -> str | int | float:
    """`value` as a column that holds such can be compared with. Raises Invalid, at `path`."""
    if holds is datetime and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return stored(moment)
        except (ValueError, OverflowError):
            pass
    elif type(value) is holds and (holds is str or abs(int(value)) < 2**63):
        return value
    raise Invalid(path, _FOREIGN)


def sliced(rows: list[R], cut: Window) -> Slice[R]:
    """The slice that a window's `rows` (or fewer, in reading order) stand for."""
    more = len(rows) > cut.size
    rows = rows[: cut.size]
    is_whole = cut.peeks and not more and cut.after is None and cut.before is None
    if cut.backward:
        rows.reverse()
        return Slice(rows, cut.before is not None, more, is_whole)
    return Slice(rows, more, cut.after is not None, is_whole)

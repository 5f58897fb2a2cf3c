"""Keyset pagination for lists from the database: cursors, page arguments and pages."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

import orjson

from hub.db.timestamps import to_iso
from hub.errors import Invalid

R = TypeVar("R")
MAX_PAGE = 100
DEFAULT_PAGE = 20
_INVALID_CURSOR = "is not a cursor of this list; take one from an edge or from pageInfo"
ColumnType = type[str] | type[int] | type[datetime]
Key = tuple[str | int | float, int]
"""The sort key of a row: the sorted value, then the id."""


class PageArgs(NamedTuple):
    """Arguments of a page: `size` rows after `after`, or (`backward`) before `before`.

    If it `peeks`, one extra row is read to find out whether there are more.
    """

    size: int
    after: Key | None = None
    before: Key | None = None
    backward: bool = False
    peeks: bool = True

    @property
    def rows(self) -> int:
        """The number of rows to read."""
        return self.size + self.peeks


class Page(NamedTuple, Generic[R]):
    """A page of an ordered list, in list order, and whether there are rows before and after it.

    `is_complete`: it is certainly the complete list, and no cursor bounds it. Without `peeks` it
    is unknown whether rows follow in reading direction: that flag is False then.
    """

    rows: list[R]
    has_next: bool
    has_previous: bool
    is_complete: bool = False


def parse_page_args(
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    default: int = DEFAULT_PAGE,
) -> PageArgs:
    """Validate Relay's four paging arguments.

    Raises:
        Invalid: a size is not within 1 to 100, both sizes are given, or a cursor is malformed.
    """
    if first is not None and last is not None:
        raise Invalid("last", "give either first or last, not both")
    name, size = (
        ("last", last) if last is not None else ("first", default if first is None else first)
    )
    if not 1 <= size <= MAX_PAGE:
        raise Invalid(name, f"must be from 1 to {MAX_PAGE}, not {size}")
    return PageArgs(
        size=size,
        after=parse_cursor(after, "after") if after is not None else None,
        before=parse_cursor(before, "before") if before is not None else None,
        backward=last is not None,
    )


def encode_cursor(value: str | int | float, id_: int) -> str:
    """Encode a row's opaque cursor from the value that its list is sorted by and its id."""
    return base64.urlsafe_b64encode(orjson.dumps([value, id_])).decode().rstrip("=")


def parse_cursor(cursor: str, path: str) -> Key:
    """Decode a cursor to its sort key. Raises Invalid (at `path`) if it is malformed."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        value, id_ = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if type(id_) is int and abs(id_) < 2**63 and isinstance(value, str | int | float):
            return value, id_
    except (binascii.Error, ValueError, TypeError):
        pass
    raise Invalid(path, _INVALID_CURSOR)


def keyset_sql(
    columns: tuple[str, str], column_type: ColumnType, descending: bool, page_args: PageArgs
) -> tuple[str, list[object], str]:
    """Return a page's SQL condition (TRUE for none), its arguments, and an ORDER BY.

    `columns` are the sorted column, of `column_type`, and the id; both are sorted in the same
    direction. The statement should read `page_args.rows` rows, so that `to_page` can tell whether
    there are more.

    Raises:
        Invalid: a cursor belongs to another list.
    """
    value, id_ = columns
    conditions, args = ["TRUE"], list[object]()
    mark = "CAST(? AS BIGINT)" if column_type is int else "?"
    for path, key, greater in (
        ("after", page_args.after, not descending),
        ("before", page_args.before, descending),
    ):
        if key is not None:
            operator = ">" if greater else "<"
            conditions.append(f"({value}, {id_}) {operator} ({mark}, CAST(? AS BIGINT))")
            args += [_comparable(key[0], column_type, path), key[1]]
    direction = "DESC" if descending != page_args.backward else "ASC"
    return " AND ".join(conditions), args, f"{value} {direction}, {id_} {direction}"


def _comparable(value: str | int | float, column_type: ColumnType, path: str) -> str | int | float:
    """Convert `value` for comparison with a column of that type. Raises Invalid, at `path`."""
    if column_type is datetime and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return to_iso(moment)
        except (ValueError, OverflowError):
            pass
    elif type(value) is column_type and (column_type is str or abs(int(value)) < 2**63):
        return value
    raise Invalid(path, _INVALID_CURSOR)


def to_page(rows: list[R], page_args: PageArgs) -> Page[R]:
    """Build the page from up to `page_args.rows` rows in reading order."""
    more = len(rows) > page_args.size
    rows = rows[: page_args.size]
    is_complete = (
        page_args.peeks and not more and page_args.after is None and page_args.before is None
    )
    if page_args.backward:
        rows.reverse()
        return Page(rows, page_args.before is not None, more, is_complete)
    return Page(rows, more, page_args.after is not None, is_complete)

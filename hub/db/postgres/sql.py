"""Translation of the hub's SQL to PostgreSQL's: numbered parameters, and lists as arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_MARKS = re.compile(r"IN \((\?(?:,\?)+)\)|\?")
CLOCK = "((julianday('now') - 2440587.5) * 86400.0)"
"""The database's clock in SQL for SQLite, as seconds since 1970; `translate` knows it."""

_POSTGRES_CLOCK = "extract(epoch FROM clock_timestamp())::float8"
SCALAR = 0
"""The size of a parameter that is not a list."""


def translate(sql: str, args: Sequence[object]) -> tuple[str, Sequence[object]]:
    """Translate `sql` with `?` parameters, and its `args`, for PostgreSQL.

    `IN (?,?,?)` becomes an array's ANY: so a statement is parsed and planned once, whatever the
    number of ids. The translation of a text is cached.
    """
    text, sizes = _number_parameters(sql)
    return text, args if sizes is None else list(_gather_lists(args, sizes))


@lru_cache(maxsize=4_096)
def _number_parameters(sql: str) -> tuple[str, tuple[int, ...] | None]:
    """Return the translated statement, and the sizes of its parameters; None if none is a list."""
    sizes: list[int] = []

    def number(match: re.Match[str]) -> str:
        many: str | None = match[1]
        sizes.append(SCALAR if many is None else many.count("?"))
        return f"${len(sizes)}" if many is None else f"= ANY(${len(sizes)})"

    text = _MARKS.sub(number, sql.replace(CLOCK, _POSTGRES_CLOCK))
    return text, tuple(sizes) if any(sizes) else None


def _gather_lists(args: Sequence[object], sizes: Sequence[int]) -> Iterator[object]:
    at = 0
    for size in sizes:
        yield args[at] if size == SCALAR else list(args[at : at + size])
        at += size or 1


def replace_nul(value: object) -> object:
    """Replace each NUL, which PostgreSQL's text cannot contain, by U+FFFD."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return [replace_nul(item) for item in value] if isinstance(value, list) else value


def encode_parameter(value: object) -> bytes | None:
    """Encode `value` in PostgreSQL's text format, without NULs, which end it; None for NULL."""
    if value is None:
        return None
    if isinstance(value, list):
        value = "{" + ",".join(map(_array_element, value)) + "}"
    return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}").encode()


def _array_element(value: object) -> str:
    """Format a value as an array element; text is quoted and escaped."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)

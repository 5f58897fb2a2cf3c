"""The hub's SQL as PostgreSQL takes it: numbered parameters, and lists as arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_MARKS = re.compile(r"IN \((\?(?:,\?)+)\)|\?")
ONE = 0
"""The size of a parameter that is no list."""


def translated(sql: str, args: Sequence[object]) -> tuple[str, Sequence[object]]:
    """`sql`, whose arguments stand as `?`, and `args` as PostgreSQL takes them.

    `IN (?,?,?)` becomes an array's ANY: so a statement is parsed and planned once, whatever the
    number of ids. A text is looked at once, and then known.
    """
    text, sizes = _numbered(sql)
    return text, args if sizes is None else list(_gathered(args, sizes))


@lru_cache(maxsize=4_096)
def _numbered(sql: str) -> tuple[str, tuple[int, ...] | None]:
    """The statement, and the sizes of its parameters; None where none is a list."""
    sizes: list[int] = []

    def number(found: re.Match[str]) -> str:
        many: str | None = found[1]
        sizes.append(ONE if many is None else many.count("?"))
        return f"${len(sizes)}" if many is None else f"= ANY(${len(sizes)})"

    text = _MARKS.sub(number, sql)
    return text, tuple(sizes) if any(sizes) else None


def _gathered(args: Sequence[object], sizes: Sequence[int]) -> Iterator[object]:
    at = 0
    for size in sizes:
        yield args[at] if size == ONE else list(args[at : at + size])
        at += size or 1


def storable(value: object) -> object:
    """`value` with another character for each NUL, which PostgreSQL's text cannot hold."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return [storable(one) for one in value] if isinstance(value, list) else value


def written(value: object) -> bytes | None:
    """`value` as PostgreSQL reads it, without NULs, which would end it; None for NULL."""
    if value is None:
        return None
    if isinstance(value, list):
        value = "{" + ",".join(map(_element, value)) + "}"
    return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}").encode()


def _element(value: object) -> str:
    """A value in an array; what stands in quotes may hold anything."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)

"""How the objects of an answer are made of rows: by a function that is written for each selection.

What a selection reads of a row is known long before there are rows. So it becomes a function of
plain Python, as dataclasses write theirs: one pass over the rows, which reads what is an attribute,
completes all leaves, and makes each object at once. It takes a third of the time of going through
columns one by one, and 0.1 ms once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from schema.execution.leaf_values import Leaf

Make: TypeAlias = Callable[..., list[dict[str, Any]]]
"""Makes objects of rows, and of one more column for each field that is no attribute."""


class Field(NamedTuple):
    """A field of an object: its name in the answer, and how it comes to its value.

    `read` reads it of a row; None where it has a column of its own. `leaf` completes what has been
    read; None where it is complete.
    """

    name: str
    read: Callable[[Any], Any] | None
    leaf: Leaf | None


@lru_cache(maxsize=1_024)
def maker(fields: tuple[Field, ...]) -> Make:
    """The function that makes objects with these fields, in their order.

    It is the same for documents that select the same, whatever else they say.

    Names are those of GraphQL, which need no quoting. What the function raises is raised by what
    reads a field, or by the leaf.
    """
    scope: dict[str, Any] = {}
    columns = [f"column{at}" for at, field in enumerate(fields) if field.read is None]
    taken = [f"value{at}" for at, field in enumerate(fields) if field.read is None]
    source = [
        f"def make({', '.join(['rows', *columns])}):",
        "    made = []",
        f"    for {', '.join(['row', *taken])} in {_zipped(['rows', *columns])}:",
        *(f"        {line}" for at, field in enumerate(fields) for line in _read(at, field, scope)),
        f"        made.append({{{_shown(fields)}}})",
        "    return made",
    ]
    exec("\n".join(source), scope)  # of names and templates that are all our own
    make: Make = scope["make"]
    return make


def _zipped(names: list[str]) -> str:
    return f"zip({', '.join(names)}, strict=True)" if len(names) > 1 else names[0]


def _read(at: int, field: Field, scope: dict[str, Any]) -> Iterable[str]:
    value = f"value{at}"
    if field.read is not None:
        scope[f"read{at}"] = field.read
        yield f"{value} = read{at}(row)"
    if field.leaf is not None:
        yield f"{value} = {field.leaf.of(value, str(at), scope)}"


def _shown(fields: Sequence[Field]) -> str:
    return ", ".join(f'"{field.name}": value{at}' for at, field in enumerate(fields))

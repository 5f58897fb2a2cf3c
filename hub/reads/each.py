"""The same question about many keys, each answered for itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from hub.database import Reader

K = TypeVar("K")
MOST = 100
"""Keys of one statement."""


def batched(keys: Iterable[K]) -> Iterator[list[K]]:
    """`keys` in lists of at most 100, which a statement can name."""
    keys = list(keys)
    for start in range(0, len(keys), MOST):
        yield keys[start : start + MOST]


async def rows_of_each(
    db: Reader,
    sql: str,
    keys: Iterable[object],
    args: Sequence[object],
    before: Sequence[object] = (),
) -> list[tuple[Any, ...]]:
    """The rows of `sql` for each key, whose `?` stands between those of `before` and `args`.

    The rows of a key keep their order. One statement for up to 100 keys: each of them is looked
    up along its index and cut off where `sql` does it, however much there is of it, where a
    window function would number all rows first.
    """
    found: list[tuple[Any, ...]] = []
    for some in batched(keys):
        parts = [sql] if len(some) == 1 else [f"SELECT * FROM ({sql}) AS part"] * len(some)
        given = [value for key in some for value in (*before, key, *args)]
        found += await db.rows(" UNION ALL ".join(parts), given)
    return found

"""The same question about many keys, each answered for itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from hub.db.database import Reader

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
    keys: Iterable[int],
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
        if len(some) == 1:
            found += await db.rows(sql, [*before, *some, *args])
        elif db.unnests:
            found += await db.rows(_of_members(sql, len(before)), [some, *before, *args])
        else:
            parts = [f"SELECT * FROM ({sql}) AS part"] * len(some)
            given = [value for key in some for value in (*before, key, *args)]
            found += await db.rows(" UNION ALL ".join(parts), given)
    return found


@lru_cache(maxsize=1_024)
def _of_members(sql: str, place: int) -> str:
    """`sql` for each member of a list, its first argument; a member stands in this `?`'s place.

    One text for lists of any length, hence planned once: PostgreSQL takes 30 ms to plan a union
    of 50 parts.
    """
    pieces = sql.split("?")
    of_one = f"{'?'.join(pieces[: place + 1])}of_each.key{'?'.join(pieces[place + 1 :])}"
    return (
        "SELECT part.* FROM unnest(CAST(? AS BIGINT[])) AS of_each(key),"
        f" LATERAL ({of_one}) AS part"
    )

"""One query for many keys, with its ORDER BY and LIMIT applied per key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from hub.db.database import Reader

K = TypeVar("K")
MAX_KEYS = 100
"""Maximum number of keys of a statement."""


def batched(keys: Iterable[K]) -> Iterator[list[K]]:
    """Split `keys` into lists of at most 100, the limit of a statement."""
    keys = list(keys)
    for start in range(0, len(keys), MAX_KEYS):
        yield keys[start : start + MAX_KEYS]


async def rows_per_key(
    db: Reader,
    sql: str,
    keys: Iterable[int],
    args: Sequence[object],
    before: Sequence[object] = (),
) -> list[tuple[Any, ...]]:
    """Return the rows of `sql` for each key, whose `?` comes between those of `before` and `args`.

    The rows of a key keep their order. One statement for up to 100 keys: each key is looked up in
    its index and read up to the LIMIT of `sql`, however many rows it has; a window function would
    number all rows first.
    """
    rows: list[tuple[Any, ...]] = []
    for batch in batched(keys):
        if len(batch) == 1:
            rows += await db.rows(sql, [*before, *batch, *args])
        elif db.unnests:
            rows += await db.rows(_unnest(sql, len(before)), [batch, *before, *args])
        else:
            parts = [f"SELECT * FROM ({sql}) AS part"] * len(batch)
            batch_args = [value for key in batch for value in (*before, key, *args)]
            rows += await db.rows(" UNION ALL ".join(parts), batch_args)
    return rows


@lru_cache(maxsize=1_024)
def _unnest(sql: str, place: int) -> str:
    """Build a statement that runs `sql` for each member of a list, its first argument.

    A member replaces the `?` number `place`. The text is the same for lists of any length, so it
    is planned once: PostgreSQL takes 30 ms to plan a union of 50 parts.
    """
    pieces = sql.split("?")
    per_member = f"{'?'.join(pieces[: place + 1])}of_each.key{'?'.join(pieces[place + 1 :])}"
    return (
        "SELECT part.* FROM unnest(CAST(? AS BIGINT[])) AS of_each(key),"
        f" LATERAL ({per_member}) AS part"
    )

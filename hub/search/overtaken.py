"""Texts that readers typed on from: what the processes of one hub tell each other.

The requests of one reader may go to any process, so that none sees all that is typed. Each tells
the others, by digests that are deleted soon after, what longer texts have taken the place of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from hub.db.database import marks, run, run_many, transaction
from hub.search.settled import MIN_BYTES, REMEMBER_SECONDS, SETTLE_SECONDS

MAX_TOLD = 20_000
"""Texts that a process tells others at once, at most."""


def digest(text: str, client: str, secret: bytes) -> str:
    """Return the digest of a reader of a text; digests of two texts cannot be compared."""
    message = f"{text}\n{client}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(message, key=secret, digest_size=24).hexdigest()


def beginnings(text: str) -> set[str]:
    """Return what may have been typed on the way to a text, as it is counted."""
    starts = {text[:end].rstrip() for end in range(1, len(text))} - {text}
    return {start for start in starts if len(start.encode("utf-8", "surrogatepass")) >= MIN_BYTES}


async def delete_overtaken(moment: float) -> None:
    """Delete what was told a minute before a moment, in a transaction."""
    await run("DELETE FROM overtaken_text WHERE at < ?", [moment - REMEMBER_SECONDS])


@transaction
async def exchange(
    overtaken: Mapping[str, float], settled: Mapping[str, float], moment: float
) -> set[str]:
    """Tell what was overtaken, and return which of the `settled` texts were, in any process.

    Both are digests with times: of the longer text, and of the text. A text that had settled before
    is not overtaken. Three statements.
    """
    await delete_overtaken(moment)
    await run_many(
        "INSERT INTO overtaken_text (reader, at) VALUES (?, ?) ON CONFLICT (reader) DO NOTHING",
        list(overtaken.items())[:MAX_TOLD],
    )
    digests, matches = list(settled), set[str]()
    for start in range(0, len(digests), 500):
        batch = digests[start : start + 500]
        rows = await run(
            f"SELECT reader, at FROM overtaken_text WHERE reader IN ({marks(batch)})", batch
        )
        matches |= {row[0] for row in rows if 0 <= row[1] - settled[row[0]] < SETTLE_SECONDS}
    return matches

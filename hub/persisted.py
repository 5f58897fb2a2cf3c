"""Persisted documents that clients have registered at one host, for all that share the database.

Private: a text may hold values that a client wrote into it; only who knows its hash gets it run.
"""

from __future__ import annotations

from hub.db.database import Reader, run, transaction
from hub.db.postgres.sql import CLOCK

MAX_CHARACTERS = 1_000_000
"""Characters of all texts together; those that were registered last are kept."""


async def load(db: Reader, digest: str) -> str | None:
    """Return the text with this SHA-256 in hexadecimal; None if it is not stored. One statement."""
    rows = await db.rows("SELECT text FROM persisted_document WHERE digest = ?", [digest])
    return str(rows[0][0]) if rows else None


@transaction
async def store(digest: str, text: str) -> None:
    """Store a text with its SHA-256, and let go the oldest ones beyond the limit."""
    await run(
        f"INSERT INTO persisted_document (digest, text, stored_at) VALUES (?, ?, {CLOCK})"
        " ON CONFLICT (digest) DO UPDATE SET stored_at = excluded.stored_at",
        [digest, text],
    )
    await run(
        "DELETE FROM persisted_document WHERE digest IN (SELECT digest FROM (SELECT digest,"
        " sum(length(text)) OVER (ORDER BY stored_at DESC, digest) AS total"
        " FROM persisted_document) AS texts WHERE total > ?)",
        [MAX_CHARACTERS],
    )


@transaction
async def forget_all() -> None:
    """Delete all texts; clients send them again. What somebody wrote into one is gone with it."""
    await run("DELETE FROM persisted_document")

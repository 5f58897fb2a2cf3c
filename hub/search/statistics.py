"""Statistics of readers' searches, counted by day. Their only writer.

Only sums are stored: no address, session, token or time of day. Texts that may contain an e-mail
address or a telephone number are not counted.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

from hub.db.database import run, run_many, transaction
from hub.db.timestamps import now
from hub.errors import DatabaseError

log = logging.getLogger(__name__)

MAX_TEXT = 100
"""Maximum length of a counted text; longer ones are unlikely to be repeated."""

MAX_PENDING = 5_000
"""Maximum number of texts in memory; further ones are not counted until these are stored."""

_PERSONAL = re.compile(r"@|\d(?:[\s./-]?\d){5}")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def normalise(text: str) -> str:
    """Convert a text to lower case and collapse white space; return "" if it is not counted."""
    plain = " ".join(text.lower().split())
    refused = len(plain) > MAX_TEXT or _PERSONAL.search(plain) or _UNSTORABLE.search(plain)
    return "" if refused else plain


class QueryCounter:
    """Counts searches in memory, in a microsecond; `store` adds the counts to the database.

    Counts that are not stored when the process is killed are lost.
    """

    def __init__(self) -> None:
        self._pending: dict[str, tuple[int, int]] = {}

    def count(self, text: str, hits: int) -> None:
        """Count a search of a reader, with its number of hits."""
        plain = normalise(text)
        if plain and (plain in self._pending or len(self._pending) < MAX_PENDING):
            self._pending[plain] = (self._pending.get(plain, (0, 0))[0] + 1, hits)

    async def store(self, keep_days: int) -> None:
        """Add the counts to the sums of today, and delete days older than `keep_days`."""
        pending, self._pending = self._pending, {}
        if not pending:
            return
        try:
            await _add(pending, keep_days)
        except DatabaseError as error:
            log.warning("Searches could not be counted: %s", error)
        except Exception:
            log.exception("Searches could not be counted")


@transaction
async def _add(pending: dict[str, tuple[int, int]], keep_days: int) -> None:
    today = now().date()
    await run_many(
        "INSERT INTO query_stat (day, text, asked, hits) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (day, text) DO UPDATE SET asked = query_stat.asked + excluded.asked,"
        " hits = excluded.hits",
        [(today.isoformat(), text, searches, hits) for text, (searches, hits) in pending.items()],
    )
    oldest = today - timedelta(days=keep_days)
    await run("DELETE FROM query_stat WHERE day <= ?", [oldest.isoformat()])

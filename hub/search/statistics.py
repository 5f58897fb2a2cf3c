"""What readers search for, counted by day. The only writer of it.

Sums alone are kept: no address, session, token or time of day. Texts that look as if they held
an e-mail address or a telephone number are not counted at all.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

from hub.db.database import run, run_many, transaction
from hub.db.timestamps import now

log = logging.getLogger(__name__)

MAX_TEXT = 100
"""Characters of a text that are counted; what is longer is no search that comes again."""

MAX_WAITING = 5_000
"""Texts that wait to be stored; others are not counted until these are."""

_PERSONAL = re.compile(r"@|\d(?:[\s./-]?\d){5}")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def normal(text: str) -> str:
    """A text as it is counted: in lower case, white space collapsed; "" if it is not counted."""
    plain = " ".join(text.lower().split())
    refused = len(plain) > MAX_TEXT or _PERSONAL.search(plain) or _UNSTORABLE.search(plain)
    return "" if refused else plain


class Counter:
    """Counts in memory, in a microsecond; `store` adds it up in the database.

    What has not been stored when a process is killed was not counted.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[int, int]] = {}

    def count(self, text: str, hits: int) -> None:
        """Count a search that a reader made, and how much it found."""
        plain = normal(text)
        if plain and (plain in self._waiting or len(self._waiting) < MAX_WAITING):
            self._waiting[plain] = (self._waiting.get(plain, (0, 0))[0] + 1, hits)

    async def store(self, keep_days: int) -> None:
        """Add what was counted to the sums of today, and forget days older than `keep_days`."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            await _add(waiting, keep_days)
        except Exception:
            log.exception("What was searched for could not be counted")


@transaction
async def _add(waiting: dict[str, tuple[int, int]], keep_days: int) -> None:
    today = now().date()
    await run_many(
        "INSERT INTO query_stat (day, text, asked, hits) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (day, text) DO UPDATE SET asked = query_stat.asked + excluded.asked,"
        " hits = excluded.hits",
        [(today.isoformat(), text, asked, hits) for text, (asked, hits) in waiting.items()],
    )
    oldest = today - timedelta(days=keep_days)
    await run("DELETE FROM query_stat WHERE day <= ?", [oldest.isoformat()])

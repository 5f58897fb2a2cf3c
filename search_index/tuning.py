"""What editors have set for search, as engines take it; read again only when it has changed."""

from __future__ import annotations

from hub.db.database import Reader
from hub.reads import search_tuning
from search_index.query import UNTUNED, Pin, Synonym, Tuning


class Tunings:
    """The tuning of one database."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._stamp = -1
        self._rows: tuple[object, object] = ([], [])
        self._tuning = UNTUNED

    async def current(self) -> Tuning:
        """The tuning as it was last committed, by any process; the same object while it stays.

        5 µs; two statements after any commit.
        """
        stamp = self._db.stamp()
        if stamp != self._stamp:
            synonyms, pins = (
                await search_tuning.synonyms(self._db),
                await search_tuning.pins(self._db),
            )
            if (synonyms, pins) != self._rows:
                self._rows = synonyms, pins
                self._tuning = Tuning(
                    tuple(Synonym(one.words, one.typed) for one in synonyms),
                    tuple(Pin(one.text, one.article_id) for one in pins),
                )
            self._stamp = stamp
        return self._tuning

"""Statistics of readers' searches, counted by day. Their only writer.

Only sums are stored: no address, session, token or time of day. Texts that may contain an e-mail
address or a telephone number are not counted. For a day, digests of readers are stored, so that a
text is shown to others only after several readers have searched for it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import time
from typing import Any

from hub import audit
from hub.auth import Permission, Viewer
from hub.db.database import marks, run, run_many, transaction
from hub.db.timestamps import now
from hub.errors import DatabaseError, Invalid, NotFound
from hub.models import BlockedQuery
from hub.reads.query_statistics import MIN_READERS
from hub.search.overtaken import beginnings, delete_overtaken, digest, exchange
from hub.search.settled import SETTLE_SECONDS, TELL_SECONDS, Search, Settled, SettledTexts

log = logging.getLogger(__name__)

MAX_TEXT = 100
"""Maximum length of a counted text; longer ones are unlikely to be repeated."""

MAX_LANGUAGE = 16
"""Maximum length of a language tag, as of articles."""

MAX_PENDING = 5_000
"""Maximum number of texts in memory; further ones are not counted until these are stored."""

MAX_CLICKED = 1_000
"""Maximum number of texts in memory of which there are clicks alone, for the same time."""

CLICK_SECONDS = 2 * (SETTLE_SECONDS + TELL_SECONDS)
"""Seconds for which clicks wait until another process has stored the search that led to them."""

MAX_BLOCKED = 2_000
"""Maximum number of texts that are never suggested."""

DailySecret = Callable[[], Awaitable[tuple[str, bytes]]]
"""Returns the day and its secret, as `hub.rate_limits.daily_secret`."""

_PERSONAL = re.compile(r"@|\d(?:[\s./-]?\d){5}")
_WORD = re.compile(r"\w+")
_PHRASES = ""
"""The key of the phrases that end at a node; no word."""

_UNSTORABLE = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""Control characters, and others that are not seen; those that separate words are spaces."""


def normalise(text: str) -> str:
    """Convert a text to lower case, drop control characters and collapse white space.

    Return "" if it is not counted.
    """
    plain = " ".join(_INVISIBLE.sub("", text).lower().split())
    refused = len(plain) > MAX_TEXT or _PERSONAL.search(plain) or _UNSTORABLE.search(plain)
    return "" if refused else plain


@dataclass(slots=True)
class _Count:
    """The searches for a text: how many, what the last one found, and the first clients.

    `filtered` of them had a filter; `hits` and `lacking` are those of the last one without, or
    `hits` the most of any with one. `positions` is the sum of the places of the `clicks`;
    `language` is that of the last search that had one.
    """

    asked: int = 0
    filtered: int = 0
    hits: int = 0
    lacking: bool = False
    clicks: int = 0
    positions: int = 0
    language: str = ""
    clients: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Clicks:
    """The clicks on results of a text of which no search is to be stored, `since` a moment."""

    since: float
    clicks: int = 0
    positions: int = 0


class QueryCounter:
    """Counts searches in memory, in a microsecond; `store` adds the counts to the database.

    Counts that are not stored when the process is killed are lost.
    """

    def __init__(
        self,
        daily_secret: DailySecret | None = None,
        clock: Callable[[], float] = time,
        *,
        is_shared: bool = False,
    ) -> None:
        """Without `daily_secret`, readers are not told apart, and no search is shown to anybody.

        `is_shared`: requests of one reader may go to other processes too.
        """
        self._daily_secret = daily_secret
        self._pending: dict[str, _Count] = {}
        self._clicked: dict[str, _Clicks] = {}
        self._clock = clock
        self._is_shared = is_shared
        self._settled = SettledTexts(clock, SETTLE_SECONDS + TELL_SECONDS * is_shared)
        self._sent: list[tuple[str, str, float]] = []  # by Enter, since the last `store`
        self._exchanged_at = 0.0

    def count(self, search: Search, client: str = "") -> None:
        """Count a search of a reader, once its text has settled; `client` is not stored."""
        plain = normalise(search.text)
        if not plain:
            return
        if search.is_typing:
            # What is kept is as short as what is counted, however long the text was.
            kept = search._replace(text=plain, language=search.language[:MAX_LANGUAGE])
            self._settled.add(plain, kept, client)
            return
        if self._is_shared and len(self._sent) < MAX_PENDING:
            self._sent.append((plain, client, self._clock()))
        if not self._settled.take(plain, client):
            self._add(plain, search, client)

    def click(self, text: str, position: int, client: str = "") -> None:
        """Count that a reader chose a result of a search, at a place from 1 on.

        It counts only if the text has been searched for, lately or a moment later.
        """
        plain = normalise(text)
        if not plain:
            return
        if (search := self._settled.settle_now(plain, client)) is not None:
            self._add(plain, search, client)
        counted = self._pending.get(plain) or self._clicks_of(plain, self._clock())
        if counted is not None:
            counted.clicks += 1
            counted.positions += position

    def _clicks_of(self, plain: str, since: float) -> _Clicks | None:
        if plain not in self._clicked and len(self._clicked) >= MAX_CLICKED:
            return None
        return self._clicked.setdefault(plain, _Clicks(since))

    def _count_of(self, plain: str) -> _Count | None:
        if plain not in self._pending and len(self._pending) >= MAX_PENDING:
            return None
        return self._pending.setdefault(plain, _Count())

    def _add(self, plain: str, search: Search, client: str) -> None:
        if (counted := self._count_of(plain)) is None:
            return
        counted.asked += 1
        counted.filtered += search.is_filtered
        counted.language = search.language[:MAX_LANGUAGE] or counted.language
        if not search.is_filtered:
            counted.hits, counted.lacking = search.hits, not search.has_every_word
        elif counted.asked == counted.filtered:
            counted.hits = max(counted.hits, search.hits)
        if client and len(counted.clients) < MIN_READERS:
            counted.clients.add(client)

    async def store(self, keep_days: int, *, settle_at_once: bool = False) -> None:
        """Add the counts to the sums of today, and delete days older than `keep_days`.

        `settle_at_once`: also what was typed a moment ago, as when the process ends.
        """
        try:
            for settled in await self._settle(at_once=settle_at_once):
                self._add(settled.text, settled.search, settled.client)
            pending, self._pending = self._pending, {}
            clicked, self._clicked = self._clicked, {}
            if not pending and not clicked:
                return
            readers = await self._digests(pending)
            unknown = await _add(pending, clicked, readers, keep_days)
            if self._is_shared:
                self._keep_clicks({text: clicked[text] for text in unknown})
        except DatabaseError as error:
            log.warning("Searches could not be counted: %s", error)
        except Exception:
            log.exception("Searches could not be counted")

    def _keep_clicks(self, unknown: Mapping[str, _Clicks]) -> None:
        """Keep the latest clicks for which there is no search yet until the next `store`."""
        oldest = self._clock() - CLICK_SECONDS
        for text, clicked in unknown.items():
            if clicked.since > oldest and (kept := self._clicks_of(text, clicked.since)):
                kept.since = clicked.since
                kept.clicks += clicked.clicks
                kept.positions += clicked.positions

    async def _settle(self, *, at_once: bool) -> list[Settled]:
        """Return what has settled, without what was typed on from in another process."""
        settled = list(self._settled.settle(at_once=at_once))
        if not self._is_shared or self._daily_secret is None:
            return settled
        since, self._exchanged_at = self._exchanged_at, self._clock()
        sent, self._sent = self._sent, []
        _, secret = await self._daily_secret()
        overtaken = {digest(text, client, secret): moment for text, client, moment in sent}
        for text, client, moment in (*self._settled.followed(since), *sent):
            for start in beginnings(text):
                overtaken.setdefault(digest(start, client, secret), moment)
        by_digest = {digest(entry.text, entry.client, secret): entry for entry in settled}
        if not overtaken and not by_digest:
            return []
        moments = {name: entry.moment for name, entry in by_digest.items()}
        dropped = await exchange(overtaken, moments, self._exchanged_at)
        return [entry for name, entry in by_digest.items() if name not in dropped]

    async def _digests(self, pending: Mapping[str, _Count]) -> list[tuple[str, str]]:
        """Return (text, digest of a client) pairs; digests of two texts cannot be compared."""
        if self._daily_secret is None:
            return []
        day, secret = await self._daily_secret()
        if day != now().date().isoformat():
            return []  # the day is ending: its readers would count once more on the next
        return [
            (text, digest(text, client, secret))
            for text, counted in pending.items()
            for client in counted.clients
        ]


@transaction
async def block(text: str, *, by: Viewer) -> str:
    """Never suggest searches that contain these words, and return them as they are compared.

    Raises:
        NotAllowed: `by` may not tune search.
        Invalid: the text is empty or too long.
    """
    by.require(Permission.TUNE)
    plain = normalise(text)
    if not plain:
        raise Invalid("text", f"must be 1 to {MAX_TEXT} characters without personal data")
    if await BlockedQuery.all().count() >= MAX_BLOCKED:
        raise Invalid("text", f"there are {MAX_BLOCKED} blocked texts already")
    row, is_new = await BlockedQuery.get_or_create(text=plain)
    if is_new:
        names = ("text",)
        await audit.record_row("search.block", row, names, by=by)
    return plain


@transaction
async def unblock(text: str, *, by: Viewer) -> str:
    """Let searches that contain these words be suggested again, and return them.

    Raises:
        NotAllowed: `by` may not tune search.
        NotFound: the text is not blocked.
    """
    by.require(Permission.TUNE)
    plain = normalise(text)
    row = await BlockedQuery.get_or_none(text=plain)
    if row is None:
        raise NotFound("blocked text", text)
    await row.delete()
    names = ("text",)
    await audit.record_row("search.unblock", row, names, by=by, is_deleted=True)
    return plain


async def forget(texts: Iterable[str]) -> None:
    """Delete the counts of searches that occur in these texts, in a transaction.

    Those of fewer than MIN_READERS readers alone: what others search for as well is nobody's own.
    """
    rows = await run("SELECT DISTINCT text FROM query_stat WHERE readers < ?", [MIN_READERS])
    own = _find_phrases(texts, [row["text"] for row in rows])
    for start in range(0, len(own), 500):
        batch = own[start : start + 500]
        for table in ("query_reader", "query_stat"):
            condition = f" AND readers < {MIN_READERS}" if table == "query_stat" else ""
            await run(f"DELETE FROM {table} WHERE text IN ({marks(batch)}){condition}", batch)


def _find_phrases(texts: Iterable[str], phrases: Iterable[str]) -> list[str]:
    """Return those of the phrases whose words stand in one of the texts, one after the other.

    Takes the memory of the phrases, and a step for each word of a text and of what begins there.
    """
    tree: dict[str, Any] = {}
    for phrase in phrases:
        node = tree
        for word in _WORD.findall(phrase):
            node = node.setdefault(word, {})
        if node is not tree:
            node.setdefault(_PHRASES, []).append(phrase)
    matches = list[str]()
    for text in texts:
        words = _WORD.findall(text.lower())
        for start in range(len(words)):
            node = tree
            at = start
            while at < len(words) and words[at] in node:
                node, at = node[words[at]], at + 1
                matches += node.pop(_PHRASES, ())
    return matches


@transaction
async def _add(
    pending: Mapping[str, _Count],
    clicked: Mapping[str, _Clicks],
    readers: list[tuple[str, str]],
    keep_days: int,
) -> list[str]:
    """Add to the sums; return the texts `clicked` that were not searched for."""
    today = now().date()
    day, is_plain = today.isoformat(), "excluded.asked > excluded.filtered"
    await run_many(
        "INSERT INTO query_stat (day, text, asked, filtered, hits, lacking, clicks, positions,"
        " language) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (day, text) DO UPDATE SET asked = query_stat.asked + excluded.asked,"
        " filtered = query_stat.filtered + excluded.filtered,"
        " clicks = query_stat.clicks + excluded.clicks,"
        " positions = query_stat.positions + excluded.positions,"
        " language = CASE WHEN excluded.language <> '' THEN excluded.language"
        " ELSE query_stat.language END,"
        f" hits = CASE WHEN {is_plain} OR (query_stat.asked = query_stat.filtered"
        " AND excluded.hits > query_stat.hits) THEN excluded.hits ELSE query_stat.hits END,"
        f" lacking = CASE WHEN {is_plain} THEN excluded.lacking ELSE query_stat.lacking END",
        [
            (
                *(day, text, counted.asked, counted.filtered, counted.hits, counted.lacking),
                *(counted.clicks, counted.positions, counted.language),
            )
            for text, counted in pending.items()
        ],
    )
    await run_many(
        "INSERT INTO query_reader (day, text, reader)"
        " SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT) WHERE"
        " (SELECT count(*) FROM query_reader WHERE day = ? AND text = ?) < ?"
        " ON CONFLICT (day, text, reader) DO NOTHING",
        [(day, text, reader, day, text, MIN_READERS) for text, reader in readers],
    )
    await run_many(
        "UPDATE query_stat SET readers = (SELECT count(*) FROM query_reader r"
        " WHERE r.day = query_stat.day AND r.text = query_stat.text) WHERE day = ? AND text = ?",
        [(day, text) for text in pending],
    )
    unknown = await _add_clicks(clicked, today)
    await _delete_expired(today, keep_days)
    return unknown


async def _add_clicks(clicked: Mapping[str, _Clicks], today: date) -> list[str]:
    """Add clicks to the searches of today, or else yesterday; return the texts without any.

    Clicks make no rows: anybody can send those on texts that nobody searched for.
    """
    last_days = [(today - timedelta(days=days)).isoformat() for days in (0, 1)]
    searched: dict[str, str] = {}
    texts = list(clicked)
    for start in range(0, len(texts), 500):
        batch = texts[start : start + 500]
        rows = await run(
            "SELECT text, max(day) AS day FROM query_stat"
            f" WHERE day IN (?, ?) AND text IN ({marks(batch)}) GROUP BY text",
            [*last_days, *batch],
        )
        searched |= {row["text"]: row["day"] for row in rows}
    await run_many(
        "UPDATE query_stat SET clicks = clicks + ?, positions = positions + ?"
        " WHERE day = ? AND text = ?",
        [
            (clicked[text].clicks, clicked[text].positions, day, text)
            for text, day in searched.items()
        ],
    )
    return [text for text in texts if text not in searched]


@transaction
async def trim(keep_days: int) -> None:
    """Delete days older than `keep_days`, and digests of readers but today's.

    `QueryCounter.store` does so as well, but not while nobody searches.
    """
    await _delete_expired(now().date(), keep_days)
    await delete_overtaken(time())


async def _delete_expired(today: date, keep_days: int) -> None:
    await run("DELETE FROM query_reader WHERE day <> ?", [today.isoformat()])
    oldest = today - timedelta(days=keep_days)
    await run("DELETE FROM query_stat WHERE day <= ?", [oldest.isoformat()])

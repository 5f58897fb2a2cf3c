"""The index follows the database: pending events in, batches out; rebuilt when it has to be.

The only module here that knows the database, and it only reads articles. The database is the
only truth: whatever happens to the index, what is in the database is found again.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import anyio
import anyio.lowlevel

from hub import articles, outbox, related
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.outbox import Event
from hub.reads import articles as article_reads
from hub.reads import authors, comments, topics
from hub.text import markup
from search_index.engine import SearchEngine
from search_index.neighbours import neighbours
from search_index.query import CommentText, Document, EngineError, Label, NoIndex

log = logging.getLogger(__name__)

BATCH = 200
MAX_COMMENTS = 1_000
"""Comments of one article that can be found, the newest; bounds what one more of them costs."""

REBUILD_EVENT: Final = 0
"""The `article_id` of an event that asks for a rebuild: no article has it."""

LONGEST_PAUSE_SECONDS = 30.0
LOOK_SECONDS = 0.02
"""Pause between two looks at whether anything was committed; a look takes 5 µs."""

DRAWN_AT_ONCE = 4
"""Articles whose derived edges are drawn between two looks at what was saved."""

MOST_WAITING = 1_000_000
"""Events that a rebuild settles, at most; any others are taken in after it."""

ELECTION_SECONDS = 1.0
MANY_OUTDATED = 0.3
"""The share of outdated documents from which a rebuild is cheaper than their upserts."""


async def documents(db: Reader, ids: Sequence[int]) -> list[Document]:
    """What the index should hold for these articles as they are now; those gone are left out.

    Six statements, however many ids.
    """
    rows = await article_reads.by_ids(db, ids, SYSTEM)
    bodies = await article_reads.bodies(db, rows, SYSTEM)
    topics_of = await topics.of_articles(db, rows)
    own = {topic.id for found in topics_of.values() for topic in found}
    above = await topics.ancestors(db, own)
    authors_of = await authors.of_articles(db, rows)
    said = await comments.public_words(db, rows, MAX_COMMENTS)
    return [
        Document(
            id=row.id,
            stamp=stamp(row.version, row.comment_count),
            title=row.title,
            summary=row.summary,
            body=bodies[row.id].text if row.id in bodies else "",
            language=row.language,
            kind=row.kind,
            status=row.status,
            published_at=row.published_at,
            topics=_labels(
                [
                    *topics_of.get(row.id, []),
                    *(up for own in topics_of.get(row.id, []) for up in above.get(own.id, [])),
                ]
            ),
            authors=_labels(authors_of.get(row.id, [])),
            comment_count=row.comment_count,
            comments=tuple(
                CommentText(one.id, markup.to_text(one.body_html), one.created_at)
                for one in said.get(row.id, [])
            ),
        )
        for row in rows.values()
    ]


def _labels(rows: Iterable[topics.TopicRow | authors.AuthorRow]) -> tuple[Label, ...]:
    return tuple(dict.fromkeys(Label(row.slug, row.name) for row in rows))


def stamp(version: int, comment_count: int) -> int:
    """A number that differs whenever an article was saved or commented since."""
    return version << 24 | min(comment_count, (1 << 24) - 1)


class Indexer:
    """Keeps one index in step with the database, for as long as `run` runs.

    Any number of processes may run one; the one that holds the engine's lock does the work, and
    another takes over when it dies.
    """

    def __init__(
        self, db: Reader, engine: SearchEngine, *, max_tries: int, neighbours: int = 0
    ) -> None:
        """`neighbours`: how many derived edges each article gets; 0 leaves them alone."""
        self._db = db
        self._engine = engine
        self._max_tries = max_tries
        self._neighbours = neighbours
        self.leading = False
        """Whether this one does the work, and has found the index in step with the database."""

    async def run(self) -> None:
        """Follow the database until cancelled; trouble with the index is logged and retried."""
        pause = ELECTION_SECONDS
        while True:
            try:
                async with self._engine.lock() as held:
                    if held:
                        await self._lead()
                pause = ELECTION_SECONDS
            except EngineError as error:
                log.error("The index cannot be written; trying again in %.0f s: %s", pause, error)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            except Exception:
                log.exception("The indexer stumbled; trying again in %.0f s", pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            finally:
                self.leading = False
            await anyio.sleep(pause)

    async def wait(self, article_id: int, seconds: float = 10.0) -> bool:
        """Wait until the last save of an article can be found; False when that takes too long."""
        with anyio.move_on_after(seconds):
            while await outbox.is_pending(self._db, article_id):
                await anyio.sleep(LOOK_SECONDS)
            return True
        return False

    async def _lead(self) -> None:
        await self._check()
        self.leading = True
        seen, next_due, drawing = -1, 0.0, False
        while True:
            # Whoever commits changes the stamp; what fails is tried again by the clock.
            if (now := anyio.current_time()) >= next_due:
                await articles.publish_due(self._db)
                seen, next_due = -1, now + 1.0
            if (stamp_now := self._db.stamp()) != seen:
                seen = stamp_now
                await self.catch_up()
                drawing = self._neighbours > 0
            if drawing:
                drawing = await self.draw() > 0
            await anyio.sleep(LOOK_SECONDS)

    async def _check(self) -> None:
        """Hold the index against the database: rebuild it, or note which articles it lacks."""
        try:
            status = await self._engine.status()
            indexed = await self._engine.stamps()
        except EngineError as error:
            if isinstance(error, NoIndex):
                log.info("There is no index yet: making one")
            else:
                log.warning("The index has to be rebuilt: %s", error)
            await self._rebuild()
            return
        stored = dict(await self._stored_stamps())
        outdated = [id_ for id_, value in stored.items() if indexed.get(id_) != value]
        outdated += indexed.keys() - stored.keys()
        if len(outdated) > max(BATCH, MANY_OUTDATED * len(stored)):
            log.warning("%d of %d articles are not indexed: rebuilding", len(outdated), len(stored))
            await self._rebuild()
        elif outdated:
            log.warning("%d articles are not indexed as they are: doing so", len(outdated))
            await outbox.record_all(outdated)
        else:
            log.info("The index holds %d documents and is up to date", status.documents)

    async def _rebuild(self) -> None:
        """Rebuild the index; what was waiting before need not be taken in once more."""
        waiting = [event.id for event in await outbox.pending(self._db, MOST_WAITING)]
        await rebuild(self._db, self._engine)
        for start in range(0, len(waiting), BATCH):
            await outbox.settle(waiting[start : start + BATCH])
        await outbox.announce_search()
        if self._neighbours:
            await outbox.all_neighbours_due()

    async def _stored_stamps(self) -> list[tuple[int, int]]:
        rows = await self._db.rows("SELECT id, version, comment_count FROM article")
        return [(id_, stamp(version, comment_count)) for id_, version, comment_count in rows]

    async def catch_up(self) -> int:
        """Take in all that waits, and answer with the number of events settled.

        An event that fails by itself is counted, and set aside after `max_tries`.

        Raises:
            EngineError: the index as a whole cannot be written.
        """
        settled = 0
        while events := await outbox.pending(self._db, BATCH * 5):
            failed = await self._take_in(events)
            settled += len(events) - len(failed)
            if failed:
                break  # to be tried again with the next look, after what came since
        return settled

    async def _take_in(self, events: list[Event]) -> list[Event]:
        if any(event.article_id == REBUILD_EVENT for event in events):
            await self._rebuild()
            return []
        ids = list(dict.fromkeys(event.article_id for event in events))
        try:
            for start in range(0, len(ids), BATCH):
                await self._write(ids[start : start + BATCH])
        except Exception as error:
            log.warning("A batch of %d could not be indexed: %s", len(ids), error)
            return await self._one_by_one(events)
        await outbox.settle((event.id for event in events), neighbours=self._neighbours > 0)
        return []

    async def draw(self) -> int:
        """Draw the derived edges of some of the articles for which they are due; how many.

        Little at a time, so that saves and searches of this process come in between.

        Raises:
            EngineError: the index cannot be read.
        """
        drawn = {}
        for id_ in await outbox.with_due_neighbours(self._db, DRAWN_AT_ONCE):
            try:
                drawn[id_] = await neighbours(self._db, self._engine, id_, self._neighbours)
            except EngineError:
                raise
            except Exception:  # one article must not stop the others
                log.exception("The neighbours of article %d cannot be found", id_)
                drawn[id_] = []
        if drawn:
            await related.draw_neighbours(drawn)
        return len(drawn)

    async def _write(self, ids: Sequence[int]) -> None:
        found = await documents(self._db, ids)
        there = {document.id for document in found}
        await self._engine.write(found, [id_ for id_ in ids if id_ not in there])

    async def _one_by_one(self, events: list[Event]) -> list[Event]:
        """Find the events that spoil their batch, and count their failure."""
        failed = []
        for event in events:
            try:
                await self._write([event.article_id])
            except Exception as error:  # whatever it is, it must not stop the others
                failed.append((event, f"{type(error).__name__}: {error}"))
            else:
                await outbox.settle([event.id], neighbours=self._neighbours > 0)
        if failed:
            # Where nothing at all can be written, it is not the articles' fault.
            await self._engine.write([], [REBUILD_EVENT])
        for event, reason in failed:
            log.error("Article %d cannot be indexed: %s", event.article_id, reason)
            await outbox.fail(event, reason, max_tries=self._max_tries)
        return [event for event, _ in failed]


async def rebuild(db: Reader, engine: SearchEngine) -> int:
    """Fill a new generation of the index from the database; answers with its documents' number.

    The live generation answers meanwhile. Saves made during it stay in the outbox until after.
    """
    total = 0
    async with engine.rebuild() as fresh:
        async for batch in _all_documents(db):
            await fresh.write(batch, [])
            total += len(batch)
    log.info("The index was rebuilt with %d documents", total)
    return total


async def _all_documents(db: Reader) -> AsyncIterator[list[Document]]:
    last = 0
    while rows := await db.rows(
        "SELECT id FROM article WHERE id > ? ORDER BY id LIMIT ?", [last, BATCH * 5]
    ):
        ids = [id_ for (id_,) in rows]
        last = ids[-1]
        yield await documents(db, ids)
        await anyio.lowlevel.checkpoint()  # readers of the same process come in between


async def reindex(db: Reader, engine: SearchEngine) -> int | None:
    """Rebuild the index: here if no process is following it, else by the one that is.

    Answers with the number of documents, or None once the other process has done it.
    """
    async with engine.lock() as held:
        if held:
            total = await rebuild(db, engine)
            await outbox.announce_search()
            return total
    started = datetime.now(UTC)
    await outbox.record_all([REBUILD_EVENT])
    while await outbox.is_pending(db, REBUILD_EVENT):
        await anyio.sleep(LOOK_SECONDS)
    log.info("Rebuilt by the server after %s", datetime.now(UTC) - started)
    return None

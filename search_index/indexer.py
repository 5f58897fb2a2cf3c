"""Indexer: applies pending outbox events to the index in batches, and rebuilds it if necessary.

The database is the source of truth: whatever happens to the index, it is restored from there.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Final

import anyio
import anyio.lowlevel

from hub import articles, outbox, related
from hub.auth import SYSTEM
from hub.db import health
from hub.db.database import Reader
from hub.errors import DatabaseError
from hub.outbox import Event
from hub.reads import articles as article_reads
from hub.reads import authors, comments, topics
from hub.reads.articles import ArticleRow
from hub.text import markup
from search_index.engine import SearchEngine
from search_index.fields import PLAIN_FIELDS, TextField
from search_index.neighbours import Candidates, find_candidates, weigh
from search_index.query import CommentText, Document, EngineError, Label, NoIndex

log = logging.getLogger(__name__)

BATCH = 200
ROUND = 25
"""Events indexed at once: a save during an import waits for half a round on average. 100 made that
14 times as long as without an import (`hub bench saves`)."""

MAX_COMMENTS = 1_000
"""Comments of one article that are indexed, the newest; bounds the cost of adding one."""

REBUILD_EVENT: Final = 0
"""The `article_id` of an event that requests a rebuild: no article has it."""

MAX_PAUSE_SECONDS = 30.0
POLL_SECONDS = 0.02
"""Interval at which the database is checked for new commits; a check takes 5 µs."""

NEIGHBOURS_BATCH = 16
"""Articles whose derived edges are updated in one transaction."""

MAX_PENDING = 1_000_000
"""Events that a rebuild settles, at most; any others are indexed after it."""

ELECTION_SECONDS = 1.0
REBUILD_SHARE = 0.3
"""The share of outdated documents from which a rebuild is cheaper than their upserts."""


async def load_documents(db: Reader, ids: Sequence[int]) -> list[Document]:
    """Load the documents to index for these articles; deleted articles are omitted.

    Six statements, for any number of ids.
    """
    rows = await article_reads.by_ids(db, ids, SYSTEM)
    bodies = await article_reads.bodies(db, rows, SYSTEM)
    topics_by_article = await topics.of_articles(db, rows)
    own_ids = {
        topic.id for article_topics in topics_by_article.values() for topic in article_topics
    }
    ancestors_by_topic = await topics.ancestors(db, own_ids)
    authors_by_article = await authors.of_articles(db, rows)
    comments_by_article = await comments.newest_public(db, rows, MAX_COMMENTS)
    return [
        Document(
            id=row.id,
            stamp=compute_stamp(row.version, row.comment_count),
            texts=plain_texts(row, bodies[row.id].text if row.id in bodies else ""),
            language=row.language,
            kind=row.kind,
            status=row.status,
            published_at=row.published_at,
            topics=_labels(
                [
                    *topics_by_article.get(row.id, []),
                    *(
                        ancestor
                        for topic in topics_by_article.get(row.id, [])
                        for ancestor in ancestors_by_topic.get(topic.id, [])
                    ),
                ]
            ),
            authors=_labels(authors_by_article.get(row.id, [])),
            comment_count=row.comment_count,
            comments=tuple(
                CommentText(comment.id, markup.to_text(comment.body_html), comment.created_at)
                for comment in comments_by_article.get(row.id, [])
            ),
        )
        for row in rows.values()
    ]


def plain_texts(row: ArticleRow, body: str) -> Mapping[TextField, str]:
    """Return the plain texts of an article: the body, and attributes of its row."""
    return {
        field: body if field is TextField.BODY else getattr(row, field.key)
        for field in PLAIN_FIELDS
    }


def _labels(rows: Iterable[topics.TopicRow | authors.AuthorRow]) -> tuple[Label, ...]:
    return tuple(dict.fromkeys(Label(row.slug, row.name) for row in rows))


def compute_stamp(version: int, comment_count: int) -> int:
    """Return a number that changes when an article is saved or commented on."""
    return version << 24 | min(comment_count, (1 << 24) - 1)


ObserveBatch = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Encloses the indexing of a number of events; yields a function that takes the number of failed
ones."""


def _ignore_batch(_: int) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda failed: None)


class Indexer:
    """Keeps one index up to date with the database, while `run` runs.

    Any number of processes may run one; the leader, which holds the engine's lock, does the work.
    When it ends, another takes over.
    """

    def __init__(
        self,
        db: Reader,
        engine: SearchEngine,
        *,
        max_tries: int,
        max_neighbours: int = 0,
        observe_batch: ObserveBatch = _ignore_batch,
    ) -> None:
        """Create an indexer. `max_neighbours`: derived edges of each article; 0: no updates."""
        self._db = db
        self._engine = engine
        self._max_tries = max_tries
        self._max_neighbours = max_neighbours
        self._observe_batch = observe_batch
        self._is_suspended = False
        """Whether the database is empty beside an index that is not."""
        self.leading = False
        """Whether this indexer is the leader and has verified the index against the database."""

    async def run(self) -> None:
        """Follow the database until cancelled; errors are logged, and the work is retried."""
        pause = ELECTION_SECONDS
        while True:
            try:
                async with self._engine.lock() as has_lock:
                    if has_lock:
                        await self._lead()
                pause = ELECTION_SECONDS
            except DatabaseError as error:
                log.error("No saves can be indexed; trying again in %.0f s: %s", pause, error)
                pause = min(pause * 2, MAX_PAUSE_SECONDS)
            except EngineError as error:
                log.error("The index cannot be written; trying again in %.0f s: %s", pause, error)
                pause = min(pause * 2, MAX_PAUSE_SECONDS)
            except Exception:
                log.exception("The indexer failed; trying again in %.0f s", pause)
                pause = min(pause * 2, MAX_PAUSE_SECONDS)
            finally:
                self.leading = False
            await anyio.sleep(pause)

    async def wait(self, article_id: int, seconds: float = 10.0) -> bool:
        """Wait until the last save of an article is indexed; False on timeout."""
        with anyio.move_on_after(seconds):
            while await outbox.is_pending(self._db, article_id):
                await anyio.sleep(POLL_SECONDS)
            return True
        return False

    async def _lead(self) -> None:
        await self._check_index()
        self.leading = True
        last_stamp, next_due, neighbours_due = -1, 0.0, False
        while True:
            # Every commit changes the stamp; failures are retried each second.
            if (now := anyio.current_time()) >= next_due:
                await articles.publish_due(self._db)
                last_stamp, next_due = -1, now + 1.0
            if (current_stamp := self._db.stamp()) != last_stamp:
                last_stamp = current_stamp
                if self._is_suspended:
                    await self._resume()
                await self.catch_up()
                neighbours_due = self._max_neighbours > 0
            if neighbours_due:
                neighbours_due = await self.update_neighbours() > 0
            await anyio.sleep(POLL_SECONDS)

    async def _check_index(self) -> None:
        """Compare index and database: rebuild the index, or record events for outdated articles."""
        try:
            status = await self._engine.status()
            indexed = await self._engine.stamps()
        except EngineError as error:
            if isinstance(error, NoIndex):
                log.info("There is no index yet: creating one")
            else:
                log.warning("The index has to be rebuilt: %s", error)
            await self._rebuild()
            return
        self._is_suspended = await health.is_emptied(self._db, status.documents)
        if self._is_suspended:
            log.error(
                "The database is empty, but the index holds %d documents, which are left as they"
                " are: is this the right database (HUB_DATABASE_URL)? If so: hub reindex",
                status.documents,
            )
            return
        stored = dict(await self._database_stamps())
        outdated = [id_ for id_, value in stored.items() if indexed.get(id_) != value]
        outdated += indexed.keys() - stored.keys()
        if len(outdated) > max(BATCH, REBUILD_SHARE * len(stored)):
            log.warning("%d of %d articles are not indexed: rebuilding", len(outdated), len(stored))
            await self._rebuild()
        elif outdated:
            log.warning("%d articles are outdated in the index: updating them", len(outdated))
            await outbox.record_all(outdated)
        else:
            log.info("The index holds %d documents and is up to date", status.documents)

    async def _resume(self) -> None:
        """Check the index again once the empty database has got articles or events."""
        self._is_suspended = await health.is_emptied(self._db, 1)
        if not self._is_suspended:
            await self._check_index()

    async def _rebuild(self) -> None:
        """Rebuild the index, and settle the events that were pending before."""
        await _rebuild_and_settle(self._db, self._engine, neighbours=False)
        if self._max_neighbours:
            await outbox.mark_all_neighbours_due()

    async def _database_stamps(self) -> list[tuple[int, int]]:
        rows = await self._db.rows("SELECT id, version, comment_count FROM article")
        return [
            (id_, compute_stamp(version, comment_count)) for id_, version, comment_count in rows
        ]

    async def catch_up(self) -> int:
        """Index all pending events; return the number of events settled.

        Failures of single events are counted; an event is parked after `max_tries`.

        Raises:
            EngineError: the index as a whole cannot be written.
        """
        settled = 0
        while events := await outbox.pending(self._db, ROUND):
            with self._observe_batch(len(events)) as report:
                failed = await self._index_events(events)
                report(len(failed))
            settled += len(events) - len(failed)
            if failed:
                break  # retried with the next check, after newer events
        return settled

    async def _index_events(self, events: list[Event]) -> list[Event]:
        if any(event.article_id == REBUILD_EVENT for event in events):
            await self._rebuild()
            return []
        ids = list(dict.fromkeys(event.article_id for event in events))
        try:
            await self._write(ids)
        except DatabaseError:
            raise
        except Exception as error:
            log.warning("A batch of %d could not be indexed: %s", len(ids), error)
            return await self._index_individually(events)
        await outbox.settle((event.id for event in events), neighbours=self._max_neighbours > 0)
        return []

    async def update_neighbours(self) -> int:
        """Update the derived edges of some articles for which they are due; return their number.

        A batch is cut short by a new commit, so that no save waits for it.

        Raises:
            EngineError: the index cannot be read.
        """
        candidates_by_id = dict[int, Candidates]()
        stamp, limit = self._db.stamp(), self._max_neighbours
        for id_ in await outbox.due_neighbours(self._db, NEIGHBOURS_BATCH):
            if candidates_by_id and self._db.stamp() != stamp:
                break
            try:
                candidates = await find_candidates(self._db, self._engine, id_, limit)
            except (EngineError, DatabaseError):
                raise
            except Exception:  # one article must not stop the others
                log.exception("The neighbours of article %d cannot be found", id_)
                candidates = Candidates({}, {})
            candidates_by_id[id_] = candidates
        if candidates_by_id:
            await related.replace_neighbours(await weigh(self._db, candidates_by_id, limit))
        return len(candidates_by_id)

    async def _write(self, ids: Sequence[int]) -> None:
        batch = await load_documents(self._db, ids)
        existing_ids = {document.id for document in batch}
        await self._engine.write(batch, [id_ for id_ in ids if id_ not in existing_ids])

    async def _index_individually(self, events: list[Event]) -> list[Event]:
        """Index events one at a time; count the failures of those that cannot be indexed."""
        failed = []
        for event in events:
            try:
                await self._write([event.article_id])
            except DatabaseError:
                raise
            except Exception as error:  # any error of one article: it must not stop the others
                failed.append((event, f"{type(error).__name__}: {error}"))
            else:
                await outbox.settle([event.id], neighbours=self._max_neighbours > 0)
        if failed:
            # Raises EngineError if the index as a whole cannot be written.
            await self._engine.write([], [REBUILD_EVENT])
        for event, reason in failed:
            log.error("Article %d cannot be indexed: %s", event.article_id, reason)
            await outbox.fail(event, reason, max_tries=self._max_tries)
        return [event for event, _ in failed]


async def rebuild(db: Reader, engine: SearchEngine) -> int:
    """Fill a new generation of the index from the database; return the number of its documents.

    The live generation answers meanwhile. Saves during the rebuild stay in the outbox.
    """
    total = 0
    async with engine.rebuild() as fresh:
        async for batch in _all_documents(db):
            await fresh.write(batch, [])
            total += len(batch)
    log.info("The index was rebuilt with %d documents", total)
    return total


async def _rebuild_and_settle(db: Reader, engine: SearchEngine, *, neighbours: bool) -> int:
    """As `rebuild`; settles the events that were pending before, and announces the new index.

    `neighbours`: the derived edges of their articles become due.
    """
    waiting = [event.id for event in await outbox.pending(db, MAX_PENDING)]
    total = await rebuild(db, engine)
    for start in range(0, len(waiting), BATCH):
        await outbox.settle(waiting[start : start + BATCH], neighbours=neighbours)
    await outbox.announce_search()
    return total


async def _all_documents(db: Reader) -> AsyncIterator[list[Document]]:
    last = 0
    while rows := await db.rows(
        "SELECT id FROM article WHERE id > ? ORDER BY id LIMIT ?", [last, BATCH * 5]
    ):
        ids = [id_ for (id_,) in rows]
        last = ids[-1]
        yield await load_documents(db, ids)
        await anyio.lowlevel.checkpoint()  # lets other tasks of the process run


async def reindex(db: Reader, engine: SearchEngine) -> int | None:
    """Rebuild the index: in this process if no indexer is running, else by the running one.

    Returns the number of documents, or None after a rebuild by the other process.
    """
    async with engine.lock() as has_lock:
        if has_lock:
            return await _rebuild_and_settle(db, engine, neighbours=True)
    started = datetime.now(UTC)
    await outbox.record_all([REBUILD_EVENT])
    while await outbox.is_pending(db, REBUILD_EVENT):
        await anyio.sleep(POLL_SECONDS)
    log.info("Rebuilt by the server after %s", datetime.now(UTC) - started)
    return None

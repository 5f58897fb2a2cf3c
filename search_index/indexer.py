"""Indexer: applies pending outbox events to the index in batches, and rebuilds it if necessary.

The database is the source of truth: whatever happens to the index, it is restored from there.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import anyio

from hub import outbox, related
from hub.db import health
from hub.db.database import Reader, next_commit
from hub.db.leases import Lease
from hub.errors import DatabaseError
from hub.outbox import REBUILD_EVENT, Event, Follower, NotLeading
from hub.search import followers
from hub.search.followers import SaveStatus
from search_index.documents import all_documents, compute_stamp, load_documents
from search_index.engine import SearchEngine
from search_index.leadership import elect, identify
from search_index.neighbours import Candidates, find_candidates, weigh
from search_index.query import EngineError, EngineUnavailable, NoIndex

log = logging.getLogger(__name__)

BATCH = 200
ROUND = 25
"""Events indexed at once: a save during an import waits for half a round on average. 100 made that
14 times as long as without an import (`hub bench saves`)."""

MAX_PAUSE_SECONDS = 30.0
MAX_RETURN_SECONDS = 2.0
"""The longest pause while the index is away: a look at it is cheap, and saves wait for it."""

POLL_SECONDS = 0.02
"""The shortest interval at which the database is checked for new commits; a check takes 5 µs."""

IDLE_SECONDS = 0.1
"""The longest interval, reached some two seconds after a commit. Commits of this process end it."""

NEIGHBOURS_BATCH = 16
"""Articles whose derived edges are updated in one transaction."""

MAX_PENDING = 1_000_000
"""Events that a rebuild settles, at most; any others are indexed after it."""

ELECTION_SECONDS = 1.0
REBUILD_SHARE = 0.3
"""The share of outdated documents from which a rebuild is cheaper than their upserts."""

ObserveBatch = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Encloses the indexing of a number of events; yields a function that takes the number of failed
ones."""


def _ignore_batch(_: int) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda failed: None)


class Indexer:
    """Keeps one index up to date with the database, while `run` runs.

    Any number of processes may run one; the leader, which holds the engine's lock, does the work.
    When it ends, another takes over. The indexes of other folders and hosts have leaders of their
    own, which follow the same outbox.
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
        self._follower: Follower | None = None
        """This index as a follower of the outbox, while this process is its leader."""
        self._is_complete = True
        """Whether the index has received every event; if not, it has to be rebuilt."""
        self._renew_at = 0.0
        self._neighbours_lease = Lease(db, "neighbours")
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
            except NotLeading:
                log.warning("The index was away, or has another leader: looking at it anew")
                pause = ELECTION_SECONDS
            except DatabaseError as error:
                log.error("No saves can be indexed; trying again in %.0f s: %s", pause, error)
                pause = min(pause * 2, MAX_PAUSE_SECONDS)
            except EngineError as error:
                longest = MAX_PAUSE_SECONDS
                if isinstance(error, EngineUnavailable):
                    longest = MAX_RETURN_SECONDS
                pause = min(pause, longest)
                log.error("The index cannot be written; trying again in %.0f s: %s", pause, error)
                pause = min(pause * 2, longest)
            except Exception:
                log.exception("The indexer failed; trying again in %.0f s", pause)
                pause = min(pause * 2, MAX_PAUSE_SECONDS)
            finally:
                self.leading, self._follower = False, None
            await anyio.sleep(pause)

    async def wait(self, article_id: int, seconds: float = 10.0) -> bool:
        """Wait until this index holds the last save of an article.

        Returns False on timeout, and if the save could not be indexed.
        """
        with anyio.move_on_after(seconds):
            while True:
                identity = identify(self._engine)
                status = await followers.save_status(self._db, article_id, *identity)
                if status is not SaveStatus.PENDING:
                    return status is SaveStatus.INDEXED
                await anyio.sleep(POLL_SECONDS)
        return False

    async def rebuild(self) -> int | None:
        """Rebuild the index here, unless another process leads it; return its documents."""
        async with self._engine.lock() as has_lock:
            if not has_lock:
                return None
            await self._elect()
            return await self._rebuild(are_due=True)

    @property
    def is_leader(self) -> bool:
        """Whether this process leads its index, and may still be checking it."""
        return self._follower is not None

    @property
    def _name(self) -> str:
        return self._follower.name if self._follower else ""

    async def _elect(self) -> None:
        self._follower, self._is_complete = await elect(self._db, self._engine)
        self._renew_at = anyio.current_time() + followers.RENEW_SECONDS

    async def _lead(self) -> None:
        await self._elect()
        await self._check_index()
        self.leading = True
        last_stamp, next_retry, next_neighbours, pause = -1, 0.0, math.inf, POLL_SECONDS
        try:
            while True:
                # Every commit changes the stamp; failures are retried each second.
                if (now := anyio.current_time()) >= next_retry:
                    last_stamp, next_retry = -1, now + 1.0
                    await self._renew()
                current_stamp, pause = self._db.stamp(), min(pause * 1.05, IDLE_SECONDS)
                if current_stamp != last_stamp:
                    if last_stamp != -1:
                        pause = POLL_SECONDS
                    last_stamp = current_stamp
                    if self._is_suspended:
                        await self._resume()
                    await self.catch_up()
                    next_neighbours = (
                        min(next_neighbours, now) if self._max_neighbours else math.inf
                    )
                if now >= next_neighbours:
                    next_neighbours = now + await self._update_neighbours_in_turn()
                await anyio.sleep(POLL_SECONDS)
                if pause > POLL_SECONDS:
                    await next_commit(pause - POLL_SECONDS)
        finally:
            await self._neighbours_lease.release()

    async def _renew(self) -> None:
        """Give a sign of life to the other followers when it is due. Raises NotLeading."""
        if self._follower is not None and (now := anyio.current_time()) >= self._renew_at:
            self._renew_at = now + followers.RENEW_SECONDS
            await followers.renew(self._follower)

    async def _check_index(self) -> None:
        """Compare index and database: rebuild the index, or record events for outdated articles."""
        try:
            status = await self._engine.status()
            indexed = await self._engine.stamps() if self._is_complete else {}
        except EngineUnavailable:
            raise  # nothing is wrong with the index
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
        if not self._is_complete:
            log.warning("The index has missed saves, or is a copy of another one: rebuilding")
            await self._rebuild()
            return
        stored = dict(await self._database_stamps())
        outdated = [id_ for id_, value in stored.items() if indexed.get(id_) != value]
        outdated += indexed.keys() - stored.keys()
        if len(outdated) > max(BATCH, REBUILD_SHARE * len(stored)):
            log.warning("%d of %d articles are not indexed: rebuilding", len(outdated), len(stored))
            await self._rebuild()
        elif outdated:
            log.warning("%d articles are outdated in the index: updating them", len(outdated))
            events = await outbox.pending(self._db, MAX_PENDING, self._follower)
            known = {event.article_id for event in events}
            await outbox.record_all((id_ for id_ in outdated if id_ not in known), self._follower)
        else:
            log.info("The index holds %d documents and is up to date", status.documents)

    async def _resume(self) -> None:
        """Check the index again once the empty database has got articles or events."""
        self._is_suspended = await health.is_emptied(self._db, 1)
        if not self._is_suspended:
            await self._check_index()

    async def _rebuild(self, *, are_due: bool | None = None) -> int:
        """Rebuild the index, and settle the events that were pending before.

        `are_due`: whether the derived edges of their articles become due; by default if the index
        joins others, and else those of all articles do.
        """
        waiting = await outbox.pending(self._db, MAX_PENDING, self._follower)
        total = await rebuild(self._db, self._engine, self._renew)
        # An index that joins others changes no derived edges but those of pending saves.
        joins = not self._is_complete
        are_due = joins and self._max_neighbours > 0 if are_due is None else are_due
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            await outbox.settle(batch, self._follower, neighbours=are_due)
        if self._follower is not None and joins:
            await followers.mark_complete(self._follower)
            self._is_complete = True
        await outbox.announce_search()
        if self._max_neighbours and not joins:
            await outbox.mark_all_neighbours_due()
        return total

    async def _settle(self, events: Sequence[Event]) -> None:
        await outbox.settle(events, self._follower, neighbours=self._max_neighbours > 0)

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
        while events := await outbox.pending(self._db, ROUND, self._follower):
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
        except (DatabaseError, EngineUnavailable, NotLeading):
            raise
        except Exception as error:
            log.warning("A batch of %d could not be indexed: %s", len(ids), error)
            return await self._index_individually(events)
        try:
            await self._settle(events)
        except NotLeading:
            # Where hosts share the index, this may have replaced what the new leader has written.
            await outbox.record_all(ids)
            raise
        return []

    async def _update_neighbours_in_turn(self) -> float:
        """Update some derived edges if this host is the one that does so for all.

        Returns the seconds until more may be due; infinite until there is a new commit.
        """
        if not await outbox.due_neighbours(self._db, 1, self._name):
            return math.inf
        if not await self._neighbours_lease.hold():
            return ELECTION_SECONDS
        return 0.0 if await self.update_neighbours() else math.inf

    async def update_neighbours(self) -> int:
        """Update the derived edges of some articles for which they are due; return their number.

        A batch is cut short by a new commit, so that no save waits for it.

        Raises:
            EngineError: the index cannot be read.
        """
        candidates_by_id = dict[int, Candidates]()
        stamp, limit = self._db.stamp(), self._max_neighbours
        for id_ in await outbox.due_neighbours(self._db, NEIGHBOURS_BATCH, self._name):
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
            except (DatabaseError, EngineUnavailable):
                raise
            except Exception as error:  # any error of one article: it must not stop the others
                failed.append((event, f"{type(error).__name__}: {error}"))
            else:
                await self._settle([event])
        if failed:
            # Raises EngineError if the index as a whole cannot be written.
            await self._engine.write([], [REBUILD_EVENT])
        for event, reason in failed:
            log.error("Article %d cannot be indexed: %s", event.article_id, reason)
            await outbox.fail(event, reason, self._follower, max_tries=self._max_tries)
        return [event for event, _ in failed]


async def _nothing() -> None:
    pass


async def rebuild(
    db: Reader, engine: SearchEngine, after_batch: Callable[[], Awaitable[None]] = _nothing
) -> int:
    """Fill a new generation of the index from the database; return the number of its documents.

    The live generation answers meanwhile. Saves during the rebuild stay in the outbox.
    """
    total = 0
    async with engine.rebuild() as fresh:
        async for batch in all_documents(db):
            await fresh.write(batch, [])
            total += len(batch)
            await after_batch()
    log.info("The index was rebuilt with %d documents", total)
    return total


async def reindex(db: Reader, engine: SearchEngine) -> int | None:
    """Rebuild every index that follows the database: each is rebuilt by its own leader.

    That of `engine` in this process, if no other leads it; then the number of its documents is
    returned, else None. Returns when that index is rebuilt; others may take longer.
    """
    await outbox.record_all([REBUILD_EVENT])
    return await rebuild_or_wait(db, engine)


async def rebuild_or_wait(db: Reader, engine: SearchEngine) -> int | None:
    """Rebuild this index as an event requests, or wait until its leader has; see `reindex`."""
    total = await Indexer(db, engine, max_tries=1).rebuild()
    if total is None:
        while not (name := identify(engine).name) or await outbox.is_pending(
            db, REBUILD_EVENT, name
        ):
            await anyio.sleep(POLL_SECONDS)
    return total

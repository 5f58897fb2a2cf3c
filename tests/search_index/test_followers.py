"""Several indexes on one database, as on several hosts: each gets every save, whoever takes it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import asyncpg
import pytest
from typing_extensions import override

from hub import articles, outbox
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.drafts import ArticleChanges
from hub.models import DueNeighbours, IndexFollower, OutboxEvent, Status
from hub.outbox import Follower, NotLeading
from hub.search import followers
from hub.settings import Settings
from search_index.engine import SearchEngine
from search_index.engines import open_engine
from search_index.engines.whoosh import WhooshEngine
from search_index.indexer import Indexer, reindex
from search_index.leadership import elect, identify
from search_index.query import EngineError, SearchQuery, SuggestQuery
from search_index.withdrawn import CurrentEngine
from tests.support.factories import an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
EVERYTHING = frozenset(status.value for status in Status)


class Host:
    """An index in a folder of its own, whose leader works when the test says so."""

    def __init__(self, db: Reader, folder: Path, max_neighbours: int = 0) -> None:
        self.db = db
        self.folder = folder
        self.engine: SearchEngine = open_engine(f"whoosh:{folder}")
        self.max_neighbours = max_neighbours

    async def start(self) -> None:
        """Elect a leader, and check the index; as a server does when it starts."""
        self.indexer = Indexer(
            self.db, self.engine, max_tries=2, max_neighbours=self.max_neighbours
        )
        self.folder.mkdir(exist_ok=True)
        await self.indexer._elect()
        await self.indexer._check_index()

    @property
    def name(self) -> str:
        return identify(self.engine).name

    @property
    def leader(self) -> Follower:
        return Follower(self.name, identify(self.engine).holders[0])

    async def work(self) -> None:
        """Take all events that wait."""
        await self.indexer.catch_up()

    async def titles(self, text: str = "") -> list[str]:
        page = await self.engine.search(SearchQuery(text, statuses=EVERYTHING, limit=100))
        stored = await self.db.rows("SELECT id, title FROM article")
        return sorted(dict(stored)[hit.id] for hit in page.hits)

    async def waiting(self) -> int:
        return await outbox.depth(self.db, self.name)


@asynccontextmanager
async def hosts(db: Reader, settings: Settings, number: int) -> AsyncIterator[list[Host]]:
    """Hosts with folders of their own on one database, one started after the other."""
    started = [Host(db, settings.data_dir / f"host-{index}") for index in range(number)]
    for host in started:
        await host.start()
    yield started
    for host in started:
        await host.engine.close()


async def test_each_index_gets_each_save_whatever_the_order_in_which_they_work(
    db: Reader, settings: Settings
) -> None:
    random, ids = Random(7), list[int]()
    async with hosts(db, settings, 3) as running:
        for number in range(60):
            turn = random.random()
            if turn < 0.4 or not ids:
                ids.append(await an_article(f"Number {number}"))
            elif turn < 0.5:
                await articles.delete(ids.pop(random.randrange(len(ids))), by=SYSTEM)
            elif turn < 0.65:
                row = dict(await db.rows("SELECT id, version FROM article"))
                changes = ArticleChanges(title=f"Renamed {number}")
                id_ = random.choice(ids)
                await articles.revise(id_, changes, seen_version=row[id_], by=SYSTEM)
            else:
                await random.choice(running).work()
            if random.random() < 0.1:
                await random.choice(running).start()  # as after a kill: nothing was released
        for host in running:
            await host.work()
        stored = sorted(title for (title,) in await db.rows("SELECT title FROM article"))
        assert [await host.titles() for host in running] == [stored] * 3
        assert await OutboxEvent.all().count() == 0


async def test_an_event_goes_when_the_last_follower_has_taken_it(
    db: Reader, settings: Settings
) -> None:
    async with hosts(db, settings, 3) as [first, second, third]:
        id_ = await an_article("Bread")
        assert [await host.waiting() for host in (first, second, third)] == [1, 1, 1]
        for host, rest in ((second, [1, 0, 1]), (first, [0, 0, 1]), (third, [0, 0, 0])):
            await host.work()
            assert await host.titles("bread") == ["Bread"]
            assert [await other.waiting() for other in (first, second, third)] == rest
        assert not await db.rows("SELECT 1 FROM outbox_event WHERE article_id = ?", [id_])


async def test_saves_that_are_taken_at_the_same_time_are_settled_once_for_each(
    db: Reader, settings: Settings
) -> None:
    async with hosts(db, settings, 2) as [first, second]:
        await an_article("Bread")
        seen = await outbox.pending(db, 9, first.leader)
        await second.work()
        await first.indexer._settle(seen)  # by the event's former id
        assert await OutboxEvent.all().count() == 0


async def test_a_save_is_waited_for_until_this_index_holds_it(
    db: Reader, settings: Settings
) -> None:
    async with hosts(db, settings, 2) as [first, second]:
        id_ = await an_article("Bread")
        await first.work()
        assert await first.indexer.wait(id_)
        assert not await second.indexer.wait(id_, 0.1)
        await second.work()
        assert await second.indexer.wait(id_)


async def test_a_save_that_cannot_be_indexed_is_not_waited_for(
    db: Reader, settings: Settings
) -> None:
    class Broken(WhooshEngine):
        @override
        async def write(self, upserts: object, deletes: object) -> None:
            if upserts:
                raise ValueError("cannot be indexed")

    async with hosts(db, settings, 2) as [first, second]:
        first.engine = Broken(first.folder)
        await first.start()
        id_ = await an_article("Poison")
        for _ in range(2):
            await first.work()
        assert not await first.indexer.wait(id_)
        [parked] = await outbox.parked(db)
        assert parked.article_id == id_
        # The other index takes it all the same, and a later save settles what was parked.
        await second.work()
        assert await second.indexer.wait(id_)
        first.engine = open_engine(f"whoosh:{first.folder}")
        await first.start()
        await articles.revise(id_, ArticleChanges(title="Cured"), seen_version=1, by=SYSTEM)
        await first.work()
        assert await first.titles() == ["Cured"]
        assert await first.indexer.wait(id_)
        assert await outbox.parked(db) == []


async def test_a_restart_misses_nothing_and_rebuilds_nothing(
    db: Reader, settings: Settings
) -> None:
    async with hosts(db, settings, 2) as [first, second]:
        await an_article("Bread", topics=("Food",))
        await second.work()
        generation = (await first.engine.status()).generation
        await first.start()
        await first.work()
        assert await first.titles() == ["Bread"]
        assert (await first.engine.status()).generation == generation


async def go_away(host: Host) -> None:
    """Let the last sign of life of a follower be older than an hour."""
    [row] = await IndexFollower.filter(name=host.name)
    row.renewed_at -= followers.AWAY_SECONDS + 60
    await row.save()


async def test_an_index_that_was_away_too_long_gives_no_results_until_it_is_rebuilt(
    db: Reader, settings: Settings
) -> None:
    async with hosts(db, settings, 2) as [here, away]:
        secret = await an_article("Secret plan")
        for host in (here, away):
            await host.work()
        current = CurrentEngine(db, away.engine)
        await go_away(away)
        await articles.archive(secret, by=SYSTEM)
        await an_article("Bread")
        await here.work()
        assert await outbox.depth(db, away.name) == 2
        assert (await current.search(SearchQuery("secret"))).total == 0  # the event says so
        await followers.renew(here.leader)
        assert await OutboxEvent.all().count() == 0

        with pytest.raises(EngineError, match="has missed saves"):
            await current.search(SearchQuery("secret"))
        with pytest.raises(EngineError, match="has missed saves"):
            await current.suggest(SuggestQuery("secr"))
        assert not await away.indexer.wait(secret, 0.1)
        with pytest.raises(NotLeading):
            await followers.renew(away.leader)

        await away.start()
        assert await away.titles() == ["Bread", "Secret plan"]
        assert (await current.search(SearchQuery("secret"))).total == 0
        assert await away.indexer.wait(secret)


async def test_a_follower_that_was_away_and_missed_nothing_stays(
    db: Reader, settings: Settings
) -> None:
    async with hosts(db, settings, 2) as [here, away]:
        await go_away(away)
        await followers.renew(here.leader)
        assert await IndexFollower.all().count() == 2


async def test_a_rebuild_that_did_not_end_begins_again(db: Reader, settings: Settings) -> None:
    async with hosts(db, settings, 1) as [first]:
        await an_article("Bread")
        await first.work()
        joining = Host(db, settings.data_dir / "joining")
        async with joining.engine.rebuild():
            pass  # an index, but an empty one
        _, is_complete = await elect(db, joining.engine)
        assert not is_complete
        await joining.start()
        assert await joining.titles() == ["Bread"]
        _, is_complete = await elect(db, joining.engine)
        assert is_complete
        await joining.engine.close()


async def test_a_copied_folder_becomes_an_index_of_its_own(db: Reader, settings: Settings) -> None:
    async with hosts(db, settings, 1) as [original]:
        await an_article("Old")
        await original.work()
        shutil.copytree(original.folder, settings.data_dir / "copy")
        await an_article("Taken by the original alone")
        await original.work()
        # The copy believes itself to be the original, and takes over; neither loses a save.
        copy = Host(db, settings.data_dir / "copy")
        await copy.start()
        await an_article("New")
        await copy.work()
        with pytest.raises(NotLeading):
            await original.work()
        await original.start()
        assert original.name != copy.name
        await an_article("Newest")
        for host in (original, copy):
            await host.work()
        everything = ["New", "Newest", "Old", "Taken by the original alone"]
        assert await original.titles() == everything
        assert await copy.titles() == everything
        await copy.engine.close()


async def test_who_leads_no_more_settles_nothing(db: Reader, settings: Settings) -> None:
    async with hosts(db, settings, 1) as [host]:
        await an_article("Bread")
        events, former = await outbox.pending(db, 9, host.leader), host.leader
        await host.start()
        with pytest.raises(NotLeading):
            await outbox.settle(events, former)
        with pytest.raises(NotLeading):
            await outbox.fail(events[0], "broken", former, max_tries=1)
        with pytest.raises(NotLeading):
            await outbox.pending(db, 9, former)
        assert await outbox.pending(db, 9, host.leader) == events


@pytest.mark.databases("postgres")
async def test_events_that_are_committed_out_of_order_reach_every_index(
    db: Reader, settings: Settings
) -> None:
    """Their numbers are given before they are committed, so the lower one may come later."""
    insert = (
        "INSERT INTO outbox_event (article_id, created_at, tries, parked)"
        " VALUES ($1, now(), 0, FALSE) RETURNING id"
    )
    first_id, second_id = await an_article("First"), await an_article("Second")
    await OutboxEvent.all().delete()
    async with hosts(db, settings, 2) as running:
        for host in running:
            await host.engine.write([], [first_id, second_id])
        early, late = [await asyncpg.connect(settings.database) for _ in range(2)]
        transaction = early.transaction()
        await transaction.start()
        low = await early.fetchval(insert, first_id)
        high = await late.fetchval(insert, second_id)
        assert low < high
        for host in running:
            await host.work()
            assert await host.titles() == ["Second"]
        await transaction.commit()
        for host in running:
            await host.work()
            assert await host.titles() == ["First", "Second"]
        for connection in (early, late):
            await connection.close()


async def test_a_reindex_on_one_host_rebuilds_the_indexes_of_all(
    db: Reader, settings: Settings
) -> None:
    await an_article("Bread")
    async with hosts(db, settings, 2) as running:
        for host in running:
            await host.work()
            await host.engine.write([], [1])
            assert await host.titles() == []
        assert await reindex(db, running[0].engine) == 1
        assert await running[0].titles() == ["Bread"]
        await running[1].work()
        assert await running[1].titles() == ["Bread"]
        assert await OutboxEvent.all().count() == 0


async def test_derived_edges_are_drawn_once_by_a_host_that_has_the_article(
    db: Reader, settings: Settings
) -> None:
    async with hosts(db, settings, 2) as [first, second]:
        for host in (first, second):
            host.max_neighbours = 3
            await host.start()
        ids = [await an_article(f"Harbour ferry {number}", body="Boats.") for number in range(2)]
        await first.work()
        due = await outbox.due_neighbours(db, 9, first.name)
        assert sorted(due) == ids
        assert await outbox.due_neighbours(db, 9, second.name) == []  # it has neither yet
        while await first.indexer.update_neighbours():
            pass
        assert await related_pairs(db) == {(ids[0], ids[1]), (ids[1], ids[0])}
        await second.work()
        assert await DueNeighbours.all().count() == 0


async def related_pairs(db: Reader) -> set[tuple[int, int]]:
    rows = await db.rows("SELECT source_id, target_id FROM relation WHERE origin = 'DERIVED'")
    return {(source, target) for source, target in rows}


async def test_a_single_index_costs_one_statement_more_for_a_batch_and_none_for_a_save(
    db: Reader, settings: Settings
) -> None:
    async with hosts(db, settings, 1) as [host]:
        await an_article("Bread")
        before = db.statements
        await host.work()
        assert db.statements - before == 2 + 6  # twice what waits, once the documents
        assert await OutboxEvent.all().count() == 0
        [row] = await followers.list_followers(db)
        assert (row.name, row.is_complete, row.waiting) == (host.name, True, 0)

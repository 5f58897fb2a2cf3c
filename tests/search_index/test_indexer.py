"""search_index.indexer: the index is restored from the database after any damage."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager

import anyio
import pytest
from typing_extensions import override

from hub import articles, outbox
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.drafts import ArticleChanges
from hub.models import (
    Article,
    Comment,
    CommentKind,
    CommentStatus,
    IndexFollower,
    OutboxEvent,
    Status,
    Topic,
)
from hub.outbox import Follower, NotLeading
from hub.search import followers
from hub.settings import Settings
from search_index.documents import load_documents
from search_index.engine import SearchEngine
from search_index.engines import open_engine
from search_index.engines.whoosh import WhooshEngine
from search_index.fields import TextField
from search_index.indexer import Indexer, rebuild, reindex
from search_index.query import Document, EngineError, EngineUnavailable, SearchQuery
from tests.support.documents import texts
from tests.support.factories import a_comment, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[SearchEngine]:
    engine = open_engine(settings.search)
    yield engine
    await engine.close()


async def hit_ids(engine: SearchEngine, text: str = "") -> set[int]:
    everything = frozenset(status.value for status in Status)
    page = await engine.search(SearchQuery(text, statuses=everything, limit=100))
    return {hit.id for hit in page.hits}


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    with anyio.fail_after(20):
        while not await holds():
            await anyio.sleep(0.01)


@asynccontextmanager
async def following(db: Reader, engine: SearchEngine) -> AsyncIterator[Indexer]:
    """Run an indexer that has settled all events that were pending."""
    indexer = Indexer(db, engine, max_tries=3)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(indexer.run)

        async def settled() -> bool:
            return indexer.leading and await outbox.depth(db) == 0

        await until(settled)
        yield indexer
        tasks.cancel_scope.cancel()


async def test_a_document_holds_what_is_searched_and_filtered(db: Reader) -> None:
    id_ = await an_article(
        "Rain", "Wet.\n\nCold.", summary="S", topics=("Rain",), authors=("Nora",)
    )
    sky = await Topic.create(slug="sky", name="Sky", description="")
    await Topic.filter(slug="rain").update(parent_id=sky.id)
    comment = await a_comment(id_, "Wet & cold.")
    await a_comment(id_, status=CommentStatus.PENDING)
    elsewhere = await a_comment(id_)
    await Comment.filter(id=elsewhere).update(kind=CommentKind.PINGBACK)
    [document] = await load_documents(db, [id_, 99])
    assert [(item.id, item.text) for item in document.comments] == [(comment, "Wet & cold.")]
    assert document.texts.items() >= texts("Rain", "Wet.\n\nCold.", summary="S").items()
    assert [label.slug for label in document.topics] == ["rain", "sky"]
    assert [label.name for label in document.authors] == ["Nora"]
    assert (document.status, document.comment_count, document.kind) == ("PUBLISHED", 2, "ARTICLE")


async def test_many_documents_take_as_many_statements_as_one(db: Reader) -> None:
    ids = [await an_article(topics=("a", "b"), authors=("c",)) for _ in range(5)]
    counts = []
    for batch in (ids[:1], ids):
        before = db.statements
        await load_documents(db, batch)
        counts.append(db.statements - before)
    assert counts == [6, 6]


async def test_every_save_is_followed(db: Reader, engine: SearchEngine) -> None:
    async with following(db, engine) as indexer:
        id_ = await an_article("Harbour frozen")
        assert await indexer.wait(id_)
        assert await hit_ids(engine, "harbour") == {id_}
        await articles.revise(id_, ArticleChanges(title="Ferry sails"), seen_version=1, by=SYSTEM)
        assert await indexer.wait(id_)
        assert await hit_ids(engine, "harbour") == set()
        assert await hit_ids(engine, "ferry") == {id_}
        await articles.delete(id_, by=SYSTEM)
        assert await indexer.wait(id_)
        assert await hit_ids(engine) == set()


async def test_an_index_that_lags_behind_is_noticed_at_the_start(
    db: Reader, engine: SearchEngine
) -> None:
    unchanged, deleted, changed = [
        await an_article(title) for title in ("kept", "gone", "old words")
    ]
    await rebuild(db, engine)
    await articles.delete(deleted, by=SYSTEM)
    await articles.revise(changed, ArticleChanges(title="new words"), seen_version=1, by=SYSTEM)
    # As after a power cut that the database survived and the index did not.
    await OutboxEvent.all().delete()
    async with following(db, engine):

        async def caught_up() -> bool:
            return await hit_ids(engine) == {unchanged, changed} and await hit_ids(
                engine, "new"
            ) == {changed}

        await until(caught_up)


@pytest.mark.parametrize("damage", ["missing", "truncated", "garbage"])
async def test_a_damaged_index_is_rebuilt_at_the_start(
    damage: str, db: Reader, settings: Settings
) -> None:
    ids = {await an_article(f"Word {i}") for i in range(5)}
    engine = open_engine(settings.search)
    await rebuild(db, engine)
    await engine.close()
    await OutboxEvent.all().delete()
    folder = settings.data_dir / "index"
    if damage == "missing":
        shutil.rmtree(folder)
    else:
        for file in folder.rglob("*"):
            if file.is_file():
                file.write_bytes(file.read_bytes()[:10] if damage == "truncated" else b"\0" * 99)
    engine = open_engine(settings.search)
    async with following(db, engine):
        assert await hit_ids(engine, "word") == ids
    await engine.close()


async def test_an_index_deleted_under_a_running_indexer_comes_back(
    db: Reader, engine: SearchEngine, settings: Settings
) -> None:
    async with following(db, engine):
        shutil.rmtree(settings.data_dir / "index")
        id_ = await an_article("Survivor")

        async def back() -> bool:
            try:
                return await hit_ids(engine, "survivor") == {id_}
            except EngineError:
                return False

        await until(back)


async def test_reindexing_is_done_here_or_by_whoever_follows(
    db: Reader, engine: SearchEngine, settings: Settings
) -> None:
    id_ = await an_article("Word")
    assert await reindex(db, engine) == 1
    async with following(db, engine):
        other = open_engine(settings.search)
        before = (await engine.status()).generation
        assert await reindex(db, other) is None
        assert (await engine.status()).generation > before
        assert await hit_ids(other) == {id_}
        await other.close()


async def test_after_reindexing_the_index_waits_for_nothing(
    db: Reader, engine: SearchEngine
) -> None:
    id_ = await an_article("Word")
    assert await outbox.depth(db) == 1
    await reindex(db, engine)
    assert await outbox.depth(db) == 0
    assert await outbox.due_neighbours(db, 9) == [id_]  # which the events would have made due


async def test_a_save_does_not_wait_for_an_import(db: Reader, engine: SearchEngine) -> None:
    imported = [await an_article(f"Word {number}") for number in range(8)]
    saved = await an_article("Latest")
    await outbox.settle(await outbox.pending(db, 99))
    await outbox.record_all(imported)
    await outbox.record_all([saved])
    events = [event.article_id for event in await outbox.pending(db, 4)]
    assert events == [saved, *imported[:3]]


async def test_another_takes_over_when_the_one_that_follows_ends(
    db: Reader, engine: SearchEngine, settings: Settings
) -> None:
    other = open_engine(settings.search)
    second = Indexer(db, other, max_tries=3)
    async with anyio.create_task_group() as tasks:
        async with following(db, engine):
            tasks.start_soon(second.run)
            await anyio.sleep(0.05)
            assert not second.leading
        id_ = await an_article("Later")
        assert await second.wait(id_)
        assert await hit_ids(other, "later") == {id_}
        tasks.cancel_scope.cancel()
    await other.close()


class Picky(WhooshEngine):
    """An engine that cannot index one of the articles."""

    broken = False

    @override
    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        if self.broken:
            raise EngineError("disk full")
        if any(document.texts[TextField.TITLE] == "Poison" for document in upserts):
            raise ValueError("cannot be indexed")
        await super().write(upserts, deletes)


@pytest.fixture
async def picky(settings: Settings, db: Reader) -> AsyncIterator[Picky]:
    engine = Picky(settings.data_dir / "index")
    await rebuild(db, engine)
    yield engine
    await engine.close()


async def test_what_a_rebuild_takes_in_is_not_written_once_more(
    db: Reader, settings: Settings
) -> None:
    ids = {await an_article(f"Word {i}") for i in range(3)}
    engine = Picky(settings.data_dir / "index")
    engine.broken = True  # no write succeeds: what is found has come with the rebuild
    async with following(db, engine):
        assert await hit_ids(engine, "word") == ids
        assert await outbox.depth(db) == 0
    await engine.close()


async def test_an_article_that_cannot_be_indexed_is_set_aside_and_stops_no_other(
    db: Reader, picky: Picky
) -> None:
    poison = await an_article("Poison")
    good = await an_article("Good")
    indexer = Indexer(db, picky, max_tries=3)
    for _ in range(3):
        await indexer.catch_up()
    assert await hit_ids(picky) == {good}
    assert await outbox.depth(db) == 0
    [event] = await outbox.parked(db)
    assert (event.article_id, event.tries, event.error) == (
        poison,
        3,
        "ValueError: cannot be indexed",
    )
    assert await outbox.retry_parked() == 1
    await articles.revise(poison, ArticleChanges(title="Cured"), seen_version=1, by=SYSTEM)
    await indexer.catch_up()
    assert await hit_ids(picky) == {good, poison}


async def test_an_observer_gets_the_events_and_failures_of_each_batch(
    db: Reader, picky: Picky
) -> None:
    batches: list[tuple[int, ...]] = []

    @contextmanager
    def observe(events: int) -> Iterator[Callable[[int], None]]:
        outcomes: list[int] = []
        yield outcomes.append
        batches.append((events, *outcomes))

    await outbox.settle(await outbox.pending(db, 99))
    for title in ("Poison", "Good", "Better"):
        await an_article(title)
    indexer = Indexer(db, picky, max_tries=2, observe_batch=observe)
    for _ in range(3):
        await indexer.catch_up()
    assert batches == [(3, 1), (1, 1)]


async def test_trouble_of_the_whole_index_is_nobodys_fault(db: Reader, picky: Picky) -> None:
    id_ = await an_article("Good")
    indexer = Indexer(db, picky, max_tries=1)
    picky.broken = True
    for _ in range(3):
        with pytest.raises(EngineError):
            await indexer.catch_up()
    assert await outbox.parked(db) == []
    picky.broken = False
    await indexer.catch_up()
    assert await hit_ids(picky) == {id_}
    assert await Article.all().count() == 1


async def test_a_service_that_is_away_is_no_fault_of_an_article(db: Reader) -> None:
    """Nothing is tried one by one, counted as a failure, or rebuilt."""
    away = open_engine("opensearch://127.0.0.1:9/away")
    ids = [await an_article(title) for title in ("Bread", "Cheese")]
    with pytest.raises(EngineUnavailable):
        await Indexer(db, away, max_tries=1).catch_up()
    assert [event.article_id for event in await outbox.pending(db, 9)] == ids
    assert await outbox.parked(db) == []
    await away.close()


async def test_what_a_former_leader_wrote_is_indexed_again(db: Reader, settings: Settings) -> None:
    """Where hosts share an index, it may be older than what the new leader has written."""

    class Overtaken(WhooshEngine):
        @override
        async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
            await super().write(upserts, deletes)
            [row] = await IndexFollower.all()
            other = Follower(row.name, "other")
            await followers.lead(other, [row.holder], "elsewhere")
            await outbox.settle(await outbox.pending(db, 9, other), other, neighbours=False)

    engine = Overtaken(settings.data_dir / "index")
    indexer = Indexer(db, engine, max_tries=1)
    await indexer.rebuild()
    id_ = await an_article("Bread")
    with pytest.raises(NotLeading):
        await indexer.catch_up()
    assert [event.article_id for event in await outbox.pending(db, 9)] == [id_]
    await engine.close()

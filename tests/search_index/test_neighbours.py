"""Derived edges of the related graph: their reasons, and their updates."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import articles, outbox, related
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.drafts import ArticleChanges
from hub.models import RelationKind, Status
from hub.reads.related import EdgeRow, from_articles
from search_index.engine import SearchEngine
from search_index.engines import open_engine
from search_index.indexer import Indexer, rebuild
from search_index.neighbours import Candidates, find_candidates, weigh
from search_index.query import Similar
from tests.support.factories import an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

FERRY = "The electric ferry crosses the river on batteries."
BAKERY = "A loaf of rye from the second oven of the bakery."
ALL = PageArgs(50)


@pytest.fixture
async def engine(tmp_path: Path, db: Reader) -> SearchEngine:
    opened = open_engine(f"whoosh:{tmp_path / 'index'}")
    await rebuild(db, opened)
    return opened


@pytest.fixture
def indexer(db: Reader, engine: SearchEngine) -> Indexer:
    return Indexer(db, engine, max_tries=1, max_neighbours=3)


async def settled(indexer: Indexer) -> None:
    """Run the indexer until nothing is pending."""
    await indexer.catch_up()
    while await indexer.update_neighbours():
        pass


async def find_neighbours(db: Reader, engine: SearchEngine, id_: int) -> list[related.Neighbour]:
    return (await weigh(db, {id_: await find_candidates(db, engine, id_, 3)}, 3))[id_]


async def edges(db: Reader, id_: int) -> list[EdgeRow]:
    return [row.edge for row in (await from_articles(db, [id_], ALL, ANONYMOUS))[id_].rows]


async def test_an_edge_tells_what_it_was_drawn_for(db: Reader, indexer: Indexer) -> None:
    ferry = await an_article("Ferry", FERRY, topics=["Harbour", "News"])
    other = await an_article("Crossing", FERRY + " Slowly.", topics=["Harbour"])
    same_topic = await an_article("Rope", "Hemp and tar.", topics=["Harbour", "News"])
    await an_article("Bread", BAKERY, topics=["Food"])
    await related.link(other, target_id=ferry, kind=RelationKind.INLINE, by=SYSTEM)
    await settled(indexer)

    edges_ = await find_neighbours(db, indexer._engine, ferry)
    assert [(edge.target_id, edge.kind) for edge in edges_] == [(other, RelationKind.SIMILAR)]
    reasons = {reason.kind: reason for reason in edges_[0].because}
    assert set(reasons) == {"WORDS", "TOPICS", "LINKS"}
    assert reasons["TOPICS"].detail == "Harbour"
    assert reasons["TOPICS"].weight == pytest.approx(0.25 / 2)
    assert reasons["LINKS"].weight == pytest.approx(0.15 / 3)
    assert set(reasons["WORDS"].detail.split(", ")) <= set(FERRY.lower().rstrip(".").split())
    assert edges_[0].weight == pytest.approx(sum(reason.weight for reason in edges_[0].because))
    assert same_topic not in {edge.target_id for edge in edges_}  # nothing but a topic in common

    [edge] = await edges(db, ferry)
    assert (edge.kind, edge.origin, edge.target_id) == ("SIMILAR", "DERIVED", other)


async def test_links_from_and_to_hidden_articles_do_not_count(db: Reader, indexer: Indexer) -> None:
    one, two = await an_article("Ferry one", FERRY), await an_article("Ferry two", FERRY)
    await settled(indexer)
    before = await edges(db, one)
    draft = await an_article("Draft", status=Status.DRAFT)
    other = await an_article("Other", status=Status.DRAFT)
    for source, target in ((draft, one), (draft, two), (one, other), (two, other)):
        await related.link(source, target_id=target, kind=RelationKind.INLINE, by=SYSTEM)
    await outbox.mark_all_neighbours_due()
    await settled(indexer)
    assert await edges(db, one) == before
    assert "LINKS" not in (before[0].because or "")


async def test_what_people_drew_comes_first_and_once(db: Reader, indexer: Indexer) -> None:
    first, second, third = [await an_article(f"Ferry {number}", FERRY) for number in range(3)]
    await settled(indexer)
    assert {edge.target_id for edge in await edges(db, first)} == {second, third}
    await related.link(first, target_id=third, kind=RelationKind.MORE_TO_READ, by=SYSTEM)
    assert [edge.kind for edge in await edges(db, first)] == ["MORE_TO_READ", "SIMILAR"]
    assert [edge.target_id for edge in await edges(db, first)] == [third, second]
    await articles.revise(first, ArticleChanges(title="Ferries"), seen_version=1, by=SYSTEM)
    await settled(indexer)
    assert [edge.target_id for edge in await edges(db, first)] == [third, second]


async def test_neighbours_follow_saves_and_leave_with_their_article(
    db: Reader, indexer: Indexer
) -> None:
    ferry = await an_article("Ferry", FERRY)
    bread = await an_article("Bread", BAKERY)
    draft = await an_article("Ferry again", FERRY, status=Status.DRAFT)
    await settled(indexer)
    assert await edges(db, ferry) == []
    await articles.publish(draft, by=SYSTEM)
    await settled(indexer)
    assert [edge.target_id for edge in await edges(db, ferry)] == [draft]  # the other end's as well
    await articles.archive(draft, by=SYSTEM)
    assert await edges(db, ferry) == []
    await settled(indexer)
    assert await db.rows("SELECT 1 FROM relation") == []
    await articles.publish(draft, by=SYSTEM)
    await settled(indexer)
    await articles.delete(draft, by=SYSTEM)
    await settled(indexer)
    assert await db.rows("SELECT 1 FROM relation") == []
    assert await edges(db, bread) == []


async def test_a_translation_is_no_neighbour(db: Reader, indexer: Indexer) -> None:
    ferry = await an_article("Ferry", FERRY, translation_key="ferry")
    await an_article("Ferry", FERRY, translation_key="ferry", language="en-gb")
    await settled(indexer)
    assert await edges(db, ferry) == []


async def test_neighbours_in_the_language_of_an_article_come_first(db: Reader) -> None:
    ferry = await an_article("Ferry", language="en", topics=["Harbour"])
    far = await an_article("River", language="en-gb")
    close = await an_article("Veerboot", language="nl", topics=["Harbour"])
    barely = await an_article("Brood", language="nl")
    similar = {
        id_: Similar(id_, weight) for id_, weight in ((far, 0.2), (close, 0.9), (barely, 0.3))
    }
    neighbours = (await weigh(db, {ferry: Candidates(similar, {})}, 3))[ferry]
    assert [neighbour.target_id for neighbour in neighbours] == [far, close]


async def test_what_stays_as_it_is_is_not_written(db: Reader, indexer: Indexer) -> None:
    ferry = await an_article("Ferry", FERRY)
    await an_article("Ferry again", FERRY)
    await settled(indexer)
    [[before]] = await db.rows("SELECT max(seq) FROM change")
    ids = await db.rows("SELECT id FROM relation")
    await related.replace_neighbours({ferry: await find_neighbours(db, indexer._engine, ferry)})
    assert await db.rows("SELECT max(seq) FROM change") == [(before,)]
    assert await db.rows("SELECT id FROM relation") == ids


async def test_a_rebuild_draws_every_edge_anew(db: Reader, tmp_path: Path) -> None:
    ferry = await an_article("Ferry", FERRY)
    await an_article("Ferry again", FERRY)
    fresh = open_engine(f"whoosh:{tmp_path / 'fresh'}")
    indexer = Indexer(db, fresh, max_tries=1, max_neighbours=3)
    await indexer._check_index()
    await settled(indexer)
    assert len(await edges(db, ferry)) == 1


async def test_a_save_costs_a_bounded_number_of_looks(db: Reader, indexer: Indexer) -> None:
    ids = [await an_article(f"Ferry {number}", FERRY) for number in range(12)]
    await settled(indexer)
    await articles.revise(ids[0], ArticleChanges(title="Ferries"), seen_version=1, by=SYSTEM)
    await indexer.catch_up()
    updates = 0
    while updated := await indexer.update_neighbours():
        updates += updated
    assert updates <= 1 + 2 * 3  # itself, and its neighbours, those before and those now


async def test_an_article_that_cannot_be_looked_at_stops_no_other(
    db: Reader, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ferry = await an_article("Ferry", FERRY)
    other = await an_article("Ferry again", FERRY)

    async def stumbles(db: Reader, engine: SearchEngine, id_: int, limit: int) -> Candidates:
        if id_ == ferry:
            raise ValueError("what a mess")
        return await find_candidates(db, engine, id_, limit)

    monkeypatch.setattr("search_index.indexer.find_candidates", stumbles)
    await settled(indexer)
    assert await edges(db, ferry) == []
    assert [edge.target_id for edge in await edges(db, other)] == [ferry]


async def test_neighbours_of_many_articles_take_three_statements_more_than_of_one(
    db: Reader, indexer: Indexer
) -> None:
    ids = [await an_article(f"Ferry {number}", FERRY, topics=["Harbour"]) for number in range(6)]
    await indexer.catch_up()
    found = {id_: await find_candidates(db, indexer._engine, id_, 3) for id_ in ids}
    statements = db.statements
    together = await weigh(db, found, 3)
    assert db.statements - statements == 3
    assert together == {id_: await find_neighbours(db, indexer._engine, id_) for id_ in ids}
    assert all(map(len, together.values()))


async def test_a_new_commit_cuts_a_batch_short(
    db: Reader, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        await an_article(f"Ferry {number}", FERRY)
    await indexer.catch_up()

    async def commits(db: Reader, engine: SearchEngine, id_: int, limit: int) -> Candidates:
        await outbox.announce_search()
        return await find_candidates(db, engine, id_, limit)

    assert len(await outbox.due_neighbours(db, 9)) == 6
    monkeypatch.setattr("search_index.indexer.find_candidates", commits)
    assert await indexer.update_neighbours() == 1
    monkeypatch.undo()
    assert await indexer.update_neighbours() == 5

"""hub.taxonomy.merge: articles, addresses and imports of a merged label follow to the other one."""

from __future__ import annotations

import asyncio
import logging

import pytest

from hub import articles, imports, taxonomy
from hub.articles import revisions, trash, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader, run, transaction
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, TopicDraft
from hub.errors import Invalid, NotAllowed, NotFound
from hub.models import Article, ArticleTopic, AuditEntry, Change, OutboxEvent, Status, Topic
from hub.reads import articles as article_reads
from hub.reads import authors, topics
from hub.reads.articles import ArticleFilter
from hub.taxonomy import AUTHORS, TOPICS
from tests.support.factories import EDITOR, READER, WRITER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def slugs_of(db: Reader, article_id: int) -> list[str]:
    """Return the slugs of an article's topics, the main one first."""
    return [row.slug for row in (await topics.of_articles(db, [article_id])).get(article_id, [])]


async def topic_id(slug: str) -> int:
    topic = await Topic.get(slug=slug)
    return int(topic.id)


async def events() -> set[int]:
    """Take all events of the outbox; return the ids of their articles."""
    ids = {event.article_id for event in await OutboxEvent.all()}
    await OutboxEvent.all().delete()
    return ids


async def test_articles_addresses_and_imports_follow_a_merged_topic(db: Reader) -> None:
    both = await an_article("Both", topics=("Money", "bit coin", "Bitcoin"))
    old = await an_article("Old", topics=("bit coin", "Money"))
    new = await an_article("New", topics=("Bitcoin",))
    gone, kept = await topic_id("bit-coin"), await topic_id("bitcoin")
    below = await taxonomy.create(TOPICS, {"name": "Mining"}, by=SYSTEM, parent_id=gone)
    deep = await an_article("Deep", topics=("Mining",))
    await events()
    assert await taxonomy.merge(TOPICS, gone, kept, by=EDITOR) == 2
    assert await slugs_of(db, both) == ["money", "bitcoin"]
    assert await slugs_of(db, old) == ["bitcoin", "money"]
    assert await slugs_of(db, new) == ["bitcoin"]
    assert (await Topic.get(id=below)).parent_id == kept  # type: ignore[attr-defined]
    assert await events() == {both, old, deep}
    row = await topics.by_slug(db, "bit-coin", READER)
    assert row is not None
    assert (row.id, row.slug) == (kept, "bitcoin")
    filter_ = ArticleFilter(topics=("bit-coin",))
    assert await article_reads.count(db, filter_, READER) == 4
    again = await an_article("Again", topics=("bit coin",))
    assert await slugs_of(db, again) == ["bitcoin"]
    draft = TopicDraft("Bit-Coin", slug="bit-coin", description="What a source says.")
    await imports.import_taxonomy([draft], [], by=SYSTEM)
    assert (await Topic.get(id=kept)).description == ""
    assert await Topic.all().count() == 3
    entry = await AuditEntry.filter(action="topic.merge").get()
    assert (entry.subject, entry.subject_id, entry.actor) == ("Topic", gone, EDITOR.name)


async def test_what_was_saved_before_a_merge_comes_back_with_the_other_label(db: Reader) -> None:
    live = await an_article("Live", topics=("Old",), authors=("Ann Old",))
    await articles.revise(live, ArticleChanges(topics=(), authors=()), seen_version=1, by=SYSTEM)
    edited = await an_article("Edited")
    await working_versions.save(edited, ArticleChanges(topics=("Old", "New")), by=SYSTEM)
    deleted = await an_article("Deleted", topics=("Old", "New"))
    await articles.delete(deleted, by=SYSTEM)
    await taxonomy.merge(TOPICS, await topic_id("old"), await topic_id("new"), by=SYSTEM)
    anna = await taxonomy.create(AUTHORS, {"name": "Anna"}, by=SYSTEM)
    ann = await authors.by_slug(db, "ann-old", SYSTEM)
    assert ann is not None
    await taxonomy.merge(AUTHORS, ann.id, anna, by=SYSTEM)
    # Another topic takes the old slug: what was merged is still known by its id.
    await taxonomy.create(TOPICS, {"name": "Old"}, by=SYSTEM)
    await revisions.restore(live, 1, by=SYSTEM)
    await articles.publish(edited, by=SYSTEM)
    await trash.restore(deleted, by=SYSTEM)
    for id_ in (live, edited, deleted):
        assert await slugs_of(db, id_) == ["new"]
    bylines = await authors.of_articles(db, [live])
    assert [row.slug for row in bylines[live]] == ["anna"]


async def test_a_merge_of_many_articles_takes_as_many_statements(
    db: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    taken = []
    for number in (3, 5_100):
        moment = now()
        await Article.bulk_create(
            [
                Article(
                    **{"slug": f"a{number}-{i}", "language": "en", "title": "A", "version": 1},
                    **{"headline_key": "a", "summary": "", "body_html": "", "body_text": ""},
                    status=Status.PUBLISHED,
                    **{"published_at": moment, "created_at": moment, "updated_at": moment},
                )
                for i in range(number)
            ]
        )
        old, new = [
            await taxonomy.create(TOPICS, {"name": f"{name} {number}"}, by=SYSTEM)
            for name in ("Old", "New")
        ]
        ids = await Article.filter(slug__startswith=f"a{number}-").values_list("id", flat=True)
        await ArticleTopic.bulk_create(
            [ArticleTopic(article_id=id_, topic_id=old, position=0) for id_ in ids]
        )
        await events()
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            assert await taxonomy.merge(TOPICS, old, new, by=SYSTEM) == number
        taken.append(len(caplog.records))
        assert len(await events()) == number
        assert len(await topics.article_counts(db, [new], READER)) == 1
    assert taken[0] <= 30
    assert taken[1] == taken[0] + 2  # for another batch of events


async def test_who_may_merge_what(db: Reader) -> None:
    await an_article("A", topics=("Old", "New"))
    await an_article("Draft", status=Status.DRAFT, topics=("Hidden",))
    old, new, hidden = [await topic_id(slug) for slug in ("old", "new", "hidden")]
    for by, id_, into, problem in (
        (WRITER, old, new, NotAllowed),
        (READER, old, new, NotAllowed),
        (EDITOR, old, old, Invalid),
        (EDITOR, 999, new, NotFound),
        (EDITOR, new, 999, NotFound),
    ):
        with pytest.raises(problem):
            await taxonomy.merge(TOPICS, id_, into, by=by)
    assert await Topic.all().count() == 3
    # Readers never saw it, so its slug leads nobody but staff on.
    await taxonomy.merge(TOPICS, hidden, new, by=EDITOR)
    assert await topics.by_slug(db, "hidden", READER) is None
    assert await article_reads.count(db, ArticleFilter(topics=("hidden",)), READER) == 0
    assert await topics.by_slug(db, "hidden", EDITOR) is not None
    assert not await Change.filter(tag="labels").exists()


async def test_two_merges_at_once_end_as_one_after_the_other(db: Reader) -> None:
    article = await an_article("A", topics=("One", "Two", "Three"))
    one, two, three = [await topic_id(slug) for slug in ("one", "two", "three")]
    await asyncio.gather(
        taxonomy.merge(TOPICS, one, two, by=SYSTEM), taxonomy.merge(TOPICS, two, three, by=SYSTEM)
    )
    assert await slugs_of(db, article) == ["three"]
    for slug in ("one", "two"):
        row = await topics.by_slug(db, slug, READER)
        assert row is not None
        assert row.id == three
    assert await transaction(run)("SELECT 1 FROM former_topic WHERE topic_id <> ?", [three]) == []

"""hub.articles: a save stores everything together, and a refused one changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub import articles, outbox, related
from hub.auth import SYSTEM, Viewer, viewer_of
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, NewArticle
from hub.errors import Conflict, HubError, Invalid, NotAllowed, NotFound
from hub.models import (
    Address,
    Article,
    OutboxEvent,
    RelationKind,
    Revision,
    Role,
    SlugHistory,
    Status,
)
from hub.reads import articles as reads
from hub.reads import authors, topics
from hub.text.bodies import Body, Markup
from hub.text.slugs import digest
from tests.support.factories import EDITOR, READER, WRITER, a_comment, an_article, text

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def test_a_new_article_is_stored_whole_with_its_revision_event_and_changes(
    db: Reader,
) -> None:
    id_ = await articles.create(
        NewArticle(
            title="  The  harbour freezes ",
            body=Body("Ice.\n\nMore *ice*.", Markup.MARKDOWN),
            summary="Cold.",
            topics=("Weather", "Harbour"),
            authors=("Nora Quill",),
            status=Status.PUBLISHED,
        ),
        by=EDITOR,
    )
    row = (await reads.by_ids(db, [id_], READER))[id_]
    assert (row.title, row.slug, row.version) == ("The harbour freezes", "the-harbour-freezes", 1)
    assert row.status == "PUBLISHED"
    assert row.published_at is not None
    body = (await reads.bodies(db, [id_], READER))[id_]
    assert "<em>ice</em>" in body.html
    assert body.text == "Ice.\n\nMore ice."
    assert [topic.name for topic in (await topics.of_articles(db, [id_]))[id_]] == [
        "Weather",
        "Harbour",
    ]
    assert [author.name for author in (await authors.of_articles(db, [id_]))[id_]] == ["Nora Quill"]
    [revision] = await Revision.filter(article_id=id_)
    assert (revision.version, revision.editor, revision.title) == (1, "Edgar", row.title)
    assert [event.article_id for event in await outbox.pending(db, 9)] == [id_]
    tags = {tag for (tag,) in await db.rows("SELECT tag FROM change")}
    assert tags == {
        *(f"article:{id_}", "articles", f"slug:{digest(row.slug)}"),
        *("topic:1", "topic:2", "author:1"),
    }


async def test_scripts_do_not_survive_a_save(db: Reader) -> None:
    id_ = await articles.create(
        NewArticle(title="T", body=Body("<p onclick=x()>Hi</p><script>alert(1)</script>")),
        by=WRITER,
    )
    html = (await reads.bodies(db, [id_], SYSTEM))[id_].html
    assert html.strip() == "<p>Hi</p>"


async def test_slugs_are_made_from_titles_and_kept_apart_by_numbers(db: Reader) -> None:
    ids = [await an_article("Bread"), await an_article("Bread"), await an_article("Bread!")]
    rows = await reads.by_ids(db, ids, READER)
    assert [rows[id_].slug for id_ in ids] == ["bread", "bread-2", "bread-3"]


async def test_one_slug_may_stand_in_two_languages(db: Reader) -> None:
    english = await an_article("Sport", slug="sport", language="en")
    german = await an_article("Sport", slug="sport", language="de")
    assert (await reads.by_slug(db, "sport", "de", READER)).id == german  # type: ignore[union-attr]
    assert (await reads.by_slug(db, "sport", "en", READER)).id == english  # type: ignore[union-attr]
    assert (await reads.by_slug(db, "sport", None, READER)).id == english  # type: ignore[union-attr]


BAD: list[tuple[str, NewArticle, str]] = [
    ("no title", NewArticle(title=" ", body=text("x")), "title: must not be empty"),
    ("a long title", NewArticle(title="x" * 501, body=text("x")), "title: must have at most 500"),
    ("a bad slug", NewArticle(title="x", slug="a b", body=text("x")), "slug: must be one word"),
    (
        "a slug with NUL",
        NewArticle(title="x", slug="a\0", body=text("x")),
        "slug: must be one word",
    ),
    ("a taken slug", NewArticle(title="x", slug="taken", body=text("x")), "slug: taken is taken"),
    ("a bad language", NewArticle(title="x", language="?", body=text("x")), "language: must be"),
    (
        "a script as url",
        NewArticle(title="x", image_url="javascript:x", body=text("x")),
        "imageUrl: must begin",
    ),
    (
        "scheduled for no day",
        NewArticle(title="x", status=Status.SCHEDULED, body=text("x")),
        "publishedAt: says when",
    ),
]


@pytest.mark.parametrize(("_case", "new", "message"), BAD, ids=[case for case, _, _ in BAD])
async def test_a_refused_article_leaves_nothing(
    _case: str, new: NewArticle, message: str, db: Reader
) -> None:
    await an_article("taken", slug="taken")
    before = await outbox.latest_change(db)
    with pytest.raises(Invalid, match=message):
        await articles.create(new, by=SYSTEM)
    assert await Article.all().count() == 1
    assert await outbox.latest_change(db) == before


async def test_a_title_of_exactly_the_longest_length_is_taken(db: Reader) -> None:
    assert await an_article("x" * 500)


async def test_a_revision_moves_the_version_and_keeps_the_old_slug_alive(db: Reader) -> None:
    id_ = await an_article("Old title")
    version = await articles.revise(
        id_, ArticleChanges(title="New title", slug="new-title"), seen_version=1, by=EDITOR
    )
    assert version == 2
    row = await reads.by_slug(db, "old-title", None, READER)
    assert row is not None
    assert (row.id, row.slug, row.title, row.version) == (id_, "new-title", "New title", 2)
    assert [r.title for r in await Revision.filter(article_id=id_).order_by("version")] == [
        "Old title",
        "New title",
    ]
    await articles.revise(id_, ArticleChanges(slug="old-title"), seen_version=2, by=EDITOR)
    assert [old.slug for old in await SlugHistory.all()] == ["new-title"]


async def test_a_revision_that_changes_nothing_saves_nothing(db: Reader) -> None:
    id_ = await an_article("Same", topics=("a",))
    before = await outbox.latest_change(db)
    changes = ArticleChanges(title="Same", body=text("Some words."), topics=("a",))
    assert await articles.revise(id_, changes, seen_version=1, by=EDITOR) == 1
    assert await outbox.latest_change(db) == before


async def test_changing_only_the_topics_is_a_revision_told_to_old_and_new_topic(db: Reader) -> None:
    id_ = await an_article("Moved", topics=("a",))
    before = await outbox.latest_change(db)
    assert await articles.revise(id_, ArticleChanges(topics=("b",)), seen_version=1, by=EDITOR) == 2
    tags = {tag for (tag,) in await db.rows("SELECT tag FROM change WHERE seq > ?", [before])}
    assert tags == {
        *(f"article:{id_}", "articles", f"slug:{digest('moved')}"),
        *("topic:1", "topic:2"),
    }


async def test_a_draft_takes_no_old_slug_of_a_public_article(db: Reader) -> None:
    public = await an_article("Ice", slug="ice")
    await articles.revise(public, ArticleChanges(slug="frost"), seen_version=1, by=EDITOR)
    draft = await an_article("Snow", slug="ice", status=Status.DRAFT)
    await articles.revise(draft, ArticleChanges(slug="snow"), seen_version=1, by=EDITOR)
    row = await reads.by_slug(db, "ice", None, READER)
    assert row is not None
    assert row.id == public
    await articles.archive(public, by=EDITOR)
    await articles.revise(draft, ArticleChanges(slug="ice"), seen_version=2, by=EDITOR)
    await articles.revise(draft, ArticleChanges(slug="snow"), seen_version=3, by=EDITOR)
    staff = await reads.by_slug(db, "ice", None, EDITOR)
    assert staff is not None
    assert staff.id == draft  # of two hidden ones, the later


async def test_a_problem_with_what_one_may_not_see_tells_nothing(db: Reader) -> None:
    blind = viewer_of("Blind", Role.WRITER, "write")
    draft = await an_article("Ice", slug="ice", status=Status.DRAFT)
    archived = await an_article("Snow", status=Status.ARCHIVED)
    public = await an_article("Rain", slug="rain")
    for id_, version in ((draft, 7), (archived, 1), (99, 1)):
        with pytest.raises(NotFound):
            await articles.revise(id_, ArticleChanges(title="x"), seen_version=version, by=blind)
    with pytest.raises(Conflict):
        await articles.revise(public, ArticleChanges(title="x"), seen_version=7, by=blind)
    for slug, problem in (("ice", NotFound), ("rain", Invalid)):
        with pytest.raises(problem):
            await articles.create(NewArticle(title="x", body=Body("x"), slug=slug), by=blind)


async def test_writers_may_be_bound_to_their_own_drafts(db: Reader) -> None:
    bound = replace(WRITER, own_drafts=True)
    own = await articles.create(NewArticle(title="Own", body=Body("x")), by=bound)
    other = await an_article("Other", status=Status.DRAFT, by=EDITOR)
    edge = await related.link(other, kind=RelationKind.INLINE, target_id=own, by=WRITER)
    assert await articles.revise(own, ArticleChanges(title="Mine"), seen_version=1, by=bound) == 2
    assert (
        await articles.revise(other, ArticleChanges(title="Ours"), seen_version=1, by=WRITER) == 2
    )
    own_edge = await related.link(own, kind=RelationKind.INLINE, target_id=other, by=bound)
    assert await related.unlink(own_edge, by=bound) == own
    with pytest.raises(NotAllowed, match="others have drafted"):
        await articles.revise(other, ArticleChanges(title="Mine"), seen_version=2, by=bound)
    with pytest.raises(NotAllowed, match="others have drafted"):
        await related.link(other, kind=RelationKind.INLINE, target_id=own, by=bound)
    with pytest.raises(NotAllowed, match="others have drafted"):
        await related.unlink(edge, by=bound)


async def test_a_hidden_save_is_told_by_its_own_tag_alone(db: Reader) -> None:
    id_ = await an_article("Draft", status=Status.DRAFT, topics=("a",), authors=("b",))
    public = await an_article("Public")
    changed_at = await outbox.last_change_at(db)
    before = await outbox.latest_change(db)
    await related.link(id_, kind=RelationKind.INLINE, target_id=public, by=EDITOR)
    await related.link(public, kind=RelationKind.PINNED, target_id=id_, by=EDITOR)
    await related.link(public, kind=RelationKind.PINNED, headline="Planned", by=EDITOR)
    await articles.revise(
        id_, ArticleChanges(slug="other", topics=("c",)), seen_version=1, by=EDITOR
    )
    await articles.archive(id_, by=EDITOR)
    await a_comment(id_)
    await articles.delete(id_, by=EDITOR)
    tags = {tag for (tag,) in await db.rows("SELECT tag FROM change WHERE seq > ?", [before])}
    assert tags == {f"article:{id_}"}
    assert await outbox.last_change_at(db) == changed_at


REFUSED: list[tuple[str, int, ArticleChanges, int, Viewer, HubError]] = [
    ("a reader", 1, ArticleChanges(title="x"), 1, READER, NotAllowed("write articles")),
    (
        "a writer, once it is public",
        1,
        ArticleChanges(title="x"),
        1,
        WRITER,
        NotAllowed("publish or archive articles"),
    ),
    ("no such article", 77, ArticleChanges(title="x"), 1, EDITOR, NotFound("article", 77)),
    ("no title", 1, ArticleChanges(title=""), 1, EDITOR, Invalid("title", "must not be empty")),
    ("a stale version", 1, ArticleChanges(title="x"), 7, EDITOR, Conflict(1)),
]


@pytest.mark.parametrize(
    ("_case", "id_", "changes", "version", "by", "expected"), REFUSED, ids=[c[0] for c in REFUSED]
)
async def test_a_refused_save_changes_nothing(
    _case: str,
    id_: int,
    changes: ArticleChanges,
    version: int,
    by: Viewer,
    expected: HubError,
    db: Reader,
) -> None:
    article_id = await an_article("Bread")
    await OutboxEvent.all().delete()
    with pytest.raises(type(expected), match=str(expected)[:40]):
        await articles.revise(id_, changes, seen_version=version, by=by)
    assert (await Article.get(id=article_id)).title == "Bread"
    assert await outbox.pending(db, 1) == []


async def test_publishing_archiving_and_publishing_again_keeps_the_first_date(db: Reader) -> None:
    id_ = await an_article("Life", status=Status.DRAFT)
    assert await reads.by_ids(db, [id_], READER) == {}
    await articles.publish(id_, by=EDITOR)
    first = (await reads.by_ids(db, [id_], READER))[id_].published_at
    await articles.archive(id_, by=EDITOR)
    assert await reads.by_ids(db, [id_], READER) == {}
    assert await articles.publish(id_, by=EDITOR) == 4
    assert (await reads.by_ids(db, [id_], READER))[id_].published_at == first
    assert await articles.publish(id_, by=EDITOR) == 4


async def test_a_scheduled_article_is_published_when_its_moment_has_come(db: Reader) -> None:
    id_ = await an_article("Later", status=Status.SCHEDULED, published_at=now() + timedelta(days=1))
    assert await articles.publish_due(db) == []
    assert await reads.by_ids(db, [id_], READER) == {}
    await Article.filter(id=id_).update(published_at=now() - timedelta(seconds=1))
    assert await articles.publish_due(db) == [id_]
    assert (await reads.by_ids(db, [id_], READER))[id_].version == 2
    assert await articles.publish_due(db) == []


async def test_published_with_a_date_to_come_means_scheduled(db: Reader) -> None:
    id_ = await an_article("Later", published_at=now() + timedelta(hours=1))
    assert (await Article.get(id=id_)).status is Status.SCHEDULED


async def test_a_deleted_article_is_gone_with_all_that_is_its_own(db: Reader) -> None:
    id_ = await an_article("Gone", canonical_url="https://example.test/gone", topics=("a",))
    await articles.delete(id_, by=EDITOR)
    for model in (Article, Revision, Address):
        assert await model.all().count() == 0
    assert [event.article_id for event in await outbox.pending(db, 9)] == [id_, id_]
    with pytest.raises(NotFound):
        await articles.delete(id_, by=EDITOR)


@pytest.mark.parametrize("by", [READER, WRITER])
async def test_only_editors_publish_archive_and_delete(by: Viewer, db: Reader) -> None:
    id_ = await an_article("Kept", status=Status.DRAFT)
    for service in (articles.publish, articles.archive, articles.delete):
        with pytest.raises(NotAllowed):
            await service(id_, by=by)
    with pytest.raises(NotAllowed):
        await an_article("New", by=by)
    assert (await Article.get(id=id_)).status is Status.DRAFT

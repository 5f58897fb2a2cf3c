"""hub.imports: a second run writes nothing, order does not matter, one bad draft costs no other."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tortoise import Tortoise

from hub import articles, comments, outbox
from hub.auth import SYSTEM, viewer_of
from hub.curation import dangling
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.drafts import (
    INLINE_CHARACTERS,
    ArticleChanges,
    ArticleDraft,
    AuthorDraft,
    CommentDraft,
    RelationDraft,
    TopicDraft,
)
from hub.errors import NotAllowed
from hub.import_plan import Action
from hub.imports import import_articles
from hub.models import Article, Comment, CommentStatus, Relation, RelationKind, Role, Status
from hub.reads import articles as reads
from hub.reads import comments as comment_reads
from hub.reads import topics
from hub.text import markup
from hub.text.bodies import Body
from tests.support.factories import EDITOR, READER, WRITER, a_draft, text

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
DAY = datetime(2024, 5, 1, 12, tzinfo=UTC)


def a_reply(key: str, parent: str | None = None, **values: Any) -> CommentDraft:
    defaults = {"status": CommentStatus.APPROVED, "author_email": "rita@example.com"} | values
    return CommentDraft(key, "Rita", text(f"I am {key}"), DAY, parent_key=parent, **defaults)


FULL = a_draft(
    "full",
    published_at=DAY,
    slug="full",
    summary="All of it.",
    authors=(AuthorDraft("Nora Quill"), AuthorDraft("Tom", slug="tom", bio="Writes.")),
    topics=(TopicDraft("Harbour", slug="harbour", parent="town"), TopicDraft("Town", slug="town")),
    relations=(
        RelationDraft(RelationKind.INLINE, "other", url="https://example.test/other", position=0),
        RelationDraft(RelationKind.MORE_TO_READ, "Title of third", by_headline=True),
    ),
    comments=(a_reply("2", "1"), a_reply("1"), a_reply("3", status=CommentStatus.SPAM)),
    addresses=("https://example.test/full/",),
    aliases=("once-full",),
)


async def actions(*drafts: ArticleDraft, **options: bool) -> list[Action]:
    return [outcome.action for outcome in await import_articles(drafts, by=SYSTEM, **options)]


async def test_a_draft_comes_in_whole(db: Reader) -> None:
    [outcome] = await import_articles([FULL], by=SYSTEM)
    assert (outcome.action, outcome.comments_added) == (Action.CREATED, 3)
    row = await reads.by_slug(db, "once-full", None, READER)
    assert row is not None
    assert (row.slug, row.published_at, row.comment_count) == ("full", DAY, 2)
    labels = (await topics.of_articles(db, [row.id]))[row.id]
    assert [topic.slug for topic in labels] == ["harbour", "town"]
    assert labels[0].parent_id == labels[1].id
    threads = await comment_reads.threads(db, [row.id], PageArgs(9), READER, newest_first=False)
    [top] = threads[row.id].rows
    replies = await comment_reads.replies(db, [top.id], PageArgs(9), READER, newest_first=False)
    assert [reply.body_html.strip() for reply in replies[top.id].rows] == ["<p>I am 2</p>"]
    assert await dangling.dangling_edges(["example.test"], SYSTEM) == [
        ("Title of third", None, (FULL.title,)),
        ("other", "https://example.test/other", (FULL.title,)),
    ]


async def test_a_second_run_writes_nothing(db: Reader) -> None:
    drafts = [FULL, a_draft("draft", status=Status.DRAFT)]
    await import_articles(drafts, by=SYSTEM)
    before = db.stamp()
    outcomes = await import_articles(drafts, by=SYSTEM)
    assert {outcome.action for outcome in outcomes} == {Action.UNCHANGED}
    assert db.stamp() == before


async def test_a_dry_run_tells_and_writes_nothing(db: Reader) -> None:
    await import_articles([FULL], by=SYSTEM)
    before = db.stamp()
    changed = replace(FULL, title="New", comments=(*FULL.comments, a_reply("4")))
    outcomes = await import_articles([changed, a_draft("b")], by=SYSTEM, dry_run=True)
    assert [(o.action, o.fields, o.comments_added) for o in outcomes] == [
        (Action.UPDATED, ("title",), 1),
        (Action.CREATED, (), 0),
    ]
    assert db.stamp() == before


async def test_a_changed_draft_is_a_new_revision_of_the_same_article(db: Reader) -> None:
    await import_articles([FULL], by=SYSTEM)
    changed = replace(FULL, title="Changed", slug="changed", relations=FULL.relations[1:])
    [outcome] = await import_articles([changed], by=SYSTEM)
    assert (outcome.action, outcome.fields) == (Action.UPDATED, ("title", "slug"))
    article = await Article.get(id=outcome.article_id)
    assert (article.version, article.title, article.published_at) == (2, "Changed", DAY)
    assert [edge.anchor for edge in await Relation.all()] == ["Title of third"]
    assert (await reads.by_slug(db, "full", None, READER)) is not None
    assert await Comment.all().count() == 3


async def test_what_was_edited_in_the_hub_is_a_conflict_unless_theirs(db: Reader) -> None:
    [created] = await import_articles([FULL], by=SYSTEM)
    assert created.article_id is not None
    await articles.revise(
        created.article_id, ArticleChanges(title="Ours"), seen_version=1, by=EDITOR
    )
    assert await actions(FULL) == [Action.UNCHANGED]
    changed = replace(FULL, title="Theirs")
    [outcome] = await import_articles([changed], by=SYSTEM)
    assert outcome.action is Action.CONFLICT
    assert (await Article.get(id=created.article_id)).title == "Ours"
    assert await actions(changed, overwrite=True) == [Action.UPDATED]
    assert (await Article.get(id=created.article_id)).title == "Theirs"


async def test_being_published_by_the_clock_is_no_edit(db: Reader) -> None:
    draft = a_draft("later", status=Status.SCHEDULED, published_at=now() + timedelta(days=1))
    [created] = await import_articles([draft], by=SYSTEM)
    await Article.all().update(published_at=now() - timedelta(seconds=1))
    assert await articles.publish_due(db) == [created.article_id]
    assert await actions(replace(draft, title="New")) == [Action.UPDATED]


async def test_moderation_in_the_hub_outlives_the_next_import(db: Reader) -> None:
    await import_articles([FULL], by=SYSTEM)
    spam = await Comment.get(source_key="3")
    await comments.moderate(spam.id, CommentStatus.APPROVED, by=EDITOR)
    await import_articles([replace(FULL, comments=(*FULL.comments, a_reply("4", "3")))], by=SYSTEM)
    assert (await Comment.get(source_key="3")).status is CommentStatus.APPROVED
    assert (await Comment.get(source_key="4")).parent_id == spam.id  # type: ignore[attr-defined]
    assert (await Article.get()).comment_count == 4


async def test_replies_to_nobody_and_to_themselves_stand_at_the_top(db: Reader) -> None:
    await import_articles(
        [
            replace(
                FULL,
                comments=(
                    a_reply("a", "missing"),
                    a_reply("b", "b"),
                    a_reply("c", "d"),
                    a_reply("d", "c"),
                ),
            )
        ],
        by=SYSTEM,
    )
    assert await Comment.filter(parent_id=None).count() == 4


LINKED = [
    a_draft(
        "one",
        published_at=DAY,
        relations=(
            RelationDraft(RelationKind.INLINE, "two", url="https://example.test/two?utm_x=1"),
            RelationDraft(RelationKind.MORE_TO_READ, "Title of three", by_headline=True),
            RelationDraft(RelationKind.MORE_TOPICS, "old", slug="old-three"),
        ),
    ),
    a_draft("two", published_at=DAY, addresses=("http://www.example.test/two/",)),
    a_draft("three", published_at=DAY, aliases=("old-three",)),
    a_draft("four", published_at=DAY + timedelta(days=1), title="Title of three"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_edges_bind_alike_in_whichever_order_articles_arrive(
    order: tuple[int, ...], db: Reader
) -> None:
    for start in (0, 2):
        await import_articles([LINKED[i] for i in order[start : start + 2]], by=SYSTEM)
    rows = await db.rows(
        "SELECT r.anchor, t.source_key FROM relation r LEFT JOIN article t ON t.id = r.target_id"
        " ORDER BY r.rank"
    )
    assert rows == [("two", "two"), ("Title of three", "three"), ("old", "three")]


async def test_a_broken_draft_is_refused_with_its_place_and_costs_no_other(db: Reader) -> None:
    outcomes = await import_articles(
        [
            a_draft("a"),
            a_draft("b", title="   "),
            a_draft("c", language="?!"),
            a_draft("d", image_url="javascript:alert(1)"),
            a_draft("a", title="Again"),
        ],
        by=SYSTEM,
    )
    assert [(o.place, o.action) for o in outcomes] == [
        ("a.md", Action.CREATED),
        ("b.md", Action.REFUSED),
        ("c.md", Action.REFUSED),
        ("d.md", Action.CREATED),
        ("a.md", Action.REFUSED),
    ]
    assert outcomes[1].reason == "title: must not be empty"
    assert "left out" in (outcomes[3].reason or "")
    assert {article.source_key for article in await Article.all()} == {"a", "d"}


async def test_a_draft_that_spoils_its_batch_is_refused_alone(db: Reader) -> None:
    # An author whose name is too long is only noticed while the batch is being written.
    bad = a_draft("bad", authors=(AuthorDraft("x" * 201),))
    outcomes = await import_articles([a_draft("a"), bad, a_draft("c")], by=SYSTEM)
    assert [o.action for o in outcomes] == [Action.CREATED, Action.REFUSED, Action.CREATED]
    assert {article.source_key for article in await Article.all()} == {"a", "c"}
    indexed = {event.article_id for event in await outbox.pending(db, 9)}
    assert indexed == {o.article_id for o in outcomes if o.action is Action.CREATED}


async def test_taken_slugs_get_a_number_that_stays(db: Reader) -> None:
    drafts = [a_draft("a", slug="s"), a_draft("b", slug="s")]
    await import_articles(drafts, by=SYSTEM)
    await import_articles([replace(draft, title="New") for draft in drafts], by=SYSTEM)
    assert sorted(article.slug for article in await Article.all()) == ["s", "s-2"]


async def test_only_who_may_publish_and_moderate_imports(db: Reader) -> None:
    for viewer in (READER, WRITER):
        with pytest.raises(NotAllowed):
            await import_articles([FULL], by=viewer)
    assert await Article.all().count() == 0


async def test_nul_characters_cost_no_draft_and_are_not_kept(db: Reader) -> None:
    dirty = a_draft(
        "k\0ey",
        source="\0example.test",
        title="Bre\0ad",
        body=text("Wor\0ds."),
        summary="\0",
        slug="br\0ead",
        aliases=("old\0", "x" * 300),
        addresses=("https://example.test/\0a",),
        topics=(TopicDraft("Ba\0king", description="\0"),),
        authors=(AuthorDraft("A\0da", bio="\0"),),
        relations=(RelationDraft(RelationKind.INLINE, "An\0chor", url="https://x.test/\0"),),
        comments=(CommentDraft("1\0", "R\0ita", text("Y\0es."), now()),),
        metadata=(("na\0me", "val\0ue"),),
    )
    assert await actions(dirty) == [Action.CREATED]
    assert await actions(dirty) == [Action.UNCHANGED]
    article = await Article.get(slug="bread")
    assert (article.title, article.source, article.source_key) == ("Bread", "example.test", "key")
    assert (await Comment.get(source_key="1")).author_name == "Rita"
    assert await reads.by_slug(db, "old", None, EDITOR) is not None


async def test_a_dry_run_tells_nothing_of_what_its_token_may_not_read(db: Reader) -> None:
    await import_articles([a_draft("one", status=Status.DRAFT), a_draft("two")], by=SYSTEM)
    blind = viewer_of("Blind", Role.EDITOR, "write publish moderate")
    drafts = [a_draft(key, title="New") for key in ("one", "two")]
    hidden, public = await import_articles(drafts, by=blind, dry_run=True)
    assert hidden.differences == ()
    assert ("title", "Title of two", "New") in [
        (change.field, change.before, change.after) for change in public.differences
    ]


@pytest.mark.parametrize("length", [10, INLINE_CHARACTERS + 1])
async def test_nothing_is_sanitised_while_others_wait_for_the_transaction(
    db: Reader, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts take time by their length, and a writer holds up all the others."""
    assert db is not None
    connections = []

    def record(function: Callable[[Body], str]) -> Callable[[Body], str]:
        def recorded(body: Body) -> str:
            connections.append(Tortoise.get_connection("default"))
            return function(body)

        return recorded

    for name in ("to_html", "comment_html"):
        monkeypatch.setattr(markup, name, record(getattr(markup, name)))
    comment = replace(a_reply("1"), body=text("Well. " * length))
    draft = a_draft("a", body=text("Words. " * length), comments=(comment,))
    await import_articles([draft], by=SYSTEM)
    await import_articles([replace(draft, comments=(comment, a_reply("2")))], by=SYSTEM)
    assert await Comment.all().count() == 2
    assert len(connections) == 4  # the body twice, each comment once
    assert not [one for one in connections if "Transaction" in type(one).__name__]

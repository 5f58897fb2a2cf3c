"""A re-import hides what its source no longer calls public, unless an editor has published it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from hub import articles, comments
from hub.articles import releases, working_versions
from hub.db.database import Reader
from hub.drafts import ArticleChanges, ArticleDraft, CommentDraft
from hub.import_plan import WITHDRAWN, Action, Outcome
from hub.imports import import_articles, withdraw_articles
from hub.models import (
    Article,
    Comment,
    CommentStatus,
    PlannedChange,
    Release,
    Revision,
    Status,
)
from hub.reads import articles as reads
from tests.support.factories import EDITOR, READER, a_draft, text

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

SOON = datetime.now(UTC) + timedelta(days=9)
PUBLIC_STATUSES = (Status.PUBLISHED, Status.SCHEDULED)
SOURCE_SAYS = (Status.DRAFT, Status.ARCHIVED, Status.SCHEDULED, Status.PUBLISHED)
EDITS = ("nothing", "title", "archive", "publish", "schedule")
SEQUENCES = sorted({edits for edits in product(EDITS, repeat=2)})


async def edit(id_: int, how: str) -> bool:
    """Change an article as an editor, and return whether that published or scheduled it."""
    before = await Article.get(id=id_)
    if how == "title":
        changes = ArticleChanges(title=f"{before.title}, corrected")
        await articles.revise(id_, changes, seen_version=before.version, by=EDITOR)
    elif how == "archive":
        await articles.archive(id_, by=EDITOR)
    elif how == "publish":
        await articles.publish(id_, by=EDITOR, at=datetime.now(UTC))
    elif how == "schedule":
        await articles.publish(id_, by=EDITOR, at=SOON)
    after = await Article.get(id=id_)
    return after.status is not before.status and after.status in PUBLIC_STATUSES


async def reimport(draft: ArticleDraft, **options: bool) -> Outcome:
    [outcome] = await import_articles([draft], by=EDITOR, **options)
    return outcome


@pytest.mark.parametrize("says", SOURCE_SAYS)
async def test_only_an_editor_keeps_public_what_its_source_hides(db: Reader, says: Status) -> None:
    """For every two edits between two imports, on articles that were imported as public."""
    assert db is not None
    for number, (edits, was) in enumerate(product(SEQUENCES, PUBLIC_STATUSES)):
        moment = SOON if was is Status.SCHEDULED else None
        draft = a_draft(f"d{number}", status=was, published_at=moment)
        id_ = (await reimport(draft)).article_id
        assert id_ is not None
        decided = any([await edit(id_, how) for how in edits])
        before = (await Article.get(id=id_)).status
        hidden = replace(
            draft, status=says, published_at=SOON if says is Status.SCHEDULED else None
        )
        if hidden == draft:
            continue
        outcome = await reimport(hidden)
        article = await Article.get(id=id_)
        case = f"{edits} from {was} to {says}: {outcome}"
        if says is Status.PUBLISHED or decided:
            assert outcome.action is not Action.CONFLICT or article.status is before, case
            assert not outcome.withdrawn, case
            continue
        assert article.status is not Status.PUBLISHED, case
        assert says is Status.SCHEDULED or article.status is not Status.SCHEDULED, case
        was_public = before in PUBLIC_STATUSES and before is not says
        if before is Status.SCHEDULED and says is Status.SCHEDULED:
            was_public = False
        assert outcome.withdrawn is was_public, case
        assert (WITHDRAWN in (outcome.reason or "")) is was_public, case
        newest = await Revision.filter(article_id=id_).order_by("-version").first()
        assert newest is not None, case
        assert (newest.version, newest.status) == (article.version, article.status), case


async def test_a_withdrawn_article_is_absent_to_readers_and_keeps_its_edits(db: Reader) -> None:
    draft = a_draft("a")
    id_ = (await reimport(draft)).article_id
    assert id_ is not None
    await edit(id_, "title")
    hidden = replace(draft, status=Status.DRAFT)
    planned = await reimport(hidden, dry_run=True)
    assert planned.withdrawn
    assert await reads.by_slug(db, "title-of-a", None, READER) is not None
    outcome = await reimport(hidden)
    assert (outcome.action, outcome.withdrawn) == (Action.CONFLICT, True)
    assert await reads.by_slug(db, "title-of-a", None, READER) is None
    assert (await Article.get(id=id_)).title == "Title of a, corrected"
    stamp = db.stamp()
    assert not (await reimport(hidden)).withdrawn
    assert db.stamp() == stamp
    await edit(id_, "publish")  # an editor has the last word
    assert not (await reimport(replace(hidden, summary="Another."))).withdrawn
    assert await reads.by_slug(db, "title-of-a", None, READER) is not None


async def test_a_date_that_is_reached_is_no_decision_of_an_editor(db: Reader) -> None:
    draft = a_draft("a", status=Status.SCHEDULED, published_at=SOON)
    id_ = (await reimport(draft)).article_id
    assert id_ is not None
    await edit(id_, "title")
    await Article.filter(id=id_).update(published_at=datetime.now(UTC) - timedelta(hours=1))
    assert await articles.publish_due(db) == [id_]
    assert (await reimport(replace(draft, status=Status.DRAFT, published_at=None))).withdrawn


@pytest.mark.parametrize("moderated", [None, *CommentStatus])
@pytest.mark.parametrize("says", CommentStatus)
async def test_comments_that_the_source_calls_spam_are_hidden_unless_judged_here(
    db: Reader, says: CommentStatus, moderated: CommentStatus | None
) -> None:
    assert db is not None
    comment = CommentDraft("1", "Rita", text("Buy."), SOON, status=CommentStatus.APPROVED)
    draft = a_draft("a", comments=(comment,))
    await reimport(draft)
    stored = await Comment.get()
    if moderated is not None:
        await comments.moderate(stored.id, moderated, by=EDITOR)
    outcome = await reimport(replace(draft, comments=(replace(comment, status=says),)))
    is_hidden = moderated is None and says in (CommentStatus.SPAM, CommentStatus.TRASH)
    assert outcome.withdrawn is is_hidden
    after = (await Comment.get()).status
    assert after is (says if is_hidden else moderated or CommentStatus.APPROVED)
    count = (await Article.get()).comment_count
    assert count == (after is CommentStatus.APPROVED)


@pytest.mark.parametrize("edits", EDITS)
async def test_what_the_source_has_removed_is_hidden_unless_an_editor_published_it(
    db: Reader, edits: str
) -> None:
    assert db is not None
    for number, was in enumerate(Status):
        draft = a_draft(
            f"d{number}", status=was, published_at=SOON if was is Status.SCHEDULED else None
        )
        id_ = (await reimport(draft)).article_id
        assert id_ is not None
        decided = await edit(id_, edits)
        before = (await Article.get(id=id_)).status
        removed = ["nothing", f"d{number}"]
        planned = await withdraw_articles("example.test", removed, by=EDITOR, dry_run=True)
        assert (await Article.get(id=id_)).status is before
        outcomes = await withdraw_articles("example.test", removed, by=EDITOR)
        assert planned == outcomes
        is_hidden = before in PUBLIC_STATUSES and not decided
        assert [outcome.article_id for outcome in outcomes] == [id_] * is_hidden
        assert (await Article.get(id=id_)).status is (Status.DRAFT if is_hidden else before)
        assert await withdraw_articles("example.test", removed, by=EDITOR) == []
        assert await withdraw_articles("another.test", removed, by=EDITOR) == []


@pytest.mark.parametrize("is_removed", [True, False])
async def test_nothing_that_was_planned_shows_again_what_its_source_hides(
    db: Reader, is_removed: bool
) -> None:
    assert db is not None
    id_ = (await reimport(a_draft("a"))).article_id
    assert id_ is not None
    await articles.publish(id_, by=EDITOR, at=SOON)
    assert await PlannedChange.exists(article_id=id_)
    if is_removed:
        await withdraw_articles("example.test", ["a"], by=EDITOR)
    else:
        await reimport(a_draft("a", status=Status.DRAFT))
    assert not await PlannedChange.exists(article_id=id_)


async def test_what_is_in_the_trash_stays_there(db: Reader) -> None:
    said = CommentDraft("1", "Rita", text("Well."), datetime.now(UTC), CommentStatus.APPROVED)
    draft = a_draft("deleted", comments=(said,))
    id_ = (await reimport(draft)).article_id
    assert id_ is not None
    await articles.delete(id_, by=EDITOR)
    for changed in (draft, replace(draft, title="Changed")):
        for dry_run in (True, False):
            outcome = await reimport(changed, dry_run=dry_run)
            assert (outcome.action, outcome.article_id) == (Action.CONFLICT, None)
            assert outcome.reason == "in the trash of the hub; left there"
            assert outcome.comments_added == 0
    assert not await Article.exists()
    # Another source may have the same key.
    assert (await reimport(replace(draft, source="other"))).action is Action.CREATED
    assert (await reimport(draft, overwrite=True)).action is Action.CREATED
    assert await Article.all().count() == 2


@pytest.mark.parametrize("at", [None, SOON])
async def test_no_release_publishes_what_its_source_has_withdrawn(
    db: Reader, at: datetime | None
) -> None:
    draft = a_draft("withdrawn")
    id_, other = (await reimport(draft)).article_id, (await reimport(a_draft("other"))).article_id
    assert id_ is not None
    assert other is not None
    release = await releases.create("Relaunch", by=EDITOR)
    for article_id in (id_, other):
        edits = ArticleChanges(title="Edited")
        await working_versions.save(article_id, edits, by=EDITOR)
        await releases.add(release, article_id, by=EDITOR)
    if at is not None:
        await releases.publish(release, at=at, by=EDITOR)
    assert (await reimport(replace(draft, status=Status.DRAFT))).withdrawn
    stored = await Release.get(id=release)
    assert stored.problem is not None
    assert f"Article {id_} was taken out" in stored.problem
    assert await releases.publish(release, by=EDITOR) == 1
    assert (await Article.get(id=id_)).status is Status.DRAFT
    assert (await Article.get(id=other)).title == "Edited"

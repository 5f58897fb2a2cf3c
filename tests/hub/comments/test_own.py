"""hub.comments.own: readers edit and delete their own comments by a secret, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub import articles, comments
from hub.auth import SYSTEM
from hub.backup.tables import table_names
from hub.comments import Policy, secrets
from hub.comments.own import READER as ITS_WRITER
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.errors import Invalid
from hub.models import (
    Article,
    AuditEntry,
    Comment,
    CommentEvent,
    CommentEventType,
    CommentModeration,
    CommentReport,
    CommentStatus,
    CommentVerdict,
    ReportReason,
    SpamFeature,
)
from tests.support.factories import EDITOR, READER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

WORDS = "The ferry was late once more, and nobody at the quay knew why."
OTHERS = "The ferry was early for once, and the whole quay knew why that was."
ADVERT = "Cheap pills: http://a.test/ http://b.test/ http://c.test/ http://d.test/"
OPEN = Policy(edit_minutes=10)
PRE, POST = CommentModeration.ALL, CommentModeration.NONE
HELD, SPAM = CommentModeration.SUSPICIOUS, CommentModeration.SPAM
PENDING, APPROVED = CommentStatus.PENDING, CommentStatus.APPROVED


async def submit(
    article_id: int, *, policy: Policy = OPEN, parent_id: int | None = None
) -> tuple[int, str]:
    """Submit a comment; return its id, and the secret of its writer."""
    secret = secrets.new_secret()
    id_ = await comments.submit(
        article_id,
        author_name="Rita",
        author_email="rita@example.com",
        body=WORDS,
        by=READER,
        parent_id=parent_id,
        policy=policy,
        secret=secret,
    )
    return id_, secrets.join(id_, secret)


@pytest.mark.parametrize(
    ("moderation", "before", "body", "after"),
    [
        (PRE, PENDING, OTHERS, PENDING),
        (PRE, APPROVED, OTHERS, PENDING),
        (HELD, APPROVED, OTHERS, APPROVED),
        (HELD, APPROVED, ADVERT, PENDING),
        (HELD, PENDING, OTHERS, PENDING),
        (SPAM, APPROVED, OTHERS, APPROVED),
        (SPAM, APPROVED, ADVERT, PENDING),
        (POST, APPROVED, ADVERT, APPROVED),
        (POST, PENDING, OTHERS, PENDING),
    ],
)
async def test_an_edit_waits_where_such_a_comment_would(
    db: Reader,
    moderation: CommentModeration,
    before: CommentStatus,
    body: str,
    after: CommentStatus,
) -> None:
    article = await an_article()
    id_, secret = await submit(article)
    await Comment.filter(id=id_).update(reasons=None)  # as if it had come with its form's token
    await comments.moderate(id_, before, by=EDITOR)
    events = await CommentEvent.all().count()
    policy = Policy(edit_minutes=10, moderation=moderation)
    assert await comments.edit_own(secret, body, by=READER, policy=policy) == id_
    comment = await Comment.get(id=id_)
    assert comment.status is after
    assert body.partition(":")[0] in comment.body_html
    assert (comment.edited_by, comment.edited_at is not None) == (ITS_WRITER, True)
    assert comment.verdict is (CommentVerdict.SPAM if body is ADVERT else CommentVerdict.CLEAN)
    assert (await Article.get(id=article)).comment_count == (after is APPROVED)
    heard = (await CommentEvent.all().order_by("seq"))[events:]
    assert [event.type for event in heard] == [CommentEventType.PENDING] * (after is PENDING)
    entry = await AuditEntry.all().order_by("-id").first()
    assert entry is not None
    assert (entry.action, entry.actor, "ferry" in str(entry.changes)) == (
        *("comment.edit", "anonymous", False),
    )


async def test_an_edit_is_neither_trusted_nor_a_duplicate_for_its_former_text(db: Reader) -> None:
    article = await an_article()
    id_, secret = await submit(article)
    await comments.moderate(id_, APPROVED, by=EDITOR)
    assert (await SpamFeature.get(bucket=-1)).others == 1
    await comments.edit_own(secret, f"{WORDS} Really.", by=READER, policy=OPEN)
    comment = await Comment.get(id=id_)
    for kind in ("TRUSTED", "DUPLICATE", "NEAR_DUPLICATE", "RATE"):
        assert kind not in str(comment.reasons)
    assert "NO_FORM_TOKEN" in str(comment.reasons)  # that holds on
    assert comment.learned is None
    assert (await SpamFeature.get(bucket=-1)).others == 0


async def test_every_secret_that_does_not_hold_gets_the_same_answer(db: Reader) -> None:
    article, hidden = await an_article(), await an_article()
    id_, secret = await submit(article)
    late, late_secret = await submit(article)
    await Comment.filter(id=late).update(created_at=now() - timedelta(minutes=11))
    spam, spam_secret = await submit(article)
    await comments.moderate(spam, CommentStatus.SPAM, by=EDITOR)
    _, hidden_secret = await submit(hidden)
    await articles.archive(hidden, by=EDITOR)
    gone, gone_secret = await submit(article)
    reply, _ = await submit(article)
    await Comment.filter(id=reply).update(parent_id=gone)
    assert await comments.delete_own(gone_secret, by=READER) == gone
    unsigned = await comments.submit(
        article, author_name="O", author_email=None, body="No secret.", by=READER
    )
    own = secret.partition(".")[2]
    bad = [late_secret, spam_secret, hidden_secret, gone_secret, f"{late}.{own}", f"{unsigned}."]
    bad += ["", ".", secret + "x", secret[:-1], own, f"0.{own}", f"{10**18}.{own}", f"²{secret}"]
    bad += [f"{unsigned}.{'0' * 64}", "\ud800.\ud800", "1" * 1_000]
    messages = set()
    for wrong in bad:
        with pytest.raises(Invalid) as refused:
            await comments.edit_own(wrong, OTHERS, by=READER, policy=OPEN)
        messages.add(str(refused.value))
    with pytest.raises(Invalid) as refused:
        await comments.edit_own(secret, OTHERS, by=READER, policy=Policy())
    assert messages == {str(refused.value)}
    for wrong in {*bad} - {late_secret, spam_secret, hidden_secret}:
        with pytest.raises(Invalid) as refused:
            await comments.delete_own(wrong, by=READER)
        assert messages == {str(refused.value)}
    assert not await Comment.filter(edited_at__not_isnull=True).exists()
    assert await comments.edit_own(secret, OTHERS, by=READER, policy=OPEN) == id_


async def test_a_deleted_comment_leaves_an_empty_place_only_for_its_replies(db: Reader) -> None:
    article = await an_article()
    top, top_secret = await submit(article)
    reply, secret = await submit(article, parent_id=None)
    await Comment.filter(id=reply).update(parent_id=top)
    await comments.moderate(top, APPROVED, by=EDITOR)
    await comments.report(top, ReportReason.ABUSE, reporter="a", by=READER)
    await comments.delete_own(top_secret, by=READER)
    comment = await Comment.get(id=top)
    assert (comment.body_html, comment.author_email, comment.author_name) == ("", None, "Anonymous")
    assert (comment.secret_digest, comment.reports, comment.erased_at is not None) == (
        *(None, 0, True),
    )
    assert not await CommentReport.exists()
    assert (await Article.get(id=article)).comment_count == 0
    await comments.delete_own(secret, by=READER)
    assert not await Comment.exists(id=reply)
    entries = await AuditEntry.filter(subject="Comment").order_by("id")
    assert [entry.action for entry in entries][-2:] == ["comment.delete"] * 2
    assert all(entry.changes is None for entry in entries)
    places = [str(await db.rows(f"SELECT * FROM {table}")) for table in table_names()]
    assert not [place for place in places if "rita@" in place or "at the quay" in place]


async def test_a_secret_is_stored_nowhere(db: Reader) -> None:
    _, secret = await submit(await an_article())
    await comments.edit_own(secret, OTHERS, by=READER, policy=OPEN)
    own = secret.partition(".")[2]
    for table in table_names():
        assert own not in str(await db.rows(f"SELECT * FROM {table}"))


async def test_an_article_says_which_comments_wait(db: Reader) -> None:
    for moderation, status in ((None, PENDING), (POST, APPROVED), (PRE, PENDING)):
        article = await an_article(comment_moderation=moderation)
        for setting in (PRE, POST):
            id_, _ = await submit(article, policy=Policy(moderation=setting))
            expected = (PENDING if setting is PRE else APPROVED) if moderation is None else status
            assert (await Comment.get(id=id_)).status is expected
    await comments.moderate(id_, APPROVED, by=SYSTEM)

"""hub.comments and its reads: visibility of comments, and their threads."""

from __future__ import annotations

import pytest

from hub import articles, comments
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.errors import Invalid, NotAllowed, NotFound
from hub.models import Article, Comment, CommentStatus, Status
from hub.reads import comments as reads
from hub.reads.comments import moderation
from tests.support.factories import EDITOR, READER, WRITER, a_comment, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
PAGE = PageArgs(10)
PENDING = moderation.CommentFilter()


async def submit(article_id: int, body: str = "Hello", **values: object) -> int:
    values_ = {"author_name": "Rita", "author_email": "rita@example.com", "by": READER} | values
    return await comments.submit(article_id, body=body, **values_)  # type: ignore[arg-type]


async def test_a_readers_comment_waits_and_a_moderators_does_not(db: Reader) -> None:
    id_ = await an_article()
    waiting = await submit(id_)
    approved = await submit(id_, by=EDITOR)
    threads = await reads.threads(db, [id_], PAGE, READER, newest_first=False)
    assert [row.id for row in threads[id_].rows] == [approved]
    assert await reads.counts(db, [id_], READER) == {id_: 1}
    assert await reads.by_ids(db, [waiting], READER) == {}
    assert await reads.counts(db, [id_], EDITOR) == {id_: 2}
    assert (await Article.get(id=id_)).comment_count == 1
    await comments.moderate(waiting, CommentStatus.APPROVED, by=EDITOR)
    assert (await Article.get(id=id_)).comment_count == 2
    await comments.moderate(approved, CommentStatus.SPAM, by=EDITOR)
    assert (await Article.get(id=id_)).comment_count == 1


async def test_what_a_reader_types_is_text(db: Reader) -> None:
    id_ = await an_article()
    await submit(id_, "<script>alert(1)</script>\n\nTwo & two", by=EDITOR)
    [comment] = await Comment.all()
    assert "<script" not in comment.body_html
    assert "Two &amp; two" in comment.body_html


async def test_only_moderators_read_an_e_mail_address(db: Reader) -> None:
    id_ = await an_article()
    await a_comment(id_, status=CommentStatus.PENDING, email="rita@example.com")
    [row] = (await moderation.queue(db, PAGE, PENDING, EDITOR)).rows
    assert row.author_email == "rita@example.com"
    assert await moderation.queue_count(db, PENDING, EDITOR) == 1
    for viewer in (READER, WRITER):
        with pytest.raises(NotAllowed):
            await moderation.queue(db, PAGE, PENDING, viewer)
        with pytest.raises(NotAllowed):
            await moderation.queue_count(db, PENDING, viewer)


async def test_threads_and_replies(db: Reader) -> None:
    id_ = await an_article()
    first = await a_comment(id_, "first")
    reply = await a_comment(id_, "reply", parent_id=first)
    second = await a_comment(id_, "second")
    threads = await reads.threads(db, [id_], PAGE, READER, newest_first=True)
    assert [row.id for row in threads[id_].rows] == [second, first]
    replies = await reads.replies(db, [first, second], PAGE, READER, newest_first=False)
    assert {key: [row.id for row in page.rows] for key, page in replies.items()} == {
        first: [reply],
        second: [],
    }
    assert await reads.reply_counts(db, [first, second], READER) == {first: 1, second: 0}


async def test_a_reply_to_a_hidden_comment_stands_at_the_top(db: Reader) -> None:
    id_ = await an_article()
    hidden = await a_comment(id_)
    reply = await a_comment(id_, parent_id=hidden)
    await comments.moderate(hidden, CommentStatus.TRASH, by=EDITOR)
    threads = await reads.threads(db, [id_], PAGE, READER, newest_first=False)
    assert [row.id for row in threads[id_].rows] == [reply]


async def test_what_cannot_be_commented(db: Reader) -> None:
    closed = await an_article(comments_open=False)
    draft = await an_article(status=Status.DRAFT)
    open_ = await an_article()
    elsewhere = await a_comment(open_)
    pending = await submit(open_)
    with pytest.raises(Invalid, match="closed"):
        await submit(closed)
    for target in (draft, 99):
        with pytest.raises(NotFound):
            await submit(target)
    other = await an_article()
    for target, parent in ((other, elsewhere), (open_, pending)):
        with pytest.raises(NotFound):
            await submit(target, parent_id=parent)
    for bad in (
        {"body": " "},
        {"author_name": ""},
        {"author_email": "nope"},
        {"body": "x" * 20001},
    ):
        with pytest.raises(Invalid):
            await submit(open_, **bad)
    assert await Comment.all().count() == 2


async def test_only_moderators_moderate(db: Reader) -> None:
    id_ = await submit(await an_article())
    for viewer in (READER, WRITER):
        with pytest.raises(NotAllowed):
            await comments.moderate(id_, CommentStatus.APPROVED, by=viewer)
    with pytest.raises(NotFound):
        await comments.moderate(99, CommentStatus.APPROVED, by=SYSTEM)
    assert (await Comment.get(id=id_)).status is CommentStatus.PENDING


async def test_a_comment_goes_out_of_sight_with_its_article(db: Reader) -> None:
    article = await an_article()
    id_ = await a_comment(article)
    assert list(await reads.by_ids(db, [id_], READER)) == [id_]
    await articles.archive(article, by=EDITOR)
    assert await reads.by_ids(db, [id_], READER) == {}


async def test_all_comments_are_counted_on_what_one_may_see(db: Reader) -> None:
    for status in (Status.PUBLISHED, Status.DRAFT):
        await a_comment(await an_article(status=status), status=CommentStatus.APPROVED)
    assert [await reads.total(db, viewer) for viewer in (READER, EDITOR)] == [1, 2]

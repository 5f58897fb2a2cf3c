"""hub.comments.reports: readers report comments, and moderators decide."""

from __future__ import annotations

import pytest

from hub import comments
from hub.auth import Viewer
from hub.backup.tables import table_names
from hub.comments import Policy
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.errors import Invalid, NotFound
from hub.models import (
    Article,
    AuditEntry,
    Comment,
    CommentEvent,
    CommentReport,
    CommentStatus,
    ReportReason,
    Status,
)
from hub.reads.comments import moderation
from hub.reads.comments.moderation import CommentFilter, Order
from tests.support.factories import EDITOR, READER, WRITER, a_comment, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

PENDING, APPROVED = CommentStatus.PENDING, CommentStatus.APPROVED
ABUSE, SPAM = ReportReason.ABUSE, ReportReason.SPAM
THREE = Policy(hide_reports=3)


async def report(
    id_: int, reader: str, reason: ReportReason = ABUSE, policy: Policy = THREE, by: Viewer = READER
) -> bool:
    return await comments.report(id_, reason, reporter=reader, by=by, policy=policy)


async def test_a_reader_reports_a_comment_once_and_is_not_stored(db: Reader) -> None:
    article = await an_article()
    first, second = await a_comment(article), await a_comment(article)
    results = [await report(first, reader) for reader in ("192.0.2.1", "192.0.2.1", "192.0.2.2")]
    assert results == [True, False, True]
    assert await report(second, "192.0.2.1")
    assert [(await Comment.get(id=id_)).reports for id_ in (first, second)] == [2, 1]
    digests = await CommentReport.all().values_list("reporter", flat=True)
    assert len(set(digests)) == 3  # also that of one reader on two comments
    for table in table_names():
        assert "192.0.2" not in str(await db.rows(f"SELECT * FROM {table}"))
    assert await AuditEntry.filter(action="comment.report").count() == 3
    assert await CommentEvent.filter(type="REPORTED").count() == 3


@pytest.mark.parametrize("by", [READER, WRITER])
async def test_what_a_reader_does_not_see_is_not_found(db: Reader, by: Viewer) -> None:
    article = await an_article()
    hidden = [
        await a_comment(article, status=status)
        for status in CommentStatus
        if status is not APPROVED
    ]
    if by is READER:
        hidden.append(await a_comment(await an_article(status=Status.DRAFT)))
    for id_ in (*hidden, 99):
        with pytest.raises(NotFound):
            await report(id_, "a", by=by)
    top = await a_comment(article)
    await a_comment(article, parent_id=top)
    await Comment.filter(id=top).update(erased_at="2026-01-01T00:00:00Z")
    with pytest.raises(Invalid, match="erased"):
        await report(top, "a")
    assert not await CommentReport.exists()


async def test_reports_hide_a_comment_until_a_moderator_decides(db: Reader) -> None:
    article = await an_article()
    id_ = await a_comment(article)
    for reader in "abc":
        assert (await Comment.get(id=id_)).status is APPROVED
        assert await report(id_, reader)
    assert (await Comment.get(id=id_)).status is PENDING
    assert (await Article.get(id=article)).comment_count == 0
    with pytest.raises(NotFound):
        await report(id_, "d")
    await comments.moderate(id_, APPROVED, by=EDITOR)
    comment = await Comment.get(id=id_)
    assert (comment.status, comment.reports) == (APPROVED, 0)
    assert not await CommentReport.filter(settled_at=None).exists()
    for reader in "abcdef":  # the decision stands, and who has reported it has done so
        assert await report(id_, reader) == (reader in "def")
    comment = await Comment.get(id=id_)
    assert (comment.status, comment.reports) == (APPROVED, 3)


async def test_by_default_no_number_of_reports_hides_a_comment(db: Reader) -> None:
    id_ = await a_comment(await an_article())
    for number in range(20):
        await report(id_, str(number), policy=Policy())
    assert (await Comment.get(id=id_)).status is APPROVED


async def test_the_queue_is_filtered_and_sorted_by_reports(db: Reader) -> None:
    article = await an_article()
    ids = [await a_comment(article, f"Number {number}.") for number in range(4)]
    for id_, readers in zip(ids, ("ab", "", "abc", "a"), strict=True):
        for reader in readers:
            await report(id_, reader, SPAM if reader == "b" else ABUSE, Policy())
    approved, order = CommentFilter((APPROVED.value,)), Order.MOST_REPORTED
    for reported, expected in (
        (True, [ids[2], ids[0], ids[3]]),
        (False, [ids[1]]),
        (None, [ids[2], ids[0], ids[3], ids[1]]),
    ):
        conditions = approved._replace(reported=reported)
        listed, after, has_next = list[int](), None, True
        while has_next:
            args = PageArgs(2, after)
            page = await moderation.queue(db, args, conditions, EDITOR, order)
            listed += [row.comment.id for row in page.rows]
            has_next = page.has_next
            after = (page.rows[-1].report_count, listed[-1])
        assert listed == expected
        assert await moderation.queue_count(db, conditions, EDITOR) == len(expected)
    counts = await moderation.reports(db, ids, EDITOR)
    assert counts == {
        ids[0]: [("ABUSE", 1), ("SPAM", 1)],
        ids[2]: [("ABUSE", 2), ("SPAM", 1)],
        ids[3]: [("ABUSE", 1)],
    }
    assert await moderation.reports(db, ids, READER) == {}
    # What is approved already stays so, and its reports are settled.
    conditions = approved._replace(reported=True)
    assert await comments.moderate_matching(conditions, APPROVED, by=EDITOR) == (3, False)
    assert await comments.moderate_matching(conditions, APPROVED, by=EDITOR) == (0, False)
    assert await moderation.reports(db, ids, EDITOR) == {}

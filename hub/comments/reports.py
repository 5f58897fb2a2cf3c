"""Reports of readers on comments."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from hub import audit
from hub.auth import Viewer, comment_condition
from hub.comments import events
from hub.comments.counts import update_counts
from hub.comments.keys import read_key
from hub.comments.policy import NO_POLICY, Policy
from hub.db.database import run, transaction
from hub.db.timestamps import now
from hub.errors import Invalid, NotFound
from hub.models import Comment, CommentEventType, CommentReport, CommentStatus, ReportReason

_KEY = "comment_reports"


@transaction
async def report(
    comment_id: int,
    reason: ReportReason,
    *,
    reporter: str,
    by: Viewer,
    policy: Policy = NO_POLICY,
) -> bool:
    """Report a comment to its moderators; return False if the same reader had done so before.

    `reporter` is the reader's address or token, of which a keyed hash is stored. At the number of
    readers that the policy names, the comment waits until a moderator decides; not if one has
    decided on reports of it before.

    Raises:
        NotFound: no such comment that `by` may see.
        Invalid: it was erased.
    """
    visible = comment_condition(by, "c")
    rows = await run(
        "SELECT c.article_id, c.status, c.reports, c.erased_at FROM comment c"
        f" WHERE c.id = ? AND {visible.sql}",
        [comment_id, *visible.args],
    )
    if not rows:
        raise NotFound("comment", comment_id)
    row = rows[0]
    if row["erased_at"]:
        raise Invalid("id", "is that of an erased comment")
    digest = _compute_digest(comment_id, reporter, await read_key(_KEY))
    if await CommentReport.exists(comment_id=comment_id, reporter=digest):
        return False
    await CommentReport.create(
        comment_id=comment_id, reporter=digest, reason=reason, created_at=now()
    )
    before, number = CommentStatus(row["status"]), row["reports"] + 1
    is_hidden = (
        0 < policy.hide_reports <= number
        and before is CommentStatus.APPROVED
        and not await CommentReport.exists(comment_id=comment_id, settled_at__not_isnull=True)
    )
    status = CommentStatus.PENDING if is_hidden else before
    await Comment.filter(id=comment_id).update(reports=number, status=status)
    changes: dict[str, tuple[object, object]] = {
        "reports": (number - 1, number),
        "reason": (None, reason),
    }
    if is_hidden:
        changes["status"] = (before, status)
    await audit.record("comment.report", "Comment", comment_id, by=by, changes=changes)
    await events.notify(CommentEventType.REPORTED, comment_id, row["article_id"])
    if is_hidden:
        await events.notify(CommentEventType.PENDING, comment_id, row["article_id"])
        await update_counts([row["article_id"]])
    return True


async def settle(comment_ids: Sequence[int]) -> None:
    """Mark the reports of these comments as settled by a moderator. In a transaction."""
    ids = list(comment_ids)
    await CommentReport.filter(comment_id__in=ids, settled_at=None).update(settled_at=now())
    await Comment.filter(id__in=ids).update(reports=0)


def _compute_digest(comment_id: int, reporter: str, key: str) -> str:
    """Return the hash of a reader for one comment: those for two of them cannot be compared."""
    text = f"{comment_id} {reporter}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, key=key.encode(), digest_size=24).hexdigest()

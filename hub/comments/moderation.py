"""The moderation of comments."""

from __future__ import annotations

from hub import audit
from hub.auth import Permission, Viewer, comment_condition
from hub.comments.counts import update_counts
from hub.db.database import run, transaction
from hub.errors import NotFound
from hub.models import Comment, CommentStatus


@transaction
async def moderate(comment_id: int, status: CommentStatus, *, by: Viewer) -> int:
    """Set a comment's status, and return its article's id. Imports leave it alone from now on.

    Raises:
        NotAllowed: `by` is not a moderator.
        NotFound: no such comment, or on no article that `by` may see.
    """
    by.require(Permission.MODERATE)
    visible = comment_condition(by, "c")
    rows = await run(
        "SELECT c.article_id, c.status, c.moderated FROM comment c"
        f" WHERE c.id = ? AND {visible.sql}",
        [comment_id, *visible.args],
    )
    if not rows:
        raise NotFound("comment", comment_id)
    [(article_id, before, moderated)] = rows
    if before != status.value or not moderated:
        await Comment.filter(id=comment_id).update(status=status, moderated=True)
        changes = {"status": (before, status)}
        await audit.record("comment.moderate", "Comment", comment_id, by=by, changes=changes)
        if before != status.value and CommentStatus.APPROVED.value in (before, status.value):
            await update_counts([article_id])
    return int(article_id)

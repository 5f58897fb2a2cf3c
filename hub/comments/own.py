"""A reader's own comment, edited and deleted by the secret that was given with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub import audit
from hub.auth import Viewer, article_condition
from hub.comments import events, secrets, spam
from hub.comments.counts import update_counts
from hub.comments.judging import judge_edit, learn, to_moment
from hub.comments.policy import Policy, waits
from hub.comments.removal import remove
from hub.comments.texts import validate_body
from hub.db.database import run, transaction
from hub.db.timestamps import now
from hub.errors import Invalid
from hub.models import (
    Comment,
    CommentEventType,
    CommentModeration,
    CommentReport,
    CommentStatus,
    CommentVerdict,
)
from hub.text import markup
from hub.text.bodies import Body, Markup

READER = "READER"
"""The role in `Comment.edited_by` of its own writer."""

_EDITABLE = (CommentStatus.PENDING.value, CommentStatus.APPROVED.value)


@transaction
async def edit_own(secret: str, body: str, *, by: Viewer, policy: Policy) -> int:
    """Replace the text of the comment that the secret belongs to, and return its id.

    It is judged anew and marked as edited; it waits again if a comment with its verdict would, and
    is never approved by this. `body` is plain text.

    Raises:
        Invalid: the secret does not belong to a comment that can be edited now; or the text is
            blank or too long.
    """
    words = validate_body(body)
    row = await _find(secret, by)
    window = timedelta(minutes=policy.edit_minutes)
    is_open = row is not None and to_moment(row["created_at"]) + window > now()
    if row is None or not is_open or row["status"] not in _EDITABLE:
        raise _refused()
    html = markup.comment_html(Body(words, Markup.TEXT))
    if html != row["body_html"]:
        await _replace(row, words, html, by, policy)
    return int(row["id"])


@transaction
async def delete_own(secret: str, *, by: Viewer) -> int:
    """Delete the comment that the secret belongs to, at any time and whatever its status.

    With replies, it stays, empty: text, name and address are gone, as by an erasure. Returns its
    id.

    Raises:
        Invalid: the secret belongs to no comment.
    """
    row = await _find(secret, None)
    if row is None:
        raise _refused()
    await remove([row])
    await audit.record("comment.delete", "Comment", row["id"], by=by)
    return int(row["id"])


def _refused() -> Invalid:
    """Return the same error whatever the reason, so that it tells nothing of the comment."""
    return Invalid("secret", "belongs to no comment, or its time is over")


async def _find(secret: str, by: Viewer | None) -> Any | None:
    """Return the comment of a secret, if `by` may see its article; None if there is none."""
    number, own = secrets.split(secret)
    visible = article_condition(by, "c.article_id") if by else None
    rows = await run(
        "SELECT c.id, c.article_id, c.kind, c.status, c.author_name, c.author_email, c.body_html,"
        " c.learned, c.erased_at, c.created_at, c.reasons, c.secret_digest, a.language,"
        " a.comment_moderation FROM comment c JOIN article a ON a.id = c.article_id"
        f" WHERE c.id = ? AND {visible.sql if visible else 'TRUE'}",
        [number, *(visible.args if visible else ())],
    )
    row = rows[0] if rows else None
    return row if secrets.matches(own, row["secret_digest"] if row else None) else None


async def _replace(row: Any, words: str, html: str, by: Viewer, policy: Policy) -> None:
    """Store the new text of a comment, with what follows from it."""
    id_, article_id, before = row["id"], row["article_id"], CommentStatus(row["status"])
    submission = spam.Submission(row["author_name"], row["author_email"], words, row["language"])
    judgement, columns = await judge_edit(submission, id_, row["reasons"])
    own = row["comment_moderation"]
    moderation = CommentModeration(own) if own else policy.moderation
    status = CommentStatus.PENDING if waits(moderation, judgement.verdict) else before
    if row["learned"] is not None:  # nobody has judged what it says now
        await learn(row, CommentStatus.PENDING, CommentVerdict(row["learned"]))
    await Comment.filter(id=id_).update(
        body_html=html, status=status, edited_at=now(), edited_by=READER, **columns
    )
    await CommentReport.filter(comment_id=id_, settled_at__not_isnull=True).delete()
    changes: dict[str, tuple[object, object]] = {
        "characters": (len(markup.to_text(row["body_html"])), len(words))
    }
    if status is not before:
        changes["status"] = (before, status)
    await audit.record("comment.edit", "Comment", id_, by=by, changes=changes)
    if status is CommentStatus.PENDING:
        await events.notify(CommentEventType.PENDING, id_, article_id)
    if before is CommentStatus.APPROVED:
        await update_counts([article_id])

"""The moderation of comments: one by one, or all that match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub import audit
from hub.auth import Permission, Viewer, comment_condition
from hub.comments import events
from hub.comments.counts import update_counts
from hub.comments.judging import learn
from hub.comments.reports import settle
from hub.comments.spam import compute_fingerprint
from hub.comments.texts import validate_body
from hub.db.database import run, transaction
from hub.db.timestamps import now
from hub.errors import Invalid, NotFound
from hub.models import Comment, CommentEventType, CommentStatus, CommentVerdict, Door
from hub.reads.comments.moderation import CommentFilter, filter_condition
from hub.text import markup
from hub.text.bodies import Body, Markup

BATCH = 100
"""Comments that are moderated in one transaction."""

MAX_MODERATED = 10_000
"""Comments that are moderated in one call, at most."""

_COLUMNS = (
    "c.id, c.article_id, c.status, c.moderated, c.kind, c.author_name, c.author_email, c.body_html,"
    " c.learned, c.erased_at, c.reports"
)


@transaction
async def moderate(comment_id: int, status: CommentStatus, *, by: Viewer) -> int:
    """Set a comment's status, and return its article's id. Imports leave it alone from now on.

    The spam filter learns from it, and reports of readers are settled.

    Raises:
        NotAllowed: `by` is not a moderator.
        NotFound: no such comment, or on no article that `by` may see.
    """
    by.require(Permission.MODERATE)
    visible = comment_condition(by, "c")
    rows = await run(
        f"SELECT {_COLUMNS} FROM comment c WHERE c.id = ? AND {visible.sql}",
        [comment_id, *visible.args],
    )
    if not rows:
        raise NotFound("comment", comment_id)
    await _set_status(rows, status, by)
    return int(rows[0]["article_id"])


@transaction
async def edit(comment_id: int, body: str, *, by: Viewer) -> int:
    """Replace the text of a comment, marked as edited, and return its article's id.

    `body` is plain text. The audit trail tells of its length alone.

    Raises:
        NotAllowed: `by` is not a moderator.
        NotFound: no such comment, or on no article that `by` may see.
        Invalid: the text is blank or too long, or the comment was erased.
    """
    by.require(Permission.MODERATE)
    visible = comment_condition(by, "c")
    rows = await run(
        f"SELECT {_COLUMNS} FROM comment c WHERE c.id = ? AND {visible.sql}",
        [comment_id, *visible.args],
    )
    if not rows:
        raise NotFound("comment", comment_id)
    row = dict(rows[0])
    if row["erased_at"]:
        raise Invalid("id", "is that of an erased comment")
    words = validate_body(body)
    html = markup.comment_html(Body(words, Markup.TEXT))
    if html == row["body_html"]:
        return int(row["article_id"])
    learned = None if row["learned"] is None else CommentVerdict(row["learned"])
    await learn(row, CommentStatus.PENDING, learned)
    await Comment.filter(id=comment_id).update(
        body_html=html,
        edited_at=now(),
        edited_by=None if by.role is None else by.role.value,
        fingerprint=compute_fingerprint(words),
    )
    if learned is not None:
        await learn(row | {"body_html": html}, CommentStatus(row["status"]), None)
    changes = {"characters": (len(markup.to_text(row["body_html"])), len(words))}
    await audit.record("comment.edit", "Comment", comment_id, by=by, changes=changes)
    if row["status"] == CommentStatus.APPROVED.value:
        await update_counts([row["article_id"]])
    return int(row["article_id"])


async def moderate_matching(
    conditions: CommentFilter, status: CommentStatus, *, by: Viewer
) -> tuple[int, bool]:
    """Set the status of all comments that match; return their number, and whether more are left.

    The earliest first, in transactions of 100, up to 10,000. A call that was interrupted is
    continued by the same call, since comments that have the status are left out, unless readers
    have reported them.

    Raises:
        NotAllowed: `by` is not a moderator.
    """
    by.require(Permission.MODERATE)
    number, after = 0, 0
    while number < MAX_MODERATED:
        ids = await _moderate_batch(conditions, status, after, by)
        number += len(ids)
        if len(ids) < BATCH:
            return number, False
        after = ids[-1]
    return number, True


@transaction
async def _moderate_batch(
    conditions: CommentFilter, status: CommentStatus, after: int, by: Viewer
) -> list[int]:
    matching, visible = filter_condition(conditions), comment_condition(by, "c")
    rows = await run(
        f"SELECT {_COLUMNS} FROM comment c WHERE c.id > ? AND (c.status <> ? OR c.reports > 0)"
        f" AND {matching.sql}"
        f" AND {visible.sql} ORDER BY c.id LIMIT {BATCH}",
        [after, status.value, *matching.args, *visible.args],
    )
    await _set_status(rows, status, by)
    return [int(row["id"]) for row in rows]


async def hide_imported(article_id: int, key: str, status: CommentStatus, *, by: Viewer) -> None:
    """Hide a public comment whose source says that it is not public, in an import's transaction.

    It has an entry of its own in the audit trail, by which the past is told.
    """
    comment = await Comment.get(article_id=article_id, source_key=key)
    changes = {"status": (comment.status, status)}
    await Comment.filter(id=comment.id).update(status=status)
    await audit.record(
        "comment.moderate", "Comment", comment.id, by=by, changes=changes, door=Door.IMPORT
    )


async def _set_status(rows: Sequence[Any], status: CommentStatus, by: Viewer) -> None:
    """Set the status of comments, with an entry in the audit trail for each. In a transaction."""
    recounted = set[int]()
    for row in rows:
        before = row["status"]
        if before == status.value and row["moderated"] and not row["reports"]:
            continue
        await Comment.filter(id=row["id"]).update(status=status, moderated=True)
        learned = None if row["learned"] is None else CommentVerdict(row["learned"])
        await learn(row, status, learned)
        changes: dict[str, tuple[object, object]] = {"status": (before, status)}
        if row["reports"]:
            await settle([row["id"]])
            changes["reports"] = (row["reports"], 0)
        await audit.record("comment.moderate", "Comment", row["id"], by=by, changes=changes)
        if before != status.value and CommentStatus.APPROVED.value in (before, status.value):
            recounted.add(row["article_id"])
            if status is CommentStatus.APPROVED:
                await events.notify(CommentEventType.APPROVED, row["id"], row["article_id"])
    if recounted:
        await update_counts(sorted(recounted))

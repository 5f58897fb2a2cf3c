"""Readers' comments: submitted, moderated. With `hub.imports`, the only writer of them."""

from __future__ import annotations

from collections.abc import Iterable

from hub import audit, outbox
from hub.auth import (
    Permission,
    Viewer,
    article_statuses,
    comment_condition,
    comment_statuses,
)
from hub.db.database import marks, run, transaction
from hub.db.timestamps import now
from hub.errors import Invalid, NotFound
from hub.models import Article, Comment, CommentKind, CommentStatus
from hub.text import markup, validation
from hub.text.bodies import Body, Markup


@transaction
async def submit(
    article_id: int,
    *,
    author_name: str,
    author_email: str | None,
    body: str,
    by: Viewer,
    parent_id: int | None = None,
) -> int:
    """Store a comment on an article, or a reply to a comment, and return its id.

    A moderator's comment is approved at once; others are PENDING. `body` is plain text.

    Raises:
        NotFound: no such article, or no such comment on it, that `by` may see.
        Invalid: comments are closed, or a value is out of bounds.
    """
    article = await Article.get_or_none(id=article_id, status__in=article_statuses(by)).only(
        "id", "comments_open"
    )
    if article is None:
        raise NotFound("article", article_id)
    if not article.comments_open:
        raise Invalid("articleId", "comments on this article are closed")
    if parent_id is not None and not await Comment.exists(
        id=parent_id, article_id=article_id, status__in=comment_statuses(by)
    ):
        raise NotFound("comment", parent_id)
    words = validation.text(body, "body", validation.MAX_COMMENT)
    if validation.is_blank(words):
        raise Invalid("body", "must not be empty")
    key = audit.new_key()
    comment = await Comment.create(
        article_id=article_id,
        parent_id=parent_id,
        author_name=validation.line(author_name, "authorName", validation.MAX_NAME),
        author_email=validation.email(author_email, "authorEmail"),
        body_html=markup.comment_html(Body(words, Markup.TEXT)),
        status=CommentStatus.APPROVED if by.may(Permission.MODERATE) else CommentStatus.PENDING,
        created_at=now(),
        audit_key=key,
    )
    changes = {
        "status": (None, comment.status),
        "author_email": (None, audit.private_value(comment.author_email, key)),
    }
    await audit.record("comment.submit", "Comment", comment.id, by=by, changes=changes)
    if comment.status is CommentStatus.APPROVED:
        await update_counts([article_id])
    return int(comment.id)


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


async def update_counts(article_ids: Iterable[int]) -> None:
    """Update the counts of approved comments, and announce the articles. In a transaction."""
    ids = list(article_ids)
    await run(
        "UPDATE article SET comment_count = (SELECT count(*) FROM comment c"
        " WHERE c.article_id = article.id AND c.status = ? AND c.kind = ?)"
        f" WHERE id IN ({marks(ids)})",
        [CommentStatus.APPROVED.value, CommentKind.COMMENT.value, *ids],
    )
    await outbox.record(ids)
    public = sorted(await outbox.public_among(ids))
    await outbox.announce(
        [*(f"article:{id_}" for id_ in ids), *(f"comments:{id_}" for id_ in public)]
    )

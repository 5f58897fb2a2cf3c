"""Comments as readers submit them."""

from __future__ import annotations

from hub import audit
from hub.auth import Permission, Viewer, article_statuses, comment_statuses
from hub.comments.counts import update_counts
from hub.db.database import transaction
from hub.db.timestamps import now
from hub.errors import Invalid, NotFound
from hub.models import Article, Comment, CommentStatus
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

"""Comments as readers submit them."""

from __future__ import annotations

from typing import Any

from hub import audit
from hub.auth import Permission, Viewer, article_statuses, comment_statuses
from hub.comments import events, spam
from hub.comments.counts import update_counts
from hub.comments.judging import Form, judge
from hub.comments.policy import NO_POLICY, Policy, closing_time, waits
from hub.comments.secrets import compute_digest
from hub.comments.texts import validate_body
from hub.db.database import transaction
from hub.db.timestamps import now
from hub.errors import Invalid, NotFound
from hub.models import Article, Comment, CommentEventType, CommentStatus
from hub.text import markup, validation
from hub.text.bodies import Body, Markup

NO_FORM = Form()


@transaction
async def submit(
    article_id: int,
    *,
    author_name: str,
    author_email: str | None,
    body: str,
    by: Viewer,
    parent_id: int | None = None,
    form: Form = NO_FORM,
    policy: Policy = NO_POLICY,
    secret: str | None = None,
) -> int:
    """Store a comment on an article, or a reply to a comment, and return its id.

    A moderator's comment is approved at once; others are judged by the spam filter, and wait as
    PENDING unless article or policy let them through. `body` is plain text. With the `secret`, of
    which a hash is stored, its writer may edit and delete it (`hub.comments.own`).

    Raises:
        NotFound: no such article, or no such comment on it, that `by` may see.
        Invalid: comments are closed, a value is out of bounds, or a form token is needed.
    """
    article = await _open_article(article_id, by, policy)
    if parent_id is not None and not await Comment.exists(
        id=parent_id, article_id=article_id, status__in=comment_statuses(by)
    ):
        raise NotFound("comment", parent_id)
    words = validate_body(body)
    name = validation.line(author_name, "authorName", validation.MAX_NAME)
    email = validation.email(author_email, "authorEmail")
    status, columns = CommentStatus.APPROVED, dict[str, Any]()
    if not by.may(Permission.MODERATE):
        submission = spam.Submission(name, email, words, article.language)
        judgement, columns = await judge(submission, article_id, form)
        if policy.needs_token and judgement.token_problem:
            raise Invalid("formToken", f"{judgement.token_problem}: ask `commentFormToken` for one")
        if waits(article.comment_moderation or policy.moderation, judgement.verdict):
            status = CommentStatus.PENDING
    key = audit.new_key()
    comment = await Comment.create(
        article_id=article_id,
        parent_id=parent_id,
        author_name=name,
        author_email=email,
        body_html=markup.comment_html(Body(words, Markup.TEXT)),
        status=status,
        created_at=now(),
        audit_key=key,
        secret_digest=None if secret is None else compute_digest(secret),
        **columns,
    )
    changes = {
        "status": (None, comment.status),
        "author_email": (None, audit.private_value(comment.author_email, key)),
    }
    await audit.record("comment.submit", "Comment", comment.id, by=by, changes=changes)
    is_approved = comment.status is CommentStatus.APPROVED
    event = CommentEventType.APPROVED if is_approved else CommentEventType.PENDING
    await events.notify(event, comment.id, article_id)
    if is_approved:
        await update_counts([article_id])
    return int(comment.id)


async def _open_article(article_id: int, by: Viewer, policy: Policy) -> Article:
    """Return the article if `by` may comment on it; see `submit` for the errors."""
    article = await Article.get_or_none(id=article_id, status__in=article_statuses(by)).only(
        "id", "comments_open", "comment_moderation", "published_at", "language"
    )
    if article is None:
        raise NotFound("article", article_id)
    if not article.comments_open:
        raise Invalid("articleId", "comments on this article are closed")
    closes_at = closing_time(article.published_at, policy, by)
    if closes_at is not None and closes_at <= now():
        problem = f"comments on this article were closed after {policy.close_days} days"
        raise Invalid("articleId", problem)
    return article

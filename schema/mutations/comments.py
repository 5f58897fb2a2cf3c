"""The mutations of comments."""

from __future__ import annotations

import strawberry

from hub import comments, errors
from hub.models import CommentStatus
from schema import ids
from schema.context import Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input, optional
from schema.rate_limits import Limit
from schema.types.comment import Comment
from schema.types.fields import field


@strawberry.input(description="A reader's comment.")
class SubmitCommentInput:
    """See `hub.comments.submit`."""

    article_id: strawberry.ID = field("The global id of the article that it is about.")
    author_name: str = field("The name to show, at most 200 characters.")
    author_email: str | None = optional("For moderators alone; never published.")
    body: str = field("What to say, as plain text, at most 20,000 characters.")
    parent_id: strawberry.ID | None = optional("The global id of the comment it replies to.")


@strawberry.input(description="A comment, and what is to become of it.")
class ModerateCommentInput:
    """See `hub.comments.moderate`."""

    id: strawberry.ID = field("The comment's global id.")
    status: CommentStatus = field("Its new status.")


@strawberry.type(description="The comment has been taken in.")
class SubmitCommentPayload:
    """Payload of `submitComment`."""

    comment_id: strawberry.ID = field("The comment's global id.")
    status: CommentStatus = field("`PENDING` while it waits for a moderator.")
    comment: Comment | None = field("The comment; null while only moderators may see it.")


@strawberry.type(description="The comment has that status.")
class ModerateCommentPayload:
    """Payload of `moderateComment`."""

    comment: Comment = field("The comment.")


async def submit_comment(info: Info, input: Input[SubmitCommentInput]) -> SubmitCommentPayload:
    """Call `hub.comments.submit`."""
    context = info.context
    await context.acquire(Limit.COMMENTS)
    parent_id = None
    if input.parent_id is not None:
        parent_id = ids.local_id(input.parent_id, ids.COMMENT, "parentId")
    id_ = await comments.submit(
        ids.local_id(input.article_id, ids.ARTICLE, "articleId"),
        author_name=input.author_name,
        author_email=input.author_email,
        body=input.body,
        by=context.viewer,
        parent_id=parent_id,
    )
    context.loaders = Loaders(
        context.db, context.viewer, context.budget
    )  # drops rows cached before the change
    row = await context.loaders.comment.load(id_)
    return SubmitCommentPayload(
        comment_id=strawberry.ID(ids.global_id(ids.COMMENT, id_)),
        status=CommentStatus(row.status) if row else CommentStatus.PENDING,
        comment=row,  # type: ignore[arg-type]
    )


async def moderate_comment(
    info: Info, input: Input[ModerateCommentInput]
) -> ModerateCommentPayload:
    """Call `hub.comments.moderate`."""
    context = info.context
    id_ = ids.local_id(input.id, ids.COMMENT, "id")
    await comments.moderate(id_, input.status, by=context.viewer)
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    row = await context.loaders.comment.load(id_)
    if row is None:
        raise errors.NotFound("comment", input.id)
    return ModerateCommentPayload(comment=row)  # type: ignore[arg-type]

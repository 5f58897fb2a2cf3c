"""The mutations of comments."""

from __future__ import annotations

import strawberry

from hub import comments, errors
from hub.auth import Permission
from hub.models import CommentStatus
from hub.settings import Settings
from schema import ids
from schema.context import Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input, optional
from schema.rate_limits import Limit
from schema.types.comment import Comment
from schema.types.fields import field
from schema.types.moderation import CommentFilterInput


@strawberry.input(description="A reader's comment.")
class SubmitCommentInput:
    """See `hub.comments.submit`."""

    article_id: strawberry.ID = field("The global id of the article that it is about.")
    author_name: str = field("The name to show, at most 200 characters.")
    author_email: str | None = optional("For moderators alone; never published.")
    body: str = field("What to say, as plain text, at most 20,000 characters.")
    parent_id: strawberry.ID | None = optional("The global id of the comment it replies to.")
    form_token: str | None = optional(
        "The token of `commentFormToken`. Comments without one are held for a moderator, or "
        "refused where `HUB_COMMENT_FORM_TOKEN` is `required`."
    )
    honeypot: str | None = optional(
        "A field of the form that people do not see: what stands in it was filled in by a program."
    )


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


@strawberry.input(description="A comment, and what it shall say.")
class EditCommentInput:
    """See `hub.comments.edit`."""

    id: strawberry.ID = field("The comment's global id.")
    body: str = field("The new text, as plain text, at most 20,000 characters.")


@strawberry.type(description="The comment says that, and is marked as edited.")
class EditCommentPayload:
    """Payload of `editComment`."""

    comment: Comment = field("The comment.")


async def edit_comment(info: Info, input: Input[EditCommentInput]) -> EditCommentPayload:
    """Call `hub.comments.edit`."""
    context = info.context
    id_ = ids.local_id(input.id, ids.COMMENT, "id")
    await comments.edit(id_, input.body, by=context.viewer)
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    row = await context.loaders.comment.load(id_)
    if row is None:
        raise errors.NotFound("comment", input.id)
    return EditCommentPayload(comment=row)  # type: ignore[arg-type]


@strawberry.input(description="All comments that match, and what is to become of them.")
class ModerateCommentsInput:
    """See `hub.comments.moderate_matching`."""

    statuses: list[CommentStatus] | None = optional(
        "Their present statuses; those that wait where none is named."
    )
    filter: CommentFilterInput | None = optional("Which of these; all where none is named.")
    status: CommentStatus = field("Their new status.")


@strawberry.type(description="These comments have that status.")
class ModerateCommentsPayload:
    """Payload of `moderateComments`."""

    moderated: int = field("How many comments were changed, at most 10,000.")
    has_more: bool = field("Whether more match: call it again.")


async def moderate_comments(
    info: Info, input: Input[ModerateCommentsInput]
) -> ModerateCommentsPayload:
    """Call `hub.comments.moderate_matching`."""
    context = info.context
    context.viewer.require(Permission.MODERATE)
    conditions = (input.filter or CommentFilterInput()).to_filter(input.statuses, "filter")
    number, has_more = await comments.moderate_matching(conditions, input.status, by=context.viewer)
    return ModerateCommentsPayload(moderated=number, has_more=has_more)


def _policy(settings: Settings) -> comments.Policy:
    return comments.Policy(
        needs_token=settings.comment_form_token == "required",
        approves_clean=settings.comment_moderation == "suspicious",
        close_days=settings.comment_close_days,
    )


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
        form=comments.Form(input.form_token, input.honeypot),
        policy=_policy(context.settings),
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

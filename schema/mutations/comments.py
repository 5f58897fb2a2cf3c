"""The mutations of comments."""

from __future__ import annotations

import strawberry

from hub import comments, errors
from hub.auth import Permission
from hub.comments import secrets
from hub.models import CommentStatus
from hub.reads.comments import CommentRow
from schema import ids
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input, optional
from schema.rate_limits import Limit
from schema.types.comment import Comment
from schema.types.enums import CommentReportReason
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
    secret: str | None = field(
        "With it, the writer edits and deletes the comment: `editOwnComment`, `deleteOwnComment`. "
        "Keep it with the writer alone; it is shown this once. Null where "
        "`HUB_COMMENT_EDIT_MINUTES` is 0, and for moderators."
    )
    editable_minutes: int = field("For how many minutes `editOwnComment` takes it; 0: never.")


@strawberry.input(description="One's own comment, and what it shall say.")
class EditOwnCommentInput:
    """See `hub.comments.edit_own`."""

    secret: str = field("The secret that `submitComment` returned.")
    body: str = field("The new text, as plain text, at most 20,000 characters.")


@strawberry.type(description="The comment says that, and is marked as edited.")
class EditOwnCommentPayload:
    """Payload of `editOwnComment`."""

    comment_id: strawberry.ID = field("The comment's global id.")
    status: CommentStatus = field("`PENDING` while it waits for a moderator, perhaps again.")
    comment: Comment | None = field("The comment; null while only moderators may see it.")


@strawberry.input(description="One's own comment.")
class DeleteOwnCommentInput:
    """See `hub.comments.delete_own`."""

    secret: str = field("The secret that `submitComment` returned.")


@strawberry.type(description="Text, name and address of the comment are gone.")
class DeleteOwnCommentPayload:
    """Payload of `deleteOwnComment`."""

    comment_id: strawberry.ID = field("What was the comment's global id.")


@strawberry.input(description="A comment that its moderators should look at.")
class ReportCommentInput:
    """See `hub.comments.report`."""

    id: strawberry.ID = field("The comment's global id.")
    reason: CommentReportReason = field("Why.")


@strawberry.type(description="The moderators know.")
class ReportCommentPayload:
    """Payload of `reportComment`."""

    comment_id: strawberry.ID = field("The comment's global id.")
    was_reported: bool = field("Whether you had reported it before: then nothing is changed.")


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
    row = await _load(context, id_)
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


async def submit_comment(info: Info, input: Input[SubmitCommentInput]) -> SubmitCommentPayload:
    """Call `hub.comments.submit`."""
    context = info.context
    await context.acquire(Limit.COMMENTS)
    parent_id = None
    if input.parent_id is not None:
        parent_id = ids.local_id(input.parent_id, ids.COMMENT, "parentId")
    policy = comments.read_policy(context.settings)
    is_editable = policy.edit_minutes and not context.viewer.may(Permission.MODERATE)
    secret = secrets.new_secret() if is_editable else None
    id_ = await comments.submit(
        ids.local_id(input.article_id, ids.ARTICLE, "articleId"),
        author_name=input.author_name,
        author_email=input.author_email,
        body=input.body,
        by=context.viewer,
        parent_id=parent_id,
        form=comments.Form(input.form_token, input.honeypot),
        policy=policy,
        secret=secret,
    )
    row = await _load(context, id_)
    return SubmitCommentPayload(
        comment_id=strawberry.ID(ids.global_id(ids.COMMENT, id_)),
        status=CommentStatus(row.status) if row else CommentStatus.PENDING,
        comment=row,  # type: ignore[arg-type]
        secret=secrets.join(id_, secret) if secret else None,
        editable_minutes=policy.edit_minutes if secret else 0,
    )


async def edit_own_comment(info: Info, input: Input[EditOwnCommentInput]) -> EditOwnCommentPayload:
    """Call `hub.comments.edit_own`."""
    context = info.context
    await context.acquire(Limit.COMMENTS)
    policy = comments.read_policy(context.settings)
    id_ = await comments.edit_own(input.secret, input.body, by=context.viewer, policy=policy)
    row = await _load(context, id_)
    return EditOwnCommentPayload(
        comment_id=strawberry.ID(ids.global_id(ids.COMMENT, id_)),
        status=CommentStatus(row.status) if row else CommentStatus.PENDING,
        comment=row,  # type: ignore[arg-type]
    )


async def delete_own_comment(
    info: Info, input: Input[DeleteOwnCommentInput]
) -> DeleteOwnCommentPayload:
    """Call `hub.comments.delete_own`."""
    context = info.context
    await context.acquire(Limit.COMMENTS)
    id_ = await comments.delete_own(input.secret, by=context.viewer)
    return DeleteOwnCommentPayload(comment_id=strawberry.ID(ids.global_id(ids.COMMENT, id_)))


async def report_comment(info: Info, input: Input[ReportCommentInput]) -> ReportCommentPayload:
    """Call `hub.comments.report`."""
    context = info.context
    await context.acquire(Limit.COMMENTS)
    is_new = await comments.report(
        ids.local_id(input.id, ids.COMMENT, "id"),
        input.reason,
        reporter=context.client_key,
        by=context.viewer,
        policy=comments.read_policy(context.settings),
    )
    return ReportCommentPayload(comment_id=input.id, was_reported=not is_new)


async def _load(context: HubContext, comment_id: int) -> CommentRow | None:
    """Load a comment as the viewer sees it after the change: rows that were cached are dropped."""
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    return await context.loaders.comment.load(comment_id)


async def moderate_comment(
    info: Info, input: Input[ModerateCommentInput]
) -> ModerateCommentPayload:
    """Call `hub.comments.moderate`."""
    context = info.context
    id_ = ids.local_id(input.id, ids.COMMENT, "id")
    await comments.moderate(id_, input.status, by=context.viewer)
    row = await _load(context, id_)
    if row is None:
        raise errors.NotFound("comment", input.id)
    return ModerateCommentPayload(comment=row)  # type: ignore[arg-type]

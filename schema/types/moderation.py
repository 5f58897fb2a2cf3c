"""The queue of moderators with its filter, and the tokens of forms."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from hub.auth import ALL_COMMENTS
from hub.comments import form_tokens
from hub.db.keyset import parse_page_args
from hub.reads.comments import moderation
from hub.reads.comments.moderation import CommentFilter, ModeratedRow, Order
from hub.text import validation
from schema import ids
from schema.context import Info
from schema.types.comment import moderated_key, reported_key
from schema.types.enums import CommentStatus, CommentVerdict, ModerationSort
from schema.types.paging import After, Before, First, Last, RowConnection


def _optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


@strawberry.input(description="Narrows a list of comments for moderators; every field has to hold.")
class CommentFilterInput:
    """See `hub.reads.comments.moderation.CommentFilter`."""

    article_id: strawberry.ID | None = _optional("The global id of their article.")
    author: str | None = _optional("A part of the author's name or e-mail address.")
    text: str | None = _optional("A part of what they say.")
    verdicts: list[CommentVerdict] | None = _optional("Verdicts of the spam filter.")
    reported: bool | None = _optional(
        "Whether readers have reported them since a moderator decided. With `true` and no "
        "statuses, public comments are listed too."
    )

    def to_filter(self, statuses: list[CommentStatus] | None, path: str) -> CommentFilter:
        """Return the filter of the read; PENDING comments without `statuses`. Raises Invalid."""
        named = {status.value for status in statuses or ()}
        requested = named or moderation.default_statuses(self.reported)
        article_id = self.article_id
        return CommentFilter(
            statuses=tuple(status for status in ALL_COMMENTS if status in requested),
            article_id=None
            if article_id is None
            else ids.local_id(article_id, ids.ARTICLE, f"{path}.articleId"),
            author=validation.optional_line(self.author, f"{path}.author"),
            text=validation.optional_line(self.text, f"{path}.text"),
            verdicts=None
            if self.verdicts is None
            else tuple(sorted({verdict.value for verdict in self.verdicts})),
            reported=self.reported,
        )


async def moderation_queue(
    info: Info,
    statuses: Annotated[
        list[CommentStatus] | None,
        strawberry.argument(description="Which comments; those that wait where none is named."),
    ] = None,
    filter: Annotated[
        CommentFilterInput | None, strawberry.argument(description="Which of these.")
    ] = None,
    sort: Annotated[
        ModerationSort, strawberry.argument(description="The order of the list.")
    ] = ModerationSort.NEWEST,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> RowConnection[ModeratedRow]:
    """Load a page of the moderators' queue. Raises NotAllowed, Invalid."""
    db, viewer = info.context.db, info.context.viewer
    conditions = (filter or CommentFilterInput()).to_filter(statuses, "filter")
    page_args = parse_page_args(first, after, last, before)
    page = await moderation.queue(db, page_args, conditions, viewer, sort)
    key = moderated_key if sort is Order.NEWEST else reported_key
    return RowConnection(page, key, lambda: moderation.queue_count(db, conditions, viewer))


async def comment_form_token(
    info: Info,
    article_id: Annotated[
        strawberry.ID, strawberry.argument(description="The global id of the article.")
    ],
) -> str:
    """Issue a form token, whether there is such an article or not. Raises Invalid."""
    info.context.cache_tags.is_cacheable = False
    number = ids.local_id(article_id, ids.ARTICLE, "articleId")
    return await form_tokens.issue(info.context.db, number)

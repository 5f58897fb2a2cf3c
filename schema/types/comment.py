"""Comments: what readers say, as threads; and as their moderators see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

import strawberry

from hub.db.keyset import Key, Slice, window
from hub.reads.comments import CommentRow, ModeratedRow, sort_value
from hub.text import markup
from schema import ids
from schema.context import Info
from schema.execution import lookahead
from schema.execution.field_resolvers import From
from schema.types.enums import CommentKind, CommentSort, CommentStatus, Format
from schema.types.fields import SURE_ARTICLE, derived, identified, loaded, shown
from schema.types.node import Node
from schema.types.paging import After, Before, Connection, Edge, First, Last, Listing

BodyFormat = Annotated[Format, strawberry.argument(description="How it is to be written.")]
Sorted = Annotated[CommentSort, strawberry.argument(description="The order of the list.")]


def comment_key(row: CommentRow) -> Key:
    """The key of a comment in every list of comments."""
    return sort_value(row), row.id


def moderated_key(row: ModeratedRow) -> Key:
    """The key of a comment in the moderators' queue."""
    return comment_key(row.comment)


def written(html: str, how: Format) -> str:
    """Canonical HTML in the format that is asked for."""
    if how is Format.HTML:
        return html
    return markup.to_text(html) if how is Format.TEXT else markup.to_markdown(html)


def _body(format: BodyFormat = Format.HTML) -> Callable[[CommentRow], str]:
    if format is Format.HTML:
        return attrgetter("body_html")
    return lambda row: written(row.body_html, format)


def _parent(info: Info) -> From:
    return From(info.context.loaders.comment)


def _article(info: Info) -> From:
    return From(info.context.loaders.article)


def _replies(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    sort: Sorted = CommentSort.OLDEST,
) -> From:
    loaders = info.context.loaders
    cut = lookahead.slice_of(info, "CommentConnection", window(first, after, last, before))
    counts = loaders.reply_count

    def show(found: Slice[CommentRow], id_: int) -> Listing[CommentRow]:
        return Listing(found, comment_key, lambda: counts.load(id_))

    return From(loaders.replies(cut, newest_first=sort is CommentSort.NEWEST), show, counts)


@strawberry.type(description="What a reader says. Never tells the reader's e-mail address.")
class Comment(Node):
    """Shows a `CommentRow`."""

    id: strawberry.ID = identified(ids.COMMENT, "Global and opaque.")
    author_name: str = shown("The name that the reader gave.")
    body: str = derived(
        _body, 'What the reader says; as HTML, links carry `rel="nofollow ugc"`.', "body_html"
    )
    created: datetime = shown("When it was written.", name="publishedAt")
    kind: CommentKind = shown("A reader's words, or another site's note.")
    status: CommentStatus = shown("Where it is in moderation; `APPROVED` for the public.")
    parent: Comment | None = loaded(
        _parent, "The comment that this one replies to; null at the top of a thread.", "parent_id"
    )
    article = loaded(_article, "The article that it is about.", "article_id", SURE_ARTICLE)
    replies: CommentConnection = loaded(_replies, "The replies right below, the earliest first.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether it is a comment's row."""
        return isinstance(obj, CommentRow)


@strawberry.type(description="A comment in a list.")
class CommentEdge(Edge):
    """An edge of `CommentConnection`."""

    node: Comment = shown("The comment.")


@strawberry.type(description="A page of a list of comments.")
class CommentConnection(Connection):
    """Shows a `Listing[CommentRow]`."""

    edges: list[CommentEdge] = shown("The comments of this page, each with its cursor.")
    nodes: list[Comment] = shown("The comments of this page.")


@strawberry.type(description="A comment as its moderators see it.")
class ModeratedComment(Node):
    """Shows a `ModeratedRow`."""

    id: strawberry.ID = identified(
        ids.MODERATED, "Global and opaque; not that of the comment.", "comment.id"
    )
    comment: Comment = shown("The comment.")
    author_email: str | None = shown(
        "The reader's e-mail address, if one was given. For moderators alone: do not publish it."
    )
    article = loaded(_article, "The article that it is about.", "comment.article_id", SURE_ARTICLE)

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether it is a row of the queue."""
        return isinstance(obj, ModeratedRow)


@strawberry.type(description="A comment in the moderators' queue.")
class ModeratedCommentEdge(Edge):
    """An edge of `ModeratedCommentConnection`."""

    node: ModeratedComment = shown("The comment, with what moderators may know of it.")


@strawberry.type(description="A page of the moderators' queue.")
class ModeratedCommentConnection(Connection):
    """Shows a `Listing[ModeratedRow]`."""

    edges: list[ModeratedCommentEdge] = shown("The comments of this page, each with its cursor.")
    nodes: list[ModeratedComment] = shown("The comments of this page.")

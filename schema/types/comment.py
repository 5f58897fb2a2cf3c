"""The comment types: readers' comments in threads, and the moderation queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, assert_never

import strawberry
from strawberry import Parent

from hub.db.keyset import Key, Page, parse_page_args
from hub.reads.articles import ArticleRow
from hub.reads.comments import CommentRow, sort_value
from hub.reads.comments.moderation import ModeratedRow
from hub.text import markup
from schema import article_urls, ids
from schema.context import Info
from schema.execution import lookahead
from schema.execution.field_resolvers import ROW_RESOLVER, LoaderField, RowResolver
from schema.types.enums import (
    CommentKind,
    CommentReportReason,
    CommentSort,
    CommentStatus,
    CommentVerdict,
    Format,
)
from schema.types.fields import ARTICLE_NON_NULL, batched, computed, field, id_field
from schema.types.node import Node
from schema.types.paging import After, Before, First, Last, RowConnection, connection

BodyFormat = Annotated[Format, strawberry.argument(description="How it is to be written.")]
SortArgument = Annotated[CommentSort, strawberry.argument(description="The order of the list.")]


def comment_key(row: CommentRow) -> Key:
    """Return the cursor key of a comment in any list of comments."""
    return sort_value(row), row.id


def moderated_key(row: ModeratedRow) -> Key:
    """Return the cursor key of a comment in the moderation queue."""
    return comment_key(row.comment)


def reported_key(row: ModeratedRow) -> Key:
    """Return the cursor key of a comment in the moderation queue that is sorted by reports."""
    return row.report_count, row.comment.id


def is_newest_first(sort: CommentSort) -> bool:
    """Tell whether an order of comments starts with the newest."""
    match sort:
        case CommentSort.NEWEST:
            return True
        case CommentSort.OLDEST:
            return False
        case _:
            assert_never(sort)


def select_renderer(format_: Format) -> Callable[[str], str]:
    """Return the function that renders canonical HTML in a format."""
    match format_:
        case Format.HTML:
            return str
        case Format.TEXT:
            return markup.to_text
        case Format.MARKDOWN:
            return markup.to_markdown
        case _:
            assert_never(format_)


def _html_reader(format: Format = Format.HTML) -> Callable[[Any], Any] | None:
    return attrgetter("body_html") if format is Format.HTML else None


async def _render_body(parent: Parent[Any], info: Info, format: BodyFormat = Format.HTML) -> str:
    html: str = parent.body_html
    if format is Format.HTML:
        return html
    [text] = await info.context.renderer.render([html], select_renderer(format))
    return text


def body_field(description: str) -> Any:
    """Declare the body of a row with `body_html`; other formats are rendered from that."""
    return strawberry.field(
        resolver=_render_body,
        description=description,
        metadata={ROW_RESOLVER: RowResolver(_html_reader, frozenset({"body_html"}))},
    )


def _parent(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.comment)


def _reply_count(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.reply_count)


def _url(info: Info) -> LoaderField:
    settings = info.context.settings

    def transform(article: ArticleRow | None, place: tuple[int, int]) -> str | None:
        return None if article is None else article_urls.comment_url(article, place[1], settings)

    return LoaderField(info.context.loaders.article_of_comment, transform)


def _anchor_reader() -> Callable[[Any], str]:
    return lambda row: article_urls.comment_anchor(row.id)


def _article(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


def _replies(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    sort: SortArgument = CommentSort.OLDEST,
) -> LoaderField:
    loaders = info.context.loaders
    page_args = lookahead.narrow_page(
        info, "CommentConnection", parse_page_args(first, after, last, before)
    )
    counts = loaders.reply_count

    def transform(page: Page[CommentRow], id_: int) -> RowConnection[CommentRow]:
        return RowConnection(page, comment_key, lambda: counts.load(id_))

    return LoaderField(
        loaders.replies(page_args, newest_first=is_newest_first(sort)), transform, counts
    )


@strawberry.type(description="What a reader says. Never tells the reader's e-mail address.")
class Comment(Node):
    """Resolved from a `CommentRow`."""

    id: strawberry.ID = id_field(ids.COMMENT, "Global and opaque.")
    author_name: str = field("The name that the reader gave.")
    body: str = body_field('What the reader says; as HTML, links carry `rel="nofollow ugc"`.')
    created: datetime = field("When it was written.", name="publishedAt")
    kind: CommentKind = field("A reader's words, or another site's note.")
    status: CommentStatus = field("Where it is in moderation; `APPROVED` for the public.")
    is_erased: bool = field(
        "Whether its reader's words were erased: it is empty, and keeps the place of its replies."
    )
    parent: Comment | None = batched(
        _parent, "The comment that this one replies to; null at the top of a thread.", "parent_id"
    )
    article = batched(_article, "The article that it is about.", "article_id", ARTICLE_NON_NULL)
    anchor: str = computed(
        _anchor_reader, "The `id` of its element on a page, as in `comment-12`.", "id"
    )
    url: str | None = batched(
        _url,
        "The address of its article with its anchor: where the article is read by "
        "`HUB_ARTICLE_URL` or its canonical address, or else its story in the hub; null if the hub "
        "has no pages.",
        "place",
    )
    reply_count: int = batched(_reply_count, "How many replies are right below.")
    edited_at: datetime | None = field("When it was edited last; null if it never was.")
    edited_by: str | None = field(
        "Who edited it: `READER` for its own writer, or the role of a moderator, `EDITOR` or "
        "`ADMIN`."
    )
    replies: CommentConnection = batched(_replies, "The replies right below, the earliest first.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a comment's row."""
        return isinstance(obj, CommentRow)


CommentConnection: Any = connection(Comment, "comment")


@strawberry.type(description="A reason of the spam filter's verdict.")
class VerdictReason:
    """Resolved from a `hub.reads.comments.moderation.VerdictReason`."""

    kind: str = field(
        "Its kind: `LINKS`, `CONTACT`, `MONEY`, `MARKUP`, `NAME`, `SCRIPT`, `SHOUTING`, "
        "`DUPLICATE`, `NEAR_DUPLICATE`, `RATE`, `HONEYPOT`, `NO_FORM_TOKEN`, `TRUSTED`, "
        "`LEARNED`; others may be added."
    )
    text: str = field("An explanation for the moderator.")


@strawberry.type(description="How many readers gave a reason when they reported a comment.")
class ReportCount:
    """Resolved from a `hub.reads.comments.moderation.ReportCount`."""

    reason: CommentReportReason = field("The reason.")
    readers: int = field("How many readers gave it.")


def _reports(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.reports)


@strawberry.type(description="A comment as its moderators see it.")
class ModeratedComment(Node):
    """Resolved from a `ModeratedRow`."""

    id: strawberry.ID = id_field(
        ids.MODERATED, "Global and opaque; not that of the comment.", "comment.id"
    )
    comment: Comment = field("The comment.")
    author_email: str | None = field(
        "The reader's e-mail address, if one was given. For moderators alone: do not publish it."
    )
    article = batched(
        _article, "The article that it is about.", "comment.article_id", ARTICLE_NON_NULL
    )
    verdict: CommentVerdict | None = field(
        "The spam filter's opinion at its submission; null of imported and of moderators' comments."
    )
    spam_score: float | None = field("The probability of spam that the verdict rests on, 0 to 1.")
    reasons: list[VerdictReason] = field("The reasons of the verdict, the weightiest first.")
    report_count: int = field("How many readers have reported it since a moderator decided.")
    reports: list[ReportCount] = batched(
        _reports, "Why they did, the frequent reasons first.", "comment.id"
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a row of the moderation queue."""
        return isinstance(obj, ModeratedRow)


ModeratedCommentConnection: Any = connection(
    ModeratedComment,
    "comment",
    page_description="A page of the moderators' queue.",
    edge_description="A comment in the moderators' queue.",
    node_description="The comment, with what moderators may know of it.",
)

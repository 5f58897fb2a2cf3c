"""The site as it was at a moment: articles by the versions that were there, for editors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeVar

import strawberry
from strawberry import Parent

from hub import snapshots
from hub.auth import Permission
from hub.db.keyset import Key, Page, encode_cursor, parse_page_args
from hub.errors import Invalid
from hub.models import Status
from hub.reads import history
from hub.reads.history import PastComment, PastRow
from hub.taxonomy import AUTHORS, TOPICS
from hub.taxonomy.history import Label, StoredLabel, without_repetitions
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.article import Article
from schema.types.comment import Comment
from schema.types.enums import (
    ArticleStatus,
    AsOfCommentGap,
    AsOfGap,
    CommentKind,
    RelatedKind,
)
from schema.types.fields import batched, computed, field, id_field, resolved
from schema.types.paging import After, Before, First, Last, PageBounds, PageInfo
from schema.types.revision import LabelRow, Revision, RevisionLabel

R = TypeVar("R")


class PastSite(NamedTuple):
    """Source object of the `SiteAsOf` type."""

    moment: datetime


class PastArticle(NamedTuple):
    """Source object of the `ArticleAsOf` type: its row, and the moment."""

    row: PastRow
    moment: datetime

    @property
    def article_id(self) -> int:
        """The article's id."""
        return self.row.article_id

    @property
    def status(self) -> str:
        """The status that it had."""
        return self.row.status

    @property
    def gap(self) -> history.Gap | None:
        """The reason why its version is unknown."""
        return self.row.gap

    @property
    def revision(self) -> Any:
        """The version that was there."""
        return self.row.revision


class PastComments(NamedTuple):
    """Source object of the `CommentsAsOf` type."""

    nodes: list[PastComment]
    page_info: PageBounds
    moment: datetime


class PastEdge(NamedTuple):
    """Source object of the `RelatedAsOf` type."""

    kind: str
    anchor: str
    url: str | None
    position: int | None
    node: PastArticle | None


class PastPage(NamedTuple):
    """Source object of the `ArticlesAsOf` type."""

    nodes: list[PastArticle]
    page_info: PageBounds


def _key(row: PastRow) -> Key:
    moment = datetime.fromisoformat(row.published or "")
    return moment.isoformat(sep=" "), row.article_id


async def _articles(
    parent: Parent[PastSite],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> PastPage:
    """Load a page of what was public. Raises NotAllowed, Invalid."""
    db, viewer = info.context.db, info.context.viewer
    page_args = parse_page_args(first, after, last, before)
    page: Page[PastRow] = await history.articles(db, parent.moment, page_args, viewer)
    return PastPage([PastArticle(row, parent.moment) for row in page.rows], _bounds(page, _key))


async def _article(
    parent: Parent[PastSite],
    info: Info,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="Its global id.")] = None,
    slug: Annotated[
        str | None, strawberry.argument(description="The slug that it had at that moment.")
    ] = None,
) -> PastArticle | None:
    """Load an article as it was. Raises NotAllowed, Invalid."""
    if (id is None) == (slug is None):
        raise Invalid("slug", "give either id or slug")
    number = None if id is None else ids.local_id(id, ids.ARTICLE, "id")
    db, viewer = info.context.db, info.context.viewer
    row = await history.article(db, parent.moment, viewer, article_id=number, slug=slug)
    return None if row is None else PastArticle(row, parent.moment)


def _is_complete(parent: Parent[PastSite], info: Info) -> Awaitable[bool]:
    context = info.context
    days = context.settings.audit_days
    return history.is_complete(context.db, parent.moment, days, context.viewer)


async def _related(parent: Parent[PastArticle], info: Info) -> list[PastEdge] | None:
    """Load the edges of a version, with the articles that they led to as those were."""
    if parent.revision is None:
        return None
    loaders, viewer = info.context.loaders, info.context.viewer
    snapshot = await loaders.snapshot.load(parent.revision.id)
    if snapshot is None or "edges" not in snapshot:
        return None
    edges = [dict(zip(snapshots.EDGE, edge, strict=True)) for edge in snapshot["edges"]]
    targets = [edge["target_id"] for edge in edges if edge["target_id"]]
    rows = await history.by_ids(info.context.db, targets, parent.moment, viewer)
    nodes = {id_: PastArticle(row, parent.moment) for id_, row in rows.items()}
    return [
        PastEdge(
            edge["kind"],
            edge["anchor"],
            edge["url"],
            edge["position"],
            nodes.get(edge["target_id"]),
        )
        for edge in edges
    ]


async def _labels(
    parent: PastArticle, info: Info, name: str, subject: str
) -> list[LabelRow] | None:
    """Load the labels of a version as they were at the moment, each once."""
    row, loaders = parent.revision, info.context.loaders
    snapshot = None if row is None else await loaders.snapshot.load(row.id)
    if snapshot is None or name not in snapshot or row.saved_at is None:
        return None
    stored = [
        StoredLabel(subject, Label(*values), row.saved_at, parent.moment)
        for values in snapshot[name]
    ]
    labels = await loaders.past_label.load_many(stored)
    return [LabelRow(label.slug, label.name) for label in without_repetitions(labels)]


def _topics(parent: Parent[PastArticle], info: Info) -> Awaitable[list[LabelRow] | None]:
    return _labels(parent, info, "topics", TOPICS.subject)


def _authors(parent: Parent[PastArticle], info: Info) -> Awaitable[list[LabelRow] | None]:
    return _labels(parent, info, "authors", AUTHORS.subject)


async def _comments(
    parent: Parent[PastArticle],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> PastComments:
    """Load a page of the comments that were public, none if the article was not. Raises Invalid."""
    page_args = parse_page_args(first, after, last, before)
    page: Page[PastComment] = Page([], False, False)
    if parent.status == Status.PUBLISHED.value:
        db, viewer = info.context.db, info.context.viewer
        page = await history.comments(db, parent.article_id, parent.moment, page_args, viewer)
    return PastComments(page.rows, _bounds(page, lambda row: (row.created, row.id)), parent.moment)


def _parent_id() -> Callable[[Any], str | None]:
    read = ids.reader(ids.COMMENT, "parent_id")
    return lambda row: None if row.parent_id is None else read(row)


def _bounds(page: Page[R], key: Callable[[R], Key]) -> PageBounds:
    ends = [encode_cursor(*key(row)) for row in (*page.rows[:1], *page.rows[-1:])]
    start, end = ends or (None, None)
    return PageBounds(page.has_next, page.has_previous, start, end)


def _has_all_comments(parent: Parent[PastComments], info: Info) -> Awaitable[bool]:
    context = info.context
    days = context.settings.audit_days
    return history.has_all_comments(context.db, parent.moment, days, context.viewer)


def _present_comment(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.comment)


def _present(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


@strawberry.type(description="An edge that left an article at a moment.")
class RelatedAsOf:
    """Resolved from a `PastEdge`."""

    kind: RelatedKind = field("Its kind.")
    anchor: str = field("The words of the link; empty for the title of its target.")
    url: str | None = field("The address that it names.")
    position: int | None = field("The paragraph, from 0, that holds it.")
    node: ArticleAsOf | None = field(
        "The article that it led to, as it was; null where none was public."
    )


@strawberry.type(description="A comment that was public at a moment.")
class CommentAsOf:
    """Resolved from a `PastComment`."""

    comment_id: strawberry.ID = id_field(ids.COMMENT, "The comment's global id.", "id")
    author_name: str | None = field("The name that the reader gave; null where it was erased.")
    body: str | None = field("What it said, as HTML; null where `gap` says why.")
    created: datetime = field("When it was written.", name="publishedAt")
    kind: CommentKind = field("A reader's words, or another site's note.")
    parent_id: strawberry.ID | None = computed(
        _parent_id,
        "The global id of the comment that it replies to; null at the top of a thread.",
        "parent_id",
    )
    gap: AsOfCommentGap | None = field("What of it cannot be told any more.")
    comment: Comment | None = batched(
        _present_comment, "The comment as it is now; null if it is gone, or is for moderators."
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a comment of the past."""
        return isinstance(obj, PastComment)


@strawberry.type(description="A page of the comments that were public at a moment.")
class CommentsAsOf:
    """Resolved from `PastComments`."""

    nodes: list[CommentAsOf] = field("The comments of this page, the earliest first.")
    page_info: PageInfo = field("Where this page lies in the list.")
    is_complete: bool = resolved(
        _has_all_comments,
        "Whether the list holds all that was public then: not if comments were deleted since, if "
        "the audit trail does not reach back so far, or if you may not see hidden ones.",
        weight=25,
    )


@strawberry.type(description="An article as it was at a moment.")
class ArticleAsOf:
    """Resolved from a `PastArticle`."""

    article_id: strawberry.ID = id_field(ids.ARTICLE, "The article's global id.", "article_id")
    status: ArticleStatus = field("The status that it had; readers saw it if `PUBLISHED`.")
    revision: Revision | None = field("The version that was there; null where `gap` says why.")
    gap: AsOfGap | None = field("Why the version that was there cannot be told any more.")
    topics: list[RevisionLabel] | None = resolved(
        _topics,
        "The topics that it carried, as they were called at that moment, which its version may not "
        "tell: merged, renamed and deleted as far as the audit trail reaches. Null where they are "
        "not known.",
        weight=5,
    )
    authors: list[RevisionLabel] | None = resolved(
        _authors, "The authors that it carried, told as its topics are.", weight=5
    )
    related: list[RelatedAsOf] | None = resolved(
        _related,
        "The edges of editors and imports that left that version, those that it had last; null "
        "where they are not known.",
        weight=25,
    )
    comments: CommentsAsOf = resolved(
        _comments,
        "The comments that were public, replies included, the earliest first. Those that were "
        "hidden since need the permission `moderate`.",
        weight=25,
    )
    article: Article | None = batched(
        _present, "The article as it is now; null if it is gone.", "article_id"
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for an article of the past."""
        return isinstance(obj, PastArticle)


@strawberry.type(description="A page of the articles that were public at a moment.")
class ArticlesAsOf:
    """Resolved from a `PastPage`."""

    nodes: list[ArticleAsOf] = field("The articles of this page, those published last first.")
    page_info: PageInfo = field("Where this page lies in the list.")


@strawberry.type(description="The site as it was at a moment.")
class SiteAsOf:
    """Resolved from a `PastSite`."""

    moment: datetime = field("The moment.")
    is_complete: bool = resolved(
        _is_complete,
        "Whether `articles` holds all that was public then: not if articles were deleted since, if "
        "one was last saved before version 0.3, or if the audit trail does not reach back so far.",
        weight=25,
    )
    article: ArticleAsOf | None = resolved(
        _article, "One article, by the slug that it had or by its id; null if there was none."
    )
    articles: ArticlesAsOf = resolved(
        _articles, "The articles that were public, those published last first.", weight=25
    )


def site_as_of(
    info: Info,
    as_of: Annotated[datetime, strawberry.argument(description="The moment; not one to come.")],
) -> PastSite:
    """Return the source of the past. Raises NotAllowed."""
    info.context.viewer.require(Permission.READ)
    return PastSite(as_of)

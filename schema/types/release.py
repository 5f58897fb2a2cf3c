"""The Release type, the articles in the trash, and the roots that list them."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry
from strawberry import Parent

from hub.auth import Permission
from hub.db.keyset import Key, parse_page_args
from hub.reads import lifecycle
from hub.reads.lifecycle import ReleaseRow, TrashedRow
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.article import Article
from schema.types.enums import ArticleStatus, LifeAction, ReleaseStatus
from schema.types.fields import batched, field, id_field, resolved
from schema.types.node import Node
from schema.types.paging import After, Before, First, Last, RowConnection, connection


def _article(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


def _items(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.release_items)


def _expires_at(parent: Parent[TrashedRow], info: Info) -> datetime:
    return parent.deleted_at + timedelta(days=info.context.settings.trash_days)


@strawberry.type(description="An article of a release.")
class ReleaseItem:
    """Resolved from a `ReleaseItemRow`."""

    action: LifeAction = field("What the release does with it.")
    article: Article | None = batched(
        _article, "The article, as it is now; null where your token may not read it.", "article_id"
    )


@strawberry.type(
    description="Changes of several articles that become public at one moment, together or not at "
    "all."
)
class Release(Node):
    """Resolved from a `ReleaseRow`."""

    id: strawberry.ID = id_field(ids.RELEASE, "Global and opaque.")
    name: str = field("Its name.")
    status: ReleaseStatus = field("Whether it waits, is scheduled, or was published.")
    editor: str = field("The name of the token that created or scheduled it.")
    created_at: datetime = field("When it was created.")
    publish_at: datetime | None = field("When it will be published, if it is scheduled.")
    published_at: datetime | None = field("When it was published.")
    problem: str | None = field("Why it could not be published at its time.")
    items: list[ReleaseItem] = batched(
        _items, "Its articles, in the order in which they were added; at most 200."
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a release."""
        return isinstance(obj, ReleaseRow)


@strawberry.type(description="A deleted article, which can be restored.")
class TrashedArticle(Node):
    """Resolved from a `TrashedRow`."""

    id: strawberry.ID = id_field(ids.TRASHED, "Global and opaque.")
    article_id: strawberry.ID = id_field(
        ids.ARTICLE, "The global id that the article had, for `restoreArticle`."
    )
    slug: str = field("The slug that it had.")
    language: str = field("Its language.")
    title: str = field("Its title.")
    status: ArticleStatus = field("The status that it had, and will have again.")
    editor: str = field("The name of the token that deleted it.")
    deleted_at: datetime = field("When it was deleted.")
    expires_at: datetime = resolved(_expires_at, "When it will be deleted for good.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for an article in the trash."""
        return isinstance(obj, TrashedRow)


ReleaseConnection: Any = connection(Release, "release")
TrashedArticleConnection: Any = connection(TrashedArticle, "deleted article")


def release_key(row: ReleaseRow) -> Key:
    """Return the cursor key of a release in the list of all."""
    return row.id, row.id


def trashed_key(row: TrashedRow) -> Key:
    """Return the cursor key of an article in the trash."""
    return row.deleted_at.isoformat(sep=" "), row.id


def release(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
) -> Awaitable[ReleaseRow | None]:
    """Load a release. Raises NotAllowed."""
    info.context.viewer.require(Permission.READ)
    return info.context.loaders.release.load(ids.local_id(id, ids.RELEASE, "id"))


async def releases(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> RowConnection[ReleaseRow]:
    """Load a page of releases. Raises NotAllowed."""
    db, viewer = info.context.db, info.context.viewer
    page = await lifecycle.releases(db, parse_page_args(first, after, last, before), viewer)
    return RowConnection(page, release_key, lambda: lifecycle.release_count(db, viewer))


async def trash(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> RowConnection[TrashedRow]:
    """Load a page of the trash. Raises NotAllowed."""
    db, viewer = info.context.db, info.context.viewer
    page = await lifecycle.trash(db, parse_page_args(first, after, last, before), viewer)
    return RowConnection(page, trashed_key, lambda: lifecycle.trash_count(db, viewer))

"""The Preview type, and the root that lists previews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from hub.db.keyset import Key, parse_page_args
from hub.reads import previews as reads
from hub.reads.previews import PreviewRow
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.article import Article
from schema.types.fields import batched, field, id_field
from schema.types.node import Node
from schema.types.paging import After, Before, First, Last, RowConnection, connection
from schema.types.release import Release


def _article(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


def _release(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.release)


@strawberry.type(
    description="A way for people without a token to see one article, or one release, as if it "
    "were live."
)
class Preview(Node):
    """Resolved from a `PreviewRow`."""

    id: strawberry.ID = id_field(ids.PREVIEW, "Global and opaque.")
    article: Article | None = batched(
        _article, "The article that it shows; null if it shows a release.", "article_id"
    )
    release: Release | None = batched(
        _release, "The release that it shows; null if it shows an article.", "release_id"
    )
    editor: str = field("The name of the token that created it.")
    created_at: datetime = field("When it was created.")
    expires_at: datetime = field("When it ends.")
    revoked_at: datetime | None = field("When it was revoked, if it was.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a preview."""
        return isinstance(obj, PreviewRow)


PreviewConnection: Any = connection(Preview, "preview")


def preview_key(row: PreviewRow) -> Key:
    """Return the cursor key of a preview in the list of all."""
    return row.id, row.id


async def previews(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> RowConnection[PreviewRow]:
    """Load a page of previews. Raises NotAllowed."""
    db, viewer = info.context.db, info.context.viewer
    page = await reads.page(db, parse_page_args(first, after, last, before), viewer)
    return RowConnection(page, preview_key, lambda: reads.count(db, viewer))

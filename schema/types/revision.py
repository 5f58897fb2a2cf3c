"""The Revision type: the stored versions of an article."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

import strawberry

from hub.db.keyset import Key
from hub.reads.articles import RevisionRow
from schema import ids
from schema.types.comment import BodyFormat, convert_html
from schema.types.enums import ArticleStatus, Format
from schema.types.fields import computed, field, id_field
from schema.types.node import Node
from schema.types.paging import connection


def revision_key(row: RevisionRow) -> Key:
    """Return the cursor key of a revision in its article's list."""
    return row.version, row.version


def _body(format: BodyFormat = Format.HTML) -> Callable[[RevisionRow], str]:
    if format is Format.HTML:
        return attrgetter("body_html")
    return lambda row: convert_html(row.body_html, format)


@strawberry.type(description="What a version of an article was.")
class Revision(Node):
    """Resolved from a `RevisionRow`."""

    id: strawberry.ID = id_field(ids.REVISION, "Global and opaque.")
    version: int = field("The version, from 1.")
    slug: str = field("The slug at that time.")
    title: str = field("The title at that time.")
    subtitle: str | None = field(
        "The subtitle at that time; null in revisions saved before subtitles existed."
    )
    summary: str = field("The summary at that time.")
    body: str = computed(_body, "The body at that time.", "body_html")
    status: ArticleStatus = field("The status at that time.")
    editor: str = field("The name of the token that saved it.")
    created_at: datetime = field("When it was saved.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a revision's row."""
        return isinstance(obj, RevisionRow)


RevisionConnection: Any = connection(
    Revision, "revision", page_description="A page of an article's revisions, the latest first."
)

"""Revisions: what each version of an article was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

import strawberry

from hub.db.keyset import Key
from hub.reads.articles import RevisionRow
from schema import ids
from schema.types.comment import BodyFormat, written
from schema.types.enums import ArticleStatus, Format
from schema.types.fields import derived, identified, shown
from schema.types.node import Node
from schema.types.paging import Connection, Edge


def revision_key(row: RevisionRow) -> Key:
    """The key of a revision in its article's list."""
    return row.version, row.version


def _body(format: BodyFormat = Format.HTML) -> Callable[[RevisionRow], str]:
    if format is Format.HTML:
        return attrgetter("body_html")
    return lambda row: written(row.body_html, format)


@strawberry.type(description="What a version of an article was.")
class Revision(Node):
    """Shows a `RevisionRow`."""

    id: strawberry.ID = identified(ids.REVISION, "Global and opaque.")
    version: int = shown("The version, from 1.")
    slug: str = shown("The slug at that time.")
    title: str = shown("The title at that time.")
    summary: str = shown("The summary at that time.")
    body: str = derived(_body, "The body at that time.", "body_html")
    status: ArticleStatus = shown("The status at that time.")
    editor: str = shown("The name of the token that saved it.")
    created_at: datetime = shown("When it was saved.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether it is a revision's row."""
        return isinstance(obj, RevisionRow)


@strawberry.type(description="A revision in a list.")
class RevisionEdge(Edge):
    """An edge of `RevisionConnection`."""

    node: Revision = shown("The revision.")


@strawberry.type(description="A page of an article's revisions, the latest first.")
class RevisionConnection(Connection):
    """Shows a `Listing[RevisionRow]`."""

    edges: list[RevisionEdge] = shown("The revisions of this page, each with its cursor.")
    nodes: list[Revision] = shown("The revisions of this page.")

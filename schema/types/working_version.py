"""The types of what is being prepared for an article: its working version, and planned changes."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import strawberry
from strawberry import Parent

from hub import snapshots
from hub.articles.working_versions import conflicts, merge
from hub.reads.lifecycle import PlannedRow, WorkingRow
from hub.snapshots import Difference, Snapshot
from hub.text import seo
from schema.budget import CHARACTERS_OF_UNIT
from schema.context import Info
from schema.types.comment import body_field
from schema.types.enums import ArticleKind, CommentModeration, LifeAction
from schema.types.fields import field, resolved
from schema.types.image import Image, Picture, picture
from schema.types.revision import (
    COMPARED_CHARACTERS,
    FieldDifference,
    LabelRow,
    RevisionLabel,
    Seo,
)


class WorkingSource(NamedTuple):
    """Source object of the `WorkingVersion` type: the article as it is, and as it will be."""

    row: WorkingRow
    current: Snapshot
    merged: Snapshot
    changes: Snapshot

    @property
    def body_html(self) -> str:
        """The body, for `body_field`."""
        return str(self.merged["body_html"])


def working_source(row: WorkingRow) -> WorkingSource:
    """Return the source object of a working version."""
    current, changes = snapshots.from_row(row.stored), orjson.loads(row.changes)
    return WorkingSource(row, current, merge(current, changes), changes)


def _of_row(name: str) -> Any:
    def read(parent: Parent[Any]) -> Any:
        return getattr(parent.row, name)

    return read


def _of_snapshot(name: str) -> Any:
    def read(parent: Parent[Any]) -> Any:
        return parent.merged.get(name)

    return read


def _labels(name: str) -> Any:
    def read(parent: Parent[Any]) -> Any:
        rows = parent.merged.get(name)
        return None if rows is None else [LabelRow(slug, label) for _, slug, label in rows]

    return read


def _image(parent: Parent[WorkingSource]) -> Picture | None:
    return picture(parent.merged.get("image_url"), parent.merged.get("image_alt"))


def _seo(parent: Parent[WorkingSource]) -> seo.Seo:
    return seo.read(parent.merged.get("metadata"))


def _changed_fields(parent: Parent[WorkingSource]) -> list[str]:
    return list(parent.changes)


def _conflicts(parent: Parent[WorkingSource]) -> list[str]:
    return conflicts(parent.current, parent.changes, orjson.loads(parent.row.base))


async def _diff(parent: Parent[WorkingSource], info: Info) -> list[Difference]:
    length = len(parent.current["body_html"]) + len(parent.merged["body_html"])
    info.context.budget.charge_work(length // COMPARED_CHARACTERS)
    info.context.budget.charge_texts(length // CHARACTERS_OF_UNIT)
    return await asyncio.to_thread(snapshots.compare, parent.current, parent.merged)


@strawberry.type(description="Edits of an article that readers do not see until it is published.")
class WorkingVersion:
    """Resolved from a `WorkingSource`."""

    version: int = resolved(
        _of_row("version"), "Grows by one with every save of it. Hand it back as `seenVersion`."
    )
    editor: str = resolved(_of_row("editor"), "The name of the token that saved it last.")
    created_at: datetime = resolved(_of_row("created_at"), "When it was begun.")
    updated_at: datetime = resolved(_of_row("updated_at"), "When it was last saved.")
    changed_fields: list[str] = resolved(
        _changed_fields, "The names of the fields that differ from what is published."
    )
    conflicts: list[str] = resolved(
        _conflicts,
        "Those of them that somebody else, or an import, has changed meanwhile; publishing "
        "replaces their changes.",
    )
    title: str = resolved(_of_snapshot("title"), "The headline.")
    slug: str = resolved(_of_snapshot("slug"), "The name in addresses.")
    subtitle: str | None = resolved(_of_snapshot("subtitle"), "The line below the headline.")
    summary: str | None = resolved(_of_snapshot("summary"), "What it is about.")
    body: str = body_field("The text.")
    language: str | None = resolved(_of_snapshot("language"), "A language tag.")
    kind: ArticleKind | None = resolved(_of_snapshot("kind"), "What sort of writing it is.")
    comments_open: bool | None = resolved(
        _of_snapshot("comments_open"), "Whether readers may comment on it."
    )
    comment_moderation: CommentModeration | None = resolved(
        _of_snapshot("comment_moderation"), "Which comments of readers on it wait for a moderator."
    )
    image: Image | None = resolved(_image, "The picture that goes with it.")
    canonical_url: str | None = resolved(
        _of_snapshot("canonical_url"), "Where it was first published."
    )
    translation_key: str | None = resolved(
        _of_snapshot("translation_key"), "What it shares with its translations."
    )
    seo: Seo | None = resolved(_seo, "What search engines and social networks are told of it.")
    topics: list[RevisionLabel] | None = resolved(
        _labels("topics"), "The topics, the main one first."
    )
    authors: list[RevisionLabel] | None = resolved(
        _labels("authors"), "The authors, in the order of the byline."
    )
    diff: list[FieldDifference] = resolved(
        _diff,
        "How it differs from what is published, field by field and word by word.",
        weight=20,
    )


@strawberry.type(description="A change of an article's life at a time to come.")
class PlannedChange:
    """Resolved from a `PlannedRow`."""

    action: LifeAction = field("What will be done.")
    at: datetime = field("When.")
    editor: str = field("The name of the token that planned it.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a planned change."""
        return isinstance(obj, PlannedRow)

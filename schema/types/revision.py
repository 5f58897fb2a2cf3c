"""The Revision type: what a version of an article was, and how two versions differ."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, NamedTuple

import strawberry
from strawberry import Parent

from hub import snapshots
from hub.db.keyset import Key
from hub.errors import Invalid
from hub.reads import revisions
from hub.reads.revisions import RevisionRow
from hub.snapshots import Difference, Snapshot
from hub.text import seo
from hub.text.diff import Segment
from schema import ids
from schema.budget import CHARACTERS_OF_UNIT
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.comment import BodyFormat, select_renderer
from schema.types.enums import (
    ArticleKind,
    ArticleStatus,
    CommentModeration,
    Format,
    RelatedKind,
    RevisionChange,
    SegmentChange,
)
from schema.types.fields import ARTICLE, batched, field, id_field, resolved
from schema.types.image import Image, Picture, picture
from schema.types.node import Node
from schema.types.paging import connection

LACKING = "null in revisions that were saved before version 0.3, see `lacks`"
COMPARED_CHARACTERS = 250
"""Characters of two bodies that cost a unit to compare."""


class LabelRow(NamedTuple):
    """Source object of the `RevisionLabel` type."""

    slug: str
    name: str


class EdgeRow(NamedTuple):
    """Source object of the `RevisionLink` type."""

    kind: str
    anchor: str
    url: str | None
    position: int | None
    target_id: int | None


def _part(read: Callable[[Snapshot], object]) -> Callable[[Info], LoaderField]:
    """Return the loader of a part of a revision's snapshot."""

    def choose(info: Info) -> LoaderField:
        def transform(snapshot: Snapshot | None, _: int) -> object:
            return None if snapshot is None else read(snapshot)

        return LoaderField(info.context.loaders.snapshot, transform)

    return choose


def _plain(name: str, default: object = None) -> Callable[[Info], LoaderField]:
    return _part(lambda snapshot: snapshot.get(name, default))


def _published_at(snapshot: Snapshot) -> datetime | None:
    text = snapshot.get("published_at")
    return datetime.fromisoformat(text) if text else None


def _image(snapshot: Snapshot) -> Picture | None:
    return picture(snapshot.get("image_url"), snapshot.get("image_alt"))


def _labels(name: str) -> Callable[[Info], LoaderField]:
    def read(snapshot: Snapshot) -> list[LabelRow] | None:
        rows = snapshot.get(name)
        return None if rows is None else [LabelRow(slug, label) for _, slug, label in rows]

    return _part(read)


def _links(snapshot: Snapshot) -> list[EdgeRow] | None:
    if "edges" not in snapshot:
        return None
    rows = [dict(zip(snapshots.EDGE, edge, strict=True)) for edge in snapshot["edges"]]
    return [EdgeRow(*(row[name] for name in EdgeRow._fields)) for row in rows]


def _metadata(snapshot: Snapshot) -> list[MetadataField] | None:
    if "metadata" not in snapshot:
        return None
    values = json.loads(snapshot["metadata"] or "{}")
    return [MetadataField(name=name, value=value) for name, value in values.items()]


def _seo(snapshot: Snapshot) -> seo.Seo | None:
    return seo.read(snapshot["metadata"]) if "metadata" in snapshot else None


def _target(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


def _body(info: Info, format: BodyFormat = Format.HTML) -> LoaderField:
    def transform(snapshot: Snapshot | None, _: int) -> str:
        return "" if snapshot is None else snapshot["body_html"]

    async def finish(bodies: list[str]) -> list[str]:
        if format is Format.HTML:
            info.context.budget.charge_texts(sum(map(len, bodies)))
            return bodies
        return await info.context.renderer.render(bodies, select_renderer(format))

    return LoaderField(info.context.loaders.snapshot, transform, finish=finish)


async def _diff(
    parent: Parent[RevisionRow],
    info: Info,
    to: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description="The id of another revision of the article; its last one, if left out."
        ),
    ] = None,
) -> list[Difference]:
    loaders, db = info.context.loaders, info.context.db
    if to is None:
        other_id = await revisions.latest(db, parent.article_id) or parent.id
    else:
        other_id = ids.local_id(to, ids.REVISION, "to")
        other = await loaders.revision.load(other_id)
        if other is None or other.article_id != parent.article_id:
            raise Invalid("to", "is not the id of a revision of the same article")
    old, new = await loaders.snapshot.load(parent.id), await loaders.snapshot.load(other_id)
    if old is None or new is None:
        return []
    length = len(old["body_html"]) + len(new["body_html"])
    info.context.budget.charge_work(length // COMPARED_CHARACTERS)
    info.context.budget.charge_texts(length // CHARACTERS_OF_UNIT)
    return await asyncio.to_thread(snapshots.compare, old, new)


@strawberry.type(description="A custom field of an imported article.")
class MetadataField:
    """An entry of `ArticleDraft.metadata`."""

    name: str = field("Its name where the article comes from.")
    value: str = field("Its value, as it is written there.")


def _shared_image(parent: Parent[seo.Seo]) -> Picture | None:
    return picture(parent.image, None)


@strawberry.type(description="What search engines and social networks are told of an article.")
class Seo:
    """Resolved from a `hub.text.seo.Seo`, the public part of the custom fields."""

    title: str | None = field("The whole title of its page; null for the headline.")
    description: str | None = field("What it is about; null for the summary.")
    image: Image | None = resolved(
        _shared_image, "The picture to share; null for that of the article."
    )
    noindex: bool = field(
        'Whether search engines are to leave it out: for `<meta name="robots">`. The sitemap of '
        "the hub does."
    )


@strawberry.type(description="A topic or author that a version of an article carried.")
class RevisionLabel:
    """Resolved from a `LabelRow`."""

    slug: str = field("Its slug at that time.")
    name: str = field("Its name at that time.")


@strawberry.type(description="An edge that left a version of an article.")
class RevisionLink:
    """Resolved from an `EdgeRow`."""

    kind: RelatedKind = field("Its kind.")
    anchor: str = field("The words of the link; empty for the title of its target.")
    url: str | None = field("The address that it names.")
    position: int | None = field("The paragraph, from 0, that holds it.")
    target: Any = batched(
        _target, "The article that it led to, as it is now.", "target_id", ARTICLE
    )


@strawberry.type(description="A part of a text, and in which of two versions it stands.")
class DiffSegment:
    """Resolved from a `hub.text.diff.Segment`."""

    change: SegmentChange = field("In which of them.")
    text: str = field("The part.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a segment."""
        return isinstance(obj, Segment)


@strawberry.type(description="A field that differs between two versions.")
class FieldDifference:
    """Resolved from a `hub.snapshots.Difference`."""

    name: str = field("Which field, as in `title` or `edges`.")
    segments: list[DiffSegment] = field("Both texts, word by word, in order.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a difference."""
        return isinstance(obj, Difference)


def revision_key(row: RevisionRow) -> Key:
    """Return the cursor key of a revision in its article's list."""
    return row.version, row.version


@strawberry.type(description="What a version of an article was.")
class Revision(Node):
    """Resolved from a `RevisionRow`, and from the snapshot that it holds."""

    id: strawberry.ID = id_field(ids.REVISION, "Global and opaque.")
    version: int = field("The version, from 1.")
    slug: str = field("The slug at that time.")
    title: str = field("The title at that time.")
    subtitle: str | None = batched(
        _plain("subtitle"),
        "The subtitle at that time; null in revisions saved before subtitles existed.",
    )
    summary: str = batched(_plain("summary", ""), "The summary at that time.")
    body: str = batched(_body, "The body at that time.")
    status: ArticleStatus = field("The status at that time.")
    editor: str = field("The name of the token that saved it.")
    created_at: datetime = field("When it was saved.")
    change: RevisionChange | None = field(
        "What kind of save made it; null if it was saved before version 0.3."
    )
    saved_at: datetime | None = field(
        "When the hub stored it: of an import, later than `createdAt`; null before version 0.3."
    )
    published_at: datetime | None = batched(
        _part(_published_at), f"The date of publication at that time; {LACKING}."
    )
    language: str | None = batched(_plain("language"), f"The language at that time; {LACKING}.")
    kind: ArticleKind | None = batched(_plain("kind"), f"Its kind at that time; {LACKING}.")
    comments_open: bool | None = batched(
        _plain("comments_open"), f"Whether readers could comment on it; {LACKING}."
    )
    comment_moderation: CommentModeration | None = batched(
        _plain("comment_moderation"),
        f"Which comments of readers on it waited for a moderator; {LACKING}.",
    )
    image: Image | None = batched(_part(_image), f"The picture at that time; {LACKING}.")
    canonical_url: str | None = batched(
        _plain("canonical_url"), f"The canonical address at that time; {LACKING}."
    )
    translation_key: str | None = batched(
        _plain("translation_key"), f"What it shared with its translations; {LACKING}."
    )
    topics: list[RevisionLabel] | None = batched(
        _labels("topics"), f"The topics at that time, in their order; {LACKING}."
    )
    authors: list[RevisionLabel] | None = batched(
        _labels("authors"), f"The authors at that time, in their order; {LACKING}."
    )
    links: list[RevisionLink] | None = batched(
        _part(_links), f"The edges of editors and imports that left it, in their order; {LACKING}."
    )
    metadata: list[MetadataField] | None = batched(
        _part(_metadata), f"Its custom fields at that time; {LACKING}."
    )
    seo: Seo | None = batched(
        _part(_seo), f"What search engines were told of it at that time; {LACKING}."
    )
    lacks: list[str] = batched(
        _part(snapshots.lacking),
        "The names of what was not stored yet with revisions when it was saved; empty since "
        "version 0.3.",
    )
    diff: list[FieldDifference] = resolved(
        _diff,
        "How the version `to` differs from this one, field by field and word by word; bodies as "
        "plain text, unless only their markup differs.",
        weight=20,
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a revision's row."""
        return isinstance(obj, RevisionRow)


RevisionConnection: Any = connection(
    Revision, "revision", page_description="A page of an article's revisions, the latest first."
)

"""The edges of the related graph."""

from __future__ import annotations

from enum import Enum
from typing import assert_never

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from hub.models.article import KEY_LENGTH, TITLE_LENGTH, URL_LENGTH, Article


class RelationKind(str, Enum):
    """The kind of an edge; the first four are editorial, the last two derived."""

    INLINE = "INLINE"
    MORE_TOPICS = "MORE_TOPICS"
    MORE_TO_READ = "MORE_TO_READ"
    PINNED = "PINNED"
    TOPIC = "TOPIC"
    SIMILAR = "SIMILAR"

    @property
    def is_editorial(self) -> bool:
        """Whether such an edge is drawn by people, not derived."""
        match self:
            case (
                RelationKind.INLINE
                | RelationKind.MORE_TOPICS
                | RelationKind.MORE_TO_READ
                | RelationKind.PINNED
            ):
                return True
            case RelationKind.TOPIC | RelationKind.SIMILAR:
                return False
            case _:
                assert_never(self)


class RelationOrigin(str, Enum):
    """The origin of an edge: an import replaces its own edges, never an editor's."""

    EDITOR = "EDITOR"
    IMPORT = "IMPORT"
    DERIVED = "DERIVED"


class Relation(Model):
    """A directed edge between two articles.

    `target` is null while dangling. The three `wanted_*` keys identify the target to bind to,
    strongest first; `chosen` marks a target selected by hand, which stays while it exists.
    `position` is the paragraph (from 0) that contains the link, or after which it stands; `anchor`
    the text of the link, empty for the target's present title; `rank` the order among the edges of
    one source. `because` holds the reasons of a derived edge as a JSON list of
    `[kind, detail, weight, ids of articles in common]`, the last one missing in older ones. An
    editor's edge that was another's has its origin in `accepted_from`. Written by `hub.related`
    and `hub.curation`.
    """

    id = fields.BigIntField(primary_key=True)
    source: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField(
        "hub.Article", related_name="relations"
    )
    target: fields.ForeignKeyNullableRelation[Article] = fields.ForeignKeyField(
        "hub.Article", null=True, on_delete=fields.OnDelete.SET_NULL, related_name="related_by"
    )
    kind = fields.CharEnumField(RelationKind, max_length=16)
    origin = fields.CharEnumField(RelationOrigin, max_length=16)
    rank = fields.IntField()
    position = fields.IntField(null=True)
    anchor = fields.CharField(max_length=TITLE_LENGTH)
    url = fields.CharField(max_length=URL_LENGTH, null=True)
    weight = fields.FloatField(default=1.0)
    because = fields.TextField(null=True)
    chosen = fields.BooleanField(default=False)
    accepted_from = fields.CharEnumField(RelationOrigin, max_length=16, null=True)
    wanted_url = fields.CharField(max_length=KEY_LENGTH, null=True, db_index=True)
    wanted_slug = fields.CharField(max_length=KEY_LENGTH, null=True, db_index=True)
    wanted_headline = fields.CharField(max_length=KEY_LENGTH, null=True, db_index=True)

    class Meta:
        table = "relation"
        indexes = [
            Index(fields=("source_id", "rank", "id")),
            Index(fields=("target_id", "source_id")),
        ]


class HiddenSuggestion(Model):
    """A target that is never suggested for a source again, until an editor shows it."""

    id = fields.BigIntField(primary_key=True)
    source: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField(
        "hub.Article", related_name="hidden_suggestions"
    )
    target: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField(
        "hub.Article", related_name="hidden_as_suggestion", db_index=True
    )

    class Meta:
        table = "hidden_suggestion"
        unique_together = (("source", "target"),)


class OutsideLink(Model):
    """A link of a public article's text to another site, and what answered when last looked at.

    `status` is the last HTTP status, `problem` why there is none; both null before the first look,
    at `checked_at`. Of a link that was redirected, `redirects` counts how often, and `moved_to` is
    where it leads if all of these were permanent. Written by `hub.curation.outside`.
    """

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField(
        "hub.Article", related_name="outside_links", db_index=True
    )
    url = fields.CharField(max_length=URL_LENGTH)
    anchor = fields.CharField(max_length=TITLE_LENGTH)
    position = fields.IntField(null=True)
    status = fields.IntField(null=True)
    problem = fields.CharField(max_length=200, null=True)
    redirects = fields.IntField(default=0, db_default=0)
    moved_to = fields.CharField(max_length=URL_LENGTH, null=True)
    checked_at = fields.DatetimeField(null=True, db_index=True)

    class Meta:
        table = "outside_link"

"""What is being prepared for articles: working versions, planned changes, releases; the trash."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from hub.models.article import KEY_LENGTH, SLUG_LENGTH, TITLE_LENGTH, Article, Status

NAME_LENGTH = 200


class LifeAction(str, Enum):
    """A change of an article's life that is planned, or part of a release."""

    PUBLISH = "PUBLISH"
    UNPUBLISH = "UNPUBLISH"


class ReleaseStatus(str, Enum):
    """The state of a release."""

    OPEN = "OPEN"
    SCHEDULED = "SCHEDULED"
    PUBLISHED = "PUBLISHED"


class WorkingVersion(Model):
    """Edits of an article that readers do not see yet.

    `changes` are the parts of its snapshot that differ, as JSON; `base` the digests of these parts
    at the time when each was first edited. `version` counts its saves.
    """

    id = fields.BigIntField(primary_key=True)
    article: fields.OneToOneRelation[Article] = fields.OneToOneField("hub.Article")
    changes = fields.TextField()
    base = fields.TextField()
    version = fields.IntField(default=1)
    editor = fields.CharField(max_length=KEY_LENGTH)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "working_version"


class PlannedChange(Model):
    """A change of an article's life at a time to come."""

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField("hub.Article")
    action = fields.CharEnumField(LifeAction, max_length=16)
    at = fields.DatetimeField(db_index=True)
    editor = fields.CharField(max_length=KEY_LENGTH)

    class Meta:
        table = "planned_change"
        unique_together = (("article", "action"),)


class Release(Model):
    """Changes of several articles that become public at one moment, together or not at all."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=NAME_LENGTH)
    status = fields.CharEnumField(ReleaseStatus, max_length=16, default=ReleaseStatus.OPEN)
    publish_at = fields.DatetimeField(null=True)
    published_at = fields.DatetimeField(null=True)
    editor = fields.CharField(max_length=KEY_LENGTH)
    created_at = fields.DatetimeField()
    problem = fields.TextField(null=True)

    class Meta:
        table = "content_release"
        indexes = [Index(fields=("status", "publish_at"))]


class ReleaseItem(Model):
    """An article of a release, and what the release does with it."""

    id = fields.BigIntField(primary_key=True)
    release: fields.ForeignKeyRelation[Release] = fields.ForeignKeyField("hub.Release")
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField(
        "hub.Article", db_index=True
    )
    action = fields.CharEnumField(LifeAction, max_length=16)

    class Meta:
        table = "release_item"
        unique_together = (("release", "article"),)


class TrashedArticle(Model):
    """A deleted article, which can be restored. `id` is that of the article."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=SLUG_LENGTH)
    language = fields.CharField(max_length=16)
    title = fields.CharField(max_length=TITLE_LENGTH)
    status = fields.CharEnumField(Status, max_length=16)
    editor = fields.CharField(max_length=KEY_LENGTH)
    deleted_at = fields.DatetimeField(db_index=True)
    source = fields.CharField(max_length=64, null=True)
    source_key = fields.CharField(max_length=KEY_LENGTH, null=True)

    class Meta:
        table = "trashed_article"
        indexes = [Index(fields=("source_key", "source"))]


class TrashedRow(Model):
    """A row of a deleted article in one of its tables, as a JSON object of its columns."""

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyRelation[TrashedArticle] = fields.ForeignKeyField(
        "hub.TrashedArticle", db_index=True
    )
    origin = fields.CharField(max_length=64)
    data = fields.TextField()

    class Meta:
        table = "trashed_row"

"""The versions of an article."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from hub.models.article import KEY_LENGTH, SLUG_LENGTH, TITLE_LENGTH, Article, Status


class RevisionChange(str, Enum):
    """The kind of save that made a version."""

    CREATED = "CREATED"
    REVISED = "REVISED"
    IMPORTED = "IMPORTED"
    PUBLISHED = "PUBLISHED"
    SCHEDULED = "SCHEDULED"
    ARCHIVED = "ARCHIVED"
    UNPUBLISHED = "UNPUBLISHED"
    RESTORED = "RESTORED"


class Revision(Model):
    """What a version of an article was. `editor` is the name of the token that saved it.

    `content` is a snapshot of all that a reader could see, packed by `hub.snapshots`: whole, or as
    a delta from that of the revision `base`. Revisions of hubs before 0.3 have none: theirs are the
    columns `subtitle`, `summary` and `body_html`, which are empty since. `created_at` is when the
    article was changed, where it comes from, `saved_at` when the hub stored it.
    """

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField("hub.Article")
    version = fields.IntField()
    slug = fields.CharField(max_length=SLUG_LENGTH)
    title = fields.CharField(max_length=TITLE_LENGTH)
    subtitle = fields.CharField(max_length=TITLE_LENGTH, null=True)
    summary = fields.TextField()
    body_html = fields.TextField()
    status = fields.CharEnumField(Status, max_length=16)
    editor = fields.CharField(max_length=KEY_LENGTH)
    created_at = fields.DatetimeField()
    change = fields.CharEnumField(RevisionChange, max_length=16, null=True)
    saved_at = fields.DatetimeField(null=True)
    published_at = fields.DatetimeField(null=True)
    base = fields.BigIntField(null=True)
    content = fields.BinaryField(null=True)

    class Meta:
        table = "revision"
        unique_together = (("article", "version"),)
        # For `hub.reads.history`: what was public in its order, the oldest save, a former slug.
        indexes = [
            Index(fields=("status", "published_at", "article_id", "saved_at")),
            Index(fields=("saved_at",)),
            Index(fields=("slug",)),
        ]

"""Topics."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Topic(Model):
    """A topic in a tree. `hub.topics` keeps it free of circles and at most 16 levels deep."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=200, unique=True)
    name = fields.CharField(max_length=200, db_index=True)
    description = fields.TextField()
    parent: fields.ForeignKeyNullableRelation[Topic] = fields.ForeignKeyField(
        "hub.Topic", null=True, on_delete=fields.OnDelete.SET_NULL, related_name="children"
    )

    class Meta:
        table = "topic"
        indexes = [Index(fields=("parent_id", "id"))]

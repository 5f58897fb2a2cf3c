"""Topics."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Topic(Model):
    """A topic in a tree. `hub.topics` keeps it free of circles and at most 16 levels deep.

    `taxonomy` is how its source classifies it: `category`, `tag`, `series` or a name of its own.
    `translations` is a JSON object of its name by language.
    `edited`: an editor has created or changed it, so imports leave it as it is.
    """

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=200, unique=True)
    name = fields.CharField(max_length=200, db_index=True)
    description = fields.TextField()
    taxonomy = fields.CharField(max_length=64, null=True)
    translations = fields.TextField(null=True)
    edited = fields.BooleanField(default=False, db_default=False)
    parent: fields.ForeignKeyNullableRelation[Topic] = fields.ForeignKeyField(
        "hub.Topic", null=True, on_delete=fields.OnDelete.SET_NULL, related_name="children"
    )

    class Meta:
        table = "topic"
        indexes = [Index(fields=("parent_id", "id"))]


class FormerTopic(Model):
    """A name that a topic once had, so that old addresses and imports still find it.

    That of a topic that was merged into it has the `merged_id` that this one had. `slug` is null if
    the name alone has changed. `was_public`: readers saw the topic under this slug, so that they
    are led on; else it is for staff.
    """

    id = fields.BigIntField(primary_key=True)
    topic: fields.ForeignKeyRelation[Topic] = fields.ForeignKeyField("hub.Topic", db_index=True)
    slug = fields.CharField(max_length=200, null=True, unique=True)
    name = fields.CharField(max_length=200, db_index=True)
    merged_id = fields.BigIntField(null=True, db_index=True)
    was_public = fields.BooleanField()

    class Meta:
        table = "former_topic"

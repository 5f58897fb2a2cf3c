"""What a save leaves behind for those who follow it."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class OutboxEvent(Model):
    """`article_id` has been saved or deleted, and the index does not know it yet.

    Says which, never how: whoever follows reads the row as it is now. No foreign key, since the
    article may be gone. `tries` counts failures; a `parked` event is set aside until somebody
    looks at it.
    """

    id = fields.BigIntField(primary_key=True)
    article_id = fields.BigIntField(db_index=True)
    created_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    parked = fields.BooleanField(default=False)
    error = fields.TextField(null=True)

    class Meta:
        table = "outbox_event"
        indexes = [Index(fields=("parked", "id"))]


class DueNeighbours(Model):
    """The derived edges of an article are to be drawn anew.

    `spread`: those of its neighbours as well, since it has changed itself. No foreign key, since
    the article may be gone.
    """

    id = fields.BigIntField(primary_key=True)
    article_id = fields.BigIntField(unique=True)
    spread = fields.BooleanField()

    class Meta:
        table = "due_neighbours"


class Change(Model):
    """One line of the public change feed: something carrying `tag` is different since `at`.

    Tags read `article:12`, `articles`, `comments:12`, `search`, and so on: docs/cdn.md tells each.
    """

    seq = fields.BigIntField(primary_key=True)
    tag = fields.CharField(max_length=64)
    at = fields.DatetimeField()

    class Meta:
        table = "change"

"""Outbox events and the indexes that follow them, articles due for derived edges, change feed."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class OutboxEvent(Model):
    """`article_id` has been saved or deleted, and the index does not know it yet.

    It contains no data: the indexer reads the current row. No foreign key, since the article may
    have been deleted. `tries` counts failures; a `parked` event is skipped until an operator
    retries it.
    """

    id = fields.BigIntField(primary_key=True)
    article_id = fields.BigIntField(db_index=True)
    created_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    parked = fields.BooleanField(default=False)
    error = fields.TextField(null=True)
    follower = fields.CharField(max_length=64, null=True)
    origin = fields.BigIntField(null=True)

    class Meta:
        table = "outbox_event"
        indexes = [Index(fields=("parked", "id")), Index(fields=("follower", "id"))]


class IndexFollower(Model):
    """An index that takes the events of the outbox: that of one folder on one host.

    `holder` is the process that leads it, anew at each election. An index that is not `complete`
    has missed events, and is rebuilt before it answers. `renewed_at` is in seconds since 1970, by
    the database's clock.
    """

    name = fields.CharField(max_length=64, primary_key=True)
    holder = fields.CharField(max_length=64)
    host = fields.CharField(max_length=200)
    complete = fields.BooleanField()
    renewed_at = fields.FloatField()

    class Meta:
        table = "index_follower"


class DueNeighbours(Model):
    """The derived edges of an article are to be drawn anew.

    `spread`: those of its neighbours as well, since the article itself has changed. No foreign
    key, since the article may have been deleted.
    """

    id = fields.BigIntField(primary_key=True)
    article_id = fields.BigIntField(unique=True)
    spread = fields.BooleanField()

    class Meta:
        table = "due_neighbours"


class Change(Model):
    """One line of the public change feed: something carrying `tag` is different since `at`.

    Tags are `article:12`, `articles`, `comments:12`, `search`, …: docs/cdn.md lists them.
    """

    seq = fields.BigIntField(primary_key=True)
    tag = fields.CharField(max_length=64)
    at = fields.DatetimeField()

    class Meta:
        table = "change"

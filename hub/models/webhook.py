"""Webhook targets, events and messages, and leases on tasks of one process."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class MessageStatus(str, Enum):
    """The delivery status of a message."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


class WebhookTarget(Model):
    """Somebody who is to be told of changes.

    `name` stands for the url, which is a setting and not stored, as it may contain a secret.
    `named_at` is when a host last had it in its settings, in seconds since 1970, 0 if unknown.
    """

    name = fields.CharField(max_length=200, primary_key=True)
    named_at = fields.FloatField(default=0.0, db_default=0.0)

    class Meta:
        table = "webhook_target"


class WebhookEvent(Model):
    """What one change has to tell a target, until it is put into a message.

    `tags` are those of the change feed, space-separated. `places` is JSON: former locations of
    the articles.
    """

    id = fields.BigIntField(primary_key=True)
    target = fields.CharField(max_length=200, db_index=True)
    tags = fields.TextField()
    places = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "webhook_event"


class WebhookMessage(Model):
    """A message to a target, as it is sent, and what became of it.

    `key` is its id for the receiver, the same with every attempt. `due` is the time of the next
    attempt, in seconds since 1970.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=64, unique=True)
    target = fields.CharField(max_length=200)
    articles = fields.TextField()
    body = fields.TextField()
    status = fields.CharEnumField(MessageStatus, max_length=16)
    created_at = fields.DatetimeField()
    due = fields.FloatField()
    tries = fields.IntField(default=0)
    answer = fields.IntField(null=True)
    error = fields.CharField(max_length=200, null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_message"
        indexes = [Index(fields=("status", "target", "id"))]


class Lease(Model):
    """A task that one process at a time may do, and until when it is `holder`'s.

    `until` is in seconds since 1970, by the database's clock.
    """

    name = fields.CharField(max_length=200, primary_key=True)
    holder = fields.CharField(max_length=64)
    until = fields.FloatField()

    class Meta:
        table = "lease"

"""Reports of readers on comments, and what moderators hear of."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.models import Model

from hub.models.comment import Comment


class ReportReason(str, Enum):
    """A reason for which a reader reports a comment."""

    SPAM = "SPAM"
    ABUSE = "ABUSE"
    PERSONAL_DATA = "PERSONAL_DATA"
    OFF_TOPIC = "OFF_TOPIC"
    OTHER = "OTHER"


class CommentEventType(str, Enum):
    """Something that happened to a comment, of which its moderators hear."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REPORTED = "REPORTED"


class CommentReport(Model):
    """A reader's report of a comment, at most one of each reader.

    `reporter` is a keyed hash of the comment's id with the reader's address or token: it tells
    neither who it was, nor what else the same reader reported. Since `settled_at` a moderator has
    decided.
    """

    id = fields.BigIntField(primary_key=True)
    comment: fields.ForeignKeyRelation[Comment] = fields.ForeignKeyField("hub.Comment")
    reporter = fields.CharField(max_length=64)
    reason = fields.CharEnumField(ReportReason, max_length=16)
    created_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "comment_report"
        unique_together = (("comment", "reporter"),)


class CommentEvent(Model):
    """Something that happened to a comment, kept for a day for subscriptions of moderators.

    It is no line of the change feed, since readers learn from that when public content changed.
    """

    seq = fields.BigIntField(primary_key=True)
    type = fields.CharEnumField(CommentEventType, max_length=16)
    comment_id = fields.BigIntField()
    at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "comment_event"

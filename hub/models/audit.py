"""Entries of the audit trail."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Door(str, Enum):
    """The way by which a change came in."""

    GRAPHQL = "GRAPHQL"
    COMMAND = "COMMAND"
    IMPORT = "IMPORT"
    SCHEDULER = "SCHEDULER"
    START = "START"


class AuditEntry(Model):
    """Who changed what, when, and by which door.

    `subject` is the kind of the record, as in global ids. `changes` is a JSON object of fields,
    each with its value before and after; private values are keyed hashes. It is null if there is
    nothing to tell, or since `erased_at`. `hub.audit` is the only writer: it appends, blanks the
    changes of erased subjects, and deletes entries after their retention.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=200)
    token_id = fields.BigIntField(null=True)
    door = fields.CharEnumField(Door, max_length=16)
    action = fields.CharField(max_length=64)
    subject = fields.CharField(max_length=32)
    subject_id = fields.BigIntField(null=True)
    changes = fields.TextField(null=True)
    erased_at = fields.DatetimeField(null=True)

    class Meta:
        table = "audit_entry"
        indexes = [
            Index(fields=("at", "id")),
            Index(fields=("subject", "subject_id", "at")),
            Index(fields=("token_id", "at")),
        ]


class StoredSetting(Model):
    """A setting that is not secret, as JSON, with which a server last started."""

    name = fields.CharField(max_length=100, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "stored_setting"

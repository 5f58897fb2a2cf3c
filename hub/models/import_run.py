"""Records of imports: what each created and changed."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class ImportRun(Model):
    """One run of an import. It is unfinished without `finished_at`: interrupted, or still running.

    `paths` and `counts` are JSON, a list of the imported paths and the counts of the report.
    """

    id = fields.BigIntField(primary_key=True)
    started_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    undone_at = fields.DatetimeField(null=True)
    editor = fields.CharField(max_length=255)
    paths = fields.TextField()
    counts = fields.TextField()

    class Meta:
        table = "import_run"


class RecordKind(str, Enum):
    """The kind of a record that an import created or changed."""

    ARTICLE = "ARTICLE"
    COMMENT = "COMMENT"
    TOPIC = "TOPIC"
    AUTHOR = "AUTHOR"
    SLUG = "SLUG"
    ADDRESS = "ADDRESS"


class ImportChange(Model):
    """A record that an import created, or an article that it changed.

    `before` and `after` are versions of an article. One that was created has none before.
    """

    id = fields.BigIntField(primary_key=True)
    run: fields.ForeignKeyRelation[ImportRun] = fields.ForeignKeyField("hub.ImportRun")
    kind = fields.CharEnumField(RecordKind, max_length=16)
    record_id = fields.BigIntField()
    before = fields.IntField(null=True)
    after = fields.IntField(null=True)

    class Meta:
        table = "import_change"
        indexes = [Index(fields=("run_id", "kind", "id"))]

"""Sums of readers' searches."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class QueryStat(Model):
    """How often readers asked for `text` on a `day` (UTC, as in 2026-03-01), and its last `hits`.

    It contains nothing that identifies a reader.
    """

    id = fields.BigIntField(primary_key=True)
    day = fields.CharField(max_length=10)
    text = fields.CharField(max_length=100)
    asked = fields.IntField()
    hits = fields.IntField()

    class Meta:
        table = "query_stat"
        unique_together = (("day", "text"),)

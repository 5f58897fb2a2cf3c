"""Sums of readers' searches, and texts that are never suggested."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class QueryStat(Model):
    """How often readers asked for `text` on a `day` (UTC, as in 2026-03-01), and its last `hits`.

    It contains nothing that identifies a reader. `readers` is the number of different ones, up to
    that from which a text is shown. `filtered` of the searches were narrowed by a filter: they do
    not tell what the text finds, so that `hits` and `lacking` are those of the last other one.
    `lacking`: no article had every word of it. Results were chosen `clicks` times, at `positions`
    in all, counted from 1: clicks alone make no row. `language` is that of the last search that had
    one, or of what it found.
    """

    id = fields.BigIntField(primary_key=True)
    day = fields.CharField(max_length=10)
    text = fields.CharField(max_length=100)
    asked = fields.IntField()
    hits = fields.IntField()
    readers = fields.IntField(default=0, db_default=0)
    filtered = fields.IntField(default=0, db_default=0)
    lacking = fields.BooleanField(default=False, db_default=False)
    clicks = fields.IntField(default=0, db_default=0)
    positions = fields.BigIntField(default=0, db_default=0)
    language = fields.CharField(max_length=16, default="", db_default="")

    class Meta:
        table = "query_stat"
        unique_together = (("day", "text"),)


class QueryReader(Model):
    """A reader who asked for `text` on a `day`, so that nobody counts twice.

    `reader` is a digest of the client and the text with a secret of the day. Rows of other days are
    deleted, as is their secret.
    """

    id = fields.BigIntField(primary_key=True)
    day = fields.CharField(max_length=10)
    text = fields.CharField(max_length=100)
    reader = fields.CharField(max_length=64)

    class Meta:
        table = "query_reader"
        unique_together = (("day", "text", "reader"),)


class OvertakenText(Model):
    """A text that a reader typed on from, for the other processes.

    `reader` is a digest as of `QueryReader`, `at` the time of the longer text, in seconds since
    1970.
    """

    reader = fields.CharField(max_length=64, primary_key=True)
    at = fields.FloatField(db_index=True)

    class Meta:
        table = "overtaken_text"


class BlockedQuery(Model):
    """A text that is never suggested, nor any other that contains it."""

    id = fields.BigIntField(primary_key=True)
    text = fields.CharField(max_length=100, unique=True)

    class Meta:
        table = "blocked_query"

"""Buckets of the rate limits that several processes share."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class RateBucket(Model):
    """Until when somebody's bucket is not full again, in seconds since 1970.

    `key` is a digest of the client's address or token with a secret of the day, so it cannot be
    traced back later. A row is deleted when the bucket is full.
    """

    key = fields.CharField(max_length=64, primary_key=True)
    full_at = fields.FloatField(db_index=True)

    class Meta:
        table = "rate_bucket"


class DaySecret(Model):
    """The secret that the buckets of a `day` (UTC, as in 2026-03-01) go by.

    Secrets of other days are deleted.
    """

    day = fields.CharField(max_length=10, primary_key=True)
    secret = fields.CharField(max_length=64)

    class Meta:
        table = "day_secret"

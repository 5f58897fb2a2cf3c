"""Queries that clients have registered, to send their hashes instead."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class PersistedDocument(Model):
    """A GraphQL document that a client has registered by its SHA-256, in hexadecimal.

    `stored_at` is in seconds since 1970, by the database's clock.
    """

    digest = fields.CharField(max_length=64, primary_key=True)
    text = fields.TextField()
    stored_at = fields.FloatField(db_index=True)

    class Meta:
        table = "persisted_document"

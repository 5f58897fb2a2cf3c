"""Previews of what is not published."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from hub.models.article import KEY_LENGTH, Article
from hub.models.lifecycle import Release


class Preview(Model):
    """A way for people without a token to see one article, or one release, as if it were live.

    Only the SHA-256 of its secret is stored; the secret is displayed once.
    """

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyNullableRelation[Article] = fields.ForeignKeyField(
        "hub.Article", null=True, db_index=True
    )
    release: fields.ForeignKeyNullableRelation[Release] = fields.ForeignKeyField(
        "hub.Release", null=True, db_index=True
    )
    secret_hash = fields.CharField(max_length=64, unique=True)
    editor = fields.CharField(max_length=KEY_LENGTH)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "preview"

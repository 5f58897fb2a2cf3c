"""Pictures that the hub holds, where they came from, and the articles that carry them."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from hub.models.article import TITLE_LENGTH, URL_LENGTH

HASH_LENGTH = 64
"""Characters of a SHA-256 in hexadecimal."""


class MediaFile(Model):
    """A picture in the media folder, under the SHA-256 of its bytes.

    `width` and `height` are pixels as it is shown, 0 for an SVG without a size. The focal point is
    a part of them, from the left and from the top, in 0 to 1.
    """

    id = fields.BigIntField(primary_key=True)
    hash = fields.CharField(max_length=HASH_LENGTH, unique=True)
    media_type = fields.CharField(max_length=32)
    bytes = fields.BigIntField()
    width = fields.IntField()
    height = fields.IntField()
    caption = fields.CharField(max_length=2000, default="", db_default="")
    credit = fields.CharField(max_length=TITLE_LENGTH, default="", db_default="")
    focal_x = fields.FloatField(null=True)
    focal_y = fields.FloatField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "media_file"


class MediaSource(Model):
    """An address from which a picture was copied, or could not be copied.

    `key` is the SHA-256 of `url`. Without a hash, `problem` says why the last try failed.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=HASH_LENGTH, unique=True)
    url = fields.CharField(max_length=URL_LENGTH)
    hash = fields.CharField(max_length=HASH_LENGTH, null=True, db_index=True)
    problem = fields.CharField(max_length=TITLE_LENGTH, default="", db_default="")
    tried_at = fields.DatetimeField()

    class Meta:
        table = "media_source"


class MediaUse(Model):
    """An article that carries a picture, or has carried it in some version.

    Whether the present version does is in its text. Articles in the trash stay here, those that
    were deleted for good do not for long.
    """

    id = fields.BigIntField(primary_key=True)
    hash = fields.CharField(max_length=HASH_LENGTH)
    article_id = fields.BigIntField(db_index=True)

    class Meta:
        table = "media_use"
        unique_together = (("hash", "article_id"),)

"""Authors."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Author(Model):
    """A byline. Holds nothing private: no e-mail, no account."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=200, unique=True)
    name = fields.CharField(max_length=200, db_index=True)
    bio = fields.TextField()

    class Meta:
        table = "author"

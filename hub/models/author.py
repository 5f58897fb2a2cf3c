"""Authors."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Author(Model):
    """A byline. Holds nothing private: no e-mail, no account.

    `links` is a JSON list of objects with `name` and `url`, on other sites. `translations` is a
    JSON object of the name by language.
    `edited`: an editor has created or changed it, so imports leave it as it is.
    """

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=200, unique=True)
    name = fields.CharField(max_length=200, db_index=True)
    bio = fields.TextField()
    image_url = fields.CharField(max_length=2000, null=True)
    image_alt = fields.CharField(max_length=255, null=True)
    links = fields.TextField(null=True)
    translations = fields.TextField(null=True)
    edited = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "author"


class FormerAuthor(Model):
    """A name that an author once had, so that old addresses and imports still find the author.

    Its columns are those of `FormerTopic`.
    """

    id = fields.BigIntField(primary_key=True)
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField("hub.Author", db_index=True)
    slug = fields.CharField(max_length=200, null=True, unique=True)
    name = fields.CharField(max_length=200, db_index=True)
    merged_id = fields.BigIntField(null=True, db_index=True)
    was_public = fields.BooleanField()

    class Meta:
        table = "former_author"

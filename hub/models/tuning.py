"""Synonyms and pins of search, set by editors."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from hub.models.article import Article


class SynonymSet(Model):
    """Words of which any stands for any other, one a line.

    With `typed`, one way only: a search for `typed` finds the words too.
    """

    id = fields.BigIntField(primary_key=True)
    words = fields.TextField()
    typed = fields.CharField(max_length=100, null=True)

    class Meta:
        table = "synonym_set"


class Pin(Model):
    """An article that comes first when `text` is all that was typed, in the order of `rank`."""

    id = fields.BigIntField(primary_key=True)
    text = fields.CharField(max_length=200)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField("hub.Article")
    rank = fields.IntField()

    class Meta:
        table = "pin"
        unique_together = (("text", "article"),)

"""Synonyms, stop words, pins and rules of search, set by editors."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from hub.models.article import Article


class SynonymSet(Model):
    """Words of which any stands for any other, one a line.

    With `typed`, one way only: a search for `typed` finds the words too. With `language`, they are
    found in articles of that language alone.
    """

    id = fields.BigIntField(primary_key=True)
    words = fields.TextField()
    typed = fields.CharField(max_length=100, null=True)
    language = fields.CharField(max_length=16, null=True)

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


class StopWord(Model):
    """A word that is left out of searches, in one language or in all.

    `language` is "" for all.
    """

    id = fields.BigIntField(primary_key=True)
    word = fields.CharField(max_length=100)
    language = fields.CharField(max_length=16, default="", db_default="")

    class Meta:
        table = "stop_word"
        unique_together = (("word", "language"),)


class SearchRule(Model):
    """A rule of what some searches answer beside their hits, and in which order.

    `definition` is JSON, of the names and forms of `hub.search.rules`.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=100)
    is_enabled = fields.BooleanField(default=True, db_default=True)
    definition = fields.TextField()

    class Meta:
        table = "search_rule"

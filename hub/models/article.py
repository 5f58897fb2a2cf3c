"""Articles, their old slugs and addresses, and their authors and topics."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from hub.models.author import Author
from hub.models.topic import Topic

TITLE_LENGTH = 500
SLUG_LENGTH = 200
KEY_LENGTH = 255
URL_LENGTH = 2000


class Status(str, Enum):
    """The publication status of an article; only PUBLISHED is public."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    PUBLISHED = "PUBLISHED"
    ARCHIVED = "ARCHIVED"


class Kind(str, Enum):
    """The kind of an article: ARTICLE is dated and listed by date, PAGE stands by itself."""

    ARTICLE = "ARTICLE"
    PAGE = "PAGE"


class CommentModeration(str, Enum):
    """Which comments of readers wait for a moderator; all others are public at once.

    ALL: moderated before publication. SUSPICIOUS: those that the spam filter does not call clean.
    SPAM: those that it calls spam. NONE: moderated after publication alone.
    """

    ALL = "ALL"
    SUSPICIOUS = "SUSPICIOUS"
    SPAM = "SPAM"
    NONE = "NONE"


class Article(Model):
    """One piece of writing.

    Invariants, ensured by `hub.articles` and `hub.imports`, the only writers: `published_at` is set
    when `status` is SCHEDULED or PUBLISHED, and lies in the past when PUBLISHED; each save
    increments `version`; `body_text` and `headline_key` are derived from `body_html` and `title`;
    `comment_count` is the number of approved comments without pingbacks (updated by
    `hub.comments`). `source_hash` and `source_version` are the digest of the draft and the version
    of the last import: an article with a later version was edited in the hub. `held_back`: it came
    in as a draft whatever its source says (`hub import --as-draft`), and no import publishes it.
    `metadata` is a JSON object of strings: further data of its source, for staff only
    but for what `hub.text.seo` makes public of it.
    `comment_moderation` null: that of the settings.
    """

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=SLUG_LENGTH)
    language = fields.CharField(max_length=16)
    translation_key = fields.CharField(max_length=KEY_LENGTH, null=True, db_index=True)
    kind = fields.CharEnumField(Kind, max_length=16, default=Kind.ARTICLE)
    title = fields.CharField(max_length=TITLE_LENGTH)
    subtitle = fields.CharField(max_length=TITLE_LENGTH, default="", db_default="")
    headline_key = fields.CharField(max_length=KEY_LENGTH, db_index=True)
    summary = fields.TextField()
    status = fields.CharEnumField(Status, max_length=16, default=Status.DRAFT)
    published_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    version = fields.IntField(default=1)
    comments_open = fields.BooleanField(default=True)
    comment_moderation = fields.CharEnumField(CommentModeration, max_length=16, null=True)
    comment_count = fields.IntField(default=0)
    image_url = fields.CharField(max_length=URL_LENGTH, null=True)
    image_alt = fields.CharField(max_length=TITLE_LENGTH, null=True)
    canonical_url = fields.CharField(max_length=URL_LENGTH, null=True)
    source = fields.CharField(max_length=64, null=True)
    source_key = fields.CharField(max_length=KEY_LENGTH, null=True)
    source_hash = fields.CharField(max_length=64, null=True)
    source_version = fields.IntField(null=True)
    held_back = fields.BooleanField(default=False, db_default=False)
    metadata = fields.TextField(null=True)
    # Last, so that lists need not skip these large values to reach the other columns.
    body_html = fields.TextField()
    body_text = fields.TextField()

    class Meta:
        table = "article"
        unique_together = (("slug", "language"), ("source", "source_key"))
        indexes = [
            Index(fields=("status", "published_at", "id")),
            Index(fields=("status", "comment_count", "id")),
        ]


class ArticleAuthor(Model):
    """Who wrote an article, in the order of its byline (`position` from 0)."""

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField("hub.Article")
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField("hub.Author")
    position = fields.IntField()

    class Meta:
        table = "article_author"
        unique_together = (("article", "author"),)
        indexes = [
            Index(fields=("author_id", "article_id")),
            Index(fields=("article_id", "position", "author_id")),
        ]


class ArticleTopic(Model):
    """What an article is about, the main topic first (`position` from 0)."""

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField("hub.Article")
    topic: fields.ForeignKeyRelation[Topic] = fields.ForeignKeyField("hub.Topic")
    position = fields.IntField()

    class Meta:
        table = "article_topic"
        unique_together = (("article", "topic"),)
        indexes = [
            Index(fields=("topic_id", "article_id")),
            Index(fields=("article_id", "position", "topic_id")),
        ]


class SlugHistory(Model):
    """A slug that an article once had, so that old links still find it."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=SLUG_LENGTH)
    language = fields.CharField(max_length=16)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField(
        "hub.Article", db_index=True
    )

    class Meta:
        table = "slug_history"
        unique_together = (("slug", "language"),)


class Address(Model):
    """A URL under which an article is or was known elsewhere, as `hub.text.slugs.url_key` has it.

    Relations that name their target by url are bound by it. `path` is what follows the host there,
    with the parameters; null for an address without a path, and for very long ones. `url` is the
    address as the source gives it; null for those stored before version 0.3.
    """

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField("hub.Article")
    url_key = fields.CharField(max_length=KEY_LENGTH, db_index=True)
    path = fields.CharField(max_length=KEY_LENGTH, null=True, db_index=True)
    url = fields.CharField(max_length=URL_LENGTH, null=True)

    class Meta:
        table = "address"
        unique_together = (("article", "url_key"),)

"""Comments, pingbacks and trackbacks."""

from __future__ import annotations

from enum import Enum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from hub.models.article import KEY_LENGTH, Article


class CommentStatus(str, Enum):
    """The moderation status of a comment; only APPROVED is public."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    SPAM = "SPAM"
    TRASH = "TRASH"


class CommentKind(str, Enum):
    """A reader's comment, or another site's notification that it links here."""

    COMMENT = "COMMENT"
    PINGBACK = "PINGBACK"
    TRACKBACK = "TRACKBACK"


class CommentVerdict(str, Enum):
    """The spam filter's opinion of a comment; moderators decide."""

    CLEAN = "CLEAN"
    SUSPICIOUS = "SUSPICIOUS"
    SPAM = "SPAM"


class Comment(Model):
    """One comment.

    `author_email` is for moderators only; no IP address is stored. `body_html` is sanitised. A
    reply's `parent` belongs to the same article. `moderated`: a moderator has set its status, so
    that no import does. `audit_key` is the key of the hashes of its private values in the audit
    trail, which nobody can verify once the comment is deleted. Since `erased_at` it is empty, and
    keeps the place of its replies alone. `imported_at` is when an import stored it; imports before
    version 0.3 left none.

    `verdict`, `spam_score` and `reasons` (JSON, pairs of kind and text) are those of the spam
    filter at its submission, `fingerprint` its SimHash. `learned` is the verdict as which the
    filter has learned it. `edited_by` is the role of the moderator who edited it last, READER for
    its own writer. `secret_digest` is the hash of the secret by which the writer edits or deletes
    it; `reports` the number of readers who reported it since a moderator decided. Written by
    `hub.comments` and `hub.imports`.
    """

    id = fields.BigIntField(primary_key=True)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField(
        "hub.Article", related_name="comments"
    )
    parent: fields.ForeignKeyNullableRelation[Comment] = fields.ForeignKeyField(
        "hub.Comment", null=True, on_delete=fields.OnDelete.SET_NULL, related_name="replies"
    )
    kind = fields.CharEnumField(CommentKind, max_length=16, default=CommentKind.COMMENT)
    author_name = fields.CharField(max_length=200)
    author_email = fields.CharField(max_length=320, null=True)
    body_html = fields.TextField()
    status = fields.CharEnumField(CommentStatus, max_length=16, default=CommentStatus.PENDING)
    moderated = fields.BooleanField(default=False, db_default=False)
    created_at = fields.DatetimeField()
    source_key = fields.CharField(max_length=KEY_LENGTH, null=True)
    imported_at = fields.DatetimeField(null=True)
    audit_key = fields.CharField(max_length=64, null=True)
    erased_at = fields.DatetimeField(null=True)
    verdict = fields.CharEnumField(CommentVerdict, max_length=16, null=True)
    spam_score = fields.FloatField(null=True)
    reasons = fields.TextField(null=True)
    fingerprint = fields.BigIntField(null=True)
    learned = fields.CharEnumField(CommentVerdict, max_length=16, null=True)
    edited_at = fields.DatetimeField(null=True)
    edited_by = fields.CharField(max_length=16, null=True)
    secret_digest = fields.CharField(max_length=64, null=True)
    reports = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "comment"
        unique_together = (("article", "source_key"),)
        indexes = [
            Index(fields=("article_id", "status", "created_at", "id")),
            Index(fields=("parent_id", "status", "created_at", "id")),
            Index(fields=("status", "created_at", "id")),
            Index(fields=("author_email",)),
        ]


class ErasedPerson(Model):
    """A person whose comments up to a moment were erased, by a keyed hash of the e-mail address.

    `digest` is that of `hub.comments.erased`, with `key`, which all rows of a hub share. Restores
    and imports go by it. Without `finished_at` the erasure was interrupted, and is resumed.
    """

    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    key = fields.CharField(max_length=64)
    erased_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "erased_person"


class SpamFeature(Model):
    """Numbers of comments with a feature in a bucket, of those that moderators judged.

    Features are hashed, so that no word is stored. The bucket -1 counts all of these comments.
    """

    id = fields.BigIntField(primary_key=True)
    bucket = fields.IntField(unique=True)
    spam = fields.IntField()
    others = fields.IntField()

    class Meta:
        table = "spam_feature"


class HubSecret(Model):
    """A key that all processes of the hub share, by the name of its use."""

    name = fields.CharField(max_length=32, primary_key=True)
    value = fields.CharField(max_length=64)

    class Meta:
        table = "hub_secret"

from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.account import Role
from hub.models.article import Kind, Status
from hub.models.comment import CommentKind, CommentStatus
from hub.models.relation import RelationKind, RelationOrigin
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(max_length=200)),
                ("language", fields.CharField(max_length=16)),
                ("translation_key", fields.CharField(null=True, db_index=True, max_length=255)),
                (
                    "kind",
                    fields.CharEnumField(
                        default=Kind.ARTICLE,
                        description="ARTICLE: ARTICLE\nPAGE: PAGE",
                        enum_type=Kind,
                        max_length=16,
                    ),
                ),
                ("title", fields.CharField(max_length=500)),
                ("headline_key", fields.CharField(db_index=True, max_length=255)),
                ("summary", fields.TextField(unique=False)),
                (
                    "status",
                    fields.CharEnumField(
                        default=Status.DRAFT,
                        description="DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED",
                        enum_type=Status,
                        max_length=16,
                    ),
                ),
                (
                    "published_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
                ("comments_open", fields.BooleanField(default=True)),
                ("comment_count", fields.IntField(default=0)),
                ("image_url", fields.CharField(null=True, max_length=2000)),
                ("image_alt", fields.CharField(null=True, max_length=500)),
                ("canonical_url", fields.CharField(null=True, max_length=2000)),
                ("source", fields.CharField(null=True, max_length=64)),
                ("source_key", fields.CharField(null=True, max_length=255)),
                ("source_hash", fields.CharField(null=True, max_length=64)),
                ("source_version", fields.IntField(null=True)),
                ("body_html", fields.TextField(unique=False)),
                ("body_text", fields.TextField(unique=False)),
            ],
            options={
                "table": "article",
                "app": "hub",
                "unique_together": (("slug", "language"), ("source", "source_key")),
                "indexes": [
                    Index(fields=["status", "published_at", "id"]),
                    Index(fields=["status", "comment_count", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "One piece of writing.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Address",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "article",
                    fields.ForeignKeyField(
                        "hub.Article",
                        source_field="article_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("url_key", fields.CharField(db_index=True, max_length=255)),
            ],
            options={
                "table": "address",
                "app": "hub",
                "unique_together": (("article", "url_key"),),
                "pk_attr": "id",
                "table_description": "A url under which an article is or was known elsewhere, normalised by `hub.text.slugs.url_key`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Author",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=200)),
                ("name", fields.CharField(db_index=True, max_length=200)),
                ("bio", fields.TextField(unique=False)),
            ],
            options={
                "table": "author",
                "app": "hub",
                "pk_attr": "id",
                "table_description": "A byline. Holds nothing private: no e-mail, no account.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ArticleAuthor",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "article",
                    fields.ForeignKeyField(
                        "hub.Article",
                        source_field="article_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "author",
                    fields.ForeignKeyField(
                        "hub.Author",
                        source_field="author_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
            ],
            options={
                "table": "article_author",
                "app": "hub",
                "unique_together": (("article", "author"),),
                "indexes": [Index(fields=["author_id", "article_id"])],
                "pk_attr": "id",
                "table_description": "Who wrote an article, in the order of its byline (`position` from 0).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Change",
            fields=[
                (
                    "seq",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("tag", fields.CharField(max_length=64)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "change",
                "app": "hub",
                "pk_attr": "seq",
                "table_description": "One line of the public change feed: something carrying `tag` is different since `at`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "article",
                    fields.ForeignKeyField(
                        "hub.Article",
                        source_field="article_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="comments",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "hub.Comment",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="replies",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        default=CommentKind.COMMENT,
                        description="COMMENT: COMMENT\nPINGBACK: PINGBACK\nTRACKBACK: TRACKBACK",
                        enum_type=CommentKind,
                        max_length=16,
                    ),
                ),
                ("author_name", fields.CharField(max_length=200)),
                ("author_email", fields.CharField(null=True, max_length=320)),
                ("body_html", fields.TextField(unique=False)),
                (
                    "status",
                    fields.CharEnumField(
                        default=CommentStatus.PENDING,
                        description="PENDING: PENDING\nAPPROVED: APPROVED\nSPAM: SPAM\nTRASH: TRASH",
                        enum_type=CommentStatus,
                        max_length=16,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("source_key", fields.CharField(null=True, max_length=255)),
            ],
            options={
                "table": "comment",
                "app": "hub",
                "unique_together": (("article", "source_key"),),
                "indexes": [
                    Index(fields=["article_id", "status", "created_at", "id"]),
                    Index(fields=["parent_id", "status", "created_at", "id"]),
                    Index(fields=["status", "created_at", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "One comment.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OutboxEvent",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("article_id", fields.BigIntField(db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("tries", fields.IntField(default=0)),
                ("parked", fields.BooleanField(default=False)),
                ("error", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "outbox_event",
                "app": "hub",
                "indexes": [Index(fields=["parked", "id"])],
                "pk_attr": "id",
                "table_description": "`article_id` has been saved or deleted, and the index does not know it yet.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Relation",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "source",
                    fields.ForeignKeyField(
                        "hub.Article",
                        source_field="source_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="relations",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "target",
                    fields.ForeignKeyField(
                        "hub.Article",
                        source_field="target_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="related_by",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="INLINE: INLINE\nMORE_TOPICS: MORE_TOPICS\nMORE_TO_READ: MORE_TO_READ\nPINNED: PINNED\nTOPIC: TOPIC\nSIMILAR: SIMILAR",
                        enum_type=RelationKind,
                        max_length=16,
                    ),
                ),
                (
                    "origin",
                    fields.CharEnumField(
                        description="EDITOR: EDITOR\nIMPORT: IMPORT\nDERIVED: DERIVED",
                        enum_type=RelationOrigin,
                        max_length=16,
                    ),
                ),
                ("rank", fields.IntField()),
                ("position", fields.IntField(null=True)),
                ("anchor", fields.CharField(max_length=500)),
                ("url", fields.CharField(null=True, max_length=2000)),
                ("weight", fields.FloatField(default=1.0)),
                ("chosen", fields.BooleanField(default=False)),
                ("wanted_url", fields.CharField(null=True, db_index=True, max_length=255)),
                ("wanted_slug", fields.CharField(null=True, db_index=True, max_length=255)),
                ("wanted_headline", fields.CharField(null=True, db_index=True, max_length=255)),
            ],
            options={
                "table": "relation",
                "app": "hub",
                "indexes": [
                    Index(fields=["source_id", "rank", "id"]),
                    Index(fields=["target_id", "source_id"]),
                ],
                "pk_attr": "id",
                "table_description": "A directed edge between two articles.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "article",
                    fields.ForeignKeyField(
                        "hub.Article",
                        source_field="article_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("version", fields.IntField()),
                ("slug", fields.CharField(max_length=200)),
                ("title", fields.CharField(max_length=500)),
                ("summary", fields.TextField(unique=False)),
                ("body_html", fields.TextField(unique=False)),
                (
                    "status",
                    fields.CharEnumField(
                        description="DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED",
                        enum_type=Status,
                        max_length=16,
                    ),
                ),
                ("editor", fields.CharField(max_length=255)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "revision",
                "app": "hub",
                "unique_together": (("article", "version"),),
                "pk_attr": "id",
                "table_description": "What a version of an article was. `editor` is the name of the token that saved it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SlugHistory",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(max_length=200)),
                ("language", fields.CharField(max_length=16)),
                (
                    "article",
                    fields.ForeignKeyField(
                        "hub.Article",
                        source_field="article_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "slug_history",
                "app": "hub",
                "unique_together": (("slug", "language"),),
                "pk_attr": "id",
                "table_description": "A slug that an article once had, so that old links still find it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("secret_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "role",
                    fields.CharEnumField(
                        description="WRITER: WRITER\nEDITOR: EDITOR\nADMIN: ADMIN",
                        enum_type=Role,
                        max_length=16,
                    ),
                ),
                ("scopes", fields.CharField(max_length=500)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "last_used_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "token",
                "app": "hub",
                "pk_attr": "id",
                "table_description": "A bearer token.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=200)),
                ("name", fields.CharField(db_index=True, max_length=200)),
                ("description", fields.TextField(unique=False)),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "hub.Topic",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="children",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "topic",
                "app": "hub",
                "pk_attr": "id",
                "table_description": "A topic in a tree. `hub.topics` keeps it free of circles and at most 16 levels deep.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ArticleTopic",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "article",
                    fields.ForeignKeyField(
                        "hub.Article",
                        source_field="article_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "topic",
                    fields.ForeignKeyField(
                        "hub.Topic",
                        source_field="topic_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
            ],
            options={
                "table": "article_topic",
                "app": "hub",
                "unique_together": (("article", "topic"),),
                "indexes": [Index(fields=["topic_id", "article_id"])],
                "pk_attr": "id",
                "table_description": "What an article is about, the main topic first (`position` from 0).",
            },
            bases=["Model"],
        ),
    ]

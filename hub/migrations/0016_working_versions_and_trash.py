from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.article import Status
from hub.models.lifecycle import LifeAction, ReleaseStatus
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0015_index_followers')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PlannedChange',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('article', fields.ForeignKeyField('hub.Article', source_field='article_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('action', fields.CharEnumField(description='PUBLISH: PUBLISH\nUNPUBLISH: UNPUBLISH', enum_type=LifeAction, max_length=16)),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('editor', fields.CharField(max_length=255)),
            ],
            options={'table': 'planned_change', 'app': 'hub', 'unique_together': (('article', 'action'),), 'pk_attr': 'id', 'table_description': "A change of an article's life at a time to come."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Release',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=200)),
                ('status', fields.CharEnumField(default=ReleaseStatus.OPEN, description='OPEN: OPEN\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED', enum_type=ReleaseStatus, max_length=16)),
                ('publish_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('published_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('editor', fields.CharField(max_length=255)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('problem', fields.TextField(null=True, unique=False)),
            ],
            options={'table': 'content_release', 'app': 'hub', 'indexes': [Index(fields=['status', 'publish_at'])], 'pk_attr': 'id', 'table_description': 'Changes of several articles that become public at one moment, together or not at all.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReleaseItem',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('release', fields.ForeignKeyField('hub.Release', source_field='release_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('article', fields.ForeignKeyField('hub.Article', source_field='article_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('action', fields.CharEnumField(description='PUBLISH: PUBLISH\nUNPUBLISH: UNPUBLISH', enum_type=LifeAction, max_length=16)),
            ],
            options={'table': 'release_item', 'app': 'hub', 'unique_together': (('release', 'article'),), 'pk_attr': 'id', 'table_description': 'An article of a release, and what the release does with it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TrashedArticle',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('slug', fields.CharField(max_length=200)),
                ('language', fields.CharField(max_length=16)),
                ('title', fields.CharField(max_length=500)),
                ('status', fields.CharEnumField(description='DRAFT: DRAFT\nSCHEDULED: SCHEDULED\nPUBLISHED: PUBLISHED\nARCHIVED: ARCHIVED', enum_type=Status, max_length=16)),
                ('editor', fields.CharField(max_length=255)),
                ('deleted_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'trashed_article', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'A deleted article, which can be restored. `id` is that of the article.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TrashedRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('article', fields.ForeignKeyField('hub.TrashedArticle', source_field='article_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('origin', fields.CharField(max_length=64)),
                ('data', fields.TextField(unique=False)),
            ],
            options={'table': 'trashed_row', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'A row of a deleted article in one of its tables, as a JSON object of its columns.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WorkingVersion',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('article', fields.OneToOneField('hub.Article', source_field='article_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('changes', fields.TextField(unique=False)),
                ('base', fields.TextField(unique=False)),
                ('version', fields.IntField(default=1)),
                ('editor', fields.CharField(max_length=255)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'working_version', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'Edits of an article that readers do not see yet.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.comment import CommentVerdict
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0019_taxonomies')]

    initial = False

    operations = [
        ops.CreateModel(
            name='HubSecret',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('value', fields.CharField(max_length=64)),
            ],
            options={'table': 'hub_secret', 'app': 'hub', 'pk_attr': 'name', 'table_description': 'A key that all processes of the hub share, by the name of its use.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SpamFeature',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('bucket', fields.IntField(unique=True)),
                ('spam', fields.IntField()),
                ('others', fields.IntField()),
            ],
            options={'table': 'spam_feature', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'Numbers of comments with a feature in a bucket, of those that moderators judged.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Comment',
            name='edited_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Comment',
            name='edited_by',
            field=fields.CharField(null=True, max_length=16),
        ),
        ops.AddField(
            model_name='Comment',
            name='fingerprint',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Comment',
            name='learned',
            field=fields.CharEnumField(null=True, description='CLEAN: CLEAN\nSUSPICIOUS: SUSPICIOUS\nSPAM: SPAM', enum_type=CommentVerdict, max_length=16),
        ),
        ops.AddField(
            model_name='Comment',
            name='reasons',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='Comment',
            name='spam_score',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='Comment',
            name='verdict',
            field=fields.CharEnumField(null=True, description='CLEAN: CLEAN\nSUSPICIOUS: SUSPICIOUS\nSPAM: SPAM', enum_type=CommentVerdict, max_length=16),
        ),
        ops.AddIndex(
            model_name='Comment',
            index=Index(fields=['author_email']),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0022_history')]

    initial = False

    operations = [
        ops.AddField(
            model_name='TrashedArticle',
            name='source',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='TrashedArticle',
            name='source_key',
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.AddIndex(
            model_name='TrashedArticle',
            index=Index(fields=['source_key', 'source']),
        ),
    ]

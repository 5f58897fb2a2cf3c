from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0014_imports')]

    initial = False

    operations = [
        ops.CreateModel(
            name='IndexFollower',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('holder', fields.CharField(max_length=64)),
                ('host', fields.CharField(max_length=200)),
                ('complete', fields.BooleanField()),
                ('renewed_at', fields.FloatField()),
            ],
            options={'table': 'index_follower', 'app': 'hub', 'pk_attr': 'name', 'table_description': 'An index that takes the events of the outbox: that of one folder on one host.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='OutboxEvent',
            name='follower',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='OutboxEvent',
            name='origin',
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name='OutboxEvent',
            index=Index(fields=['follower', 'id']),
        ),
    ]

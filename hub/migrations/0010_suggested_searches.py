from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0009_visibility')]

    initial = False

    operations = [
        ops.AddField(
            model_name='QueryStat',
            name='readers',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.CreateModel(
            name='QueryReader',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.CharField(max_length=10)),
                ('text', fields.CharField(max_length=100)),
                ('reader', fields.CharField(max_length=64)),
            ],
            options={'table': 'query_reader', 'app': 'hub', 'unique_together': (('day', 'text', 'reader'),), 'pk_attr': 'id', 'table_description': 'A reader who asked for `text` on a `day`, so that nobody counts twice.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BlockedQuery',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('text', fields.CharField(unique=True, max_length=100)),
            ],
            options={'table': 'blocked_query', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'A text that is never suggested, nor any other that contains it.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0002_search')]

    initial = False

    operations = [
        ops.CreateModel(
            name='QueryStat',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.CharField(max_length=10)),
                ('text', fields.CharField(max_length=100)),
                ('asked', fields.IntField()),
                ('hits', fields.IntField()),
            ],
            options={'table': 'query_stat', 'app': 'hub', 'unique_together': (('day', 'text'),), 'pk_attr': 'id', 'table_description': 'How often readers asked for `text` on a `day` (UTC, as in 2026-03-01), and its last `hits`.'},
            bases=['Model'],
        ),
    ]

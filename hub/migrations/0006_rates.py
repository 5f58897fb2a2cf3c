from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0005_webhooks')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DaySecret',
            fields=[
                ('day', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=10)),
                ('secret', fields.CharField(max_length=64)),
            ],
            options={'table': 'day_secret', 'app': 'hub', 'pk_attr': 'day', 'table_description': "The secret that the buckets of a `day` (UTC, as in 2026-03-01) go by."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RateBucket',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('full_at', fields.FloatField(db_index=True)),
            ],
            options={'table': 'rate_bucket', 'app': 'hub', 'pk_attr': 'key', 'table_description': "Until when somebody's bucket is not full again, in seconds since 1970."},
            bases=['Model'],
        ),
    ]

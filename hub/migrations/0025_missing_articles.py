from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0024_addresses')]

    initial = False

    operations = [
        ops.AddField(
            model_name='QueryStat',
            name='filtered',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='QueryStat',
            name='lacking',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]

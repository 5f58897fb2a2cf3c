from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0025_missing_articles')]

    initial = False

    operations = [
        ops.AddField(
            model_name='QueryStat',
            name='clicks',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='QueryStat',
            name='positions',
            field=fields.BigIntField(default=0, db_default=0),
        ),
    ]

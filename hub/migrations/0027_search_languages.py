from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0026_clicks')]

    initial = False

    operations = [
        ops.AddField(
            model_name='QueryStat',
            name='language',
            field=fields.CharField(default='', db_default='', max_length=16),
        ),
    ]

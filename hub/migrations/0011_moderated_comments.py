from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0010_suggested_searches')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Comment',
            name='moderated',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]

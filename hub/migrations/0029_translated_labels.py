from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0028_overtaken_texts')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Author',
            name='translations',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='Comment',
            name='imported_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Topic',
            name='translations',
            field=fields.TextField(null=True, unique=False),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0019_previews')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Topic',
            name='taxonomy',
            field=fields.CharField(null=True, max_length=64),
        ),
    ]

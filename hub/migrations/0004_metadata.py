from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0003_querystats')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Article',
            name='metadata',
            field=fields.TextField(null=True, unique=False),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0020_spam_filter')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Author',
            name='image_alt',
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.AddField(
            model_name='Author',
            name='image_url',
            field=fields.CharField(null=True, max_length=2000),
        ),
        ops.AddField(
            model_name='Author',
            name='links',
            field=fields.TextField(null=True, unique=False),
        ),
    ]

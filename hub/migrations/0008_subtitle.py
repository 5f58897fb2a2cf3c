from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0007_labels_in_order')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='Address',
            options={'table': 'address', 'app': 'hub', 'unique_together': (('article', 'url_key'),), 'pk_attr': 'id', 'table_description': 'A URL under which an article is or was known elsewhere, as `hub.text.slugs.url_key` has it.'},
        ),
        ops.AddField(
            model_name='Article',
            name='subtitle',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddField(
            model_name='Revision',
            name='subtitle',
            field=fields.CharField(null=True, max_length=500),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0033_suggestions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OutsideLink',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('article', fields.ForeignKeyField('hub.Article', source_field='article_id', db_index=True, db_constraint=True, to_field='id', related_name='outside_links', on_delete=OnDelete.CASCADE)),
                ('url', fields.CharField(max_length=2000)),
                ('anchor', fields.CharField(max_length=500)),
                ('position', fields.IntField(null=True)),
                ('status', fields.IntField(null=True)),
                ('problem', fields.CharField(null=True, max_length=200)),
                ('redirects', fields.IntField(default=0, db_default=0)),
                ('moved_to', fields.CharField(null=True, max_length=2000)),
                ('checked_at', fields.DatetimeField(null=True, db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'outside_link', 'app': 'hub', 'pk_attr': 'id', 'table_description': "A link of a public article's text to another site, and what answered when last looked at."},
            bases=['Model'],
        ),
    ]

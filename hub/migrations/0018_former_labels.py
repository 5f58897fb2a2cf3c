from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0017_erased_people')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FormerAuthor',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('author', fields.ForeignKeyField('hub.Author', source_field='author_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('slug', fields.CharField(null=True, unique=True, max_length=200)),
                ('name', fields.CharField(db_index=True, max_length=200)),
                ('merged_id', fields.BigIntField(null=True, db_index=True)),
                ('was_public', fields.BooleanField()),
            ],
            options={'table': 'former_author', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'A name that an author once had, so that old addresses and imports still find the author.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FormerTopic',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('topic', fields.ForeignKeyField('hub.Topic', source_field='topic_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('slug', fields.CharField(null=True, unique=True, max_length=200)),
                ('name', fields.CharField(db_index=True, max_length=200)),
                ('merged_id', fields.BigIntField(null=True, db_index=True)),
                ('was_public', fields.BooleanField()),
            ],
            options={'table': 'former_topic', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'A name that a topic once had, so that old addresses and imports still find it.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Author',
            name='edited',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Topic',
            name='edited',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]

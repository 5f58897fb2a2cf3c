from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0001_start')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DueNeighbours',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('article_id', fields.BigIntField(unique=True)),
                ('spread', fields.BooleanField()),
            ],
            options={'table': 'due_neighbours', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'The derived edges of an article are to be drawn anew.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Pin',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('text', fields.CharField(max_length=200)),
                ('article', fields.ForeignKeyField('hub.Article', source_field='article_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('rank', fields.IntField()),
            ],
            options={'table': 'pin', 'app': 'hub', 'unique_together': (('text', 'article'),), 'pk_attr': 'id', 'table_description': 'An article that comes first when `text` is all that was typed, in the order of `rank`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SynonymSet',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('words', fields.TextField(unique=False)),
                ('typed', fields.CharField(null=True, max_length=100)),
            ],
            options={'table': 'synonym_set', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'Words of which any stands for any other, one a line.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Relation',
            name='because',
            field=fields.TextField(null=True, unique=False),
        ),
    ]

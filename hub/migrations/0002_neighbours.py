from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0001_start')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DueNeighbours',
            fields=[
                ('article_id', fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                ('spread', fields.BooleanField()),
            ],
            options={'table': 'due_neighbours', 'app': 'hub', 'pk_attr': 'article_id', 'table_description': 'The derived edges of an article are to be drawn anew.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Relation',
            name='because',
            field=fields.TextField(null=True, unique=False),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0035_discussions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SearchRule',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=100)),
                ('is_enabled', fields.BooleanField(default=True, db_default=True)),
                ('definition', fields.TextField(unique=False)),
            ],
            options={'table': 'search_rule', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'A rule of what some searches answer beside their hits, and in which order.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StopWord',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('word', fields.CharField(max_length=100)),
                ('language', fields.CharField(default='', db_default='', max_length=16)),
            ],
            options={'table': 'stop_word', 'app': 'hub', 'unique_together': (('word', 'language'),), 'pk_attr': 'id', 'table_description': 'A word that is left out of searches, in one language or in all.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='SynonymSet',
            name='language',
            field=fields.CharField(null=True, max_length=16),
        ),
    ]

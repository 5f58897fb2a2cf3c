from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0027_search_languages')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OvertakenText',
            fields=[
                ('reader', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('at', fields.FloatField(db_index=True)),
            ],
            options={'table': 'overtaken_text', 'app': 'hub', 'pk_attr': 'reader', 'table_description': 'A text that a reader typed on from, for the other processes.'},
            bases=['Model'],
        ),
    ]

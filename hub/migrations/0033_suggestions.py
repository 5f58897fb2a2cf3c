from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.relation import RelationOrigin
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0032_media')]

    initial = False

    operations = [
        ops.CreateModel(
            name='HiddenSuggestion',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.ForeignKeyField('hub.Article', source_field='source_id', db_constraint=True, to_field='id', related_name='hidden_suggestions', on_delete=OnDelete.CASCADE)),
                ('target', fields.ForeignKeyField('hub.Article', source_field='target_id', db_index=True, db_constraint=True, to_field='id', related_name='hidden_as_suggestion', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'hidden_suggestion', 'app': 'hub', 'unique_together': (('source', 'target'),), 'pk_attr': 'id', 'table_description': 'A target that is never suggested for a source again, until an editor shows it.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Relation',
            name='accepted_from',
            field=fields.CharEnumField(null=True, description='EDITOR: EDITOR\nIMPORT: IMPORT\nDERIVED: DERIVED', enum_type=RelationOrigin, max_length=16),
        ),
    ]

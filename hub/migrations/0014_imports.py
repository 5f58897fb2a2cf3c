from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.import_run import RecordKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0013_audit')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ImportRun',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('editor', fields.CharField(max_length=255)),
                ('paths', fields.TextField(unique=False)),
                ('counts', fields.TextField(unique=False)),
            ],
            options={'table': 'import_run', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'One run of an import. It is unfinished without `finished_at`: interrupted, or still running.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ImportChange',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('run', fields.ForeignKeyField('hub.ImportRun', source_field='run_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='ARTICLE: ARTICLE\nCOMMENT: COMMENT\nTOPIC: TOPIC\nAUTHOR: AUTHOR\nSLUG: SLUG\nADDRESS: ADDRESS', enum_type=RecordKind, max_length=16)),
                ('record_id', fields.BigIntField()),
                ('before', fields.IntField(null=True)),
                ('after', fields.IntField(null=True)),
            ],
            options={'table': 'import_change', 'app': 'hub', 'indexes': [Index(fields=['run_id', 'kind', 'id'])], 'pk_attr': 'id', 'table_description': 'A record that an import created, or an article that it changed.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Article',
            name='held_back',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]

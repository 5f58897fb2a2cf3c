from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.audit import Door
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0012_whole_revisions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('actor', fields.CharField(max_length=200)),
                ('token_id', fields.BigIntField(null=True)),
                ('door', fields.CharEnumField(description='GRAPHQL: GRAPHQL\nCOMMAND: COMMAND\nIMPORT: IMPORT\nSCHEDULER: SCHEDULER\nSTART: START', enum_type=Door, max_length=16)),
                ('action', fields.CharField(max_length=64)),
                ('subject', fields.CharField(max_length=32)),
                ('subject_id', fields.BigIntField(null=True)),
                ('changes', fields.TextField(null=True, unique=False)),
                ('erased_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'audit_entry', 'app': 'hub', 'indexes': [Index(fields=['at', 'id']), Index(fields=['subject', 'subject_id', 'at']), Index(fields=['token_id', 'at'])], 'pk_attr': 'id', 'table_description': 'Who changed what, when, and by which door.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StoredSetting',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=100)),
                ('value', fields.TextField(unique=False)),
            ],
            options={'table': 'stored_setting', 'app': 'hub', 'pk_attr': 'name', 'table_description': 'A setting that is not secret, as JSON, with which a server last started.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Comment',
            name='audit_key',
            field=fields.CharField(null=True, max_length=64),
        ),
    ]

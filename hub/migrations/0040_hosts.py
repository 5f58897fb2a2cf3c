from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0039_rules')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PersistedDocument',
            fields=[
                ('digest', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('text', fields.TextField(unique=False)),
                ('stored_at', fields.FloatField(db_index=True)),
            ],
            options={'table': 'persisted_document', 'app': 'hub', 'pk_attr': 'digest', 'table_description': 'A GraphQL document that a client has registered by its SHA-256, in hexadecimal.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='WebhookTarget',
            name='named_at',
            field=fields.FloatField(default=0.0, db_default=0.0),
        ),
    ]

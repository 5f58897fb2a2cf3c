from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.webhook import MessageStatus
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0004_metadata')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Lease',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=200)),
                ('holder', fields.CharField(max_length=64)),
                ('until', fields.FloatField()),
            ],
            options={'table': 'lease', 'app': 'hub', 'pk_attr': 'name', 'table_description': "A task that one process at a time may do, and until when it is `holder`'s."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WebhookEvent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('target', fields.CharField(db_index=True, max_length=200)),
                ('tags', fields.TextField(unique=False)),
                ('places', fields.TextField(unique=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'webhook_event', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'What one change has to tell a target, until it is put into a message.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WebhookMessage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('target', fields.CharField(max_length=200)),
                ('articles', fields.TextField(unique=False)),
                ('body', fields.TextField(unique=False)),
                ('status', fields.CharEnumField(description='WAITING: WAITING\nDELIVERED: DELIVERED\nGIVEN_UP: GIVEN_UP', enum_type=MessageStatus, max_length=16)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due', fields.FloatField()),
                ('tries', fields.IntField(default=0)),
                ('answer', fields.IntField(null=True)),
                ('error', fields.CharField(null=True, max_length=200)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'webhook_message', 'app': 'hub', 'indexes': [Index(fields=['status', 'target', 'id'])], 'pk_attr': 'id', 'table_description': 'A message to a target, as it is sent, and what became of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WebhookTarget',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=200)),
            ],
            options={'table': 'webhook_target', 'app': 'hub', 'pk_attr': 'name', 'table_description': 'Somebody who is to be told of changes.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.article import CommentModeration
from hub.models.moderation import CommentEventType, ReportReason
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0034_outside_links')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CommentEvent',
            fields=[
                ('seq', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('type', fields.CharEnumField(description='PENDING: PENDING\nAPPROVED: APPROVED\nREPORTED: REPORTED', enum_type=CommentEventType, max_length=16)),
                ('comment_id', fields.BigIntField()),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'comment_event', 'app': 'hub', 'pk_attr': 'seq', 'table_description': 'Something that happened to a comment, kept for a day for subscriptions of moderators.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CommentReport',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('comment', fields.ForeignKeyField('hub.Comment', source_field='comment_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('reporter', fields.CharField(max_length=64)),
                ('reason', fields.CharEnumField(description='SPAM: SPAM\nABUSE: ABUSE\nPERSONAL_DATA: PERSONAL_DATA\nOFF_TOPIC: OFF_TOPIC\nOTHER: OTHER', enum_type=ReportReason, max_length=16)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'comment_report', 'app': 'hub', 'unique_together': (('comment', 'reporter'),), 'pk_attr': 'id', 'table_description': "A reader's report of a comment, at most one of each reader."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Article',
            name='comment_moderation',
            field=fields.CharEnumField(null=True, description='ALL: ALL\nSUSPICIOUS: SUSPICIOUS\nSPAM: SPAM\nNONE: NONE', enum_type=CommentModeration, max_length=16),
        ),
        ops.AddField(
            model_name='Comment',
            name='reports',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Comment',
            name='secret_digest',
            field=fields.CharField(null=True, max_length=64),
        ),
    ]

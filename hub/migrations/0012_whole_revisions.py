from tortoise import migrations
from tortoise.migrations import operations as ops
from hub.models.revision import RevisionChange
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0011_moderated_comments')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Revision',
            name='base',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Revision',
            name='change',
            field=fields.CharEnumField(null=True, description='CREATED: CREATED\nREVISED: REVISED\nIMPORTED: IMPORTED\nPUBLISHED: PUBLISHED\nSCHEDULED: SCHEDULED\nARCHIVED: ARCHIVED\nUNPUBLISHED: UNPUBLISHED\nRESTORED: RESTORED', enum_type=RevisionChange, max_length=16),
        ),
        ops.AddField(
            model_name='Revision',
            name='content',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='Revision',
            name='published_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Revision',
            name='saved_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]

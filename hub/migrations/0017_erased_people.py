from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0016_working_versions_and_trash')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ErasedPerson',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('key', fields.CharField(max_length=64)),
                ('erased_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'erased_person', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'A person whose comments up to a moment were erased, by a keyed hash of the e-mail address.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Comment',
            name='erased_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('hub', '0029_translated_labels')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MediaFile',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hash', fields.CharField(unique=True, max_length=64)),
                ('media_type', fields.CharField(max_length=32)),
                ('bytes', fields.BigIntField()),
                ('width', fields.IntField()),
                ('height', fields.IntField()),
                ('caption', fields.CharField(default='', db_default='', max_length=2000)),
                ('credit', fields.CharField(default='', db_default='', max_length=500)),
                ('focal_x', fields.FloatField(null=True)),
                ('focal_y', fields.FloatField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'media_file', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'A picture in the media folder, under the SHA-256 of its bytes.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MediaSource',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('url', fields.CharField(max_length=2000)),
                ('hash', fields.CharField(null=True, db_index=True, max_length=64)),
                ('problem', fields.CharField(default='', db_default='', max_length=500)),
                ('tried_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'media_source', 'app': 'hub', 'pk_attr': 'id', 'table_description': 'An address from which a picture was copied, or could not be copied.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MediaUse',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hash', fields.CharField(max_length=64)),
                ('article_id', fields.BigIntField(db_index=True)),
            ],
            options={'table': 'media_use', 'app': 'hub', 'unique_together': (('hash', 'article_id'),), 'pk_attr': 'id', 'table_description': 'An article that carries a picture, or has carried it in some version.'},
            bases=['Model'],
        ),
    ]

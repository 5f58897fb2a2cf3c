from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

# A key is a host, and a path and parameters, each from a slash or a question mark. One of 255
# characters may be shortened.
_HOST = "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]%"
_PATHS = f"UPDATE address SET path = ltrim(url_key, '{_HOST}') WHERE length(url_key) < 255"
_NO_PATHS = "UPDATE address SET path = NULL WHERE substr(path, 1, 1) NOT IN ('/', '?')"

class Migration(migrations.Migration):
    dependencies = [('hub', '0023_trashed_sources')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Address',
            name='path',
            field=fields.CharField(null=True, db_index=True, max_length=255),
        ),
        ops.AddField(
            model_name='Address',
            name='url',
            field=fields.CharField(null=True, max_length=2000),
        ),
        ops.RunSQL([_PATHS, _NO_PATHS], ops.RunSQL.noop),
    ]

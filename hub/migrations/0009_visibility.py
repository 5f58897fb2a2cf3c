from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

# Texts of links that were copied from the title of their target, at the time or an earlier one.
_COPIED = """
UPDATE relation SET anchor = '', wanted_headline = NULL
WHERE target_id IS NOT NULL AND chosen = TRUE AND (
    anchor = (SELECT a.title FROM article a WHERE a.id = relation.target_id)
    OR EXISTS (SELECT 1 FROM revision v
        WHERE v.article_id = relation.target_id AND v.title = relation.anchor)
)
"""
_DERIVED = "UPDATE relation SET anchor = '' WHERE origin = 'DERIVED'"

class Migration(migrations.Migration):
    dependencies = [('hub', '0008_subtitle')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Topic',
            index=Index(fields=['parent_id', 'id']),
        ),
        ops.RunSQL([_COPIED, _DERIVED], ops.RunSQL.noop),
    ]

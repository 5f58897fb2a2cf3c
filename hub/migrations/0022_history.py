from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0021_author_profiles')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Revision',
            index=Index(fields=['status', 'published_at', 'article_id', 'saved_at']),
        ),
        ops.AddIndex(
            model_name='Revision',
            index=Index(fields=['saved_at']),
        ),
        ops.AddIndex(
            model_name='Revision',
            index=Index(fields=['slug']),
        ),
    ]

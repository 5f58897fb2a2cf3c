from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('hub', '0006_rates')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='ArticleAuthor',
            index=Index(fields=['article_id', 'position', 'author_id']),
        ),
        ops.AddIndex(
            model_name='ArticleTopic',
            index=Index(fields=['article_id', 'position', 'topic_id']),
        ),
    ]

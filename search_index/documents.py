"""Documents of the index, loaded from the database: what an index should hold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

import anyio.lowlevel

from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.reads import articles as article_reads
from hub.reads import authors, comments, topics
from hub.reads.articles import ArticleRow
from hub.text import markup
from search_index.fields import PLAIN_FIELDS, TextField
from search_index.query import CommentText, Document, Label

MAX_COMMENTS = 1_000
"""Comments of one article that are indexed, the newest; bounds the cost of adding one."""

LOADED_AT_ONCE = 1_000


async def load_documents(db: Reader, ids: Sequence[int]) -> list[Document]:
    """Load the documents to index for these articles; deleted articles are omitted.

    Six statements, for any number of ids.
    """
    rows = await article_reads.by_ids(db, ids, SYSTEM)
    bodies = await article_reads.bodies(db, rows, SYSTEM)
    topics_by_article = await topics.of_articles(db, rows)
    own_ids = {
        topic.id for article_topics in topics_by_article.values() for topic in article_topics
    }
    ancestors_by_topic = await topics.ancestors(db, own_ids)
    authors_by_article = await authors.of_articles(db, rows)
    comments_by_article = await comments.newest_public(db, rows, MAX_COMMENTS)
    return [
        Document(
            id=row.id,
            stamp=compute_stamp(row.version, row.comment_count),
            texts=plain_texts(row, bodies[row.id].text if row.id in bodies else ""),
            language=row.language,
            kind=row.kind,
            status=row.status,
            published_at=row.published_at,
            topics=_labels(
                [
                    *topics_by_article.get(row.id, []),
                    *(
                        ancestor
                        for topic in topics_by_article.get(row.id, [])
                        for ancestor in ancestors_by_topic.get(topic.id, [])
                    ),
                ]
            ),
            authors=_labels(authors_by_article.get(row.id, [])),
            comment_count=row.comment_count,
            comments=tuple(
                CommentText(comment.id, markup.to_text(comment.body_html), comment.created_at)
                for comment in comments_by_article.get(row.id, [])
            ),
            has_image=bool(row.image_url),
        )
        for row in rows.values()
    ]


def plain_texts(row: ArticleRow, body: str) -> Mapping[TextField, str]:
    """Return the plain texts of an article: the body, and attributes of its row."""
    return {
        field: body if field is TextField.BODY else getattr(row, field.key)
        for field in PLAIN_FIELDS
    }


def _labels(rows: Iterable[topics.TopicRow | authors.AuthorRow]) -> tuple[Label, ...]:
    return tuple(dict.fromkeys(Label(row.slug, row.name) for row in rows))


def compute_stamp(version: int, comment_count: int) -> int:
    """Return a number that changes when an article is saved or commented on."""
    return version << 24 | min(comment_count, (1 << 24) - 1)


async def all_documents(db: Reader) -> AsyncIterator[list[Document]]:
    """Yield the documents of all articles, some at a time, in the order of their ids."""
    last = 0
    while rows := await db.rows(
        "SELECT id FROM article WHERE id > ? ORDER BY id LIMIT ?", [last, LOADED_AT_ONCE]
    ):
        ids = [id_ for (id_,) in rows]
        last = ids[-1]
        yield await load_documents(db, ids)
        await anyio.lowlevel.checkpoint()  # lets other tasks of the process run

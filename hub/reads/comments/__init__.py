"""Reads of comments: threads, replies and counts; for moderators, the queue.

Belongs here: statements on comments. Does not: changes of them (`hub.comments`).
"""

from hub.reads.comments.threads import (
    READER_KINDS,
    CommentRow,
    FlatPages,
    by_ids,
    counts,
    flat,
    ids_by_status,
    latest,
    newest_public,
    replies,
    reply_counts,
    sort_value,
    thread_counts,
    threads,
    total,
)

__all__ = [
    "READER_KINDS",
    "CommentRow",
    "FlatPages",
    "by_ids",
    "counts",
    "flat",
    "ids_by_status",
    "latest",
    "newest_public",
    "replies",
    "reply_counts",
    "sort_value",
    "thread_counts",
    "threads",
    "total",
]

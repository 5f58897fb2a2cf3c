"""The removal of comments with what else tells of them: in the audit trail and in statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub import audit
from hub.comments import erased
from hub.comments.counts import update_counts
from hub.models import CommentStatus
from hub.search import statistics
from hub.text import markup


async def remove(rows: Sequence[Any]) -> int:
    """Erase comments, given their columns; return how many stay, empty, to keep their replies.

    With them go the values of the audit trail, and counts of searches for their words that nobody
    else made. In a transaction.
    """
    ids = {int(row["id"]): int(row["article_id"]) for row in rows}
    await statistics.forget(
        text for row in rows for text in (row["author_name"], markup.to_text(row["body_html"]))
    )
    placeholders = await erased.remove(ids)
    await audit.blank("Comment", list(ids))
    public = {row["article_id"] for row in rows if row["status"] == CommentStatus.APPROVED}
    if public:
        await update_counts(sorted(public))
    return placeholders

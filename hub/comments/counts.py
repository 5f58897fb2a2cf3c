"""Counts of approved comments, which articles hold."""

from __future__ import annotations

from collections.abc import Iterable

from hub import outbox
from hub.db.database import marks, run
from hub.models import CommentKind, CommentStatus


async def update_counts(article_ids: Iterable[int]) -> None:
    """Update the counts of approved comments, and announce the articles. In a transaction."""
    ids = list(article_ids)
    await run(
        "UPDATE article SET comment_count = (SELECT count(*) FROM comment c"
        " WHERE c.article_id = article.id AND c.status = ? AND c.kind = ?"
        " AND c.erased_at IS NULL)"
        f" WHERE id IN ({marks(ids)})",
        [CommentStatus.APPROVED.value, CommentKind.COMMENT.value, *ids],
    )
    await outbox.record(ids)
    public = sorted(await outbox.public_among(ids))
    await outbox.announce(
        [*(f"article:{id_}" for id_ in ids), *(f"comments:{id_}" for id_ in public)]
    )

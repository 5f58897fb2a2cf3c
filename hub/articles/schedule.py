"""The schedule: carry out what is due."""

from __future__ import annotations

from hub.articles import publishing, releases
from hub.db.database import Reader
from hub.db.timestamps import now, to_iso
from hub.models import ReleaseStatus, Status


async def due_ids(db: Reader) -> list[tuple[str, int, int]]:
    """Return what is due, the earliest first, each as its kind, its id and that of its article.

    Cheap when nothing is due: one statement, with a look-up in three indexes.
    """
    moment = to_iso(now())
    rows = await db.rows(
        "SELECT 'article', id, id, published_at AS at FROM article"
        " WHERE status = ? AND published_at <= ?"
        " UNION ALL SELECT 'plan', id, article_id, at FROM planned_change WHERE at <= ?"
        " UNION ALL SELECT 'release', id, 0, publish_at FROM content_release"
        " WHERE status = ? AND publish_at <= ? ORDER BY 4, 2",
        [Status.SCHEDULED.value, moment, moment, ReleaseStatus.SCHEDULED.value, moment],
    )
    return [(kind, id_, article_id) for kind, id_, article_id, _ in rows]


async def publish_due(db: Reader) -> list[int]:
    """Carry out whatever is due; return the ids of the articles that were published.

    That are scheduled articles, planned changes, and scheduled releases, each in a transaction of
    its own. Safe to run in several processes at once: each is carried out by one of them.
    """
    changed = list[int]()
    for kind, id_, article_id in await due_ids(db):
        if kind == "release":
            await releases.publish_due(id_)
            continue
        carry_out = publishing.publish_scheduled if kind == "article" else publishing.carry_out
        if await carry_out(id_):
            changed.append(article_id)
    return changed

"""Revisions: bring a version of an article back, and delete old ones."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hub import snapshots
from hub.articles.restoring import apply_snapshot, life_of
from hub.articles.saving import get_for_revision
from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks, run, transaction
from hub.errors import NotFound
from hub.models import Article, Revision, RevisionChange

BATCH = 100
"""Articles whose old revisions are deleted in one transaction."""


@transaction
async def restore(
    article_id: int,
    version: int,
    *,
    by: Viewer,
    seen_version: int | None = None,
    with_status: bool = False,
    as_imported: bool = False,
) -> int:
    """Make an article again what it was at `version`, as a new version, and return its number.

    Its status and its date stay as they are, or come back as well `with_status`. What it was since
    stays in its revisions. Parts that an old revision does not hold stay as they are; a slug that
    another article has by now is left out. Imports take it for an editor's save; with
    `as_imported`, the next one goes on from what was imported then: for undoing one.

    Raises:
        NotAllowed: `by` is not a writer, or may not publish and the article is no draft of its own.
        NotFound: no such article that `by` may see, or no such revision of it.
        Conflict: it has been saved since `seen_version`.
    """
    by.require(Permission.WRITE)
    if with_status:
        by.require(Permission.PUBLISH)
    article = await get_for_revision(article_id, seen_version, by)
    await restore_version(article, version, by, with_status=with_status, as_imported=as_imported)
    return int(article.version)


async def restore_version(
    article: Article,
    version: int,
    by: Viewer,
    *,
    with_status: bool = False,
    as_imported: bool = False,
) -> None:
    """Restore a version of an article within a transaction; see `restore`.

    Raises:
        NotFound: no such revision.
    """
    snapshot = await snapshots.read(int(article.id), version)
    if snapshot is None:
        raise NotFound("revision", version)
    life = life_of(snapshot) if with_status else {}
    if as_imported and "source_hash" in snapshot:
        life["source_hash"] = snapshot["source_hash"]
    if as_imported and "held_back" in snapshot:
        life["held_back"] = snapshot["held_back"]
    changed = await apply_snapshot(article, snapshot, by, RevisionChange.RESTORED, life=life)
    if changed and as_imported and snapshot.get("is_imported"):
        await Article.filter(id=article.id).update(source_version=article.version)


async def thin(db: Reader, limit: int) -> int:
    """Delete the revisions of each article but the last `limit`; return how many were deleted.

    Never the first one, which says whose article it is, those on both sides of a change of status,
    such as the last public one, nor one that others are deltas of. One statement if there is
    nothing to do, and a transaction for 100 articles.
    """
    after, deleted = 0, 0
    while True:
        rows = await db.rows(
            "SELECT article_id FROM revision WHERE article_id > ? GROUP BY article_id"
            " HAVING count(*) > ? ORDER BY article_id LIMIT ?",
            [after, limit, BATCH],
        )
        if not rows:
            return deleted
        ids = [id_ for (id_,) in rows]
        deleted += await _thin(ids, limit)
        after = ids[-1]


@transaction
async def _thin(article_ids: list[int], limit: int) -> int:
    rows = await run(
        "SELECT id, article_id, version, status, base FROM revision"
        f" WHERE article_id IN ({marks(article_ids)}) ORDER BY article_id, version DESC",
        article_ids,
    )
    needed = {row["base"] for row in rows}
    for newer, older in pairwise(rows):
        if (newer["article_id"], newer["status"]) != (older["article_id"], older["status"]):
            needed |= {newer["id"], older["id"]}  # ends of an article, and of its times in a status
    positions = Counter[int]()
    old = list[int]()
    for row in rows:
        positions[row["article_id"]] += 1
        is_old = positions[row["article_id"]] > limit and row["version"] > 1
        if is_old and row["id"] not in needed:
            old.append(row["id"])
    for start in range(0, len(old), 500):
        await Revision.filter(id__in=old[start : start + 500]).delete()
    return len(old)

"""Deletion of pictures that nothing carries any more, neither in the trash nor in any version."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from anyio import to_thread

from hub.db.database import Reader, marks, run, transaction
from hub.db.timestamps import now, to_iso
from hub.media import rows
from hub.media.addresses import PREFIX
from hub.media.folder import MediaFolder
from hub.models import MediaFile, MediaSource, MediaUse

UNUSED = timedelta(days=1)
"""Age of a picture before it is deleted as unused: imports store pictures before they show them."""

BATCH = 50
"""Pictures that are deleted in a transaction."""

_IS_UNUSED = (
    "NOT EXISTS (SELECT 1 FROM media_use u WHERE u.hash = f.hash AND (EXISTS"
    " (SELECT 1 FROM article a WHERE a.id = u.article_id) OR EXISTS"
    " (SELECT 1 FROM trashed_article t WHERE t.id = u.article_id)))"
    f" AND NOT EXISTS (SELECT 1 FROM author w WHERE w.image_url LIKE '%{PREFIX}' || f.hash || '/%')"
)


async def sweep(db: Reader, folder: MediaFolder) -> int:
    """Delete the pictures that no article, trash or author has carried for a day; return how many.

    An article carries what any of its versions has. One statement if there is nothing to do, but
    for folders without a row: what an interrupted run has left there goes too.
    """
    oldest, deleted = now() - UNUSED, 0
    while unused := await db.rows(
        f"SELECT f.hash FROM media_file f WHERE f.created_at < ? AND {_IS_UNUSED} LIMIT ?",
        [to_iso(oldest), BATCH],
    ):
        hashes = await _delete_unused([hash_ for (hash_,) in unused], oldest, folder)
        if not hashes:
            break
        deleted += len(hashes)
    await _delete_leftovers(db, folder)
    return deleted


@transaction
async def _delete_unused(hashes: Sequence[str], oldest: datetime, folder: MediaFolder) -> list[str]:
    """Delete those pictures that are still unused, and return their hashes.

    Their files go before the commit. Whoever stores one of them again meanwhile waits for it with
    the row, and writes the file once more then (`MediaStore.keep`).
    """
    old = MediaFile.filter(hash__in=list(hashes), created_at__lt=oldest)
    names = [str(file.hash) for file in await old]
    found = await run(
        f"SELECT f.hash FROM media_file f WHERE f.hash IN ({marks(names)}) AND {_IS_UNUSED}", names
    )
    unused = [str(row["hash"]) for row in found]
    for model in (MediaUse, MediaSource, MediaFile):
        await model.filter(hash__in=unused).delete()
    for hash_ in unused:
        folder.delete(hash_)
    return unused


async def _delete_leftovers(db: Reader, folder: MediaFolder) -> None:
    """Delete the folders of pictures without a row that are older than a day."""
    before = time.time() - UNUSED.total_seconds()
    leftovers = await to_thread.run_sync(folder.older_than, before)
    for start in range(0, len(leftovers), BATCH):
        batch = leftovers[start : start + BATCH]
        existing = await rows.by_hashes(db, batch)
        if abandoned := [hash_ for hash_ in batch if hash_ not in existing]:
            await _delete_abandoned(abandoned, folder)


@transaction
async def _delete_abandoned(hashes: Sequence[str], folder: MediaFolder) -> None:
    """Delete the folders of those that have no row yet; nobody adds one meanwhile."""
    found = {str(file.hash) for file in await MediaFile.filter(hash__in=list(hashes))}
    for hash_ in hashes:
        if hash_ not in found:
            folder.delete(hash_)

"""Create a backup of a running hub."""

from __future__ import annotations

import tempfile
from pathlib import Path

from anyio import to_thread

from hub.backup import archive, pictures, postgres, sqlite
from hub.backup.tables import table_names
from hub.db.database import database_path
from hub.db.timestamps import now
from hub.errors import BackupError
from hub.media.folder import MediaFolder
from hub.settings import Settings


async def create(
    settings: Settings, target: Path, *, version: str, without_people: bool = False
) -> archive.Manifest:
    """Write a backup of the hub as it is at one moment; the hub may run and save meanwhile.

    It needs space for a copy of the database beside `target`. `version` is that of the hub.

    Raises:
        BackupError: the database cannot be copied, or the archive not be written.
        DatabaseError: the database cannot be opened.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix=".hub-backup-", dir=target.parent)
    except OSError as error:
        raise BackupError(f"{target.parent} cannot be written ({error.strerror}).") from error
    with folder as name:
        copies = Path(name)
        moment = now().isoformat()
        path = database_path(settings)
        if path is None:
            database = "postgres"
            members, migration, rows, tool = await postgres.dump(
                settings.database, table_names(), copies, without_people=without_people
            )
        else:
            database = "sqlite"
            members = await to_thread.run_sync(
                lambda: sqlite.dump(path, copies, without_people=without_people)
            )
            migration, rows, tool = sqlite.describe(copies)
        members |= await to_thread.run_sync(pictures.members, MediaFolder(settings))
        manifest = {
            "hub": version,
            "created_at": moment,
            "database": database,
            "tool": tool,
            "migration": migration,
            "without_people": without_people,
            "rows": rows,
            "settings": settings.public_values(),
        }
        return await to_thread.run_sync(archive.write, target, manifest, members)

"""Verify a backup, and restore it: whole, or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from anyio import to_thread

import hub.migrations
from hub import audit, people
from hub.auth import SYSTEM
from hub.backup import archive, erasures, pictures, postgres, sqlite
from hub.backup.tables import table_names
from hub.db import files
from hub.db.database import database_path, display_url, migrate, open_database, transaction
from hub.errors import BackupError, DatabaseError
from hub.media.folder import MediaFolder
from hub.models import IndexFollower, OutboxEvent
from hub.settings import Settings
from hub.text.plurals import count_of


async def verify(source: Path) -> archive.Manifest:
    """Read all of a backup, and return its manifest. Nothing is changed.

    It needs space for the database in the folder for temporary files.

    Raises:
        BackupError: it is damaged, truncated, or of a newer version of the hub.
    """
    with _temporary(None) as folder:
        return await _unpack(source, folder)


async def describe_contents(settings: Settings) -> str:
    """Describe what a restore would replace; empty for a hub with nothing in it.

    A database that cannot be read may hold anything. It is migrated, as by every command.
    """
    path = database_path(settings)
    if path is not None and not path.exists():
        return ""
    try:
        async with open_database(settings) as db:
            [[articles, others]] = await db.rows(
                "SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM trashed_article)"
                " + (SELECT count(*) FROM topic) + (SELECT count(*) FROM author)"
                " + (SELECT count(*) FROM token) + (SELECT count(*) FROM synonym_set)"
            )
    except DatabaseError:
        return f"The database {display_url(settings)}, which cannot be read,"
    if not articles and not others:
        return ""
    return f"Everything in {display_url(settings)} ({count_of(articles, 'article')})"


async def restore(
    settings: Settings, source: Path, *, before: Callable[[], Awaitable[None]]
) -> archive.Manifest:
    """Replace the hub's database by that of a backup, and migrate it to the newest schema.

    People whose comments were erased here are erased from what is restored: their hashes are added
    to it in the transaction that replaces the database, so that the next start resumes it after a
    kill.

    The backup is verified before anything is changed; the database is then replaced in one
    transaction. The caller makes sure that no hub runs. `before` is called in between, to discard
    the index: whatever happens then, it is rebuilt from the database that is there.

    Raises:
        BackupError: it is damaged, truncated, of a newer version of the hub or of another kind of
            database; or the database is in use.
        DatabaseError: the database cannot be opened.
    """
    path = database_path(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    files.protect(settings)
    with _temporary(settings.data_dir) as folder:
        manifest = await _unpack(source, folder)
        own = "postgres" if path is None else "sqlite"
        if manifest.database != own:
            raise BackupError(
                f"{source} is a backup of {manifest.database}, and HUB_DATABASE_URL names a "
                f"database of {own}. To move between them: hub export, hub import."
            )
        await to_thread.run_sync(pictures.load, folder, MediaFolder(settings))
        if path is None:
            await postgres.check_unused(settings.database)
            carried = await erasures.read_postgres(settings.database)
            await before()
            script = erasures.to_script(carried)
            await postgres.load(settings.database, table_names(), folder, script)
        else:
            carried = await to_thread.run_sync(erasures.read_sqlite, path)
            await to_thread.run_sync(erasures.add_to_sqlite, folder / sqlite.MEMBER, carried)
            await before()
            await to_thread.run_sync(sqlite.load, folder, path)
    await migrate(settings)
    async with open_database(settings) as db:
        await _complete(manifest)
        await people.resume(db)
    return manifest


@transaction
async def _complete(manifest: archive.Manifest) -> None:
    """Forget the indexes of the archive's hub, which hold what it had later, and tell the trail.

    Each of them is then rebuilt, or verified if it is the first to follow.
    """
    await IndexFollower.all().delete()
    await OutboxEvent.filter(follower__isnull=False).delete()
    changes = {"created_at": (None, manifest.created_at)}
    await audit.record("backup.restore", "Backup", by=SYSTEM, changes=changes)


async def _unpack(source: Path, folder: Path) -> archive.Manifest:
    manifest = await to_thread.run_sync(archive.extract, source, folder)
    [migrations] = hub.migrations.__path__
    if not (Path(migrations) / f"{manifest.migration}.py").is_file():
        raise BackupError(
            f"{source} was made by a newer version of the hub ({manifest.hub}): this one does not "
            f"know its schema {manifest.migration}. Restore it with that version."
        )
    if manifest.database == "postgres":
        await postgres.check(folder, manifest.tool)
    else:
        await to_thread.run_sync(sqlite.check, folder)
        _, rows, _ = sqlite.describe(folder)
        if rows != manifest.rows:
            raise BackupError(f"{source} is damaged: it has other rows than its manifest says.")
    return manifest


@contextmanager
def _temporary(parent: Path | None) -> Iterator[Path]:
    try:
        with tempfile.TemporaryDirectory(prefix=".hub-restore-", dir=parent) as name:
            yield Path(name)
    except OSError as error:
        reason = f"{error.filename or parent} cannot be written ({error.strerror})"
        raise BackupError(f"The backup cannot be unpacked: {reason}.") from error

"""`hub backup` and `hub restore`: everything in one archive, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import anyio
import typer
from typer.core import TyperGroup
from typing_extensions import override

from hub import VERSION
from hub.backup import create as backups
from hub.backup import restore as restores
from hub.backup.archive import Manifest
from hub.backup.pictures import list_pictures
from hub.errors import BackupError
from hub.settings import Settings
from hub.text.plurals import count_of
from scripts.commands.confirm import Yes, confirm
from scripts.commands.output import echo
from search_index.configured import open_configured

File = Annotated[Path, typer.Argument(help="The archive.", dir_okay=False)]


class _CreateByDefault(TyperGroup):
    """A group in which `hub backup FILE` is `hub backup create FILE`."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["create", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_CreateByDefault,
    help="Put everything into one archive, while the hub runs: hub backup FILE; or verify one.",
)


@app.command()
def create(
    file: File,
    without_people: Annotated[
        bool,
        typer.Option(
            "--without-people",
            help="Leave out names and e-mail addresses of commenters, statistics of searches, "
            "tokens, names of editors, and the audit trail.",
        ),
    ] = False,
) -> None:
    """Back up the hub to FILE, as it is at one moment. The hub may run and save meanwhile.

    Only its owner can read the file. An existing one is replaced once the backup is complete.
    """
    settings = Settings()

    async def work() -> Manifest:
        return await backups.create(settings, file, version=VERSION, without_people=without_people)

    manifest = anyio.run(work)
    echo(f"{_describe(manifest)} are in {file} ({file.stat().st_size / 1e6:.1f} MB).")


@app.command()
def verify(file: File) -> None:
    """Read all of a backup, and check it as a restore would. Changes nothing."""

    async def work() -> Manifest:
        return await restores.verify(file)

    manifest = anyio.run(work)
    people = ", without people" if manifest.without_people else ""
    echo(f"{file} is complete: {_describe(manifest)} of hub {manifest.hub}")
    echo(f"from {manifest.created_at[:19]} UTC, {manifest.database}{people}.")


def restore(file: File, yes: Yes = False) -> None:
    """Replace everything in this hub by what a backup holds. Stop the hub before.

    The backup is verified first, and the database replaced in one transaction. The index is
    rebuilt when the hub starts.
    """
    settings = Settings()
    if not yes and (contents := anyio.run(restores.describe_contents, settings)):
        confirm(f"{contents} will be gone, replaced by what {file} holds.", yes)

    async def work() -> Manifest:
        engine = open_configured(settings)
        try:
            async with engine.lock() as is_free:
                if not is_free:
                    raise BackupError("A hub is running on this index: stop it first.")
                return await restores.restore(settings, file, before=engine.discard)
        finally:
            await engine.close()

    manifest = anyio.run(work)
    echo(f"{_describe(manifest)} from {manifest.created_at[:19]} UTC are restored.")
    echo("The index is rebuilt at the next start, or now by: hub reindex")


def _describe(manifest: Manifest) -> str:
    counts = [count_of(manifest.rows.get(name, 0), name) for name in ("article", "comment")]
    if pictures := len(list_pictures(manifest.members)):
        counts = [", ".join(counts), count_of(pictures, "picture")]
    return " and ".join(counts)

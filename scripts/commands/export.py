"""`hub export`: all content as JSONL, which `hub import` reads."""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import anyio
import typer

from hub.db.database import open_database
from hub.logs import escape
from hub.settings import Settings
from scripts.commands.output import echo
from scripts.importers.records.export import export_records
from scripts.importers.records.models import schema


def export(
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to, as in site.jsonl or site.jsonl.gz; - for the output."),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Only what is public, and no e-mail addresses.")
    ] = False,
    as_schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a line instead.")
    ] = False,
) -> None:
    """Write all articles with their relations and comments, topics and authors, to FILE.

    Importing it into an empty hub and exporting that gives the same lines. Drafts, comments that
    nobody has approved and the e-mail addresses of commenters are among it, unless --public: the
    file is readable for its owner alone. Revisions, tokens and tuning are not.
    """
    if as_schema:
        echo(json.dumps(schema(), indent=1))
        return
    settings = Settings()

    async def work() -> int:
        async with open_database(settings) as db:
            return await _write(file, export_records(db, public=public))

    try:
        count = anyio.run(work)
    except OSError as error:
        echo(f"hub: {file}: it cannot be written ({error.strerror})", err=True)
        raise typer.Exit(1) from error
    if file is not None and str(file) != "-":
        echo(f"{count} records in {file}")


async def _write(file: Path | None, lines: AsyncIterator[bytes]) -> int:
    count = 0
    is_terminal = (file is None or str(file) == "-") and sys.stdout.isatty()
    with _open_output(file) as out:
        async for line in lines:
            out.write((escape(line.decode()).encode() if is_terminal else line) + b"\n")
            count += 1
    return count


@contextmanager
def _open_output(file: Path | None) -> Iterator[IO[bytes]]:
    """Open the output; an existing file is replaced atomically, once all is written."""
    if file is None or str(file) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    temporary = file.with_name(f".{file.name}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as plain:
            if file.suffix == ".gz":
                # No name and no time in the header: the same content gives the same bytes.
                with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield plain
            plain.flush()
            os.fsync(descriptor)
        os.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

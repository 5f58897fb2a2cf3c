"""The schema of a database after all migrations, from which new hubs are made.

After a new migration, `.venv/bin/python -m tests.support.newest` writes `hub/migrations/newest.sql`
again.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import anyio
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.migrations.api.migrate import migrate

from hub.db.database import tortoise_config
from hub.db.new_databases import SCRIPT
from hub.settings import Settings

_APPLIED_AT = re.compile(r"(INSERT INTO \"tortoise_migrations\" .*,)'[^']*'\);")
_NOW = r"\1strftime('%Y-%m-%d %H:%M:%f+00:00','now'));"


async def newest(folder: Path) -> str:
    """Return the SQL that makes what all migrations, run one by one in `folder`, have made."""
    settings = Settings(data_dir=folder)
    with TortoiseContext():
        await migrate(config=tortoise_config(settings))
        await Tortoise.close_connections()
    return sql_of(folder / "hub.sqlite3")


def sql_of(path: Path) -> str:
    """Return the SQL that makes this database again, with the present as the time of migrations."""
    with closing(sqlite3.connect(path)) as database:
        lines = [_APPLIED_AT.sub(_NOW, line) for line in database.iterdump()]
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        SCRIPT.write_text(anyio.run(newest, Path(temporary)), encoding="utf-8")

"""Keys of the comments' tokens and hashes, which all processes of a hub share."""

from __future__ import annotations

import secrets

from hub.db.database import run
from hub.models import HubSecret

SELECT = "SELECT value FROM hub_secret WHERE name = ?"


async def read_key(name: str) -> str:
    """Return the key of this name, which is created if there is none. In a transaction."""
    rows = await run(SELECT, [name])
    if rows:
        return str(rows[0]["value"])
    row = await HubSecret.create(name=name, value=secrets.token_hex(32))
    return str(row.value)

"""Election of the process that leads an index, and the index's identity among all followers.

The engine's lock makes sure that one process leads a folder. The database remembers the last one
for each index, and so does the index itself: if they differ, the index is a copy of another one, or
was restored from a backup. It then gets a name of its own, and is rebuilt, because nobody knows
what it has missed.
"""

from __future__ import annotations

import secrets
import socket
from typing import NamedTuple

from hub.db.database import Reader
from hub.outbox import Follower
from hub.search import followers
from search_index.engine import SearchEngine

MAX_HOLDERS = 20
"""Leaders that are remembered with an index while the database has not confirmed the last one."""


class Identity(NamedTuple):
    """The name of an index, and the processes of which one led it last; empty at first."""

    name: str = ""
    holders: tuple[str, ...] = ()


def identify(engine: SearchEngine) -> Identity:
    """Return the identity that is stored with an index."""
    name, *holders = engine.identity().split() or [""]
    return Identity(name, tuple(holders))


async def elect(db: Reader, engine: SearchEngine) -> tuple[Follower, bool]:
    """Become the leader of an index, whose lock this process holds.

    Returns whether the index has received every event so far; if not, it has to be rebuilt.

    Raises:
        NotLeading: another process has become the leader in between.
    """
    name, holders = identify(engine)
    last = await followers.last_holder(db, name)
    if not name or (last is not None and last not in holders):
        name = secrets.token_hex(4)
    follower = Follower(name, secrets.token_hex(8))
    # Before the database: whichever of the two a kill leaves behind, the next leader knows it.
    await _store(engine, Identity(name, (follower.holder, *holders[-MAX_HOLDERS:])))
    is_complete = await followers.lead(follower, holders, socket.gethostname()[:200])
    await _store(engine, Identity(name, (follower.holder,)))
    return follower, is_complete


async def _store(engine: SearchEngine, identity: Identity) -> None:
    await engine.set_identity(" ".join([identity.name, *identity.holders]))

"""What a server process is put together from, as it is without spans around anything."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware

from hub.db.database import Reader
from schema.server.operations import Operations
from search_index.engine import SearchEngine
from search_index.indexer import Indexer


class Parts:
    """The plain parts; those of `schema.tracing` make spans of what they do."""

    operations: type[Operations] = Operations
    indexer: type[Indexer] = Indexer
    middleware: Sequence[Middleware] = ()

    def reader(self, db: Reader) -> Reader:
        """What rows are read with."""
        return db

    def engine(self, engine: SearchEngine) -> SearchEngine:
        """What searches."""
        return engine

    def close(self) -> None:
        """Nothing more is done with these parts."""

"""Instrumentation of a server process: the null object, without spans."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware

from hub.db.database import Reader
from schema.server.operations import Operations
from search_index.engine import SearchEngine
from search_index.indexer import Indexer


class Instrumentation:
    """Plain components; those of `schema.tracing` create spans."""

    operations: type[Operations] = Operations
    indexer: type[Indexer] = Indexer
    middleware: Sequence[Middleware] = ()

    def wrap_reader(self, db: Reader) -> Reader:
        """Return the reader to use in place of `db`."""
        return db

    def wrap_engine(self, engine: SearchEngine) -> SearchEngine:
        """Return the engine to use in place of `engine`."""
        return engine

    def close(self) -> None:
        """Flush and stop; the components are not used afterwards."""

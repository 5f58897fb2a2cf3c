"""Hooks around the work of a server process. Those of `Instrumentation` do nothing.

`hub.app` passes one instance to the components, which call its hooks around the work that caches
do not spare them. A subclass, such as that of `schema.tracing`, overrides the hooks that it needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from starlette.middleware import Middleware

from hub.db.database import Reader
from search_index.engine import SearchEngine

Observation = AbstractContextManager[Callable[[int], None]]
"""A context around some work; yields a function to report its outcome with.

The function is not called if an exception leaves the context.
"""


class ExecutedOperation(NamedTuple):
    """An operation that is executed, without its variables and its caller.

    `type` and `name` are None if the document has no operation of that name; `document` is its
    text, in which literals may be private.
    """

    type: str | None
    name: str | None
    document: str
    request_id: str

    @property
    def document_hash(self) -> str:
        """The SHA-256 of the document, in hexadecimal digits."""
        return hashlib.sha256(self.document.encode()).hexdigest()


def _ignore(_: int) -> None: ...


_UNOBSERVED: Observation = nullcontext(_ignore)


class Instrumentation:
    """The hooks of one process, as a null object."""

    middleware: Sequence[Middleware] = ()

    def wrap_reader(self, db: Reader) -> Reader:
        """Return the reader to use in place of `db`."""
        return db

    def wrap_engine(self, engine: SearchEngine) -> SearchEngine:
        """Return the engine to use in place of `engine`."""
        return engine

    def observe_parsing(self) -> Observation:
        """Enclose parsing and validation of a new document; the outcome is its number of errors."""
        return _UNOBSERVED

    def observe_execution(self, operation: ExecutedOperation) -> Observation:
        """Enclose the execution of a query or mutation; the outcome is the HTTP status."""
        return _UNOBSERVED

    def observe_batch(self, events: int) -> Observation:
        """Enclose the indexing of a batch of events; the outcome is the number of failed ones."""
        return _UNOBSERVED

    def close(self) -> None:
        """Flush and stop; the components are not used afterwards."""

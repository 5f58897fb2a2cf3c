"""The database and the index that a request reads: those of the hub, or those of a preview."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, NamedTuple

from hub.articles import previews
from hub.auth import PreviewOf
from hub.db.database import Reader
from hub.errors import DatabaseError, HubError, RateLimited
from schema.server.requests import Refused, rate_limited
from search_index.engine import SearchEngine
from search_index.previewed import PreviewedEngine


class Sources(NamedTuple):
    """What the resolvers of a request read from."""

    db: Reader
    engine: SearchEngine


def sources_for(
    preview: PreviewOf | None, sources: Sources
) -> AbstractAsyncContextManager[Sources]:
    """Return the sources of a request, with or without a preview."""
    return nullcontext(sources) if preview is None else preview_sources(preview, sources)


@asynccontextmanager
async def preview_sources(preview: PreviewOf, sources: Sources) -> AsyncIterator[Sources]:
    """Return sources to which the preview is public; all saves wait meanwhile.

    Raises Refused if what was previewed is no more, or too many previews are asked for at once; and
    DatabaseError if it cannot be published in time, or the database is unavailable.
    """
    try:
        async with previews.as_published(preview) as (db, ids):
            engine: Any = PreviewedEngine(sources.engine, db, ids)
            try:
                yield Sources(db, engine)
            finally:
                await engine.close()
    except RateLimited as problem:
        raise rate_limited(problem) from problem
    except DatabaseError:
        raise  # told as everywhere
    except HubError as problem:
        raise Refused(404, "NOT_FOUND", str(problem)) from problem


def reads_only() -> Refused:
    """Return the refusal of a mutation or a subscription with a preview."""
    return Refused(403, "FORBIDDEN", "A preview shows what is there; it changes nothing.")

"""A running hub in this process, and an HTTP client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import httpx
import pytest
from starlette.applications import Starlette

from hub.app import create_app
from hub.db.database import Reader
from hub.settings import Settings
from schema.instrumentation import Instrumentation
from search_index.indexer import Indexer
from search_index.query import EngineError
from tests.support.factories import a_token


class Client:
    """HTTP client of a hub, with or without a token."""

    def __init__(
        self,
        app: Starlette,
        http: httpx.AsyncClient,
        db: Reader,
        indexer: Indexer,
        token: str,
    ) -> None:
        self.app = app
        self.http = http
        self.db = db
        self.indexer = indexer
        self.editor = {"authorization": f"Bearer {token}"}

    async def post(
        self, query: str, /, *, editor: bool = False, **variables: Any
    ) -> dict[str, Any]:
        """Return the complete response to a query."""
        response = await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers=self.editor if editor else {},
        )
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, /, *, editor: bool = False, **variables: Any) -> Any:
        """Return the data of a response; an error in it fails the test."""
        answer = await self.post(query, editor=editor, **variables)
        assert "errors" not in answer, answer
        return answer["data"]


async def wait_for_index(app: Starlette) -> None:
    """Wait until the index exists: before, searches fail, and no response is cached."""
    with anyio.fail_after(30):
        while True:
            with suppress(EngineError):
                await app.state.engine.status()
                return
            await anyio.sleep(0.01)


@asynccontextmanager
async def a_hub(
    settings: Settings, instrumentation: Instrumentation | None = None
) -> AsyncIterator[Client]:
    """Run a hub in this process; yields a client of it."""
    app = create_app(settings, instrumentation)
    async with app.router.lifespan_context(app):
        await wait_for_index(app)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http:
            yield Client(app, http, app.state.db, app.state.indexer, await a_token())


UNAWAITED_COROUTINES = [
    pytest.mark.usefixtures("collect_garbage"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]
"""Marks for tests of errors: graphql-core does not await coroutines whose sibling fails."""

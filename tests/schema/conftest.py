"""A hub in this process: the real application, its database, index and indexer."""

from __future__ import annotations

import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from starlette.applications import Starlette

from hub.app import create_app
from hub.database import Reader
from hub.settings import Settings
from scripts.commands.import_ import import_paths
from scripts.commands.serve import DEMO
from search_index.indexer import Indexer
from search_index.query import EngineError
from tests.factories import a_token
from tests.postgres import Database


class Client:
    """Asks the hub over HTTP, with or without a token."""

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
        """The whole answer to a query."""
        response = await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers=self.editor if editor else {},
        )
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, /, *, editor: bool = False, **variables: Any) -> Any:
        """The data of an answer; an error in it fails the test."""
        answer = await self.post(query, editor=editor, **variables)
        assert "errors" not in answer, answer
        return answer["data"]


async def has_index(app: Starlette) -> None:
    """Wait until the hub has made its index: before, nothing can be found, and nothing is kept."""
    with anyio.fail_after(30):
        while True:
            with suppress(EngineError):
                await app.state.engine.status()
                return
            await anyio.sleep(0.01)


@asynccontextmanager
async def a_hub(settings: Settings) -> AsyncIterator[Client]:
    """A running hub in this process, and a client of it."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await has_index(app)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http:
            yield Client(app, http, app.state.db, app.state.indexer, await a_token())


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings) as running:
        yield running


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the demo content."""
    data = tmp_path_factory.mktemp("demo") / "data"
    report = anyio.run(import_paths, [DEMO], Settings(data_dir=data))
    assert report.exit_status == 0
    return data


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def demo_settings(
    demo_data: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Settings:
    """A hub of one's own that holds the demo content, on each database."""
    data = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(demo_data, data)
    settings = Settings(data_dir=data, neighbours=0)
    if request.param == "postgres":
        database: Database = request.getfixturevalue("postgres")
        anyio.run(database.emptied)
        settings = settings.model_copy(update={"database_url": database.url})
        assert anyio.run(import_paths, [DEMO], settings).exit_status == 0
    return settings


@pytest.fixture
async def demo(demo_data: Path, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Client]:
    """A hub that holds the demo content, all of it indexed; no neighbours are drawn."""
    shutil.copytree(demo_data, tmp_path / "demo")
    async with a_hub(Settings(data_dir=tmp_path / "demo", neighbours=0)) as running:
        with anyio.fail_after(30):
            while not running.indexer.leading:  # what was made of the index has been told by then
                await anyio.sleep(0.02)
        yield running


@pytest.fixture
def nothing_is_left() -> Iterator[None]:
    """Collects what a test leaves behind while its warnings are still filtered, and not before.

    A collection may come within a named tuple's `__new__`, which has no builtins to warn with.
    """
    gc.disable()
    try:
        yield
        gc.collect()
    finally:
        gc.enable()


LEFT_BEHIND = [
    pytest.mark.usefixtures("nothing_is_left"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]
"""For tests of what goes wrong: graphql-core leaves coroutines where a sibling fails at once."""

"""Fixtures of a hub in this process: the real application, its database, index and indexer."""

from __future__ import annotations

import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import pytest

from hub.settings import Settings
from scripts.commands.import_ import import_paths
from scripts.commands.serve import DEMO
from tests.support.hub import Client, a_hub
from tests.support.postgres import Database


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings) as running:
        yield running


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo content."""
    data = tmp_path_factory.mktemp("demo") / "data"
    report = anyio.run(import_paths, [DEMO], Settings(data_dir=data))
    assert report.exit_status == 0
    return data


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def demo_settings(
    demo_data: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Settings:
    """Settings of a separate hub with the demo content, on each database."""
    data = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(demo_data, data)
    settings = Settings(data_dir=data, neighbours=0)
    if request.param == "postgres":
        database: Database = request.getfixturevalue("postgres")
        anyio.run(database.empty)
        settings = settings.model_copy(update={"database_url": database.url})
        assert anyio.run(import_paths, [DEMO], settings).exit_status == 0
    return settings


@pytest.fixture
async def demo(demo_data: Path, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Client]:
    """A hub with the demo content, completely indexed, without derived neighbours."""
    shutil.copytree(demo_data, tmp_path / "demo")
    async with a_hub(Settings(data_dir=tmp_path / "demo", neighbours=0)) as running:
        with anyio.fail_after(30):
            while (
                not running.indexer.leading
            ):  # events of the initial index have been published by then
                await anyio.sleep(0.02)
        yield running


@pytest.fixture
def collect_garbage() -> Iterator[None]:
    """Collect a test's garbage at its end, while its warnings are still filtered, and not before.

    A collection may occur within a named tuple's `__new__`, which has no builtins to warn with.
    What was there before the test is not looked at, which takes a tenth of the time.
    """
    gc.disable()
    gc.freeze()
    try:
        yield
        gc.collect()
    finally:
        gc.unfreeze()
        gc.enable()

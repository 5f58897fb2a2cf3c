"""What all tests share: real databases in temporary folders, and the inputs beside the project."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from hub.database import Reader, connected, migrate
from hub.settings import Settings

# Machines are shared: how long anything takes decides no test.
hypothesis_settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs; a test that needs it is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real inputs, ../shared/data, is not here")
    return SHARED


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file, made once."""
    folder = tmp_path_factory.mktemp("template")
    settings = Settings(data_dir=folder)
    anyio.run(migrate, settings)
    return folder / "hub.sqlite3"


@pytest.fixture
def settings(tmp_path: Path, template: Path) -> Settings:
    """Settings of a hub in a folder of its own, with an empty database."""
    (tmp_path / "data").mkdir()
    shutil.copy(template, tmp_path / "data" / "hub.sqlite3")
    return Settings(data_dir=tmp_path / "data", neighbours=0)


@pytest.fixture
async def db(settings: Settings, anyio_backend: str) -> AsyncIterator[Reader]:
    """The database of `settings`, connected."""
    async with connected(settings) as reader:
        yield reader

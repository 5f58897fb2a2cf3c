"""What all tests share: real databases in temporary folders, and the inputs beside the project."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from hub.db.database import Reader, migrate, open_database
from hub.settings import Settings
from tests.support.paths import SHARED
from tests.support.postgres import Cluster, Database, find_programs

# Machines are shared: how long anything takes decides no test.
hypothesis_settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")


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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let what is marked with `databases` run on each of them, or on those that it names."""
    marker = metafunc.definition.get_closest_marker("databases")
    if marker is not None and "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", marker.args or ("sqlite", "postgres"), indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Where records are kept: in SQLite, unless the test is marked with `databases`."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    """A migrated database of a PostgreSQL that runs for these tests."""
    found = find_programs()
    if found is None:
        words = "no PostgreSQL here: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    with Cluster(found) as cluster:
        yield Database(cluster)


@pytest.fixture
def settings(
    tmp_path: Path, template: Path, backend: str, request: pytest.FixtureRequest
) -> Settings:
    """Settings of a hub in a folder of its own, with an empty database."""
    (tmp_path / "data").mkdir()
    if backend == "postgres":
        database: Database = request.getfixturevalue("postgres")
        anyio.run(database.empty)
        return Settings(data_dir=tmp_path / "data", database_url=database.url, neighbours=0)
    shutil.copy(template, tmp_path / "data" / "hub.sqlite3")
    return Settings(data_dir=tmp_path / "data", neighbours=0)


@pytest.fixture
async def db(settings: Settings, anyio_backend: str) -> AsyncIterator[Reader]:
    """The database of `settings`, connected."""
    async with open_database(settings) as reader:
        yield reader

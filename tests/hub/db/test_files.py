"""hub.db.files: nobody but the hub's user accesses its files, whatever the umask."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from hub.db import files as data_files
from hub.db.database import migrate, open_database
from hub.settings import Settings
from scripts.cli import app
from search_index.engines import open_engine
from search_index.indexer import reindex
from tests.support.importer_inputs import files
from tests.support.server_process import Server, hub

MODES = {"0700": (0o700, 0o600), "0750": (0o750, 0o640), "0770": (0o770, 0o660)}


@pytest.fixture(autouse=True)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """The most permissive umask, or the one that a test is parametrised with."""
    before = os.umask(getattr(request, "param", 0o000))
    yield
    os.umask(before)


def modes(folder: Path) -> dict[Path, int]:
    """The mode of a folder and of all in it."""
    return {
        path: stat.S_IMODE(path.lstat().st_mode)
        for path in (folder, *folder.rglob("*"))
        if path.exists()  # an index deletes files meanwhile
    }


def check(folder: Path, mode: str) -> None:
    folder_mode, file_mode = MODES[mode]
    for path, current in modes(folder).items():
        access = current if path.is_dir() else current & 0o666  # Whoosh's locks are executable
        assert oct(access) == oct(folder_mode if path.is_dir() else file_mode), path


def settings_of(folder: Path, mode: str) -> Settings:
    return Settings.model_validate({"data_dir": folder, "data_mode": mode})


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct, indirect=True)
@pytest.mark.parametrize("mode", MODES)
def test_new_files_are_private(tmp_path: Path, mode: str) -> None:
    settings = settings_of(tmp_path / "below" / "data", mode)

    async def work() -> None:
        async with open_database(settings) as db:
            engine = open_engine(settings.search)
            await reindex(db, engine)
            check(settings.data_dir, mode)  # with -wal and -shm
            assert len(modes(settings.data_dir)) > 7
            await engine.close()

    anyio.run(work)
    check(tmp_path / "below", mode)


@pytest.mark.parametrize("mode", MODES)
def test_existing_files_are_set_at_start_and_this_is_logged_once(
    tmp_path: Path, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(tmp_path / "data", mode)
    anyio.run(migrate, settings)
    index = settings.data_dir / "index"
    index.mkdir()
    (index / "gen-1").mkdir()
    (index / "gen-1" / "terms").write_text("secret words")
    unrelated = settings.data_dir / "notes.txt"
    unrelated.write_text("not the hub's")
    for path in (settings.data_dir, *settings.data_dir.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert data_files.exposed(settings)
    with caplog.at_level(logging.WARNING, "hub.db.files"):
        anyio.run(migrate, settings)
        assert stat.S_IMODE(unrelated.stat().st_mode) == 0o644
        unrelated.unlink()
        check(settings.data_dir, mode)
        assert len(caplog.records) == 1
        assert str(settings.data_dir) in caplog.text
        lock = index / "gen-1" / "MAIN_WRITELOCK"
        lock.touch()
        lock.chmod(int(mode, 8))  # as Whoosh makes it
        anyio.run(migrate, settings)
        assert len(caplog.records) == 1
    assert not data_files.exposed(settings)


@pytest.mark.parametrize("url", ["whoosh:", "whoosh:{}", "whoosh://{}", "WHOOSH:{}", "whoosh:."])
def test_what_stands_beside_an_index_is_not_the_hubs(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "a project"
    for path in (project / "scripts", project / "gen-1", project / "gen-x"):
        path.mkdir(parents=True, mode=0o755)
        (path / "run").touch(0o755)
        (path / "run").chmod(0o755)
    monkeypatch.chdir(project)
    data = tmp_path / "data"
    settings = Settings(data_dir=data, search_url=url.format(str(project).replace(" ", "%20")))
    before = modes(project)
    data_files.protect(settings)
    changed = {path for path, mode in modes(project).items() if mode != before[path]}
    own = {project / "gen-1", project / "gen-1" / "run"}
    assert changed == (own if url != "whoosh:" else set())


def test_a_shared_folder_and_links_are_left_and_reported(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    data.mkdir()
    data.chmod(0o1777)
    (data / "index" / "gen-1").mkdir(parents=True)
    elsewhere.write_text("")
    elsewhere.chmod(0o644)
    (data / "index" / "gen-1" / "link").symlink_to(elsewhere)
    result = CliRunner().invoke(app, ["check"], env={"HUB_DATA_DIR": str(data)})
    assert result.exit_code == 1
    assert f"{data} has mode 1777 instead of 1700" in result.output
    assert stat.S_IMODE(data.stat().st_mode) == 0o1777
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644
    assert stat.S_IMODE((data / "hub.sqlite3").stat().st_mode) == 0o600


def test_a_server_and_commands_write_private_files(tmp_path: Path) -> None:
    site = files(tmp_path / "site", oven="# Ovens\n\nHot.")
    data, out = tmp_path / "data", tmp_path / "out"
    out.mkdir()
    with Server(data):
        report = str(out / "report.json")
        assert hub("import", str(site), "--report", report, data=data).returncode == 0
        assert hub("export", str(out / "all.jsonl"), data=data).returncode == 0
        check(data, "0700")
    assert set(modes(out).values()) - {stat.S_IMODE(out.stat().st_mode)} == {0o600}

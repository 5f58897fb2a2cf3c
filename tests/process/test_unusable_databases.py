"""A database that cannot be opened: every command says so in a line and ends, within seconds."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.damage import NOBODY, commands, run_hub
from tests.support.postgres import Database

Damage = Callable[[Path], None]
COMMANDS = commands()


def truncated(file: Path) -> None:
    os.truncate(file, 5_000)


def truncated_header(file: Path) -> None:
    os.truncate(file, 50)


def random_bytes(file: Path) -> None:
    file.write_bytes(os.urandom(8_192))


def damaged_schema(file: Path) -> None:
    with file.open("r+b") as out:
        out.seek(100)
        out.write(os.urandom(3_000))


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def unreadable(file: Path) -> None:
    file.chmod(0)


def unwritable(file: Path) -> None:
    file.chmod(0o400)
    file.parent.chmod(0o500)


PROBLEMS: dict[Damage, str] = {
    truncated: "it is damaged",
    truncated_header: "it is damaged",
    random_bytes: "it is not an SQLite database",
    damaged_schema: "it is damaged",
    a_folder: "it is a folder",
    unreadable: "this user may not read and write it",
    unwritable: "cannot be written",
}


@pytest.fixture(scope="module")
def workplace() -> Iterator[Path]:
    """A folder that other users may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="hub-damage-"))
    folder.chmod(0o777)
    (folder / "source").mkdir()
    (folder / "source" / "page.md").write_text("# A page\n\nWords.")
    yield folder
    subprocess.run(["chmod", "-R", "u+rwX", folder], check=True)
    shutil.rmtree(folder)


@pytest.fixture(params=list(PROBLEMS), ids=lambda damage: damage.__name__)
def damage(request: pytest.FixtureRequest) -> Damage:
    chosen: Damage = request.param
    return chosen


@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_command_says_what_is_wrong_with_the_file(
    command: str, damage: Damage, workplace: Path, template: Path
) -> None:
    data = Path(tempfile.mkdtemp(dir=workplace))
    file = data / "hub.sqlite3"
    shutil.copy(template, file)
    # Root may read and write everything: the command runs as somebody else.
    user = NOBODY if os.getuid() == 0 else None
    if user is not None:
        for path in (data, file):
            os.chown(path, user, user)
    damage(file)
    done = run_hub(arguments(command, workplace), workplace, user=user, HUB_DATA_DIR=str(data))
    assert done.status == 1, done
    [message] = done.errors.splitlines()
    assert str(file) in message or f"{data} cannot be written" in message
    assert PROBLEMS[damage] in message
    assert message.endswith(".")


@pytest.fixture(scope="module")
def full_disk(workplace: Path) -> Iterator[Path]:
    """A folder on a disk of 64 KB."""
    folder = workplace / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_first_start_on_a_full_disk_says_so(
    command: str, workplace: Path, full_disk: Path
) -> None:
    for file in full_disk.iterdir():
        file.unlink()
    done = run_hub(arguments(command, workplace), workplace, HUB_DATA_DIR=str(full_disk))
    assert done.status == 1, done
    [message] = done.errors.splitlines()
    assert str(full_disk / "hub.sqlite3") in message
    assert "the disk is full" in message
    assert "Free some space" in message


@pytest.fixture(scope="module")
def silent_port() -> Iterator[int]:
    """A port on which connections are accepted and never answered."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


@pytest.mark.parametrize("command", ["migrate", "serve", "import", "index status"])
def test_a_postgresql_that_does_not_answer_is_named(
    command: str, workplace: Path, silent_port: int
) -> None:
    assert_postgresql_is_named(command, workplace, f"127.0.0.1:{silent_port}/hub")


@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_postgresql_that_refuses_connections_is_named(command: str, workplace: Path) -> None:
    assert_postgresql_is_named(command, workplace, "127.0.0.1:1/hub")


@pytest.mark.parametrize(
    "address", ["nowhere.invalid/hub", "/hub?host=/nonexistent", "[::1]:1/hub", "127.0.0.1:x/hub"]
)
def test_a_postgresql_that_does_not_exist_is_named(address: str, workplace: Path) -> None:
    assert_postgresql_is_named("migrate", workplace, address)


def assert_postgresql_is_named(command: str, workplace: Path, address: str) -> None:
    url = f"postgres://me:secret@{address}"
    done = run_hub(arguments(command, workplace), workplace, HUB_DATABASE_URL=url)
    assert done.status == 1, done
    [message] = done.errors.splitlines()
    place = "the local socket/hub" if address.startswith("/") else address
    assert f"PostgreSQL cannot be used at {place}" in message
    assert "secret" not in done.output + done.errors


@pytest.mark.parametrize("part", ["missing database", "missing user"])
def test_a_postgresql_that_refuses_is_named(part: str, workplace: Path, postgres: Database) -> None:
    url = postgres.url.replace("/hub?", "/none?")
    if part == "missing user":
        url = postgres.url.replace("//hub@", "//nobody-here@")
    done = run_hub(["migrate"], workplace, HUB_DATABASE_URL=url)
    assert done.status == 1, done
    [message] = done.errors.splitlines()
    assert "does not exist" in message


def arguments(command: str, workplace: Path) -> list[str]:
    replaced = {"SOURCE": str(workplace / "source")}
    return [replaced.get(word, word) for word in COMMANDS[command]]


def test_migrate_does_not_print_the_password(workplace: Path, postgres: Database) -> None:
    url = postgres.url.replace("//hub@", "//hub:secret@")
    done = run_hub(["migrate"], workplace, HUB_DATABASE_URL=url)
    assert (done.status, done.errors) == (0, "")
    assert "at the newest schema" in done.output
    assert "secret" not in done.output

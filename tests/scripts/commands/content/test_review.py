"""`hub comments review`: the moderation queue by single keys."""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import sqlite3
import termios
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

import anyio
import pytest
from typer.testing import CliRunner

from hub.db.database import open_database
from hub.models import CommentStatus
from hub.settings import Settings
from scripts.cli import app
from scripts.commands.content.review import review
from tests.support.factories import a_comment, an_article


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled") / "data"

    async def fill() -> None:
        async with open_database(Settings(data_dir=folder)):
            article = await an_article("Ferry")
            for number in range(1, 5):
                await a_comment(article, f"Opinion {number}", status=CommentStatus.PENDING)

    anyio.run(fill)
    return folder


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "data")
    return tmp_path / "data"


def stored(data: Path) -> tuple[list[str], int]:
    """Return the status of each comment, and the number of entries of the audit trail."""
    database = sqlite3.connect(data / "hub.sqlite3")
    rows = database.execute("SELECT status FROM comment ORDER BY id").fetchall()
    [entries] = database.execute(
        "SELECT count(*) FROM audit_entry WHERE action = 'comment.moderate'"
    ).fetchone()
    database.close()
    return [status for (status,) in rows], entries


@pytest.mark.parametrize(
    ("keys", "statuses", "changes"),
    [
        ("", ["PENDING"] * 4, 0),
        ("astn", ["PENDING", "TRASH", "SPAM", "APPROVED"], 3),
        ("A\nS\r\nq", ["PENDING", "PENDING", "SPAM", "APPROVED"], 2),
        ("au", ["PENDING"] * 4, 2),
        ("xu?a", ["PENDING", "PENDING", "PENDING", "APPROVED"], 1),
        ("nnus", ["PENDING", "PENDING", "SPAM", "PENDING"], 1),
        ("asuut", ["PENDING", "PENDING", "PENDING", "TRASH"], 5),
        ("aaaaa", ["APPROVED"] * 4, 4),
    ],
)
def test_keys_decide_on_the_newest_first(
    keys: str, statuses: list[str], changes: int, data: Path
) -> None:
    _, before = stored(data)
    env = {"HUB_DATA_DIR": str(data)}
    result = CliRunner().invoke(app, ["comments", "review"], input=keys, env=env)
    assert result.exit_code == 0, result.output
    assert "on: Ferry" in result.output
    assert "Opinion 4" in result.output
    after, entries = stored(data)
    assert (after, entries - before) == (statuses, changes)


def test_at_a_terminal_no_line_has_to_be_ended(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_DATA_DIR", str(data))
    master, terminal = pty.openpty()
    ended = Event()
    with os.fdopen(terminal) as stdin, os.fdopen(master, "wb", buffering=0) as keyboard:
        monkeypatch.setattr("sys.stdin", stdin)
        typist = Thread(target=press, args=(keyboard, terminal, ended), daemon=True)
        typist.start()
        review(CommentStatus.PENDING)
        ended.set()
        typist.join(10)
    assert "1 decided, 0 skipped." in capsys.readouterr().out
    assert stored(data)[0] == ["PENDING", "PENDING", "PENDING", "APPROVED"]


def press(keyboard: BinaryIO, terminal: int, ended: Event) -> None:
    """Press `a` once, then Ctrl-C until the command has ended.

    What is typed before the terminal waits for a single key is flushed, so the first key is pressed
    when it does, and the last one again and again.
    """

    def waits() -> bool:
        return not termios.tcgetattr(terminal)[3] & termios.ICANON

    def has_unread() -> bool:
        return any(fcntl.ioctl(terminal, termios.FIONREAD, b"\0" * 4))

    while not (ended.wait(0.01) or waits()):
        pass
    keyboard.write(b"a")
    while has_unread() and not ended.wait(0.01):
        pass
    while not ended.wait(0.05):
        if waits() and not has_unread():
            keyboard.write(b"\x03")

"""`hub bench comments` at the smallest size; times are not judged."""

from __future__ import annotations

from typer.testing import CliRunner

from scripts.commands.bench import app


def test_submissions_are_measured() -> None:
    done = CliRunner().invoke(app, ["comments", "--stored", "2", "--submissions", "2"])
    assert done.exit_code == 0, done.output
    assert "2 comments of 60 words" in done.stdout

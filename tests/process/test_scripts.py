"""The scripts say what is wrong when they cannot work; run as copies, in a path with spaces."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TOOLS = ("bash", "cat", "cksum", "dirname", "rm", "env", "sh")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of a clone that set-up needs, without its .venv."""
    folder = tmp_path / "a path with spaces"
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("demo"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def run(
    clone: Path, script: str, *arguments: str, cwd: str | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / "scripts" / script, *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("script", ["serve", "test", "hub"])
def test_an_old_python_is_told_with_what_to_do(script: str, clone: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool) or "")
    old = tools / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')
    old.chmod(0o755)
    refused = run(clone, script, PATH=str(tools))
    assert refused.returncode == 1
    assert "needs Python 3.11 or newer; python3 here is Python 3.9.2" in refused.stderr
    assert not (clone / ".venv").exists()


def test_no_browser_and_no_way_to_install_one_is_told(clone: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in (*TOOLS, "id"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    refused = run(clone, "test", "--browser", PATH=str(tools))
    assert refused.returncode == 1
    assert "Chromium could not be installed" in refused.stderr
    assert "CHROMIUM=/path/to/chromium" in refused.stderr
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("script", ["serve", "hub"])
def test_folders_where_they_run_are_not_taken_for_the_hubs_own(script: str, clone: Path) -> None:
    for name in ("scripts", "hub"):
        other = clone.parent / "site" / name
        other.mkdir(parents=True)
        (other / "__init__.py").write_text("raise SystemExit('of the site')")
    python = clone / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n[ "$2" = pip ] || exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    ran = run(clone, script, "--help", PATH=os.environ["PATH"], cwd=str(clone.parent / "site"))
    assert "Usage: hub" in ran.stdout, ran.stderr


@pytest.mark.slow
def test_no_package_index_is_told_and_tried_again_the_next_time(clone: Path) -> None:
    offline = {
        "PATH": os.environ["PATH"],
        "PYTHON": sys.executable,
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "HOME": str(clone),
    }
    for _ in range(2):
        refused = run(clone, "hub", **offline)
        assert refused.returncode == 1
        assert "is there a network" in refused.stderr
        assert not list(clone.glob(".venv/locked-*"))

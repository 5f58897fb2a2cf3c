"""The tutorials work as typed: each is run in a shell against a server with the demo content."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.server_process import Server, environment

pytestmark = pytest.mark.slow
TUTORIALS = sorted((ROOT / "docs" / "getting-started").glob("*.md"))
STEP = re.compile(r"^```sh\n(.*?)^```(?:\n+```(?:json|text)\n(.*?)^```)?", re.MULTILINE | re.DOTALL)
SERVES = re.compile(r"scripts/serve|http\.server")
"""Steps that start a server and go on until it is stopped."""
MARK = "--- end of a step ---"
PRELUDE = f"""set -euo pipefail
curl() {{ command curl -sS --fail-with-body "$@"; }}
hub() {{ '{sys.executable}' -m scripts "$@"; }}
"""


def steps(page: Path) -> list[tuple[str, str]]:
    """The shell commands of a tutorial, each with the output that the page prints, if any."""
    commands = STEP.findall(page.read_text(encoding="utf-8"))
    return [(command, output) for command, output in commands if not SERVES.search(command)]


def test_there_are_tutorials() -> None:
    assert len(TUTORIALS) == 4
    assert all(steps(page) for page in TUTORIALS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("tutorials") / "data", "--demo") as running:
        yield running


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_works_as_typed(page: Path, server: Server, tmp_path: Path) -> None:
    script = PRELUDE + f"echo '{MARK}'\n".join(command for command, _ in steps(page))
    script = script.replace("./scripts/hub", "hub").replace("http://127.0.0.1:8000", server.url)
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment(server.data),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    outputs = ran.stdout.split(f"{MARK}\n")
    for (command, expected), output in zip(steps(page), outputs, strict=True):
        if expected.startswith("{"):
            assert json.loads(output) == json.loads(expected), command
        elif expected:
            assert output == expected, command

"""The example project, built once a run, and two servers of the demo content for it to ask.

Without node or the project's packages all of this is skipped, unless CI is set: then it fails.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.support.client_project import MANIFESTS, TOOLS, CommandResult, build, is_installed
from tests.support.server_process import Server, hub


@pytest.fixture(scope="session")
def installed() -> None:
    """There is node, and what the project needs; skips or fails where there is not."""
    if not is_installed():
        words = "no node here, or not what the lock names: ./scripts/test --clients installs it"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)


@pytest.fixture(scope="session")
def built(installed: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, CommandResult]:
    """How each tool ended; they run once, however many processes the tests are shared between."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    done = shared / "clients.json"
    with (shared / "clients.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            done.write_text(json.dumps({name: asdict(ran) for name, ran in build().items()}))
    return {name: CommandResult(**ran) for name, ran in json.loads(done.read_text()).items()}


@pytest.fixture(scope="session")
def manifests(built: dict[str, CommandResult], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the manifests that the tools wrote, which have to have ended well."""
    assert [name for name in TOOLS if built[name].status != 0] == [], "see the tests of the tools"
    folder = tmp_path_factory.mktemp("manifests")
    for manifest in MANIFESTS:
        shutil.copy(manifest, folder)
    return folder


@pytest.fixture(scope="session")
def demo_hub(
    installed: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, str]]:
    """A hub with the demo content, and an editor's token."""
    data = tmp_path_factory.mktemp("clients") / "data"
    with Server(data, "--demo", HUB_COMMENTS_PER_MINUTE="0") as server:
        made = hub("token", "create", "--role", "editor", "--name", "Clients", data=data)
        yield server, made.stdout.strip()


@pytest.fixture(scope="session")
def where(manifests: Path, demo_hub: tuple[Server, str]) -> Iterator[dict[str, str]]:
    """The environment of the project's tests: a hub, and a second server of the same content,
    which takes the documents of the manifests alone.
    """
    server, token = demo_hub
    trusted = {"HUB_TRUSTED_DOCUMENTS": str(manifests), "HUB_ONLY_TRUSTED": "true"}
    with Server(server.data, **trusted) as strict:
        yield {"HUB_URL": server.url, "HUB_STRICT_URL": strict.url, "HUB_TOKEN": token}

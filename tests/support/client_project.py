"""The example project of a front-end team beside this file, and the tools that it uses.

`node_modules` is what `package-lock.json` names; `need_clients` of scripts/setup.sh puts it there.
Whatever the tools write is ignored by git.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "clients"
BUILD = PROJECT / "build"
STAMP = PROJECT / "node_modules" / ".locked"
MANIFESTS = (
    BUILD / "persisted-query-manifest.json",
    BUILD / "relay-persisted.json",
    PROJECT / "src" / "generated" / "persisted-documents.json",
)
"""The project's documents as the tools of Apollo, Relay and GraphQL Code Generator list them."""
WRITTEN = (BUILD, PROJECT / "src" / "generated", PROJECT / "src" / "relay" / "__generated__")
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and all that it printed."""

    status: int
    output: str


TOOLS: dict[str, tuple[str, ...]] = {
    "relay-compiler": ("relay-compiler",),
    "graphql-codegen": ("graphql-codegen", "--config", "codegen.json"),
    "generate-persisted-query-manifest": ("generate-persisted-query-manifest",),
    "tsc": ("tsc",),
}
"""What builds the project, in this order: each needs what those before it wrote."""


def is_installed() -> bool:
    """Whether the project can be built: there is node, and what the lock names."""
    lock = (PROJECT / "package-lock.json").read_bytes()
    wanted = subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout
    return shutil.which("node") is not None and STAMP.exists() and STAMP.read_bytes() == wanted


def run(*command: str, env: Mapping[str, str] | None = None, folder: Path = PROJECT) -> Ran:
    """Run a command of the project's packages, or node itself."""
    program, *arguments = command
    done = subprocess.run(
        [shutil.which(program, path=str(PROJECT / "node_modules/.bin")) or program, *arguments],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "NODE_OPTIONS": ""} | dict(env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Ran(done.returncode, done.stdout)


def build() -> dict[str, Ran]:
    """Run every tool over the project and the schema; how each of them ended."""
    for folder in WRITTEN:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    (BUILD / "relay-persisted.json").write_text("{}")  # its compiler wants to find one
    return {name: run(*command) for name, command in TOOLS.items()}


def run_tests(name: str, env: Mapping[str, str]) -> Ran:
    """Run one of the project's test files, without colours and with a word on each test."""
    flags = ("--test", "--test-reporter=spec", "--test-force-exit", "--test-timeout=30000")
    return run("node", *flags, f"build/{name}.test.js", env=env)


def client_tests() -> list[str]:
    """The names of the project's test files."""
    return sorted(path.name.removesuffix(".test.ts") for path in PROJECT.glob("src/*.test.ts"))

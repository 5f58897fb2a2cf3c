"""The example project of a front-end team, and the tools that it uses.

`need_clients` of scripts/setup.sh installs `node_modules` from `package-lock.json`. The output of
the tools is ignored by git.
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
OUTPUT_FOLDERS = (BUILD, PROJECT / "src" / "generated", PROJECT / "src" / "relay" / "__generated__")
SECONDS = 120


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Exit status of a command, and all of its output."""

    status: int
    output: str


TOOLS: dict[str, tuple[str, ...]] = {
    "relay-compiler": ("relay-compiler",),
    "graphql-codegen": ("graphql-codegen", "--config", "codegen.json"),
    "generate-persisted-query-manifest": ("generate-persisted-query-manifest",),
    "tsc": ("tsc",),
}
"""The commands that build the project, in order: each needs the output of those before."""


def is_installed() -> bool:
    """Tell whether the project can be built: with node, and the packages of the lock file."""
    lock = (PROJECT / "package-lock.json").read_bytes()
    checksum = subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout
    return shutil.which("node") is not None and STAMP.exists() and STAMP.read_bytes() == checksum


def run(
    *command: str, env: Mapping[str, str] | None = None, folder: Path = PROJECT
) -> CommandResult:
    """Run a command of the project's packages, or node itself."""
    program, *arguments = command
    completed = subprocess.run(
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
    return CommandResult(completed.returncode, completed.stdout)


def build() -> dict[str, CommandResult]:
    """Run every tool over the project and the schema; return their results by name."""
    for folder in OUTPUT_FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    (BUILD / "relay-persisted.json").write_text("{}")  # the compiler requires an existing file
    return {name: run(*command) for name, command in TOOLS.items()}


def run_tests(name: str, env: Mapping[str, str]) -> CommandResult:
    """Run one of the project's test files, without colours, with a line for each test."""
    flags = ("--test", "--test-reporter=spec", "--test-force-exit", "--test-timeout=30000")
    return run("node", *flags, f"build/{name}.test.js", env=env)


def client_tests() -> list[str]:
    """Return the names of the project's test files."""
    return sorted(path.name.removesuffix(".test.ts") for path in PROJECT.glob("src/*.test.ts"))

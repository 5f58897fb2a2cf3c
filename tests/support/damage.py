"""Commands of the hub over damaged databases: forked from a process that has imported them all.

A start takes some milliseconds instead of a second, so every command can run over every damage.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

import typer

from scripts.cli import app, main

SECONDS = 5.0
NOBODY = 65534
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])
OPEN_NO_DATABASE = {
    *("schema", "bench api", "bench search", "bench import", "bench typing", "bench worst"),
    *("bench mixed", "bench saves", "bench graph", "bench comments"),
    *("eval relevance", "eval html", "backup create", "backup verify", "restore"),
    "eval import",
    "eval spam",
}
ARGUMENTS = {
    **{
        f"articles {name}": ["1"]
        for name in ("archive", "edit", "publish", "restore", "revisions", "show", "unpublish")
    },
    "articles diff": ["1", "1"],
    "eval judge": ["judged.csv", "bread"],
    "eval site": [os.devnull],
    "media describe": [f"/media/{64 * '0'}/original.png", "--caption", "Bread"],
    **{
        f"{kind} {name}": arguments
        for kind in ("topics", "authors")
        for name, arguments in (
            ("show", ["1"]),
            ("create", ["Third"]),
            ("rename", ["1", "Renamed"]),
            ("merge", ["1", "--into", "2", "--yes"]),
            ("delete", ["1", "--yes"]),
        )
    },
    "topics edit": ["1", "--description", "Words."],
    "topics move": ["1", "2"],
    "authors edit": ["1", "--bio", "Writes."],
    "graph show": ["1"],
    "graph path": ["1", "1"],
    "graph storyline": ["1"],
    "links accept": ["1", "2"],
    "links undo": ["1"],
    "related list": ["1"],
    **{f"related {name}": ["1", "2"] for name in ("accept", "hide", "unhide", "pin", "remove")},
    "related order": ["1", "2"],
    "search block": ["ferry"],
    "search unblock": ["ferry"],
    "import": ["SOURCE"],
    "imports show": ["1"],
    "imports undo": ["1", "--yes"],
    "token create": ["--role", "writer", "--name", "x"],
    "token revoke": ["1", "--yes"],
    "comments approve": ["1"],
    "comments spam": ["1"],
    "comments trash": ["1"],
    "comments edit": ["1", "--text", "Other."],
    "comments bulk": ["--to", "spam"],
    "people erase": ["r@example.com", "--yes"],
    "people export": ["r@example.com"],
    "synonyms add": ["a", "b"],
    "synonyms remove": ["1"],
    "pins add": ["a", "b"],
    "rules add": ["x", "--text", "ferry", "--redirect", "/x"],
    **{f"rules {name}": ["1"] for name in ("remove", "enable", "disable")},
    "stopwords add": ["x"],
    "stopwords remove": ["ferry"],
    "pins remove": ["1"],
    "audit export": ["-"],
    "audit erase": ["Article:1", "--yes"],
    "previews create": ["1"],
    "previews revoke": ["1", "--yes"],
    "releases create": ["Sale"],
    "releases add": ["1", "1", "--unpublish"],
    "releases remove": ["1", "1"],
    **{f"releases {name}": ["1"] for name in ("show", "publish", "cancel")},
    "releases delete": ["1", "--yes"],
}


class Completed(NamedTuple):
    """The result of a command; its exit status is None if it did not end in time."""

    status: int | None
    output: str
    errors: str


_ROOT: Any = typer.main.get_command(app)
_COMMANDS = dict(_ROOT.commands)  # all of them are imported here


def commands() -> dict[str, list[str]]:
    """Return the arguments of each command that opens the database, by the command's name."""
    names = sorted(every_command().keys() - OPEN_NO_DATABASE)
    return {name: [*name.split(), *ARGUMENTS.get(name, [])] for name in names}


def every_command() -> dict[str, Any]:
    """Return all commands, by their names."""
    by_name: dict[str, Any] = {}
    for name, command in _COMMANDS.items():
        below = getattr(command, "commands", None) or {"": command}
        by_name |= {f"{name} {sub}".rstrip(): below[sub] for sub in below}
    return by_name


def run_hub(
    arguments: Sequence[str],
    folder: Path,
    *,
    user: int | None = None,
    seconds: float = SECONDS,
    **env: str,
) -> Completed:
    """Run a command with its output in `folder`; it is killed after `seconds`."""
    out, err = folder / "stdout", folder / "stderr"
    process: BaseProcess = _CONTEXT.Process(
        target=_run, args=(list(arguments), out, err, user, env)
    )
    process.start()
    process.join(seconds)
    status = process.exitcode
    if status is None:
        process.kill()
        process.join()
    process.close()
    return Completed(status, out.read_text(), err.read_text())


def _run(arguments: list[str], out: Path, err: Path, user: int | None, env: dict[str, str]) -> None:
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        del os.environ[name]
    os.environ.update({"HUB_ARTICLE_URL": "https://www.example.org/{slug}"} | env)
    sys.argv = ["hub", *arguments]
    main()

"""The `hub` command: its subcommands, and the messages of its errors."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from tortoise.exceptions import BaseORMException
from typer.core import TyperGroup
from typing_extensions import override

from hub import VERSION
from hub.errors import DatabaseError, HubError, ManifestError
from scripts.commands.output import echo
from search_index.query import SearchError, UnknownEngine

COMMANDS = {
    "serve": "serve:serve",
    "migrate": "migrate:migrate",
    "import": "import_:import_",
    "imports": "imports:app",
    "media": "content.media:app",
    "export": "export:export",
    "reindex": "index:reindex",
    "index": "index:app",
    "token": "token:app",
    "articles": "content.articles:app",
    "releases": "content.releases:app",
    "previews": "content.previews:app",
    "redirects": "content.redirects:app",
    "graph": "content.graph:app",
    "related": "content.related:app",
    "links": "content.links:app",
    "topics": "labels:topics",
    "authors": "labels:authors",
    "comments": "comments:app",
    "people": "people:app",
    "search": "search:app",
    "synonyms": "tuning:synonyms",
    "stopwords": "tuning:stop_words",
    "pins": "tuning:pins",
    "rules": "tuning:rules",
    "webhooks": "webhooks:app",
    "audit": "audit:app",
    "backup": "backup:app",
    "restore": "backup:restore",
    "schema": "schema:schema",
    "check": "check:check",
    "bench": "bench:app",
    "eval": "eval:app",
}
"""Where each command is, below `scripts.commands`: a group of commands, or a function."""


class Commands(Mapping[str, Any]):
    """The commands by name; each one's module is imported when it is used.

    To import all of them takes longer than what most of them do: 1.4 s of CPU, where `hub token`
    needs 0.6.
    """

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    @override
    def __len__(self) -> int:
        return len(COMMANDS)

    @override
    def __getitem__(self, name: str) -> Any:
        module, attribute = COMMANDS[name].split(":")
        target = getattr(import_module(f"scripts.commands.{module}"), attribute)
        parent = typer.Typer(rich_markup_mode=None)
        if isinstance(target, typer.Typer):
            parent.add_typer(target, name=name)
        else:
            parent.command(name)(target)
        return _with_whole_help(typer.main.get_group(parent).commands[name])


def _with_whole_help(command: Any) -> Any:
    """Let lists of commands show the first paragraph of each one's help, which Typer cuts."""
    command.short_help = " ".join((command.help or "").split("\n\n")[0].split())
    for below in getattr(command, "commands", {}).values():
        _with_whole_help(below)
    return command


class Hub(TyperGroup):
    """The `hub` command itself."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Commands()  # type: ignore[assignment]  # it is only read


app = typer.Typer(
    name="hub",
    cls=Hub,
    help="A headless GraphQL content hub with search. Its settings: see `hub check`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(is_set: bool) -> None:
    if is_set:
        echo(f"hub {VERSION}")
        raise typer.Exit


@app.callback()
def hub(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Take the options before the subcommand."""


def main() -> None:
    """Run the command line; errors of the hub are printed in one line, with exit status 1."""
    try:
        app(prog_name="hub")
    except UnknownEngine as error:
        echo(f"hub: HUB_SEARCH_URL: {error}", err=True)
        sys.exit(1)
    except (HubError, DatabaseError, ManifestError, SearchError) as error:
        echo(f"hub: {error}", err=True)
        sys.exit(1)
    except ValidationError as error:
        for detail in error.errors():
            message = detail["msg"].removeprefix("Value error, ")
            echo(f"hub: HUB_{str(detail['loc'][0]).upper()}: {message}", err=True)
        sys.exit(1)
    except BaseORMException as error:
        echo(f"hub: the database refused: {error}", err=True)
        sys.exit(1)

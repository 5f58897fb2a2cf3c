"""The question before what cannot be undone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scripts.commands.output import echo

Yes = Annotated[bool, typer.Option("--yes", help="Do it without a question.")]


def confirm(warning: str, yes: bool) -> None:
    """Print what will be gone and ask; end the command with status 1 unless it is confirmed.

    With `yes` nothing is asked. Without a terminal nobody can answer, so `--yes` has to be given:
    else the command ends with status 2.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        echo(f"hub: {warning} There is no terminal for the question: add --yes.", err=True)
        raise typer.Exit(2)
    echo(warning)
    if not typer.confirm("Go on?"):
        raise typer.Exit(1)

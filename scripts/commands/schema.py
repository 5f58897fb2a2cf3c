"""`hub schema`: print the GraphQL schema."""

from __future__ import annotations

import typer

from schema.build import sdl


def schema() -> None:
    """Print the GraphQL schema in SDL, as it is served at /schema.graphql."""
    typer.echo(sdl(), nl=False)

"""`hub schema`: print the GraphQL schema."""

from __future__ import annotations

from schema.build import sdl
from scripts.commands.output import echo


def schema() -> None:
    """Print the GraphQL schema in SDL, as it is served at /schema.graphql."""
    echo(sdl(), nl=False)

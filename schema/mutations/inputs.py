"""Declarations of mutation inputs."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import strawberry

T = TypeVar("T")
Input = Annotated[T, strawberry.argument(description="What to do.")]
"""The only argument of a mutation."""


def optional(description: str, default: object = None) -> Any:
    """Declare an optional field of an input."""
    return strawberry.field(default=default, description=description)

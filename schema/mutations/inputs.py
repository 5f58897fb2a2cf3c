"""How the inputs of mutations are declared."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import strawberry

T = TypeVar("T")
Input = Annotated[T, strawberry.argument(description="What to do.")]
"""The one argument of a mutation."""


def optional(description: str, default: object = None) -> Any:
    """An input's field that may be left out."""
    return strawberry.field(default=default, description=description)

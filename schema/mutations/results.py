"""Declarations of mutations: each returns the payload of its resolver, or a problem."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import reduce
from operator import or_
from typing import Annotated, Any, get_type_hints

import strawberry

from schema.context import Info
from schema.types.fields import resolved
from schema.types.problems import EXCEPTION_HANDLERS

_ANNOTATED: Any = Annotated  # Any: mypy knows no union that is computed

PROBLEMS = tuple(handler.error_type for handler in EXCEPTION_HANDLERS)
"""The problems of every result union, in their order."""


def mutation(resolver: Callable[[Info, Any], Awaitable[object]], description: str) -> Any:
    """Declare a mutation. Its result union is made of the resolver's return type and `PROBLEMS`."""
    payload: type = get_type_hints(resolver)["return"]
    return resolved(resolver, description, result_union(payload))


def result_union(payload: type) -> object:
    """Return the type `CreateArticleResult` for `CreateArticlePayload`."""
    stem = payload.__name__.removesuffix("Payload")
    field_name = stem[0].lower() + stem[1:]
    union = strawberry.union(f"{stem}Result", description=f"What `{field_name}` answers.")
    return _ANNOTATED[reduce(or_, PROBLEMS, payload), union]

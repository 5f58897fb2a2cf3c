"""What readers search for, for editors."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from hub.auth import Permission
from hub.errors import Invalid
from hub.reads import search_statistics as statistics
from hub.reads.search_statistics import MissingRow, QueryRow
from schema.context import Info
from schema.types.fields import resolved, shown

MAX_DAYS = 3_650
MAX_ROWS = 100


class Asked:
    """What SearchStatistics shows: of how many days, and how many rows of each kind."""

    __slots__ = ("days", "first")

    def __init__(self, days: int, first: int) -> None:
        self.days = days
        self.first = first


def search_statistics(info: Info, days: int, first: int) -> Asked:
    """Raises NotAllowed, Invalid."""
    info.context.viewer.require(Permission.TUNE)
    for name, value, most in (("days", days, MAX_DAYS), ("first", first, MAX_ROWS)):
        if not 1 <= value <= most:
            raise Invalid(name, f"must be from 1 to {most}, not {value}")
    return Asked(days, first)


async def _top(parent: Parent[Asked], info: Info) -> list[QueryRow]:
    return await statistics.top(info.context.db, parent.days, parent.first)


async def _without_hits(parent: Parent[Asked], info: Info) -> list[QueryRow]:
    return await statistics.without_hits(info.context.db, parent.days, parent.first)


async def _missing(parent: Parent[Asked], info: Info) -> list[MissingRow]:
    return await statistics.missing(info.context.db, parent.days, parent.first)


@strawberry.type(description="A text that readers searched for.")
class AskedQuery:
    """Shows a `QueryRow`."""

    text: str = shown("The text, in lower case.")
    asked: int = shown("How often it was asked for.")
    hits: int = shown("How many articles it found the last time.")


@strawberry.type(description="A text that found nothing, and the article that was perhaps meant.")
class MissingArticle:
    """Shows a `MissingRow`."""

    text: str = shown("The text, in lower case.")
    asked: int = shown("How often it was asked for.")
    headline: str = shown("The headline of an article that others link to and the hub lacks.")


@strawberry.type(description="What readers search for; sums of days, which tell nobody apart.")
class SearchStatistics:
    """Shows an `Asked`."""

    top: list[AskedQuery] = resolved(_top, "What was asked for most.")
    without_hits: list[AskedQuery] = resolved(
        _without_hits, "What was asked for most of what found nothing the last time."
    )
    missing: list[MissingArticle] = resolved(
        _missing, "What found nothing and names an article that the hub is linked to and lacks."
    )

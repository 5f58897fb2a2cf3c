"""Statistics of readers' searches, for editors."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from hub.auth import Permission
from hub.errors import Invalid
from hub.reads import query_statistics as statistics
from hub.reads.query_statistics import MissingRow, QueryRow
from schema.context import Info
from schema.types.fields import field, renamed, resolved

MAX_DAYS = 3_650
MAX_ROWS = 100


class StatisticsArgs:
    """Source object of `SearchStatistics`: the number of days, and of rows of each kind."""

    __slots__ = ("days", "first")

    def __init__(self, days: int, first: int) -> None:
        self.days = days
        self.first = first


def search_statistics(info: Info, days: int, first: int) -> StatisticsArgs:
    """Check permission and arguments. Raises NotAllowed, Invalid."""
    info.context.viewer.require(Permission.TUNE)
    for name, value, maximum in (("days", days, MAX_DAYS), ("first", first, MAX_ROWS)):
        if not 1 <= value <= maximum:
            raise Invalid(name, f"must be from 1 to {maximum}, not {value}")
    return StatisticsArgs(days, first)


async def _top(parent: Parent[StatisticsArgs], info: Info) -> list[QueryRow]:
    return await statistics.top(info.context.db, parent.days, parent.first)


async def _without_hits(parent: Parent[StatisticsArgs], info: Info) -> list[QueryRow]:
    return await statistics.without_hits(info.context.db, parent.days, parent.first)


async def _missing(parent: Parent[StatisticsArgs], info: Info) -> list[MissingRow]:
    return await statistics.missing(info.context.db, parent.days, parent.first, info.context.viewer)


def _click_through(parent: Parent[QueryRow], info: Info) -> float | None:
    return parent.click_through if info.context.settings.track_clicks else None


@strawberry.type(description="A text that readers searched for.")
class AskedQuery:
    """Resolved from a `QueryRow`."""

    text: str = field("The text, in lower case.")
    searches: int = field("The number of searches for it.")
    asked: int = renamed("searches", "Former name of `searches`.", since="0.2.0", removal="0.3.0")
    hits: int = field("How many articles it found the last time.")
    clicks: int = field("How often readers chose a result of it; see `trackClick`.")
    click_through: float | None = resolved(
        _click_through,
        "The share of searches of which a result was chosen, 0 to 1; null where clicks are not "
        "counted.",
    )
    mean_position: float | None = field(
        "The mean place of the results that were chosen, 1 for the first; null without clicks."
    )


@strawberry.type(
    description="A text of which no article has every word, and the article that was perhaps meant."
)
class MissingArticle:
    """Resolved from a `MissingRow`."""

    text: str = field("The text, in lower case.")
    searches: int = field("The number of searches for it.")
    asked: int = renamed("searches", "Former name of `searches`.", since="0.2.0", removal="0.3.0")
    headline: str = field(
        "The headline of an article that others link to and the hub lacks; empty if there is none "
        "that the text reads like."
    )


@strawberry.type(
    description="What readers search for; sums of days, which tell nobody apart. A text is in it "
    "once three readers searched for it on one day."
)
class SearchStatistics:
    """Resolved from `StatisticsArgs`."""

    top: list[AskedQuery] = resolved(_top, "What was asked for most.")
    without_hits: list[AskedQuery] = resolved(
        _without_hits, "What was asked for most of what found nothing the last time."
    )
    missing: list[MissingArticle] = resolved(
        _missing,
        "What the hub lacks: texts of which no article has every word. First those that read like "
        "the headline of an article that others link to; then those asked for most.",
    )

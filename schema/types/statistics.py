"""Statistics of readers' searches, for editors."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated, NamedTuple

import strawberry
from strawberry import Parent

from hub.auth import Permission
from hub.errors import Invalid
from hub.reads import query_statistics as statistics
from hub.reads.query_statistics import (
    Days,
    HiddenRow,
    MissingRow,
    PeriodRow,
    QueryRow,
    RisingRow,
    last_days,
)
from schema.context import Info
from schema.types.fields import field, renamed, resolved

MAX_DAYS = 3_650
MAX_ROWS = 100


@strawberry.enum(description="What searches are summed up by.")
class StatisticsPeriod(Enum):
    """Argument of `SearchStatistics.trend`."""

    DAY = strawberry.enum_value("DAY", description="Days, of UTC.")
    WEEK = strawberry.enum_value("WEEK", description="Weeks, from Monday on.")


By = Annotated[StatisticsPeriod, strawberry.argument(description="Days or weeks.")]


class StatisticsArgs(NamedTuple):
    """Source object of `SearchStatistics`: the days, and the number of rows of each kind."""

    days: Days
    first: int


class StatisticsRange(NamedTuple):
    """The days that were asked for: the last ones, or from one to another."""

    days: int
    from_: str | None
    to: str | None
    language: str | None


def search_statistics(info: Info, asked: StatisticsRange, first: int) -> StatisticsArgs:
    """Check permission and arguments. Raises NotAllowed, Invalid."""
    info.context.viewer.require(Permission.TUNE)
    for name, value, maximum in (("days", asked.days, MAX_DAYS), ("first", first, MAX_ROWS)):
        if not 1 <= value <= maximum:
            raise Invalid(name, f"must be from 1 to {maximum}, not {value}")
    days = last_days(asked.days)
    if asked.to is not None:
        last = _parse_day(asked.to, "to")
        days = Days(max(date.min, last - (days.last - days.first)), last)
    if asked.from_ is not None:
        days = days._replace(first=_parse_day(asked.from_, "from"))
    if days.first > days.last:
        raise Invalid("from", f"must not be after {days.last.isoformat()}")
    if (days.last - days.first).days >= MAX_DAYS:
        raise Invalid("from", f"must be at most {MAX_DAYS} days before {days.last.isoformat()}")
    return StatisticsArgs(days._replace(language=asked.language or ""), first)


def _parse_day(text: str, path: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(path, "must be a day such as 2026-03-01") from None
    if not 1970 <= day.year <= 2999:
        raise Invalid(path, "must be a day from 1970 to 2999")
    return day


async def _top(parent: Parent[StatisticsArgs], info: Info) -> list[QueryRow]:
    return await statistics.top(info.context.db, *parent)


async def _without_hits(parent: Parent[StatisticsArgs], info: Info) -> list[QueryRow]:
    return await statistics.without_hits(info.context.db, *parent)


async def _without_clicks(parent: Parent[StatisticsArgs], info: Info) -> list[QueryRow]:
    return await statistics.without_clicks(info.context.db, *parent)


async def _missing(parent: Parent[StatisticsArgs], info: Info) -> list[MissingRow]:
    return await statistics.missing(info.context.db, *parent, info.context.viewer)


async def _rising(parent: Parent[StatisticsArgs], info: Info) -> list[RisingRow]:
    return await statistics.rising(info.context.db, *parent)


async def _hidden(parent: Parent[StatisticsArgs], info: Info) -> HiddenRow:
    return await statistics.hidden(info.context.db, parent.days)


async def _trend(
    parent: Parent[StatisticsArgs], info: Info, by: By = StatisticsPeriod.DAY
) -> list[PeriodRow]:
    reads = statistics.by_week if by is StatisticsPeriod.WEEK else statistics.by_day
    return await reads(info.context.db, parent.days)


async def _languages(parent: Parent[StatisticsArgs], info: Info) -> list[PeriodRow]:
    return await statistics.by_language(info.context.db, parent.days)


def _name(parent: Parent[PeriodRow]) -> str:
    return parent.name


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


@strawberry.type(description="A text that is searched for more than before.")
class RisingQuery:
    """Resolved from a `RisingRow`."""

    text: str = field("The text, in lower case.")
    searches: int = field("The number of searches for it.")
    before: int = field("Their number in as many days before.")


@strawberry.type(description="Searches of a day or a week, for whatever text.")
class SearchPeriod:
    """Resolved from a `PeriodRow`."""

    start: str = resolved(_name, "The day, or the Monday of the week, as `2026-03-01`.")
    searches: int = field("The number of searches.")
    without_hits: int = field("Those of texts that found nothing.")
    clicks: int = field("The number of results that readers chose.")


@strawberry.type(description="Searches in a language, for whatever text.")
class SearchLanguage:
    """Resolved from a `PeriodRow`."""

    language: str = resolved(
        _name,
        "The language of the filter, or else of the first article found; empty if there is none.",
    )
    searches: int = field("The number of searches.")
    without_hits: int = field("Those of texts that found nothing.")
    clicks: int = field("The number of results that readers chose.")


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


@strawberry.type(description="What is not shown, since nobody may be recognised by it.")
class HiddenSearches:
    """Resolved from a `HiddenRow`."""

    texts: int = field("How many different texts.")
    searches: int = field("How many searches for them.")


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
    without_clicks: list[AskedQuery] = resolved(
        _without_clicks,
        "What was asked for most of what found five articles or more, of which nobody chose any. "
        "Empty where clicks are not counted.",
    )
    rising: list[RisingQuery] = resolved(
        _rising, "What is asked for more than in as many days before, most so first."
    )
    trend: list[SearchPeriod] = resolved(
        _trend, "All searches, day by day or week by week; days without any are left out."
    )
    hidden: HiddenSearches = resolved(
        _hidden, "What the lists of texts do not show: fewer than three readers of a day asked it."
    )
    languages: list[SearchLanguage] = resolved(
        _languages, "All searches by language, the most frequent one first."
    )

"""Days, weeks, months and years before a moment, in UTC; weeks begin on Monday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple


class Unit(Enum):
    """A unit of time, with its length in days, roughly."""

    DAY = 1
    WEEK = 7
    MONTH = 30
    YEAR = 365


class Span(NamedTuple):
    """A time from `start` until before `end`; None where it has no bound."""

    start: datetime | None
    end: datetime | None


def midnight(moment: datetime) -> datetime:
    """Return the beginning of a day."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def year(number: int) -> Span:
    """Return a year."""
    return Span(datetime(number, 1, 1, tzinfo=UTC), datetime(number + 1, 1, 1, tzinfo=UTC))


def month(year_number: int, number: int) -> Span:
    """Return a month of a year, from 1; 13 is the first of the next one, 0 the last before."""
    months = year_number * 12 + number - 1
    return Span(_first_of(months), _first_of(months + 1))


def _first_of(months: int) -> datetime:
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def before(now: datetime, unit: Unit, count: int) -> Span:
    """Return the day, week, month or year that is `count` of them before the present one."""
    today = midnight(now)
    match unit:
        case Unit.YEAR:
            return year(today.year - count)
        case Unit.MONTH:
            return month(today.year, today.month - count)
        case Unit.WEEK:
            start = today - timedelta(days=today.weekday() + 7 * count)
            return Span(start, start + timedelta(days=7))
        case Unit.DAY:
            return Span(today - timedelta(days=count), today - timedelta(days=count - 1))


def within(now: datetime, unit: Unit, count: int) -> Span:
    """Return the last days, weeks, months (of 30 days) or years (of 365 days) until now."""
    return Span(midnight(now) - timedelta(days=unit.value * count), None)

"""Dates as people and programs write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_TIME = (
    r"(?:,?\s+(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?\s*(?P<half>[ap]\.?m\b\.?)?)?"
)
_IN_WORDS = (
    re.compile(
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TIME}", re.I
    ),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<year>\d{{4}}){_TIME}", re.I
    ),
    re.compile(
        r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b" + _TIME.replace(r",?\s+", r"[T\s]")
    ),
)
_OFFSET = re.compile(r"\s*([+-])(\d{2}):?(\d{2})$|\s*(?:Z|UTC|GMT)$")


def moment(value: object) -> datetime | None:
    """A date or time in UTC from what a header holds; None when it is none.

    A time without a zone is taken for UTC, a date for its midnight.
    """
    try:
        if isinstance(value, datetime):
            return _utc(value)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        return _written(value.strip()) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def found_in(text: str) -> tuple[datetime, re.Match[str]] | None:
    """The first date written out in a line, and where; its time is taken for UTC."""
    for pattern in _IN_WORDS:
        for found in pattern.finditer(text):
            try:
                return _of(found), found
            except ValueError:
                continue
    return None


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _written(text: str) -> datetime | None:
    offset = _OFFSET.search(text)
    plain = text[: offset.start()] if offset and re.match(r"\d{4}-\d{2}-\d{2}.\d", text) else text
    try:
        value = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+$", r"\1", plain))
    except ValueError:
        exact = re.search(r"\d:\d\d:\d\d", text)  # as programs write them
        words = None if exact else found_in(text)
        if words and len(text) - len(words[1][0]) < 12:
            return words[0]
        value = parsedate_to_datetime(text)
    if value.tzinfo is None and offset and offset[1]:
        sign = -1 if offset[1] == "-" else 1
        zone = timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
        value = value.replace(tzinfo=zone)
    return _utc(value)


def _of(found: re.Match[str]) -> datetime:
    month, hour = found["month"], int(found["hour"] or 0)
    half = (found["half"] or "").lower() if "half" in found.re.groupindex else ""
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    return datetime(
        int(found["year"]), number, int(found["day"]), hour, int(found["minute"] or 0), tzinfo=UTC
    )

"""Parsing of dates in the formats of people and programs."""

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


def parse_date(value: object) -> datetime | None:
    """Convert a value of a header to a time in UTC; None when it is no date.

    A time without a zone is read as UTC, a date as its midnight.
    """
    try:
        if isinstance(value, datetime):
            return _to_utc(value)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        return _parse_text(value.strip()) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def find_date(text: str) -> tuple[datetime, re.Match[str]] | None:
    """Find the first date in a line, and its match; the time is read as UTC."""
    for pattern in _IN_WORDS:
        for match in pattern.finditer(text):
            try:
                return _from_match(match), match
            except ValueError:
                continue
    return None


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _parse_text(text: str) -> datetime | None:
    offset = _OFFSET.search(text)
    plain = text[: offset.start()] if offset and re.match(r"\d{4}-\d{2}-\d{2}.\d", text) else text
    try:
        value = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+$", r"\1", plain))
    except ValueError:
        exact = re.search(r"\d:\d\d:\d\d", text)  # seconds: a program's format
        words = None if exact else find_date(text)
        if words and len(text) - len(words[1][0]) < 12:
            return words[0]
        value = parsedate_to_datetime(text)
    if value.tzinfo is None and offset and offset[1]:
        sign = -1 if offset[1] == "-" else 1
        zone = timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
        value = value.replace(tzinfo=zone)
    return _to_utc(value)


def _from_match(match: re.Match[str]) -> datetime:
    month, hour = match["month"], int(match["hour"] or 0)
    half = (match["half"] or "").lower() if "half" in match.re.groupindex else ""
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    return datetime(
        int(match["year"]), number, int(match["day"]), hour, int(match["minute"] or 0), tzinfo=UTC
    )

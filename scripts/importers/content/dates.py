"""Parsing of dates in the formats of people and programs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
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


MAX_LENGTH = 200
"""Characters of a value that may be a date."""

UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of what has a date that cannot be read: it must not pass for the time of the import."""

# First letters of months in Danish, Dutch, French, German, Italian, Norwegian, Polish, Portuguese,
# Spanish and Swedish, besides English; the longer ones tell apart what begins alike.
_FOREIGN_MONTHS = {
    1: "jän ene gen styc janv", 2: "fév fev luty lute", 3: "mär mrz maa marz març mars",
    4: "abr avr kwi", 5: "mai mei mag maj", 6: "juin giu czerw", 7: "juil lug lip",
    8: "aoû ago sierp", 9: "set wrz", 10: "okt out ott paź", 11: "lis", 12: "dez dic déc dek grud",
}  # fmt: skip
_MONTH_STEMS = {
    stem: number for number, stems in _FOREIGN_MONTHS.items() for stem in stems.split()
} | _MONTHS
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1,
    "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "HST": -10,
}  # fmt: skip
"""Hours ahead of UTC of the abbreviations that people write most."""
_PLAIN_DATE = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(?P<day>\d{1,2})\.?(?:\s+de)?[\s-]+(?P<month>[^\W\d_]{3,12})\.?"
    r"(?:\s+de)?[\s,-]+(?P<year>\d{4})"
    r"(?:,?\s+(?:um\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
    r"\s*(?P<zone>[A-Za-z]{1,4})?\s*(?:(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?)?"
)
_EPOCH_SECONDS = re.compile(r"\d{9,10}|\d{13}")


def parse_date(value: object, zone: tzinfo = UTC) -> datetime | None:
    """Convert a value of a header to a time in UTC; None when it is no date.

    A time that names no zone is one in `zone`, a date the midnight there.
    """
    try:
        if isinstance(value, datetime):
            return _to_utc(value, zone)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=zone).astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_epoch(float(value))
        return _parse_text(value.strip(), zone) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def _from_epoch(seconds: float) -> datetime | None:
    """Convert seconds, or milliseconds, since 1970; smaller numbers are years or counts."""
    if not 1e8 <= seconds < 1e14:
        return None
    return datetime.fromtimestamp(seconds / 1000 if seconds >= 1e11 else seconds, UTC)


def _parse_plain(text: str, zone: tzinfo) -> datetime | None:
    """Parse day, month by name in several languages, year, time and zone by name or offset."""
    match = _PLAIN_DATE.fullmatch(text)
    if match is None:
        return None
    name = match["month"].lower()
    month = next((_MONTH_STEMS[name[:n]] for n in (5, 4, 3) if name[:n] in _MONTH_STEMS), None)
    hours = _ZONES.get((match["zone"] or "UTC").upper())
    if month is None or hours is None:
        return None
    if match["sign"]:
        shift = int(match["hours"]) + int(match["minutes"] or 0) / 60
        hours = shift if match["sign"] == "+" else -shift
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if match["zone"] or match["sign"]:
        zone = timezone(timedelta(hours=hours))
    day = int(match["day"])
    return datetime(int(match["year"]), month, day, hour, minute, second, tzinfo=zone)


def find_date(text: str) -> tuple[datetime, re.Match[str]] | None:
    """Find the first date in a line, and its match; the time is read as UTC."""
    for pattern in _IN_WORDS:
        for match in pattern.finditer(text):
            try:
                return _from_match(match), match
            except ValueError:
                continue
    return None


def _to_utc(value: datetime, zone: tzinfo = UTC) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _parse_text(text: str, zone: tzinfo) -> datetime | None:
    if len(text) > MAX_LENGTH:
        return None
    if _EPOCH_SECONDS.fullmatch(text):
        return _from_epoch(float(text))
    if moment := _parse_plain(text, zone):
        return _to_utc(moment)
    offset = _OFFSET.search(text)
    plain = text[: offset.start()] if offset and re.match(r"\d{4}-\d{2}-\d{2}.\d", text) else text
    try:
        value = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+$", r"\1", plain))
    except ValueError:
        exact = re.search(r"\d:\d\d:\d\d", text)  # seconds: a program's format
        words = None if exact else find_date(text)
        if words and len(text) - len(words[1][0]) < 12:
            return words[0] if offset else _to_utc(words[0].replace(tzinfo=None), zone)
        value = parsedate_to_datetime(text)
    if value.tzinfo is None and offset and offset[1]:
        sign = -1 if offset[1] == "-" else 1
        shift = sign * timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        value = value.replace(tzinfo=timezone(shift))
    elif value.tzinfo is None and offset:
        value = value.replace(tzinfo=UTC)
    return _to_utc(value, zone)


def _from_match(match: re.Match[str]) -> datetime:
    month, hour = match["month"], int(match["hour"] or 0)
    half = (match["half"] or "").lower() if "half" in match.re.groupindex else ""
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    return datetime(
        int(match["year"]), number, int(match["day"]), hour, int(match["minute"] or 0), tzinfo=UTC
    )

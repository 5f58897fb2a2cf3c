"""Words for times: every phrase of every language is read whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from search_index.interpretation.dates import find_dates
from search_index.interpretation.wording import WORDINGS

NOW = datetime(2026, 3, 11, 15, tzinfo=UTC)  # a Wednesday
KINDS = {"today", "yesterday", "latest", "this", "last", "past", "ago", "since", "before"}
LISTS = {"day", "week", "month", "year", "numbers", "months"}


def _lines(tag: str) -> dict[str, list[str]]:
    lines = WORDINGS[tag].replace(",\n", ",").strip().splitlines()
    pairs = (line.split(": ", 1) for line in lines)
    return {kind: [value.strip() for value in values.split(",")] for kind, values in pairs}


def _read(tag: str, text: str) -> tuple[str, str, str] | None:
    """Return the words that are read of a text, and the days from which and until when."""
    dates = find_dates(f"xyz {text}", [tag], NOW)
    if not dates:
        return None
    understood = dates[0].understood
    moments = (understood.published_from, understood.published_to)
    start, end = (f"{moment:%Y-%m-%d}" if moment else "" for moment in moments)
    return understood.text, start, end


@pytest.mark.parametrize("tag", WORDINGS)
def test_every_phrase_of_a_language_is_read_whole(tag: str) -> None:
    lines = _lines(tag)
    assert set(lines) == KINDS | LISTS
    assert (len(lines["numbers"]), len(lines["months"])) == (6, 12)
    week = lines["week"][0].split("|")[0]
    spans = {
        "today": ("2026-03-11", "2026-03-12"),
        "yesterday": ("2026-03-10", "2026-03-11"),
        "latest": ("", ""),
        "this": ("2026-03-09", "2026-03-16"),
        "last": ("2026-03-02", "2026-03-09"),
        "past": ("2026-02-25", ""),
    }
    for kind, span in spans.items():
        for phrase in lines[kind]:
            text = phrase.replace("{n}", "2").replace("{unit}", week)
            assert _read(tag, text) == (text, *span)
    for number, names in enumerate(lines["months"], 1):
        for name in names.split("|"):
            text, end = f"{name} 2025", f"{2025 + number // 12}-{number % 12 + 1:02}-01"
            assert _read(tag, text) == (text, f"2025-{number:02}-01", end)


@pytest.mark.parametrize(
    ("tag", "text", "span"),
    [
        ("en", "three days ago", ("2026-03-08", "2026-03-09")),
        ("en", "since october 2025", ("2025-10-01", "")),
        ("fr", "aujourd\u2019hui", ("2026-03-11", "2026-03-12")),
        ("de", "vor einer Woche", ("2026-03-02", "2026-03-09")),
        ("fi", "kolme päivää sitten", ("2026-03-08", "2026-03-09")),
        ("fi", "ennen 2020", ("", "2020-01-01")),
        ("uk", "п'ять років тому", ("2021-01-01", "2022-01-01")),
        ("uk", "з 2020", ("2020-01-01", "")),
        ("ar", "قبل ثلاثة أيام", ("2026-03-08", "2026-03-09")),
        ("ar", "قبل 2020", ("", "2020-01-01")),
        ("ar", "السنة الماضية", ("2025-01-01", "2026-01-01")),
        ("he", "לפני שלושה ימים", ("2026-03-08", "2026-03-09")),
        ("he", "מאז 2020", ("2020-01-01", "")),
    ],
)
def test_times_are_those_of_the_calendar(tag: str, text: str, span: tuple[str, str]) -> None:
    assert _read(tag, text) == (text, *span)

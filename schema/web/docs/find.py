"""Search in the docs: parts of pages that hold all words, those with words in headings first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from schema.web.docs.source import Section, docs, sections

MAX_TEXT = 200
"""Characters of a search that are read."""

MAX_WORDS = 10
MAX_RESULTS = 20
SNIPPET = 160
"""Characters around the first word that are shown."""

_WORD = re.compile(r"\w+")


class Result(NamedTuple):
    """A part of a page: its address below `/docs/`, its heading, its page's title, its text.

    `snippet` is divided at the words of the search: every second piece is one.
    """

    address: str
    heading: str
    page: str
    snippet: Sequence[str]


def search(text: str) -> list[Result]:
    """Return the parts of pages that hold all words of a text, or words that begin so."""
    words = list(dict.fromkeys(_WORD.findall(text[:MAX_TEXT].casefold())))[:MAX_WORDS]
    if not words:
        return []
    scored = [
        (score * (1.5 if section.page.startswith("reference/") else 1), -place, section)
        for place, (section, heading, body) in enumerate(_folded())
        if (score := _score(words, heading, body))
    ]
    best = sorted(scored, reverse=True)[:MAX_RESULTS]
    return [_result(section, words) for _, _, section in best]


@cache
def _folded() -> Sequence[tuple[Section, str, str]]:
    """Return the parts with heading and text as they are compared."""
    return [
        (section, f" {' '.join(_WORD.findall(heading))}", f" {' '.join(_WORD.findall(text))}")
        for section in sections()
        for heading in [f"{docs()[section.page].title} {section.heading}".casefold()]
        for text in [section.text.casefold()]
    ]


def _score(words: Sequence[str], heading: str, body: str) -> float:
    """Return how well a part fits; 0 if one of the words is not in it."""
    total = 0.0
    for word in words:
        in_heading, times = f" {word}" in heading, body.count(f" {word}")
        if not in_heading and not times:
            return 0
        total += 5 * in_heading + 1 + min(times, 4) / (1 + len(body) / 2_000)
    return total


def _result(section: Section, words: Sequence[str]) -> Result:
    page = docs()[section.page].title
    expression = re.compile(rf"(\b(?:{'|'.join(map(re.escape, words))})\w*)", re.IGNORECASE)
    first = expression.search(section.text)
    start = max(0, first.start() - SNIPPET // 4) if first else 0
    start = section.text.rfind(" ", 0, start) + 1
    text = section.text[start : start + SNIPPET].rpartition(" ")[0] or section.text[:SNIPPET]
    address = section.page + (f"#{section.anchor}" if section.anchor else "")
    return Result(address or "./", section.heading, page, expression.split(text))

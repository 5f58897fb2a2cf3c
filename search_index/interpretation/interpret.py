"""`interpret`: from a search as it was sent to the one that an engine runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from search_index.explanations import ScoreKind
from search_index.fields import NumberField, NumberRange
from search_index.interpretation import calendar, rules
from search_index.interpretation.calendar import Span, Unit
from search_index.interpretation.dates import DateWord, find_dates
from search_index.interpretation.rules import Conditions, Lean, filtered_languages
from search_index.query import DateWords, Page, SearchQuery, Sort, Understood
from search_index.rules import AppliedRules
from search_index.text import stemming
from search_index.text.document_terms import to_microseconds

DATE_FACTOR = 1.1
"""Factor of the scores of articles of the time that a text names: less than a word more."""

NEWEST_FACTOR = 1.05
"""Factor of the scores of articles of the last week, month and year each, if a text asks for the
latest."""

_NEWEST = (Unit.WEEK, Unit.MONTH, Unit.YEAR)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The query to run, what its scores are multiplied by, and what the page tells of both."""

    query: SearchQuery
    languages: frozenset[str]
    """Those that the search is filtered by."""

    leans: tuple[Lean, ...]
    applied: AppliedRules
    understood: tuple[Understood, ...]
    expires_at: datetime | None

    def complete(self, page: Page) -> Page:
        """Return a page of hits with what was interpreted."""
        return replace(
            page, rules=self.applied, understood=self.understood, expires_at=self.expires_at
        )


def reads_dates(query: SearchQuery) -> bool:
    """Return whether `interpret` needs the languages of the index."""
    return query.dates is not DateWords.IGNORE and bool(query.text.strip())


def interpret(query: SearchQuery, languages: Sequence[str] = ()) -> Interpretation:
    """Return what a search means, by the rules of its tuning and by its words for a time.

    `languages` are those of the visible articles, most frequent first; where the search is
    filtered by languages, these count.
    """
    now = query.now or datetime.now(UTC)
    filtered = filtered_languages(query.filter)
    effects = rules.apply_rules(query.tuning, query.text, query.filter, now)
    conditions, leans = effects.conditions, effects.leans
    dates: list[DateWord] = []
    if reads_dates(query):
        tags = [stemming.language_of(tag) for tag in sorted(filtered)] or languages
        dates = find_dates(query.text, tags, now)
    expirations = [effects.expires_at] if effects.expires_at else []
    if any(date.is_relative for date in dates):
        expirations.append(calendar.midnight(now) + timedelta(days=1))
    if dates and query.dates is DateWords.REQUIRE:
        query, required = _require(query, dates)
        conditions += required
    elif query.sort is Sort.RELEVANCE:
        leans += tuple(lean for date in dates for lean in _leans(date.understood, now))
    if conditions:
        filter_ = replace(query.filter, conditions=(*query.filter.conditions, *conditions))
        query = replace(query, filter=filter_)
    return Interpretation(
        query,
        filtered,
        leans if query.sort is Sort.RELEVANCE else (),
        effects.applied,
        tuple(date.understood for date in dates),
        min(expirations, default=None),
    )


def _require(query: SearchQuery, dates: Sequence[DateWord]) -> tuple[SearchQuery, Conditions]:
    """Return the query without its words for a time, and the conditions in place of them."""
    text = query.text
    for date in reversed(dates):
        text = text[: date.start] + text[date.end :]
    spans = [
        Span(date.understood.published_from, date.understood.published_to)
        for date in dates
        if not date.understood.newest
    ]
    is_newest = any(date.understood.newest for date in dates)
    sort = Sort.NEWEST if is_newest and query.sort is Sort.RELEVANCE else query.sort
    text = " ".join(text.split())
    return replace(query, text=text, sort=sort), tuple((_range(span),) for span in spans)


def _leans(understood: Understood, now: datetime) -> Iterator[Lean]:
    if understood.newest:
        for unit in _NEWEST:
            condition = _range(calendar.within(now, unit, 1))
            yield Lean(((condition,),), NEWEST_FACTOR, ScoreKind.DATE, understood.text)
        return
    condition = _range(Span(understood.published_from, understood.published_to))
    yield Lean(((condition,),), DATE_FACTOR, ScoreKind.DATE, understood.text)


def _range(span: Span) -> NumberRange:
    return NumberRange(
        NumberField.PUBLISHED,
        low=None if span.start is None else to_microseconds(span.start),
        high=None if span.end is None else to_microseconds(span.end) - 1,
    )

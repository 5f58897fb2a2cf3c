"""What narrows hits in the search adapter's JSON: `facetFilters`, `numericFilters` and `filters`.

All three come to the same: groups of terms, of each of which one must hold, and a span of time.
https://www.algolia.com/doc/api-reference/api-parameters/filters
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from search_index.query import FacetField

FIELDS = {
    "topics": FacetField.TOPIC,
    "authors": FacetField.AUTHOR,
    "language": FacetField.LANGUAGE,
    "kind": FacetField.KIND,
    "year": FacetField.YEAR,
}
"""The attributes to narrow and count by; topics and authors go by their names."""

TIME = "timestamp"
"""The attribute that is a number: when an article was published, in seconds since 1970."""

MAX_VALUES = 100
MAX_FILTERS = 5_000
_NUMERIC = re.compile(rf"\s*{TIME}\s*(<=|>=|<|>|=)\s*(-?\d{{1,11}})(?:\.\d+)?\s*")
_RANGE = re.compile(rf"\s*{TIME}\s*:\s*(-?\d{{1,11}})\s+(?:to|TO)\s+(-?\d{{1,11}})\s*")
_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*\'"""
_TOKEN = re.compile(
    rf"""\s*(?: (?P<sign>[()]) | (?P<word>AND|OR|NOT)(?=[\s()]|$)
    | (?P<time>{TIME}\s*(?: [<>=]+\s*[^\s()]+ | :\s*\S+\s+(?:to|TO)\s+[^\s()]+ ))
    | (?P<name>{_QUOTED}|[\w.]+)\s*:\s*(?P<value>{_QUOTED}|[^\s()"']+) )""",
    re.VERBOSE | re.DOTALL,
)


class BadParams(Exception):
    """A request cannot be answered as asked; the message may be shown."""


@dataclass(frozen=True, slots=True)
class Term:
    """An attribute's value that hits have; with `without`, that they have not."""

    field: FacetField
    value: str
    without: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """From the first second on, and until before the last one, since 1970."""

    start: int | None = None
    end: int | None = None

    def within(self, other: Span) -> Span:
        """What both take in."""
        starts = [one for one in (self.start, other.start) if one is not None]
        ends = [one for one in (self.end, other.end) if one is not None]
        return Span(max(starts, default=None), min(ends, default=None))

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """Both ends. Raises BadParams beyond the year 9999."""
        return _moment(self.start), _moment(self.end)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Of each group at least one term holds, and the span takes in the time."""

    groups: tuple[tuple[Term, ...], ...] = ()
    span: Span = Span()

    def values(self, field: FacetField) -> frozenset[str]:
        """All the values of a field that its terms name."""
        return frozenset(
            term.value for group in self.groups for term in group if term.field is field
        )


def narrowing(facet_filters: object, numeric_filters: object, filters: object) -> Narrowing:
    """What the three say together. Raises BadParams."""
    groups = [*_facet_filters(facet_filters)]
    span = Span()
    for text in listed(numeric_filters, "numericFilters"):
        alone = text[0] if isinstance(text, list) and len(text) == 1 else text
        span = span.within(_numeric(alone if isinstance(alone, str) else ""))
    for group in _expression(filters):
        if isinstance(group, Span):
            span = span.within(group)
        else:
            groups.append(group)
    if sum(map(len, groups)) > MAX_VALUES:
        raise BadParams(f"Filters may name at most {MAX_VALUES} values.")
    return Narrowing(tuple(groups), span)


def listed(value: object, name: str) -> list[Any]:
    """A list, also where it comes as JSON in a text, or as one value alone. Raises BadParams."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = orjson.loads(value)
        except ValueError:
            raise BadParams(f"{name} is not JSON.") from None
    if value in (None, ""):
        return []
    found = value if isinstance(value, list) else [value]
    if len(found) > MAX_VALUES:
        raise BadParams(f"{name} must have at most {MAX_VALUES} values.")
    return found


def _facet_filters(value: object) -> Iterator[tuple[Term, ...]]:
    for group in listed(value, "facetFilters"):
        terms = tuple(map(_facet_filter, listed(group, "facetFilters")))
        if terms:
            yield terms


def _facet_filter(text: object) -> Term:
    name, colon, value = text.partition(":") if isinstance(text, str) else ("", "", "")
    if name not in FIELDS or not colon:
        raise BadParams(f"facetFilters take attribute:value, of {', '.join(FIELDS)}.")
    without = value.startswith("-")
    return Term(FIELDS[name], value[1:] if value[:1] in ("-", "\\") else value, without)


def _numeric(text: str) -> Span:
    found = _NUMERIC.fullmatch(text)
    if found is not None:
        sign, number = found[1], int(found[2])
        start = number + (sign == ">") if sign in (">=", ">", "=") else None
        end = number + (sign != "<") if sign in ("<=", "<", "=") else None
        return Span(start, end)
    found = _RANGE.fullmatch(text)
    if found is None:
        raise BadParams(
            f"Numbers are compared as in {TIME}>=1700000000 or {TIME}:1700000000 TO 1800000000."
        )
    return Span(int(found[1]), int(found[2]) + 1)


def _moment(seconds: int | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadParams(f"{TIME} is out of range.") from None


# ── filters ───────────────────────────────────────────────────────────────────────────────────────


def _expression(text: object) -> Iterator[tuple[Term, ...] | Span]:
    """The parts of `a AND (b OR NOT c) AND …`."""
    if text in (None, ""):
        return
    if not isinstance(text, str) or len(text) > MAX_FILTERS:
        raise BadParams(f"filters must be a text of at most {MAX_FILTERS} characters.")
    parts, bare_or = _split(_tokens(text.rstrip()))
    if bare_or and len(parts) > 1:
        raise BadParams("filters: put what OR joins in parentheses, as in a AND (b OR c).")
    yield from map(_group, parts)


def _tokens(text: str) -> Iterator[str | Term | Span]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise BadParams(
                f"filters cannot be read at {text[place : place + 30]!r}; they take "
                f"attribute:value, of {', '.join(FIELDS)}, and {TIME}."
            )
        place = found.end()
        if found["time"]:
            yield _numeric(found["time"])
        elif found["name"]:
            yield _term(_unquoted(found["name"]), _unquoted(found["value"]))
        else:
            yield found["sign"] or found["word"]


def _split(
    tokens: Iterable[str | Term | Span],
) -> tuple[list[list[str | Term | Span]], bool]:
    """The groups between AND, without their parentheses; whether an OR stands outside of any."""
    parts: list[list[str | Term | Span]] = [[]]
    deep = bare_or = False
    for token in tokens:
        if token in ("(", ")"):
            if (token == "(") == deep or (token == "(" and parts[-1]):
                raise BadParams("filters: parentheses enclose what OR joins, and nothing else.")
            deep = not deep
        elif token == "AND":
            if deep:
                raise BadParams("filters: AND cannot stand in parentheses.")
            parts.append([])
        else:
            bare_or |= token == "OR" and not deep
            parts[-1].append(token)
    if deep:
        raise BadParams("filters: a parenthesis is not closed.")
    return parts, bare_or


def _group(tokens: list[str | Term | Span]) -> tuple[Term, ...] | Span:
    """Terms that OR joins, each perhaps behind a NOT; or a span alone."""
    if len(tokens) == 1 and isinstance(tokens[0], Span):
        return tokens[0]
    terms: list[Term] = []
    without = complete = False
    for token in tokens:
        if isinstance(token, Span):
            raise BadParams(f"filters: {TIME} can neither be negated nor joined by OR.")
        if isinstance(token, Term) and not complete:
            terms.append(replace(token, without=without))
            without, complete = False, True
        elif token == "OR" and complete:
            complete = False
        elif token == "NOT" and not (complete or without):
            without = True
        else:
            raise BadParams("filters: terms are joined by AND or OR, with NOT before a term.")
    if not complete:
        raise BadParams("filters: something is missing beside AND, OR or NOT.")
    return tuple(terms)


def _term(name: str, value: str) -> Term:
    if name not in FIELDS:
        raise BadParams(f"filters take attribute:value, of {', '.join(FIELDS)}, and {TIME}.")
    return Term(FIELDS[name], value)


def _unquoted(text: str) -> str:
    if text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text

"""Filters in Algolia's JSON: `facetFilters`, `numericFilters` and `filters`.

All three have one result: groups of terms, a conjunction of disjunctions.
https://www.algolia.com/doc/api-reference/api-parameters/filters
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any, assert_never

import orjson

from schema import ids
from search_index.fields import NumberField, NumberRange
from search_index.query import FacetField

FIELDS = {
    "topics": FacetField.TOPIC,
    "authors": FacetField.AUTHOR,
    "language": FacetField.LANGUAGE,
    "kind": FacetField.KIND,
    "year": FacetField.YEAR,
    "month": FacetField.MONTH,
    "hasImage": FacetField.IMAGE,
}
"""The attributes to filter and count by; topics and authors by their names."""

TREE = "hierarchicalTopics"
SEPARATOR = " > "
"""Between the names of topics in the values of levels, as `Town > Harbour`."""

LEVELS = {f"{TREE}.lvl{level}": level for level in range(10)}
"""The attributes of the levels of the tree of topics, the top first."""

ID = "objectID"
"""The attribute by which single articles are named."""

TIME = "timestamp"
"""A numeric attribute: the time of publication in seconds since 1970."""

YEAR = "year"
"""A facet that can be compared as a number too: that of publication in UTC."""

COMMENTS = "commentCount"
"""A numeric attribute: the number of comments."""

NUMBERS = {
    TIME: NumberField.PUBLISHED,
    YEAR: NumberField.PUBLISHED,
    COMMENTS: NumberField.COMMENTS,
}
"""The attributes to compare, and to tell the lowest and highest values of."""

_ATTRIBUTES = ", ".join((*FIELDS, ID, f"{TREE}.lvl0 …"))
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_EPOCH = date(1970, 1, 1).toordinal()

MAX_VALUES = 100
MAX_FILTER_CHARACTERS = 5_000
MAX_DEPTH = 10
"""Parentheses of `filters` within each other."""

_NUMBER = "|".join(NUMBERS)
_COMPARISON = re.compile(rf"\s*({_NUMBER})\s*(<=|>=|!=|<|>|=)\s*(-?\d{{1,11}})(?:\.\d+)?\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*:\s*(-?\d{{1,11}})\s+(?:to|TO)\s+(-?\d{{1,11}})\s*")
_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*\'"""
_TOKEN = re.compile(
    rf"""\s*(?: (?P<sign>[()]) | (?P<word>AND|OR|NOT)(?=[\s()]|$)
    | (?P<number>(?:{_NUMBER})(?: \s*[!<>=]+\s*[^\s()]+ | \s*:\s*\S+\s+(?:to|TO)\s+[^\s()]+ ))
    | (?P<name>{_QUOTED}|[\w.]+)\s*:\s*(?P<value>{_QUOTED}|[^\s()"'<]+)(?:<score=\d+>)? )""",
    re.VERBOSE | re.DOTALL,
)
_SCORE = re.compile(r"<score=\d+>$")  # of facetFilters; it would only move hits


class BadParams(Exception):
    """Invalid parameters of a request; the message may be sent to the client."""


@dataclass(frozen=True, slots=True)
class Term:
    """A value of an attribute that hits must have; if `negated`, must not have.

    With a `level` it is the way to a topic through the tree.
    """

    field: FacetField
    value: str
    negated: bool = False
    level: int | None = None


_Clause = tuple[Term | NumberRange, ...]
"""Terms of which at least one must match."""


@dataclass(frozen=True, slots=True)
class ParsedFilters:
    """Filters: at least one term of each group must match."""

    groups: tuple[_Clause, ...] = ()

    def terms(self) -> Iterator[Term]:
        """Yield the terms that are values of a facet."""
        yield from (term for group in self.groups for term in group if isinstance(term, Term))

    def values(self, field: FacetField) -> frozenset[str]:
        """Return the values of a field in all terms, but not those of a level."""
        return frozenset(
            term.value for term in self.terms() if term.field is field and term.level is None
        )


def is_labelled(field: FacetField) -> bool:
    """Return whether values are shown and filtered by label, not by slug."""
    match field:
        case FacetField.TOPIC | FacetField.AUTHOR:
            return True
        case (
            FacetField.LANGUAGE
            | FacetField.KIND
            | FacetField.YEAR
            | FacetField.MONTH
            | FacetField.IMAGE
        ):
            return False
        case _:
            assert_never(field)


def parse_filters(facet_filters: object, numeric_filters: object, filters: object) -> ParsedFilters:
    """Parse the three parameters and combine them. Raises BadParams."""
    groups = [
        *_parse_facet_filters(facet_filters),
        *_parse_numeric_filters(numeric_filters),
        *_parse_expression(filters),
    ]
    return ParsedFilters(tuple(_limited(groups)))


def parse_list(value: object, name: str) -> list[Any]:
    """Parse a list, JSON in a string, or a single value. Raises BadParams."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = orjson.loads(value)
        except ValueError:
            raise BadParams(f"{name} is not JSON.") from None
    if value in (None, ""):
        return []
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_VALUES:
        raise BadParams(f"{name} must have at most {MAX_VALUES} values.")
    return items


def _parse_facet_filters(value: object) -> Iterator[_Clause]:
    for group in parse_list(value, "facetFilters"):
        terms = tuple(map(_parse_facet_filter, parse_list(group, "facetFilters")))
        if terms:
            yield terms


def _parse_facet_filter(text: object) -> Term | NumberRange:
    name, colon, value = text.partition(":") if isinstance(text, str) else ("", "", "")
    if not colon:
        raise BadParams(f"facetFilters take attribute:value, of {_ATTRIBUTES}.")
    negated = value.startswith("-")
    value = value[1:] if value[:1] in ("-", "\\") else value
    return _build_term("facetFilters", name, _SCORE.sub("", value), negated=negated)


def _build_term(
    parameter: str, name: str, value: str, *, negated: bool = False
) -> Term | NumberRange:
    if name == ID:
        parsed = ids.parse(value)
        number = parsed[1] if parsed and parsed[0] == ids.ARTICLE else 0  # no article has it
        return NumberRange(NumberField.ID, number, number, negated)
    if name in LEVELS:
        return Term(FacetField.TOPIC, value, negated, LEVELS[name])
    if name not in FIELDS:
        raise BadParams(f"{parameter} takes attribute:value, of {_ATTRIBUTES}, not {name[:50]!r}.")
    return Term(FIELDS[name], value, negated)


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────


def _parse_numeric_filters(value: object) -> Iterator[_Clause]:
    for group in parse_list(value, "numericFilters"):
        texts = parse_list(group, "numericFilters")
        clause = tuple(_parse_numeric(text if isinstance(text, str) else "") for text in texts)
        if clause:
            yield clause


def _parse_numeric(text: str) -> NumberRange:
    """Parse a comparison, or a range with both ends."""
    match = _COMPARISON.fullmatch(text)
    if match is not None:
        name, sign, number = match[1], match[2], int(match[3])
        lowest, highest = _ends(name, number)
        match sign:
            case "=" | "!=":
                return NumberRange(NUMBERS[name], lowest, highest, negated=sign == "!=")
            case ">=":
                return NumberRange(NUMBERS[name], low=lowest)
            case ">":
                return NumberRange(NUMBERS[name], low=highest + 1)
            case "<=":
                return NumberRange(NUMBERS[name], high=highest)
            case _:
                return NumberRange(NUMBERS[name], high=lowest - 1)
    match = _RANGE.fullmatch(text)
    if match is None:
        raise BadParams(
            f"Numbers are compared as in {TIME}>=1700000000, {TIME}:1700000000 TO 1800000000,"
            f" {YEAR}>=2024 or {COMMENTS}>0."
        )
    low, _ = _ends(match[1], int(match[2]))
    _, high = _ends(match[1], int(match[3]))
    return NumberRange(NUMBERS[match[1]], low, high)


def _ends(name: str, number: int) -> tuple[int, int]:
    """Return the first and the last number of the index that a number of an attribute stands for.

    Of a second and of a year these are times.
    """
    match name:
        case "timestamp":
            return number * _SECOND, (number + 1) * _SECOND - 1
        case "year":
            if not 1 <= number <= 9999:
                raise BadParams(f"{YEAR} is out of range.")
            first, last = date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal()
            return (first - _EPOCH) * _DAY, (last + 1 - _EPOCH) * _DAY - 1
        case _:
            return number, number


# ── filters ───────────────────────────────────────────────────────────────────────────────────────


def _parse_expression(text: object) -> list[_Clause]:
    """Parse `a AND (b OR NOT c) OR …` into clauses that must all match."""
    if text in (None, ""):
        return []
    if not isinstance(text, str) or len(text) > MAX_FILTER_CHARACTERS:
        raise BadParams(f"filters must be a text of at most {MAX_FILTER_CHARACTERS} characters.")
    tokens = deque(_tokenize(text.rstrip()))
    clauses = _parse_joined(tokens, depth=0, negated=False)
    if tokens:
        raise BadParams("filters: a parenthesis is closed that was not opened.")
    return clauses


def _tokenize(text: str) -> Iterator[str | Term | NumberRange]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadParams(
                f"filters cannot be read at {text[position : position + 30]!r}; they take "
                f"attribute:value, of {_ATTRIBUTES}, and comparisons of {', '.join(NUMBERS)}."
            )
        position = match.end()
        if match["number"]:
            yield _parse_numeric(match["number"])
        elif match["name"]:
            yield _build_term("filters", _unquote(match["name"]), _unquote(match["value"]))
        else:
            yield match["sign"] or match["word"]


def _parse_joined(
    tokens: deque[str | Term | NumberRange], depth: int, *, negated: bool
) -> list[_Clause]:
    """Parse operands up to the end or a closing parenthesis, all joined by AND, or all by OR."""
    if depth > MAX_DEPTH:
        raise BadParams(f"filters: at most {MAX_DEPTH} parentheses may stand within each other.")
    operands, operators = [_parse_operand(tokens, depth, negated=negated)], set[str]()
    while tokens and tokens[0] in ("AND", "OR"):
        operators.add(str(tokens.popleft()))
        operands.append(_parse_operand(tokens, depth, negated=negated))
    if len(operators) > 1:
        raise BadParams("filters: put what OR joins in parentheses, as in a AND (b OR c).")
    if tokens and tokens[0] != ")":
        raise BadParams("filters: terms are joined by AND or OR, with NOT before a term.")
    if ("OR" in operators) == negated:  # NOT (a OR b) is NOT a AND NOT b
        return _limited([clause for operand in operands for clause in operand])
    return reduce(_either, operands)


def _parse_operand(
    tokens: deque[str | Term | NumberRange], depth: int, *, negated: bool
) -> list[_Clause]:
    token = tokens.popleft() if tokens else ""
    if token == "NOT":
        negated, token = not negated, tokens.popleft() if tokens else ""
    if token == "(":
        clauses = _parse_joined(tokens, depth + 1, negated=negated)
        if not tokens:
            raise BadParams("filters: a parenthesis is not closed.")
        tokens.popleft()
        return clauses
    match token:
        case Term() | NumberRange():
            return [(replace(token, negated=token.negated != negated),)]
        case _:
            raise BadParams("filters: something is missing beside AND, OR or NOT.")


def _either(left: list[_Clause], right: list[_Clause]) -> list[_Clause]:
    """Return the clauses of `left OR right`: each of one with each of the other."""
    if sum(map(len, left)) * len(right) + sum(map(len, right)) * len(left) > MAX_VALUES:
        raise BadParams(f"filters: written out, they must have at most {MAX_VALUES} values.")
    return [(*one, *other) for one in left for other in right]


def _limited(clauses: list[_Clause]) -> list[_Clause]:
    if sum(map(len, clauses)) > MAX_VALUES:
        raise BadParams(f"Filters may name at most {MAX_VALUES} values.")
    return clauses


def _unquote(text: str) -> str:
    if text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text

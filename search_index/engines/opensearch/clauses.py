"""Terms as queries: the documents that match an alternative, with the frequency as score."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from search_index.engines.opensearch.mapping import encode_term, field_name
from search_index.engines.opensearch.rows import positions_text
from search_index.fields import TextField
from search_index.text.term_query import TermAlternative

Json = dict[str, Any]

MAX_COMBINATIONS = 16
"""Combinations of the terms of a phrase that are searched one by one, at most."""

MAX_EXCEPTED = 12
"""Words that a prefix does not stand for, at most: a regular expression has 1,000 characters."""

_SPECIAL = re.compile(r'([.?+*|{}\[\]()"\\#@&<>~^$-])')

NOTHING: Json = {"match_none": {}}


def escape(text: str) -> str:
    """Return a text as a regular expression of Lucene."""
    return _SPECIAL.sub(r"\\\1", text)


def both(queries: Sequence[Json]) -> Json:
    """Return the query for documents that match all of some queries, without a score."""
    return queries[0] if len(queries) == 1 else {"bool": {"filter": list(queries)}}


def either(queries: Sequence[Json]) -> Json:
    """Return the query for documents that match any of some queries; none of none."""
    if not queries:
        return NOTHING
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def best(queries: Sequence[Json]) -> Json:
    """Return the query whose score is the greatest of some queries."""
    return queries[0] if len(queries) == 1 else {"dis_max": {"queries": list(queries)}}


def matches(alternative: TermAlternative) -> Json:
    """Return the query for the documents that match an alternative."""
    if not alternative.slots:
        return _prefix(alternative)
    if len(alternative.slots) == 1:
        field = "text" if alternative.field is None else field_name(alternative.field)
        return {"terms": {field: [encode_term(term) for term in alternative.slots[0]]}}
    return either([_phrase(field, alternative) for field in _fields(alternative)])


def matches_any(alternatives: Iterable[TermAlternative]) -> Json:
    """Return the query for the documents that match any of some alternatives."""
    return either([matches(alternative) for alternative in alternatives])


def frequency(alternatives: Sequence[TermAlternative]) -> Json:
    """Return the query whose score is the weighted frequency of the best of the alternatives."""
    queries: list[Json] = []
    for alternative in alternatives:
        if not alternative.slots:
            queries.append({"constant_score": {"filter": _prefix(alternative), "boost": 1.0}})
        elif len(alternative.slots) > 1:
            phrases = [_phrase_frequency(field, alternative) for field in _fields(alternative)]
            queries.append({"bool": {"should": phrases}})
        else:
            name, boost = "text", 1.0
            if alternative.field is not None:
                name, boost = field_name(alternative.field), alternative.field.boost
            queries += [
                {"term": {name: {"value": encode_term(term), "boost": boost}}}
                for term in alternative.slots[0]
            ]
    return best(queries)


def _fields(alternative: TermAlternative) -> Sequence[TextField]:
    return tuple(TextField) if alternative.field is None else (alternative.field,)


def _phrase_frequency(field: TextField, alternative: TermAlternative) -> Json:
    """Return the query whose score is the frequency of a phrase in a field, times its boost.

    The score of a phrase is summed over its terms that any document holds. So each combination of
    terms is a phrase of its own, unless there are too many.
    """
    slots, boost = alternative.slots, field.boost / len(alternative.slots)
    if math.prod(map(len, slots)) > MAX_COMBINATIONS:
        return _phrase(field, alternative, boost)
    combinations = (
        alternative._replace(slots=tuple((term,) for term in terms)) for terms in product(*slots)
    )
    return best([_phrase(field, combination, boost) for combination in combinations])


def _phrase(field: TextField, alternative: TermAlternative, boost: float = 1.0) -> Json:
    slots = zip(alternative.offsets, alternative.slots, strict=True)
    text = positions_text({offset: list(map(encode_term, terms)) for offset, terms in slots})
    return {"match_phrase": {field_name(field): {"query": text, "boost": boost}}}


def _prefix(alternative: TermAlternative) -> Json:
    prefix = encode_term(alternative.prefix)
    if not alternative.except_words:
        return {"prefix": {"words": prefix}}
    others = "|".join(escape(encode_term(word)) for word in alternative.except_words[:MAX_EXCEPTED])
    return {"regexp": {"words": {"value": f"{escape(prefix)}.*&~({others})", "flags": "ALL"}}}

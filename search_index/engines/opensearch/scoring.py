"""The score of a page of hits as a query: the formulas of `search_index.ranking`.

A clause yields the weighted frequency of its terms; a script makes of it what it adds to the score,
by numbers that are counted among the visible documents alone. So scores equal those of other
engines, and neither deleted documents nor those of others change them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from search_index.engines.opensearch import clauses, restrictions
from search_index.engines.opensearch.facts import Facts
from search_index.engines.opensearch.mapping import encode_term
from search_index.engines.opensearch.vocabulary import BaseFacts
from search_index.explanations import ScorePart
from search_index.interpretation.rules import Lean, explain_leans
from search_index.query import Scope
from search_index.ranking import (
    EVERY_WORD,
    FORM_WEIGHT,
    K1,
    MAX_TITLE_GAIN,
    MICROSECONDS_A_DAY,
    MIN_COVERAGE,
    RECENCY,
    TITLE_WORD,
    B,
    coverage_shares,
    has_forms,
    idf,
    idf_groups,
    title_bonus,
)
from search_index.rules import MAX_FACTOR
from search_index.text.document_terms import NO_TIME
from search_index.text.term_query import TermAlternative, TermGroup, TermQuery

Json = dict[str, Any]

_GAIN = (
    "params.weight * _score / (_score + params.k * (1 - params.b + params.b * doc['length'].value"
    " / (doc['comment'].value == 0 ? params.articles : params.comments)))"
)
_TITLE = (
    "params.weight * params.most"
    " / (1 + (params.most - 1) * doc['title_length'].value / params.average)"
)
_RECENCY = (
    "long published = doc['published'].value;"
    f" if (published == {NO_TIME}L) return _score;"
    " return _score * (1 + params.share"
    " * Math.pow(2, -Math.max(0, params.newest - published) / params.half_life))"
)
_ROUNDING = 0.9999  # scores are sums of 32-bit numbers


def saturation(base: BaseFacts, length: float, scope: Scope) -> float:
    """Return the frequency at which the gain of a document is half of its maximum."""
    return K1 * (1 - B + B * length / base.average_lengths[scope])


@dataclass(frozen=True, slots=True)
class WeightedGroup:
    """A term group with its idf by word, and its weight: 0 without visible documents."""

    group: TermGroup
    words: tuple[tuple[tuple[TermAlternative, ...], float], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class WeightedQuery:
    """A term query with all numbers that its score is computed from."""

    query: TermQuery
    base: BaseFacts
    groups: tuple[WeightedGroup, ...]
    pairs: tuple[tuple[TermAlternative, float], ...]
    title_idf: float
    coverage: Json | None
    """The query for documents that match a sufficient share of the weights; None for any match."""

    @property
    def title_bonus(self) -> float:
        """The bonus for a title equal to the text."""
        return title_bonus(self.base.num_docs, self.query)


def weigh(facts: Facts, base: BaseFacts, query: TermQuery, *, ranked: bool) -> WeightedQuery:
    """Return a query with its weights, by facts that may be missing."""
    groups = tuple(_weigh_group(facts, base, group) for group in query.groups)
    pairs: tuple[tuple[TermAlternative, float], ...] = ()
    title_idf = 0.0
    if ranked:
        pairs = tuple((pair, _idf(facts, base, clauses.matches(pair))) for pair in query.pairs)
        title_idf = sum(
            idf(base.num_docs, facts.count(_title_word(word), default=1))
            for word in query.title_words
        )
    coverage = _coverage(facts, query, groups, ranked=ranked)
    return WeightedQuery(query, base, groups, pairs, title_idf, coverage)


def _weigh_group(facts: Facts, base: BaseFacts, group: TermGroup) -> WeightedGroup:
    words = tuple(
        (members, _idf(facts, base, clauses.matches_any(members)))
        for members in idf_groups(group.alternatives)
    )
    weight = words[0][1]
    if len(words) > 1:
        weight = _idf(facts, base, clauses.matches_any(group.alternatives))
    return WeightedGroup(group, words, group.boost * weight)


def _idf(facts: Facts, base: BaseFacts, query: Json) -> float:
    count = facts.count(query, default=1)
    return idf(max(base.num_docs, count), count) if count else 0.0


def _coverage(
    facts: Facts, query: TermQuery, groups: Sequence[WeightedGroup], *, ranked: bool
) -> Json | None:
    weighted = [group for group in groups if group.weight]
    total = sum(group.weight for group in weighted)
    if len(weighted) < 2:
        return None
    least = min(group.weight for group in weighted)
    for share in coverage_shares(query, ranked=ranked):
        if share == MIN_COVERAGE and share * total <= least:
            return None
        enough = _covering(weighted, share * total)
        if facts.count(clauses.both([enough, *_required(query, groups)]), default=1):
            return enough
    return None


def _covering(groups: Sequence[WeightedGroup], least: float) -> Json:
    queries = [clauses.matches_any(group.group.alternatives) for group in groups]
    return {
        "function_score": {
            "query": clauses.either(queries),
            "functions": [
                {"filter": query, "weight": group.weight}
                for query, group in zip(queries, groups, strict=True)
            ],
            "score_mode": "sum",
            "boost_mode": "replace",
            "min_score": least * _ROUNDING,
        }
    }


def _required(query: TermQuery, groups: Sequence[WeightedGroup]) -> list[Json]:
    required = [
        clauses.matches_any(group.group.alternatives) for group in groups if group.group.required
    ]
    if query.excluded:
        required.append({"bool": {"must_not": [clauses.matches_any(query.excluded)]}})
    return required


def hits_query(weighted: WeightedQuery, pins: Sequence[int]) -> Json:
    """Return the query for the documents that are hits, without a score."""
    query = weighted.query
    required = _required(query, weighted.groups)
    if weighted.groups:
        enough = weighted.coverage or clauses.either(
            [
                clauses.matches_any(group.group.alternatives)
                for group in weighted.groups
                if group.weight
            ]
        )
    else:
        enough = {"match_all": {}} if query.match_all else clauses.NOTHING
    ways = [clauses.both([enough, *required])]
    if query.title:
        ways.append({"term": {"titles": query.title}})
    if pins:
        ways.append(clauses.both([{"terms": {"id": list(pins)}}, {"term": {"comment": 0}}]))
    return clauses.either(ways)


def score_queries(weighted: WeightedQuery, half_life_days: float) -> list[Json]:
    """Return the queries whose scores add up to the score of a hit."""
    groups = [group for group in weighted.groups if group.weight]
    words = [_group_score(weighted.base, group) for group in groups]
    words += [
        _gain(weighted.base, (pair,), pair.weight * pair_idf)
        for pair, pair_idf in weighted.pairs
        if pair_idf
    ]
    if weighted.query.title_words and weighted.title_idf:
        words.append(_title_score(weighted))
    queries: list[Json] = []
    if words:
        queries.append(
            {
                "script_score": {
                    "query": {"bool": {"should": words}},
                    "script": {
                        "source": _RECENCY,
                        "params": {
                            "share": RECENCY,
                            "newest": weighted.base.newest,
                            "half_life": half_life_days * MICROSECONDS_A_DAY,
                        },
                    },
                }
            }
        )
    if len(groups) > 1:
        queries.append(_constant(every_word(weighted), EVERY_WORD))
    if weighted.query.title:
        title = {"term": {"titles": weighted.query.title}}
        queries.append(_constant(title, weighted.title_bonus))
    return queries


def every_word(weighted: WeightedQuery) -> Json:
    """Return the query for the documents that match each group that any document matches."""
    groups = [group for group in weighted.groups if group.weight]
    return clauses.both([clauses.matches_any(group.group.alternatives) for group in groups])


def _constant(query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _group_score(base: BaseFacts, group: WeightedGroup) -> Json:
    queries = []
    for members, word_idf in group.words:
        if not word_idf:
            continue
        weight = group.group.boost * word_idf
        if has_forms(members):
            exact = {"term": {"words": encode_term(members[0].slots[0][0])}}
            gain = _gain(base, members, weight)
            queries.append({"bool": {"must": [gain], "filter": [exact]}})
            queries.append(_gain(base, members, weight * FORM_WEIGHT))
            continue
        by_weight: dict[float, list[TermAlternative]] = {}
        for alternative in members:
            by_weight.setdefault(alternative.weight, []).append(alternative)
        queries += [
            _gain(base, alternatives, weight * alternative_weight)
            for alternative_weight, alternatives in by_weight.items()
        ]
    return clauses.best(queries)


def _gain(base: BaseFacts, alternatives: Sequence[TermAlternative], weight: float) -> Json:
    return {
        "script_score": {
            "query": clauses.frequency(alternatives),
            "script": {
                "source": _GAIN,
                "params": {
                    "weight": weight * (K1 + 1),
                    "k": K1,
                    "b": B,
                    "articles": base.average_lengths[Scope.ARTICLES],
                    "comments": base.average_lengths[Scope.COMMENTS],
                },
            },
        }
    }


def gain_query(base: BaseFacts, alternative: TermAlternative, weight: float, name: str) -> Json:
    """Return the query whose score is the gain of an alternative, with a name."""
    query = _gain(base, (alternative,), weight)
    query["script_score"]["_name"] = name
    return query


def _title_word(word: str) -> Json:
    if word.endswith("*"):
        return {"prefix": {"titles": word[:-1]}}
    return {"term": {"titles": word}}


def _title_score(weighted: WeightedQuery) -> Json:
    return {
        "script_score": {
            "query": clauses.both([_title_word(word) for word in weighted.query.title_words]),
            "script": {
                "source": _TITLE,
                "params": {
                    "weight": title_weight(weighted),
                    "most": MAX_TITLE_GAIN,
                    "average": weighted.base.average_title,
                },
            },
        }
    }


def title_weight(weighted: WeightedQuery) -> float:
    """Return the score of a title of average length with all words of a short text."""
    return TITLE_WORD * (K1 + 1) * weighted.title_idf


class Leaning:
    """The leans of one search, as the query that multiplies scores by them."""

    def __init__(self, leans: Sequence[Lean], *, has_words: bool) -> None:
        """Without words, all documents have a score of 1."""
        self._leans = leans
        self._has_words = has_words

    def apply(self, query: Json, *, is_explained: bool) -> Json:
        """Return a query with other scores; if explained, its hits name the leans that match."""
        if not self._leans:
            return query
        filters = [clauses.both(restrictions.conditions(lean.conditions)) for lean in self._leans]
        matching = dict(query["bool"])
        should = list(matching.get("should", ()))
        if not self._has_words:
            should = [{"constant_score": {"filter": {"match_all": {}}, "boost": 1.0}}]
        if is_explained:
            should += [
                {"constant_score": {"filter": filter_, "boost": 0.0, "_name": str(number)}}
                for number, filter_ in enumerate(filters)
            ]
        functions = [
            {"filter": filter_, "weight": lean.factor}
            for filter_, lean in zip(filters, self._leans, strict=True)
        ]
        return {
            "function_score": {
                "query": {"bool": {**matching, "should": should}},
                "functions": functions,
                "score_mode": "multiply",
                "boost_mode": "multiply",
                "max_boost": MAX_FACTOR,
            }
        }

    def explain(self, hit: Json, score: float) -> tuple[float, tuple[ScorePart, ...]]:
        """Return the score that a hit had before, and the parts that were added."""
        names = hit.get("matched_queries", ())
        leans = [lean for number, lean in enumerate(self._leans) if str(number) in names]
        return explain_leans(leans, score, has_words=self._has_words or not self._leans)

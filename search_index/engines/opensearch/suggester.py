"""Suggester: titles and names that contain the words typed so far, by the cluster's postings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from search_index.engines.opensearch.clauses import both
from search_index.engines.opensearch.facts import Facts
from search_index.engines.opensearch.reader import View
from search_index.engines.opensearch.vocabulary import ClusterVocabulary
from search_index.fields import TextField
from search_index.query import MAX_SUGGESTIONS, Suggestion, SuggestionKind, SuggestQuery
from search_index.text.document_terms import FIRST_WORD_MARK, NO_TIME
from search_index.text.typed_text import (
    HALF_COMMENTS,
    LABEL_FIELDS,
    MAX_COMPARED,
    MIN_FUZZY_LENGTH,
    MIN_LABEL,
    START_BONUS,
    LabelIndex,
    TypedText,
    edits,
    highlight,
    merge,
    parse_typed,
    title_order,
)

MAX_LABEL_VALUES = 20_000
"""Topics, and likewise authors, that are suggested: those of most articles."""

_MAX_PREFIXES = 5

# Of the comments, and of the date: half of it after a year.
_POPULARITY = (
    "double rate = doc['comments'].value / (doc['comments'].value + params.half);"
    " long published = doc['published'].value;"
    f" if (published == {NO_TIME}L) return rate;"
    " return rate + Math.pow(2, -Math.max(0, params.newest - published) / 3.1536e13)"
)

Json = dict[str, Any]


async def suggest(view: View, query: SuggestQuery) -> tuple[Suggestion, ...]:
    """Return the suggestions for a query."""
    limit = min(max(0, query.limit), MAX_SUGGESTIONS)
    typed_text = parse_typed(query.text)
    if not typed_text.text or not limit:
        return ()
    suggestions: list[Suggestion] = await view.compute(
        lambda: _collect(view.facts, typed_text, limit)
    )
    if not suggestions:
        suggestions = await view.compute(lambda: _collect_corrected(view.facts, typed_text, limit))
    return tuple(suggestions)


def _collect(facts: Facts, typed_text: TypedText, limit: int) -> list[Suggestion]:
    labels: list[Suggestion] = []
    if len(typed_text.text) >= MIN_LABEL:
        for field, kind in LABEL_FIELDS:
            labels += _label_index(facts, field).suggest(kind, typed_text)
    return merge(labels, _suggest_articles(facts, typed_text, limit), limit)


def _label_index(facts: Facts, field: str) -> LabelIndex:
    body = {
        "filter": {"match_all": {}},
        "aggs": {"values": {"terms": {"field": field, "size": MAX_LABEL_VALUES}}},
    }
    return facts.aggregate(f"labels {field}", body, _parse_labels, LabelIndex({}))


def _parse_labels(response: Json) -> LabelIndex:
    buckets = response["values"]["buckets"]
    return LabelIndex({bucket["key"]: bucket["doc_count"] for bucket in buckets})


def _suggest_articles(facts: Facts, typed_text: TypedText, limit: int) -> list[Suggestion]:
    ranked = []
    for hit in _popular_titles(facts, typed_text):
        source = hit["_source"]
        order = title_order(source["whole_title"], typed_text, hit["_score"] % START_BONUS)
        ranked.append((order, source["id"], source[TextField.TITLE.key]))
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    return [
        Suggestion(SuggestionKind.ARTICLE, title, highlight(title, typed_text), str(id_))
        for _, id_, title in ranked[:limit]
    ]


def _popular_titles(facts: Facts, typed_text: TypedText) -> list[Json]:
    """Return the most popular titles with all words, those that start as typed first."""
    words: list[Json] = [{"term": {"titles": word}} for word in typed_text.words]
    if typed_text.prefix:
        words.append({"prefix": {"titles": typed_text.prefix}})
    first = {"prefix": {"titles": FIRST_WORD_MARK + typed_text.prefix}}
    if typed_text.words:
        first = {"term": {"titles": FIRST_WORD_MARK + typed_text.words[0]}}
    newest = ClusterVocabulary(facts).base.newest
    body = {
        "filter": both(words),
        "aggs": {
            "start": {
                "filters": {"filters": {"start": first}, "other_bucket_key": "other"},
                "aggs": {"hits": {"top_hits": _by_popularity(newest)}},
            }
        },
    }
    none: list[Json] = []
    return facts.aggregate(f"titles {typed_text} {newest}", body, _parse_titles, none)


def _by_popularity(newest: int) -> Json:
    script = {"source": _POPULARITY, "params": {"half": HALF_COMMENTS, "newest": newest}}
    return {
        "size": MAX_COMPARED,
        "sort": [
            {"_script": {"type": "number", "script": script, "order": "desc"}},
            {"id": {"order": "desc"}},
        ],
        "_source": ["id", "whole_title", TextField.TITLE.key],
    }


def _parse_titles(response: Json) -> list[Json]:
    buckets = response["start"]["buckets"]
    hits = [*buckets["start"]["hits"]["hits"]["hits"], *buckets["other"]["hits"]["hits"]["hits"]]
    return [{**hit, "_score": float(hit["sort"][0])} for hit in hits[:MAX_COMPARED]]


def _collect_corrected(facts: Facts, typed_text: TypedText, limit: int) -> list[Suggestion]:
    for corrected in _corrections(facts, typed_text):
        suggestions = _collect(facts, corrected, limit)
        if suggestions:
            return suggestions
    return []


def _corrections(facts: Facts, typed_text: TypedText) -> Iterator[TypedText]:
    """Yield corrected texts, the likeliest first; words that are in no title are replaced."""
    vocabulary = ClusterVocabulary(facts)
    words = []
    for word in typed_text.words:
        candidates = () if vocabulary.doc_freq("titles", word) else _similar(vocabulary, word)
        words.append(candidates[0] if candidates else word)
    if tuple(words) != typed_text.words:
        yield TypedText(tuple(words), typed_text.prefix)
    for prefix in _corrected_prefixes(vocabulary, typed_text.prefix):
        yield TypedText(tuple(words), prefix)


def _similar(vocabulary: ClusterVocabulary, word: str) -> list[str]:
    return [candidate.word for candidate in vocabulary.similar_words(word, field="titles")]


def _corrected_prefixes(vocabulary: ClusterVocabulary, prefix: str) -> list[str]:
    """Return prefixes of title words that are one edit (OSA) from `prefix`; at most five."""
    if len(prefix) < MIN_FUZZY_LENGTH:
        return []
    counts: dict[str, int] = {}
    words = vocabulary.title_words(prefix[0])
    candidates = edits(prefix, frozenset(letter for word, _ in words for letter in word))
    for word, count in words:
        for length in range(len(prefix) - 1, len(prefix) + 2):
            if len(word) >= length and word[:length] in candidates:
                counts[word[:length]] = counts.get(word[:length], 0) + count
    return sorted(counts, key=lambda candidate: (-counts[candidate], candidate))[:_MAX_PREFIXES]

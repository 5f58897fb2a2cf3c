"""The vocabulary of the documents that a viewer sees, by facts of the cluster."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any

from rapidfuzz.distance import OSA

from search_index.engines.opensearch import clauses
from search_index.engines.opensearch.facts import Facts
from search_index.engines.opensearch.mapping import encode_term
from search_index.fields import TextField
from search_index.lru_cache import LRUCache
from search_index.query import Scope
from search_index.rewriting.corrections import MIN_LENGTH, max_edits
from search_index.rewriting.vocabulary import Candidate, Words
from search_index.text import stemming
from search_index.text.document_terms import NO_TIME
from search_index.text.term_query import TermAlternative

MAX_LANGUAGES = 100
MAX_NEAR = 25
"""Similar words that the cluster is asked for; those that no visible document holds are removed."""

MAX_CONTAINING = 2_000
_MAX_CANDIDATES = 5

Json = dict[str, Any]


class BaseFacts:
    """The numbers by which all scores are computed."""

    def __init__(self, response: Json) -> None:
        self.num_docs: int = response["all"]["value"]
        counts: dict[str, int] = {}
        for bucket in response["languages"]["buckets"]:
            if bucket["key"]:
                counts[bucket["key"]] = bucket["doc_count"]
        self.languages = tuple(sorted(counts, key=lambda language: (-counts[language], language)))
        newest = response["newest"]["value"]
        self.newest = int(newest) if newest is not None else NO_TIME
        lengths = {
            bucket["key"]: bucket["length"]["value"] for bucket in response["scopes"]["buckets"]
        }
        self.average_lengths = {scope: max(1.0, lengths.get(scope.value) or 1.0) for scope in Scope}
        self.average_title = max(1.0, response["title"]["value"] or 0.0)


EMPTY = BaseFacts(
    {
        "all": {"value": 0},
        "languages": {"buckets": []},
        "newest": {"value": None},
        "scopes": {"buckets": []},
        "title": {"value": None},
    }
)
_BASE: Json = {
    "filter": {"match_all": {}},
    "aggs": {
        "all": {"value_count": {"field": "number"}},
        "languages": {"terms": {"field": "stemmed", "size": MAX_LANGUAGES}},
        "newest": {"max": {"field": "published"}},
        "scopes": {
            "terms": {"field": "scope"},
            "aggs": {"length": {"avg": {"field": "length"}}},
        },
        "title": {"avg": {"field": "title_length"}},
    },
}


class ClusterVocabulary:
    """See `search_index.rewriting.vocabulary.Vocabulary`. Created for one run of a computation."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.base = facts.aggregate("base", _BASE, BaseFacts, EMPTY)
        self.num_docs, self.languages = self.base.num_docs, self.base.languages
        # While facts are missing, what is computed from defaults must not be kept.
        self.synonym_maps: LRUCache[object, Any] = LRUCache(4)
        self.completions: LRUCache[Any, Any] = LRUCache(64)

    @cached_property
    def stop_words(self) -> frozenset[str]:
        """The stop words of all languages of the visible documents."""
        return frozenset[str]().union(*map(stemming.stop_words, self.languages))

    def doc_freq(self, field: str, term: str) -> int:
        """Return the number of visible documents with a term.

        A term of a text is expected to exist while that is unknown, others are not.
        """
        query = {"term": {field: encode_term(term) if field != "titles" else term}}
        return self._facts.count(query, default=int(field == "text"))

    def is_stop_word(self, word: str) -> bool:
        """Return whether a word is a stop word in the language of most documents that hold it."""
        if word not in self.stop_words:
            return False
        languages = [
            language for language in self.languages if word in stemming.stop_words(language)
        ]
        return len(languages) == len(self.languages) or self.is_mostly_in(word, languages)

    def is_mostly_in(self, word: str, languages: Collection[str]) -> bool:
        """Return whether half of the visible documents with a word are in one of these languages.

        A language stands for its regional variants, and for those that are stemmed alike.
        """
        of_language = clauses.either(
            [
                {"terms": {"stemmed": sorted(languages)}},
                {"terms": {"language": sorted(languages)}},
                *({"prefix": {"language": f"{tag}-"}} for tag in sorted(languages)),
            ]
        )
        inside = {"bool": {"filter": [{"term": {"words": encode_term(word)}}, of_language]}}
        return 2 * self._facts.count(inside) >= self.doc_freq("words", word)

    def stems(self, word: str, typed: str = "") -> Words:
        """Return the terms of a folded word that visible documents hold, the word itself first."""
        stems = dict.fromkeys((*self._all_stems(word), *self._all_stems(typed or word)))
        return (
            word,
            *(term for term in stems if term != word and self.doc_freq("text", term)),
        )

    def all_stems(self, word: str) -> Words:
        """Return a folded word and its stems, also those that no document holds."""
        return (word, *(term for term in self._all_stems(word) if term != word))

    def _all_stems(self, word: str) -> dict[str, None]:
        analyzers = map(stemming.analyzer, self.languages)
        return {term: None for analyze in analyzers for term in analyze(word)}

    def frequent_words(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """Return the words with a prefix and their document frequencies, most frequent first."""
        encoded = encode_term(prefix)
        pattern = f"{clauses.escape(encoded)}.*"
        return self._words({"prefix": {"words": encoded}}, pattern, limit)

    def _words(
        self, query: Json, pattern: str, limit: int, field: str = "words"
    ) -> Sequence[tuple[str, int]]:
        body = {
            "filter": query,
            "aggs": {
                "words": {
                    "terms": {
                        "field": field,
                        "include": pattern,
                        "size": limit,
                        "order": [{"_count": "desc"}, {"_key": "asc"}],
                    }
                }
            },
        }
        empty: Sequence[tuple[str, int]] = ()
        return self._facts.aggregate(
            f"words {field} {limit} {pattern} {query}", body, _parse_buckets, empty
        )

    def title_words(self, first: str) -> Sequence[tuple[str, int]]:
        """Return the words of titles that start with these letters, with their frequencies."""
        pattern = f"{clauses.escape(first)}.*"
        return self._words({"prefix": {"titles": first}}, pattern, MAX_CONTAINING, "titles")

    def has_prefix(self, prefix: str) -> bool:
        """Return whether any word of a visible document starts with a prefix."""
        return self._facts.count({"prefix": {"words": encode_term(prefix)}}, default=1) > 0

    def similar_words(
        self, word: str, min_length: int = MIN_LENGTH, field: str = "words"
    ) -> Sequence[Candidate]:
        """Return at most five words similar to `word`, best first."""
        distance = max_edits(word, min_length)
        if not distance:
            return ()
        for same_first in (1, 0):
            near: Sequence[str] = self._facts.suggest(
                f"near {field} {same_first} {distance} {word}",
                _near(field, encode_term(word), same_first, distance),
                _parse_suggestions,
                (),
            )
            distances = {other: OSA.distance(word, other) for other in near if other != word}
            candidates = [
                Candidate(other, edits, count)
                for other, edits in distances.items()
                if edits <= distance
                and (other[:1] == word[:1] or not same_first)
                and (count := self.doc_freq(field, other))
            ]
            if candidates:
                candidates.sort(key=lambda item: (item.distance, -item.count, item.word))
                return candidates[:_MAX_CANDIDATES]
        return ()

    def words_containing(self, word: str, languages: Collection[str]) -> Sequence[str]:
        """Return longer words that contain a word, in documents of these languages."""
        encoded = encode_term(word)
        query = {
            "bool": {
                "filter": [
                    {"terms": {"stemmed": sorted(languages)}},
                    {"wildcard": {"words": f"*{encoded}*"}},
                ]
            }
        }
        found = self._words(query, f".*{clauses.escape(encoded)}.*", MAX_CONTAINING)
        return [other for other, _ in found if len(other) > len(word)]

    def has_match(self, alternative: TermAlternative) -> bool:
        """Return whether any visible document matches an alternative."""
        return self._facts.count(clauses.matches(alternative)) > 0

    def counter(self, others: Sequence[TermAlternative]) -> Callable[[Words], int]:
        """Return a function that counts the visible documents with some words and all `others`."""
        required = [clauses.matches(other) for other in others]

        def count(words: Words) -> int:
            terms = [{"term": {"words": encode_term(word)}} for word in dict.fromkeys(words)]
            return self._facts.count({"bool": {"filter": [*required, *terms]}})

        return count

    def titles(self, term: str, limit: int) -> Sequence[str]:
        """Return the titles of at most `limit` visible documents that have a term in `titles`."""
        body = {
            "filter": {"term": {"titles": term}},
            "aggs": {"hits": {"top_hits": {"size": limit, "_source": [TextField.TITLE.key]}}},
        }
        empty: Sequence[str] = ()
        return self._facts.aggregate(f"titles {limit} {term}", body, _parse_titles, empty)


def _near(field: str, word: str, prefix_length: int, distance: int) -> Json:
    return {
        "text": word,
        "term": {
            "field": field,
            "analyzer": "keyword",
            "suggest_mode": "always",
            "prefix_length": prefix_length,
            "max_edits": distance,
            "min_word_length": 1,
            "min_doc_freq": 0,
            "max_term_freq": 1_000_000_000,
            "string_distance": "damerau_levenshtein",
            "accuracy": 0.1,
            "size": MAX_NEAR,
            "shard_size": MAX_NEAR,
            "max_inspections": 20,
        },
    }


def _parse_buckets(response: Json) -> Sequence[tuple[str, int]]:
    return tuple((bucket["key"], bucket["doc_count"]) for bucket in response["words"]["buckets"])


def _parse_suggestions(response: Any) -> Sequence[str]:
    return tuple(option["text"] for entry in response for option in entry["options"])


def _parse_titles(response: Json) -> Sequence[str]:
    hits = response["hits"]["hits"]["hits"]
    return tuple(hit["_source"][TextField.TITLE.key] for hit in hits)

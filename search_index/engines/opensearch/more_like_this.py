"""Similar documents: the most significant terms of one document as a query for others."""

from __future__ import annotations

from heapq import nlargest
from typing import Any

from search_index.engines.opensearch import scoring
from search_index.engines.opensearch.mapping import FREQUENCY_SCALE, encode_term
from search_index.engines.opensearch.reader import View
from search_index.engines.opensearch.vocabulary import BaseFacts, ClusterVocabulary
from search_index.fields import PLAIN_FIELDS
from search_index.query import Scope, Similar
from search_index.ranking import K1, idf
from search_index.rewriting import similar_terms
from search_index.text.term_query import TermAlternative

MAX_COUNTED = 500
"""Terms of a document that are counted in others, at most: those with the highest weight."""

Json = dict[str, Any]
Words = list[tuple[TermAlternative, str]]


async def find_similar(view: View, id_: int, row: Json, limit: int) -> tuple[Similar, ...]:
    """Return the visible documents most similar to one with this row, most similar first."""
    texts = {field.key: row.get(field.key, "") for field in PLAIN_FIELDS}

    def select_terms() -> tuple[Words, BaseFacts, dict[str, int]]:
        vocabulary = ClusterVocabulary(view.facts)
        weights = similar_terms.term_weights(texts, row["language"], vocabulary.is_stop_word)
        if len(weights) > MAX_COUNTED:
            heaviest = nlargest(MAX_COUNTED, weights, key=lambda term: weights[term].weight)
            weights = {term: weights[term] for term in heaviest}
        counts = {term: vocabulary.doc_freq("text", term) for term in weights}
        words = similar_terms.interesting_terms(weights, counts, vocabulary.num_docs)
        return words, vocabulary.base, counts

    words, base, counts = await view.compute(select_terms)
    if not words or limit <= 0:
        return ()
    own = _own_score(row, words, base, counts)
    named = {str(number): word for number, (_, word) in enumerate(words)}
    gains = [
        scoring.gain_query(
            base,
            alternative,
            alternative.weight * idf(base.num_docs, counts[alternative.slots[0][0]]),
            str(number),
        )
        for number, (alternative, _) in enumerate(words)
    ]
    response = await view.search(
        {
            "query": {
                "bool": {
                    "filter": [view.facts.restriction],
                    "must_not": [{"term": {"id": id_}}],
                    "should": gains,
                    "minimum_should_match": 1,
                }
            },
            "min_score": similar_terms.MIN_SHARE * own,
            "size": limit,
            "sort": [{"_score": "desc"}, {"published": "desc"}, {"id": "desc"}],
            "_source": False,
            "docvalue_fields": ["id"],
            "track_total_hits": False,
        }
    )
    return tuple(
        Similar(
            int(hit["fields"]["id"][0]),
            min(1.0, hit["_score"] / own),
            similar_terms.reasons(
                [word for name, word in named.items() if name in hit.get("matched_queries", ())],
                texts,
            ),
        )
        for hit in response["hits"]["hits"]
    )


def _own_score(row: Json, words: Words, base: BaseFacts, counts: dict[str, int]) -> float:
    """Return the score of the document for its own terms, even if it is not visible."""
    frequencies = dict(
        (term, int(number) / FREQUENCY_SCALE)
        for term, _, number in (item.rpartition("|") for item in row["text"].split(" "))
    )
    half = scoring.saturation(base, row["length"], Scope.ARTICLES)
    total = 0.0
    for alternative, _ in words:
        term = alternative.slots[0][0]
        frequency = frequencies.get(encode_term(term), 0.0)
        gain = (K1 + 1) * frequency / (frequency + half)
        total += alternative.weight * idf(base.num_docs, counts[term]) * gain
    return total

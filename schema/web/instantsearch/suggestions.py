"""Indexes of past searches, as Algolia's Query Suggestions has them, for `autocomplete` boxes.

https://www.algolia.com/doc/guides/building-search-ui/ui-and-ux-patterns/query-suggestions
"""

from __future__ import annotations

from typing import Any

from schema.web.instantsearch.highlights import pieces_of, result
from schema.web.instantsearch.params import MAX_SUGGESTED, Params
from search_index.query import Suggestion
from search_index.suggestions import Suggestions


async def query_suggestions(suggestions: Suggestions, params: Params) -> dict[str, Any]:
    """Return past searches that start with the query, the most frequent first; any if it is empty.

    Only what may be suggested to everybody; filters and facets do not apply. Raises EngineError.
    """
    popular = await suggestions.popular(params.query, MAX_SUGGESTED)
    page = popular[params.skipped : params.skipped + params.size]
    return {
        "index": params.index,
        "query": params.query,
        "params": params.text,
        "hits": [_hit(suggestion, params) for suggestion in page],
        "nbHits": len(popular),
        "exhaustiveNbHits": True,
        "page": params.skipped // params.size if params.size else 0,
        "nbPages": -(-len(popular) // params.size) if params.size else 0,
        "hitsPerPage": params.size,
        "facets": {},
        "processingTimeMS": 1,
    }


def _hit(suggestion: Suggestion, params: Params) -> dict[str, Any]:
    highlighted = result(pieces_of(suggestion.highlighted), params.tags)
    return {
        "objectID": suggestion.value,
        "query": suggestion.text,
        "nb_words": len(suggestion.text.split()),
        "popularity": suggestion.count,
        "_highlightResult": {"query": highlighted},
    }

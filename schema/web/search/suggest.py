"""`/suggest?q=`: suggestions in the OpenSearch format, for browsers and other search boxes.

https://github.com/dewitt/opensearch/blob/master/mediawiki/Specifications/OpenSearch/Extensions/Suggestions/1.1/Draft%201.wiki
"""

from __future__ import annotations

from typing import assert_never
from urllib.parse import quote, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hub.auth import ANONYMOUS
from hub.reads import articles
from hub.settings import Settings
from schema import article_urls
from schema.server.conditional import PUBLIC_HEADERS, conditional_response
from search_index.query import (
    MAX_SUGGESTIONS,
    EngineError,
    Suggestion,
    SuggestionKind,
    SuggestQuery,
)

TYPE = "application/x-suggestions+json"


async def suggest(request: Request, settings: Settings) -> Response:
    """Serve an array: the text, then lists of suggestions, of their kinds, and of their addresses.

    They are public, also for authenticated clients. `limit` is 1 to 20, 8 by default.
    """
    text, limit = request.query_params.get("q", ""), request.query_params.get("limit", "8")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= MAX_SUGGESTIONS):
        return _error_response(f"limit must be from 1 to {MAX_SUGGESTIONS}", 400)
    state, base = request.app.state, str(request.base_url)
    try:
        suggestions = await state.suggestions.suggest(SuggestQuery(text, limit=int(limit)))
    except EngineError:
        return _error_response("search is unavailable for the moment", 503)
    ids = [
        int(suggestion.value)
        for suggestion in suggestions
        if suggestion.kind is SuggestionKind.ARTICLE
    ]
    rows = await articles.by_ids(state.db, ids, ANONYMOUS)

    def url_of(suggestion: Suggestion) -> str | None:
        match suggestion.kind:
            case SuggestionKind.ARTICLE:
                row = rows.get(int(suggestion.value))
                if row is None:
                    return None
                return article_urls.public_url(row, settings, base)
            case SuggestionKind.TOPIC:
                path = f"topics/{quote(suggestion.value, safe='')}"
            case SuggestionKind.AUTHOR:
                path = f"authors/{quote(suggestion.value, safe='')}"
            case SuggestionKind.QUERY:
                path = f"search?{urlencode({'q': suggestion.value})}"
            case _:
                assert_never(suggestion.kind)
        return base + path

    entries = [
        (suggestion.text, suggestion.kind.value.lower(), url)
        for suggestion in suggestions
        for url in [url_of(suggestion)]
        if url is not None
    ]
    columns = [[entry[column] for entry in entries] for column in range(3)]
    return conditional_response(request, orjson.dumps([text, *columns]), TYPE)


def _error_response(message: str, status: int) -> Response:
    headers = {**PUBLIC_HEADERS, "cache-control": "no-store"}
    return Response(orjson.dumps({"error": message}), status, headers, "application/json")

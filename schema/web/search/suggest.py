"""`/suggest?q=`: suggestions as OpenSearch has them, for browsers and for search boxes of others.

https://github.com/dewitt/opensearch/blob/master/mediawiki/Specifications/OpenSearch/Extensions/Suggestions/1.1/Draft%201.wiki
"""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hub.auth import ANONYMOUS
from hub.reads import articles
from hub.settings import Settings
from schema import article_urls
from schema.web.conditional import OPEN, conditional
from search_index.query import (
    MAX_SUGGESTIONS,
    EngineError,
    Suggestion,
    SuggestionKind,
    SuggestQuery,
)

TYPE = "application/x-suggestions+json"
_PARAMETERS = {
    SuggestionKind.TOPIC: "topic",
    SuggestionKind.AUTHOR: "author",
    SuggestionKind.QUERY: "q",
}


async def suggest(request: Request, settings: Settings) -> Response:
    """The text, then titles and names, their kinds, and the addresses they lead to.

    For readers: what is public, whoever asks. `limit` is 1 to 20, 8 by default.
    """
    text, limit = request.query_params.get("q", ""), request.query_params.get("limit", "8")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= MAX_SUGGESTIONS):
        return _refused(f"limit must be from 1 to {MAX_SUGGESTIONS}", 400)
    state, base = request.app.state, str(request.base_url)
    try:
        found = await state.suggestions.suggest(SuggestQuery(text, limit=int(limit)))
    except EngineError:
        return _refused("search is unavailable for the moment", 503)
    ids = [int(one.value) for one in found if one.kind is SuggestionKind.ARTICLE]
    rows = await articles.by_ids(state.db, ids, ANONYMOUS)

    def address(one: Suggestion) -> str | None:
        if one.kind is not SuggestionKind.ARTICLE:
            return f"{base}search?{urlencode({_PARAMETERS[one.kind]: one.value})}"
        row = rows.get(int(one.value))
        return None if row is None else article_urls.address(row, settings.article_url, base)

    shown = [
        (one.text, one.kind.value.lower(), place)
        for one in found
        for place in [address(one)]
        if place is not None
    ]
    columns = [[one[column] for one in shown] for column in range(3)]
    return conditional(request, orjson.dumps([text, *columns]), TYPE)


def _refused(message: str, status: int) -> Response:
    headers = {**OPEN, "cache-control": "no-store"}
    return Response(orjson.dumps({"error": message}), status, headers, "application/json")

"""`/1/indexes/*/recommendations`: what articles are related to, as Algolia's Recommend tells it.

https://www.algolia.com/doc/rest-api/recommend
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.auth import ANONYMOUS
from hub.db.keyset import PageArgs
from hub.models import RelationOrigin
from hub.reads import articles, related
from hub.settings import Settings
from schema import ids
from schema.web.instantsearch.conditions import conditions
from schema.web.instantsearch.filters import BadParams
from schema.web.instantsearch.hits import render_hits
from schema.web.instantsearch.params import (
    Params,
    check_cost,
    parse_json,
    parse_number,
    parse_params,
)
from schema.web.instantsearch.responses import respond
from schema.web.search.query import acquire_search
from search_index.fields import NumberField, NumberRange
from search_index.query import Filter, Hit, Page, SearchQuery

MODELS: dict[str, tuple[str, ...]] = {
    "related-products": (),
    "looking-similar": ("SIMILAR", "TOPIC"),
}
"""The kinds of edges by model; none stands for all of them."""

MAX_RECOMMENDATIONS = 30
MAX_CANDIDATES = 100
"""Related articles that are read where filters choose among them."""

MAX_REQUESTS = 20


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A request for the articles that one is related to, with the parameters of its hits.

    `params` is None if the hub has no such model. Hits score at least `threshold`.
    """

    model: str
    article_id: int
    threshold: int
    params: Params | None

    @property
    def message(self) -> str:
        """What to do instead of asking for a model that is not there."""
        return f"There is no model {self.model[:50]!r}; use {' or '.join(MODELS)}."


async def instantsearch_recommendations(request: Request, settings: Settings) -> Response:
    """Serve `/1/indexes/*/recommendations`: the results of several requests, in their order."""

    async def compute(body: bytes) -> dict[str, Any]:
        requests = parse_recommendations(body)
        check_cost([one.params for one in requests if one.params], settings)
        return {"results": [await _result(request, settings, one) for one in requests]}

    return await respond(request, settings, compute)


def parse_recommendations(body: bytes) -> list[Recommendation]:
    """Parse the requests of a body.

    Raises:
        BadParams: a request cannot be read, or there is none of the models.
    """
    content = parse_json(body)
    requests = content.get("requests") if isinstance(content, dict) else None
    if not isinstance(requests, list) or not all(isinstance(one, dict) for one in requests):
        raise BadParams("Send an object with a list of requests.")
    if len(requests) > MAX_REQUESTS:
        raise BadParams(f"Send at most {MAX_REQUESTS} requests.")
    parsed = [_parse(one) for one in requests]
    if parsed and not any(one.params for one in parsed):
        raise BadParams(parsed[0].message)
    return parsed


def _parse(request: Mapping[str, Any]) -> Recommendation:
    model = request.get("model")
    if not isinstance(model, str) or model not in MODELS:
        return Recommendation(str(model), 0, 0, None)
    id_ = request.get("objectID")
    parsed = ids.parse(id_) if isinstance(id_, str) else None
    if parsed is None or parsed[0] != ids.ARTICLE:
        raise BadParams("objectID must be that of a hit.")
    size = parse_number(request, "maxRecommendations", 0, 1_000) or MAX_RECOMMENDATIONS
    given = request.get("queryParameters") or {}
    if not isinstance(given, dict):
        raise BadParams("queryParameters must be an object.")
    own = {"hitsPerPage": min(size, MAX_RECOMMENDATIONS), "page": 0, "facets": []}
    params = parse_params({"indexName": request.get("indexName", ""), "params": {**given, **own}})
    if not isinstance(params, Params) or params.is_of_suggestions:
        raise BadParams("indexName must be an index of articles.")
    return Recommendation(model, parsed[1], parse_number(request, "threshold", 0, 100), params)


async def _result(
    request: Request, settings: Settings, recommendation: Recommendation
) -> dict[str, Any]:
    params = recommendation.params
    if params is None:
        empty = {"hits": [], "nbHits": 0, "processingTimeMS": 1}
        return {**empty, "message": recommendation.message, "status": 404}
    await acquire_search(request, settings)
    scores = await _scores(request, recommendation, params)
    hits = tuple(Hit(id_, score, "") for id_, score in list(scores.items())[: params.size])
    rendered = await render_hits(request, settings, Page(hits, len(hits)), params)
    by_object = {ids.global_id(ids.ARTICLE, id_): score for id_, score in scores.items()}
    return {
        "hits": [{**hit, "_score": by_object[hit["objectID"]]} for hit in rendered],
        "nbHits": len(rendered),
        "exhaustiveNbHits": True,
        "params": params.text,
        "processingTimeMS": 1,
    }


async def _scores(
    request: Request, recommendation: Recommendation, params: Params
) -> dict[int, float]:
    """Return the related articles that readers see with scores of 0 to 100, in their order.

    What people linked scores 100. Two statements, and a search where filters choose.
    """
    state, source = request.app.state, recommendation.article_id
    if not await articles.by_ids(state.db, [source], ANONYMOUS):
        return {}
    size = MAX_CANDIDATES if params.filters.groups else params.size
    kinds = MODELS[recommendation.model]
    edges = await related.from_articles(
        state.db, [source], PageArgs(size, peeks=False), ANONYMOUS, kinds=kinds
    )
    scores = {}
    for edge, article in edges[source].rows if source in edges else ():
        is_derived = edge.origin == RelationOrigin.DERIVED.value
        score = round(100 * min(1.0, edge.weight), 2) if is_derived else 100.0
        if article is not None and score >= recommendation.threshold:
            scores[article.id] = score
    if not (scores and params.filters.groups):
        return scores
    candidates = tuple(NumberRange(NumberField.ID, id_, id_) for id_ in scores)
    chosen = Filter(conditions=(candidates, *await conditions(state.db, params.filters)))
    page = await state.engine.search(SearchQuery("", filter=chosen, limit=MAX_CANDIDATES))
    passed = {hit.id for hit in page.hits}
    return {id_: score for id_, score in scores.items() if id_ in passed}

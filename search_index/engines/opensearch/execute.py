"""Query execution: rewrite by facts, then one search for hits, total and facets."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from search_index import cursors
from search_index.engine import EngineOptions
from search_index.engines.opensearch import facets, restrictions, scoring
from search_index.engines.opensearch.clauses import both
from search_index.engines.opensearch.explanation import Explainer
from search_index.engines.opensearch.paging import PageHits, Paging
from search_index.engines.opensearch.reader import View
from search_index.engines.opensearch.scoring import Leaning
from search_index.engines.opensearch.vocabulary import ClusterVocabulary
from search_index.explanations import ScoreKind, ScorePart
from search_index.fields import PLAIN_FIELDS, Extremes
from search_index.interpretation.interpret import Interpretation, interpret, reads_dates
from search_index.query import Facet, FacetField, Highlight, Hit, Page, SearchQuery, Sort
from search_index.rewriting.rewrite import rewrite
from search_index.rewriting.time_limit import TimeLimit
from search_index.text import parser, synonyms
from search_index.text.highlighter import Highlighter

Json = dict[str, Any]

_TEXTS = [field.key for field in PLAIN_FIELDS]
_COMPLETE = "complete"
"""Name of the count of hits that have every word; no facet has it."""

_EXTREMES = "extremes"
_NUMBERS = ["id", "comment", "number", "published", "length", "title_length"]


async def search(view: View, query: SearchQuery, options: EngineOptions) -> Page:
    """Return the page of hits for a query. Raises InvalidQuery for an invalid cursor."""
    started = perf_counter()
    time_limit = TimeLimit(options.time_limit_seconds)
    interpreted = await _interpret(view, query)
    typed, query = query.text, interpreted.query
    ranked = query.sort is Sort.RELEVANCE
    pins = synonyms.pinned_ids(query.tuning, typed) if ranked else ()
    paging = Paging(query, pins)
    parsed = parser.parse(query.text, prefix_last=query.prefix_last)

    def weigh() -> scoring.WeightedQuery:
        vocabulary = ClusterVocabulary(view.facts)
        term_query = rewrite(
            vocabulary,
            parsed,
            time_limit,
            ranked=ranked,
            tuning=query.tuning,
            languages=interpreted.languages,
        )
        return scoring.weigh(view.facts, vocabulary.base, term_query, ranked=ranked)

    weighted = await view.compute(weigh)
    leaning = Leaning(interpreted.leans, has_words=bool(weighted.query.groups))
    counted = () if time_limit.exceeded() else tuple(dict.fromkeys(query.facets))
    body = _body(view, query, weighted, paging, options, counted)
    required = body["query"]["bool"]["filter"]
    body["query"] = leaning.apply(body["query"], is_explained=query.explain)
    response = await view.search({**body, **paging.body()})
    total = response["hits"]["total"]["value"]
    offset = paging.offset_of_end(total)
    if offset:
        response = await view.search({**body, **paging.body(offset)})
    page_hits = paging.select(response["hits"]["hits"], total, offset=offset)
    page = Page(
        hits=_hits(page_hits, paging, query, weighted, leaning, options, time_limit),
        total=total,
        total_is_exact=view.is_complete and not time_limit.timed_out,
        has_more=page_hits.has_more,
        did_you_mean=weighted.query.did_you_mean,
        facets=await _facets(view, query, counted, response, required),
        extremes=_extremes(query, response),
        language=page_hits.hits[0]["fields"]["language"][0] if page_hits.hits else "",
        has_every_word=bool(pins) or time_limit.timed_out or _has_every_word(weighted, response),
        took_ms=(perf_counter() - started) * 1_000,
    )
    return interpreted.complete(page)


async def _interpret(view: View, query: SearchQuery) -> Interpretation:
    languages: tuple[str, ...] = ()
    if reads_dates(query):
        languages = await view.compute(lambda: ClusterVocabulary(view.facts).languages)
    return interpret(query, languages)


def _body(
    view: View,
    query: SearchQuery,
    weighted: scoring.WeightedQuery,
    paging: Paging,
    options: EngineOptions,
    counted: tuple[FacetField, ...],
) -> Json:
    ranked = query.sort is Sort.RELEVANCE
    filters = restrictions.field_filters(query.filter)
    hits = scoring.hits_query(weighted, paging.pins)
    required = [view.facts.restriction, hits, *restrictions.conditions(query.filter.conditions)]
    matching: Json = {"filter": required}
    if ranked:
        matching["should"] = scoring.score_queries(weighted, options.half_life_days)
    texts = _TEXTS if query.fragments > 0 or query.explain else []
    source = [*texts, "language", *(("topic", "author") if query.explain else ())]
    body: Json = {
        "query": {"bool": matching},
        "track_total_hits": True,
        "track_scores": ranked,
        "_source": source if texts else False,
        "docvalue_fields": [*_NUMBERS, "language"],
        "aggs": {field.value: facets.aggregation(field, filters) for field in counted},
    }
    if weighted.groups:
        body["aggs"][_COMPLETE] = {"filter": scoring.every_word(weighted)}
    if query.extremes:
        body["aggs"][_EXTREMES] = facets.extremes_aggregation(query.extremes, filters)
    if filters:
        body["post_filter"] = both(list(filters.values()))
    return body


def _has_every_word(weighted: scoring.WeightedQuery, response: Json) -> bool:
    """Return whether a hit, also one that a filter left out, has every word as it was typed."""
    if not weighted.groups:
        return True
    is_typed = all(group.weight for group in weighted.groups) and not weighted.query.has_corrections
    return is_typed and bool(response["aggregations"][_COMPLETE]["doc_count"])


def _extremes(query: SearchQuery, response: Json) -> tuple[Extremes, ...]:
    if not query.extremes:
        return ()
    return facets.parse_extremes(query.extremes, response["aggregations"][_EXTREMES])


async def _facets(
    view: View,
    query: SearchQuery,
    counted: tuple[FacetField, ...],
    response: Json,
    required: list[Json],
) -> tuple[Facet, ...]:
    filters = restrictions.field_filters(query.filter)
    parsed = []
    for field in counted:
        counts = await facets.complete(
            field, response["aggregations"][field.value], required, filters, view.search
        )
        parsed.append(facets.parse_facet(field, counts, query.filter, query.facet_size))
    return tuple(parsed)


def _hits(
    page: PageHits,
    paging: Paging,
    query: SearchQuery,
    weighted: scoring.WeightedQuery,
    leaning: Leaning,
    options: EngineOptions,
    time_limit: TimeLimit,
) -> tuple[Hit, ...]:
    ranked = query.sort is Sort.RELEVANCE
    term_query = weighted.query
    highlighter = Highlighter(term_query) if query.fragments > 0 and term_query.groups else None
    explainer = Explainer(weighted, options.half_life_days) if query.explain and ranked else None
    hits = []
    for rank, hit in enumerate(page.hits, start=page.rank):
        comment = int(hit["fields"]["comment"][0]) or None
        source: Json = hit.get("_source", {})
        highlights: tuple[Highlight, ...] = ()
        paragraph = None
        if highlighter and not time_limit.exceeded():
            texts = {key: source[key] for key in _TEXTS if key in source}
            highlights, paragraph = highlighter.highlight(
                texts, source.get("language", ""), query.fragments
            )
        score = float(hit["_score"] or 0.0) if ranked else 0.0
        base, added = leaning.explain(hit, score) if explainer else (score, ())
        explanation = (*explainer.explain(hit, base), *added) if explainer else ()
        pinned = paging.is_pinned(hit)
        if explainer and pinned:
            explanation = (*explanation, ScorePart(ScoreKind.PIN, 0.0))
        hits.append(
            Hit(
                int(hit["fields"]["id"][0]),
                score,
                cursors.encode_cursor(query.sort, paging.position(hit, rank)),
                comment=comment,
                highlights=highlights,
                paragraph=paragraph if comment is None else None,
                pinned=pinned,
                explanation=explanation,
            )
        )
    return tuple(hits)

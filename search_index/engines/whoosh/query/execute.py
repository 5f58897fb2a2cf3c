"""Query execution by one searcher: rewrite, score, filter, sort, count facets, highlight."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from time import perf_counter
from typing import assert_never

import numpy as np

from search_index import cursors
from search_index.cursors import PIN_KEY
from search_index.engine import EngineOptions
from search_index.engines.whoosh.index.searcher import IndexView, Searcher, term_documents
from search_index.engines.whoosh.query import bm25, facets, matching
from search_index.engines.whoosh.query.collector import Mask, PageDocs, TopDocs
from search_index.engines.whoosh.query.explanation import Explainer
from search_index.engines.whoosh.query.filters import find_extremes
from search_index.engines.whoosh.query.leaning import Leaning
from search_index.engines.whoosh.query.vocabulary import IndexVocabulary
from search_index.explanations import ScoreKind, ScorePart
from search_index.interpretation.interpret import interpret, reads_dates
from search_index.query import Facet, Highlight, Hit, Page, SearchQuery, Sort
from search_index.rewriting.rewrite import rewrite
from search_index.rewriting.time_limit import TimeLimit
from search_index.text import parser, synonyms
from search_index.text.canonical import canonical_form
from search_index.text.document_terms import NO_TIME
from search_index.text.highlighter import Highlighter
from search_index.text.term_query import TermQuery

MAX_CACHED_HITS = 20
"""Maximum hits of a page that is cached for equivalent queries."""


def search(searcher: Searcher, query: SearchQuery, options: EngineOptions) -> Page:
    """Return the page of hits for a query. Raises InvalidQuery for an invalid cursor."""
    started = perf_counter()
    time_limit, half_life_days = TimeLimit(options.time_limit_seconds), options.half_life_days
    view = searcher.view(query.statuses, query.within, query.withdrawn)
    interpreted = interpret(query, view.languages if reads_dates(query) else ())
    typed, query = query.text, interpreted.query
    parsed = parser.parse(query.text, prefix_last=query.prefix_last)
    ranked = query.sort is Sort.RELEVANCE
    term_query = rewrite(
        IndexVocabulary(view),
        parsed,
        time_limit,
        ranked=ranked,
        tuning=query.tuning,
        languages=interpreted.languages,
    )
    pins = synonyms.pinned_ids(query.tuning, typed) if ranked else ()
    key, page = None, None
    if query.prefix_last and not query.explain:
        form = _canonical_form(view, term_query)
        bare = replace(query, text="", now=None)
        key = (form, pins, bare, half_life_days, interpreted.leans)
        page = view.canonical_pages.get(key)
    if page is None:
        leaning = Leaning(view, interpreted.leans, has_words=bool(term_query.groups))
        page = _run_query(view, query, term_query, pins, leaning, time_limit, half_life_days)
        if key is not None and page.total_is_exact and len(page.hits) <= MAX_CACHED_HITS:
            view.canonical_pages.put(key, page)
    page = interpreted.complete(page)
    return replace(page, took_ms=(perf_counter() - started) * 1000)


def _canonical_form(view: IndexView, query: TermQuery) -> Hashable:
    """Return the canonical form of a query in a view; takes about 30 µs."""
    return canonical_form(
        query,
        lambda prefix: tuple(matching.prefix_range(segment, prefix) for segment in view.segments),
        lambda title: any(
            len(term_documents(segment, "titles", title)) for segment in view.segments
        ),
    )


def _run_query(
    view: IndexView,
    query: SearchQuery,
    term_query: TermQuery,
    pins: tuple[int, ...],
    leaning: Leaning,
    time_limit: TimeLimit,
    half_life_days: float,
) -> Page:
    after = cursors.decode_cursor(query.sort, query.after, "after")
    before = cursors.decode_cursor(query.sort, query.before, "before")
    ranked = query.sort is Sort.RELEVANCE
    scores = bm25.score(view, term_query, time_limit, half_life_days=half_life_days, ranked=ranked)
    leaning.apply(scores)
    if pins:
        are_articles = view.column("comment_ids") == 0
        scores.matching[np.isin(view.column("ids"), pins) & are_articles & view.mask] = True
    filters = facets.FilterMasks(view, query.filter)
    passing = filters.apply(scores.matching)
    top_docs = _collect(view, scores, passing, query.sort)
    for rank, id_ in enumerate(pins):
        top_docs.keys[top_docs.numbers == id_ << 1] = PIN_KEY - rank
    explainer = None
    if query.explain and ranked:
        explainer = Explainer(view, term_query, leaning, half_life_days)
    page_docs = top_docs.select_page(query, after, before)
    hits = _build_hits(view, top_docs, page_docs, query, term_query, explainer, time_limit)
    facet_counts = _count_facets(view, scores, filters, query, time_limit)
    return Page(
        hits=hits,
        total=len(top_docs.numbers),
        total_is_exact=not time_limit.timed_out,
        has_more=page_docs.has_more,
        did_you_mean=term_query.did_you_mean,
        facets=facet_counts,
        extremes=find_extremes(view, query.extremes, passing),
        has_every_word=bool(pins) or (scores.has_every_word and not term_query.has_corrections),
        language=_first_language(view, top_docs, page_docs),
    )


def _first_language(view: IndexView, top_docs: TopDocs, page_docs: PageDocs) -> str:
    if not len(page_docs.places):
        return ""
    segment, document = view.locate(int(top_docs.documents[page_docs.places[0]]))
    return segment.facet_values("language").first_value(document)


def _count_facets(
    view: IndexView,
    scores: bm25.Scores,
    filters: facets.FilterMasks,
    query: SearchQuery,
    time_limit: TimeLimit,
) -> tuple[Facet, ...]:
    facet_counts = []
    for field in dict.fromkeys(query.facets):
        if time_limit.exceeded():
            break
        mask = filters.apply(scores.matching, except_field=field)
        facet_counts.append(facets.count_facet(view, field, mask, query.filter, query.facet_size))
    return tuple(facet_counts)


def _collect(view: IndexView, scores: bm25.Scores, passing: Mask, sort: Sort) -> TopDocs:
    documents = np.flatnonzero(passing)
    published, doc_scores = view.column("published")[documents], scores.scores[documents]
    match sort:
        case Sort.RELEVANCE:
            keys = doc_scores.astype(np.float64)
        case Sort.MOST_DISCUSSED:
            keys = view.column("comments")[documents].astype(np.float64)
        case Sort.NEWEST:
            keys = np.zeros(len(documents), np.float64)
        case Sort.OLDEST:  # unpublished documents last
            keys = np.where(published == NO_TIME, -np.inf, -published.astype(np.float64))
        case _:
            assert_never(sort)
    return TopDocs(documents, view.column("keys")[documents], keys, published, doc_scores)


def _build_hits(
    view: IndexView,
    top_docs: TopDocs,
    page_docs: PageDocs,
    query: SearchQuery,
    term_query: TermQuery,
    explainer: Explainer | None,
    time_limit: TimeLimit,
) -> tuple[Hit, ...]:
    highlighter = Highlighter(term_query) if query.fragments > 0 and term_query.groups else None
    hits = []
    for rank, place in enumerate(page_docs.places.tolist(), start=page_docs.rank):
        score = float(top_docs.scores[place])
        segment, document = view.locate(int(top_docs.documents[place]))
        comment = int(segment.comment_ids[document]) or None
        highlights: tuple[Highlight, ...] = ()
        paragraph = None
        if highlighter and not time_limit.exceeded():
            language = segment.facet_values("language").first_value(document)
            texts = segment.stored_texts(document)
            highlights, paragraph = highlighter.highlight(texts, language, query.fragments)
        pinned = query.sort is Sort.RELEVANCE and top_docs.is_pinned(place, query.tuning)
        explanation = explainer.explain(int(top_docs.documents[place]), score) if explainer else ()
        if explainer and pinned:
            explanation = (*explanation, ScorePart(ScoreKind.PIN, 0.0))
        hits.append(
            Hit(
                int(segment.ids[document]),
                score,
                cursors.encode_cursor(query.sort, top_docs.position(place, rank)),
                comment=comment,
                highlights=highlights,
                paragraph=paragraph if comment is None else None,
                pinned=pinned,
                explanation=explanation,
            )
        )
    return tuple(hits)

"""A query answered from one snapshot: understood, scored, filtered, ordered, counted, marked."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from time import perf_counter

import numpy as np

from search_index.engine import EngineOptions
from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import Snapshot, View, documents
from search_index.engines.whoosh.query import bm25, cursors, facets, matching
from search_index.engines.whoosh.query.collector import FIRST_PIN, Chosen, Found, Mask
from search_index.engines.whoosh.query.explanation import Explainer
from search_index.engines.whoosh.query.rewriting import understand
from search_index.engines.whoosh.query.time_limit import Deadline
from search_index.query import (
    Facet,
    Highlight,
    Hit,
    Page,
    ScoreKind,
    ScorePart,
    SearchQuery,
    Sort,
)
from search_index.text import parser, synonyms
from search_index.text.canonical import canonical_form
from search_index.text.highlighter import Highlighter
from search_index.text.term_query import TermQuery

KEPT_HITS = 20
"""Hits of a page at most, for it to be kept for whoever asks what comes to the same."""


def search(snapshot: Snapshot, query: SearchQuery, options: EngineOptions) -> Page:
    """Answer a query. Raises BadQuery for a cursor that is none."""
    began = perf_counter()
    deadline, half_life_days = Deadline(options.seconds), options.half_life_days
    view = snapshot.view(query.statuses, query.within)
    request = parser.parse(query.text, prefix_last=query.prefix_last)
    ranked = query.sort is Sort.RELEVANCE
    wanted = understand(view, request, deadline, ranked=ranked, tuning=query.tuning)
    pins = synonyms.pinned(query.tuning, query.text) if ranked else ()
    key, page = None, None
    if query.prefix_last and not query.explain:
        form = _canonical_form(view, wanted)
        key = (form, pins, replace(query, text=""), half_life_days)
        page = view.answers.get(key)
    if page is None:
        page = _answer(view, query, wanted, pins, deadline, half_life_days)
        if key is not None and page.total_is_exact and len(page.hits) <= KEPT_HITS:
            view.answers.put(key, page)
    return replace(page, took_ms=(perf_counter() - began) * 1000)


def _canonical_form(view: View, query: TermQuery) -> Hashable:
    """The canonical form of a query among the words of a view. Takes some 30 µs."""
    return canonical_form(
        query,
        lambda prefix: tuple(matching.words_from(segment, prefix) for segment in view.segments),
        lambda title: any(len(documents(segment, "titles", title)) for segment in view.segments),
    )


def _answer(
    view: View,
    query: SearchQuery,
    wanted: TermQuery,
    pins: tuple[int, ...],
    deadline: Deadline,
    half_life_days: float,
) -> Page:
    after = cursors.position(query.sort, query.after, "after")
    before = cursors.position(query.sort, query.before, "before")
    ranked = query.sort is Sort.RELEVANCE
    scores = bm25.score(view, wanted, deadline, half_life_days=half_life_days, ranked=ranked)
    if pins:
        are_articles = view.column("comment_ids") == 0
        scores.matching[np.isin(view.column("ids"), pins) & are_articles & view.mask] = True
    filters = facets.FilterMasks(view, query.filter)
    found = _gather(view, scores, filters.passing(scores.matching), query.sort)
    for rank, id_ in enumerate(pins):
        found.keys[found.numbers == id_ << 1] = FIRST_PIN - rank
    explainer = Explainer(view, wanted, half_life_days) if query.explain and ranked else None
    chosen = found.page(query, after, before)
    hits = _hits(view, found, chosen, query, wanted, explainer, deadline)
    counted = _facets(view, scores, filters, query, deadline)
    return Page(
        hits=hits,
        total=len(found.numbers),
        total_is_exact=not deadline.cut,
        has_more=chosen.has_more,
        did_you_mean=wanted.did_you_mean,
        facets=counted,
    )


def _facets(
    view: View,
    scores: bm25.Scores,
    filters: facets.FilterMasks,
    query: SearchQuery,
    deadline: Deadline,
) -> tuple[Facet, ...]:
    counted = []
    for field in dict.fromkeys(query.facets):
        if deadline.passed():
            break
        mask = filters.passing(scores.matching, but=field)
        counted.append(facets.count(view, field, mask, query.filter, query.facet_size))
    return tuple(counted)


def _gather(view: View, scores: bm25.Scores, passing: Mask, sort: Sort) -> Found:
    documents = np.flatnonzero(passing)
    published, matched = view.column("published")[documents], scores.scores[documents]
    if sort is Sort.RELEVANCE:
        keys = matched.astype(np.float64)
    elif sort is Sort.MOST_DISCUSSED:
        keys = view.column("comments")[documents].astype(np.float64)
    elif sort is Sort.NEWEST:
        keys = np.zeros(len(documents), np.float64)
    else:  # the oldest first, those never published last
        keys = np.where(published == schema.NO_TIME, -np.inf, -published.astype(np.float64))
    return Found(documents, view.column("keys")[documents], keys, published, matched)


def _hits(
    view: View,
    found: Found,
    chosen: Chosen,
    query: SearchQuery,
    wanted: TermQuery,
    explainer: Explainer | None,
    deadline: Deadline,
) -> tuple[Hit, ...]:
    highlighter = Highlighter(wanted) if query.fragments > 0 and wanted.groups else None
    hits = []
    for rank, place in enumerate(chosen.places.tolist(), start=chosen.rank):
        score = float(found.scores[place])
        segment, document = view.at(int(found.documents[place]))
        comment = int(segment.comment_ids[document]) or None
        marked: tuple[Highlight, ...] = ()
        paragraph = None
        if highlighter and not deadline.passed():
            language = segment.values("language").of(document)
            texts = segment.texts(document)
            marked, paragraph = highlighter.highlight(texts, language, query.fragments)
        pinned = query.sort is Sort.RELEVANCE and found.is_pinned(place, query.tuning)
        explanation = explainer.explain(int(found.documents[place]), score) if explainer else ()
        if explainer and pinned:
            explanation = (*explanation, ScorePart(ScoreKind.PIN, 0.0))
        hits.append(
            Hit(
                int(segment.ids[document]),
                score,
                cursors.cursor(query.sort, found.position(place, rank)),
                comment=comment,
                highlights=marked,
                paragraph=paragraph if comment is None else None,
                pinned=pinned,
                explanation=explanation,
            )
        )
    return tuple(hits)

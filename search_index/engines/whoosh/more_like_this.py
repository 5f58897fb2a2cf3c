"""Similar documents: the most significant terms of one document as a query for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import IndexView, Searcher, term_documents
from search_index.engines.whoosh.index.segment_reader import SegmentReader
from search_index.engines.whoosh.query import bm25
from search_index.query import Similar
from search_index.ranking import idf
from search_index.rewriting import similar_terms
from search_index.text.term_query import TermAlternative


def find_similar(
    searcher: Searcher, id_: int, statuses: frozenset[str], limit: int
) -> tuple[Similar, ...]:
    """Return the visible documents most similar to one, most similar first; none for unknown ids.

    The document itself may be of any status. Results, and the idf of terms, depend on visible
    documents alone. About 2 ms for 10,000 documents.
    """
    location = _locate(searcher, id_)
    if location is None:
        return ()
    view = searcher.view(statuses)
    words = _interesting_terms(view, *location)
    if not words:
        return ()
    alternatives = [alternative for alternative, _ in words]
    own = _own_score(view, alternatives, *location)
    segment, document = location
    return _closest(view, words, segment.stored_texts(document), own, id_, limit)


def _locate(searcher: Searcher, id_: int) -> tuple[SegmentReader, int] | None:
    for segment, live in zip(searcher.segments, searcher.live_docs, strict=True):
        if not segment.holds_comments:
            positions = np.flatnonzero((segment.ids == id_) & live)
            if len(positions):
                return segment, int(positions[0])
    return None


def _interesting_terms(
    view: IndexView, segment: SegmentReader, document: int
) -> list[tuple[TermAlternative, str]]:
    """Return the document's most significant terms, each with its first word in the document."""
    language = segment.facet_values("language").first_value(document)
    texts = segment.stored_texts(document)
    weights = similar_terms.term_weights(texts, language, view.is_stop_word)
    return similar_terms.interesting_terms(
        weights, {term: view.doc_freq("text", term) for term in weights}, view.num_docs
    )


def _own_score(
    view: IndexView, alternatives: list[TermAlternative], segment: SegmentReader, document: int
) -> float:
    """Return the score of the document for its own terms, even if it is not visible."""
    total = 0.0
    field = segment.fields["text"]
    start = next(slice_.start for other, slice_ in view.segment_slices() if other is segment)
    saturation = float(bm25.saturations(view)[start + document])
    for alternative in alternatives:
        term = alternative.slots[0][0]
        number = field.find(schema.encode(term))
        if number is not None:
            posting = int(np.searchsorted(field.documents(number), document))
            frequency = float(field.weights(number)[posting])
            gain = bm25.gain(frequency, saturation)
            total += alternative.weight * idf(view.num_docs, view.doc_freq("text", term)) * gain
    return total


def _closest(
    view: IndexView,
    words: list[tuple[TermAlternative, str]],
    texts: Mapping[str, str],
    own: float,
    id_: int,
    limit: int,
) -> tuple[Similar, ...]:
    shares = _sum_scores(view, [alternative for alternative, _ in words]) / np.float32(own)
    ids = view.column("ids")
    candidates = np.flatnonzero(view.mask & (shares >= similar_terms.MIN_SHARE) & (ids != id_))
    ranked = sorted(
        zip(
            shares[candidates].tolist(),
            view.column("published")[candidates].tolist(),
            ids[candidates].tolist(),
            candidates.tolist(),
            strict=True,
        ),
        reverse=True,
    )
    ranked = ranked[: max(0, limit)]
    common = _common_words(view, words, [document for *_, document in ranked])
    return tuple(
        Similar(other, min(1.0, weight), similar_terms.reasons(common[document], texts))
        for weight, _, other, document in ranked
    )


def _sum_scores(
    view: IndexView, alternatives: Sequence[TermAlternative]
) -> npt.NDArray[np.float32]:
    """As `bm25.sum_scores`, for single terms: reads their postings alone, not every document."""
    total, saturation = np.zeros(view.max_doc, np.float32), bm25.saturations(view)
    for alternative in alternatives:
        term = alternative.slots[0][0]
        term_idf = np.float32(idf(view.num_docs, view.doc_freq("text", term)))
        for segment, slice_ in view.segment_slices():
            field = segment.fields.get("text")
            if field is not None and (number := field.find(schema.encode(term))) is not None:
                documents = field.documents(number).astype(np.int64) + slice_.start
                gains = bm25.gain(field.weights(number), saturation[documents])
                total[documents] += term_idf * (alternative.weight * gains)
    return total


def _common_words(
    view: IndexView, words: list[tuple[TermAlternative, str]], documents: list[int]
) -> dict[int, list[str]]:
    """Return the words that also occur in each of these documents, the most significant first."""
    common: dict[int, list[str]] = {document: [] for document in documents}
    ascending = np.sort(np.array(documents, np.int64))
    for segment, slice_ in view.segment_slices():
        first, last = np.searchsorted(ascending, (slice_.start, slice_.stop))
        own = ascending[first:last] - slice_.start
        if not len(own):
            continue
        for alternative, word in words:
            if word:
                for number in own[_contain(segment, alternative.slots[0][0], own)].tolist():
                    common[slice_.start + number].append(word)
    return common


def _contain(
    segment: SegmentReader, term: str, documents: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Return for each of these documents of a segment whether it contains a term."""
    postings = term_documents(segment, "text", term)
    if not len(postings):
        return np.zeros(len(documents), np.bool_)
    places = np.minimum(np.searchsorted(postings, documents), len(postings) - 1)
    contained: npt.NDArray[np.bool_] = postings[places] == documents
    return contained

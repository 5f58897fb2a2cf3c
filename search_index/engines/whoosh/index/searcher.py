"""One commit of an index as searches see it, and what of it a viewer may see."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.lru_cache import Recent
from search_index.engines.whoosh.index.segment_reader import Segment
from search_index.query import IN_ARTICLES, Page, Scope, SearchQuery, Suggestion, SuggestQuery
from search_index.text import analysis

V = TypeVar("V")
Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

MAX_LANGUAGES = 8
"""Languages a query's words are stemmed for: those with most visible documents."""

_PAGES = 512  # answers that are kept for whoever asks the same again; about 5 MB
_ANSWERS = 100  # of these, kept for whoever types another letter that makes no difference
_VIEWS = 16  # sets of statuses whose views are kept
_BEGINNINGS = 500  # beginnings of words whose likely endings a view remembers
_NEEDLES = 2_000_000  # scores of words that a view remembers; 8 MB
_FREQUENCIES = 20_000  # terms whose document frequency a view remembers


class Snapshot:
    """The segments of one commit and which of their documents live. Immutable, for many threads."""

    def __init__(self, folder: Path, segments: Iterable[Any], known: Mapping[str, Segment]) -> None:
        """Opens the segments that are not in `known`. Raises what `Segment` raises."""
        self.segments: list[Segment] = []
        self.living: list[Mask] = []
        for listed in segments:
            segment = known.get(listed.segment_id())
            if segment is None:
                segment = Segment(folder, listed)
                segment.prepare()  # in the thread that opens, so that no search waits for it
            living = np.ones(segment.documents, np.bool_)
            living[list(listed.deleted_docs())] = False
            self.segments.append(segment)
            self.living.append(living)
        self.documents = sum(segment.documents for segment in self.segments)
        self.articles = sum(
            int(np.count_nonzero(living))
            for segment, living in zip(self.segments, self.living, strict=True)
            if not segment.holds_comments
        )
        self.pages: Recent[SearchQuery, Page] = Recent(_PAGES)
        self.suggestions: Recent[SuggestQuery, tuple[Suggestion, ...]] = Recent(_PAGES)
        self._views: Recent[tuple[frozenset[str], frozenset[Scope]], View] = Recent(_VIEWS)

    def view(self, statuses: frozenset[str], within: frozenset[Scope] = IN_ARTICLES) -> View:
        """What somebody sees there who may see documents of these statuses."""
        known = frozenset(
            status
            for status in statuses
            if any(_find(segment, "status", status) is not None for segment in self.segments)
        )
        view = self._views.get((known, within))
        if view is None:
            view = View(self, known, within)
            self._views.put((known, within), view)
        return view

    def stamps(self) -> dict[int, int]:
        """Each living article's id and stamp."""
        found: dict[int, int] = {}
        for segment, living in zip(self.segments, self.living, strict=True):
            if not segment.holds_comments:
                ids, stamps = segment.ids[living].tolist(), segment.stamps[living].tolist()
                found.update(zip(ids, stamps, strict=True))
        return found


class View:
    """The documents of a snapshot with certain statuses, and figures about these alone.

    Documents are numbered through all segments, in their order: `places` holds where each
    segment's are. Whatever depends on documents is computed from the visible ones only, those in
    `mask`, so that others can be told neither from hits nor from totals, scores, facets or
    suggestions.
    """

    def __init__(
        self, snapshot: Snapshot, statuses: frozenset[str], within: frozenset[Scope]
    ) -> None:
        self.segments: list[Segment] = []
        self.places: list[slice] = []
        self.size = 0
        masks = [np.zeros(0, np.bool_)]
        for segment, living in zip(snapshot.segments, snapshot.living, strict=True):
            if (Scope.COMMENTS if segment.holds_comments else Scope.ARTICLES) not in within:
                continue
            mask = np.zeros(segment.documents, np.bool_)
            for status in statuses:
                mask[documents(segment, "status", status)] = True
            masks.append(mask & living)
            self.segments.append(segment)
            self.places.append(slice(self.size, self.size + segment.documents))
            self.size += segment.documents
        self._starts = [place.start for place in self.places]
        self.mask: Mask = np.concatenate(masks)
        self.masks: list[Mask] = [self.mask[place] for place in self.places]
        self.count = int(np.count_nonzero(self.mask))
        self.expansions: Recent[object, Any] = Recent(4)  # `tuning` keeps these here
        self.beginnings: Recent[Hashable, Any] = Recent(_BEGINNINGS)  # and `understanding` these
        # `scoring` keeps what words score: many people begin alike, and who goes on typing goes
        # on asking for the words before.
        self.needles: Recent[Hashable, Any] = Recent(max(4, _NEEDLES // max(1, self.size)))
        self.answers: Recent[Hashable, Page] = Recent(_ANSWERS)  # and `searching` these
        self._made: dict[Hashable, Any] = {}
        self._frequencies: dict[tuple[str, str], int] = {}

    def pairs(self) -> Iterator[tuple[Segment, Mask]]:
        """Each segment with the mask of its visible documents."""
        return zip(self.segments, self.masks, strict=True)

    def parts(self) -> Iterator[tuple[Segment, slice]]:
        """Each segment with the place of its documents among those of the view."""
        return zip(self.segments, self.places, strict=True)

    def at(self, document: int) -> tuple[Segment, int]:
        """The segment of a document, and its number there."""
        place = bisect_right(self._starts, document) - 1
        return self.segments[place], document - self._starts[place]

    def once(self, key: Hashable, make: Callable[[], V]) -> V:
        """What `make` makes of this view, made the first time and kept while the view lives."""
        made: V | None = self._made.get(key)
        if made is None:
            made = self._made[key] = make()
        return made

    def column(self, name: str) -> Array:
        """A number of every document, visible or not, by its name in `Segment`."""
        return self.once(name, lambda: self._column(name))

    def _column(self, name: str) -> Array:
        columns = [getattr(segment, name) for segment in self.segments]
        return np.concatenate(columns) if columns else np.zeros(0, np.int64)

    def frequency(self, field: str, term: str) -> int:
        """How many visible documents have a term."""
        key = (field, term)
        known = self._frequencies.get(key)
        if known is None:
            known = sum(
                int(np.count_nonzero(mask[documents(segment, field, term)]))
                for segment, mask in self.pairs()
            )
            if len(self._frequencies) >= _FREQUENCIES:
                self._frequencies.clear()
            self._frequencies[key] = known
        return known

    @cached_property
    def lengths(self) -> npt.NDArray[np.float32]:
        """How long each document is beside the average of its kind, 1.

        Comments are short by nature: beside articles each would look as if it had much of a word.
        """
        averages = {comments: self._average_length(comments) for comments in (False, True)}
        lengths = [
            segment.lengths / np.float32(averages[segment.holds_comments])
            for segment in self.segments
        ]
        return np.concatenate([np.zeros(0, np.float32), *lengths])

    def _average_length(self, comments: bool) -> float:
        lengths = [
            segment.lengths[mask]
            for segment, mask in self.pairs()
            if segment.holds_comments is comments
        ]
        total = sum(sorted(float(some.sum(dtype=np.float64)) for some in lengths))
        return max(1.0, total / max(1, sum(map(len, lengths))))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The stemmed languages among visible documents, most frequent first; at most eight."""
        counts: dict[str, int] = {}
        for segment, mask in self.pairs():
            values = segment.values("language")
            for tag, count in zip(values.terms, values.counts(mask), strict=True):
                language = analysis.language_of(tag)
                if language and count:
                    counts[language] = counts.get(language, 0) + int(count)
        ordered = sorted(counts, key=lambda language: (-counts[language], language))
        return tuple(ordered[:MAX_LANGUAGES])

    @cached_property
    def light_words(self) -> frozenset[str]:
        """Words that say little in any language of the visible documents."""
        return frozenset[str]().union(*map(analysis.light_words, self.languages))

    @cached_property
    def newest(self) -> int:
        """When the newest visible document was published; NO_TIME where none was."""
        published = self.column("published")[self.mask]
        return int(published.max()) if len(published) else schema.NO_TIME

    def stems(self, word: str) -> tuple[str, ...]:
        """The terms that documents may hold for a folded word: as it stands, and its stems."""
        stemmed = (analysis.stemmer(language)(word) for language in self.languages)
        return tuple(dict.fromkeys((word, *stemmed)))


def _find(segment: Segment, field: str, term: str) -> int | None:
    arrays = segment.fields.get(field)
    return arrays.find(schema.encode(term)) if arrays else None


def documents(segment: Segment, field: str, term: str) -> npt.NDArray[np.uint32]:
    """The documents of a segment that have a term, ascending; visible or not."""
    number = _find(segment, field, term)
    if number is None:
        return np.zeros(0, np.uint32)
    found: npt.NDArray[np.uint32] = segment.fields[field].documents(number)
    return found

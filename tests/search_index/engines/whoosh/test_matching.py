"""Matching in many segments at once, compared with counting words one by one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest

from search_index.engines.whoosh.index import writer
from search_index.engines.whoosh.index.searcher import IndexView, Searcher
from search_index.engines.whoosh.query import matching
from search_index.fields import TextField
from search_index.query import PUBLIC, Document
from search_index.text.term_query import TermAlternative
from tests.support.documents import a_document


def _library(chance: Random) -> list[Document]:
    """Return documents of words with a skewed frequency; every fifth is a draft."""
    words = [f"{'ab'[number % 2]}{number}" for number in range(600)]
    return [
        a_document(
            id_,
            body=" ".join(words[int(len(words) * chance.random() ** 4)] for _ in range(40)),
            status="PUBLISHED" if id_ % 5 else "DRAFT",
        )
        for id_ in range(1, 61)
    ]


def _view(folder: Path, documents: list[Document]) -> IndexView:
    """Return the public view of an index of several segments, each with hidden documents."""
    writer.create_index(folder)
    for start in range(0, len(documents), 20):
        batch = writer.Batch(folder)
        batch.apply(documents[start : start + 20], [])
        batch.commit()
    return Searcher(folder, writer.read_segments(folder), {}).view(PUBLIC)


@pytest.mark.parametrize("most", [1, 5, 40, 1_000])
@pytest.mark.parametrize("beginning", ["a", "a1", "a10", "b", "c"])
def test_the_commonest_words_are_those_in_most_documents(
    tmp_path: Path, beginning: str, most: int
) -> None:
    library = _library(Random("words"))
    view = _view(tmp_path / "index", library)
    assert len(view.segments) == 3
    counts = Counter(
        word
        for document in library
        if document.status == "PUBLISHED"
        for word in set(document.texts[TextField.BODY].split())
        if word.startswith(beginning)
    )
    expected = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    words = matching.most_frequent_words(view, beginning, most)
    assert words[:most] == expected[:most]


def test_words_that_weigh_the_same_are_found_as_each_alone(tmp_path: Path) -> None:
    view = _view(tmp_path / "index", _library(Random("options")))
    alternatives = [
        TermAlternative((("a0", "b1"),)),
        TermAlternative((("a2",),), weight=0.5),
        TermAlternative((("b3",),), weight=0.5),
        TermAlternative((("a0",), ("b1",)), offsets=(0, 1), weight=0.5),
        TermAlternative((), (), weight=0.25, prefix="b1"),
        TermAlternative((("unheard",),)),
    ]
    expected, together = np.zeros((2, view.max_doc), np.float32)
    for alternative in alternatives:
        for segment, slice_ in view.segment_slices():
            for documents, frequencies in matching.match_alternative(segment, alternative):
                np.maximum.at(expected[slice_], documents, alternative.weight * frequencies)
    for weight, numbers, frequencies in matching.best_matches(view, alternatives):
        np.maximum.at(together, numbers, weight * frequencies)
    assert np.count_nonzero(expected) > 30
    assert together.tolist() == expected.tolist()

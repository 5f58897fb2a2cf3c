"""Merged segments hold the live documents of their sources, and nothing else."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.engines.whoosh.index import merger, policy, scheduler, schema, writer
from search_index.engines.whoosh.index.searcher import Searcher
from search_index.query import Document
from tests.support.documents import a_document
from tests.support.documents import documents as any_document

batches = st.lists(
    st.tuples(st.lists(any_document, max_size=5), st.lists(st.integers(1, 12), max_size=2)),
    min_size=1,
    max_size=6,
)


def _contents(folder: Path) -> dict[object, object]:
    """Return all that an index holds: postings with weights and positions, numbers and texts."""
    contents: dict[object, object] = {}
    searcher = Searcher(folder, writer.read_segments(folder), {})
    for segment, live in zip(searcher.segments, searcher.live_docs, strict=True):
        for document in np.flatnonzero(live).tolist():
            numbers = (segment.stamps, segment.published, segment.comments, segment.lengths)
            contents[int(segment.keys[document])] = (
                [values[document] for values in numbers],
                segment.stored_texts(document),
            )
        for name, field in segment.fields.items():
            for number, term in enumerate(field.terms):
                places: list[list[int]] = [[] for _ in field.documents(number)]
                if name == "text":
                    counts, positions = field.positions(number)
                    parts = np.split(positions, np.cumsum(counts)[:-1])
                    places = [part.tolist() for part in parts]
                weights = field.weights(number).tolist()
                documents = field.documents(number).tolist()
                for document, weight, place in zip(documents, weights, places, strict=True):
                    if live[document]:
                        contents[name, term, int(segment.keys[document])] = weight, place
    return contents


def _write(folder: Path, upserts: list[Document], deletes: list[int]) -> None:
    batch = writer.Batch(folder)
    batch.apply(upserts, deletes)
    batch.commit()


@settings(max_examples=12, derandomize=True, deadline=None)
@given(batches, st.sampled_from([1, 10, 1 << 20]))
def test_a_merge_changes_no_content(
    writes: list[tuple[list[Document], list[int]]], chunk: int
) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merger, "_CHUNK", chunk)
        patch.setattr(writer, "MAX_ROWS_MERGED_AT_ONCE", 0)
        folder = Path(name)
        writer.create_index(folder)
        for upserts, deletes in writes:
            _write(folder, upserts, deletes)
        before = _contents(folder)
        patch.undo()
        scheduler.merge_all(folder)

        assert _contents(folder) == before
        segments = writer.read_segments(folder)
        assert len(segments) <= 2 * policy.MERGE_FACTOR
        assert policy.select_all(folder, segments) == []


def test_terms_of_deleted_documents_are_gone(tmp_path: Path) -> None:
    writer.create_index(tmp_path)
    _write(tmp_path, [a_document(1, "Bread"), a_document(2, "Rolls"), a_document(3, "Buns")], [])
    _write(tmp_path, [a_document(4, "Cakes")], [2])
    scheduler.merge_all(tmp_path)
    [segment] = Searcher(tmp_path, writer.read_segments(tmp_path), {}).segments
    assert list(segment.fields["words"].terms) == [b"bread", b"buns", b"cakes"]
    assert segment.fields["words"].find(schema.encode("rolls")) is None


@pytest.mark.parametrize("gone", ["Acorns", "Zebras"])
def test_the_last_term_keeps_its_postings_beside_terms_that_are_gone(
    tmp_path: Path, gone: str
) -> None:
    writer.create_index(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "MAX_ROWS_MERGED_AT_ONCE", 0)
        _write(tmp_path, [a_document(1, "Bread", gone), a_document(2, "Bread and bread")], [])
        _write(tmp_path, [a_document(1, "Bread")], [])
    before = _contents(tmp_path)
    scheduler.merge_all(tmp_path)
    assert len(writer.read_segments(tmp_path)) == 1
    assert _contents(tmp_path) == before


def _segments(tmp_path: Path, sizes: list[int]) -> list[object]:
    """Return segments of these sizes, of articles."""
    writer.create_index(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "MAX_ROWS_MERGED_AT_ONCE", 0)
        first = 1
        for size in sizes:
            _write(tmp_path, [a_document(first + n, "Bread") for n in range(size)], [])
            first += size
    return writer.read_segments(tmp_path)


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ([1, 1, 1], []),
        ([1, 1, 1, 1], [[1, 1, 1, 1]]),
        ([20, 1, 2, 3, 1, 5, 5, 5], [[1, 1, 2, 3, 5, 5, 5]]),  # what is merged fills the next tier
        ([20, 1, 2, 3, 1, 5, 5], [[1, 1, 2, 3]]),
        ([1, 5, 5, 5, 5], [[5, 5, 5, 5]]),
        ([5, 5, 5, 5, 70, 80, 90, 99], [[5, 5, 5, 5], [70, 80, 90, 99]]),
    ],
)
def test_full_tiers_are_merged(tmp_path: Path, sizes: list[int], merged: list[list[int]]) -> None:
    groups = policy.select_merges(tmp_path, _segments(tmp_path, sizes))
    assert [sorted(segment.doc_count() for segment in group) for group in groups] == merged


def test_merged_segments_have_a_largest_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segments = _segments(tmp_path, [5, 5, 5, 5])
    size = (tmp_path / f"{segments[0].segment_id()}._stored.col").stat().st_size  # type: ignore[attr-defined]
    monkeypatch.setattr(policy, "MAX_MERGED_BYTES", 2 * size + 1)
    assert [len(group) for group in policy.select_merges(tmp_path, segments)] == [2, 2]
    monkeypatch.setattr(policy, "MAX_MERGED_BYTES", 1)
    assert policy.select_merges(tmp_path, segments) == []  # and one alone is not written again

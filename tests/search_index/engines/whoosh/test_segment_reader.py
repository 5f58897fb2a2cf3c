"""Segments: our arrays equal Whoosh's own readers, after writes, deletes and merges."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.index import FileIndex
from whoosh.query import Phrase, Prefix, Term

from search_index.engines.whoosh.index import directory, policy, schema, writer
from search_index.engines.whoosh.index.searcher import Searcher, term_documents
from search_index.engines.whoosh.index.segment_reader import SegmentReader
from search_index.fields import TextField
from search_index.query import CommentText, Document, Scope
from tests.support.documents import DAY, a_document, labels, texts
from tests.support.documents import documents as any_document

batches = st.lists(
    st.tuples(st.lists(any_document, max_size=5), st.lists(st.integers(1, 12), max_size=2)),
    min_size=1,
    max_size=24,
)
STATUSES = frozenset({"PUBLISHED", "DRAFT"})
ENGLISH = "\x04en"
"""End of a term that was stemmed in English."""

YORK = f"york{ENGLISH}"


def _write_index(folder: Path, writes: list[tuple[list[Document], list[int]]]) -> None:
    writer.create_index(folder)
    for upserts, deletes in writes:
        batch = writer.Batch(folder)
        batch.apply(upserts, deletes)
        batch.commit()


@settings(max_examples=25, derandomize=True)
@given(batches)
def test_whoosh_reads_what_numpy_reads(writes: list[tuple[list[Document], list[int]]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        _write_index(folder, writes)
        view = Searcher(folder, writer.read_segments(folder), {}).view(STATUSES, frozenset(Scope))
        index = FileIndex(directory.DurableStorage(folder), schema.build_schema(), writer.NAME)
        with index.searcher() as searcher:
            assert searcher.doc_count() == view.num_docs
            for field in ("text", "words", "topic"):
                for term in searcher.reader().lexicon(field):
                    text = schema.decode(term)
                    documents_ = list(searcher.docs_for_query(Term(field, text)))
                    assert len(documents_) == view.doc_freq(field, text)


def test_whoosh_can_search_the_index_by_itself(tmp_path: Path) -> None:
    rows = [a_document(1, "New York"), a_document(2, "York, new and old"), a_document(3, "Yorker")]
    _write_index(tmp_path, [(rows, [])])
    index = FileIndex(directory.DurableStorage(tmp_path), schema.build_schema(), writer.NAME)
    with index.searcher() as searcher:
        scored = searcher.search(Term("text", YORK))
        assert {hit["title"] for hit in scored} == {"New York", "York, new and old"}
        phrase = searcher.docs_for_query(Phrase("text", [f"new{ENGLISH}", YORK]))
        assert [searcher.stored_fields(number)["title"] for number in phrase] == ["New York"]
        assert len(list(searcher.docs_for_query(Prefix("words", "york")))) == 3
        reader = searcher.reader()
        assert ("words", b"yorker") in reader
        assert ("words", b"boston") not in reader
        assert reader.frequency("text", YORK) == 2 * TextField.TITLE.boost
        assert reader.frequency("text", "boston") == reader.doc_frequency("text", "boston") == 0
        assert {term for (field, term), _ in reader if field == "status"} == {b"PUBLISHED"}


def test_a_merge_keeps_positions_weights_and_numbers(tmp_path: Path) -> None:
    texts = [f"Bread number {number}, and butter" for number in range(30)]
    _write_index(tmp_path / "one", [([a_document(n, t, t) for n, t in enumerate(texts)], [])])
    _write_index(tmp_path / "many", [([a_document(n, t, t)], []) for n, t in enumerate(texts)])
    (single,) = (
        SegmentReader(tmp_path / "one", segment)
        for segment in writer.read_segments(tmp_path / "one")
    )
    merged = [
        SegmentReader(tmp_path / "many", segment)
        for segment in writer.read_segments(tmp_path / "many")
    ]

    assert len(merged) < 2 * policy.MERGE_FACTOR
    for term in (f"bread{ENGLISH}", "7", f"butter{ENGLISH}"):
        expected = _postings(single, term)
        assert expected
        assert expected == {
            id_: p for segment in merged for id_, p in _postings(segment, term).items()
        }


def _postings(segment: SegmentReader, term: str) -> dict[int, tuple[float, tuple[int, ...], int]]:
    """Return by document id: weight, positions, and the document's time."""
    field = segment.fields["text"]
    number = field.find(schema.encode(term))
    if number is None:
        return {}
    counts, positions = field.positions(number)
    places = np.split(positions, np.cumsum(counts)[:-1])
    return {
        int(segment.ids[document]): (
            weight,
            tuple(place.tolist()),
            int(segment.published[document]),
        )
        for document, weight, place in zip(
            term_documents(segment, "text", term).tolist(),
            field.weights(number).tolist(),
            places,
            strict=True,
        )
    }


def test_a_segment_whose_documents_are_gone_goes_too(tmp_path: Path) -> None:
    _write_index(
        tmp_path, [([a_document(1, "Bread")], []), ([a_document(1, "Rolls", stamp=2)], [])]
    )
    (segment,) = writer.read_segments(tmp_path)
    assert (segment.doc_count_all(), segment.deleted_count()) == (1, 0)


def test_one_batch_may_be_larger_than_a_segment_of_a_rebuild(tmp_path: Path) -> None:
    writer.create_index(tmp_path)
    batch = writer.Batch(tmp_path)
    for start in range(0, 60, 20):
        batch.apply([a_document(number, "Bread") for number in range(start, start + 25)], [start])
    batch.commit()
    stamps = Searcher(tmp_path, writer.read_segments(tmp_path), {}).stamps()
    assert sorted(stamps) == [n for n in range(65) if n != 0 or n in range(0, 25)]


def test_comments_that_stand_as_they_should_are_not_written_anew(tmp_path: Path) -> None:
    """The cost of a new comment or title does not depend on the number of comments."""
    writer.create_index(tmp_path)
    comments = tuple(CommentText(number, f"word {number}", DAY) for number in range(1, 21))
    before = a_document(1, "Bread", comments=comments, topics=labels("a"))
    more = (*comments[1:], CommentText(3, "changed", DAY), CommentText(99, "more", DAY))
    more = tuple({item.id: item for item in more}.values())

    def rows_after(document: Document) -> int:
        """Write a document, and return the number of rows of comments written."""
        existing_ids = {comment.segment_id() for comment in writer.read_segments(tmp_path)}
        batch = writer.Batch(tmp_path)
        batch.apply([document], [])
        batch.commit()
        searcher = Searcher(tmp_path, writer.read_segments(tmp_path), {})
        view = searcher.view(STATUSES, frozenset({Scope.COMMENTS}))
        assert view.num_docs == len(document.comments)
        return sum(
            segment.max_doc
            for segment in searcher.segments
            if segment.holds_comments and segment.id not in existing_ids
        )

    assert rows_after(before) == 20
    assert rows_after(replace(before, texts=texts("Rye"), stamp=2)) == 0
    assert rows_after(replace(before, comments=more)) == 2
    assert rows_after(replace(before, comments=more, topics=labels("b"))) == 20
    assert rows_after(replace(before, comments=())) == 0

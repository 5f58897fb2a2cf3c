"""Segment merger: writes the live documents of several segments to one new segment.

Posting lists and stored texts are copied as they are, without Whoosh's writer. Memory is bounded by
the terms of one field and `_CHUNK` postings, whatever the size of the segments.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.codec.whoosh3 import W3Codec

from search_index.engines.whoosh.index import directory, postings
from search_index.engines.whoosh.index.codec import ArrayCodec
from search_index.engines.whoosh.index.postings import Array, PostingsFile, ragged_indices
from search_index.engines.whoosh.index.segment_reader import NUMBERS_FILE, SegmentReader

_CHUNK = 1 << 20  # postings that are copied at once: about 50 MB
_STORED = columns.VarBytesColumn()  # the values as Whoosh compressed them


def new_segment(sources: Sequence[Any]) -> Any:
    """Return Whoosh's description of a segment for the live documents of others."""
    codec: Any = ArrayCodec()
    segment = codec.new_segment(None, sources[0].index_name())
    segment.set_doc_count(sum(source.doc_count() for source in sources))
    segment._fieldlengths = {}
    return segment


def doc_maps(sources: Sequence[Any]) -> list[Array]:
    """Return, for each segment, the new number of each of its documents; -1 if it is deleted."""
    maps, first = [], 0
    for segment in sources:
        live = np.ones(segment.doc_count_all(), np.bool_)
        live[list(segment.deleted_docs())] = False
        numbers = np.where(live, first + np.cumsum(live) - 1, -1)
        maps.append(numbers)
        first += segment.doc_count()
    return maps


def merge_segments(folder: Path, sources: Sequence[Any], merged: Any, target: Path) -> None:
    """Write the live documents of `sources` in `folder` to `merged` in the folder `target`.

    Its files are sealed and flushed on return. Raises OSError or ValueError for damaged files.
    """
    maps = doc_maps(sources)
    rows = [
        SegmentReader.read_numbers(folder, segment)[doc_map >= 0].tobytes()
        for segment, doc_map in zip(sources, maps, strict=True)
    ]
    (target / merged.make_filename(NUMBERS_FILE)).write_bytes(b"".join(rows))
    _merge_stored_texts(folder, sources, target, merged)
    with _open_postings(folder, sources) as files:
        _merge_postings(
            list(zip(files, maps, strict=True)),
            target / merged.make_filename(postings.EXTENSION),
        )
    directory.seal_segment(directory.DurableStorage(target), merged)


def _merge_stored_texts(folder: Path, sources: Sequence[Any], target: Path, merged: Any) -> None:
    from_storage: Any = directory.DurableStorage(folder)
    to_storage: Any = directory.DurableStorage(target)
    with closing(to_storage.create_file(W3Codec.column_filename(merged, "_stored"))) as output:
        writer = _STORED.writer(output)
        number = 0
        for segment in sources:
            name = W3Codec.column_filename(segment, "_stored")
            size, documents = from_storage.file_length(name), segment.doc_count_all()
            with closing(from_storage.open_file(name)) as input_:
                values = _STORED.reader(input_, 0, size, documents)
                for document in range(documents):
                    if not segment.is_deleted(document):
                        writer.add(number, values[document])
                        number += 1
        writer.finish(number)


@contextmanager
def _open_postings(folder: Path, sources: Sequence[Any]) -> Iterator[list[PostingsFile]]:
    descriptors = list[int]()
    try:
        for segment in sources:
            path = folder / segment.make_filename(postings.EXTENSION)
            descriptors.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
        yield list(map(PostingsFile, descriptors))
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _merge_postings(sources: Sequence[tuple[PostingsFile, Array]], path: Path) -> None:
    """Write the postings of `sources`, each with its doc map, to one file."""
    names = sorted({name for file, _ in sources for name in file.names()})
    fields = {
        name: _FieldMerge(
            [_FieldSource(file, name, map_) for file, map_ in sources if name in file.names()]
        )
        for name in names
    }
    fields = {name: field for name, field in fields.items() if field.total}
    layout = postings.Layout({name: field.sizes() for name, field in fields.items()})
    with path.open("w+b") as file:
        os.posix_fallocate(file.fileno(), 0, layout.size)  # or a full disk would kill the process
        with mmap.mmap(file.fileno(), layout.size) as memory:
            memory[: len(layout.head)] = layout.head
            for name, field in fields.items():
                field.write(
                    {
                        key: np.frombuffer(memory, kind, count, place)
                        for key, (kind, place, count) in layout.places[name].items()
                    }
                )
            memory.flush()


class _FieldSource:
    """The postings of one field in one of the merged segments, read in chunks of terms."""

    def __init__(self, file: PostingsFile, name: str, doc_map: Array) -> None:
        self._file, self._name, self._doc_map = file, name, doc_map
        self.starts = file.read_all(name, "starts").astype(np.int64)
        self.has_positions = file.holds(name, "positions")
        self._places = (
            file.read_all(name, "places").astype(np.int64) if self.has_positions else None
        )
        # Of each term, the number of live postings, and of their positions.
        self.lengths = np.zeros(len(self.starts) - 1, np.int64)
        self.position_counts = np.zeros(len(self.starts) - 1, np.int64)
        for first, last in self.chunks():
            starts = self.starts[first:last] - self.starts[first]
            live = self.documents(first, last) >= 0
            self.lengths[first:last] = np.add.reduceat(live, starts, dtype=np.int64)
            if self.has_positions:
                counts = self.values("counts", first, last) * live
                self.position_counts[first:last] = np.add.reduceat(counts, starts, dtype=np.int64)

    def terms(self) -> postings.Terms:
        """Return the terms, sorted."""
        read_all = self._file.read_all
        return postings.Terms(read_all(self._name, "terms").tobytes(), read_all(self._name, "ends"))

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Yield ranges of terms that have about `_CHUNK` postings, and at least one term."""
        first = 0
        while first < len(self.starts) - 1:
            end = np.searchsorted(self.starts, self.starts[first] + _CHUNK, "right")
            last = max(first + 1, int(end) - 1)
            yield first, last
            first = last

    def values(self, key: str, first: int, last: int) -> Array:
        """Return an array's values for the postings of a range of terms."""
        return self._file.read(self._name, key, int(self.starts[first]), int(self.starts[last]))

    def documents(self, first: int, last: int) -> Array:
        """Return the new document number of each posting of a range of terms; -1: deleted."""
        documents: Array = self._doc_map[self.values("ids", first, last)]
        return documents

    def positions(self, first: int, last: int) -> Array:
        """Return the positions of the postings of a range of terms."""
        assert self._places is not None  # the caller checks `has_positions`
        return self._file.read(
            self._name, "positions", int(self._places[first]), int(self._places[last])
        )


class _FieldMerge:
    """One field of the merged segment. Sources are in the order of their new document numbers."""

    def __init__(self, sources: Sequence[_FieldSource]) -> None:
        self._sources = sources
        terms_by_source = [source.terms() for source in sources]
        terms = sorted(set[bytes]().union(*terms_by_source))
        numbers = {term: number for number, term in enumerate(terms)}
        mapped = [
            np.fromiter(map(numbers.__getitem__, own), np.int64, len(own))
            for own in terms_by_source
        ]
        lengths, position_counts = np.zeros((2, len(terms)), np.int64)
        for source, own in zip(sources, mapped, strict=True):
            lengths[own] += source.lengths
            position_counts[own] += source.position_counts
        # Terms of deleted documents alone are omitted.
        is_used = lengths > 0
        number_if_used = np.where(is_used, np.cumsum(is_used) - 1, -1)
        self._term_numbers = [number_if_used[own] for own in mapped]
        self._terms = [terms[number] for number in np.flatnonzero(is_used).tolist()]
        self._starts = postings.offsets(lengths[is_used])
        self._places = postings.offsets(position_counts[is_used])
        self.total = int(self._starts[-1])

    def sizes(self) -> dict[str, tuple[str, int]]:
        """Return the type and length of each array."""
        arrays = {key: (values.dtype.str, len(values)) for key, values in self._tables().items()}
        arrays["ids"] = (np.dtype(np.uint32).str, self.total)
        if self._has_positions:
            arrays["weights"] = (np.dtype(np.float16).str, self.total)
            arrays["counts"] = (np.dtype(np.uint16).str, self.total)
            arrays["positions"] = (np.dtype(np.uint32).str, int(self._places[-1]))
        return arrays

    def write(self, output: Mapping[str, Array]) -> None:
        """Fill the arrays, which are zero."""
        for key, values in self._tables().items():
            output[key][:] = values
        next_posting = self._starts[:-1].astype(np.int64)
        next_position = self._places[:-1].astype(np.int64)
        for source, numbers in zip(self._sources, self._term_numbers, strict=True):
            for first, last in source.chunks():
                is_used = numbers[first:last] >= 0  # else -1 would stand for the last term
                own, lengths = numbers[first:last][is_used], source.lengths[first:last][is_used]
                documents = source.documents(first, last)
                live = documents >= 0
                places = ragged_indices(next_posting[own], lengths)
                output["ids"][places] = documents[live]
                next_posting[own] += lengths
                if source.has_positions:
                    counts = source.values("counts", first, last)
                    output["weights"][places] = source.values("weights", first, last)[live]
                    output["counts"][places] = counts[live]
                    lengths = source.position_counts[first:last][is_used]
                    positions = source.positions(first, last)[np.repeat(live, counts)]
                    output["positions"][ragged_indices(next_position[own], lengths)] = positions
                    next_position[own] += lengths
                elif self._has_positions:
                    output["weights"][places] = 1

    @property
    def _has_positions(self) -> bool:
        return bool(self._places[-1])

    def _tables(self) -> dict[str, Array]:
        """Return the arrays whose length depends on the number of terms alone."""
        tables = postings.term_tables(self._terms, self._starts)
        return {**tables, "places": self._places} if self._has_positions else tables

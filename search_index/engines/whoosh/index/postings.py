"""The file of a segment's postings, written and read as plain arrays that numpy takes as they are.

    8 bytes   magic
    8 bytes   length of the header, little endian
    header    JSON: for each field the place, type and length of its arrays
    arrays    each starting at a multiple of 8, native byte order

For each field with T terms and P postings: `terms` (their bytes, one after the other), `ends`
(T + 1 offsets into `terms`), `starts` (T + 1 offsets into the postings), `ids` (P document
numbers, ascending within a term), and where the field has positions also `weights` (P), `counts`
(P, positions of each posting), `places` (T + 1 offsets into the positions) and `positions`.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

EXTENSION = ".arr"
_MAGIC = b"HUBARR1\n"
_ON_DEMAND = {"counts", "positions"}  # read when asked for; the rest is kept in memory
_MAX_COUNT = 0xFFFF

MAX_WEIGHT = 60_000.0
"""A posting's weight is a half-precision number, and far beyond saturation here."""

Array = npt.NDArray[Any]
Posting = tuple[str, bytes, int, float, bytes]
"""Field, term, document number, weight, positions as uint32: as Whoosh's writers hand them on."""


class Postings:
    """The postings of a segment while it is written; stands in for Whoosh's sorting pool.

    Memory: about 20 bytes a posting and 4 a position.
    """

    def __init__(self) -> None:
        self._fields: dict[str, _FieldPostings] = {}

    def add(self, posting: Posting) -> None:
        """Take in a posting of a document; documents come in ascending order."""
        name, term, document, weight, value = posting
        field = self._fields.get(name)
        if field is None:
            field = self._fields[name] = _FieldPostings()
        field.add(term, document, weight, value)

    def adopt(self, arrays: FieldArrays, renumbered: Array) -> None:
        """Take in the postings of another segment.

        `renumbered` holds the new number of each of its documents, -1 for those left out. They
        come after all documents that have been added so far.
        """
        self._fields.setdefault(arrays.name, _FieldPostings()).adopt(arrays, renumbered)

    def iter_postings(self) -> Postings:
        """Itself: Whoosh hands this on to `ArrayFieldWriter.add_postings`."""
        return self

    def cleanup(self) -> None:
        """Forget everything."""
        self._fields.clear()

    def sorted_fields(self) -> Iterator[tuple[str, dict[str, Array]]]:
        """Each field's arrays, ready to be written, by name."""
        for name in sorted(self._fields):
            yield name, self._fields[name].arrays()


class _FieldPostings:
    """The postings of one field, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._term_numbers = array("I")
        self._documents = array("I")
        self._weights = array("f")
        self._counts = array("I")
        self._positions = bytearray()

    def add(self, term: bytes, document: int, weight: float, value: bytes) -> None:
        self._term_numbers.append(self._numbers.setdefault(term, len(self._numbers)))
        self._documents.append(document)
        self._weights.append(weight)
        if len(value) > _MAX_COUNT * 4:
            value = value[: _MAX_COUNT * 4]
        self._counts.append(len(value) >> 2)
        self._positions += value

    def adopt(self, arrays: FieldArrays, renumbered: Array) -> None:
        numbers = self._numbers
        local = np.fromiter(
            (numbers.setdefault(term, len(numbers)) for term in arrays.all_terms()),
            np.uint32,
            len(arrays),
        )
        documents = renumbered[arrays.ids]
        kept = documents >= 0
        of_posting = np.repeat(local, np.diff(arrays.starts))
        self._term_numbers.frombytes(of_posting[kept].astype(np.uint32).tobytes())
        self._documents.frombytes(documents[kept].astype(np.uint32).tobytes())
        weights, counts, positions = arrays.values()
        self._weights.frombytes(weights[kept].astype(np.float32).tobytes())
        self._counts.frombytes(counts[kept].astype(np.uint32).tobytes())
        self._positions += positions[np.repeat(kept, counts)].tobytes()

    def arrays(self) -> dict[str, Array]:
        terms = sorted(self._numbers)
        rank = np.empty(len(terms), np.int64)
        numbers = np.fromiter((self._numbers[term] for term in terms), np.int64, len(terms))
        rank[numbers] = np.arange(len(terms))
        keys = rank[np.frombuffer(self._term_numbers, np.uint32)]
        documents = np.frombuffer(self._documents, np.uint32)
        order = np.lexsort((documents, keys))
        # A term whose every posting was left out by a merge has gone as well.
        lengths = np.bincount(keys, minlength=len(terms))
        living = np.flatnonzero(lengths)
        terms = [terms[number] for number in living.tolist()]
        found = {
            "terms": np.frombuffer(b"".join(terms), np.uint8),
            "ends": _running(np.fromiter(map(len, terms), np.int64, len(terms))),
            "starts": _running(lengths[living]),
            "ids": documents[order],
        }
        counts = np.frombuffer(self._counts, np.uint32).astype(np.int64)
        if counts.any():
            weights = np.minimum(np.frombuffer(self._weights, np.float32)[order], MAX_WEIGHT)
            found["weights"] = weights.astype(np.float16)
            found["counts"] = counts[order].astype(np.uint16)
            places = np.frombuffer(self._positions, np.uint32)
            found["places"] = _running(np.add.reduceat(counts[order], found["starts"][:-1]))
            found["positions"] = places[ragged(_running(counts)[:-1][order], counts[order])]
        return found


def _running(lengths: Array) -> Array:
    """Offsets of consecutive pieces of these lengths, from 0; one more than there are pieces."""
    offsets = np.zeros(len(lengths) + 1, np.uint64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets.astype(np.uint32 if offsets[-1] < 2**32 else np.int64)


def ragged(starts: Array, lengths: Array) -> npt.NDArray[np.int64]:
    """The indices of pieces that start at `starts` and have `lengths`, one piece after another."""
    lengths = lengths.astype(np.int64)
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts.astype(np.int64) - before, lengths) + np.arange(total)


class FieldArrays:
    """The arrays of one field of a segment: a sorted dictionary and its posting lists."""

    def __init__(self, name: str, arrays: Mapping[str, Array], source: Source) -> None:
        self.name = name
        self.ids = arrays["ids"]
        self.starts = arrays["starts"]
        self._weights = arrays.get("weights")
        self._places = arrays.get("places")
        self._blob = arrays["terms"].tobytes()
        self._ends = arrays["ends"]
        self._source = source
        self._list: list[bytes] | None = None
        self._index: dict[bytes, int] | None = None

    def __len__(self) -> int:
        return len(self._ends) - 1

    def all_terms(self) -> list[bytes]:
        """Every term, sorted; made on first use, kept."""
        if self._list is None:
            blob, ends = self._blob, self._ends.tolist()
            self._list = [blob[a:b] for a, b in pairwise(ends)]
        return self._list

    def find(self, term: bytes) -> int | None:
        """The number of a term, if it is there. O(1) once the dictionary is made."""
        if self._index is None:
            self._index = {known: number for number, known in enumerate(self.all_terms())}
        return self._index.get(term)

    def documents(self, number: int) -> Array:
        """The documents of a term, ascending."""
        return self.ids[self.starts[number] : self.starts[number + 1]]

    def weights(self, number: int) -> Array:
        """The weight of each posting of a term; ones, where the field has none."""
        first, last = int(self.starts[number]), int(self.starts[number + 1])
        if self._weights is None:
            return np.ones(last - first, np.float32)
        return self._weights[first:last].astype(np.float32)

    def raise_weights(self, numbers: list[int], most: npt.NDArray[np.uint16]) -> None:
        """Raise `most`, for each document, to the weight of any of these terms in it.

        As the bits of a half-precision number: from 0 they are in the order of their bits, which
        compare faster.
        """
        if self._weights is None:
            raise ValueError(f"field {self.name} has no weights")
        if len(numbers) == 1:
            place = slice(int(self.starts[numbers[0]]), int(self.starts[numbers[0] + 1]))
            ids, bits = self.ids[place], self._weights[place].view(np.uint16)
            most[ids] = np.maximum(most[ids], bits)
            return
        ends = self.starts[1:][numbers].tolist()
        spans = list(zip(self.starts[numbers].tolist(), ends, strict=True))
        ids = np.concatenate([self.ids[first:last] for first, last in spans])
        weights = np.concatenate([self._weights[first:last] for first, last in spans])
        np.maximum.at(most, ids, weights.view(np.uint16))

    def positions(self, number: int) -> tuple[Array, Array]:
        """How many positions each posting of a term has, and all of them, in the same order."""
        if self._places is None:
            raise ValueError(f"field {self.name} has no positions")
        first, last = int(self.starts[number]), int(self.starts[number + 1])
        counts = self._source.read(self.name, "counts", first, last)
        first, last = int(self._places[number]), int(self._places[number + 1])
        return counts, self._source.read(self.name, "positions", first, last)

    def values(self) -> tuple[Array, Array, Array]:
        """All weights, counts and positions of the field; for a merge."""
        if self._weights is None or self._places is None:
            nothing = np.zeros(len(self.ids), np.uint16)
            return np.ones(len(self.ids), np.float32), nothing, np.zeros(0, np.uint32)
        counts = self._source.read(self.name, "counts", 0, len(self.ids))
        places = self._source.read(self.name, "positions", 0, int(self._places[-1]))
        return self._weights, counts, places


class Source:
    """A file of arrays, open for reading. Safe for many threads.

    Raises:
        ValueError: the file is no array file, or shorter than its header says.
        OSError: it cannot be read.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        opening = self._bytes(0, 16)
        if opening[:8] != _MAGIC:
            raise ValueError("not a file of postings")
        length = int.from_bytes(opening[8:], "little")
        if length > os.fstat(descriptor).st_size:
            raise ValueError("a file of postings is cut short")
        self._header: dict[str, dict[str, tuple[str, int, int]]] = json.loads(
            self._bytes(16, length)
        )

    def fields(self) -> dict[str, FieldArrays]:
        """Every field's arrays. They hold on to the source; it holds on to nothing."""
        return {
            name: FieldArrays(
                name,
                {
                    key: self.read(name, key, 0, count)
                    for key, (_, _, count) in arrays.items()
                    if key not in _ON_DEMAND
                },
                self,
            )
            for name, arrays in self._header.items()
        }

    def read(self, field: str, key: str, first: int, last: int) -> Array:
        """The values `first` to `last` (exclusive) of one array."""
        kind, place, count = self._header[field][key]
        if not 0 <= first <= last <= count:
            raise ValueError(f"no values {first} to {last} in {field}.{key}")
        size = np.dtype(kind).itemsize
        return np.frombuffer(self._bytes(place + first * size, (last - first) * size), kind)

    def _bytes(self, place: int, length: int) -> bytes:
        pieces = []
        while length > 0:
            piece = os.pread(self._descriptor, length, place)
            if not piece:
                raise ValueError("a file of postings is cut short")
            pieces.append(piece)
            place += len(piece)
            length -= len(piece)
        return b"".join(pieces) if len(pieces) != 1 else pieces[0]


def write(postings: Postings, file: BinaryIO) -> None:
    """Write an array file."""
    arrays = dict(postings.sorted_fields())
    place = 0
    header: dict[str, dict[str, tuple[str, int, int]]] = {}
    for name, parts in arrays.items():
        header[name] = {}
        for key, values in parts.items():
            header[name][key] = (values.dtype.str, place, len(values))
            place += -(-values.nbytes // 8) * 8
    # The header's length decides where arrays start, and holds those places: pad it, then shift.
    room = -(-(len(json.dumps(header)) + 16 * 8 * max(1, len(header))) // 8) * 8
    for parts_places in header.values():
        for key, (kind, start, count) in parts_places.items():
            parts_places[key] = (kind, start + 16 + room, count)
    file.write(_MAGIC + room.to_bytes(8, "little") + json.dumps(header).encode().ljust(room))
    for parts in arrays.values():
        for values in parts.values():
            file.write(values.tobytes().ljust(-(-values.nbytes // 8) * 8, b"\0"))

"""Postings of a segment: a file of plain arrays that numpy reads without conversion.

    8 bytes   magic
    8 bytes   length of the header, little endian
    header    JSON: for each field the type, offset and length of its arrays
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
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, BinaryIO, overload

import numpy as np
import numpy.typing as npt
from typing_extensions import override

EXTENSION = ".arr"
_MAGIC = b"HUBARR1\n"
_ON_DEMAND = {"counts", "positions"}  # read on demand; the others are held in memory
_MAX_COUNT = 0xFFFF
_CACHED_NUMBERS = 20_000  # terms of a field whose numbers are cached

MAX_WEIGHT = 60_000.0
"""Maximum weight of a posting, a half-precision number; far beyond saturation."""

Array = npt.NDArray[Any]
Posting = tuple[str, bytes, int, float, bytes]
"""Field, term, document number, weight, positions as uint32: as Whoosh's writers pass them."""


class PostingsBuffer:
    """The postings of a segment while it is written; replaces Whoosh's sorting pool.

    Memory: about 20 bytes a posting and 4 a position.
    """

    def __init__(self) -> None:
        self._fields: dict[str, _FieldBuffer] = {}

    def add(self, posting: Posting) -> None:
        """Add a posting; documents have to come in ascending order."""
        name, term, document, weight, value = posting
        field = self._fields.get(name)
        if field is None:
            field = self._fields[name] = _FieldBuffer()
        field.add(term, document, weight, value)

    def iter_postings(self) -> PostingsBuffer:
        """Return self: Whoosh passes it to `_FieldWriter.add_postings`."""
        return self

    def cleanup(self) -> None:
        """Remove all postings."""
        self._fields.clear()

    def sorted_fields(self) -> Iterator[tuple[str, dict[str, Array]]]:
        """Yield the arrays of each field in the format of the file, sorted by name."""
        for name in sorted(self._fields):
            yield name, self._fields[name].arrays()


class _FieldBuffer:
    """The postings of one field, in the order of addition."""

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

    def arrays(self) -> dict[str, Array]:
        terms = sorted(self._numbers)
        rank = np.empty(len(terms), np.int64)
        numbers = np.fromiter((self._numbers[term] for term in terms), np.int64, len(terms))
        rank[numbers] = np.arange(len(terms))
        keys = rank[np.frombuffer(self._term_numbers, np.uint32)]
        documents = np.frombuffer(self._documents, np.uint32)
        order = np.lexsort((documents, keys))
        starts = offsets(np.bincount(keys, minlength=len(terms)))
        arrays_ = {**term_tables(terms, starts), "ids": documents[order]}
        counts = np.frombuffer(self._counts, np.uint32).astype(np.int64)
        if counts.any():
            weights = np.minimum(np.frombuffer(self._weights, np.float32)[order], MAX_WEIGHT)
            arrays_["weights"] = weights.astype(np.float16)
            arrays_["counts"] = counts[order].astype(np.uint16)
            places = np.frombuffer(self._positions, np.uint32)
            arrays_["places"] = offsets(np.add.reduceat(counts[order], arrays_["starts"][:-1]))
            arrays_["positions"] = places[
                ragged_indices(offsets(counts)[:-1][order], counts[order])
            ]
        return arrays_


def offsets(lengths: Array) -> Array:
    """Return the offsets of consecutive slices of these lengths, from 0, and the last end."""
    offsets = np.zeros(len(lengths) + 1, np.uint64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets.astype(np.uint32 if offsets[-1] < 2**32 else np.int64)


def term_tables(terms: Sequence[bytes], starts: Array) -> dict[str, Array]:
    """Return the arrays of a field that describe its terms."""
    return {
        "terms": np.frombuffer(b"".join(terms), np.uint8),
        "ends": offsets(np.fromiter(map(len, terms), np.int64, len(terms))),
        "starts": starts,
    }


def ragged_indices(starts: Array, lengths: Array) -> npt.NDArray[np.int64]:
    """Return the concatenated indices of slices that start at `starts` and have `lengths`."""
    lengths = lengths.astype(np.int64)
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts.astype(np.int64) - before, lengths) + np.arange(total)


class Terms(Sequence[bytes]):
    """The sorted terms of a field: one string of bytes, and the offsets of terms in it.

    A list of them would take ten times the memory, and a second to make for 100,000 articles. A
    look-up with `bisect` takes some 5 µs.
    """

    def __init__(self, blob: bytes, ends: Array) -> None:
        self._blob = blob
        self._ends = ends
        self._offsets = memoryview(ends.data)  # of which single numbers are read faster

    @override
    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    @override
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._blob[self._offsets[index] : self._offsets[index + 1]]

    @override
    def __iter__(self) -> Iterator[bytes]:
        blob = self._blob
        return (blob[first:last] for first, last in pairwise(self._ends.tolist()))

    def character_counts(self) -> npt.NDArray[np.int64]:
        """Return the number of characters of each term."""
        values = np.frombuffer(self._blob, np.uint8)
        starts = np.zeros(len(values) + 1, np.int64)  # UTF-8: all bytes but 10xxxxxx start one
        np.cumsum((values & 0xC0) != 0x80, out=starts[1:])
        counts: npt.NDArray[np.int64] = np.diff(starts[self._ends])
        return counts

    def space_counts(self) -> npt.NDArray[np.int64]:
        """Return the number of spaces in each term."""
        before = np.zeros(len(self._blob) + 1, np.int64)
        np.cumsum(np.frombuffer(self._blob, np.uint8) == ord(" "), out=before[1:])
        counts: npt.NDArray[np.int64] = np.diff(before[self._ends])
        return counts


class FieldPostings:
    """The postings of one field of a segment: a sorted dictionary and posting lists."""

    def __init__(self, name: str, arrays: Mapping[str, Array], source: PostingsFile) -> None:
        self.name = name
        self.ids = arrays["ids"]
        self.starts = arrays["starts"]
        self._weights = arrays.get("weights")
        self._places = arrays.get("places")
        self.terms = Terms(arrays["terms"].tobytes(), arrays["ends"])
        """All terms, sorted; their numbers are their places."""
        self._source = source
        self._numbers: dict[bytes, int | None] = {}

    def __len__(self) -> int:
        return len(self.terms)

    def find(self, term: bytes) -> int | None:
        """Return the number of a term, or None; the last ones looked up are cached."""
        try:
            return self._numbers[term]
        except KeyError:
            place = bisect_left(self.terms, term)
        number = place if place < len(self.terms) and self.terms[place] == term else None
        if len(self._numbers) >= _CACHED_NUMBERS:
            self._numbers.clear()
        self._numbers[term] = number
        return number

    def documents(self, number: int) -> Array:
        """Return the documents of a term, ascending."""
        return self.ids[self.starts[number] : self.starts[number + 1]]

    def weights(self, number: int) -> Array:
        """Return the weight of each posting of a term; 1 if the field has no weights."""
        first, last = int(self.starts[number]), int(self.starts[number + 1])
        if self._weights is None:
            return np.ones(last - first, np.float32)
        return self._weights[first:last].astype(np.float32)

    def raise_weights(self, numbers: list[int], maxima: npt.NDArray[np.uint16]) -> None:
        """Raise `maxima`, for each document, to the greatest weight of these terms in it.

        `maxima` holds the bits of half-precision numbers: for numbers from 0, the order of the bits
        is that of the numbers, and they compare faster.
        """
        if self._weights is None:
            raise ValueError(f"field {self.name} has no weights")
        if len(numbers) == 1:
            span = slice(int(self.starts[numbers[0]]), int(self.starts[numbers[0] + 1]))
            ids, bits = self.ids[span], self._weights[span].view(np.uint16)
            maxima[ids] = np.maximum(maxima[ids], bits)
            return
        ends = self.starts[1:][numbers].tolist()
        spans = list(zip(self.starts[numbers].tolist(), ends, strict=True))
        ids = np.concatenate([self.ids[first:last] for first, last in spans])
        weights = np.concatenate([self._weights[first:last] for first, last in spans])
        np.maximum.at(maxima, ids, weights.view(np.uint16))

    def positions(self, number: int) -> tuple[Array, Array]:
        """Return the number of positions of each posting of a term, and all positions in order."""
        if self._places is None:
            raise ValueError(f"field {self.name} has no positions")
        first, last = int(self.starts[number]), int(self.starts[number + 1])
        counts = self._source.read(self.name, "counts", first, last)
        first, last = int(self._places[number]), int(self._places[number + 1])
        return counts, self._source.read(self.name, "positions", first, last)


class PostingsFile:
    """An open file of postings. Thread-safe.

    Raises:
        ValueError: the file has another format, or is truncated.
        OSError: it cannot be read.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        preamble = self._bytes(0, 16)
        if preamble[:8] != _MAGIC:
            raise ValueError("not a file of postings")
        length = int.from_bytes(preamble[8:], "little")
        if length > os.fstat(descriptor).st_size:
            raise ValueError("a file of postings is truncated")
        self._header: dict[str, dict[str, tuple[str, int, int]]] = json.loads(
            self._bytes(16, length)
        )

    def fields(self) -> dict[str, FieldPostings]:
        """Return the postings of each field; they hold a reference to this file."""
        return {
            name: FieldPostings(
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

    def names(self) -> Collection[str]:
        """Return the names of the fields."""
        return self._header.keys()

    def holds(self, field: str, key: str) -> bool:
        """Return whether a field has this array."""
        return key in self._header[field]

    def read_all(self, field: str, key: str) -> Array:
        """Read one array."""
        return self.read(field, key, 0, self._header[field][key][2])

    def read(self, field: str, key: str, first: int, last: int) -> Array:
        """Read the values `first` to `last` (exclusive) of one array."""
        kind, place, count = self._header[field][key]
        if not 0 <= first <= last <= count:
            raise ValueError(f"no values {first} to {last} in {field}.{key}")
        size = np.dtype(kind).itemsize
        return np.frombuffer(self._bytes(place + first * size, (last - first) * size), kind)

    def _bytes(self, place: int, length: int) -> bytes:
        chunks = []
        while length > 0:
            chunk = os.pread(self._descriptor, length, place)
            if not chunk:
                raise ValueError("a file of postings is truncated")
            chunks.append(chunk)
            place += len(chunk)
            length -= len(chunk)
        return b"".join(chunks) if len(chunks) != 1 else chunks[0]


class Layout:
    """Places of arrays in a file of postings, and the bytes at its head.

    `sizes`: the type and length of each array, by field and key. `places`: type, offset and length.
    """

    def __init__(self, sizes: Mapping[str, Mapping[str, tuple[str, int]]]) -> None:
        place = 0
        relative: dict[str, dict[str, tuple[str, int, int]]] = {}
        for name, arrays in sizes.items():
            relative[name] = {}
            for key, (kind, count) in arrays.items():
                relative[name][key] = (kind, place, count)
                place += -(-count * np.dtype(kind).itemsize // 8) * 8
        # Offsets depend on the length of the header, which contains them: pad it, then add it.
        room = -(-(len(json.dumps(relative)) + 16 * 8 * max(1, len(relative))) // 8) * 8
        self.places = {
            name: {
                key: (kind, start + 16 + room, count)
                for key, (kind, start, count) in arrays_.items()
            }
            for name, arrays_ in relative.items()
        }
        header = json.dumps(self.places).encode().ljust(room)
        self.head = _MAGIC + room.to_bytes(8, "little") + header
        self.size = len(self.head) + place


def write_postings(postings: PostingsBuffer, file: BinaryIO) -> None:
    """Write a file of postings."""
    fields = dict(postings.sorted_fields())
    sizes = {
        name: {key: (values.dtype.str, len(values)) for key, values in arrays.items()}
        for name, arrays in fields.items()
    }
    file.write(Layout(sizes).head)
    for arrays in fields.values():
        for values in arrays.values():
            file.write(values.tobytes().ljust(-(-values.nbytes // 8) * 8, b"\0"))

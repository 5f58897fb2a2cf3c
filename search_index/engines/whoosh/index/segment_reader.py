"""A segment in memory: its arrays, numbers and facet columns. Immutable, so kept while it lives."""

from __future__ import annotations

import os
import threading
import weakref
from bisect import bisect_left
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3PerDocReader

from search_index.engines.whoosh.index import directory, postings, schema
from search_index.engines.whoosh.index.lru_cache import Recent
from search_index.engines.whoosh.index.postings import Array, FieldArrays

_NUMBERS = np.dtype(
    [
        ("id", ">i8"),
        ("stamp", ">i8"),
        ("published", ">i8"),
        ("comments", ">i8"),
        ("length", ">f4"),
        ("comment", ">i8"),
    ]
)
_NUMBERS_FILE = ".numbers.col"
EARLIEST_MONTH = -1969 * 12
"""January of the year 1, as months since 1970; what was never published has an earlier one."""

_TEXTS = 500  # documents of a segment whose texts are kept in memory; about 4 MB


def _opened(descriptor: int) -> postings.Source:
    """A source that closes its descriptor with the last reference to it or its fields."""
    try:
        source = postings.Source(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    weakref.finalize(source, os.close, descriptor)
    return source


def holds_comments(numbers: Array) -> bool:
    """Whether a segment with these numbers holds comments; otherwise articles, and never both."""
    return bool(len(numbers)) and bool(numbers["comment"][0])


class Values:
    """The values of one facet field by document."""

    def __init__(self, field: FieldArrays | None, documents: int) -> None:
        """`field` is None where no document of the segment has a value."""
        self.terms = [schema.decode(term) for term in field.all_terms()] if field else []
        self._ids = field.ids if field else np.zeros(0, np.uint32)
        self._starts = field.starts[:-1].astype(np.int64) if field else np.zeros(0, np.int64)
        lengths = np.diff(field.starts) if field else np.zeros(0, np.uint32)
        # The first one of each document: what is assigned last counts.
        self._first = np.full(documents, -1, np.int32)
        codes = np.repeat(np.arange(len(self.terms), dtype=np.int32), lengths)
        self._first[self._ids[::-1]] = codes[::-1]

    def of(self, document: int) -> str:
        """The first value of a document; "" where it has none."""
        code = int(self._first[document])
        return self.terms[code] if code >= 0 else ""

    def counts(self, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """How many of the documents in `mask` have each value, in the order of `terms`."""
        if not len(self._starts):
            return np.zeros(0, np.int64)
        return np.add.reduceat(mask[self._ids], self._starts, dtype=np.int64)


class Segment:
    """One immutable segment, read from its files and checked against their checksums.

    Safe for many threads. Its files are open until the last reference to it goes, so that a
    search goes on when a merge has deleted them.
    """

    def __init__(self, folder: Path, segment: Any) -> None:
        """Raises OSError, ValueError or what Whoosh raises where a file is missing or damaged."""
        self.id: str = segment.segment_id()
        sums = directory.sums_of(folder, self.id)
        self.bytes = sum(size for size, _ in sums.values())
        descriptor = -1
        for name, expected in sums.items():
            opened = os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if directory.checksum(opened) != expected:
                    raise ValueError(f"{name} is damaged")
                if name.endswith(postings.EXTENSION):
                    descriptor, opened = opened, -1
            finally:
                if opened >= 0:
                    os.close(opened)
        if descriptor < 0:
            raise ValueError(f"segment {self.id} has no postings")
        self.fields = _opened(descriptor).fields()
        self.documents: int = segment.doc_count_all()
        numbers = self.numbers_of(folder, segment)
        self.ids = numbers["id"].astype(np.int64)
        self.stamps = numbers["stamp"].astype(np.int64)
        self.published = numbers["published"].astype(np.int64)
        self.comments = numbers["comments"].astype(np.int64)
        self.lengths = numbers["length"].astype(np.float32)
        self.comment_ids = numbers["comment"].astype(np.int64)
        self.holds_comments = holds_comments(numbers)
        # Different for every document of an index, as neither id alone is.
        self.keys = self.comment_ids << 1 | 1 if self.holds_comments else self.ids << 1
        self._values: dict[str, Values] = {}
        self._words: dict[str, dict[tuple[int, str], list[str]]] = {}
        self._beginnings: dict[tuple[str, int], frozenset[str]] = {}
        self._texts = W3PerDocReader(directory.DurableStorage(folder), segment)
        weakref.finalize(self, self._texts.close)
        self._reading = threading.Lock()
        self._read: Recent[int, dict[str, str]] = Recent(_TEXTS)
        if self.documents:
            self.texts(0)  # opens the file, which a merge may delete

    @staticmethod
    def numbers_of(folder: Path, segment: Any) -> Array:
        """The numbers of each document, by name, without opening the rest of the segment."""
        content = (folder / f"{segment.segment_id()}{_NUMBERS_FILE}").read_bytes()
        if len(content) != segment.doc_count_all() * _NUMBERS.itemsize:
            raise ValueError(f"{segment.segment_id()}{_NUMBERS_FILE} is damaged")
        return np.frombuffer(content, _NUMBERS)

    def prepare(self) -> None:
        """Make now what is otherwise made on first use: dictionaries, columns, words by shape."""
        for field in self.fields.values():
            field.find(b"")
        for name in ("words", "titles"):
            self.words_by_shape(name)
        for name in ("topic", "author", "language", "kind"):
            self.values(name)
        self.years, self._titles  # noqa: B018 - each is made by looking at it

    def texts(self, document: int) -> dict[str, str]:
        """The stored title, summary and body of a document; those read last are kept."""
        stored = self._read.get(document)
        if stored is None:
            with self._reading:  # Whoosh's file has one read position
                stored = self._texts.stored_fields(document)
            self._read.put(document, stored)
        return stored

    def values(self, field: str) -> Values:
        """The values of a facet field; made on first use, kept."""
        known = self._values.get(field)
        if known is None:
            known = self._values[field] = Values(self.fields.get(field), self.documents)
        return known

    @cached_property
    def months(self) -> Array:
        """The month each document was published in, as months since 1970; -2**31 for never."""
        months = self.published.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        return np.where(self.published == schema.NO_TIME, -(2**31), months)

    @cached_property
    def years(self) -> Array:
        """The year each document was published in, as years since 1970; less for never."""
        return self.months // 12

    def first_letters(self, field: str) -> frozenset[str]:
        """The characters that the words of `words` or `titles` start with."""
        return self.beginnings(field, 1)

    def words_by_shape(self, field: str) -> dict[tuple[int, str], list[str]]:
        """The unstemmed words of `words` or `titles`, by length and first character; kept."""
        known = self._words.get(field)
        if known is None:
            known = {}
            arrays_ = self.fields.get(field)
            for term in arrays_.all_terms() if arrays_ else ():
                word = schema.decode(term)
                if word[0] not in schema.FIRST + schema.WHOLE:
                    known.setdefault((len(word), word[0]), []).append(word)
            self._words[field] = known
        return known

    def beginnings(self, field: str, length: int) -> frozenset[str]:
        """The first `length` characters of the words of `words` or `titles` that are as long."""
        known = self._beginnings.get((field, length))
        if known is None:
            words = (word for same in self.words_by_shape(field).values() for word in same)
            known = frozenset(word[:length] for word in words if len(word) >= length)
            self._beginnings[field, length] = known
        return known

    def folded_title(self, document: int) -> str:
        """The folded words of a document's title, one space between them; "" where it has none."""
        code = int(self._titles[document])
        return schema.decode(self.fields["titles"].all_terms()[code])[1:] if code >= 0 else ""

    @cached_property
    def _titles(self) -> npt.NDArray[np.int32]:
        """For each document the number of the term that is its whole title; -1 for none."""
        field, numbers = self.fields.get("titles"), np.full(self.documents, -1, np.int32)
        if field is not None:
            terms = field.all_terms()
            first = bisect_left(terms, schema.encode(schema.WHOLE))
            last = bisect_left(terms, schema.encode(chr(ord(schema.WHOLE) + 1)))
            lengths = np.diff(field.starts[first : last + 1])
            ids = field.ids[field.starts[first] : field.starts[last]]
            numbers[ids] = np.repeat(np.arange(first, last, dtype=np.int32), lengths)
        return numbers

"""A segment in memory: postings, numbers and facet columns. Immutable, hence cacheable."""

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
from search_index.engines.whoosh.index.postings import Array, FieldPostings
from search_index.engines.whoosh.index.words import Words
from search_index.lru_cache import LRUCache
from search_index.query import Scope
from search_index.text import document_terms

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
NUMBERS_FILE = ".numbers.col"
_STORED_FILE = "._stored.col"
EARLIEST_MONTH = -1969 * 12
"""January of the year 1, as months since 1970; unpublished documents have an earlier one."""

_NO_TERMS = postings.Terms(b"", np.zeros(1, np.uint32))
_VERIFIED_AT_ONCE = 2_000_000  # bytes whose checksums are compared while a segment is opened
_CACHED_TEXTS = 500  # documents of a segment whose texts are cached; about 4 MB


def _open_postings(descriptor: int) -> postings.PostingsFile:
    """Open postings that close their descriptor with the last reference to them or a field."""
    try:
        source = postings.PostingsFile(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    weakref.finalize(source, os.close, descriptor)
    return source


def holds_comments(numbers: Array) -> bool:
    """Return whether a segment holds comments; otherwise articles, and never both."""
    return bool(len(numbers)) and bool(numbers["comment"][0])


class FacetValues:
    """The values of one facet field by document."""

    def __init__(self, field: FieldPostings | None, max_doc: int) -> None:
        """`field` is None where no document of the segment has a value."""
        self.terms = [schema.decode(term) for term in field.terms] if field else []
        self._ids = field.ids if field else np.zeros(0, np.uint32)
        self._starts = field.starts[:-1].astype(np.int64) if field else np.zeros(0, np.int64)
        lengths = np.diff(field.starts) if field else np.zeros(0, np.uint32)
        # The first value of each document: the last assignment counts.
        self._first = np.full(max_doc, -1, np.int32)
        codes = np.repeat(np.arange(len(self.terms), dtype=np.int32), lengths)
        self._first[self._ids[::-1]] = codes[::-1]

    def first_value(self, document: int) -> str:
        """Return the first value of a document; "" without values."""
        code = int(self._first[document])
        return self.terms[code] if code >= 0 else ""

    def counts(self, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Count the documents in `mask` with each value, in the order of `terms`."""
        if not len(self._starts):
            return np.zeros(0, np.int64)
        return np.add.reduceat(mask[self._ids], self._starts, dtype=np.int64)


class SegmentReader:
    """One immutable segment, read from its files.

    Small files are compared with their checksums when they are opened, large ones by `verify`,
    which the engine calls beside the first searches. Thread-safe. Its files are open until it is
    garbage collected, so that searches continue after a merge has deleted them.
    """

    def __init__(self, folder: Path, segment: Any) -> None:
        """Open a segment. Raises OSError, ValueError or Whoosh's errors for damaged files."""
        self.id: str = segment.segment_id()
        self.bytes = directory.verify_sizes(folder, self.id)
        self.is_verified = False
        """Whether the files have been compared with their checksums."""
        self._folder = folder
        if self.bytes <= _VERIFIED_AT_ONCE:
            self.verify()
        descriptor = os.open(folder / f"{self.id}{postings.EXTENSION}", os.O_RDONLY | os.O_CLOEXEC)
        self.fields = _open_postings(descriptor).fields()
        self.max_doc: int = segment.doc_count_all()
        numbers = self.read_numbers(folder, segment)
        self.ids = numbers["id"].astype(np.int64)
        self.stamps = numbers["stamp"].astype(np.int64)
        self.published = numbers["published"].astype(np.int64)
        self.comments = numbers["comments"].astype(np.int64)
        self.lengths = numbers["length"].astype(np.float32)
        self.comment_ids = numbers["comment"].astype(np.int64)
        self.holds_comments = holds_comments(numbers)
        self.scope = Scope.COMMENTS if self.holds_comments else Scope.ARTICLES
        # Unique for every document of an index, unlike ids.
        self.keys = self.comment_ids << 1 | 1 if self.holds_comments else self.ids << 1
        self._facet_values: dict[str, FacetValues] = {}
        self._words: dict[str, Words] = {}
        self._stored_fields = W3PerDocReader(directory.DurableStorage(folder), segment)
        weakref.finalize(self, self._stored_fields.close)
        self._read_lock = threading.Lock()
        self._texts_cache: LRUCache[int, dict[str, str]] = LRUCache(_CACHED_TEXTS)
        if self.max_doc:
            self.stored_texts(0)  # opens the file, which a merge may delete

    def verify(self) -> None:
        """Compare the files with their checksums, once. Raises ValueError if one is damaged."""
        if not self.is_verified:
            try:
                directory.verify_checksums(self._folder, self.id)
            except FileNotFoundError:  # a merge, or a rebuild, has replaced the segment
                return
            self.is_verified = True

    @staticmethod
    def read_numbers(folder: Path, segment: Any) -> Array:
        """Read the numbers of each document, without opening the rest of the segment."""
        content = (folder / f"{segment.segment_id()}{NUMBERS_FILE}").read_bytes()
        if len(content) != segment.doc_count_all() * _NUMBERS.itemsize:
            raise ValueError(f"{segment.segment_id()}{NUMBERS_FILE} is damaged")
        return np.frombuffer(content, _NUMBERS)

    @staticmethod
    def is_of_comments(folder: Path, segment: Any) -> bool:
        """Return whether a segment that is not empty holds comments, by its first row."""
        with (folder / segment.make_filename(NUMBERS_FILE)).open("rb") as file:
            return holds_comments(np.frombuffer(file.read(_NUMBERS.itemsize), _NUMBERS))

    @staticmethod
    def stored_bytes(folder: Path, segment: Any) -> int:
        """Return the size of a segment's stored texts."""
        size: int = (folder / segment.make_filename(_STORED_FILE)).stat().st_size
        return size

    def warm(self) -> None:
        """Fill the caches of columns in advance."""
        for name in ("topic", "author", "language", "kind"):
            self.facet_values(name)
        self.years, self._title_terms  # noqa: B018 - computes the cached properties

    def stored_texts(self, document: int) -> dict[str, str]:
        """Return the stored texts of a document, by `TextField.key`; cached."""
        stored = self._texts_cache.get(document)
        if stored is None:
            with self._read_lock:  # Whoosh's file has one read position
                stored = self._stored_fields.stored_fields(document)
            self._texts_cache.put(document, stored)
        return stored

    def facet_values(self, field: str) -> FacetValues:
        """Return the values of a facet field; computed on first use, then cached."""
        values = self._facet_values.get(field)
        if values is None:
            values = self._facet_values[field] = FacetValues(self.fields.get(field), self.max_doc)
        return values

    @cached_property
    def months(self) -> Array:
        """Publication month of each document, as months since 1970; -2**31 if unpublished."""
        months = self.published.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        return np.where(self.published == document_terms.NO_TIME, -(2**31), months)

    @cached_property
    def years(self) -> Array:
        """Publication year of each document, as years since 1970; lower if unpublished."""
        return self.months // 12

    def words(self, field: str) -> Words:
        """Return the words of `words` or `titles`; cached."""
        words = self._words.get(field)
        if words is None:
            postings_ = self.fields.get(field)
            terms = postings_.terms if postings_ else _NO_TERMS
            words = self._words[field] = Words(terms)
        return words

    def folded_title(self, document: int) -> str:
        """Return the folded words of a document's title, separated by spaces; "" without title."""
        code = int(self._title_terms[document])
        return schema.decode(self.fields["titles"].terms[code])[1:] if code >= 0 else ""

    @cached_property
    def title_lengths(self) -> npt.NDArray[np.int32]:
        """Number of words in the title of each document."""
        field, codes = self.fields.get("titles"), self._title_terms
        lengths = np.zeros(self.max_doc, np.int32)
        if field is not None:
            has_title = codes >= 0
            lengths[has_title] = field.terms.space_counts()[codes[has_title]] + 1
        return lengths

    @cached_property
    def _title_terms(self) -> npt.NDArray[np.int32]:
        """Number of the title term of each document; -1 for none."""
        field, numbers = self.fields.get("titles"), np.full(self.max_doc, -1, np.int32)
        if field is not None:
            terms = field.terms
            for mark in (document_terms.TITLE_MARK, document_terms.PLAIN_TITLE_MARK):
                first = bisect_left(terms, schema.encode(mark))
                last = bisect_left(terms, schema.encode(chr(ord(mark) + 1)))
                lengths = np.diff(field.starts[first : last + 1])
                ids = field.ids[field.starts[first] : field.starts[last]]
                numbers[ids] = np.repeat(np.arange(first, last, dtype=np.int32), lengths)
        return numbers

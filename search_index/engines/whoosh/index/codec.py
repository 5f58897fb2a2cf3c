"""The Whoosh codec that keeps a segment's postings in an array file.

Schema, writers, segments, deletions, stored fields, columns and commits are Whoosh's own; only the
inverted file differs from its codec. Whoosh's readers can read it through `_TermsReader`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
from typing_extensions import override
from whoosh.codec import base, whoosh3
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from search_index.engines.whoosh.index import postings


class ArrayCodec(whoosh3.W3Codec):
    """Whoosh's own codec, with array files in place of its term and posting files."""

    # Lengths are in our `numbers` column: Whoosh does not need to store them.
    length_stats = False

    def __init__(self) -> None:
        whoosh3.W3Codec.__init__(self)

    @override
    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(storage, segment)

    @override
    def terms_reader(self, storage: Any, segment: Any) -> _TermsReader:
        return _TermsReader(storage, segment)


class _FieldWriter(base.FieldWriter):
    """Writes the `PostingsBuffer` that `BatchWriter` fills in place of Whoosh's pool."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage, self._segment = storage, segment
        self.is_closed = False

    @override
    def add_postings(self, schema: Any, lengths: Any, items: Any) -> None:
        with self._segment.create_file(self._storage, postings.EXTENSION) as file:
            postings.write_postings(items, file)

    @override
    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        raise NotImplementedError("add_postings takes all postings at once")

    @override
    def start_term(self, text: bytes) -> None:
        raise NotImplementedError("add_postings takes all postings at once")

    @override
    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:
        raise NotImplementedError("add_postings takes all postings at once")

    @override
    def finish_term(self) -> None:
        raise NotImplementedError("add_postings takes all postings at once")

    @override
    def close(self) -> None:
        self.is_closed = True


class _TermsReader(base.TermsReader):
    """The term dictionary of a segment, for Whoosh's readers."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._file = segment.open_file(storage, postings.EXTENSION)
        self._fields = postings.PostingsFile(self._file.fileno()).fields()

    def _number(self, field: str, term: bytes) -> int:
        number = self._fields[field].find(term) if field in self._fields else None
        if number is None:
            raise TermNotFound(f"No term {field}:{term!r}")
        return number

    @override
    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field, text = term
        return field in self._fields and self._fields[field].find(text) is not None

    @override
    def indexed_field_names(self) -> list[str]:
        return list(self._fields)

    @override
    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name, field in self._fields.items():
            for term in field.terms:
                yield name, term

    @override
    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for name in sorted(self._fields):
            if name >= fieldname:
                terms = self._fields[name].terms
                first = bisect_left(terms, prefix) if name == fieldname else 0
                for term in terms[first:]:
                    yield name, term

    @override
    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for field, term in self.terms():
            yield (field, term), self.term_info(field, term)

    @override
    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for field, term in self.terms_from(fieldname, prefix):
            yield (field, term), self.term_info(field, term)

    @override
    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        number = self._number(fieldname, text)
        field = self._fields[fieldname]
        weights, documents = field.weights(number), field.documents(number)
        return TermInfo(
            float(weights.sum()),
            len(documents),
            1,
            1,
            float(weights.max()),
            int(documents[0]),
            int(documents[-1]),
        )

    @override
    def frequency(self, fieldname: str, text: bytes) -> float:
        if (fieldname, text) not in self:
            return 0.0
        return float(self._fields[fieldname].weights(self._number(fieldname, text)).sum())

    @override
    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        if (fieldname, text) not in self:
            return 0
        return len(self._fields[fieldname].documents(self._number(fieldname, text)))

    @override
    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        number = self._number(fieldname, text)
        field = self._fields[fieldname]
        documents = field.documents(number).tolist()
        values = [b""] * len(documents)
        if format_.supports("positions"):
            counts, positions = field.positions(number)
            values = [part.tobytes() for part in np.split(positions, np.cumsum(counts)[:-1])]
        return ListMatcher(
            documents,
            field.weights(number).tolist(),
            values,
            format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    @override
    def cursor(self, fieldname: str, fieldobj: Any) -> None:
        raise NotImplementedError("spelling has a dictionary of its own")

    @override
    def close(self) -> None:
        self._file.close()

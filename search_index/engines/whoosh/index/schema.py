"""Index schema: documents to Whoosh fields and columns, and the schema's fingerprint.

| field | holds |
|---|---|
| `text` | the terms of all text fields, weighted by the boost of the field, with positions |
| `words` | the same words unstemmed, for prefixes and for spelling |
| `titles` | the unstemmed words of the title, its first one marked, and the title as one term |
| `status` `language` `kind` `image` `topic` `author` | exact values, for filters and facets |
| `numbers` | one row of numbers for each document: id, stamp, times, counts, length, comment |
| `title` … | stored text, for highlights: one for each of `fields.PLAIN_FIELDS` |

A comment is a document too, with its article's id, status and labels, and its own text as body.
"""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from collections.abc import Generator, Iterable
from typing import Any

import Stemmer
from typing_extensions import override
from whoosh import __version__ as whoosh_version
from whoosh import columns, fields, formats

from search_index.fields import PLAIN_FIELDS, TextField
from search_index.query import CommentText, Document
from search_index.text import stemming
from search_index.text.document_terms import (
    AnalyzedText,
    analyze,
    field_texts,
    image_term,
    label_term,
    title_words,
    to_microseconds,
)

VERSION = 7
"""Incremented with every change after which existing indexes would be read wrongly."""

NUMBERS = "!qqqqfq"
"""Id, stamp, published (µs since 1970), comments, length in words, comment's id: a `struct`."""

Item = tuple[bytes, int, float, bytes]
"""A posting to be indexed: term, frequency, weight, positions as uint32."""


class _PositionsFormat(formats.Format):
    """Format of postings whose values are positions, as native uint32."""

    posting_size = -1

    def decode_positions(self, value: bytes) -> list[int]:
        return list(array("I", value))

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4


class _PreanalyzedField(fields.FieldType):
    """A field of precomputed terms, because analysis depends on the document's language."""

    def __init__(self, *, positions: bool = False) -> None:
        analyzer: Any = None
        super().__init__(_PositionsFormat() if positions else formats.Existence(), analyzer)

    @override
    def index(self, value: Iterable[Item], **kwargs: object) -> Generator[Item, None, None]:
        yield from value


def build_schema() -> fields.Schema:
    """Build the Whoosh schema."""
    never = (-(2**63), 0, 0, 0, 0.0, 0)  # no document has this id, so that every row is written
    return fields.Schema(
        text=_PreanalyzedField(positions=True),
        words=_PreanalyzedField(),
        titles=_PreanalyzedField(),
        status=_PreanalyzedField(),
        language=_PreanalyzedField(),
        kind=_PreanalyzedField(),
        image=_PreanalyzedField(),
        topic=_PreanalyzedField(),
        author=_PreanalyzedField(),
        numbers=fields.COLUMN(columns.StructColumn(NUMBERS, never)),
        **{field.key: fields.STORED() for field in PLAIN_FIELDS},
    )


def fingerprint() -> str:
    """Return a hash of everything that determines the content of an index.

    It hashes the representation that `repr` had when the first indexes were written, so that they
    stay valid whatever the classes are called now.
    """
    boosts = ", ".join(
        f"(<Part.{field.name}: {field.value}>, {field.boost})" for field in sorted(TextField)
    )
    versions = (VERSION, whoosh_version, Stemmer.version(), unicodedata.unidata_version)
    stemmers = sorted(stemming.STEMMERS.items())
    parts = f"{repr(versions)[:-1]}, [{boosts}], {stemmers!r}, {NUMBERS!r})"
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def encode(term: str) -> bytes:
    """Encode a term; lone surrogates, which a label may contain, are allowed."""
    return term.encode("utf-8", "surrogatepass")


def decode(term: bytes) -> str:
    """Decode a term: the inverse of `encode`."""
    return term.decode("utf-8", "surrogatepass")


def article_row(document: Document) -> dict[str, object]:
    """Build the keyword arguments of Whoosh's `add_document` for an article; O(words)."""
    text, words, length = _items(analyze(document.language, field_texts(document)))
    published = to_microseconds(document.published_at)
    return {
        **_shared_fields(document),
        "text": text,
        "words": words,
        "titles": _exact_items(title_words(document.texts.get(TextField.TITLE, ""))),
        "numbers": (document.id, document.stamp, published, document.comment_count, length, 0),
        **{field.key: document.texts.get(field, "") for field in PLAIN_FIELDS},
    }


def comment_row(document: Document, comment: CommentText, stamp: int) -> dict[str, object]:
    """Build those for a comment; `stamp` is the comment's of `comment_stamps`."""
    text, words, length = _items(analyze(document.language, [(TextField.BODY, [comment.text])]))
    created = to_microseconds(comment.created_at)
    return {
        **_shared_fields(document),
        "text": text,
        "words": words,
        "titles": [],
        "numbers": (document.id, stamp, created, 0, length, comment.id),
        TextField.BODY.key: comment.text,
    }


def _shared_fields(document: Document) -> dict[str, object]:
    """Build the fields for filters and facets, which an article shares with its comments."""
    return {
        "status": _exact_items([document.status]),
        "language": _exact_items([document.language]),
        "kind": _exact_items([document.kind]),
        "image": _exact_items([image_term(document)]),
        "topic": _exact_items(map(label_term, document.topics)),
        "author": _exact_items(map(label_term, document.authors)),
    }


def _items(analyzed: AnalyzedText) -> tuple[list[Item], list[Item], int]:
    """Return the items of `text` and of `words`, and the length in words, of a document."""
    items = [
        (encode(term), len(positions), analyzed.weights[term], positions.tobytes())
        for term, positions in analyzed.positions.items()
    ]
    return items, _exact_items(analyzed.words), analyzed.length


def _exact_items(values: Iterable[str]) -> list[Item]:
    return [(encode(value), 1, 1.0, b"") for value in dict.fromkeys(values)]

"""Index schema: documents to Whoosh fields and columns, and the schema's fingerprint.

| field | holds |
|---|---|
| `text` | the terms of all text fields, weighted by the boost of the field, with positions |
| `words` | the same words unstemmed, for prefixes and for spelling |
| `titles` | the unstemmed words of the title, its first one marked, and the title as one term |
| `status` `language` `kind` `topic` `author` | exact values, for filters and facets |
| `numbers` | one row of numbers for each document: id, stamp, times, counts, length, comment |
| `title` … | stored text, for highlights: one for each of `fields.PLAIN_FIELDS` |

A comment is a document too, with its article's id, status and labels, and its own text as body.
"""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import Stemmer
from typing_extensions import override
from whoosh import __version__ as whoosh_version
from whoosh import columns, fields, formats

from search_index.fields import PLAIN_FIELDS, TextField
from search_index.query import CommentText, Document, Label
from search_index.text import analysis, stemming

VERSION = 6
"""Incremented with every change after which existing indexes would be read wrongly."""

FIELD_BITS = 27
"""A position is `field << FIELD_BITS | offset`; offsets count from 0 within a field."""

_FIELDS_BY_NUMBER = sorted(TextField)
_LAST_OFFSET = (1 << FIELD_BITS) - 1
_POSITION_GAP = 8  # positions between two labels, so that no phrase spans both

NO_TIME = -(2**63) + 1
"""`published` of a document that was never published."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LABEL_SEPARATOR = "\x1f"
"""Separates the slug and the name of a topic or author in its term."""

NUMBERS = "!qqqqfq"
"""Id, stamp, published (µs since 1970), comments, length in words, comment's id: a `struct`."""

FIRST_WORD_MARK = "\x02"
"""Prefix of the first word of a title, in the field `titles`."""

TITLE_MARK = "\x03"
"""Prefix of the term of a complete title, in the same field."""

PLAIN_TITLE_MARK = "\x05"
"""Prefix of the plain words of a title whose title term has others: words with signs."""
TITLE_MARKS = FIRST_WORD_MARK + TITLE_MARK + PLAIN_TITLE_MARK

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


def to_microseconds(moment: datetime | None) -> int:
    """Convert a time to UTC microseconds since 1970; NO_TIME for None."""
    if moment is None:
        return NO_TIME
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(microseconds=1)


def encode(term: str) -> bytes:
    """Encode a term; lone surrogates, which a label may contain, are allowed."""
    return term.encode("utf-8", "surrogatepass")


def decode(term: bytes) -> str:
    """Decode a term: the inverse of `encode`."""
    return term.decode("utf-8", "surrogatepass")


def label_term(label: Label) -> str:
    """Return the term of a topic or author."""
    return f"{label.slug}{LABEL_SEPARATOR}{label.name}"


def article_row(document: Document) -> dict[str, object]:
    """Build the keyword arguments of Whoosh's `add_document` for an article; O(words)."""
    text, words, length = _analyze(document.language, _texts(document))
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
    text, words, length = _analyze(document.language, [(TextField.BODY, [comment.text])])
    created = to_microseconds(comment.created_at)
    return {
        **_shared_fields(document),
        "text": text,
        "words": words,
        "titles": [],
        "numbers": (document.id, stamp, created, 0, length, comment.id),
        TextField.BODY.key: comment.text,
    }


def comment_stamps(document: Document) -> dict[int, int]:
    """Return a hash of the row of each comment, 0 to 2**63 - 1, by comment id.

    A row with an equal stamp need not be written again.
    """
    shared = (
        document.id,
        document.status,
        document.language,
        document.kind,
        document.topics,
        document.authors,
    )
    stamps = {}
    for comment in document.comments:
        content = repr((shared, comment)).encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(content, digest_size=8).digest()
        stamps[comment.id] = int.from_bytes(digest) >> 1
    return stamps


def _shared_fields(document: Document) -> dict[str, object]:
    """Build the fields for filters and facets, which an article shares with its comments."""
    return {
        "status": _exact_items([document.status]),
        "language": _exact_items([document.language]),
        "kind": _exact_items([document.kind]),
        "topic": _exact_items(map(label_term, document.topics)),
        "author": _exact_items(map(label_term, document.authors)),
    }


def title_words(title: str) -> list[str]:
    """Return the folded words of a title, its marked first word, and its title terms."""
    words = [word for word, _, _ in analysis.index_terms(title, stemming.analyzer(""))]
    plain = [word for word, _, _, _ in analysis.query_words(title)]
    if not plain:
        return []
    exact, plain_title = title_term(title), " ".join(plain)
    marked = [FIRST_WORD_MARK + plain[0], exact]
    if exact != TITLE_MARK + plain_title:
        marked.append(PLAIN_TITLE_MARK + plain_title)
    return [*words, *marked]


def title_term(text: str) -> str:
    """Return the term of titles with the same words as `text` in the same order; "" for none.

    Words with signs are wholes: `C++` is not `C`.
    """
    words = " ".join(analysis.exact_words(text))
    return TITLE_MARK + words if words else ""


def _exact_items(values: Iterable[str]) -> list[Item]:
    return [(encode(value), 1, 1.0, b"") for value in dict.fromkeys(values)]


def _analyze(
    language: str, texts_by_field: Iterable[tuple[TextField, Iterable[str]]]
) -> tuple[list[Item], list[Item], int]:
    """Return the items of `text` and of `words`, and the length in words, of a document.

    Fields are in the order of their numbers, so that positions are ascending.
    """
    analyze = stemming.analyzer(stemming.language_of(language))
    positions: dict[str, array[int]] = {}
    weights: dict[str, float] = {}
    words: set[str] = set()
    length = 0
    for field, texts in texts_by_field:
        boost = field.boost
        base = field << FIELD_BITS
        start = 0
        for text in texts:
            offset = -1
            for word, term, offset in analysis.index_terms(text, analyze):
                words.add(word)
                position = base + min(start + offset, _LAST_OFFSET)
                term_positions = positions.get(term)
                if term_positions is None:
                    positions[term] = array("I", (position,))
                    weights[term] = boost
                elif term_positions[-1] != position:  # positions are unique: phrases rely on it
                    term_positions.append(position)
                    weights[term] += boost
            length += offset + 1
            start += offset + 1 + _POSITION_GAP
    items = [
        (encode(term), len(term_positions), weights[term], term_positions.tobytes())
        for term, term_positions in positions.items()
    ]
    return items, _exact_items(words), length


def _texts(document: Document) -> Iterable[tuple[TextField, Iterable[str]]]:
    for field in _FIELDS_BY_NUMBER:
        if field.labels is None:
            yield field, [document.texts.get(field, "")]
        else:
            yield field, [label.name for label in getattr(document, field.labels)]

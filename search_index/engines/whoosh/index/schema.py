"""What a document becomes in Whoosh: fields, columns, boosts, and the fingerprint of all that.

| field | holds |
|---|---|
| `text` | the terms of all text fields, weighted by the field they stand in, with positions |
| `words` | the same words unstemmed, for beginnings of words and for spelling |
| `titles` | the unstemmed words of the title, its first one marked, and all of it as one term |
| `status` `language` `kind` `topic` `author` | exact values, for filters and facets |
| `numbers` | one row of numbers a document: id, stamp, times, counts, length, comment |
| `title` `summary` `body` | stored text, for highlights |

A comment is a document as well, with its article's id, status and labels, and its own text as body.
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

from search_index.query import CommentText, Document, Label
from search_index.text import analysis
from search_index.text.term_query import TextField

VERSION = 4
"""Raised whenever an index written before would be read wrongly."""


BOOSTS: dict[TextField, float] = {
    TextField.TITLE: 3.0,
    TextField.SUMMARY: 1.5,
    TextField.BODY: 1.0,
    TextField.TOPIC: 2.0,
    TextField.AUTHOR: 2.0,
}
"""How much a word counts in each part of a document, beside 1 in its body."""

PART_BITS = 27
"""A position is `part << PART_BITS | offset`; offsets count from 0 within a part."""

_LAST_OFFSET = (1 << PART_BITS) - 1
_GAP = 8  # positions between two labels, so that no phrase reaches over both

NO_TIME = -(2**63) + 1
"""`published` of a document that was never published."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LABEL_SEPARATOR = "\x1f"
"""Between the slug and the name of a topic or author in its term."""

NUMBERS = "!qqqqfq"
"""Id, stamp, published (µs since 1970), comments, length in words, comment's id: a `struct`."""

FIRST = "\x02"
"""Before the first word of a title, in the field of the words of titles."""

WHOLE = "\x03"
"""Before a whole title, in the same field."""

Item = tuple[bytes, int, float, bytes]
"""A posting on its way into the index: term, frequency, weight, positions as uint32."""


class _Positions(formats.Format):
    """Postings whose values are positions, as native uint32."""

    posting_size = -1

    def decode_positions(self, value: bytes) -> list[int]:
        return list(array("I", value))

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4


class _Prepared(fields.FieldType):
    """A field whose terms come ready made: their analysis depends on the document's language."""

    def __init__(self, *, positions: bool = False) -> None:
        analyzer: Any = None
        super().__init__(_Positions() if positions else formats.Existence(), analyzer)

    @override
    def index(self, value: Iterable[Item], **kwargs: object) -> Generator[Item, None, None]:
        yield from value


def build() -> fields.Schema:
    """The schema, as Whoosh has it."""
    never = (-(2**63), 0, 0, 0, 0.0, 0)  # no document has this id: every row is written
    return fields.Schema(
        text=_Prepared(positions=True),
        words=_Prepared(),
        titles=_Prepared(),
        status=_Prepared(),
        language=_Prepared(),
        kind=_Prepared(),
        topic=_Prepared(),
        author=_Prepared(),
        numbers=fields.COLUMN(columns.StructColumn(NUMBERS, never)),
        title=fields.STORED(),
        summary=fields.STORED(),
        body=fields.STORED(),
    )


def fingerprint() -> str:
    """Names everything that decides how an index is written; another name, another index."""
    parts = (
        VERSION,
        whoosh_version,
        Stemmer.version(),
        unicodedata.unidata_version,
        sorted(BOOSTS.items()),
        sorted(analysis.STEMMERS.items()),
        NUMBERS,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def microseconds(moment: datetime | None) -> int:
    """UTC microseconds since 1970, which keep the order of times; NO_TIME for None."""
    if moment is None:
        return NO_TIME
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(microseconds=1)


def encode(term: str) -> bytes:
    """A term's bytes; lone surrogates, which a label may hold, pass."""
    return term.encode("utf-8", "surrogatepass")


def decode(term: bytes) -> str:
    """The inverse of `encode`."""
    return term.decode("utf-8", "surrogatepass")


def label_term(label: Label) -> str:
    """The term of a topic or author."""
    return f"{label.slug}{LABEL_SEPARATOR}{label.name}"


def article_row(document: Document) -> dict[str, object]:
    """The keyword arguments of Whoosh's `add_document` for an article; O(words)."""
    text, words, length = _analysed(document.language, _texts(document))
    published = microseconds(document.published_at)
    return {
        **_shared(document),
        "text": text,
        "words": words,
        "titles": _exact(title_words(document.title)),
        "numbers": (document.id, document.stamp, published, document.comment_count, length, 0),
        "title": document.title,
        "summary": document.summary,
        "body": document.body,
    }


def comment_row(document: Document, comment: CommentText, stamp: int) -> dict[str, object]:
    """The same for a comment on it; `stamp` is the comment's of `comment_stamps`."""
    text, words, length = _analysed(document.language, [(TextField.BODY, [comment.text])])
    written = microseconds(comment.created_at)
    return {
        **_shared(document),
        "text": text,
        "words": words,
        "titles": [],
        "numbers": (document.id, stamp, written, 0, length, comment.id),
        "body": comment.text,
    }


def comment_stamps(document: Document) -> dict[int, int]:
    """For each comment a number that stands for all that its row would hold, 0 to 2**63 - 1.

    A row with that stamp need not be written anew.
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
        held = repr((shared, comment)).encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(held, digest_size=8).digest()
        stamps[comment.id] = int.from_bytes(digest) >> 1
    return stamps


def _shared(document: Document) -> dict[str, object]:
    """What an article and the comments on it are filtered and counted by."""
    return {
        "status": _exact([document.status]),
        "language": _exact([document.language]),
        "kind": _exact([document.kind]),
        "topic": _exact(map(label_term, document.topics)),
        "author": _exact(map(label_term, document.authors)),
    }


def title_words(title: str) -> list[str]:
    """The folded words of a title, in their order, the first one marked, and the whole."""
    found = [word for word, _, _ in analysis.terms(title, str)]
    return [*found, FIRST + found[0], whole_title(title)] if found else []


def whole_title(text: str) -> str:
    """The term of a title that reads like `text`: the same words in the same order; "" for none."""
    words = " ".join(word for word, _, _, _ in analysis.words(text))
    return WHOLE + words if words else ""


def _exact(values: Iterable[str]) -> list[Item]:
    return [(encode(value), 1, 1.0, b"") for value in dict.fromkeys(values)]


def _analysed(
    language: str, parts: Iterable[tuple[TextField, Iterable[str]]]
) -> tuple[list[Item], list[Item], int]:
    """The items of `text` and of `words`, and the length in words, of a document's texts."""
    stem = analysis.stemmer(analysis.language_of(language))
    positions: dict[str, array[int]] = {}
    weights: dict[str, float] = {}
    words: set[str] = set()
    length = 0
    for part, texts in parts:
        boost = BOOSTS[part]
        base = part << PART_BITS
        start = 0
        for text in texts:
            offset = -1
            for word, term, offset in analysis.terms(text, stem):
                words.add(word)
                at = base + min(start + offset, _LAST_OFFSET)
                places = positions.get(term)
                if places is None:
                    positions[term] = array("I", (at,))
                    weights[term] = boost
                elif places[-1] != at:  # no position comes twice: phrases rely on it
                    places.append(at)
                    weights[term] += boost
            length += offset + 1
            start += offset + 1 + _GAP
    items = [
        (encode(term), len(places), weights[term], places.tobytes())
        for term, places in positions.items()
    ]
    return items, _exact(words), length


def _texts(document: Document) -> Iterable[tuple[TextField, Iterable[str]]]:
    yield TextField.TITLE, [document.title]
    yield TextField.SUMMARY, [document.summary]
    yield TextField.BODY, [document.body]
    yield TextField.TOPIC, [label.name for label in document.topics]
    yield TextField.AUTHOR, [label.name for label in document.authors]

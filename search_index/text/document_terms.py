"""What all engines index of a document: its terms with positions, titles, labels, times."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from search_index.fields import TextField
from search_index.query import Document, Label
from search_index.text import analysis, stemming

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

FIRST_WORD_MARK = "\x02"
"""Prefix of the first word of a title, in the field `titles`."""

TITLE_MARK = "\x03"
"""Prefix of the term of a complete title, in the same field."""

PLAIN_TITLE_MARK = "\x05"
"""Prefix of the plain words of a title whose title term has others: words with signs."""
TITLE_MARKS = FIRST_WORD_MARK + TITLE_MARK + PLAIN_TITLE_MARK


def to_microseconds(moment: datetime | None) -> int:
    """Convert a time to UTC microseconds since 1970; NO_TIME for None."""
    if moment is None:
        return NO_TIME
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(microseconds=1)


def label_term(label: Label) -> str:
    """Return the term of a topic or author."""
    return f"{label.slug}{LABEL_SEPARATOR}{label.name}"


def image_term(document: Document) -> str:
    """Return the value of the facet IMAGE."""
    return str(document.has_image).lower()


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
        document.has_image,
    )
    stamps = {}
    for comment in document.comments:
        content = repr((shared, comment)).encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(content, digest_size=8).digest()
        stamps[comment.id] = int.from_bytes(digest) >> 1
    return stamps


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


class AnalyzedText(NamedTuple):
    """The terms of some fields: positions and weights by term, folded words, length in words.

    A position is `field << FIELD_BITS | offset`; those of a term ascend. The weight of a term is
    the sum of the boosts of the fields that contain it, once for each position.
    """

    positions: dict[str, array[int]]
    weights: dict[str, float]
    words: set[str]
    length: int


def analyze(
    language: str, texts_by_field: Iterable[tuple[TextField, Iterable[str]]]
) -> AnalyzedText:
    """Return the terms of the texts of a document. O(words).

    Fields are in the order of their numbers, so that positions are ascending.
    """
    analyzer = stemming.analyzer(stemming.language_of(language))
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
            for word, term, offset in analysis.index_terms(text, analyzer):
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
    return AnalyzedText(positions, weights, words, length)


def field_texts(document: Document) -> Iterable[tuple[TextField, Iterable[str]]]:
    """Yield the texts of each field of an article, in the order of the fields' numbers."""
    for field in _FIELDS_BY_NUMBER:
        if field.labels is None:
            yield field, [document.texts.get(field, "")]
        else:
            yield field, [label.name for label in getattr(document, field.labels)]

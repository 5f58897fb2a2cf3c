"""A document as the rows of the indices: one for the article, one for each of its comments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from search_index.engines.opensearch.mapping import (
    FREQUENCY_SCALE,
    HOLE,
    SEPARATOR,
    clean,
    encode_term,
    field_name,
)
from search_index.fields import PLAIN_FIELDS, TextField
from search_index.query import CommentText, Document, Label
from search_index.text import stemming
from search_index.text.document_terms import (
    FIELD_BITS,
    NO_TIME,
    PLAIN_TITLE_MARK,
    TITLE_MARK,
    AnalyzedText,
    analyze,
    comment_stamps,
    field_texts,
    image_term,
    label_term,
    title_words,
    to_microseconds,
)

_OFFSET_MASK = (1 << FIELD_BITS) - 1
_LAST = 2**63 - 1  # behind every time

Row = dict[str, object]


def article_key(id_: int) -> str:
    """Return the key of an article in the indices."""
    return f"a{id_}"


def comment_key(id_: int, comment: int) -> str:
    """Return the key of a comment on an article in the indices."""
    return f"c{id_}-{comment}"


def article_row(document: Document) -> Row:
    """Return the row of an article; O(words). `held` tells its comments, with their stamps."""
    published = to_microseconds(document.published_at)
    titles = [clean(word) for word in title_words(document.texts.get(TextField.TITLE, ""))]
    whole = next((word[1:] for word in titles if word.startswith(TITLE_MARK)), "")
    plain = next((word[1:] for word in titles if word.startswith(PLAIN_TITLE_MARK)), whole)
    return {
        **_shared_fields(document),
        **_terms(analyze(document.language, field_texts(document))),
        **{field.key: clean(document.texts.get(field, "")) for field in PLAIN_FIELDS},
        **_dates(document.published_at),
        "scope": "ARTICLES",
        "comment": 0,
        "number": document.id << 1,
        "stamp": document.stamp,
        "published": published,
        "oldest": published if published != NO_TIME else _LAST,
        "comments": document.comment_count,
        "titles": list(dict.fromkeys(titles)),
        "whole_title": plain,
        "title_length": whole.count(" ") + 1 if whole else 0,
        "held": {str(id_): stamp for id_, stamp in comment_stamps(document).items()},
    }


def comment_row(document: Document, comment: CommentText) -> Row:
    """Return the row of a comment, with the labels and the status of its article."""
    created = to_microseconds(comment.created_at)
    return {
        **_shared_fields(document),
        **_terms(analyze(document.language, [(TextField.BODY, [comment.text])])),
        **_dates(comment.created_at),
        TextField.BODY.key: clean(comment.text),
        "scope": "COMMENTS",
        "comment": comment.id,
        "number": comment.id << 1 | 1,
        "stamp": document.stamp,
        "published": created,
        "oldest": created,
        "comments": 0,
        "title_length": 0,
    }


def _shared_fields(document: Document) -> Row:
    return {
        "id": document.id,
        "status": clean(document.status),
        "language": clean(document.language),
        "stemmed": stemming.language_of(document.language),
        "kind": clean(document.kind),
        "image": image_term(document),
        **_labels("topic", document.topics),
        **_labels("author", document.authors),
    }


def _labels(name: str, labels: Iterable[Label]) -> Row:
    terms = [clean(label_term(label)) for label in labels]
    slugs = [clean(label.slug) for label in labels]
    return {name: list(dict.fromkeys(terms)), f"{name}_slug": list(dict.fromkeys(slugs))}


def _dates(moment: datetime | None) -> Row:
    if moment is None:
        return {}
    return {"year": f"{moment.year:04d}", "month": f"{moment.year:04d}-{moment.month:02d}"}


def _terms(analyzed: AnalyzedText) -> Row:
    fields: dict[int, dict[int, list[str]]] = {}
    for term, positions in analyzed.positions.items():
        encoded = encode_term(term)
        for position in positions:
            offsets = fields.setdefault(position >> FIELD_BITS, {})
            offsets.setdefault(position & _OFFSET_MASK, []).append(encoded)
    return {
        "text": " ".join(
            f"{encode_term(term)}{SEPARATOR}{round(weight * FREQUENCY_SCALE)}"
            for term, weight in analyzed.weights.items()
        ),
        "words": [encode_term(word) for word in analyzed.words],
        "length": analyzed.length,
        **{
            field_name(TextField(number)): positions_text(offsets)
            for number, offsets in fields.items()
        },
    }


def positions_text(terms_by_offset: dict[int, list[str]]) -> str:
    """Return terms at their offsets as a text for the analyzer `positions`."""
    return " ".join(
        SEPARATOR.join(terms_by_offset.get(offset, (HOLE,)))
        for offset in range(max(terms_by_offset, default=-1) + 1)
    )

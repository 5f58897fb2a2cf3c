"""The settings and fields of the indices.

| field | holds |
|---|---|
| `text` | the terms of all text fields, their frequencies weighted by the boosts of the fields |
| `in_title` … | the terms of one text field with positions, for phrases and for `title:word` |
| `words` | the same words unstemmed, for prefixes and for spelling |
| `titles` | the unstemmed words of the title, its first one marked, and the title as one term |
| `status` `language` `kind` `image` `topic` `author` | exact values, for filters and facets |
| `title` … | plain texts, for highlights |

All terms are those of `search_index.text`: the analyzers here only split them. Scores are not
computed from the statistics of the index, which count deleted documents and those of others: a
clause yields the weighted frequency of its terms, and `search_index.engines.opensearch.scoring`
makes a score of it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import assert_never

import Stemmer

from search_index.engines.opensearch.address import Address
from search_index.fields import PLAIN_FIELDS, NumberField, TextField
from search_index.ranking import K1, B
from search_index.text import stemming
from search_index.text.document_terms import NO_TIME

VERSION = 2
"""Incremented with every change after which existing indices would be read wrongly."""

FREQUENCY_SCALE = 2
"""Frequencies are integers: boosts are multiples of a half."""

HOLE = "\x07"
"""A position without a term."""

SEPARATOR = "|"
"""Between the terms at one position, and between a term and its frequency."""

MAX_KEYWORD = 8_000
"""Characters of an exact value; longer ones are not indexed."""

_UNSAFE = re.compile(r"[\s|\x1c-\x1f\ud800-\udfff]")

Json = dict[str, object]


def field_name(field: TextField) -> str:
    """Return the name of the field that holds the terms of a text field with positions."""
    return f"in_{field.key}"


def encode_term(term: str) -> str:
    """Return a term without white space and signs that separate terms."""
    return _UNSAFE.sub("\x06", term)


def clean(text: str) -> str:
    """Return a text as valid Unicode."""
    return text.encode("utf-8", "replace").decode()


def number_bounds(field: NumberField) -> tuple[int, int]:
    """Return the lowest and the highest number that a field may hold; others are refused."""
    match field:
        case NumberField.COMMENTS:
            return -(2**31), 2**31 - 1
        case NumberField.PUBLISHED:
            return NO_TIME + 1, 2**63 - 1
        case NumberField.ID:
            return -(2**63), 2**63 - 1
        case _:
            assert_never(field)


def fingerprint() -> str:
    """Return a hash of everything that determines the content of an index."""
    parts = (
        VERSION,
        Stemmer.version(),
        unicodedata.unidata_version,
        [(field.name, field.value, field.boost) for field in sorted(TextField)],
        sorted(stemming.STEMMERS.items()),
        (K1, B),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def settings(address: Address) -> Json:
    """Return the settings of an index."""
    replicas: Json = (
        {"auto_expand_replicas": "0-1"}
        if address.replicas is None
        else {"number_of_replicas": address.replicas}
    )
    return {
        "number_of_shards": address.shards,
        **replicas,
        "refresh_interval": -1,
        "gc_deletes": "1h",
        "store.stats_refresh_interval": "0ms",
        "max_result_window": 10_100,
        "similarity": {
            "weighted": _frequency(f"query.boost * doc.freq / {FREQUENCY_SCALE}.0"),
            "frequency": _frequency("query.boost * doc.freq"),
        },
        "analysis": {
            "tokenizer": {"spaces": {"type": "whitespace", "max_token_length": 1_000}},
            "filter": {
                "weights": {"type": "delimited_term_freq", "delimiter": SEPARATOR},
                "holes": {"type": "stop", "stopwords": [HOLE]},
                "alternatives": {
                    "type": "pattern_capture",
                    "preserve_original": False,
                    "patterns": ["([^|]+)"],
                },
            },
            "analyzer": {
                "weighted": {"tokenizer": "spaces", "filter": ["weights"]},
                "positions": {"tokenizer": "spaces", "filter": ["holes", "alternatives"]},
            },
        },
    }


def _frequency(source: str) -> Json:
    return {"type": "scripted", "script": {"source": f"return {source};"}}


def mapping() -> Json:
    """Return the fields of an index."""
    keyword = {"type": "keyword", "ignore_above": MAX_KEYWORD}
    long = {"type": "long"}
    positions = {
        "type": "text",
        "analyzer": "positions",
        "similarity": "frequency",
        "norms": False,
    }
    stored = {"type": "text", "index": False}
    return {
        "dynamic": "strict",
        "_meta": {"fingerprint": fingerprint()},
        "properties": {
            "text": {
                "type": "text",
                "analyzer": "weighted",
                "search_analyzer": "positions",
                "similarity": "weighted",
                "index_options": "freqs",
                "norms": False,
            },
            **{field_name(field): positions for field in TextField},
            **{field.key: stored for field in PLAIN_FIELDS},
            **dict.fromkeys(
                (
                    *("words", "titles", "whole_title", "status", "language", "stemmed", "kind"),
                    *("image", "topic", "topic_slug", "author", "author_slug"),
                    *("year", "month", "scope"),
                ),
                keyword,
            ),
            **dict.fromkeys(
                ("id", "comment", "number", "stamp", "published", "oldest", "commit"), long
            ),
            "comments": {"type": "integer"},
            "length": {"type": "integer"},
            "title_length": {"type": "integer"},
            "held": {"type": "object", "enabled": False},
        },
    }

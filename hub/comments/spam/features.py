"""Features of a comment: words, and what its form tells in any language."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np

BUCKETS = 1 << 16
"""Buckets into which features are hashed: the vocabulary is bounded, and holds no word."""

MAX_FEATURES = 300
"""Maximum number of features of a comment, those of its form first."""

MAX_PROSE = 2_500
"""Characters whose words are looked at; links count wherever they are."""

MAX_SHINGLES = 400
"""Pairs of words of a fingerprint, at most."""

MAX_DISTANCE = 12
"""Differing bits of 64 up to which two fingerprints are those of near duplicates."""

# Texts are strangers': nothing follows a repetition without end, which would be tried from each
# place of a long text.
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([^/\s:?#]+)", re.IGNORECASE)
_MARKUP = re.compile(r"\[(?:url|link)\b|<a\s[^<>]{0,200}href", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]+")
_PHONE = re.compile(r"\+\d[\d\s().-]{7,30}\d")
_MESSENGER = re.compile(r"whats\s?app|telegram|телеграм|ватсап|t\.me/|wa\.me/|(?<!\w)@\w{4,}", re.I)
_MONEY = re.compile(
    r"[$€£]\s?\d[\d.,]*|\d[\d.,]{0,20}\s?(?:[$€£]|(?:usd|eur|gbp|dollars?|euros?)\b)", re.I
)
_DIGIT_AFTER_LETTER = re.compile(r"[^\W\d][_.]?\d")
_PERCENT = re.compile(r"\d\s?%")
_WORD = re.compile(r"\w+")
_SHOUT = re.compile(r"!{2,}|>{2,}")


class Submission:
    """A comment that is submitted: name, address, text, and the language of its article."""

    def __init__(
        self, author_name: str, author_email: str | None, body: str, language: str = ""
    ) -> None:
        self.author_name = author_name
        self.author_email = author_email or ""
        self.body = body
        self.language = language

    @cached_property
    def links(self) -> list[str]:
        """The addresses in the text."""
        return _LINK.findall(self.body)

    @cached_property
    def hosts(self) -> list[str]:
        """The hosts of these addresses, in lower case."""
        matches = map(_HOST.match, self.links)
        return [match[1].lower() for match in matches if match]

    @cached_property
    def prose(self) -> str:
        """The beginning of the text without addresses, in lower case."""
        return _LINK.sub(" ", self.body[:MAX_PROSE]).lower()

    @cached_property
    def words(self) -> list[str]:
        """The words of the text, in lower case, without addresses."""
        return _WORD.findall(self.prose)

    @cached_property
    def has_markup(self) -> bool:
        """True if there are tags of links, which the form does not take."""
        return bool(_MARKUP.search(self.body))

    @cached_property
    def contacts(self) -> list[str]:
        """Ways to reach somebody outside: addresses, telephone numbers, messengers."""
        return [
            match[0].strip()
            for pattern in (_MAIL, _PHONE, _MESSENGER)
            if (match := pattern.search(self.prose))
        ]

    @cached_property
    def amounts(self) -> list[str]:
        """Amounts of money."""
        return _MONEY.findall(self.body[:MAX_PROSE])

    @cached_property
    def has_shouts(self) -> bool:
        """True if there are signs such as `!!` and `>>>`."""
        return bool(_SHOUT.search(self.body))

    @cached_property
    def is_odd_name(self) -> bool:
        """True if the name is an address, has digits after letters or more than four words."""
        name = self.author_name
        return bool(_LINK.search(name) or _DIGIT_AFTER_LETTER.search(name)) or (
            len(name.split()) > 4
        )

    @cached_property
    def script(self) -> str:
        """The script of most letters, as in LATIN, CYRILLIC, HIRAGANA; "" without letters."""
        counts: dict[str, int] = {}
        for char in self.prose[:400]:
            if char.isalpha():
                name = unicodedata.name(char, "").partition(" ")[0]
                counts[name] = counts.get(name, 0) + 1
        return max(counts, key=lambda name: counts[name], default="")


def extract_features(comment: Submission) -> list[str]:
    """Return the features of a comment, each once: those of its form begin with `~`."""
    features = dict[str, None]()
    for feature in _features(comment):
        features[feature] = None
        if len(features) == MAX_FEATURES:
            break
    return list(features)


def bucket_of(feature: str) -> int:
    """Return the bucket of a feature, the same in every process."""
    return zlib.crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS


def _features(comment: Submission) -> Iterator[str]:
    words = comment.words
    yield f"~links {min(len(comment.links), 3)}"
    yield f"~words {len(words).bit_length()}"
    yield f"~script {comment.script}"
    for name, value in (
        ("markup", comment.has_markup),
        ("contacts", bool(comment.contacts)),
        ("money", bool(comment.amounts)),
        ("percent", bool(_PERCENT.search(comment.body))),
        ("shout", comment.has_shouts),
        ("odd name", comment.is_odd_name),
        (
            "link at the end",
            bool(comment.links) and comment.body.rstrip().endswith(comment.links[-1]),
        ),
    ):
        yield f"~{name} {value}"
    for host in comment.hosts:
        yield f"~host {host}"
        yield f"~domain {host.rpartition('.')[2]}"
    yield f"~mail {comment.author_email.rpartition('@')[2].lower()}"
    for word in _WORD.findall(comment.author_name.lower()):
        yield f"~name {word}"
    for word in words:
        yield word
    for first, second in pairwise(words):
        yield f"{first} {second}"


def compute_fingerprint(text: str) -> int:
    """Return a signed 64-bit SimHash of a text; those of similar texts differ in few bits.

    Digits and addresses do not count. See Charikar, "Similarity Estimation Techniques from Rounding
    Algorithms", 2002.
    """
    plain = _LINK.sub(" link ", text[:MAX_PROSE]).lower()
    words = [word for word in _WORD.findall(plain) if not word.isdigit()][: MAX_SHINGLES + 1]
    hashes = np.array([_hash(shingle) for shingle in set(_shingles(words))], np.uint64)
    bits = np.unpackbits(hashes.view(np.uint8).reshape(-1, 8), axis=1)
    majority = bits.sum(axis=0, dtype=np.int64) * 2 > len(hashes)
    return int(np.packbits(majority).view(np.int64)[0])


def _hash(shingle: str) -> int:
    digest = hashlib.blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def _shingles(words: list[str]) -> Iterable[str]:
    if len(words) < 3:
        return [" ".join(words)]
    return (" ".join(words[at : at + 2]) for at in range(len(words) - 1))


def is_near(fingerprint: int, other: int) -> bool:
    """Return whether two fingerprints are those of near duplicates."""
    return ((fingerprint ^ other) & 0xFFFFFFFFFFFFFFFF).bit_count() <= MAX_DISTANCE

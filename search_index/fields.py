"""Fields of documents: texts, declared only here, and numbers that filters compare."""

from __future__ import annotations

from dataclasses import dataclass
from enum import CONTINUOUS, UNIQUE, Enum, IntEnum, verify
from typing import NamedTuple


class TextFieldSpec(NamedTuple):
    """The properties of a text field.

    `number` (0 to 31) is encoded in the positions of terms: never change or reuse it. `boost` is
    the weight of a word in this field, relative to 1 in a body. `prefix` restricts a word of a
    query to this field, as in `title:word`. `labels` names the attribute of a Document with the
    labels whose names are the field's text; without it, the field is a plain text, which is stored
    in the index and highlighted.
    """

    number: int
    boost: float
    prefix: str | None = None
    labels: str | None = None


@verify(UNIQUE, CONTINUOUS)
class TextField(IntEnum):
    """The text fields of a document, in the order of its highlights.

    To add a plain text, add a line: it is read from the attribute of that name of an article row,
    indexed, searched, highlighted and explained. Existing indexes are then rebuilt.
    """

    boost: float
    prefix: str | None
    labels: str | None
    key: str
    """The field's name in highlights, in stored texts, and in rows of articles."""

    TITLE = TextFieldSpec(0, boost=3.0, prefix="title")
    SUBTITLE = TextFieldSpec(5, boost=1.5)
    SUMMARY = TextFieldSpec(1, boost=1.5)
    BODY = TextFieldSpec(2, boost=1.0)
    TOPIC = TextFieldSpec(3, boost=2.0, prefix="topic", labels="topics")
    AUTHOR = TextFieldSpec(4, boost=2.0, prefix="author", labels="authors")

    def __new__(
        cls, number: int, boost: float, prefix: str | None = None, labels: str | None = None
    ) -> TextField:
        """Create the member with the value `number`."""
        member = int.__new__(cls, number)
        member._value_ = number
        member.boost = boost
        member.prefix = prefix
        member.labels = labels
        return member

    def __init__(self, *_: object) -> None:
        self.key = self.name.lower()


PLAIN_FIELDS = tuple(field for field in TextField if field.labels is None)
"""The fields that are plain text: stored and highlighted."""


class NumberField(Enum):
    """Numbers of a document: the id, the publication in UTC microseconds since 1970, comments.

    A document that was never published has no time of publication.
    """

    ID = "id"
    PUBLISHED = "published"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class NumberRange:
    """True for documents whose number is from `low` to `high`; if `negated`, for all others.

    Both ends belong to it; None is no bound.
    """

    field: NumberField
    low: int | None = None
    high: int | None = None
    negated: bool = False


class Extremes(NamedTuple):
    """The lowest and the highest number of the hits of a search."""

    field: NumberField
    low: int
    high: int

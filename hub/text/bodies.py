"""Bodies of articles and comments as they come in: a text and its markup language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Markup(str, Enum):
    """The markup language of a body."""

    HTML = "HTML"
    MARKDOWN = "MARKDOWN"
    TEXT = "TEXT"


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an article or comment as received; TEXT separates paragraphs by empty lines."""

    content: str
    markup: Markup = Markup.HTML

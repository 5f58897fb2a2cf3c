"""The text of a comment."""

from __future__ import annotations

from hub.errors import Invalid
from hub.text import validation


def validate_body(body: str) -> str:
    """Validate the plain text of a comment. Raises Invalid: it is blank or too long."""
    words = validation.text(body, "body", validation.MAX_COMMENT)
    if validation.is_blank(words):
        raise Invalid("body", "must not be empty")
    return words

"""Numbers of things in messages."""

from __future__ import annotations


def count_of(number: int, noun: str, plural: str = "") -> str:
    """Format a number of things, as in "1 comment" or "1,204 comments"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"

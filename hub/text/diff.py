"""Differences of two texts word by word, in a time that is bounded whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import NamedTuple

MAX_COMPARISONS = 250_000
"""The most pairs of parts that are compared at once; larger texts differ in coarser parts."""

_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+")
_SENTENCE = re.compile(r"[^.!?]*[.!?]+\s*|[^.!?]+")
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Change(Enum):
    """The kind of a segment: in both texts, in the old one only, in the new one only."""

    SAME = "SAME"
    REMOVED = "REMOVED"
    ADDED = "ADDED"


class Segment(NamedTuple):
    """A part of the texts, and in which of them it is."""

    change: Change
    text: str


def compare(old: str, new: str) -> list[Segment]:
    """Return the segments of both texts in order, changes as small as words.

    The texts without the segments of the other are the texts themselves. Paragraphs are compared
    first, then sentences and words of those that differ; parts of which there are too many to
    compare are replaced as a whole.
    """
    return _join(_compare(old, new, (_PARAGRAPH, _SENTENCE, _WORD)))


def _compare(old: str, new: str, levels: Sequence[re.Pattern[str]]) -> Iterator[Segment]:
    if old == new or not old or not new or not levels:
        if old == new:
            yield Segment(Change.SAME, old)
        else:
            yield Segment(Change.REMOVED, old)
            yield Segment(Change.ADDED, new)
        return
    before, after = levels[0].findall(old), levels[0].findall(new)
    start = _count(before, after)
    end = _count(before[start:][::-1], after[start:][::-1])
    yield Segment(Change.SAME, "".join(before[:start]))
    yield from _align(
        before[start : len(before) - end], after[start : len(after) - end], levels[1:]
    )
    yield Segment(Change.SAME, "".join(before[len(before) - end :]))


def _align(
    before: list[str], after: list[str], levels: Sequence[re.Pattern[str]]
) -> Iterator[Segment]:
    """Yield the segments of two lists of parts; parts that differ are compared more finely."""
    if len(before) * len(after) > MAX_COMPARISONS:
        yield from _compare("".join(before), "".join(after), levels)
        return
    for tag, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        old, new = "".join(before[i:j]), "".join(after[k:m])
        if tag == "equal":
            yield Segment(Change.SAME, old)
        else:
            yield from _compare(old, new, levels)


def _count(before: Sequence[str], after: Sequence[str]) -> int:
    """Return the number of parts at the beginning that are the same in both."""
    for number, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return number
    return min(len(before), len(after))


def _join(segments: Iterator[Segment]) -> list[Segment]:
    """Join segments of one kind that follow each other, and leave out empty ones.

    Between two texts in common, what was removed comes before what was added.
    """
    joined: list[Segment] = []
    removed, added = list[str](), list[str]()

    def flush() -> None:
        for change, parts in ((Change.REMOVED, removed), (Change.ADDED, added)):
            if text := "".join(parts):
                joined.append(Segment(change, text))
            parts.clear()

    texts: dict[Change, Callable[[str], None]] = {
        Change.REMOVED: removed.append,
        Change.ADDED: added.append,
    }
    same = list[str]()
    for segment in segments:
        if not segment.text:
            continue
        if segment.change is Change.SAME:
            flush()
            same.append(segment.text)
            continue
        if same:
            joined.append(Segment(Change.SAME, "".join(same)))
            same.clear()
        texts[segment.change](segment.text)
    flush()
    if same:
        joined.append(Segment(Change.SAME, "".join(same)))
    return joined

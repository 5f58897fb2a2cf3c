"""Deltas: a text as its differences from an older one, so that versions cost what changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TypeAlias

Delta: TypeAlias = list[list[int] | str]
"""The parts of a text in order: `[start, end]` of the older text, or characters of its own."""

MIN_COPY = 16
"""Characters from which a part of the older text is referred to; shorter ones are repeated."""

_PIECE = re.compile(r"[^.>,\n]*[.>,\n]+ ?|[^.>,\n]+$")
"""Pieces of a text that are compared: sentences, tags and items of lists."""


def encode(old: str, new: str) -> Delta:
    """Return the delta from `old` to `new`. Time grows linearly with both."""
    start = _common_length(len(old), len(new), lambda n: old.startswith(new[:n]))
    rest = min(len(old), len(new)) - start
    end = _common_length(rest, rest, lambda n: old.endswith(new[len(new) - n :]))
    middle = _match(old[start : len(old) - end], new[start : len(new) - end], start)
    return _merge([[0, start], *middle, [len(old) - end, len(old)]], old)


def apply(old: str, delta: Sequence[Sequence[int] | str]) -> str:
    """Return the text of which `delta` is the difference from `old`."""
    return "".join(part if isinstance(part, str) else old[part[0] : part[1]] for part in delta)


def _common_length(first: int, second: int, is_common: Callable[[int], bool]) -> int:
    """Return the largest number up to both at which `is_common` holds, by bisection."""
    low, high = 0, min(first, second)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_common(middle) else (low, middle - 1)
    return low


def _match(old: str, new: str, offset: int) -> Delta:
    """Return `new` in pieces of `old`, which begins at `offset`, and characters of its own."""
    pieces = _PIECE.findall(old)
    ends = list(accumulate(map(len, pieces), initial=offset))  # of a piece, the start of the next
    first = dict(zip(reversed(pieces), range(len(pieces) - 1, -1, -1), strict=True))
    pieces.append("")  # equals no piece
    delta: Delta = []
    following = 0  # the piece of `old` after the last one that was copied
    for piece in _PIECE.findall(new):
        number = following if pieces[following] == piece else first.get(piece, -1)
        if number < 0:
            delta.append(piece)
        elif number == following and delta and isinstance(delta[-1], list):
            following += 1
            delta[-1][1] = ends[following]
        else:
            following = number + 1
            delta.append([ends[number], ends[following]])
    return delta


def _merge(parts: Delta, old: str) -> Delta:
    """Join adjacent parts, and repeat copies that are shorter than a reference to them."""
    merged: Delta = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, list) and isinstance(last, list) and last[1] == part[0]:
            last[1] = part[1]
        else:
            merged.append(list(part) if isinstance(part, list) else part)
    joined: Delta = []
    for part in merged:
        text = old[part[0] : part[1]] if isinstance(part, list) else part
        if isinstance(part, list) and len(text) >= MIN_COPY:
            joined.append(part)
        elif text and joined and isinstance(joined[-1], str):
            joined[-1] += text
        elif text:
            joined.append(text)
    return joined

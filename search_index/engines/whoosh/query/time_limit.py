"""How long a search may take: looked at between its steps, each of which takes milliseconds."""

from __future__ import annotations

import math
from time import perf_counter


class Deadline:
    """The end of the time of one search, from now on; without `seconds` it never comes."""

    __slots__ = ("_end", "cut")

    def __init__(self, seconds: float = math.inf) -> None:
        self._end = perf_counter() + seconds
        self.cut = False
        """Whether anything has been left out because time had run out."""

    def passed(self) -> bool:
        """Whether time has run out; who asks leaves something out if so."""
        if perf_counter() >= self._end:
            self.cut = True
            return True
        return False

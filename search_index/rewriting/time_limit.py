"""Time limit of a search, checked between its steps, which take milliseconds each."""

from __future__ import annotations

import math
from time import perf_counter


class TimeLimit:
    """Time limit of one search, starting now; without `seconds` there is no limit."""

    __slots__ = ("_end", "timed_out")

    def __init__(self, seconds: float = math.inf) -> None:
        self._end = perf_counter() + seconds
        self.timed_out = False
        """Whether any step was skipped because the limit was exceeded."""

    def exceeded(self) -> bool:
        """Return whether the limit is exceeded; the caller then has to skip its step."""
        if perf_counter() >= self._end:
            self.timed_out = True
            return True
        return False

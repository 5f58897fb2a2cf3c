"""Cache of bounded size that evicts the least recently used entries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LRUCache(Generic[K, V]):
    """Cache of entries up to a total weight; the least recently used are evicted. Thread-safe."""

    def __init__(self, max_weight: int, weigh: Callable[[K, V], int] | None = None) -> None:
        """`weigh` returns the weight of an entry, which must not change; by default, it is 1."""
        self._free_weight = max_weight
        self._weigh = weigh or _weigh_equally
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return a cached value, and mark it as recently used; None if it is not cached."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        """Cache a value, which must not be None, as the most recently used."""
        with self._lock:
            if key in self._values:
                self._free_weight += self._weigh(key, self._values.pop(key))
            self._values[key] = value
            self._free_weight -= self._weigh(key, value)
            while self._free_weight < 0:
                self._free_weight += self._weigh(*self._values.popitem(last=False))

    def items(self) -> list[tuple[K, V]]:
        """Return a copy of the entries, the least recently used first; marks none as used."""
        with self._lock:
            return list(self._values.items())

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._values


def _weigh_equally(_key: object, _value: object) -> int:
    return 1

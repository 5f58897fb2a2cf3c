"""Slots that the clients of a process share: websockets, subscriptions."""

from __future__ import annotations

from collections import Counter

MIN_SHARE = 5
"""Slots that a client may hold in any case, as far as there are so many."""


class ClientPool:
    """At most `size` slots at once, of which one client holds a tenth: nobody uses up all of them.

    Clients are the keys of rate limits: a token, or else an address.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._share = max(MIN_SHARE, size // 10)
        self._slots: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._slots.total()

    def acquire(self, client: str) -> bool:
        """Take a slot for a client; return False if there is none, or its share is used up."""
        if len(self) >= self._size or self._slots[client] >= self._share:
            return False
        self._slots[client] += 1
        return True

    def release(self, client: str) -> None:
        """Give a slot back."""
        self._slots[client] -= 1
        if not self._slots[client]:
            del self._slots[client]  # the addresses of clients that are gone

    def transfer(self, client: str, successor: str) -> bool:
        """Hand a slot over; return False if the successor's share is used up."""
        if client != successor:
            if self._slots[successor] >= self._share:
                return False
            self.release(client)
            self._slots[successor] += 1
        return True

"""The budget of a request: the cost and the bytes that its response may still take.

The cost of a document is computed before it is executed (`schema.execution.cost`). What depends on
the length of texts is charged here, when they have been read and before they are rendered.
"""

from __future__ import annotations

from typing import Any

import orjson

CHARACTERS_OF_UNIT = 4_000
"""Characters whose reading, or serialising and compressing, costs as much as an object."""


class BudgetExceeded(Exception):
    """A response that would take more than is allowed; `code` is its stable code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Budget:
    """The budget of one request, or of a list of them.

    `cost` is the cost so far. Once it is exceeded, `error` is set and each charge raises.
    """

    __slots__ = ("_bytes", "_max_bytes", "_sent", "cost", "error", "limit")

    def __init__(self, limit: int, max_bytes: int) -> None:
        self.limit = limit
        self.cost = 0
        self.error: BudgetExceeded | None = None
        self._max_bytes = max_bytes
        self._bytes = self._sent = 0

    def reset(self) -> None:
        """Begin anew, for the next response of a stream."""
        self.cost, self.error, self._bytes, self._sent = 0, None, 0, 0

    def charge_work(self, cost: int) -> None:
        """Add to the cost. Raises BudgetExceeded."""
        self.cost += cost
        if self.cost > self.limit and self.error is None:
            self.error = BudgetExceeded(
                "QUERY_TOO_EXPENSIVE",
                f"The texts of this query are too long: it costs more than {self.limit}. Ask for"
                " smaller pages.",
            )
        self._check()

    def charge_texts(self, size: int) -> None:
        """Add the characters of long texts, which the response will hold. Raises BudgetExceeded."""
        self._bytes += size
        self._check_bytes()
        self.charge_work(size // CHARACTERS_OF_UNIT)

    def charge_data(self, data: Any) -> None:
        """Count the characters of a result, before it is serialised. Raises BudgetExceeded."""
        self._bytes, level = 0, [data]
        while level:
            below = list[Any]()
            for value in level:
                for item in value.values() if isinstance(value, dict) else value:
                    if item.__class__ is str:
                        self._bytes += len(item)
                    elif item.__class__ is dict or item.__class__ is list:
                        below.append(item)
            self._check_bytes()
            level = below

    def charge_response(self, size: int) -> None:
        """Count the bytes of a complete response. Raises BudgetExceeded."""
        self._bytes = size
        self._check_bytes()
        self._sent, self._bytes = self._sent + size, 0

    def serialize(self, response: dict[str, Any], *, measures: bool) -> bytes:
        """Serialize a response; `measures` charges its texts before. Raises BudgetExceeded."""
        self._check()
        if measures:
            self.charge_data(response)
        body = orjson.dumps(response)
        self.charge_response(len(body))
        return body

    def _check_bytes(self) -> None:
        if self._sent + self._bytes > self._max_bytes and self.error is None:
            self.error = BudgetExceeded(
                "RESPONSE_TOO_LARGE",
                f"The response would have more than {self._max_bytes} bytes. Ask for smaller"
                " pages.",
            )
        self._check()

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

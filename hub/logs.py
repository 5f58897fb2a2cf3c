"""The log: lines of text for people, or an object a line for machines."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Literal

from typing_extensions import override

_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record as a JSON object on one line: when, how grave, where, what, and its extra fields.

    An exception is told whole under `exception`; nothing of who asked is in any line.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def set_up(form: Literal["text", "json"]) -> None:
    """Let all loggers write to the standard error in this form, as a server process does."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter(_TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("tortoise").setLevel(logging.WARNING)  # it tells of each connection
    logging.getLogger("httpx").setLevel(logging.WARNING)  # of each address, which may hold a secret

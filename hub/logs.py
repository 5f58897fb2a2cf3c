"""The log: lines of text for people, or an object a line for machines."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Literal

from typing_extensions import override

_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


_DETAIL = re.compile(r"\nDETAIL: .*?(?=\n\n|\nHINT: |\Z)", re.DOTALL)
"""What PostgreSQL adds to an error: the values of the row that it refuses."""

_PERSONAL = (
    (re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), "[e-mail]"),
    (re.compile(r"\bhub_[\w-]{40,}"), "[token]"),
    (re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"), "[address]"),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F:]{1,4}(?![\w:])"), "[address]"),
)


class JsonFormatter(logging.Formatter):
    """A record as a JSON object on one line: when, how grave, where, what, and its extra fields.

    An exception is told whole under `exception`, but for what is personal.
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
        return without_persons(json.dumps(told, ensure_ascii=False, default=str))

    @override
    def formatException(self, ei: Any) -> str:
        return _DETAIL.sub("", super().formatException(ei))


class TextFormatter(logging.Formatter):
    """A record as a line for people, its exception below it; nothing personal in either."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    @override
    def format(self, record: logging.LogRecord) -> str:
        return without_persons(super().format(record))

    @override
    def formatException(self, ei: Any) -> str:
        return _DETAIL.sub("", super().formatException(ei))


def without_persons(text: str) -> str:
    """A text in which no e-mail address, address of a machine or token of the hub can be read.

    Nothing of the hub writes such into the log; what a library says of its own trouble may.
    """
    for pattern, word in _PERSONAL:
        text = pattern.sub(word, text)
    return text


def set_up(form: Literal["text", "json"]) -> None:
    """Let all loggers write to the standard error in this form, as a server process does."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # which writes in its own form
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("tortoise").setLevel(logging.WARNING)  # it tells of each connection
    logging.getLogger("httpx").setLevel(logging.WARNING)  # of each address, which may hold a secret

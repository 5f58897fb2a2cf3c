"""Logging: lines of text, or one JSON object per line; personal data is redacted.

Control characters are escaped, as on terminals: a line may hold words of readers.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Literal

from typing_extensions import override

_COMMANDS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed: ESC and CSI move and colour
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # change the order in which text is shown
    "\u2028\u2029\ud800-\udfff]"  # end lines; cannot be encoded
)


def escape(text: str) -> str:
    r"""Replace each character that controls a terminal by its escape sequence, as in `\u001b`.

    JSON keeps its meaning.
    """
    return _COMMANDS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


_DETAIL = re.compile(r"\nDETAIL: .*?(?=\n\n|\nHINT: |\Z)", re.DOTALL)
"""The detail that PostgreSQL adds to an error: the values of the rejected row."""

_PERSONAL = (
    (re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), "[e-mail]"),
    (re.compile(r"\bhub_[\w-]{40,}"), "[token]"),
    (re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"), "[address]"),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F:]{1,4}(?![\w:])"), "[address]"),
)


class LimitedLog:
    """Warnings of one kind: a line a second at most, which tells how many were left out."""

    def __init__(self, log: logging.Logger, seconds: float = 1.0) -> None:
        self._log = log
        self._seconds = seconds
        self._next_at = 0.0
        self._omitted = 0

    def warning(self, message: str, *args: object) -> None:
        """Write a line, unless there was one within the last second."""
        moment = monotonic()
        if moment < self._next_at:
            self._omitted += 1
            return
        self._next_at = moment + self._seconds
        omitted, self._omitted = self._omitted, 0
        more = f" ({omitted} more since the last line)" if omitted else ""
        self._log.warning(message + more, *args)


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON on one line: time, level, logger, message and extra fields.

    `exception` is the traceback. Personal data is redacted.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return escape(redact(json.dumps(entry, ensure_ascii=False, default=str)))

    @override
    def formatException(self, ei: Any) -> str:
        return _DETAIL.sub("", super().formatException(ei))


class TextFormatter(logging.Formatter):
    """Formats a record as a line of text, followed by its traceback; personal data is redacted."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    @override
    def format(self, record: logging.LogRecord) -> str:
        return escape(redact(super().format(record)))

    @override
    def formatException(self, ei: Any) -> str:
        return _DETAIL.sub("", super().formatException(ei))


def redact(text: str) -> str:
    """Replace e-mail addresses, IP addresses and the hub's tokens in a text.

    The hub itself logs none of these; error messages of libraries may contain them.
    """
    for pattern, word in _PERSONAL:
        text = pattern.sub(word, text)
    return text


def configure(form: Literal["text", "json"]) -> None:
    """Let all loggers write to standard error in this format, as a server process does."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # has handlers of its own
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("tortoise").setLevel(logging.WARNING)  # INFO: every connection
    logging.getLogger("httpx").setLevel(logging.WARNING)  # INFO: urls, which may contain secrets

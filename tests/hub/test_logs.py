"""hub.logs: everything is logged except personal data."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time

import pytest

from hub.logs import JsonFormatter, LimitedLog, TextFormatter, redact


class Refused(Exception):
    """An error like that of PostgreSQL's driver, with the values of the row."""


def record(message: str, *args: object, error: Exception | None = None) -> logging.LogRecord:
    info = None
    if error is not None:
        try:
            raise error
        except Exception:
            info = sys.exc_info()
    return logging.LogRecord("hub", logging.ERROR, "here.py", 1, message, args, info)


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_an_exception_is_told_whole_but_for_what_is_personal(formatter: logging.Formatter) -> None:
    error = Refused(
        'null value in column "body" of relation "comment"\n'
        "DETAIL:  Failing row contains (7, Rita Real, rita@private.test, Between\nus).\n"
        "HINT:  Give it one."
    )
    line = formatter.format(
        record(
            "It broke for %s at %s with %s",
            "rita+1@private.test",
            "192.0.2.77",
            "hub_" + "x" * 43,
            error=error,
        )
    )
    for private in ("rita", "Rita", "Between", "192.0.2.77", "xxxx"):
        assert private not in line
    for expected in (
        "It broke",
        "null value",
        "test_logs.py",
        "HINT",
        "[e-mail]",
        "[address]",
        "[token]",
    ):
        assert expected in line
    if isinstance(formatter, JsonFormatter):
        assert json.loads(line)["level"] == "ERROR"


def test_what_is_not_personal_stays() -> None:
    for text in (
        "took 1.5 s, version 1.10.0, at 2026-03-01T09:30:00.123456+00:00",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "hub_loader_statements_total, request 60851be9ed16e024, @strawberry.type",
    ):
        assert redact(text) == text
    for text in ("2001:db8:0:0:8a2e:370:7334", "from 2001:db8:85a3:0:0:8a2e:370:7334 it came"):
        assert "2001" not in redact(text)


def test_the_server_writes_in_the_same_form() -> None:
    code = """
import logging, uvicorn
from hub import logs
uvicorn.Config("x", log_level="warning").configure_logging()
logs.configure("json")
logging.getLogger("uvicorn.error").error("trouble of %s", "rita@private.test")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr)["message"] == "trouble of [e-mail]"


def test_a_limited_log_writes_a_line_a_second(caplog: pytest.LogCaptureFixture) -> None:
    log = LimitedLog(logging.getLogger("hub.test"), seconds=0.2)
    for number in range(50):
        log.warning("number %d", number)
    time.sleep(0.25)
    log.warning("number %d", 50)
    assert caplog.messages == ["number 0", "number 50 (49 more since the last line)"]

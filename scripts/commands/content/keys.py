"""Single keys as answers, at a terminal or from standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click


def key_reader() -> Callable[[], str]:
    """Return what reads the next key; nothing once there is none, or the reader has had enough."""
    return _read_terminal if sys.stdin.isatty() else _read_input


def _read_terminal() -> str:
    """Return the key that is pressed at the terminal; nothing for Ctrl-C and Ctrl-D."""
    try:
        return click.getchar()
    except (KeyboardInterrupt, EOFError):
        return ""


def _read_input() -> str:
    """Return the next character of standard input but line ends; nothing at its end."""
    while (key := sys.stdin.read(1)) in ("\n", "\r"):
        pass
    return key

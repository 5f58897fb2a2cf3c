"""Texts of readers and sources for terminals and log files, where characters can be commands."""

from __future__ import annotations

import re

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

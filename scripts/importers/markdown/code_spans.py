"""Code in Markdown, which is protected while the text around it is converted."""

from __future__ import annotations

import re
from collections.abc import Callable

PATTERN = re.compile(
    r"^(?P<fence>[ \t]*+(?:`{3,}+|~{3,}+))[^\n]*+\n.*?(?:^(?P=fence)[`~]*+[ \t]*+$|\Z)"
    r"|(?<!`)(?P<tick>`++)[^\n]*?(?<!`)(?P=tick)(?!`)",
    re.DOTALL | re.MULTILINE,
)
"""A fenced block, or code in running text."""
_MARK = re.compile(r"\x02(\d+)\x03")


class ProtectedCode:
    """Pieces of a text that are replaced by marks until `restore`."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def add(self, piece: str) -> str:
        """Return the mark that stands for a piece."""
        self._pieces.append(piece)
        return f"\x02{len(self._pieces) - 1}\x03"

    def protect(self, text: str) -> str:
        """Replace all code of a text by marks."""
        return PATTERN.sub(lambda match: self.add(match[0]), text)

    def restore(self, text: str) -> str:
        """Put the pieces back, also those within others."""
        while "\x02" in text:
            text = _MARK.sub(lambda match: self._pieces[int(match[1])], text)
        return text


def remove_marks(text: str) -> str:
    """Return a text without characters that would pass for marks."""
    return text.replace("\x02", "").replace("\x03", "")


def convert_prose(text: str, convert: Callable[[str], str]) -> str:
    """Convert the text around code, piece by piece."""
    output: list[str] = []
    at = 0
    for code in PATTERN.finditer(text):
        output += [convert(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*output, convert(text[at:])])


def sub_closed(
    pattern: re.Pattern[str],
    end: re.Pattern[str],
    replace: Callable[[re.Match[str]], str],
    text: str,
) -> str:
    """Replace the sections that `pattern` finds, each up to an `end`, in linear time.

    After the last `end` nothing is searched: each unclosed section would be read to the end of the
    text.
    """
    last = max((match.end() for match in end.finditer(text)), default=0)
    return pattern.sub(replace, text[:last]) + text[last:] if last else text

"""Tags of HTML as a browser would read them, and a bound to how deep they nest.

A tree is built in time that grows with depth × tags, so whoever nests tags a hundred thousand
deep can stop a server. `Nesting` lets through only so many; it never takes a tag for closed
that the parser after it holds open (https://html.spec.whatwg.org/multipage/parsing.html).
"""

from __future__ import annotations

import re

MAX_OPEN = 64
MAX_FORMATTING = 8

SPACE = r"\t\n\f\r "
# Attributes up to the end of a tag: a ">" within quotes does not end it.
_VALUE = rf"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^{SPACE}>"'][^{SPACE}>]*+)"""
_NAMED = rf"[^{SPACE}/>][^{SPACE}/>=]*+"
ATTRIBUTES = rf"(?:[{SPACE}/]++|{_NAMED}(?:[{SPACE}]*+=[{SPACE}]*+{_VALUE}?+)?+)*+"
# Elements that go with all that is in them: none of it is text for readers.
RAW = (
    "script|style|iframe|video|audio|textarea|title|template|object|applet|canvas|svg|math|"
    "noembed|noframes|xmp|select|button"
)

TOKEN = re.compile(
    rf"""<!--(?:>|->|.*?(?:--!?>|\Z))
    |<[!?][^>]*(?:>|\Z)
    |<(?P<raw>{RAW})(?=[{SPACE}/>])(?P<given>{ATTRIBUTES})(?:\Z|>.*?(?:</(?P=raw)[^>]*(?:>|\Z)|\Z))
    |<(?P<end>/?)(?P<name>[a-z][^{SPACE}/>]*+)(?P<attributes>{ATTRIBUTES})(?:>|\Z)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""A comment, a declaration, a `raw` element with its content, or a tag; takes linear time."""

_LEAVES = frozenset({"br", "col", "hr", "img", "wbr"})
# These end by themselves when the next of their kind begins; they nest only within others.
_SELF_ENDING = frozenset(
    {"colgroup", "caption", "dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
_FORMATTING = frozenset({"a", "b", "code", "em", "i", "s", "small", "strong", "u"})
_INLINE = frozenset(
    {
        "abbr",
        "bdi",
        "bdo",
        "cite",
        "del",
        "dfn",
        "ins",
        "kbd",
        "mark",
        "q",
        "samp",
        "sub",
        "sup",
        "time",
        "var",
    }
)
_SCOPE = "table"


class Nesting:
    """What is open where the reading has got to, never less than the parser has open."""

    def __init__(self) -> None:
        self._open: list[str] = []
        # Formatting goes on after the block around it has ended, up to the end of a table.
        self._formatting: list[list[str]] = [[]]

    def takes(self, name: str, *, closing: bool) -> bool:
        """Whether the tag may stay; a beginning that is one too deep may not."""
        if name in _LEAVES or name in _SELF_ENDING:
            return True
        if name in _FORMATTING:
            return self._format(name, closing=closing)
        if closing:
            self._close(name)
            return True
        if len(self._open) >= MAX_OPEN:
            return False
        self._open.append(name)
        if name == _SCOPE:
            self._formatting.append([])
        return True

    def _format(self, name: str, *, closing: bool) -> bool:
        here = self._formatting[-1]
        if closing or name == "a":  # a link ends the one before it
            if name in here:
                here.remove(name)
            if closing:
                return True
        if sum(map(len, self._formatting)) >= MAX_FORMATTING:
            return False
        here.append(name)
        return True

    def _close(self, name: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            candidate = self._open[at]
            if candidate == name:
                del self._open[at:]
                if name == _SCOPE:
                    self._formatting.pop()
                return
            # No end tag reaches out of a table, and that of an inline tag out of no block.
            if candidate == _SCOPE or (name in _INLINE and candidate not in _INLINE):
                return

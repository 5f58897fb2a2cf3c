"""A tokenizer for HTML tags as browsers parse them, and a limit of their nesting depth.

Parsing takes time proportional to depth × tags, so a hundred thousand nested tags could block a
server. `Nesting` limits the depth; it never considers a tag closed that the parser after it still
has open (https://html.spec.whatwg.org/multipage/parsing.html).
"""

from __future__ import annotations

import re

MAX_OPEN = 64
MAX_FORMATTING = 8

SPACE = r"\t\n\f\r "
# Attributes up to the end of a tag: a ">" within quotes does not end it.
_VALUE = rf"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^{SPACE}>"'][^{SPACE}>]*+)"""
_ATTRIBUTE_NAME = rf"[^{SPACE}/>][^{SPACE}/>=]*+"
ATTRIBUTES = rf"(?:[{SPACE}/]++|{_ATTRIBUTE_NAME}(?:[{SPACE}]*+=[{SPACE}]*+{_VALUE}?+)?+)*+"
# Elements that are removed with their content, which is not text for readers.
RAW = (
    "script|style|iframe|video|audio|textarea|title|template|object|applet|canvas|svg|math|"
    "noembed|noframes|xmp|select|button"
)

TOKEN = re.compile(
    rf"""<!--(?:>|->|.*?(?:--!?>|\Z))
    |<[!?][^>]*(?:>|\Z)
    |<(?P<raw>{RAW})(?=[{SPACE}/>])(?P<raw_attributes>{ATTRIBUTES})(?:\Z|>.*?(?:</(?P=raw)[^>]*(?:>|\Z)|\Z))
    |<(?P<end>/?)(?P<name>[a-z][^{SPACE}/>]*+)(?P<attributes>{ATTRIBUTES})(?:>|\Z)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""A comment, a declaration, a `raw` element with its content, or a tag; takes linear time."""

_LEAVES = frozenset({"br", "col", "hr", "img", "wbr"})
# Elements that end implicitly when the next of their kind starts; they nest only inside others.
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
    """The elements open at the current token, never fewer than the parser has open."""

    def __init__(self) -> None:
        self._open: list[str] = []
        # Formatting elements stay open after the end of their block, up to the end of a table.
        self._formatting: list[list[str]] = [[]]

    def admit(self, name: str, *, closing: bool) -> bool:
        """Process a tag; return False for a start tag that would exceed the limit."""
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
            # No end tag closes elements outside a table, and an inline one none outside its block.
            if candidate == _SCOPE or (name in _INLINE and candidate not in _INLINE):
                return

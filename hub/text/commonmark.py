"""A parser of Markdown (CommonMark, tables, strike-through, footnotes) that takes linear time.

To find the end of a link's text, markdown-it looks ahead over tokens, and again from each bracket
within: up to `maxNesting` times for each character of `![![![…`. Here the tokens that it may skip
in a document are limited in proportion to its length: the brackets of a document that needs more
are text from there on.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote import footnote_plugin
from typing_extensions import override

MAX_NESTING = 50
SKIPS = 2_000
"""Tokens that may be skipped in any document."""

SKIPS_PER_CHARACTER = 1
"""Further tokens: links in running text need one in ten characters."""

_REMAINING = "remaining skips"


class _BoundedInline(ParserInline):
    """Skips no more tokens of a document than its `env` allows."""

    @override
    def skipToken(self, state: StateInline) -> None:
        state.env[_REMAINING] -= 1
        if state.env[_REMAINING] > 0:
            super().skipToken(state)
        else:
            state.pos = state.posMax  # as for too much nesting


class _Parser(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("commonmark")
        self.inline = _BoundedInline()
        self.configure("commonmark", {"maxNesting": MAX_NESTING})


_parser = _Parser().enable(["table", "strikethrough"]).use(footnote_plugin)


def render(text: str) -> str:
    """Render Markdown as HTML, which is not sanitised."""
    rendered: str = _parser.render(text, {_REMAINING: SKIPS + SKIPS_PER_CHARACTER * len(text)})
    return rendered

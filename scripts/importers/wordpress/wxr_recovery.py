"""A damaged piece of an export as XML again: its elements by their names, whatever is in them.

WordPress's own reader falls back on this, too: it looks for `<wp:post_id>` and what stands up to
`</wp:post_id>`. Markup that nobody has put into a section is an element's text here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from html import unescape
from xml.sax.saxutils import escape, quoteattr

# One that nobody has closed ends where its element does.
_SECTION_TEXT = r"<!\[CDATA\[((?:(?!\]\]>|</(?:wp|dc|content|excerpt):).)*)(?:\]\]>|)"
_SECTION = re.compile(_SECTION_TEXT, re.DOTALL)
_TAG = re.compile(
    rf"{_SECTION_TEXT}"
    r"|<(?P<end>/?)(?P<name>(?:wp|dc|content|excerpt):[a-z_]+|title|link|guid|pubDate|description"
    r"|language|category)(?P<given>(?:\s[^<>]*)?)(?P<alone>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_HOLDS_OTHERS = frozenset(
    {"wp:author", "wp:category", "wp:comment", "wp:commentmeta", "wp:postmeta", "wp:tag"}
    | {"wp:term", "wp:termmeta"}
)
_TEXTS = frozenset({"content:encoded", "excerpt:encoded", "wp:comment_content", "wp:meta_value"})


def mended(text: str) -> str:
    """The inside of an item or a channel as well-formed XML."""
    tags = [tag for tag in _TAG.finditer(text) if tag["name"]]
    ends = _Ends(tags)
    written: list[str] = []
    open_: list[str] = []
    until = 0
    for number, tag in enumerate(tags):
        name = tag["name"]
        if tag.start() < until:
            continue  # within an element that has its end: a page that is shown in a body
        if tag["end"]:
            if name in open_:
                while (inner := open_.pop()) != name:
                    written.append(f"</{inner}>")
                written.append(f"</{name}>")
        elif name in _HOLDS_OTHERS:
            # Of these only the fields of a comment lie in another.
            while open_ and not (open_[-1] == "wp:comment" and name == "wp:commentmeta"):
                written.append(f"</{open_.pop()}>")
            written.append(f"<{name}>")
            open_.append(name)
        else:
            following = tags[number + 1].start() if number + 1 < len(tags) else len(text)
            ended = tag.end() if tag["alone"] else ends.after(tag)
            until = ended or following
            words = _plain(text[tag.end() : until])
            # What follows a value without an end is what is left of the end.
            value = words if ended or name in _TEXTS else words.partition("<")[0]
            written.append(f"{_opening(tag)}{escape(value)}</{name}>")
    return "".join([*written, *(f"</{name}>" for name in reversed(open_))])


class _Ends:
    """Where elements end that have an end of their own."""

    def __init__(self, tags: list[re.Match[str]]) -> None:
        self._of: dict[str, list[tuple[int, bool]]] = {}
        for tag in tags:
            self._of.setdefault(tag["name"], []).append((tag.start(), bool(tag["end"])))

    def after(self, tag: re.Match[str]) -> int:
        """Where the element of an opening tag ends; 0 where another begins before that."""
        found = self._of[tag["name"]]
        at = bisect_right(found, (tag.start(), True))
        return found[at][0] if at < len(found) and found[at][1] else 0


def _opening(tag: re.Match[str]) -> str:
    given = {
        name: unescape(double or single)
        for name, double, single in _ATTRIBUTE.findall(tag["given"])
    }
    attributes = "".join(
        f" {name}={quoteattr(value)}" for name, value in given.items() if ":" not in name
    )
    return f"<{tag['name']}{attributes}>"


def _plain(text: str) -> str:
    """The text of an element: sections as they stand, entities as what they mean elsewhere."""
    written, at = [], 0
    for section in _SECTION.finditer(text):
        written += [unescape(text[at : section.start()]), section[1]]
        at = section.end()
    return "".join([*written, unescape(text[at:])])

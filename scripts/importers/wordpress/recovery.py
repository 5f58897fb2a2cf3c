"""Recovery of a damaged piece of an export: its elements by name, with any content as text.

WordPress's own importer has the same fallback: it searches for `<wp:post_id>` and takes the text
up to `</wp:post_id>`. Markup outside CDATA sections becomes an element's text here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from html import unescape
from xml.sax.saxutils import escape, quoteattr

# An unclosed section ends at the end tag of its element.
_SECTION_TEXT = r"<!\[CDATA\[((?:(?!\]\]>|</(?:wp|dc|content|excerpt):).)*)(?:\]\]>|)"
_SECTION = re.compile(_SECTION_TEXT, re.DOTALL)
_TAG = re.compile(
    rf"{_SECTION_TEXT}"
    r"|<(?P<end>/?)(?P<name>(?:wp|dc|content|excerpt):[a-z_]+|title|link|guid|pubDate|description"
    r"|language|category)(?P<attributes>(?:\s[^<>]*)?)(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+(?:"([^"<>]*)"|'([^'<>]*)')""")
_CONTAINERS = frozenset(
    {"wp:author", "wp:category", "wp:comment", "wp:commentmeta", "wp:postmeta", "wp:tag"}
    | {"wp:term", "wp:termmeta"}
)
_TEXT_ELEMENTS = frozenset(
    {"content:encoded", "excerpt:encoded", "wp:comment_content", "wp:meta_value"}
)


def repair_xml(text: str) -> str:
    """Rewrite the content of an item or a channel as well-formed XML."""
    tags = [tag for tag in _TAG.finditer(text) if tag["name"]]
    ends = _EndPositions(tags)
    output: list[str] = []
    open_elements: list[str] = []
    until = 0
    for number, tag in enumerate(tags):
        name = tag["name"]
        if tag.start() < until:
            continue  # inside an element with an end tag: markup shown in a body
        if tag["end"]:
            if name in open_elements:
                while (inner := open_elements.pop()) != name:
                    output.append(f"</{inner}>")
                output.append(f"</{name}>")
        elif name in _CONTAINERS:
            # The only container within a container is the meta of a comment.
            while open_elements and not (
                open_elements[-1] == "wp:comment" and name == "wp:commentmeta"
            ):
                output.append(f"</{open_elements.pop()}>")
            output.append(f"<{name}>")
            open_elements.append(name)
        else:
            following = tags[number + 1].start() if number + 1 < len(tags) else len(text)
            end_tag = tag.end() if tag["empty"] else ends.end_of(tag)
            until = end_tag or following
            content = _decode_text(text[tag.end() : until])
            # After a value without an end tag only the remains of the end tag follow.
            value = content if end_tag or name in _TEXT_ELEMENTS else content.partition("<")[0]
            output.append(f"{_start_tag(tag)}{escape(value)}</{name}>")
    return "".join([*output, *(f"</{name}>" for name in reversed(open_elements))])


class _EndPositions:
    """End positions of the elements that have an end tag."""

    def __init__(self, tags: list[re.Match[str]]) -> None:
        self._positions: dict[str, list[tuple[int, bool]]] = {}
        for tag in tags:
            self._positions.setdefault(tag["name"], []).append((tag.start(), bool(tag["end"])))

    def end_of(self, tag: re.Match[str]) -> int:
        """Position of the end tag of a start tag; 0 if a start tag of the same name comes first."""
        positions = self._positions[tag["name"]]
        at = bisect_right(positions, (tag.start(), True))
        return positions[at][0] if at < len(positions) and positions[at][1] else 0


def _start_tag(tag: re.Match[str]) -> str:
    attributes = {
        name: unescape(double or single)
        for name, double, single in _ATTRIBUTE.findall(tag["attributes"])
    }
    formatted = "".join(
        f" {name}={quoteattr(value)}" for name, value in attributes.items() if ":" not in name
    )
    return f"<{tag['name']}{formatted}>"


def _decode_text(text: str) -> str:
    """Decode an element's text: CDATA sections unchanged, entities unescaped elsewhere."""
    parts, at = [], 0
    for section in _SECTION.finditer(text):
        parts += [unescape(text[at : section.start()]), section[1]]
        at = section.end()
    return "".join([*parts, unescape(text[at:])])

"""Bodies as pages show them: links, pictures, tables, code, players, and a table of contents.

Takes canonical HTML, which is sanitised; nothing that is added here comes from a body unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import html as markup

from hub.text.markup import PREFIX, headings
from schema.web.absolute_links import LinkContext, make_links_absolute
from schema.web.html_pages import secure
from schema.web.pages import players
from schema.web.words import ENGLISH, Words

WORDS_A_MINUTE = 220
LETTERS_A_MINUTE = 450
"""Characters of scripts without spaces that are read in a minute."""

MIN_HEADINGS = 3
"""Headings from which on a story has a table of contents."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_NUMBER = re.compile(
    r"[\s+\-−–±≈~<>≤≥(]*[^\W\d_]{0,3}[$€£¥₹]?\s?\d[\d.,:/'’\s]*\s?(?:[%‰°)]|[^\W\d_]{0,3})\s*"
)
_NOTE_ID = re.compile(PREFIX + r"(?:fn|footnote|_?ftn|_?edn|easy-footnote|note)[\w:.-]*\d", re.I)
_HEADINGS = ("h2", "h3")
_GALLERIES = ("figure", "div", "ul", "p", "section")
_BLOCKS = ("table", "pre", "h2", "h3", "blockquote")


@dataclass(slots=True)
class Body:
    """A body for a page: HTML, its headings as (level, id, text), and what its players need."""

    html: str
    minutes: int
    contents: list[tuple[int, str, str]] = field(default_factory=list)
    frames: set[str] = field(default_factory=set)
    has_media: bool = False


class _Content(NamedTuple):
    """What is in an element, at any depth; text in captions does not count."""

    pictures: int
    has_block: bool = False
    has_text: bool = False
    is_embed: bool = False

    @property
    def is_gallery(self) -> bool:
        """True for several pictures and nothing else, but for their captions."""
        return self.pictures > 1 and not (self.has_block or self.has_text or self.is_embed)


def prepare(html: str, context: LinkContext, base: str, words: Words = ENGLISH) -> Body:
    """Return a body as a page of the hub at `base` shows it. Takes linear time."""
    root: Any = markup.fragment_fromstring(make_links_absolute(html, context), create_parent="div")
    body = Body("", reading_minutes(str(root.text_content())))
    _add_headings(root, html, body)
    _arrange_galleries(root)
    _secure_pictures(root, base)
    _wrap_tables(root, words)
    _direct_code(root)
    _mark_footnotes(root)
    _add_players(root, body, words)
    serialized: str = markup.tostring(root, encoding="unicode")
    body.html = serialized.removeprefix("<div>").removesuffix("</div>")
    return body


def reading_minutes(text: str) -> int:
    """Return the minutes that reading takes, at least one."""
    letters = len(_UNSPACED.findall(text))
    words = len(_WORD.findall(_UNSPACED.sub(" ", text)))
    return max(1, round(words / WORDS_A_MINUTE + letters / LETTERS_A_MINUTE))


def _add_headings(root: Any, html: str, body: Body) -> None:
    """Give headings ids, and collect them; the page has the only heading of the first level."""
    elements = [element for element in root.iter("h1", *_HEADINGS) if _text(element)]
    for element, heading in zip(elements, headings(html), strict=False):
        if element.tag == "h1":
            element.tag = "h2"
        element.set("id", heading.anchor)
        body.contents.append((int(element.tag[1]), heading.anchor, heading.text))
    if len(body.contents) < MIN_HEADINGS:
        body.contents.clear()


def _text(element: Any) -> str:
    return " ".join(str(element.text_content()).split())


def _arrange_galleries(root: Any) -> None:
    """Mark the innermost element around several pictures, and nothing else, as a gallery."""
    contents = _read_contents(root)
    inside: set[Any] = set()
    for element in contents:
        parent = element.getparent()
        if parent is not None and (parent in inside or parent.get("class") == "gallery"):
            inside.add(element)
        elif element.tag in _GALLERIES and contents[element].is_gallery:
            inner = element
            while len(children := [child for child in inner if child.tag != "figcaption"]) == 1:
                inner = children[0]
            inner.set("class", "gallery")


def _read_contents(root: Any) -> dict[Any, _Content]:
    """Return what is in each element, in the order of the text; from the inside to the outside."""
    elements = list(root.iter())
    contents: dict[Any, _Content] = dict.fromkeys(elements, _Content(0))
    for element in reversed(elements):
        children = [(child, contents[child]) for child in element]
        contents[element] = _Content(
            (element.tag == "img") + sum(content.pictures for _, content in children),
            has_block=element.tag in _BLOCKS or any(content.has_block for _, content in children),
            has_text=bool((element.text or "").strip())
            or any(
                (content.has_text and child.tag != "figcaption") or (child.tail or "").strip()
                for child, content in children
            ),
            is_embed=element.get("data-embed") is not None,
        )
    return contents


def _secure_pictures(root: Any, base: str) -> None:
    for image in root.iter("img"):
        image.set("src", secure(image.get("src", ""), base))
        image.set("loading", "lazy")
        image.set("decoding", "async")


def _wrap(element: Any, wrapper: Any) -> None:
    """Put an element into a wrapper at its place; the text behind it stays behind."""
    wrapper.tail, element.tail = element.tail, None
    element.getparent().replace(element, wrapper)
    wrapper.append(element)


def _wrap_tables(root: Any, words: Words) -> None:
    """Put each outermost table into a box that scrolls, and align its numbers."""
    outer = [
        table for table in root.iter("table") if next(table.iterancestors("table"), None) is None
    ]
    for number, table in enumerate(outer, 1):
        caption = table.find("caption")
        name = _text(caption) if caption is not None else ""
        box = markup.Element("div")
        for key, value in {
            "class": "scroll",
            "role": "region",
            "tabindex": "0",
            "aria-label": name or words("Table {n}", n=number),
        }.items():
            box.set(key, value)
        for cell in table.iter("td"):
            if len(text := _text(cell)) < 40 and _NUMBER.fullmatch(text):
                cell.set("class", "number")
        _wrap(table, box)


def _direct_code(root: Any) -> None:
    """Set code from left to right in any text, and blocks of it into boxes with a place to copy."""
    for element in root.iter("pre", "code", "kbd", "samp"):
        element.set("dir", "ltr")
    for block in list(root.iter("pre")):
        block.set("tabindex", "0")
        box = markup.Element("div")
        box.set("class", "code")
        _wrap(block, box)


def _mark_footnotes(root: Any) -> None:
    """Mark lists of footnotes; references to them are links, and lead back."""
    for notes in root.iter("ol", "ul"):
        if any(_NOTE_ID.match(item.get("id") or "") for item in _items(notes)):
            notes.set("class", "footnotes")


def _items(element: Any) -> Iterator[Any]:
    return (child for child in element if child.tag == "li")


def _add_players(root: Any, body: Body, words: Words) -> None:
    """Tell the script which player each embed has; without one, the link leads there."""
    for figure in root.iter("figure"):
        if figure.get("data-embed") is None:
            continue
        figure.set("class", "embed")
        link = next((link for link in figure.iter("a") if link.get("href")), None)
        if link is None:
            continue
        player = players.player_of(link.get("href"), figure.get("data-embed"))
        if player is None:
            continue
        link.set("class", "facade")
        link.set(f"data-{player.element}", player.url)
        note = markup.Element("small")
        host = player.host
        note.text = words("Plays from {host}", host=host) if host else words("Plays here")
        link.append(note)
        if player.element == "frame":
            body.frames.add(f"https://{player.host}")
        else:
            body.has_media = True

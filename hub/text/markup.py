"""Conversion of bodies to canonical HTML, and of that to plain text, links and Markdown.

Canonical HTML is the result of `to_html` and `comment_html`: sanitised against an allow-list,
closed and nested properly, and unchanged when sanitised again. The other functions take it.

All of them are pure, take linear time, and raise no exception for any input.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from functools import partial
from itertools import chain
from typing import NamedTuple, assert_never

import nh3

from hub.text import commonmark, embeds
from hub.text.bodies import Body, Markup
from hub.text.markdown import to_markdown
from hub.text.nesting import TOKEN, Nesting
from hub.text.slugs import slug_of

__all__ = ["Link", "comment_html", "excerpt", "links", "to_html", "to_markdown", "to_text"]

PREFIX = "user-content-"
"""Prefix of every `id` in a body, so that it cannot clash with an id of the page around it."""

MAX_PASSES = 5


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_INLINE = _tags(
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small "
    "strong sub sup time u var wbr"
)
_BLOCKS = _tags(
    "article aside blockquote caption col colgroup dd details div dl dt figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section summary table tbody td tfoot th "
    "thead tr ul"
)
_COMMENT_TAGS = _tags("a b blockquote br code del em i li ol p pre q s strong sub sup u ul")
# Tags that mean the same as an allowed one, or at least start a new paragraph.
_TAG_ALIASES = {
    **dict.fromkeys(
        _tags(
            "address center dialog dir fieldset form hgroup legend main menu nav optgroup option "
            "search"
        ),
        "div",
    ),
    **{"acronym": "abbr", "listing": "pre", "strike": "s", "tt": "code"},
}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir", "id"},
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "figure": {"data-embed", "data-kind"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_LANGUAGE_CLASS = re.compile(r"(?:^|\s)((?:language|lang)-[\w+#-]{1,32})")
_CONTROLS: dict[int, str | None] = {
    **dict.fromkeys((*range(9), 11, *range(14, 32), 127, 0xFEFF, 0xFFFE, 0xFFFF)),
    12: " ",  # white space in HTML, and refused in XML
}
_EMPTY = re.compile(r"<p>(?:\s|&nbsp;)*</p>\n?|<img(?![^>]* src=)[^>]*>|<a(?: id=\"[^\"]*\")?></a>")

_CANONICAL_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>[^>]*)>")
_BREAKS = _BLOCKS | {"br"}
_HREF = re.compile(r'\shref="([^"]*)"')
_ID = re.compile(r'\sid="([^"]+)"')
_HEADINGS = ("h1", "h2", "h3")


class Link(NamedTuple):
    """A link of a body. `position` is its paragraph in `to_text`, from 0."""

    href: str
    text: str
    position: int


class Heading(NamedTuple):
    """A heading of a body. `anchor` is the `id` of its element, `position` as that of links."""

    level: int
    anchor: str
    text: str
    position: int


def to_html(body: Body) -> str:
    """Convert an article's body to canonical HTML."""
    return _sanitise(_render(body), _ARTICLE_RULES)


def comment_html(body: Body) -> str:
    """Convert a comment to canonical HTML: running text, and links with rel="nofollow ugc"."""
    return _sanitise(_render(body, line_breaks=True), _COMMENT_RULES)


def to_text(html: str) -> str:
    """Return the text of canonical HTML, its paragraphs separated by one empty line.

    A paragraph is the text of a block (a heading, a list item, a cell of a table, …) up to the
    start of the next block; `position` of links and relations counts these.
    """
    return "\n\n".join(_parse(html).paragraphs)


def links(html: str) -> list[Link]:
    """Return the links of canonical HTML in order; `text` is empty for a linked image."""
    return _parse(html).links


def headings(html: str) -> list[Heading]:
    """Return the headings of canonical HTML down to the third level, in order.

    The anchor of a heading without an `id` is made of its text, and unique in the body.
    """
    anchors = {entities.unescape(id_) for id_ in _ID.findall(html)}
    numbers: Counter[str] = Counter()
    headings = []
    for heading in _parse(html).headings:
        anchor = heading.anchor
        if not anchor:
            anchor = base = PREFIX + (slug_of(heading.text) or "section")
            while anchor in anchors:
                numbers[base] += 1
                anchor = f"{base}-{numbers[base] + 1}"
            anchors.add(anchor)
        headings.append(heading._replace(anchor=anchor))
    return headings


def excerpt(text: str, length: int = 200) -> str:
    """Return the start of `text` on one line, cut after a word with an …; `length` characters."""
    words = " ".join(text[: length * 4 + 100].split())
    if len(words) <= length:
        return words
    head = words[: length - 1]
    if words[length - 1] != " ":
        at_word, _, rest = head.rpartition(" ")
        # Scripts without spaces, and very long words, are cut at any character.
        head = at_word if at_word and len(rest) < length // 2 else head
    return head.rstrip(" ,;:.–—-(«“") + "…"


def _render(body: Body, *, line_breaks: bool = False) -> str:
    """Render `body` as HTML that is not sanitised yet."""
    # A lone surrogate is not a character and cannot be stored.
    content = body.content.encode("utf-8", "replace").decode("utf-8")
    match body.markup:
        case Markup.HTML:
            return content
        case Markup.MARKDOWN:
            return commonmark.render(content)
        case Markup.TEXT:
            between = "<br>\n" if line_breaks else "\n"
            return "\n".join(
                f"<p>{between.join(entities.escape(part, quote=False).split(chr(10)))}</p>"
                for part in re.split(r"\n[^\S\n]*(?:\n[^\S\n]*)+", _newlines(content).strip())
                if part
            )
        case _:
            assert_never(body.markup)


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Rules(NamedTuple):
    """The allowed tags, and the cleaner that filters their attributes."""

    tags: frozenset[str]
    clean: nh3.Cleaner


def _sanitise(html: str, rules: _Rules) -> str:
    """Sanitise `html` repeatedly until nothing changes.

    After a tag is removed, a browser may parse the rest differently (a paragraph in a paragraph),
    so two passes are usual, and three an exception. After MAX_PASSES only the text is kept.
    """
    for _ in range(MAX_PASSES):
        cleaned = _sanitise_once(html, rules)
        if cleaned == html:
            return html
        html = cleaned
    words = to_text(html).split("\n\n")
    return _sanitise_once(
        "\n".join(f"<p>{entities.escape(part, quote=False)}</p>" for part in words), rules
    )


def _sanitise_once(html: str, rules: _Rules) -> str:
    token_filter = partial(
        _filter_token, rules=rules, nesting=Nesting(), quotations=embeds.Quotations()
    )
    cleaned = rules.clean.clean(TOKEN.sub(token_filter, html)).translate(_CONTROLS)
    return embeds.normalise(_EMPTY.sub("", cleaned).strip())


def _filter_token(
    token: re.Match[str], *, rules: _Rules, nesting: Nesting, quotations: embeds.Quotations
) -> str:
    """Return the text that replaces a tag, a comment or a script before the cleaner runs."""
    has_figures = "figure" in rules.tags
    if token["raw"]:
        figure = embeds.replace_element(token["raw"].lower(), token["raw_attributes"], token[0])
        return figure if has_figures else embeds.to_link(figure)
    if not token["name"]:
        return ""
    name, attributes = token["name"].lower(), token["attributes"]
    if name == "embed" and has_figures:
        return embeds.replace_element(name, attributes, "")
    name = _TAG_ALIASES.get(name, name)
    if name in _BLOCKS and name not in rules.tags:
        name = "p"  # otherwise two paragraphs would be merged
    if name not in rules.tags or not nesting.admit(name, closing=bool(token["end"])):
        return ""
    tag = f"<{token['end']}{name}{attributes}>"
    if has_figures and name in ("blockquote", "figure"):
        return quotations.wrap(tag, name, attributes, nesting)
    return tag


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's filtered value; ids and links to them get the prefix."""
    if name == "id":
        value = "-".join(value.split())
        return value if value.startswith(PREFIX) or not value else PREFIX + value
    if name == "href" and value.startswith("#") and len(value) > 1:
        return value if value.startswith("#" + PREFIX) else f"#{PREFIX}{value[1:]}"
    if name == "class":
        language_class = _LANGUAGE_CLASS.search(value)
        return language_class[1] if language_class else None
    return value


_ARTICLE_RULES = _Rules(
    _INLINE | _BLOCKS,
    nh3.Cleaner(
        tags=set(_INLINE | _BLOCKS),
        attributes={**_ATTRIBUTES, "code": {"class"}, "pre": {"class"}},
        attribute_filter=_filter_attribute,
        url_schemes=_SCHEMES,
        link_rel=None,
    ),
)
_COMMENT_RULES = _Rules(
    _COMMENT_TAGS,
    nh3.Cleaner(
        tags=set(_COMMENT_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="nofollow ugc",
    ),
)


class _Parsed(NamedTuple):
    """Paragraphs of canonical HTML, its links, and its headings, whose anchors may be empty."""

    paragraphs: list[str]
    links: list[Link]
    headings: list[Heading]


def _parse(html: str) -> _Parsed:
    parsed = _Parsed([], [], [])
    paragraphs = parsed.paragraphs
    parts: list[str] = []
    at = 0
    opened: tuple[str, int, list[str]] | None = None
    heading: tuple[int, str] | None = None
    for tag in chain(_CANONICAL_TAG.finditer(html), [None]):
        words = html[at : tag.start() if tag else None]
        name = tag["name"] if tag else "p"
        at = tag.end() if tag else 0
        for texts in (parts, *(opened[2:] if opened else ())):
            texts.append(words)
            if name in _BREAKS:
                texts.append(" ")
        if name in _BLOCKS:
            if text := _join(parts):
                if heading:
                    parsed.headings.append(Heading(*heading, text, len(paragraphs)))
                paragraphs.append(text)
                heading = None
            parts.clear()
        if tag and name in _HEADINGS:
            id_ = _ID.search(tag["attributes"])
            anchor = entities.unescape(id_[1]) if id_ else ""
            heading = None if tag["end"] else (int(name[1]), anchor)
        if (name == "a" or not tag) and opened:
            parsed.links.append(Link(opened[0], _join(opened[2]), opened[1]))
            opened = None
        if tag and name == "a" and (href := _HREF.search(tag["attributes"])):
            opened = (entities.unescape(href[1]), len(paragraphs), [])
    # A linked image may come after the last paragraph: its position is that paragraph.
    last = max(0, len(paragraphs) - 1)
    links = [link._replace(position=min(link.position, last)) for link in parsed.links]
    return parsed._replace(links=links)


def _join(parts: list[str]) -> str:
    return " ".join(entities.unescape("".join(parts)).split())

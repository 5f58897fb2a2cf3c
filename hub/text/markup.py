"""Everything that is known about HTML: bodies in, canonical HTML, plain words and Markdown out.

Canonical HTML is what `to_html` and `comment_html` answer with: sanitised against an allow-list,
closed and nested properly, and the same when it is sanitised again. The other functions take it.

All of them are pure, take time in proportion to the text, and raise nothing whatever they get.
"""

from __future__ import annotations

import html as entities
import re
from functools import partial
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from hub.drafts import Body, Markup
from hub.text.markdown import to_markdown
from hub.text.nesting import TOKEN, Nesting

__all__ = ["Link", "comment_html", "excerpt", "links", "to_html", "to_markdown", "to_text"]

PREFIX = "user-content-"
"""Before every `id` in a body, so that none can pose as one of the page around it."""

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
_IN_COMMENTS = _tags("a b blockquote br code del em i li ol p pre q s strong sub sup u ul")
# Tags that mean the same as an allowed one, or at least that a new paragraph begins.
_RENAMED = {
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
_CONTROLS = {code: None for code in (*range(9), 11, *range(14, 32), 127, 0xFEFF, 0xFFFE, 0xFFFF)}
_EMPTY = re.compile(r"<p>(?:\s|&nbsp;)*</p>\n?|<img(?![^>]* src=)[^>]*>|<a(?: id=\"[^\"]*\")?></a>")

_SOURCE = re.compile(r"""\ssrc\s*=\s*["']?\s*([^"'\s>]+)""", re.IGNORECASE)
_CANONICAL_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>[^>]*)>")
_BREAKS = _BLOCKS | {"br"}
_HREF = re.compile(r'\shref="([^"]*)"')


class Link(NamedTuple):
    """A link of a body. `position` counts its paragraphs, as `to_text` has them, from 0."""

    href: str
    text: str
    position: int


def to_html(body: Body) -> str:
    """Canonical HTML of an article's body."""
    return _settled(_as_html(body), _articles)


def comment_html(body: Body) -> str:
    """Canonical HTML of a comment: running text only, and links that vouch for nothing."""
    return _settled(_as_html(body, line_breaks=True), _comments)


def to_text(html: str) -> str:
    """The words of canonical HTML, its paragraphs separated by one empty line.

    A paragraph is the text of a block (a heading, a list item, a cell of a table, …) up to where
    the next block begins; this is what `position` counts in links and relations.
    """
    return "\n\n".join(_read(html)[0])


def links(html: str) -> list[Link]:
    """The links of canonical HTML in their order; `text` is empty where an image is linked."""
    return _read(html)[1]


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of `text` on one line, cut at a word with an …; at most `length` characters."""
    words = " ".join(text[: length * 4 + 100].split())
    if len(words) <= length:
        return words
    head = words[: length - 1]
    if words[length - 1] != " ":
        at_word, _, rest = head.rpartition(" ")
        # Scripts without spaces, and very long words, are cut where they stand.
        head = at_word if at_word and len(rest) < length // 2 else head
    return head.rstrip(" ,;:.–—-(«“") + "…"


def _as_html(body: Body, *, line_breaks: bool = False) -> str:
    """`body` as HTML that nobody has looked at yet."""
    # Half a surrogate pair is no character and cannot be stored.
    content = body.content.encode("utf-8", "replace").decode("utf-8")
    if body.markup is Markup.MARKDOWN:
        rendered: str = _markdown.render(content)
        return rendered
    if body.markup is Markup.TEXT:
        between = "<br>\n" if line_breaks else "\n"
        return "\n".join(
            f"<p>{between.join(entities.escape(part, quote=False).split(chr(10)))}</p>"
            for part in re.split(r"\n[^\S\n]*(?:\n[^\S\n]*)+", _newlines(content).strip())
            if part
        )
    return content


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Rules(NamedTuple):
    """What is allowed: the tags, and the cleaner that holds their attributes to the list."""

    tags: frozenset[str]
    clean: nh3.Cleaner


def _settled(html: str, rules: _Rules) -> str:
    """`html`, sanitised until doing it again changes nothing.

    Taking a tag away can leave what a browser reads differently (a paragraph within another), so
    the second pass is the rule and a third the exception. What does not settle is no article.
    """
    for _ in range(MAX_PASSES):
        cleaned = _pass(html, rules)
        if cleaned == html:
            return html
        html = cleaned
    words = to_text(html).split("\n\n")
    return _pass("\n".join(f"<p>{entities.escape(part, quote=False)}</p>" for part in words), rules)


def _pass(html: str, rules: _Rules) -> str:
    tame = TOKEN.sub(partial(_tamed, rules=rules, nesting=Nesting()), html)
    return _EMPTY.sub("", rules.clean.clean(tame).translate(_CONTROLS)).strip()


def _tamed(token: re.Match[str], *, rules: _Rules, nesting: Nesting) -> str:
    """What the cleaner gets to see of a tag, a comment or a script."""
    if token["raw"]:
        return _instead(token["raw"].lower(), token["given"])
    if not token["name"]:
        return ""
    name = token["name"].lower()
    name = _RENAMED.get(name, name)
    if name in _BLOCKS and name not in rules.tags:
        name = "p"  # or two paragraphs would grow together
    if name not in rules.tags or not nesting.takes(name, closing=bool(token["end"])):
        return ""
    return f"<{token['end']}{name}{token['attributes']}>"


def _instead(name: str, attributes: str) -> str:
    """A link in place of an embedded page or film, and nothing in place of a script."""
    source = _SOURCE.search(attributes) if name in ("iframe", "video", "audio") else None
    url = entities.unescape(source[1]) if source else ""
    if url.startswith("//"):
        url = "https:" + url
    try:
        host = urlsplit(url).hostname if url.startswith(("http://", "https://")) else None
    except ValueError:
        host = None
    return f'<p><a href="{entities.escape(url)}">{entities.escape(host)}</a></p>' if host else " "


def _kept_attribute(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute keeps; ids and the links to them get their prefix."""
    if name == "id":
        value = "-".join(value.split())
        return value if value.startswith(PREFIX) or not value else PREFIX + value
    if name == "href" and value.startswith("#") and len(value) > 1:
        return value if value.startswith("#" + PREFIX) else f"#{PREFIX}{value[1:]}"
    if name == "class":
        known = _LANGUAGE_CLASS.search(value)
        return known[1] if known else None
    return value


_articles = _Rules(
    _INLINE | _BLOCKS,
    nh3.Cleaner(
        tags=set(_INLINE | _BLOCKS),
        attributes={**_ATTRIBUTES, "code": {"class"}, "pre": {"class"}},
        attribute_filter=_kept_attribute,
        url_schemes=_SCHEMES,
        link_rel=None,
    ),
)
_comments = _Rules(
    _IN_COMMENTS,
    nh3.Cleaner(
        tags=set(_IN_COMMENTS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="nofollow ugc",
    ),
)
_markdown = (
    MarkdownIt("commonmark", {"maxNesting": 50})
    .enable(["table", "strikethrough"])
    .use(footnote_plugin)
)


def _read(html: str) -> tuple[list[str], list[Link]]:
    """The paragraphs of canonical HTML, and its links."""
    paragraphs: list[str] = []
    found: list[Link] = []
    parts: list[str] = []
    at = 0
    opened: tuple[str, int, list[str]] | None = None
    for tag in chain(_CANONICAL_TAG.finditer(html), [None]):
        words = html[at : tag.start() if tag else None]
        name = tag["name"] if tag else "p"
        at = tag.end() if tag else 0
        for heard in (parts, *(opened[2:] if opened else ())):
            heard.append(words)
            if name in _BREAKS:
                heard.append(" ")
        if name in _BLOCKS:
            if text := _joined(parts):
                paragraphs.append(text)
            parts.clear()
        if (name == "a" or not tag) and opened:
            found.append(Link(opened[0], _joined(opened[2]), opened[1]))
            opened = None
        if tag and name == "a" and (href := _HREF.search(tag["attributes"])):
            opened = (entities.unescape(href[1]), len(paragraphs), [])
    # An image after the last paragraph may be linked: its place is that paragraph.
    last = max(0, len(paragraphs) - 1)
    return paragraphs, [link._replace(position=min(link.position, last)) for link in found]


def _joined(parts: list[str]) -> str:
    return " ".join(entities.unescape("".join(parts)).split())

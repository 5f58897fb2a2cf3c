"""Bodies in the forms of Ghost's editors, Lexical and Mobiledoc, as HTML.

Only for posts whose export has no HTML of them. What comes out has not been sanitised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from hub.drafts import Body, Markup
from hub.text import markup

MAX_DEPTH = 60
_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (8, "u"), (16, "code"), (32, "sub"), (64, "sup"))
_GATE = re.compile(r"<!--\s*kg-gated-block:(?:(?P<end>end)|begin(?P<given>.*?))\s*-->", re.DOTALL)
_TAGS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "ul", "ol", "li"}
    | {"strong", "b", "em", "i", "a", "code", "s", "u", "sub", "sup", "mark"}
)


def to_html(lexical: object, mobiledoc: object) -> tuple[str, list[str]]:
    """The HTML of the first form that is there, and what was left out of it, each thing once."""
    left_out: dict[str, None] = {}
    for written, read in ((lexical, _lexical), (mobiledoc, _mobiledoc)):
        document = _document(written)
        if document is not None:
            left_out.clear()
            html = read(document, left_out)
            if html.strip():
                return html, list(left_out)
        elif written:
            left_out["a body that cannot be read"] = None
    return "", list(left_out)


def _document(written: object) -> dict[str, Any] | None:
    try:
        found = json.loads(written) if isinstance(written, str) and written else written
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


# ── cards, which both forms have ──────────────────────────────────────────────────────────────


def _image(card: dict[str, Any]) -> str:
    image = f'<img src="{_said(card, "src")}" alt="{_said(card, "alt")}">'
    caption = card.get("caption")
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>" if caption else image


def _bookmark(card: dict[str, Any]) -> str:
    about = card.get("metadata")
    title = _said(about, "title") if isinstance(about, dict) else ""
    url = _said(card, "url")
    return f'<p><a href="{url}">{title or url}</a></p>'


def _gallery(card: dict[str, Any]) -> str:
    shown = [_image(one) for one in _list(card.get("images")) if isinstance(one, dict)]
    caption = card.get("caption")
    return "".join([*shown, f"<p>{caption}</p>" if caption else ""])


def _file(card: dict[str, Any]) -> str:
    """A film, a sound, or something to download: a link, since nothing plays here."""
    url = _said(card, "src")
    title = _said(card, "fileTitle") or _said(card, "title") or _said(card, "fileName")
    caption = card.get("caption") or card.get("fileCaption") or ""
    link = f'<p><a href="{url}">{title or url}</a></p>' if url else ""
    return f"{link}<p>{caption}</p>" if caption else link


def _button(card: dict[str, Any]) -> str:
    url = _said(card, "buttonUrl")
    return f'<p><a href="{url}">{_said(card, "buttonText") or url}</a></p>' if url else ""


def _product(card: dict[str, Any]) -> str:
    image = _said(card, "productImageSrc")
    shown = f'<img src="{image}" alt="">' if image else ""
    button = {"buttonUrl": card.get("productUrl"), "buttonText": card.get("productButton")}
    return (
        f"{shown}<h4>{card.get('productTitle') or ''}</h4>{card.get('productDescription') or ''}"
        f"{_button(button)}"
    )


def _call(card: dict[str, Any]) -> str:
    return f"<aside>{card.get('textValue') or ''}{_button(card)}</aside>"


def _header(card: dict[str, Any]) -> str:
    below = card.get("subheader")
    words = f"<p>{below}</p>" if below else ""
    return f"<h2>{card.get('header') or ''}</h2>{words}{_button(card)}"


_CARDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "image": _image,
    "markdown": lambda card: markup.to_html(Body(str(card.get("markdown") or ""), Markup.MARKDOWN)),
    "html": lambda card: str(card.get("html") or ""),
    "code": lambda card: f"<pre><code>{_said(card, 'code')}</code></pre>",
    "embed": lambda card: f'<p><a href="{_said(card, "url")}">{_said(card, "url")}</a></p>',
    "bookmark": _bookmark,
    "hr": lambda _: "<hr>",
    "gallery": _gallery,
    **dict.fromkeys(("video", "audio", "file"), _file),
    "button": _button,
    "product": _product,
    "call-to-action": _call,
    "header": _header,
    "callout": lambda card: f"<aside>{card.get('calloutText') or ''}</aside>",
    "toggle": lambda card: f"<h4>{card.get('heading') or ''}</h4>{card.get('content') or ''}",
}
_NAMES = {
    "card-markdown": "markdown",
    "codeblock": "code",
    "horizontalrule": "hr",
    "image-card": "image",
}


def _card(name: str, card: object, left_out: dict[str, None]) -> str:
    make = _CARDS.get(_NAMES.get(name, name))
    if make is None or not isinstance(card, dict) or _for_members(card):
        left_out[name] = None
        return ""
    return make(card)


def _for_members(card: dict[str, Any]) -> bool:
    """Whether a card is hidden from readers who are no members, or from the web."""
    shown = card.get("visibility")
    web = shown.get("web") if isinstance(shown, dict) else None
    hidden = isinstance(web, dict) and web.get("nonMember") is False
    return hidden or (isinstance(shown, dict) and shown.get("showOnWeb") is False)


def ungated(html: str) -> tuple[str, bool]:
    """HTML as Ghost renders it without the parts that are for members only; whether any were."""
    if "kg-gated-block" not in html:
        return html, False
    kept: list[str] = []
    at, hidden, any_hidden = 0, False, False
    for mark in _GATE.finditer(html):
        if not hidden:
            kept.append(html[at : mark.start()])
        at = mark.end()
        # Gates do not lie in one another; one that nobody has closed hides all that follows.
        hidden = not mark["end"] and "nonMember:true" not in re.sub(r"\s", "", mark["given"])
        any_hidden |= hidden
    return "".join([*kept, *([] if hidden else [html[at:]])]), any_hidden


def _said(card: dict[str, Any], name: str) -> str:
    value = card.get(name)
    return escape(value) if isinstance(value, str) else ""


# ── Lexical: a tree ───────────────────────────────────────────────────────────────────────────


def _lexical(document: dict[str, Any], left_out: dict[str, None]) -> str:
    root = document.get("root")
    return _nodes(root.get("children"), left_out, 0) if isinstance(root, dict) else ""


def _nodes(children: object, left_out: dict[str, None], depth: int) -> str:
    found = children if isinstance(children, list) else []
    if found and depth >= MAX_DEPTH:
        left_out["what nests too deep"] = None
        return ""
    return "".join(_node(one, left_out, depth) for one in found if isinstance(one, dict))


def _node(node: dict[str, Any], left_out: dict[str, None], depth: int) -> str:
    kind = str(node.get("type") or "").removeprefix("extended-")
    if kind == "text":
        return _formatted(_said(node, "text"), node.get("format"))
    if kind == "linebreak":
        return "<br>"
    if "children" not in node:
        return _card(kind, node, left_out)
    inside = _nodes(node["children"], left_out, depth + 1)
    if kind in ("link", "autolink"):
        return f'<a href="{_said(node, "url")}">{inside}</a>'
    tags = {"paragraph": "p", "quote": "blockquote", "listitem": "li", "aside": "aside"}
    tag = tags.get(kind) or (str(node.get("tag")) if kind in ("heading", "list") else "")
    return f"<{tag}>{inside}</{tag}>" if tag in _TAGS else inside


def _formatted(text: str, bits: object) -> str:
    for bit, tag in _FORMATS:
        if isinstance(bits, int) and bits & bit:
            text = f"<{tag}>{text}</{tag}>"
    return text


# ── Mobiledoc: sections, whose markups are opened and closed by number ────────────────────────


def _mobiledoc(document: dict[str, Any], left_out: dict[str, None]) -> str:
    return "".join(
        _section(section, document, left_out)
        for section in _list(document.get("sections"))
        if isinstance(section, list) and section
    )


def _section(section: list[Any], document: dict[str, Any], left_out: dict[str, None]) -> str:
    match section:
        case [1, str(tag), [*markers], *_]:
            return _element(tag, _marked(markers, document))
        case [2, str(source), *_]:
            return f'<img src="{escape(source)}">'
        case [3, str(tag), [*items], *_]:
            rows = (_element("li", _marked(_list(item), document)) for item in items)
            return _element(tag, "".join(rows))
        case [10, int(number), *_]:
            cards = _list(document.get("cards"))
            if 0 <= number < len(cards) and isinstance(cards[number], list) and cards[number]:
                name, *given = cards[number]
                return _card(str(name), given[0] if given else {}, left_out)
    return ""


def _marked(markers: Iterable[Any], document: dict[str, Any]) -> str:
    markups = _list(document.get("markups"))
    open_: list[str] = []
    pieces = []
    for marker in markers:
        match marker:
            case [0, [*opened], int(closed), str(text), *_]:
                for number in opened:
                    start, tag = _markup(markups, number)
                    pieces.append(start)
                    open_.append(tag)
                pieces.append(escape(text))
                for _ in range(min(closed, len(open_))):
                    tag = open_.pop()
                    pieces.append(f"</{tag}>" if tag else "")
            case [1, *_]:
                pieces.append("<br>")  # the only atom that Ghost has is the soft return
    pieces += [f"</{tag}>" for tag in reversed(open_) if tag]
    return "".join(pieces)


def _markup(markups: list[Any], number: object) -> tuple[str, str]:
    """The opening tag of a markup, and its name; both empty for one that is not known."""
    if not isinstance(number, int) or not 0 <= number < len(markups):
        return "", ""
    match markups[number]:
        case ["a", ["href", str(href), *_], *_]:
            return f'<a href="{escape(href)}">', "a"
        case [str(tag), *_] if tag.lower() in _TAGS:
            return f"<{tag.lower()}>", tag.lower()
    return "", ""


def _element(tag: str, inside: str) -> str:
    name = tag.lower() if tag.lower() in _TAGS else "p"
    return f"<{name}>{inside}</{name}>"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

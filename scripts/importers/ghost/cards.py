"""Conversion of the documents of Ghost's editors, Lexical and Mobiledoc, to HTML.

Only for posts that have no HTML in the export. The result is not sanitised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from hub.text import embeds, markup
from hub.text.bodies import Body, Markup

MAX_DEPTH = 60
_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (8, "u"), (16, "code"), (32, "sub"), (64, "sup"))
_GATED_BLOCK = re.compile(
    r"<!--\s*kg-gated-block:(?:(?P<end>end)|begin(?P<attributes>.*?))\s*-->", re.DOTALL
)
_TAGS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "ul", "ol", "li"}
    | {"strong", "b", "em", "i", "a", "code", "s", "u", "sub", "sup", "mark"}
)


def to_html(lexical: object, mobiledoc: object) -> tuple[str, list[str]]:
    """Convert the first document that is not empty; return HTML and the unsupported parts, once."""
    unsupported: dict[str, None] = {}
    for source, render in ((lexical, _render_lexical), (mobiledoc, _render_mobiledoc)):
        document = _parse_document(source)
        if document is not None:
            unsupported.clear()
            html = render(document, unsupported)
            if html.strip():
                return html, list(unsupported)
        elif source:
            unsupported["a body that cannot be read"] = None
    return "", list(unsupported)


def _parse_document(source: object) -> dict[str, Any] | None:
    try:
        document = json.loads(source) if isinstance(source, str) and source else source
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


# ── cards, which both formats have ──────────────────────────────────────────────────────────────


def _render_image(card: dict[str, Any]) -> str:
    image = f'<img src="{_escaped(card, "src")}" alt="{_escaped(card, "alt")}">'
    caption = card.get("caption")
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>" if caption else image


def _render_bookmark(card: dict[str, Any]) -> str:
    about = card.get("metadata")
    about = about if isinstance(about, dict) else {}
    url = _escaped(card, "url")
    title, words = _escaped(about, "title"), _escaped(about, "description")
    caption = card.get("caption")
    return (
        f'<p><a href="{url}">{title or url}</a></p>'
        + (f"<p>{words}</p>" if words else "")
        + (f"<p>{caption}</p>" if isinstance(caption, str) and caption else "")
    )


def _render_code(card: dict[str, Any]) -> str:
    """Render code with its language, and its caption as that of a figure."""
    language = _escaped(card, "language")
    class_attribute = f' class="language-{language}"' if language else ""
    code = f"<pre><code{class_attribute}>{_escaped(card, 'code')}</code></pre>"
    return _with_caption(code, card)


def _render_embed(card: dict[str, Any]) -> str:
    about = card.get("metadata")
    about = about if isinstance(about, dict) else {}
    figure = embeds.render(
        str(card.get("url") or ""),
        title=str(about.get("title") or ""),
        thumbnail=str(about.get("thumbnail_url") or ""),
        caption=_caption(card),
    )
    return figure or str(card.get("html") or "")


def _render_media(card: dict[str, Any], kind: embeds.EmbedKind) -> str:
    """Render a film or a sound, which stand in files of the site."""
    return embeds.render(
        str(card.get("src") or ""),
        title=str(card.get("title") or card.get("fileName") or ""),
        thumbnail=str(card.get("customThumbnailSrc") or card.get("thumbnailSrc") or ""),
        kind=kind,
        caption=_caption(card),
    )


def _caption(card: dict[str, Any]) -> str:
    caption = card.get("caption")
    return caption if isinstance(caption, str) else ""


def _with_caption(html: str, card: dict[str, Any]) -> str:
    caption = _caption(card)
    if not caption:
        return html
    return f"<figure>{html}<figcaption>{caption}</figcaption></figure>"


def _render_gallery(card: dict[str, Any]) -> str:
    images = [
        _render_image(image) for image in _as_list(card.get("images")) if isinstance(image, dict)
    ]
    caption = card.get("caption")
    return "".join([*images, f"<p>{caption}</p>" if caption else ""])


def _render_file(card: dict[str, Any]) -> str:
    """Render a download as a link."""
    url = _escaped(card, "src")
    title = _escaped(card, "fileTitle") or _escaped(card, "title") or _escaped(card, "fileName")
    caption = card.get("caption") or card.get("fileCaption") or ""
    link = f'<p><a href="{url}">{title or url}</a></p>' if url else ""
    return f"{link}<p>{caption}</p>" if caption else link


def _render_button(card: dict[str, Any]) -> str:
    url = _escaped(card, "buttonUrl")
    return f'<p><a href="{url}">{_escaped(card, "buttonText") or url}</a></p>' if url else ""


def _render_product(card: dict[str, Any]) -> str:
    url = _escaped(card, "productImageSrc")
    image = f'<img src="{url}" alt="">' if url else ""
    button = {"buttonUrl": card.get("productUrl"), "buttonText": card.get("productButton")}
    return (
        f"{image}<h4>{card.get('productTitle') or ''}</h4>{card.get('productDescription') or ''}"
        f"{_render_button(button)}"
    )


def _render_call_to_action(card: dict[str, Any]) -> str:
    return f"<aside>{card.get('textValue') or ''}{_render_button(card)}</aside>"


def _render_header(card: dict[str, Any]) -> str:
    subheader = card.get("subheader")
    paragraph = f"<p>{subheader}</p>" if subheader else ""
    return f"<h2>{card.get('header') or ''}</h2>{paragraph}{_render_button(card)}"


_CARDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "image": _render_image,
    "markdown": lambda card: markup.to_html(Body(str(card.get("markdown") or ""), Markup.MARKDOWN)),
    "html": lambda card: str(card.get("html") or ""),
    "code": _render_code,
    "embed": _render_embed,
    "bookmark": _render_bookmark,
    "hr": lambda _: "<hr>",
    "gallery": _render_gallery,
    "video": lambda card: _render_media(card, embeds.EmbedKind.VIDEO),
    "audio": lambda card: _render_media(card, embeds.EmbedKind.AUDIO),
    "file": _render_file,
    "button": _render_button,
    "product": _render_product,
    "call-to-action": _render_call_to_action,
    "header": _render_header,
    "callout": lambda card: f"<aside>{card.get('calloutText') or ''}</aside>",
    "toggle": lambda card: f"<h4>{card.get('heading') or ''}</h4>{card.get('content') or ''}",
}
_CARD_ALIASES = {
    "card-markdown": "markdown",
    "codeblock": "code",
    "horizontalrule": "hr",
    "image-card": "image",
}


def _render_card(name: str, card: object, unsupported: dict[str, None]) -> str:
    render = _CARDS.get(_CARD_ALIASES.get(name, name))
    if render is None or not isinstance(card, dict) or _is_members_only(card):
        unsupported[name] = None
        return ""
    return render(card)


def _is_members_only(card: dict[str, Any]) -> bool:
    """Tell whether a card is hidden from non-members, or from the web."""
    visibility = card.get("visibility")
    web = visibility.get("web") if isinstance(visibility, dict) else None
    hidden = isinstance(web, dict) and web.get("nonMember") is False
    return hidden or (isinstance(visibility, dict) and visibility.get("showOnWeb") is False)


def remove_gated_blocks(html: str) -> tuple[str, bool]:
    """Remove the blocks for members from rendered HTML; return it and whether there were any."""
    if "kg-gated-block" not in html:
        return html, False
    parts: list[str] = []
    at, hidden, any_hidden = 0, False, False
    for mark in _GATED_BLOCK.finditer(html):
        if not hidden:
            parts.append(html[at : mark.start()])
        at = mark.end()
        # Gated blocks are not nested; an unclosed one hides all that follows.
        hidden = not mark["end"] and "nonMember:true" not in re.sub(r"\s", "", mark["attributes"])
        any_hidden |= hidden
    return "".join([*parts, *([] if hidden else [html[at:]])]), any_hidden


def _escaped(card: dict[str, Any], name: str) -> str:
    value = card.get(name)
    return escape(value) if isinstance(value, str) else ""


# ── Lexical: a tree ─────────────────────────────────────────────────────────────────────────────


def _render_lexical(document: dict[str, Any], unsupported: dict[str, None]) -> str:
    root = document.get("root")
    return _render_nodes(root.get("children"), unsupported, 0) if isinstance(root, dict) else ""


def _render_nodes(children: object, unsupported: dict[str, None], depth: int) -> str:
    nodes = children if isinstance(children, list) else []
    if nodes and depth >= MAX_DEPTH:
        unsupported["nodes nested too deeply"] = None
        return ""
    return "".join(
        _render_node(node, unsupported, depth) for node in nodes if isinstance(node, dict)
    )


def _render_node(node: dict[str, Any], unsupported: dict[str, None], depth: int) -> str:
    kind = str(node.get("type") or "").removeprefix("extended-")
    if kind == "text":
        return _apply_formats(_escaped(node, "text"), node.get("format"))
    if kind == "linebreak":
        return "<br>"
    if "children" not in node:
        return _render_card(kind, node, unsupported)
    inside = _render_nodes(node["children"], unsupported, depth + 1)
    if kind in ("link", "autolink"):
        return f'<a href="{_escaped(node, "url")}">{inside}</a>'
    tags = {"paragraph": "p", "quote": "blockquote", "listitem": "li", "aside": "aside"}
    tag = tags.get(kind) or (str(node.get("tag")) if kind in ("heading", "list") else "")
    return f"<{tag}>{inside}</{tag}>" if tag in _TAGS else inside


def _apply_formats(text: str, bits: object) -> str:
    for bit, tag in _FORMATS:
        if isinstance(bits, int) and bits & bit:
            text = f"<{tag}>{text}</{tag}>"
    return text


# ── Mobiledoc: sections, whose markups are opened and closed by index ───────────────────────────


def _render_mobiledoc(document: dict[str, Any], unsupported: dict[str, None]) -> str:
    return "".join(
        _render_section(section, document, unsupported)
        for section in _as_list(document.get("sections"))
        if isinstance(section, list) and section
    )


def _render_section(
    section: list[Any], document: dict[str, Any], unsupported: dict[str, None]
) -> str:
    match section:
        case [1, str(tag), [*markers], *_]:
            return _wrap(tag, _render_markers(markers, document))
        case [2, str(source), *_]:
            return f'<img src="{escape(source)}">'
        case [3, str(tag), [*items], *_]:
            rows = (_wrap("li", _render_markers(_as_list(item), document)) for item in items)
            return _wrap(tag, "".join(rows))
        case [10, int(number), *_]:
            cards = _as_list(document.get("cards"))
            if 0 <= number < len(cards) and isinstance(cards[number], list) and cards[number]:
                name, *payload = cards[number]
                return _render_card(str(name), payload[0] if payload else {}, unsupported)
    return ""


def _render_markers(markers: Iterable[Any], document: dict[str, Any]) -> str:
    markups = _as_list(document.get("markups"))
    open_tags: list[str] = []
    pieces = []
    for marker in markers:
        match marker:
            case [0, [*opened], int(closed), str(text), *_]:
                for number in opened:
                    start, tag = _start_tag(markups, number)
                    pieces.append(start)
                    open_tags.append(tag)
                pieces.append(escape(text))
                for _ in range(min(closed, len(open_tags))):
                    tag = open_tags.pop()
                    pieces.append(f"</{tag}>" if tag else "")
            case [1, *_]:
                pieces.append("<br>")  # the only atom of Ghost is the soft return
    pieces += [f"</{tag}>" for tag in reversed(open_tags) if tag]
    return "".join(pieces)


def _start_tag(markups: list[Any], index: object) -> tuple[str, str]:
    """Return the start tag of a markup, and its name; both empty for an unknown markup."""
    if not isinstance(index, int) or not 0 <= index < len(markups):
        return "", ""
    match markups[index]:
        case ["a", ["href", str(href), *_], *_]:
            return f'<a href="{escape(href)}">', "a"
        case [str(tag), *_] if tag.lower() in _TAGS:
            return f"<{tag.lower()}>", tag.lower()
    return "", ""


def _wrap(tag: str, inside: str) -> str:
    name = tag.lower() if tag.lower() in _TAGS else "p"
    return f"<{name}>{inside}</{name}>"


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

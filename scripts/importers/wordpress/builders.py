"""Text of page builders: the widgets of Elementor, and attributes of shortcodes that hold content.

Elementor keeps a page as JSON in the post meta; Divi, WPBakery and shortcode plugins keep texts,
images and buttons in attributes of their shortcodes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

MAX_DEPTH = 40
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:[?#].*)?$", re.I | re.S)
_WEB = re.compile(r"https?://|/(?!/)|mailto:|tel:")

Settings = dict[str, Any]


# ── Elementor ─────────────────────────────────────────────────────────────────────────────────


def elementor_html(data: str) -> tuple[str, tuple[str, ...]]:
    """Return the HTML of a page in Elementor's JSON, and the names of the unsupported widgets."""
    try:
        elements = json.loads(data)
    except (ValueError, RecursionError):
        return "", ("data that cannot be read",)
    unsupported: dict[str, None] = {}
    html = "\n".join(_render_elements(elements, unsupported, 0))
    return html, tuple(unsupported)


def _render_elements(elements: object, unsupported: dict[str, None], depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        unsupported["elements nested too deep"] = None
        return
    for element in elements if isinstance(elements, list) else []:
        if not isinstance(element, dict):
            continue
        settings = element.get("settings")
        if element.get("elType") == "widget":
            name = str(element.get("widgetType") or "")
            yield _render_widget(name, settings if isinstance(settings, dict) else {}, unsupported)
        yield from _render_elements(element.get("elements"), unsupported, depth + 1)


def _render_widget(name: str, settings: Settings, unsupported: dict[str, None]) -> str:
    if name in _DECORATION:
        return ""
    render = _WIDGETS.get(name)
    html = render(settings) if render else "".join(_render_texts(settings))
    if not render:
        unsupported[name] = None
    return html


def _text(settings: Settings, *names: str) -> str:
    return next(
        (v.strip() for n in names if isinstance(v := settings.get(n), str) and v.strip()), ""
    )


def _url(settings: Settings, *names: str) -> str:
    for name in names:
        value = settings.get(name)
        url = value.get("url") if isinstance(value, dict) else value
        if isinstance(url, str) and _WEB.match(url.strip()):
            return url.strip()
    return ""


def _heading(settings: Settings, *names: str, tag: str = "h2") -> str:
    size = _text(settings, "header_size", "title_size")
    tag = size if size in _HEADINGS else tag
    text = _text(settings, *names)
    return f"<{tag}>{text}</{tag}>" if text else ""


def _image(settings: Settings, name: str = "image") -> str:
    value = settings.get(name)
    alt = str(value.get("alt") or "") if isinstance(value, dict) else ""
    return render_image(_url(settings, name), alt, _text(settings, "caption"))


def render_image(url: str, alt: str = "", caption: str = "") -> str:
    """Return an image, in a figure if it has a caption; empty without an address."""
    if not url:
        return ""
    image = f'<img src="{escape(url)}" alt="{escape(alt)}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>" if caption else image


def render_link(url: str, text: str) -> str:
    """Return a paragraph with a link; the text alone without an address."""
    if not text:
        return ""
    return f'<p><a href="{escape(url)}">{text}</a></p>' if url else f"<p>{text}</p>"


def _paragraph(settings: Settings, *names: str) -> str:
    text = _text(settings, *names)
    return text if text.startswith("<") or not text else f"<p>{text}</p>"


def _rows(settings: Settings, *names: str) -> list[Settings]:
    rows = next((v for n in names if isinstance(v := settings.get(n), list)), [])
    return [row for row in rows if isinstance(row, dict)]


def _render_list(settings: Settings) -> str:
    items = [
        f'<li><a href="{escape(url)}">{text}</a></li>' if url else f"<li>{text}</li>"
        for row in _rows(settings, "icon_list", "list")
        if (text := _text(row, "text", "title"))
        for url in [_url(row, "link")]
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _render_tabs(settings: Settings) -> str:
    return "".join(
        _heading(row, "tab_title", "item_title", "title", tag="h3")
        + _paragraph(row, "tab_content", "content", "text")
        for row in _rows(settings, "tabs", "items")
    )


def _render_gallery(settings: Settings) -> str:
    rows = _rows(settings, "wp_gallery", "gallery", "carousel", "slides")
    return "".join(render_image(_url(row, "url", "image"), _text(row, "alt")) for row in rows)


def _render_box(settings: Settings) -> str:
    title = _heading(settings, "title_text", "title", tag="h3")
    words = _paragraph(settings, "description_text", "description", "content")
    link = render_link(_url(settings, "link"), _text(settings, "button", "button_text"))
    return _image(settings) + title + words + link


def _render_quote(settings: Settings) -> str:
    words = _text(settings, "blockquote_content", "testimonial_content")
    author = _text(settings, "author_name", "testimonial_name")
    cite = f"<p><cite>{author}</cite></p>" if author else ""
    return f"<blockquote>{words}{cite}</blockquote>" if words else ""


def _render_video(settings: Settings) -> str:
    names = ("youtube_url", "vimeo_url", "dailymotion_url", "hosted_url", "external_url")
    url = _url(settings, *names, "url", "link")
    return f"\n\n{url}\n\n" if url else ""


def _render_texts(settings: Settings) -> Iterator[str]:
    """Yield the texts of an unsupported widget, by the usual names of its settings."""
    yield _heading(settings, "title", "heading", "title_text", tag="h3")
    yield _paragraph(settings, "editor", "content", "text", "description", "html")
    yield _image(settings)
    yield render_link(_url(settings, "link", "url"), _text(settings, "button_text", "link_text"))


_DECORATION = frozenset(
    {"spacer", "divider", "icon", "social-icons", "menu-anchor", "share-buttons"}
)
_WIDGETS: dict[str, Callable[[Settings], str]] = {
    "heading": lambda settings: _heading(settings, "title"),
    "text-editor": lambda settings: _text(settings, "editor"),
    "text": lambda settings: _paragraph(settings, "text", "editor"),
    "html": lambda settings: _text(settings, "html"),
    "shortcode": lambda settings: _text(settings, "shortcode"),
    "image": _image,
    "button": lambda settings: render_link(_url(settings, "link"), _text(settings, "text")),
    "video": _render_video,
    "audio": _render_video,
    "icon-list": _render_list,
    **dict.fromkeys(("tabs", "accordion", "toggle"), _render_tabs),
    **dict.fromkeys(
        ("image-gallery", "gallery", "image-carousel", "media-carousel"), _render_gallery
    ),
    **dict.fromkeys(("image-box", "icon-box", "call-to-action", "flip-box"), _render_box),
    **dict.fromkeys(("blockquote", "testimonial"), _render_quote),
}


# ── shortcodes ────────────────────────────────────────────────────────────────────────────────

_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
_LAYOUT = re.compile(
    r"(?:vc_(?:row|column|section|column_text|separator|empty_space)\w*"
    r"|et_pb_(?:section|row|column|text|divider|code)\w*|fusion_builder_\w+|fusion_text|fusion_\w*column"
    r"|su_(?:row|column|spacer|divider)|row|column|columns?|one_(?:half|third|fourth)\w*|section"
    r"|av_(?:section|textblock|one_\w+|two_\w+|three_\w+)|fl_\w+|dropcap|clear|divider|hr|spacer)"
)
_IMAGE_NAMES = ("src", "image", "image_url", "img", "photo", "url", "href")
_LINK_NAMES = ("url", "href", "link", "button_url", "link_url", "target_url")
_TEXT_NAMES = ("button_text", "title", "text", "heading", "label", "content", "name")


def parse_attributes(text: str) -> dict[str, str]:
    """Parse the attributes of a shortcode."""
    return {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(text)}


def is_layout(name: str) -> bool:
    """Tell whether a shortcode only arranges the text within it."""
    return bool(_LAYOUT.fullmatch(name.lower()))


def shortcode_html(name: str, attributes: str, content: str | None) -> str:
    """Return the image, link or heading that a shortcode holds in its attributes; else empty.

    `content` is the text that it encloses; None without an end tag.
    """
    values = parse_attributes(attributes)
    link = _link_of(values)
    label = (content or "").strip()
    if content is not None and link and len(label) < 200:
        return f'<a href="{escape(link)}">{label or escape(link)}</a>' if label else ""
    if content is not None or is_layout(name):
        return ""
    image = next((v for n in _IMAGE_NAMES if _is_image(v := values.get(n, ""))), "")
    if image:
        alt = values.get("alt") or values.get("title_text") or ""
        caption = escape(values.get("caption", ""), quote=False)
        return f"\n\n{render_image(image, alt, caption)}\n\n"
    text = next((v for n in _TEXT_NAMES if (v := values.get(n, "").strip())), "")
    if link and text:
        return f'<a href="{escape(link)}">{escape(text, quote=False)}</a>'
    if "heading" in name and text:
        return f"\n\n<h3>{escape(text, quote=False)}</h3>\n\n"
    return ""


def _is_image(value: str) -> bool:
    return bool(_WEB.match(value) and _IMAGE.search(value))


def _link_of(values: dict[str, str]) -> str:
    """Return the address in a shortcode's attributes; WPBakery writes `url:…|title:…`."""
    for name in _LINK_NAMES:
        value = values.get(name, "")
        if value.startswith("url:"):
            value = value[4:].partition("|")[0].replace("%3A", ":").replace("%2F", "/")
        if _WEB.match(value) and not _IMAGE.search(value):
            return value
    return ""

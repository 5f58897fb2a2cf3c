"""Embeds that a sanitiser would lose: posts and films in data attributes.

Each becomes what the sanitiser understands: a frame, or the figure of a post with its words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape, unescape
from typing import Any, NamedTuple

from hub.text import embeds

_DATA_HTML = re.compile(
    r"(<(?:div|figure|span)\b[^<>]{0,2000}?)\sdata-html\s*=\s*\"([^\"<>]+)\"([^<>]*>)",
    re.IGNORECASE,
)
_DATA_ATTRIBUTES = re.compile(
    r"<div\b[^<>]{0,500}?\bclass\s*=\s*\"(?:tweet|instagram|embedded-post-wrap|[\w-]{1,40}-embed)\b"
    r"[^\"<>]*\"[^<>]{0,500}?\bdata-attrs\s*=\s*\"([^\"<>]+)\"[^<>]*>",
    re.IGNORECASE,
)
_HINT = re.compile(r"data-html|data-attrs", re.IGNORECASE)


class Enclosure(NamedTuple):
    """A file that comes with an article: its address, media type and title, if it has them."""

    url: str
    type: str = ""
    title: str = ""


def append_enclosures(html: str, enclosures: Iterable[Enclosure]) -> str:
    """Append the films, sounds and documents that come with an article and are not in its text."""
    figures = []
    for enclosure in dict.fromkeys(enclosures):
        kind = _TYPES.get(enclosure.type.partition("/")[0].lower())
        is_file = kind or embeds.kind_of(enclosure.url)
        if is_file and escape(enclosure.url) not in html and enclosure.url not in html:
            figures.append(embeds.render(enclosure.url, title=enclosure.title, kind=kind))
    return html + "".join(f"\n{figure}" for figure in figures if figure)


_TYPES = {"audio": embeds.EmbedKind.AUDIO, "video": embeds.EmbedKind.VIDEO}


def expand_embeds(html: str) -> str:
    """Return HTML whose embeds survive sanitising. Takes linear time."""
    if not _HINT.search(html):
        return html
    html = _DATA_HTML.sub(lambda m: f"{m[1]}{m[3]}{unescape(m[2])}", html)
    return _DATA_ATTRIBUTES.sub(_render_post, html)


def _render_post(match: re.Match[str]) -> str:
    """Return the words and the address of a post, which Substack keeps as JSON."""
    try:
        data: Any = json.loads(unescape(match[1]))
    except (ValueError, RecursionError):
        return match[0]
    url = str(data.get("url") or data.get("canonical_url") or "") if isinstance(data, dict) else ""
    if not url.startswith(("http://", "https://")):
        return match[0]
    words = str(data.get("full_text") or data.get("title") or data.get("caption") or "")
    name = str(data.get("username") or data.get("name") or "")
    quotation = f"<blockquote><p>{escape(words)}</p></blockquote>" if words else ""
    figure = embeds.render(url, title=f"@{name}" if name else "")
    return match[0] + figure.replace("<a ", f"{quotation}<a ", 1)

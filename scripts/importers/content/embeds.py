"""Embeds that a sanitiser would lose: gists, objects, posts and films in data attributes.

Each becomes what the sanitiser understands: a frame, which it turns into a link, a quotation, or a
link in a paragraph.
"""

from __future__ import annotations

import json
import re
from html import escape, unescape
from typing import Any

_GIST = re.compile(
    r"<script\b[^<>]{0,500}\bsrc\s*=\s*[\"']?(https?://gist\.github\.com/[\w./-]+?)(?:\.js)?"
    r"(?:\?[^\"'<>]*)?[\"']?\s*>\s*</script\s*>",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"<object\b[^<>]{0,2000}>(?:(?!<object\b).){0,4000}?</object\s*>", re.IGNORECASE | re.DOTALL
)
_EMBED = re.compile(r"<embed\b[^<>]{0,2000}>(?:\s{0,9}</embed\s*>)?", re.IGNORECASE)
_URL = r"https?:[^\"'\s>]+|//[^\"'\s>]+"
_ADDRESS = re.compile(
    rf"\b(?:data|src|href)\s*=\s*[\"']?({_URL})"
    rf"|\bname\s*=\s*[\"']?(?:movie|src|url)[\"']?\s+value\s*=\s*[\"']?({_URL})",
    re.IGNORECASE,
)
_DATA_HTML = re.compile(
    r"(<(?:div|figure|span)\b[^<>]{0,2000}?)\sdata-html\s*=\s*\"([^\"<>]+)\"([^<>]*>)",
    re.IGNORECASE,
)
_DATA_ATTRIBUTES = re.compile(
    r"<div\b[^<>]{0,500}?\bclass\s*=\s*\"(?:tweet|instagram|embedded-post-wrap|[\w-]{1,40}-embed)\b"
    r"[^\"<>]*\"[^<>]{0,500}?\bdata-attrs\s*=\s*\"([^\"<>]+)\"[^<>]*>",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"<(video|audio)\b([^<>]{0,2000})>((?:(?!<(?:video|audio)\b).){0,4000}?)</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_MEDIA_SOURCE = re.compile(r"<source\b[^<>]*?\bsrc\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_HINT = re.compile(r"<object|<embed|data-html|data-attrs|gist\.github|<video|<audio", re.IGNORECASE)


def expand_embeds(html: str) -> str:
    """Return HTML whose embeds survive sanitising. Takes linear time."""
    if not _HINT.search(html):
        return html
    html = _DATA_HTML.sub(lambda m: f"{m[1]}{m[3]}{unescape(m[2])}", html)
    html = _DATA_ATTRIBUTES.sub(_render_post, html)
    html = _GIST.sub(lambda m: _link(m[1]), html)
    html = _MEDIA.sub(_name_source, html)
    return _EMBED.sub(_render_object, _OBJECT.sub(_render_object, html))


def _link(url: str, text: str = "") -> str:
    url = "https:" + url if url.startswith("//") else unescape(url)
    return f'<p><a href="{escape(url)}">{escape(text or url, quote=False)}</a></p>'


def _render_object(match: re.Match[str]) -> str:
    address = _ADDRESS.search(match[0])
    return _link(address[1] or address[2]) if address else match[0]


def _name_source(match: re.Match[str]) -> str:
    """Give a film the address of its first source, if it has none itself."""
    source = _MEDIA_SOURCE.search(match[3])
    if not source or re.search(r"\ssrc\s*=", match[2], re.IGNORECASE):
        return match[0]
    return f'<{match[1]}{match[2]} src="{source[1]}">{match[3]}</{match[1]}>'


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
    return match[0] + quotation + _link(url, f"@{name}" if name else "")

"""Links in bodies to articles of the hub: served as the present addresses of these articles.

A body keeps the addresses of its source. What they lead to is stored as edges of the kind INLINE,
which are bound to their target whenever it arrives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape

from hub.reads.related import BodyLink
from hub.text import markup
from hub.text.slugs import path_of_key, url_key
from schema import article_urls

_HREF = re.compile(r'(?<=\shref=")[^"]*(?=")')
_LINK = re.compile(r"<a\b[^>]*>")
ANCHOR_LENGTH = 500
"""Characters of a link's text that its edge holds."""


def replace_links(html: str, links: Iterable[BodyLink], pattern: str) -> str:
    """Return canonical HTML whose links to articles have their present addresses.

    A link that leads to none of these articles, or to one whose address is not known, stays.
    """
    by_name: dict[object, str] = {}
    for link in links:
        if (url := article_urls.site_url(link, pattern)) is None:
            continue
        key = link.url_key
        path = path_of_key(key) if key else None
        for name in filter(None, (key, path, (link.anchor, link.position), (link.anchor, None))):
            by_name.setdefault(name, url)
    if not by_name:
        return html
    in_body = iter(markup.links(html))

    def replace_link(tag: re.Match[str]) -> str:
        if not _HREF.search(tag[0]):
            return tag[0]
        link = next(in_body)
        url = _target(link, by_name)
        return tag[0] if url is None else _HREF.sub(lambda _: escape(url), tag[0], count=1)

    return _LINK.sub(replace_link, html)


def _target(link: markup.Link, by_name: dict[object, str]) -> str | None:
    """Return the present address of a link's article, with the link's fragment; None if unknown."""
    address, sign, fragment = unescape(link.href).strip().partition("#")
    if not address or re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", address, re.IGNORECASE):
        return None
    words, is_relative = link.text[:ANCHOR_LENGTH], "//" not in address
    names = [url_key(address), (words, link.position), *([(words, None)] if is_relative else [])]
    url = next((by_name[name] for name in names if name in by_name), None)
    return url and url + sign + fragment

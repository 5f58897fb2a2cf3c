"""Links in bodies to articles of the hub: served as the present addresses of these articles.

A body keeps the addresses of its source. What they lead to is stored as edges of the kind INLINE,
which are bound to their target whenever it arrives.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from hub.reads.related import BodyLink
from hub.text import markup
from hub.text.slugs import path_of_key, url_key
from schema import article_urls

_HREF = re.compile(r'(?<=\shref=")[^"]*(?=")')
_LINK = re.compile(r"<a\b[^>]*>")
ANCHOR_LENGTH = 500
"""Characters of a link's text that its edge holds."""

_OWN = "at the body's own sites"


def replace_links(html: str, links: Iterable[BodyLink], pattern: str) -> str:
    """Return canonical HTML whose links to articles have their present addresses.

    A link that leads to none of these articles, or to one whose address is not known, stays. One to
    another site than that of `pattern` or of the body's source leads to an article only if its
    address is one of that article's.
    """
    urls: dict[object, str] = {}
    base = ""
    for link in links:
        if (url := article_urls.site_url(link, pattern)) is None:
            continue
        base = link.base or base
        for name in filter(None, _names(link)):
            urls.setdefault(name, url)
    if not urls:
        return html
    own_hosts = {_host(pattern), _host(base)} - {None, ""}
    in_body = iter(markup.links(html))

    def replace_link(tag: re.Match[str]) -> str:
        if not _HREF.search(tag[0]):
            return tag[0]
        url = _target(next(in_body), urls, base, own_hosts)
        return tag[0] if url is None else _HREF.sub(lambda _: escape(url), tag[0], count=1)

    return _LINK.sub(replace_link, html)


def _names(link: BodyLink) -> list[object]:
    """Return by what links in the body are recognised as this one: its address, else its words.

    An address that is not known as the article's counts at the body's own sites alone.
    """
    key = link.url_key
    if link.url and key:
        return [key if link.is_address else (key, _OWN), path_of_key(key)]
    return [*([key] if key else []), (link.anchor, link.position), (link.anchor, None)]


def _target(
    link: markup.Link, urls: Mapping[object, str], base: str, own_hosts: Container[str | None]
) -> str | None:
    """Return the present address of a link's article, with the link's fragment; None if unknown."""
    address, sign, fragment = unescape(link.href).strip().partition("#")
    if not address or re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", address, re.IGNORECASE):
        return None
    key, words = url_key(address), link.text[:ANCHOR_LENGTH]
    names: list[object] = [key]
    host = _host(address)
    is_relative = host == ""
    if is_relative or host in own_hosts:
        in_source = url_key(_join(base, address))
        names += [(key, _OWN), in_source, (in_source, _OWN), (words, link.position)]
    if is_relative:
        names.append((words, None))
    url = next((urls[name] for name in names if name in urls), None)
    return url and url + sign + fragment


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _host(url: str) -> str | None:
    """Return the host as `url_key` has it; empty for a relative address, None for a bad one."""
    try:
        has_host = bool(urlsplit(url).netloc)
    except ValueError:
        return None
    return url_key(urljoin(url, "/")).partition("/")[0] if has_host else ""

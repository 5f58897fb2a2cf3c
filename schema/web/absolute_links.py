"""Absolute URLs for the links and images in a body: feeds are read outside of its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml import html as markup
from lxml.etree import _Element

_URL_ATTRIBUTES = {"a": "href", "img": "src"}


@dataclass(frozen=True, slots=True)
class LinkContext:
    """The URLs that relative ones in a body are resolved by: its page, its base, and its site.

    `urls_by_text` holds the addresses of the articles that the body links to, by link text.
    """

    page: str
    base: str | None
    site: str
    urls_by_text: Mapping[str, str] = field(default_factory=dict)


def make_links_absolute(body: str, context: LinkContext) -> str:
    """Make the URLs in sanitised HTML absolute; unresolvable links are replaced by their text.

    Form feeds, which bodies of earlier hubs may hold, become spaces: XML has no place for them.
    """
    body = body.replace("\f", " ")
    if "href=" not in body and "src=" not in body:
        return body
    root = markup.fragment_fromstring(body, create_parent="div")
    for element in [*root.iter(*_URL_ATTRIBUTES)]:
        name = _URL_ATTRIBUTES[element.tag]
        address = element.get(name)
        if address is None:
            continue
        address = _absolute_url(address, _link_text(element), context)
        if address is not None:
            element.set(name, address)
        elif element.tag == "a":
            element.drop_tag()
        else:
            element.drop_tree()
    serialized: str = markup.tostring(root, encoding="unicode")
    return serialized.removeprefix("<div>").removesuffix("</div>")


def _link_text(element: _Element) -> str:
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def _absolute_url(address: str, text: str, context: LinkContext) -> str | None:
    """Return the absolute URL; None if its base is unknown."""
    try:
        if urlsplit(address).scheme:
            return address
        if address.startswith("#"):
            return context.page + address
        if text in context.urls_by_text:
            return context.urls_by_text[text]
        if context.base:
            return urljoin(context.base, address)
        if address.startswith("/") and context.site.startswith(("http://", "https://")):
            return urljoin(context.site, address)
    except ValueError:  # such as an address with half an IPv6 host
        return None
    return None

"""The addresses in a body, made whole: feeds are read far from the page they were written for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml import html as markup
from lxml.etree import _Element

_ADDRESSES = {"a": "href", "img": "src"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a body stands: its page, what its relative addresses are relative to, and its site.

    `named` are the addresses of the articles that its links lead to, by the words of the links.
    """

    page: str
    base: str | None
    site: str
    named: Mapping[str, str] = field(default_factory=dict)


def settled(body: str, place: Place) -> str:
    """`body`, sanitised HTML, with whole addresses; a link that leads nowhere leaves its words."""
    if "href=" not in body and "src=" not in body:
        return body
    root = markup.fragment_fromstring(body, create_parent="div")
    for element in [*root.iter(*_ADDRESSES)]:
        name = _ADDRESSES[element.tag]
        given = element.get(name)
        if given is None:
            continue
        address = _whole(given, _words(element), place)
        if address is not None:
            element.set(name, address)
        elif element.tag == "a":
            element.drop_tag()
        else:
            element.drop_tree()
    whole: str = markup.tostring(root, encoding="unicode")
    return whole.removeprefix("<div>").removesuffix("</div>")


def _words(element: _Element) -> str:
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def _whole(given: str, words: str, place: Place) -> str | None:
    """The whole address; None where nobody knows what it is relative to."""
    try:
        if urlsplit(given).scheme:
            return given
        if given.startswith("#"):
            return place.page + given
        if words in place.named:
            return place.named[words]
        if place.base:
            return urljoin(place.base, given)
        if given.startswith("/") and place.site.startswith(("http://", "https://")):
            return urljoin(place.site, given)
    except ValueError:  # such as an address with half an IPv6 host
        return None
    return None

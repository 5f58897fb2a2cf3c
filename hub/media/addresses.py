"""Addresses of the hub's own pictures, as bodies, articles and authors hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import TypeVar
from urllib.parse import urlsplit

from hub.media.folder import ORIGINAL
from hub.media.formats import EXTENSIONS

T = TypeVar("T", str, str | None)
PREFIX = "/media/"
_HASH = re.compile(r"/media/([0-9a-f]{64})/")
_IMAGE_ADDRESS = re.compile(
    r'(<img\b[^>]*?\ssrc="|<a\b[^>]*?\shref="(?=[^"]*\.(?:jpe?g|png|gif|webp|avif)"[^>]*>\s*<img))'
    r'([^"]*)(")',
    re.IGNORECASE,
)
"""The address of a picture, or that of the larger one to which a picture is a link."""


def address_of(hash_: str, media_type: str) -> str:
    """Return the address of an original: a path on the hub."""
    return f"{PREFIX}{hash_}/{ORIGINAL}.{EXTENSIONS[media_type]}"


def resized_address(hash_: str, width: int, extension: str) -> str:
    """Return the address of a resized picture: a path on the hub."""
    return f"{PREFIX}{hash_}/{width}.{extension}"


def hash_of(address: str | None) -> str | None:
    """Return the hash in the address of a picture; None for one that the hub does not hold."""
    match = _HASH.search(address) if address else None
    return match[1] if match else None


def hashes_in(*texts: str | None) -> set[str]:
    """Return the hashes of the hub's pictures that these addresses and bodies name."""
    return {hash_ for text in texts if text and PREFIX in text for hash_ in _HASH.findall(text)}


def images_in(html: str) -> list[str]:
    """Return the addresses of the pictures in canonical HTML, each once, in their order.

    With those of larger ones to which they link.
    """
    if "<img" not in html:
        return []
    return list(dict.fromkeys(unescape(match[2]) for match in _IMAGE_ADDRESS.finditer(html)))


def replace_images(html: str, addresses: Mapping[str, str]) -> str:
    """Return canonical HTML with other addresses of pictures."""

    def replace(match: re.Match[str]) -> str:
        address = addresses.get(unescape(match[2]))
        return match[0] if address is None else f"{match[1]}{escape(address)}{match[3]}"

    return _IMAGE_ADDRESS.sub(replace, html)


def with_base(text: str, base: str) -> str:
    """Return a body with whole addresses of the hub's pictures: `base`, then their path.

    An empty `base` leaves them as they are.
    """
    if not base or f'"{PREFIX}' not in text:
        return text
    return _IMAGE_ADDRESS.sub(
        lambda m: f"{m[1]}{base}{m[2]}{m[3]}" if m[2].startswith(PREFIX) else m[0], text
    )


def absolute(address: T, base: str) -> T:
    """Return the whole address of a picture, if it is one of the hub's; others as they are."""
    if not address or not address.startswith(PREFIX):
        return address
    return base + address


def host_of(address: str) -> str:
    """Return the host of a picture elsewhere; empty for a path and for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https", "") else ""

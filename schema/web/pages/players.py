"""Players of embeds: the address that a frame loads once a reader asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from hub.text.embeds import kind_of
from hub.text.providers import EmbedKind


class Player(NamedTuple):
    """A player: an address in a frame, or a file that the browser plays itself.

    `host` is "" for a file of the site itself.
    """

    element: Literal["frame", "video", "audio"]
    url: str
    host: str


def player_of(url: str, provider: str) -> Player | None:
    """Return the player of an embed by its address and provider; None if it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    builder = _BUILDERS.get(provider)
    if builder is not None and parts.scheme in ("http", "https"):
        address = builder(url)
        return Player("frame", address, urlsplit(address).netloc) if address else None
    match kind_of(url):
        case EmbedKind.VIDEO:
            element: Literal["video", "audio"] = "video"
        case EmbedKind.AUDIO:
            element = "audio"
        case _:
            return None
    if "." not in parts.path.rpartition("/")[2] or parts.scheme not in ("", "http", "https"):
        return None
    if provider not in ("file", parts.netloc.removeprefix("www.")):
        return None
    secured = f"https{url[4:]}" if parts.scheme == "http" else url
    return Player(element, secured, parts.netloc)


def _path_builder(pattern: str, address: str) -> Callable[[str], str | None]:
    """Return a builder for addresses whose path matches; its groups fill the player's address."""
    expression = re.compile(pattern)

    def build(url: str) -> str | None:
        match = expression.search(urlsplit(url).path)
        return (
            address.format(*(quote(group, safe="") for group in match.groups())) if match else None
        )

    return build


def _youtube(url: str) -> str | None:
    parts = urlsplit(url)
    match = re.search(r"^/(?:embed/|shorts/|live/|v/)?([\w-]{11})/?$", parts.path)
    id_ = parse_qs(parts.query).get("v", [match[1] if match else ""])[0]
    valid = re.fullmatch(r"[\w-]{11}", id_)
    return f"https://www.youtube-nocookie.com/embed/{id_}?autoplay=1" if valid else None


def _soundcloud(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.netloc == "w.soundcloud.com":
        url = parse_qs(parts.query).get("url", [""])[0]
    return f"https://w.soundcloud.com/player/?url={quote(url, safe='')}" if url else None


_BUILDERS: dict[str, Callable[[str], str | None]] = {
    "youtube": _youtube,
    "soundcloud": _soundcloud,
    "vimeo": _path_builder(r"/(\d{4,12})(?:/|$)", "https://player.vimeo.com/video/{}"),
    "dailymotion": _path_builder(
        r"/(?:video/)?(x?[a-z0-9]{5,10})(?:_|$)", "https://www.dailymotion.com/embed/video/{}"
    ),
    "spotify": _path_builder(
        r"/(track|album|playlist|episode|show|artist)/(\w{10,40})",
        "https://open.spotify.com/embed/{}/{}",
    ),
    "loom": _path_builder(r"/(?:share|embed)/([0-9a-f]{16,40})", "https://www.loom.com/embed/{}"),
    "streamable": _path_builder(r"/(?:e/)?(\w{4,12})$", "https://streamable.com/e/{}"),
    "ted": _path_builder(r"/talks/([\w-]{3,120})", "https://embed.ted.com/talks/{}"),
    "codepen": _path_builder(
        r"/([\w-]{1,60})/(?:pen|embed|full)/(\w{3,40})", "https://codepen.io/{}/embed/{}"
    ),
    "openstreetmap": lambda url: (
        f"https://www.openstreetmap.org{urlsplit(url).path}?{urlsplit(url).query}"
        if urlsplit(url).path == "/export/embed.html"
        else None
    ),
}
"""Addresses of players by provider; those of other providers are links."""

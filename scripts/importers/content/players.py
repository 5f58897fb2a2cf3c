"""Embeds of shortcodes, template tags and components, which name a service and a number.

`{{< youtube ID >}}` of Hugo, `[vimeo 123]` of WordPress, `{% gist USER/ID %}` of Jekyll and
`<Tweet id="…" />` of MDX differ in their brackets alone: here is what stands within.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hub.text import embeds

_PAIR = re.compile(
    r"""(?<![\w-])(?P<name>[\w-]++)\s*+[=:]\s*+(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|\{?(?P<c>[^\s"',}]+)\}?)"""
)
_POSITIONAL = re.compile(r"""(?:^|[\s(,])(?:"([^"]*)"|'([^']*)'|([^\s"',()=]+))(?=[\s),]|$)""")
_ID = re.compile(r"[\w./-]{1,200}")
_ADDRESS_NAMES = ("url", "src", "href", "link", "mp4", "webm", "ogv", "mp3", "ogg", "m4a", "wav")
_ID_NAMES = ("id", "videoid", "video", "videoId", "tweetid", "code", "key", "v")
_ALIASES = {
    "tweet": "twitter",
    "x": "twitter",
    "x-post": "twitter",
    "xpost": "twitter",
    "twitter_simple": "twitter",
    "x_simple": "twitter",
    "youtubeembed": "youtube",
    "youtubevideo": "youtube",
    "yt": "youtube",
    "lite-youtube": "youtube",
    "vimeo_simple": "vimeo",
    "instagram_simple": "instagram",
    "instagrampost": "instagram",
    "wpvideo": "videopress",
    "github": "gist",
    "googlevideo": "video",
    "playvideo": "video",
    "soundcloudembed": "soundcloud",
}
_PATTERNS = {
    "bilibili": "https://www.bilibili.com/video/{}",
    "codepen": "https://codepen.io/{}",
    "codesandbox": "https://codesandbox.io/s/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "gist": "https://gist.github.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "jsfiddle": "https://jsfiddle.net/{}",
    "loom": "https://www.loom.com/share/{}",
    "spotify": "https://open.spotify.com/{}",
    "streamable": "https://streamable.com/{}",
    "ted": "https://www.ted.com/talks/{}",
    "twitch": "https://www.twitch.tv/videos/{}",
    "videopress": "https://videopress.com/v/{}",
    "vimeo": "https://vimeo.com/{}",
    "youtube": "https://www.youtube.com/watch?v={}",
}
_OTHERS = frozenset({"audio", "video", "embed", "oembed", "soundcloud", "twitter", "facebook"})
NAMES = frozenset({*_PATTERNS, *_OTHERS, *_ALIASES, "mixcloud", "bandcamp", "tiktok", "bluesky"})
"""Names of shortcodes and components that embed something, in lower case."""


def page_url(name: str, arguments: str) -> str:
    """Return the address of what a shortcode embeds; empty if its arguments do not tell.

    `arguments` is the text between its name and its end, as in `id="abc" title="A film"`.
    """
    service = _ALIASES.get(name.lower(), name.lower())
    pairs = _named(arguments)
    bare = _positional(arguments)
    for value in (*(pairs.get(key, "") for key in _ADDRESS_NAMES), *bare, *pairs.values()):
        if embeds.provider_of(value) not in ("", embeds.FILE) or _is_file(service, value):
            return value
    id_ = next(filter(None, (pairs.get(key.lower()) for key in _ID_NAMES)), "")
    user = pairs.get("user") or pairs.get("username") or pairs.get("slug_hash") or ""
    if not id_ and bare:
        id_ = bare[-1] if service in _USER_PATTERNS and len(bare) > 1 else bare[0]
        user = user or (bare[0] if len(bare) > 1 else "")
    if not _ID.fullmatch(id_):
        return ""
    if service in _USER_PATTERNS and (user or service == "twitter"):
        return _USER_PATTERNS[service](user, id_)
    return _PATTERNS[service].format(id_) if service in _PATTERNS else ""


def render(name: str, arguments: str) -> str:
    """Return the figure of what a shortcode embeds; empty if its arguments do not tell."""
    pairs = _named(arguments)
    kind = {"audio": embeds.EmbedKind.AUDIO, "video": embeds.EmbedKind.VIDEO}.get(name.lower())
    url = page_url(name, arguments)
    return embeds.render(
        url,
        title=pairs.get("title", "") or pairs.get("name", ""),
        thumbnail=pairs.get("poster", ""),
        kind=kind,
    )


def _tweet(user: str, id_: str) -> str:
    return f"https://twitter.com/{user or 'i'}/status/{id_}" if id_.isdigit() else ""


def _gist(user: str, id_: str) -> str:
    return f"https://gist.github.com/{user}/{id_}"


_USER_PATTERNS: dict[str, Callable[[str, str], str]] = {
    "twitter": _tweet,
    "gist": _gist,
    "codepen": lambda user, id_: f"https://codepen.io/{user}/pen/{id_}",
}


def _named(arguments: str) -> dict[str, str]:
    return {
        match["name"].lower(): match["a"] or match["b"] or match["c"] or ""
        for match in _PAIR.finditer(arguments)
    }


def _positional(arguments: str) -> list[str]:
    rest = _PAIR.sub(" ", arguments)
    return [
        word for match in _POSITIONAL.finditer(rest) if (word := match[1] or match[2] or match[3])
    ]


def _is_file(service: str, value: str) -> bool:
    """Tell whether a value is the relative address of a film or sound."""
    is_media = service in ("audio", "video")
    return is_media and embeds.provider_of(value) == embeds.FILE and embeds.is_known(value)

"""Providers of embeds by their hosts, and kinds of files by their endings."""

from __future__ import annotations

from enum import Enum


class EmbedKind(str, Enum):
    """The kind of an embed; PAGE is all else, as maps, forms and charts."""

    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    POST = "POST"
    CODE = "CODE"
    DOCUMENT = "DOCUMENT"
    PAGE = "PAGE"


_PROVIDERS: dict[EmbedKind, dict[str, str]] = {
    EmbedKind.VIDEO: {
        "bilibili": "bilibili.com b23.tv",
        "brightcove": "brightcove.net brightcove.com",
        "dailymotion": "dailymotion.com dai.ly",
        "loom": "loom.com",
        "odysee": "odysee.com",
        "rumble": "rumble.com",
        "streamable": "streamable.com",
        "ted": "ted.com",
        "twitch": "twitch.tv",
        "videopress": "videopress.com video.wordpress.com",
        "vimeo": "vimeo.com",
        "wistia": "wistia.com wistia.net wi.st",
        "youtube": "youtube.com youtube-nocookie.com youtu.be",
    },
    EmbedKind.AUDIO: {
        "acast": "acast.com",
        "anchor": "anchor.fm",
        "apple-music": "music.apple.com embed.music.apple.com",
        "apple-podcasts": "podcasts.apple.com embed.podcasts.apple.com",
        "audioboom": "audioboom.com",
        "ausha": "ausha.co",
        "bandcamp": "bandcamp.com",
        "buzzsprout": "buzzsprout.com",
        "captivate": "captivate.fm",
        "deezer": "deezer.com",
        "libsyn": "libsyn.com",
        "megaphone": "megaphone.fm",
        "mixcloud": "mixcloud.com",
        "podbean": "podbean.com",
        "podigee": "podigee.io podigee-cdn.net",
        "simplecast": "simplecast.com",
        "soundcloud": "soundcloud.com",
        "spotify": "spotify.com",
        "spreaker": "spreaker.com",
        "tidal": "tidal.com",
        "transistor": "transistor.fm",
    },
    EmbedKind.POST: {
        "bluesky": "bsky.app",
        "facebook": "facebook.com fb.watch",
        "instagram": "instagram.com",
        "linkedin": "linkedin.com",
        "mastodon": "mastodon.social mastodon.online mstdn.social fosstodon.org",
        "pinterest": "pinterest.com",
        "reddit": "reddit.com redditmedia.com",
        "telegram": "t.me",
        "threads": "threads.net threads.com",
        "tiktok": "tiktok.com",
        "tumblr": "tumblr.com",
        "twitter": "twitter.com x.com",
    },
    EmbedKind.CODE: {
        "codepen": "codepen.io",
        "codesandbox": "codesandbox.io",
        "gist": "gist.github.com",
        "glitch": "glitch.com",
        "jsbin": "jsbin.com",
        "jsfiddle": "jsfiddle.net",
        "observable": "observablehq.com",
        "replit": "replit.com",
        "stackblitz": "stackblitz.com",
    },
    EmbedKind.DOCUMENT: {
        "archive": "archive.org",
        "documentcloud": "documentcloud.org",
        "google-docs": "docs.google.com",
        "google-drive": "drive.google.com",
        "issuu": "issuu.com",
        "scribd": "scribd.com",
        "slideshare": "slideshare.net",
        "speakerdeck": "speakerdeck.com",
    },
    EmbedKind.PAGE: {
        "airtable": "airtable.com",
        "canva": "canva.com",
        "datawrapper": "datawrapper.de dwcdn.net",
        "figma": "figma.com",
        "flourish": "flourish.studio",
        "giphy": "giphy.com",
        "google-maps": "maps.google.com",
        "infogram": "infogram.com",
        "knightlab": "knightlab.com",
        "miro": "miro.com",
        "openstreetmap": "openstreetmap.org",
        "tableau": "public.tableau.com",
        "typeform": "typeform.com",
    },
}

HOSTS: dict[str, tuple[str, EmbedKind]] = {
    host: (provider, kind)
    for kind, providers in _PROVIDERS.items()
    for provider, hosts in providers.items()
    for host in hosts.split()
}
"""Provider and kind by host; hosts below one of these are the same provider's."""

_ENDINGS = {
    EmbedKind.VIDEO: "avi m4v mkv mov mp4 mpeg mpg ogv webm wmv",
    EmbedKind.AUDIO: "aac aif aiff flac m4a m4b mp3 oga ogg opus wav wma",
    EmbedKind.DOCUMENT: "doc docx odp ods odt pdf ppt pptx xls xlsx",
}
FILE_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
"""The kind of a file by the ending of its name."""

"""Embeds of bodies: films, sounds, posts, code and documents that stand elsewhere.

In canonical HTML an embed is `<figure data-embed="provider">` around a link to its address, so that
a front end can show the player, and whoever knows nothing of embeds shows the link. A post may be a
quotation that holds its link; a caption may follow. The provider always agrees with the address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import urlsplit

from hub.text.nesting import Nesting
from hub.text.providers import FILE_KINDS, HOSTS
from hub.text.providers import EmbedKind as EmbedKind

FILE = "file"
"""The provider of a file with a relative address: the site itself."""

_FIGURE = re.compile(
    r"<figure\b(?P<attributes>[^>]*\sdata-embed=[^>]*)>"
    r"(?:(?P<content>(?:(?!</?figure\b).)*)</figure>)?",
    re.DOTALL,
)
# Possessive: text that fits two of its parts is not divided in every way, which takes linear time.
_WRAPPED = re.compile(
    r"<figure\b[^>]*>(?:\s|<div>|<p>)*+(?P<embed><figure\b[^>]*\sdata-embed=[^>]*>)"
    r"(?P<content>(?:(?!</?figure\b).)*+)</figure>(?:\s|</div>|</p>)*+"
    r"(?P<caption><figcaption>(?:(?!</?fig).)*+</figcaption>)?+\s*+</figure>",
    re.S,
)
_LINK = re.compile(r'<a\b[^>]*\shref="(?P<href>[^"]*)"[^>]*>(?P<content>.*?)</a>', re.S)
_ASIDE = re.compile(r"<(blockquote|figcaption)\b.*?</\1>", re.S)
_IMAGE = re.compile(r'<img\b[^>]*\ssrc="([^"]*)"')
_IMAGE_TAG = re.compile(r"<img\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_KIND = re.compile(r'\sdata-kind="(\w+)"')
_ATTRIBUTE = re.compile(
    r"""(?:^|[\s/])(?P<name>[a-z][a-z-]*)\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s"'>]+))""",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"<(?:source|embed)\b([^<>]*)>", re.IGNORECASE)
_PARAMETER = re.compile(r"<param\b([^<>]*)>", re.IGNORECASE)
_GIST = re.compile(r"(https?://gist\.github\.com/[\w./-]+?)(?:\.js)?(?:\?.*)?", re.S)
# What players call themselves in every page is no title of a film.
_NO_TITLE = re.compile(
    r"(?:[\w.]+ ){0,2}(?:video |audio |embedded )*(?:player|embed|content|tweet|post)|vimeo-player",
    re.IGNORECASE,
)
_POST_CLASS = re.compile(
    r"(?:^|\s)(?:twitter-(?:tweet|video)|instagram-media|tiktok-embed|bluesky-embed|mastodon-embed"
    r"|reddit-(?:embed-bq|card)|text-post-media|wp-block-embed|kg-embed-card)(?=\s|$)"
)
_POST_ADDRESSES = ("cite", "data-instgrm-permalink", "data-text-post-permalink")


class Embed(NamedTuple):
    """An embed of a body. `title` and `thumbnail` are None where its source tells none."""

    url: str
    provider: str
    kind: EmbedKind
    title: str | None
    thumbnail: str | None


def render(
    url: str,
    *,
    title: str = "",
    thumbnail: str = "",
    kind: EmbedKind | None = None,
    caption: str = "",
) -> str:
    """Render the figure of an embed; empty unless `url` can be one. `caption` is HTML.

    `kind` is what the source says, for addresses that do not tell it themselves.
    """
    url = _absolute(url)
    provider = provider_of(url)
    if not provider:
        return ""
    words = " ".join(title.split())
    words = provider_name(url) if not words or _NO_TITLE.fullmatch(words) else words
    thumbnail = _absolute(thumbnail)
    image = f'<img src="{escape(thumbnail)}" alt="">' if provider_of(thumbnail) else ""
    figcaption = f"<figcaption>{caption}</figcaption>" if caption else ""
    link = f'<a href="{escape(url)}">{image}{escape(words, quote=False)}</a>'
    return f"<figure{_attributes(url, provider, kind)}>{link}{figcaption}</figure>"


def provider_of(url: str) -> str:
    """Return the provider of an address: a name, a host, or `FILE`; empty if it is no address."""
    host = _host(url)
    if host:
        service = _known(url, host)
        return service[0] if service else host.removeprefix("www.")
    return FILE if host is not None else ""


def is_known(url: str) -> bool:
    """Tell whether an address is that of a provider in `HOSTS`, or of a film or sound."""
    host = _host(url)
    if host is None:
        return False
    return bool(host and _known(url, host)) or _file_kind(url) in (EmbedKind.VIDEO, EmbedKind.AUDIO)


def provider_name(url: str) -> str:
    """Return the words of a link without a title: the host, or the file's name."""
    return _host(url) or url.rpartition("/")[2][:200] or url[:200]


def read(html: str) -> list[Embed]:
    """Return the embeds of canonical HTML in order. Takes linear time."""
    if " data-embed=" not in html:
        return []
    embeds = []
    for figure in _FIGURE.finditer(html):
        link = _address_link(figure["content"] or "")
        if link is None:
            continue
        url = unescape(link["href"])
        image = _IMAGE.search(link["content"])
        words = " ".join(unescape(_TAG.sub(" ", link["content"])).split())
        is_post = bool(re.search(r"<blockquote\b", figure["content"]))
        has_title = words not in ("", url, provider_name(url)) and not (
            is_post and link["content"] in _quoted(figure["content"])
        )
        stated = _KIND.search(figure["attributes"])
        embeds.append(
            Embed(
                url,
                provider_of(url),
                kind_of(url) or (EmbedKind(stated[1].upper()) if stated else EmbedKind.PAGE),
                words if has_title else None,
                unescape(image[1]) if image else None,
            )
        )
    return embeds


def kind_of(url: str) -> EmbedKind | None:
    """Return the kind of an embed by its address; None if that does not tell."""
    host = _host(url)
    service = _known(url, host) if host else None
    return _file_kind(url) or (service[1] if service else None)


def replace_element(name: str, attributes: str, content: str) -> str:
    """Return what replaces an element that is removed with its content: a figure, a link, a space.

    A frame of a provider that is not known is a link; scripts are a space, except a gist's.
    """
    values = _values(attributes)
    title = values.get("title") or values.get("aria-label") or ""
    match name:
        case "iframe":
            url = _absolute(values.get("src") or values.get("data-src") or "")
            if is_known(url):
                return render(url, title=title)
            host = _host(url)
            return f'<p><a href="{escape(url)}">{escape(host)}</a></p>' if host else " "
        case "video" | "audio":
            kind = EmbedKind.VIDEO if name == "video" else EmbedKind.AUDIO
            url = values.get("src") or _first_source(content)
            return render(url, title=title, thumbnail=values.get("poster", ""), kind=kind) or " "
        case "object" | "embed":
            url = values.get("data") or values.get("src") or _object_address(content)
            return render(url, title=title) or " "
        case "script":
            gist = _GIST.fullmatch(_absolute(values.get("src", "")))
            return (gist and render(gist[1])) or " "
        case _:
            return " "


def to_link(html: str) -> str:
    """Return what `replace_element` gives with a link in place of its figure."""
    link = _LINK.search(html)
    return f"<p>{_IMAGE_TAG.sub('', link[0])}</p>" if link else html


class Quotations:
    """The quotations open in a text that are posts elsewhere, each with its address if told."""

    def __init__(self) -> None:
        self._open: list[str | None] = []

    def wrap(self, tag: str, name: str, attributes: str, nesting: Nesting) -> str:
        """Return the tag of a quotation or figure, with that of the figure around a post."""
        if tag.startswith("</"):
            address = self._open.pop() if name == "blockquote" and self._open else None
            link = (
                f'<a href="{escape(address)}">{escape(provider_name(address))}</a>'
                if address
                else ""
            )
            return tag if address is None else f"{tag}{link}</figure>"
        values = _values(attributes)
        is_embed = is_post(values.get("class", ""))
        if name == "figure":
            return f'<figure data-embed=""{attributes}>' if is_embed else tag
        is_wrapped = is_embed and nesting.admit("figure", closing=False)
        self._open.append(post_address(values) if is_wrapped else None)
        return f'<figure data-embed="">{tag}' if is_wrapped else tag


def is_post(class_: str) -> bool:
    """Tell by its class whether a quotation or figure is an embed."""
    return bool(_POST_CLASS.search(class_))


def post_address(values: Mapping[str, str]) -> str:
    """Return the address of a post by the attributes of its quotation; it may be empty."""
    url = next(filter(None, (values.get(name) for name in _POST_ADDRESSES)), "")
    return url if _host(url) else ""


def normalise(html: str) -> str:
    """Return sanitised HTML whose figures of embeds have the canonical form.

    One without an address, or around another figure, is an ordinary figure; one that is wrapped in
    a figure takes its caption.
    """
    if " data-embed=" not in html:
        return html
    html = _WRAPPED.sub(lambda m: f"{m['embed']}{m['content']}{m['caption'] or ''}</figure>", html)
    return _FIGURE.sub(_normalise_figure, html)


def _normalise_figure(figure: re.Match[str]) -> str:
    if figure["content"] is None:
        return "<figure>"
    link = _address_link(figure["content"])
    if link is None:
        return f"<figure>{figure['content']}</figure>"
    url = unescape(link["href"])
    stated = _KIND.search(figure["attributes"])
    kind = (
        EmbedKind(stated[1].upper())
        if stated and stated[1].upper() in EmbedKind.__members__
        else None
    )
    return f"<figure{_attributes(url, provider_of(url), kind)}>{figure['content']}</figure>"


def _attributes(url: str, provider: str, kind: EmbedKind | None) -> str:
    is_stated = kind is not None and kind_of(url) is None
    return f' data-embed="{escape(provider)}"' + (
        f' data-kind="{kind.value.lower()}"' if kind and is_stated else ""
    )


def _address_link(content: str) -> re.Match[str] | None:
    """Return the link to an embed: the first beside quotation and caption, or the last quoted."""
    beside = [link for link in _LINK.finditer(_ASIDE.sub("", content)) if _is_address(link)]
    if beside:
        return beside[0]
    quoted = [link for link in _LINK.finditer(_quoted(content)) if _is_address(link)]
    return quoted[-1] if quoted else None


def _quoted(content: str) -> str:
    return "".join(match[0] for match in _ASIDE.finditer(content) if match[1] == "blockquote")


def _is_address(link: re.Match[str]) -> bool:
    return bool(provider_of(unescape(link["href"])))


def _absolute(url: str) -> str:
    url = url.strip()
    return f"https:{url}" if url.startswith("//") else url


def _host(url: str) -> str | None:
    """Return the host of a web address, empty for a relative one; None for any other."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return host or None
    is_relative = not (parts.scheme or parts.netloc) and bool(parts.path)
    return "" if is_relative and not url.startswith(("#", "\\")) else None


def _known(url: str, host: str) -> tuple[str, EmbedKind] | None:
    """Return provider and kind of a known host or of one below it."""
    labels = host.lower().rstrip(".").split(".")
    for start in range(max(0, len(labels) - 4), len(labels) - 1):
        name = ".".join(labels[start:])
        if name in HOSTS:
            return HOSTS[name]
        if name.startswith("google.") and urlsplit(url).path.startswith("/maps"):
            return "google-maps", EmbedKind.PAGE
    return None


def _file_kind(url: str) -> EmbedKind | None:
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    return FILE_KINDS.get(path.rpartition(".")[2].lower()) if "." in path else None


def _first_source(content: str) -> str:
    sources = (_values(source[1]).get("src") for source in _SOURCE.finditer(content))
    return next(filter(None, sources), "")


def _values(attributes: str) -> dict[str, str]:
    """Return the attributes of a tag by their names; of two with a name, the first."""
    values: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        value = unescape(match["a"] or match["b"] or match["c"] or "").strip()
        values.setdefault(match["name"].lower(), value)
    return values


def _object_address(content: str) -> str:
    """Return the address of an object by its parameters, or by what stands in it."""
    for parameter in _PARAMETER.finditer(content):
        values = _values(parameter[1])
        if values.get("name", "").lower() in ("movie", "src", "url", "filename"):
            return values.get("value", "")
    return _first_source(content)

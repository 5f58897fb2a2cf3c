"""Substack's own elements in the text of a letter: boxes that go, embeds that stay."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from hub.text.embeds import is_known
from scripts.importers.html.tree import Tree, element_text

_BOX = re.compile(
    r"(?:^|\s)(?:subscription-widget[\w-]*|subscribe-widget[\w-]*|captioned-button-wrap"
    r"|community-chat|install-substack-app-embed|directMessage|direct-message"
    r"|cashtag-wrap|comment-box|share-dialog)(?=\s|$)"
)
_BOX_COMPONENT = re.compile(
    r"Subscribe|CommunityChat|InstallSubstackApp|DirectMessage|ReferAFriend|ShareButton"
    r"|DonateButton|CaptionedButton"
)
_SERVICE_LINK = re.compile(
    r"%%[\w.-]+%%|/subscribe(?:[/?#]|$)|[?&]action=share|[?&]gift=|/leaderboard(?:[?#]|$)"
    r"|/comments(?:[?#]|$)|[?&]donate=|/donate(?:[?#]|$)"
)
_PAYWALL = re.compile(r"Paywall", re.IGNORECASE)
_PLAYERS = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
}
_FILM = re.compile(r"^(?:tweet|youtube|vimeo|instagram|tiktok|bluesky|audio|video|soundcloud)")
_ID = re.compile(r"[\w-]{4,40}")


def has_paywall(tree: Tree) -> bool:
    """Tell whether a part of a letter is for paying readers only."""
    return any(_PAYWALL.search(_marks(node)) for node in tree.iter(etree.Element))


def find_hosts(tree: Tree) -> list[str]:
    """Return the hosts of the publications to which a letter's boxes subscribe."""
    hosts = []
    for node in tree.iter(etree.Element):
        if _BOX.search(node.get("class") or "") or "Button" in _marks(node):
            url = str(_attributes(node).get("url") or "")
            if re.search(r"/subscribe(?:[/?#]|$)", url) and (host := _host(url)):
                hosts.append(host)
    return hosts


def clean(tree: Tree) -> list[str]:
    """Remove boxes from a letter, and make its embeds figures; return what had to be left out."""
    for node in list(tree.iter(etree.Element)):
        if _is_box(node):
            _drop(node)
    left_out = []
    for node in list(tree.iter(etree.Element)):
        if node.get("data-attrs") and not _is_dropped(node, tree):
            name = _render(node)
            left_out += [name] if name else []
    return left_out


def _is_box(node: Tree) -> bool:
    if node.tag == "form" or _BOX.search(node.get("class") or ""):
        return True
    if _BOX_COMPONENT.search(node.get("data-component-name") or ""):
        return True
    if "button" in (node.get("class") or "") or "Button" in _marks(node):
        urls = [*node.xpath("descendant-or-self::a/@href"), _attributes(node).get("url")]
        return any(_SERVICE_LINK.search(str(url)) for url in urls if url)
    return False


def _render(node: Tree) -> str:
    """Make an embed that shows nothing by itself a figure; return its name if that cannot be."""
    data = _attributes(node)
    name = (node.get("class") or node.get("data-component-name") or "embed").split()[0]
    if node.xpath("descendant-or-self::iframe|descendant-or-self::img|descendant::audio"):
        return ""
    if formula := _text(data, "persistentExpression"):
        _replace(node, "code", formula)
        return ""
    images = [_text(image, "src") for image in _gallery(data)]
    if any(images):
        for image in filter(None, images):
            etree.SubElement(
                node, "img", src=image, alt=_text(_as_dict(data.get("gallery")), "alt")
            )
        return ""
    url = _address(node, data)
    if url:
        words = next(filter(None, (_text(data, key) for key in _WORDS)), "")
        if not element_text(node) and words:
            quote = etree.SubElement(node, "blockquote")
            etree.SubElement(quote, "p").text = words
        if not node.xpath("descendant-or-self::a[@href]"):
            by = _text(data, "username") or _text(data, "title") or _host(url)
            etree.SubElement(etree.SubElement(node, "p"), "a", href=url).text = by
        if is_known(url) or _FILM.search(name):
            node.tag = "figure"
            node.set("data-embed", "")
        return ""
    if not element_text(node) and _text(data, "name"):
        node.text = _text(data, "name")
        return ""
    return "" if element_text(node) or node.tag in ("a", "img", "source") else name


_WORDS = ("full_text", "caption", "description", "title", "body")


def _address(node: Tree, data: dict[str, Any]) -> str:
    """Return the address of an embed, also of a film of which only the id is given."""
    for key in ("canonical_url", "url", "href", "src"):
        if _text(data, key).startswith(("http://", "https://")):
            return _text(data, key)
    number = _text(data, "videoId")
    player = next((url for name, url in _PLAYERS.items() if name in _marks(node).lower()), "")
    return player.format(number) if player and _ID.fullmatch(number) else ""


def _gallery(data: dict[str, Any]) -> list[dict[str, Any]]:
    images = _as_dict(data.get("gallery")).get("images")
    return list(map(_as_dict, images[:50])) if isinstance(images, list) else []


def _attributes(node: Tree) -> dict[str, Any]:
    try:
        return _as_dict(json.loads(node.get("data-attrs") or "{}"))
    except (ValueError, RecursionError):
        return {}


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _marks(node: Tree) -> str:
    return f"{node.get('class') or ''} {node.get('data-component-name') or ''}"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _replace(node: Tree, tag: str, text: str) -> None:
    for child in list(node):
        node.remove(child)
    node.tag, node.text = tag, text


def _is_dropped(node: Tree, tree: Tree) -> bool:
    return node is not tree and node.getparent() is None


def _drop(node: Tree) -> None:
    if node.getparent() is not None:
        node.drop_tree()

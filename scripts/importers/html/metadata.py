"""What a page says about itself: JSON-LD first, then OpenGraph, meta elements and its markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scripts.importers import dates
from scripts.importers.html.tree import Tree, words_of
from scripts.importers.source import public_name
from scripts.importers.wordpress.site import language_tag, plain

MAX_TOPICS = 10
MAX_AUTHORS = 10
MAX_DATA = 500_000
"""Characters of JSON-LD that are looked at."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|HowTo|Newsarticle)$")
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)")
_BY = re.compile(r"(?i)^(?:by|von|par|por|di|door|av)\b[:\s]+")
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|\band\b|\bund\b|\bet\b|&|\|)\s*")
_SEPARATOR = re.compile(r"\s+[|–—·»›:-]+\s+|\s*[|»]\s*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about itself; `urls` are its addresses, the canonical one first."""

    title: str = ""
    summary: str = ""
    language: str = ""
    image_url: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    urls: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def metadata_of(tree: Tree) -> Metadata:
    """The metadata of a page. Whatever it says wrongly or not at all is left out."""
    data, meta = _article_data(tree), _Meta(tree)
    return Metadata(
        title=_title(tree, data, meta),
        summary=plain(_first(_str(data.get("description")), meta.get(*_DESCRIPTIONS))),
        language=language_tag(_first(str(tree.get("lang") or ""), meta.get("og:locale"))),
        image_url=_web(_first(_image(data.get("image")), meta.get("og:image", "twitter:image"))),
        published_at=_moment(
            _str(data.get("datePublished")), *map(meta.get, _PUBLISHED), *_times(tree)
        ),
        updated_at=_moment(
            _str(data.get("dateModified")), meta.get("article:modified_time", "og:updated_time")
        ),
        urls=_urls(tree, meta),
        authors=_authors(tree, data, meta),
        topics=_topics(tree, data, meta),
    )


_TITLES = ("dc.title", "dcterms.title", "og:title", "parsely-title", "twitter:title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")
_AUTHORS = ("dc.creator", "author", "article:author", "parsely-author")
_PUBLISHED = (
    *("article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "date"),
    *("dc.date", "dc.date.issued", "dcterms.created", "sailthru.date", "pubdate", "publish-date"),
)


class _Meta:
    """The meta elements of a page, by name or property; of several, all."""

    def __init__(self, tree: Tree) -> None:
        self._found: dict[str, list[str]] = {}
        for node in tree.xpath("//meta[@content]"):
            for kind in ("property", "name", "itemprop"):
                for name in str(node.get(kind) or "").lower().split():
                    self._found.setdefault(name, []).append(str(node.get("content")).strip())

    def get(self, *names: str) -> str:
        """The first that says something."""
        return next((one for name in names for one in self.all(name) if one), "")

    def all(self, name: str) -> list[str]:
        """All of one name."""
        return self._found.get(name, [])


def _article_data(tree: Tree) -> dict[str, Any]:
    """What JSON-LD says about the article; empty where it says nothing."""
    for node in tree.xpath("//script[contains(@type, 'ld+json')]"):
        text = str(node.text or "").strip().removeprefix("<!--").removesuffix("-->")
        try:
            whole = json.loads(text.strip().rstrip(";")[:MAX_DATA], strict=False)
        except (ValueError, RecursionError):
            continue
        for one in _objects(whole, 0):
            types = one.get("@type")
            if any(_ARTICLE.search(str(kind)) for kind in _listed(types)):
                return one
    return {}


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(value.get(name), depth + 1)
    elif isinstance(value, list):
        for one in value[:100]:
            yield from _objects(one, depth + 1)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _str(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _first(*values: str) -> str:
    return next((one for one in values if one), "")


def _web(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def _image(value: Any) -> str:
    for one in _listed(value):
        if found := _str(one.get("url") if isinstance(one, dict) else one):
            return found
    return ""


def _moment(*written: str) -> datetime | None:
    return next((found for one in written if one and (found := dates.moment(one))), None)


def _times(tree: Tree) -> list[str]:
    """The dates of the page's own markup, the likeliest first; those of comments are none."""
    own = "not(ancestor::*[contains(@class, 'comment') or contains(@id, 'comment')])"
    paths = (
        f"//*[@itemprop='datePublished'][{own}]",
        f"//time[@pubdate][{own}]",
        f"//article//time[@datetime][{own}]",
        f"//time[@datetime][{own}]",
        f"//abbr[contains(@class, 'published')][{own}]",
    )
    nodes = [node for path in paths for node in tree.xpath(path)[:1]]
    return [
        str(node.get("datetime") or node.get("content") or node.get("title") or words_of(node))
        for node in nodes
    ]


def _urls(tree: Tree, meta: _Meta) -> tuple[str, ...]:
    links = [str(one) for one in tree.xpath("//link[@rel='canonical']/@href")]
    notes = [str(one.text or "") for one in tree.xpath("/comment()|//comment()")[:20]]
    saved = [found[1] for note in notes if (found := _SAVED_FROM.search(note))]
    urls = [*links, meta.get("og:url"), *saved]
    return tuple(dict.fromkeys(url.strip() for url in urls if _web(url.strip())))


def _title(tree: Tree, data: dict[str, Any], meta: _Meta) -> str:
    """The headline, without the name of the site behind it."""
    site = meta.get("og:site_name", "application-name")
    named = _first(plain(_str(data.get("headline"))), meta.get(*_TITLES))
    heads = [words_of(one) for one in tree.xpath("//h1")]
    heads = [one for one in heads if one]
    whole = next((words_of(one) for one in tree.xpath("//head/title|//title")), "")
    if named:
        return _without_site(plain(named), site)
    for head in heads:
        # A first heading that the title says too is the headline; others may be the site's name.
        if len(head) > 3 and head.casefold() in whole.casefold():
            return head
    return _without_site(whole, site) or next(iter(heads), "")


def _without_site(title: str, site: str) -> str:
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    cut = [found.start() for found in _SEPARATOR.finditer(title)]
    if site and parts[-1].casefold() == site.casefold():
        return title[: cut[-1]].strip()
    # Of two parts of which one is a few words, that one is the site's name.
    known_site = not site and parts[-1].count(" ") < 3 <= title[: cut[-1]].count(" ")
    return title[: cut[-1]].strip() if known_site else title


def _authors(tree: Tree, data: dict[str, Any], meta: _Meta) -> tuple[str, ...]:
    people = [one for one in _listed(data.get("author")) if one]
    names = [_str(one.get("name")) if isinstance(one, dict) else _str(one) for one in people]
    if not any(names):
        names = [
            *meta.all("dc.creator"),
            *meta.all("author"),
            *meta.all("article:author"),
            *meta.all("parsely-author"),
        ]
        names = [one for one in names if not one.startswith(("http:", "https:", "/"))]
    if not any(names):
        by = "//a[@rel='author']|//*[@itemprop='author']/descendant-or-self::*[@itemprop='name']"
        names = [words_of(one) for one in tree.xpath(f"{by}|//*[@itemprop='author'][not(.//*)]")]
    if not any(names):
        by = "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]"
        names = [text for one in tree.xpath(by)[:1] if _BY.match(text := words_of(one))]
    shown: dict[str, None] = {}
    for name in names:
        for one in _BETWEEN_NAMES.split(_BY.sub("", " ".join(name.split()))):
            person = public_name(one)
            if 1 < len(person) <= 80 and person.count(" ") < 6:
                shown[person] = None
    return tuple(shown)[:MAX_AUTHORS]


def _topics(tree: Tree, data: dict[str, Any], meta: _Meta) -> tuple[str, ...]:
    named = [_str(one) for one in _listed(data.get("articleSection"))]
    named += [meta.get("article:section"), *meta.all("article:tag")]
    named += [words_of(one) for one in tree.xpath("//a[contains(@rel, 'tag')]")]
    if not any(named):
        words = [*_listed(data.get("keywords")), meta.get("news_keywords", "keywords")]
        named = [part for one in words for part in _str(one).split(",")]
    found: dict[str, str] = {}
    for name in named:
        shown = plain(name)
        if 1 < len(shown) <= 80:
            found.setdefault(shown.casefold(), shown)
    return tuple(found.values())[:MAX_TOPICS]

"""Metadata of a page: from JSON-LD first, then OpenGraph, meta elements and its markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scripts.importers.content import dates
from scripts.importers.content.publication import read_publication
from scripts.importers.html.tree import Tree, element_text
from scripts.importers.source import public_name
from scripts.importers.wordpress.site import language_tag, plain_text

MAX_TOPICS = 10
MAX_AUTHORS = 10
MAX_DATA = 500_000
"""Maximum length of JSON-LD, in characters; the rest is cut off."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|HowTo|Newsarticle)$")
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)")
_BY = re.compile(r"(?i)^(?:by|von|par|por|di|door|av)\b[:\s]+")
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|\band\b|\bund\b|\bet\b|&|\|)\s*")
_SEPARATOR = re.compile(r"\s+[|–—·»›:-]+\s+|\s*[|»]\s*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata of a page; `urls` are its own URLs, the canonical one first.

    `hidden_reason` says why it is not public, if it is not.
    """

    title: str = ""
    subtitle: str = ""
    summary: str = ""
    language: str = ""
    image_url: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    urls: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    hidden_reason: str = ""


def extract_metadata(tree: Tree) -> Metadata:
    """Extract the metadata of a page; missing and invalid values stay empty."""
    data, meta = _find_article_data(tree), _Meta(tree)
    return Metadata(
        title=_title(tree, data, meta),
        subtitle=plain_text(_str(data.get("alternativeHeadline"))),
        summary=plain_text(
            _first_nonempty(_str(data.get("description")), meta.get(*_DESCRIPTIONS))
        ),
        language=language_tag(_first_nonempty(str(tree.get("lang") or ""), meta.get("og:locale"))),
        image_url=_web_url(
            _first_nonempty(_image(data.get("image")), meta.get("og:image", "twitter:image"))
        ),
        published_at=_first_date(
            _str(data.get("datePublished")), *map(meta.get, _PUBLISHED), *_date_candidates(tree)
        ),
        updated_at=_first_date(
            _str(data.get("dateModified")), meta.get("article:modified_time", "og:updated_time")
        ),
        urls=_urls(tree, meta),
        authors=_authors(tree, data, meta),
        topics=_topics(tree, data, meta),
        hidden_reason=_hidden_reason(data, meta),
    )


_STATUS_NAMES = (
    *("status", "article:status", "post_status", "publication_status", "draft", "is_draft"),
    *("published", "is_published", "unpublished", "visibility", "private", "hidden", "unlisted"),
    *("access_level", "article:access", "paywall", "premium", "members_only", "subscribers_only"),
)


def _hidden_reason(data: dict[str, Any], meta: _Meta) -> str:
    """Return why a page is not public by its own data; empty for a public one."""
    if _is_paid(data, meta):
        return "it is for paying readers only"
    fields: dict[str, object] = {
        name.rpartition(":")[2]: meta.get(name) for name in _STATUS_NAMES if meta.get(name)
    }
    if data.get("creativeWorkStatus"):
        fields["creativeWorkStatus"] = data["creativeWorkStatus"]
    return read_publication(fields).reason


def _is_paid(data: dict[str, Any], meta: _Meta) -> bool:
    """Tell whether a page says that its article is for paying readers only."""
    free = data.get("isAccessibleForFree")
    if free is False or _str(free).strip().lower() in ("false", "http://schema.org/false"):
        return True
    return meta.get("article:content_tier", "og:article:content_tier").lower() in (
        "locked",
        "metered",
    )


_TITLES = ("dc.title", "dcterms.title", "og:title", "parsely-title", "twitter:title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")
_AUTHORS = ("dc.creator", "author", "article:author", "parsely-author")
_PUBLISHED = (
    *("article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "date"),
    *("dc.date", "dc.date.issued", "dcterms.created", "sailthru.date", "pubdate", "publish-date"),
)


class _Meta:
    """Contents of a page's meta elements, by name or property."""

    def __init__(self, tree: Tree) -> None:
        self._values: dict[str, list[str]] = {}
        for node in tree.xpath("//meta[@content]"):
            for kind in ("property", "name", "itemprop"):
                for name in str(node.get(kind) or "").lower().split():
                    self._values.setdefault(name, []).append(str(node.get("content")).strip())

    def get(self, *names: str) -> str:
        """Return the first content that is not empty, in the order of `names`."""
        return next((content for name in names for content in self.all(name) if content), "")

    def all(self, name: str) -> list[str]:
        """Return all contents of a name."""
        return self._values.get(name, [])


def _find_article_data(tree: Tree) -> dict[str, Any]:
    """Return the article's object in the JSON-LD; empty when there is none."""
    for node in tree.xpath("//script[contains(@type, 'ld+json')]"):
        text = str(node.text or "").strip().removeprefix("<!--").removesuffix("-->")
        try:
            document = json.loads(text.strip().rstrip(";")[:MAX_DATA], strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _iter_objects(document, 0):
            types = item.get("@type")
            if any(_ARTICLE.search(str(kind)) for kind in _as_list(types)):
                return item
    return {}


def _iter_objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _iter_objects(value.get(name), depth + 1)
    elif isinstance(value, list):
        for item in value[:100]:
            yield from _iter_objects(item, depth + 1)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _str(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _first_nonempty(*values: str) -> str:
    return next((value for value in values if value), "")


def _web_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def _image(value: Any) -> str:
    for item in _as_list(value):
        if url := _str(item.get("url") if isinstance(item, dict) else item):
            return url
    return ""


def _first_date(*candidates: str) -> datetime | None:
    return next((date for text in candidates if text and (date := dates.parse_date(text))), None)


def _date_candidates(tree: Tree) -> list[str]:
    """Return the dates in the page's markup, the likeliest first, without those of comments."""
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
        str(node.get("datetime") or node.get("content") or node.get("title") or element_text(node))
        for node in nodes
    ]


def _urls(tree: Tree, meta: _Meta) -> tuple[str, ...]:
    links = [str(href) for href in tree.xpath("//link[@rel='canonical']/@href")]
    comments = [str(comment.text or "") for comment in tree.xpath("/comment()|//comment()")[:20]]
    saved = [match[1] for comment in comments if (match := _SAVED_FROM.search(comment))]
    urls = [*links, meta.get("og:url"), *saved]
    return tuple(dict.fromkeys(url.strip() for url in urls if _web_url(url.strip())))


def _title(tree: Tree, data: dict[str, Any], meta: _Meta) -> str:
    """Return the headline, without the site's name after it."""
    site = meta.get("og:site_name", "application-name")
    title = _first_nonempty(plain_text(_str(data.get("headline"))), meta.get(*_TITLES))
    heads = [element_text(heading) for heading in tree.xpath("//h1")]
    heads = [head for head in heads if head]
    page_title = next((element_text(node) for node in tree.xpath("//head/title|//title")), "")
    if title:
        return _strip_site_name(plain_text(title), site)
    for head in heads:
        # A first heading that the title contains is the headline; others may be the site's name.
        if len(head) > 3 and head.casefold() in page_title.casefold():
            return head
    return _strip_site_name(page_title, site) or next(iter(heads), "")


def _strip_site_name(title: str, site: str) -> str:
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    separators = [match.start() for match in _SEPARATOR.finditer(title)]
    if site and parts[-1].casefold() == site.casefold():
        return title[: separators[-1]].strip()
    # A short last part after a longer title is the site's name.
    is_site_name = not site and parts[-1].count(" ") < 3 <= title[: separators[-1]].count(" ")
    return title[: separators[-1]].strip() if is_site_name else title


def _authors(tree: Tree, data: dict[str, Any], meta: _Meta) -> tuple[str, ...]:
    people = [person for person in _as_list(data.get("author")) if person]
    names = [
        _str(person.get("name")) if isinstance(person, dict) else _str(person) for person in people
    ]
    if not any(names):
        names = [
            *meta.all("dc.creator"),
            *meta.all("author"),
            *meta.all("article:author"),
            *meta.all("parsely-author"),
        ]
        names = [name for name in names if not name.startswith(("http:", "https:", "/"))]
    if not any(names):
        path = "//a[@rel='author']|//*[@itemprop='author']/descendant-or-self::*[@itemprop='name']"
        names = [
            element_text(node) for node in tree.xpath(f"{path}|//*[@itemprop='author'][not(.//*)]")
        ]
    if not any(names):
        path = "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]"
        names = [text for node in tree.xpath(path)[:1] if _BY.match(text := element_text(node))]
    people_names: dict[str, None] = {}
    for name in names:
        for part in _BETWEEN_NAMES.split(_BY.sub("", " ".join(name.split()))):
            person = public_name(part)
            if 1 < len(person) <= 80 and person.count(" ") < 6:
                people_names[person] = None
    return tuple(people_names)[:MAX_AUTHORS]


def _topics(tree: Tree, data: dict[str, Any], meta: _Meta) -> tuple[str, ...]:
    names = [_str(section) for section in _as_list(data.get("articleSection"))]
    names += [meta.get("article:section"), *meta.all("article:tag")]
    names += [element_text(link) for link in tree.xpath("//a[contains(@rel, 'tag')]")]
    if not any(names):
        words = [*_as_list(data.get("keywords")), meta.get("news_keywords", "keywords")]
        names = [part for keywords in words for part in _str(keywords).split(",")]
    topics: dict[str, str] = {}
    for name in names:
        topic_name = plain_text(name)
        if 1 < len(topic_name) <= 80:
            topics.setdefault(topic_name.casefold(), topic_name)
    return tuple(topics.values())[:MAX_TOPICS]

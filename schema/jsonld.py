"""JSON-LD of articles in the vocabulary of schema.org, for search engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, assert_never

import orjson

from hub.media.addresses import absolute
from hub.models import Kind
from hub.reads.articles import ArticleRow
from hub.reads.authors import AuthorRow
from hub.reads.topics import TopicRow
from hub.settings import Settings
from schema import article_urls

_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
MAX_HEADLINE = 110
"""Characters of a headline that search engines show."""


def article(
    row: ArticleRow, authors: Sequence[AuthorRow], topics: Sequence[TopicRow], settings: Settings
) -> str:
    """Return the article as JSON-LD, escaped for use in a `<script>`."""
    url = article_urls.site_url(row, settings.article_url)
    is_page = _is_page(Kind(row.kind))
    site = {"name": settings.site_name, "url": settings.site_url}
    properties: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebPage" if is_page else "Article",
        "headline": row.title[:MAX_HEADLINE],
        "alternativeHeadline": row.subtitle,
        "description": row.summary,
        "url": url,
        "mainEntityOfPage": url,
        "inLanguage": row.language,
        "datePublished": _moment(row.published_at),
        "dateModified": _moment(row.updated_at),
        "author": [
            person(
                author.name,
                absolute(author.image_url, settings.media_address),
                orjson.loads(author.links or "[]"),
            )
            for author in authors
        ],
        "articleSection": [] if is_page else [topic.name for topic in topics[:1]],
        "keywords": [topic.name for topic in topics],
        "image": _image(row, settings.media_address),
        "commentCount": row.comment_count,
        "publisher": {"@type": "Organization", **site},
        "isPartOf": {"@type": "WebSite", **site},
    }
    present = {name: value for name, value in properties.items() if value not in (None, "", [])}
    return dumps(present)


def site(settings: Settings, base: str) -> str:
    """Return the site at `base` with its search as JSON-LD, escaped for use in a `<script>`."""
    return dumps(
        {
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": settings.site_name,
            "url": base,
            "inLanguage": settings.language,
            "potentialAction": {
                "@type": "SearchAction",
                "target": f"{base}search?q={{search_term_string}}",
                "query-input": "required name=search_term_string",
            },
        }
    )


def dumps(properties: Mapping[str, Any]) -> str:
    """Return JSON that is escaped for use in a `<script>`."""
    text = orjson.dumps(properties).decode()
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def _is_page(kind: Kind) -> bool:
    match kind:
        case Kind.PAGE:
            return True
        case Kind.ARTICLE:
            return False
        case _:
            assert_never(kind)


def person(name: str, image: str | None, links: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return an author with a portrait and pages elsewhere."""
    details = {"image": image, "sameAs": [link["url"] for link in links]}
    present = {name: value for name, value in details.items() if value}
    return {"@type": "Person", "name": name, **present}


def _image(row: ArticleRow, media: str) -> dict[str, str] | None:
    if not row.image_url:
        return None
    caption = {"caption": row.image_alt} if row.image_alt else {}
    return {"@type": "ImageObject", "url": absolute(row.image_url, media), **caption}


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

"""Hits in Algolia's JSON: an article's attributes and their highlights."""

from __future__ import annotations

from html import unescape
from typing import Any

from starlette.requests import Request

from hub.auth import ANONYMOUS
from hub.reads import articles, authors, topics
from hub.reads.articles import ArticleRow
from hub.reads.authors import AuthorRow
from hub.reads.topics import TopicRow
from hub.settings import Settings
from schema import article_urls, ids
from schema.web.instantsearch.params import Params
from search_index.query import Hit, Page

PLACEHOLDERS = ("__ais-highlight__", "__/ais-highlight__")
"""The tags that InstantSearch requests around highlights; it then escapes the text itself."""


async def render_hits(
    request: Request, settings: Settings, page: Page, params: Params
) -> list[dict[str, Any]]:
    """Render the public hits of a page. Three statements."""
    db, article_ids = request.app.state.db, [hit.id for hit in page.hits]
    rows = await articles.by_ids(db, article_ids, ANONYMOUS)
    topics_by_article, authors_by_article = (
        await topics.of_articles(db, article_ids),
        await authors.of_articles(db, article_ids),
    )
    base = str(request.base_url)
    results = []
    for hit in page.hits:
        row = rows.get(hit.id)
        if row is not None:
            attributes = _attributes(
                row, topics_by_article.get(row.id, []), authors_by_article.get(row.id, [])
            )
            attributes["url"] = article_urls.public_url(row, settings.article_url, base)
            id_ = {"objectID": ids.global_id(ids.ARTICLE, row.id)}
            results.append(
                id_ | _select(attributes, params.retrieved) | _highlight_results(row, hit, params)
            )
    return results


def _select(attributes: dict[str, Any], names: frozenset[str] | None) -> dict[str, Any]:
    if names is None:
        return attributes
    return {name: value for name, value in attributes.items() if name in names}


def _attributes(
    row: ArticleRow, article_topics: list[TopicRow], article_authors: list[AuthorRow]
) -> dict[str, Any]:
    moment = row.published_at
    return {
        "slug": row.slug,
        "language": row.language,
        "kind": row.kind,
        "title": row.title,
        "summary": row.summary,
        "publishedAt": moment.isoformat().replace("+00:00", "Z") if moment else None,
        "timestamp": int(moment.timestamp()) if moment else None,
        "year": str(moment.year) if moment else None,
        "topics": [topic.name for topic in article_topics],
        "authors": [author.name for author in article_authors],
        "commentCount": row.comment_count,
        "image": row.image_url,
    }


def _highlight_results(row: ArticleRow, hit: Hit, params: Params) -> dict[str, Any]:
    """Return the highlights and snippets; escaped unless InstantSearch does that itself."""
    marks = {highlight.field: " … ".join(highlight.fragments) for highlight in hit.highlights}
    plain = {"title": row.title, "summary": row.summary}
    highlights = {
        name: _highlight_result(marks.get(name), text, params.tags) for name, text in plain.items()
    }
    snippets = {**highlights, "body": _highlight_result(marks.get("body"), "", params.tags)}
    return {
        "_highlightResult": _select(highlights, params.highlighted),
        "_snippetResult": _select(snippets, params.snippeted),
    }


def _highlight_result(marked: str | None, text: str, tags: tuple[str, str]) -> dict[str, Any]:
    is_escaped_by_client = tags == PLACEHOLDERS
    if marked is None:
        value = text if is_escaped_by_client else text.replace("&", "&amp;").replace("<", "&lt;")
        return {"value": value, "matchLevel": "none", "matchedWords": []}
    words = [piece.partition("</mark>")[0] for piece in marked.split("<mark>")[1:]]
    escaped = marked.replace("<mark>", "\0").replace("</mark>", "\1")
    value = unescape(escaped) if is_escaped_by_client else escaped
    value = value.replace("\0", tags[0]).replace("\1", tags[1])
    matched = list(dict.fromkeys(unescape(word).lower() for word in words))
    return {"value": value, "matchLevel": "full", "matchedWords": matched}

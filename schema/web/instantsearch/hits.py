"""Hits in the search adapter's JSON: an article's attributes, and where the words stand in them."""

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
"""What InstantSearch asks to be put around marks; it escapes the text around them itself."""


async def hits(
    request: Request, settings: Settings, page: Page, params: Params
) -> list[dict[str, Any]]:
    """The hits of a page that the public may see, as the adapter has them. Three statements."""
    db, found = request.app.state.db, [hit.id for hit in page.hits]
    rows = await articles.by_ids(db, found, ANONYMOUS)
    tagged, written = await topics.of_articles(db, found), await authors.of_articles(db, found)
    base = str(request.base_url)
    answer = []
    for hit in page.hits:
        row = rows.get(hit.id)
        if row is not None:
            made = _fields(row, tagged.get(row.id, []), written.get(row.id, []))
            made["url"] = article_urls.address(row, settings.article_url, base)
            id_ = {"objectID": ids.global_id(ids.ARTICLE, row.id)}
            answer.append(id_ | _only(made, params.retrieved) | _marked(row, hit, params))
    return answer


def _only(found: dict[str, Any], names: frozenset[str] | None) -> dict[str, Any]:
    if names is None:
        return found
    return {name: value for name, value in found.items() if name in names}


def _fields(row: ArticleRow, tagged: list[TopicRow], written: list[AuthorRow]) -> dict[str, Any]:
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
        "topics": [topic.name for topic in tagged],
        "authors": [author.name for author in written],
        "commentCount": row.comment_count,
        "image": row.image_url,
    }


def _marked(row: ArticleRow, hit: Hit, params: Params) -> dict[str, Any]:
    """The highlights, as the adapter calls them; escaped unless InstantSearch does that itself."""
    marks = {one.field: " … ".join(one.fragments) for one in hit.highlights}
    plain = {"title": row.title, "summary": row.summary}
    whole = {name: _piece(marks.get(name), text, params.tags) for name, text in plain.items()}
    snippets = {**whole, "body": _piece(marks.get("body"), "", params.tags)}
    return {
        "_highlightResult": _only(whole, params.highlighted),
        "_snippetResult": _only(snippets, params.snipped),
    }


def _piece(marked: str | None, text: str, tags: tuple[str, str]) -> dict[str, Any]:
    raw = tags == PLACEHOLDERS
    if marked is None:
        value = text if raw else text.replace("&", "&amp;").replace("<", "&lt;")
        return {"value": value, "matchLevel": "none", "matchedWords": []}
    words = [piece.partition("</mark>")[0] for piece in marked.split("<mark>")[1:]]
    found = marked.replace("<mark>", "\0").replace("</mark>", "\1")
    value = unescape(found) if raw else found
    value = value.replace("\0", tags[0]).replace("\1", tags[1])
    matched = list(dict.fromkeys(unescape(word).lower() for word in words))
    return {"value": value, "matchLevel": "full", "matchedWords": matched}

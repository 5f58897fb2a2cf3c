"""Hits in Algolia's JSON: an article's attributes and their highlights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.requests import Request

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.media.addresses import absolute
from hub.reads import articles, authors, topics
from hub.reads.articles import ArticleRow
from hub.reads.authors import AuthorRow
from hub.reads.topics import TopicRow
from hub.settings import Settings
from hub.text import markup
from schema import article_urls, ids
from schema.web.instantsearch.highlights import (
    LabelMarks,
    Piece,
    Tags,
    pieces_of,
    result,
    snippet,
)
from schema.web.instantsearch.params import Params
from search_index.query import Hit, Page

BEGINNING = 1_000
"""Characters of a body of which a snippet is made where nothing in it matched."""

LENGTH = 200
"""Characters of such a snippet, unless its words are counted."""


async def render_hits(
    request: Request, settings: Settings, page: Page, params: Params
) -> list[dict[str, Any]]:
    """Render the public hits of a page. Four statements at most."""
    db, article_ids = request.app.state.db, [hit.id for hit in page.hits]
    rows = await articles.by_ids(db, article_ids, ANONYMOUS)
    topics_by_article, authors_by_article = (
        await topics.of_articles(db, article_ids),
        await authors.of_articles(db, article_ids),
    )
    beginnings = await _beginnings(db, page.hits, params)
    base, labels = str(request.base_url), LabelMarks(params.query)
    results = []
    for hit in page.hits:
        row = rows.get(hit.id)
        if row is not None:
            attributes = _attributes(
                row, topics_by_article.get(row.id, []), authors_by_article.get(row.id, [])
            )
            media = settings.media_address or base.rstrip("/")
            attributes["image"] = absolute(row.image_url, media)
            attributes["url"] = article_urls.public_url(row, settings, base)
            results.append(
                {"objectID": ids.global_id(ids.ARTICLE, row.id)}
                | {name: attributes[name] for name in attributes if params.retrieved.has(name)}
                | _marked_results(attributes, hit, params, labels, beginnings.get(hit.id, ""))
            )
    return results


async def _beginnings(db: Reader, hits: Iterable[Hit], params: Params) -> dict[int, str]:
    """Return the beginnings of bodies that have no match, where their snippets are asked for."""
    if not params.snippeted.has("body"):
        return {}
    unmarked = [hit.id for hit in hits if all(mark.field != "body" for mark in hit.highlights)]
    return await articles.beginnings(db, unmarked, BEGINNING, ANONYMOUS) if unmarked else {}


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
        "month": f"{moment:%Y-%m}" if moment else None,
        "topics": [topic.name for topic in article_topics],
        "authors": [author.name for author in article_authors],
        "commentCount": row.comment_count,
        "image": row.image_url,
        "hasImage": bool(row.image_url),
    }


def _marked_results(
    attributes: dict[str, Any], hit: Hit, params: Params, labels: LabelMarks, beginning: str
) -> dict[str, Any]:
    """Return the highlights and the snippets that are asked for."""
    fragments = {mark.field: mark.fragments for mark in hit.highlights}
    texts = {
        name: _joined(fragments[name]) if name in fragments else [Piece(attributes[name], False)]
        for name in ("title", "summary")
    }
    highlighted: dict[str, Any] = {
        name: result(pieces, params.tags)
        for name, pieces in texts.items()
        if params.highlighted.has(name)
    }
    highlighted |= {
        name: [result(labels.pieces(label), params.tags) for label in attributes[name]]
        for name in ("topics", "authors")
        if params.highlighted.has(name)
    }
    snippets = {
        name: result(_snippet(pieces, params.snippeted.words(name), params.tags), params.tags)
        for name, pieces in texts.items()
        if params.snippeted.has(name)
    }
    if params.snippeted.has("body"):
        pieces = _body_snippet(fragments.get("body", ()), beginning, params)
        snippets["body"] = result(pieces, params.tags)
    return {"_highlightResult": highlighted, "_snippetResult": snippets}


def _joined(fragments: Sequence[str]) -> list[Piece]:
    return pieces_of(" … ".join(fragments))


def _snippet(pieces: list[Piece], words: int | None, tags: Tags) -> list[Piece]:
    return pieces if words is None else snippet(pieces, words, tags, is_cut=False)


def _body_snippet(fragments: Sequence[str], beginning: str, params: Params) -> list[Piece]:
    """Return the best sentences of a body, or its beginning where nothing in it matched."""
    words = params.snippeted.words("body")
    if not fragments:
        is_cut = len(beginning) == BEGINNING
        if words is None:
            text = markup.excerpt(beginning, LENGTH)
            return [Piece(text.replace("…", params.tags.ellipsis), False)] if text else []
        text = " ".join(beginning.split())
        return snippet([Piece(text, False)], words, params.tags, is_cut=is_cut) if text else []
    if words is None:
        return _joined(fragments)
    best = max(fragments, key=lambda fragment: fragment.count("<mark>"))
    return snippet(pieces_of(best), words, params.tags, is_cut=True)

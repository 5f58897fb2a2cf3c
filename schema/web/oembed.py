"""`/oembed`: an article as a card on another page (https://oembed.com/)."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
from lxml import etree
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.auth import ANONYMOUS
from hub.reads import addresses, articles, authors
from hub.reads.articles import ArticleRow
from hub.settings import Settings
from schema import article_urls
from schema.server.conditional import MINUTE, PUBLIC_HEADERS, conditional_response
from schema.web.xml import add_element, serialize

WIDTH, HEIGHT = 600, 200
MIN_SIZE = 100


async def oembed(request: Request, settings: Settings) -> Response:
    """Serve the card of the article at `url`, as JSON or (with `format=xml`) as XML."""
    parameters = request.query_params
    format_ = parameters.get("format", "json")
    if format_ not in ("json", "xml"):
        return _error_response("format must be json or xml.", 501)
    sizes = []
    for name, default in (("maxwidth", WIDTH), ("maxheight", HEIGHT)):
        text = parameters.get(name, str(default))
        if not (text.isascii() and text.isdigit() and int(text[:9]) >= MIN_SIZE):
            return _error_response(f"{name} must be a number from {MIN_SIZE} on.", 400)
        sizes.append(min(default, int(text[:9])))
    if not parameters.get("url"):
        return _error_response("url must be the address of an article.", 400)
    row = await _find_article(request, settings, parameters["url"])
    if row is None:
        return _error_response("There is no article at this address.", 404)
    card = await _render_card(request, settings, row, *sizes)
    if format_ == "json":
        return conditional_response(request, orjson.dumps(card), "application/json")
    root = etree.Element("oembed")
    for name, value in card.items():
        add_element(root, name, str(value))
    type_ = "text/xml; charset=utf-8"
    return conditional_response(request, serialize(root), type_)


async def _render_card(
    request: Request, settings: Settings, row: ArticleRow, width: int, height: int
) -> dict[str, str | int]:
    authors_by_article = await authors.of_articles(request.app.state.db, [row.id])
    url = article_urls.public_url(row, settings, str(request.base_url))
    title, summary = escape(row.title), escape(row.summary)
    card: dict[str, str | int] = {
        "version": "1.0",
        "type": "rich",
        "title": row.title,
        "provider_name": settings.site_name,
        "provider_url": settings.site_url,
        "cache_age": MINUTE,
        "width": width,
        "height": height,
        "html": f'<blockquote lang="{escape(row.language, quote=True)}">'
        f'<p><a href="{escape(url, quote=True)}"><b>{title}</b></a></p><p>{summary}</p>'
        f"<footer>{escape(settings.site_name)}</footer></blockquote>",
    }
    names = ", ".join(author.name for author in authors_by_article.get(row.id, []))
    return card | {"author_name": names} if names else card


async def _find_article(request: Request, settings: Settings, url: str) -> ArticleRow | None:
    """Return the article with the address `url`: in the hub, on the site, or its source."""
    db = request.app.state.db
    try:
        parts = urlsplit(url)
        hub = urlsplit(str(request.base_url))
    except ValueError:
        return None
    if parts.netloc == hub.netloc and (name := _story_name(parts.path, hub.path, settings)):
        return await articles.by_slug(db, *name, ANONYMOUS)
    if (parts.netloc, parts.path or "/") == (hub.netloc, hub.path):
        parameters = parse_qs(parts.query)
        slug, language = parameters.get("article", [""])[0], parameters.get("language", [None])[0]
        return await articles.by_slug(db, slug, language, ANONYMOUS)
    return await addresses.resolve(db, article_urls.lookup(url, settings.article_url), ANONYMOUS)


def _story_name(path: str, base: str, settings: Settings) -> tuple[str, str] | None:
    """Return slug and language of a story by its path below `base`; None if it is none."""
    if not path.startswith(f"{base}stories/"):
        return None
    language, _, slug = path.removeprefix(f"{base}stories/").rpartition("/")
    return unquote(slug), unquote(language) or settings.language.lower()


def _error_response(message: str, status: int) -> Response:
    return PlainTextResponse(message, status, {**PUBLIC_HEADERS, "cache-control": "no-store"})

"""`/oembed`: an article as a card on another page (https://oembed.com/)."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
from lxml import etree
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.reads import articles, authors
from hub.reads.articles import ArticleRow
from hub.settings import Settings
from schema import article_urls, ids
from schema.web.conditional import HOUR, OPEN, conditional
from schema.web.xml import add, written

WIDTH, HEIGHT = 600, 200
LEAST = 100
_PLACEHOLDER = re.compile(r"\\{(slug|language|id)\\}")


async def oembed(request: Request, settings: Settings) -> Response:
    """The card of the article at `url`, as JSON or (with `format=xml`) as XML."""
    asked = request.query_params
    form = asked.get("format", "json")
    if form not in ("json", "xml"):
        return _refused("format must be json or xml.", 501)
    sizes = []
    for name, usual in (("maxwidth", WIDTH), ("maxheight", HEIGHT)):
        text = asked.get(name, str(usual))
        if not (text.isascii() and text.isdigit() and int(text[:9]) >= LEAST):
            return _refused(f"{name} must be a number from {LEAST} on.", 400)
        sizes.append(min(usual, int(text[:9])))
    if not asked.get("url"):
        return _refused("url must be the address of an article.", 400)
    row = await _article(request, settings, asked["url"])
    if row is None:
        return _refused("There is no article at this address.", 404)
    card = await _card(request, settings, row, *sizes)
    if form == "json":
        return conditional(request, orjson.dumps(card), "application/json", modified=row.updated_at)
    root = etree.Element("oembed")
    for name, value in card.items():
        add(root, name, str(value))
    type_ = "text/xml; charset=utf-8"
    return conditional(request, written(root), type_, modified=row.updated_at)


async def _card(
    request: Request, settings: Settings, row: ArticleRow, width: int, height: int
) -> dict[str, str | int]:
    found = await authors.of_articles(request.app.state.db, [row.id])
    url = article_urls.address(row, settings.article_url, str(request.base_url))
    title, summary = escape(row.title), escape(row.summary)
    card: dict[str, str | int] = {
        "version": "1.0",
        "type": "rich",
        "title": row.title,
        "provider_name": settings.site_name,
        "provider_url": settings.site_url,
        "cache_age": HOUR,
        "width": width,
        "height": height,
        "html": f'<blockquote lang="{escape(row.language, quote=True)}">'
        f'<p><a href="{escape(url, quote=True)}"><b>{title}</b></a></p><p>{summary}</p>'
        f"<footer>{escape(settings.site_name)}</footer></blockquote>",
    }
    names = ", ".join(author.name for author in found.get(row.id, []))
    return card | {"author_name": names} if names else card


async def _article(request: Request, settings: Settings, url: str) -> ArticleRow | None:
    """The article that is read at `url`: in the hub, on the site, or where it came from."""
    db = request.app.state.db
    try:
        parts = urlsplit(url)
        own = urlsplit(str(request.base_url))
    except ValueError:
        return None
    if (parts.netloc, parts.path or "/") == (own.netloc, own.path):
        asked = parse_qs(parts.query)
        slug, language = asked.get("article", [""])[0], asked.get("language", [None])[0]
        return await articles.by_slug(db, slug, language, ANONYMOUS)
    if settings.article_url:
        found = await _by_pattern(db, settings.article_url, url.partition("#")[0])
        if found is not None:
            return found
    return await articles.by_address(db, url, ANONYMOUS)


async def _by_pattern(db: Reader, pattern: str, url: str) -> ArticleRow | None:
    seen: set[str] = set()

    def group(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>[^/?#&]+)"

    found = re.fullmatch(_PLACEHOLDER.sub(group, re.escape(pattern)), url)
    if found is None:
        return None
    named = {name: unquote(value) for name, value in found.groupdict().items()}
    if "id" in named:
        kind, number = ids.parts(named["id"]) or ("", 0)
        rows = await articles.by_ids(db, [number], ANONYMOUS) if kind == ids.ARTICLE else {}
        return rows.get(number)
    return await articles.by_slug(db, named["slug"], named.get("language"), ANONYMOUS)


def _refused(message: str, status: int) -> Response:
    return PlainTextResponse(message, status, {**OPEN, "cache-control": "no-store"})

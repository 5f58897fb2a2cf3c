"""Descriptions of the site for browsers and crawlers: OpenSearch, the sitemap, robots.txt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from textwrap import shorten

import orjson
from lxml import etree
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub import outbox
from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.reads import sitemap as reads
from hub.settings import Settings
from schema import article_urls
from schema.server.conditional import HOUR, conditional_response, streaming_response
from schema.web.xml import XmlStream, add_element, create_root, serialize

BLOCK_SIZE = 10_000
"""Article ids in a part of the sitemap, so that a part takes a quarter of a second at most."""

BATCH_SIZE = 200
"""Articles that are read and written before other requests have their turn."""

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
XML = "application/xml; charset=utf-8"
CACHE_A_DAY = f"public, max-age={24 * HOUR}"
MAX_SHORT_NAME = 16
"""Characters of an OpenSearch description's short name, at most."""


async def opensearch(request: Request, settings: Settings) -> Response:
    """Serve `/opensearch.xml`, by which browsers add the site's search and suggestions."""
    base = str(request.base_url)
    root = create_root("OpenSearchDescription", OPENSEARCH)
    name = settings.site_name
    short = shorten(name, MAX_SHORT_NAME, placeholder="") or name[:MAX_SHORT_NAME].strip()
    add_element(root, f"{{{OPENSEARCH}}}ShortName", short)
    add_element(root, f"{{{OPENSEARCH}}}LongName", settings.site_name[:48].strip())
    add_element(root, f"{{{OPENSEARCH}}}Description", f"Search {settings.site_name}"[:1024])
    page = [("text/html", "search?q={searchTerms}", dict[str, str]())]
    for type_, template, more in (
        *(page if settings.start_page else ()),
        ("application/x-suggestions+json", "suggest?q={searchTerms}", {"rel": "suggestions"}),
        ("application/atom+xml", "atom.xml?q={searchTerms}", {}),
        ("application/opensearchdescription+xml", "opensearch.xml", {"rel": "self"}),
    ):
        add_element(root, f"{{{OPENSEARCH}}}Url", type=type_, template=f"{base}{template}", **more)
    add_element(root, f"{{{OPENSEARCH}}}Language", settings.language)
    add_element(root, f"{{{OPENSEARCH}}}InputEncoding", "UTF-8")
    add_element(root, f"{{{OPENSEARCH}}}OutputEncoding", "UTF-8")
    type_ = "application/opensearchdescription+xml; charset=utf-8"
    return conditional_response(request, serialize(root), type_, cache=CACHE_A_DAY)


async def sitemap(request: Request, settings: Settings) -> Response:
    """Serve `/sitemap.xml`, the index of the sitemap's parts."""
    blocks = await reads.blocks(request.app.state.db, BLOCK_SIZE, ANONYMOUS)
    root = create_root("sitemapindex", SITEMAP)
    for block in blocks:
        element = etree.SubElement(root, f"{{{SITEMAP}}}sitemap")
        add_element(element, f"{{{SITEMAP}}}loc", f"{request.base_url}sitemap-{block.number}.xml")
        add_element(element, f"{{{SITEMAP}}}lastmod", _format_w3c(block.changed))
    modified = await outbox.last_change_at(request.app.state.db) if blocks else None
    return conditional_response(request, serialize(root), XML, modified=modified)


async def sitemap_part(request: Request, settings: Settings) -> Response:
    """Serve `/sitemap-<n>.xml`, the articles of a block of ids."""
    number, db = int(request.path_params["block"]), request.app.state.db
    blocks = [
        block for block in await reads.blocks(db, BLOCK_SIZE, ANONYMOUS) if block.number == number
    ]
    if not blocks:
        return PlainTextResponse("There is no such part.", 404)
    base = str(request.base_url)
    stamp = orjson.dumps([blocks, base, settings.article_url, settings.language], default=tuple)
    content = _render_sitemap_part(db, number, settings, base)
    modified = await outbox.last_change_at(db)
    return await streaming_response(request, stamp, content, XML, modified=modified)


async def _render_sitemap_part(
    db: Reader, number: int, settings: Settings, base: str
) -> AsyncIterator[bytes]:
    out, start, end = XmlStream(), number * BLOCK_SIZE, (number + 1) * BLOCK_SIZE
    with out.root(f"{{{SITEMAP}}}urlset", {None: SITEMAP}, {}):
        while rows := await reads.entries(db, start, end, BATCH_SIZE, ANONYMOUS):
            for row in rows:
                with out.element(f"{{{SITEMAP}}}url"):
                    out.add(f"{{{SITEMAP}}}loc", article_urls.public_url(row, settings, base))
                    out.add(f"{{{SITEMAP}}}lastmod", _format_w3c(row.updated_at))
            yield out.drain()
            start = rows[-1].id + 1
    yield out.drain()


def _format_w3c(moment: datetime) -> str:
    """Format a time as in https://www.w3.org/TR/NOTE-datetime."""
    return moment.isoformat(timespec="seconds")


async def robots(request: Request, settings: Settings) -> Response:
    """Serve `/robots.txt`, which excludes the pages of search results."""
    text = f"User-agent: *\nDisallow: /search\n\nSitemap: {request.base_url}sitemap.xml\n"
    return conditional_response(
        request, text.encode(), "text/plain; charset=utf-8", cache=CACHE_A_DAY
    )

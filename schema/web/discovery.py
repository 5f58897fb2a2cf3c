"""What machines ask a site for first: OpenSearch, the sitemap, and robots.txt."""

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
from hub.reads import articles
from hub.settings import Settings
from schema import article_urls
from schema.web.conditional import HOUR, conditional, streamed
from schema.web.xml import Stream, add, document, written

BLOCK = 50_000
"""Ids of a part of the sitemap: as many addresses as the protocol allows."""

AT_ONCE = 1_000
"""Addresses that are read at once, while a part is being written."""

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
XML = "application/xml; charset=utf-8"
DAILY = f"public, max-age={24 * HOUR}"
SHORT_NAME = 16
"""Characters of an OpenSearch description's short name, at most."""


async def opensearch(request: Request, settings: Settings) -> Response:
    """`/opensearch.xml`: how browsers search here, suggestions while typing included."""
    base = str(request.base_url)
    root = document("OpenSearchDescription", OPENSEARCH)
    name = settings.site_name
    short = shorten(name, SHORT_NAME, placeholder="") or name[:SHORT_NAME].strip()
    add(root, f"{{{OPENSEARCH}}}ShortName", short)
    add(root, f"{{{OPENSEARCH}}}LongName", settings.site_name[:48].strip())
    add(root, f"{{{OPENSEARCH}}}Description", f"Search {settings.site_name}"[:1024])
    for type_, template, more in (
        ("text/html", "search?q={searchTerms}", {}),
        ("application/x-suggestions+json", "suggest?q={searchTerms}", {"rel": "suggestions"}),
        ("application/atom+xml", "atom.xml?q={searchTerms}", {}),
        ("application/opensearchdescription+xml", "opensearch.xml", {"rel": "self"}),
    ):
        add(root, f"{{{OPENSEARCH}}}Url", type=type_, template=f"{base}{template}", **more)
    add(root, f"{{{OPENSEARCH}}}Language", settings.language)
    add(root, f"{{{OPENSEARCH}}}InputEncoding", "UTF-8")
    add(root, f"{{{OPENSEARCH}}}OutputEncoding", "UTF-8")
    type_ = "application/opensearchdescription+xml; charset=utf-8"
    return conditional(request, written(root), type_, cache=DAILY)


async def sitemap(request: Request, settings: Settings) -> Response:
    """`/sitemap.xml`: the index of the sitemap's parts."""
    found = await articles.blocks(request.app.state.db, BLOCK, ANONYMOUS)
    root = document("sitemapindex", SITEMAP)
    for block in found:
        made = etree.SubElement(root, f"{{{SITEMAP}}}sitemap")
        add(made, f"{{{SITEMAP}}}loc", f"{request.base_url}sitemap-{block.number}.xml")
        add(made, f"{{{SITEMAP}}}lastmod", _moment(block.changed))
    modified = await outbox.last_changed(request.app.state.db) if found else None
    return conditional(request, written(root), XML, modified=modified)


async def sitemap_part(request: Request, settings: Settings) -> Response:
    """`/sitemap-<n>.xml`: the articles of a block of ids."""
    number, db = int(request.path_params["block"]), request.app.state.db
    found = [one for one in await articles.blocks(db, BLOCK, ANONYMOUS) if one.number == number]
    if not found:
        return PlainTextResponse("There is no such part.", 404)
    base, pattern = str(request.base_url), settings.article_url
    stamp = orjson.dumps([found, base, pattern], default=tuple)
    content = _places(db, number, pattern, base)
    modified = await outbox.last_changed(db)
    return streamed(request, stamp, content, XML, modified=modified)


async def _places(db: Reader, number: int, pattern: str, base: str) -> AsyncIterator[bytes]:
    out, start, end = Stream(), number * BLOCK, (number + 1) * BLOCK
    with out.within(f"{{{SITEMAP}}}urlset", {None: SITEMAP}, {}):
        while rows := await articles.places(db, start, end, AT_ONCE, ANONYMOUS):
            for row in rows:
                with out.element(f"{{{SITEMAP}}}url"):
                    out.add(f"{{{SITEMAP}}}loc", article_urls.address(row, pattern, base))
                    out.add(f"{{{SITEMAP}}}lastmod", _moment(row.updated_at))
            yield out.taken()
            start = rows[-1].id + 1
    yield out.taken()


def _moment(moment: datetime) -> str:
    """As the W3C writes it (https://www.w3.org/TR/NOTE-datetime)."""
    return moment.isoformat(timespec="seconds")


async def robots(request: Request, settings: Settings) -> Response:
    """`/robots.txt`: pages of results are nothing for other search engines."""
    text = f"User-agent: *\nDisallow: /search\n\nSitemap: {request.base_url}sitemap.xml\n"
    return conditional(request, text.encode(), "text/plain; charset=utf-8", cache=DAILY)

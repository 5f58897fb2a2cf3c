"""What machines ask a site for first: OpenSearch, the sitemap, and robots.txt."""

from __future__ import annotations

from datetime import datetime

from lxml import etree
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.auth import ANONYMOUS
from hub.reads import articles
from hub.settings import Settings
from schema import addresses
from schema.web.answers import HOUR, conditional
from schema.web.xml import add, document, written

BLOCK = 2_000
"""Ids of a part of the sitemap; protocols allow 50,000, but one part is written at a time."""

LAST = 2**63 // BLOCK - 2
"""The last block whose ids the database can hold."""

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
    add(root, f"{{{OPENSEARCH}}}ShortName", settings.site_name[:SHORT_NAME].strip())
    add(root, f"{{{OPENSEARCH}}}LongName", settings.site_name[:48].strip())
    add(root, f"{{{OPENSEARCH}}}Description", f"Search {settings.site_name}"[:1024])
    for type_, template, more in (
        ("text/html", "search?q={searchTerms}", {}),
        ("application/x-suggestions+json", "suggest?q={searchTerms}", {}),
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
    for block, changed in found:
        _place(root, "sitemap", f"{request.base_url}sitemap-{block}.xml", changed)
    newest = max((changed for _, changed in found), default=None)
    return conditional(request, written(root), XML, modified=newest)


async def sitemap_part(request: Request, settings: Settings) -> Response:
    """`/sitemap-<n>.xml`: the articles of a block of ids."""
    block, base = int(request.path_params["block"]), str(request.base_url)
    db = request.app.state.db
    found = await articles.places(db, block, BLOCK, ANONYMOUS) if block <= LAST else []
    if not found:
        return PlainTextResponse("There is no such part.", 404)
    root = document("urlset", SITEMAP)
    for row in found:
        _place(root, "url", addresses.address(row, settings.article_url, base), row.updated_at)
    newest = max(row.updated_at for row in found)
    return conditional(request, written(root), XML, modified=newest)


def _place(root: etree._Element, tag: str, address: str, changed: datetime) -> None:
    made = etree.SubElement(root, f"{{{SITEMAP}}}{tag}")
    add(made, f"{{{SITEMAP}}}loc", address)
    add(made, f"{{{SITEMAP}}}lastmod", changed.isoformat(timespec="seconds"))


async def robots(request: Request, settings: Settings) -> Response:
    """`/robots.txt`: pages of results are nothing for other search engines."""
    text = f"User-agent: *\nDisallow: /search\n\nSitemap: {request.base_url}sitemap.xml\n"
    return conditional(request, text.encode(), "text/plain; charset=utf-8", cache=DAILY)

"""`/`: the start page, whose script requests only the public GraphQL API.

An article's title and summary are in the HTML itself, for clients that run no script: crawlers,
and link previews.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.auth import ANONYMOUS
from hub.reads import articles
from hub.settings import Settings
from schema.server.conditional import conditional_response
from schema.web import html_pages
from schema.web.static_files import FILES

_BODY = """<div class="page find">
<hub-search{clicks} endpoint="./" article-url="./?article={{slug}}&amp;language={{language}}">
<form class="search" role="search" action="search" method="get">
<label for="q">Search</label>
<input id="q" type="search" name="q" maxlength="500"><button type="submit">Search</button>
</form>
</hub-search>
</div>
<main class="page" id="content" aria-busy="true">
<noscript><p>This page asks the hub by a script. Without one, the <a href="search">search</a>
and the <a href="atom.xml">feed</a> have all articles.</p></noscript>
</main>
<footer class="foot">
<section><h2>Ask</h2><ul>
<li><a href="graphql">GraphiQL</a></li>
{schema}
{docs}
</ul></section>
<section><h2>Follow</h2><ul>
<li><a href="feed.xml">RSS</a></li>
<li><a href="atom.xml">Atom</a></li>
<li><a href="feed.json">JSON Feed</a></li>
</ul></section>
<section><h2>Find</h2><ul>
<li><a href="search">Search without a script</a></li>
<li><a href="opensearch.xml">OpenSearch</a></li>
<li><a href="sitemap.xml">Sitemap</a></li>
</ul></section>
<section><h2>Read</h2><ul>
<li><a href="{site}">{name}</a></li>
</ul></section>
</footer>"""
_SCHEMA = '<li><a href="schema.graphql">The schema</a></li>'
_DOCS = """<li><a href="docs/">Docs</a></li>
<li><a href="docs/how-to/search-box">The search box</a></li>"""


async def start_page(request: Request, settings: Settings) -> Response:
    """Serve the start page, or redirect to GraphiQL if it is turned off."""
    if not settings.start_page:
        return RedirectResponse("graphql")
    head = "\n".join(
        f'<script type="module" src="{FILES.fingerprinted_name(name)}"></script>'
        for name in ("hub-search.js", "hub-start.js")
    )
    site = settings.site_url if settings.site_url.startswith(("http://", "https://")) else "./"
    body = _BODY.format(
        clicks=" clicks" if settings.track_clicks else "",
        site=escape(site, quote=True),
        name=escape(settings.site_name),
        schema=_SCHEMA if settings.introspection else "",
        docs=_DOCS if html_pages.has_docs(settings) else "",
    )
    slug, language = (request.query_params.get(name) for name in ("article", "language"))
    if not slug:
        content = html_pages.render_page(settings, "", body, head=head, kind="front")
        return conditional_response(
            request, content, html_pages.HTML, headers=html_pages.HEADERS, cache="no-cache"
        )
    row = await articles.by_slug(request.app.state.db, slug, language, ANONYMOUS)
    if row is None:  # the script shows the message
        content = html_pages.render_page(settings, "", body, head=head)
        return HTMLResponse(content, 404, {**html_pages.HEADERS, "cache-control": "no-cache"})
    parameters = {"article": slug, **({"language": language} if language else {})}
    base = str(request.base_url)
    card = f"{base}oembed?{urlencode({'url': f'{base}?{urlencode(parameters)}'})}"
    head += '\n<link rel="alternate" type="application/json+oembed" '
    head += f'title="{escape(row.title, quote=True)}" href="{escape(card, quote=True)}">'
    head += f'\n<meta name="description" content="{escape(row.summary, quote=True)}">'
    atom = f"atom.xml?{urlencode(parameters)}"
    content = html_pages.render_page(settings, row.title, body, head=head, atom=atom)
    return conditional_response(
        request, content, html_pages.HTML, headers=html_pages.HEADERS, cache="no-cache"
    )

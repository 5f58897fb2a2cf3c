"""The pages below `/docs/`, and the search in them."""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.settings import Settings
from schema.server.conditional import conditional_response
from schema.web import html_pages
from schema.web.docs.find import search
from schema.web.docs.source import docs, groups, neighbours, present_name, render
from schema.web.html_pages import Head
from schema.web.pages.session import Session, not_found


async def contents(request: Request, settings: Settings) -> Response:
    """Answer `/docs/`: the index of all pages, or with `q` what is found in them."""
    text = request.query_params.get("q", "").strip()
    if not text:
        return _page(request, settings, "")
    head = Head(f"{text} · Docs", robots="noindex", scripts=("hub-pages.js",), css="hub-docs.css")
    # In a thread: the first search reads all pages, which takes a third of a second.
    results = await to_thread.run_sync(search, text)
    return _respond(request, settings, head, "docs_results.html", results=results, text=text)


async def doc(request: Request, settings: Settings) -> Response:
    """Answer `/docs/<name>`: one page, or a permanent redirect from an earlier name."""
    name = request.path_params["name"]
    if (present := present_name(name)) != name:
        return RedirectResponse("../" * name.count("/") + present, 308)
    return _page(request, settings, name)


def _page(request: Request, settings: Settings, name: str) -> Response:
    page = docs().get(name)
    if page is None:
        return Session(request, settings, language="en").problem(
            not_found("The docs have no such page.")
        )
    previous, following = neighbours(name)
    head = Head(
        f"{page.title} · Docs" if name else "Docs",
        canonical=f"{request.base_url}docs/{name}",
        scripts=("hub-pages.js",),
        css="hub-docs.css",
    )
    return _respond(
        request,
        settings,
        head,
        "docs.html",
        html=render(name),
        name=name,
        previous=previous,
        following=following,
    )


def _respond(
    request: Request, settings: Settings, head: Head, template: str, **values: object
) -> Response:
    session = Session(request, settings, language="en")
    content = session.render(
        template, head, docs_root=f"{session.root}docs/", groups=groups(), **values
    )
    return conditional_response(
        request, content, html_pages.HTML, headers=html_pages.HEADERS, cache="no-cache"
    )

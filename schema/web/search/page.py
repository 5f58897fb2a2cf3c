"""`/search?q=`: results as a page without scripts, which can be bookmarked."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from hub.auth import ANONYMOUS
from hub.reads import authors, topics
from hub.reads.articles import ArticleRow
from hub.reads.topics import TopicRow
from hub.search.former_labels import LabelSlugs, with_present_slugs
from hub.settings import Settings
from schema import article_urls
from schema.counted import searched
from schema.server.conditional import conditional_response
from schema.web import html_pages
from schema.web.search.query import SearchResults, reader_key, search_articles
from search_index.query import (
    EngineError,
    Facet,
    FacetField,
    Filter,
    Hit,
    InvalidQuery,
    SearchQuery,
)

HITS = 10
NAMES = {FacetField.TOPIC: "topic", FacetField.AUTHOR: "author"}
LABELS = {FacetField.TOPIC: "Topics", FacetField.AUTHOR: "Authors"}
MAX_VALUES = 20


async def search_page(request: Request, settings: Settings) -> Response:
    """Serve the results for `q`, filtered by `topic` and `author`, after the cursor `after`."""
    parameters = request.query_params
    text, after = parameters.get("q", ""), parameters.get("after")
    selected = {field: parameters.getlist(name)[:MAX_VALUES] for field, name in NAMES.items()}
    if not text.strip() and not any(selected.values()):
        return _respond(request, settings, text, _render_form(text, selected))
    state = request.app.state
    query = SearchQuery(
        text,
        filter=Filter(
            topics=frozenset(selected[FacetField.TOPIC]),
            authors=frozenset(selected[FacetField.AUTHOR]),
        ),
        limit=HITS,
        after=after,
        facets=tuple(NAMES),
        facet_size=8,
        fragments=2,
        tuning=await state.tunings.current(),
    )
    if moved := await _moved_to(request, selected):
        headers = {**html_pages.SCRIPTLESS_HEADERS, "cache-control": "no-cache", "location": moved}
        return Response("", 301, headers, html_pages.HTML)
    try:
        results = await search_articles(request, settings, query)
    except InvalidQuery:
        message = "<p>This page of results is gone. <a href='?{}'>Begin again</a></p>"
        first_page = escape(_query_string(text, selected), quote=True)
        return _respond(
            request, settings, text, _render_form(text, selected) + message.format(first_page), 400
        )
    except EngineError:
        message = "<p role='alert'>The search is out of order at the moment. Please try again.</p>"
        return _respond(request, settings, text, _render_form(text, selected) + message, 503)
    if after is None:
        search = searched(text, results.page, query.filter)
        state.search_counter.count(search, reader_key(request, settings))
    topics_by_article = await topics.of_articles(state.db, [row.id for _, row in results.hits])
    body = _render_form(text, selected) + _render_results(
        request, settings, results, topics_by_article, text, selected
    )
    return _respond(request, settings, text, body)


async def _moved_to(request: Request, selected: dict[FacetField, list[str]]) -> str | None:
    """Return the address of the same search, if a topic or author has another slug now."""
    db, pairs = request.app.state.db, [("q", request.query_params.get("q", ""))]
    slugs = LabelSlugs(*(frozenset(selected[field]) for field in NAMES))
    if await with_present_slugs(db, slugs, ANONYMOUS) == slugs:
        return None
    for field, values in selected.items():
        for slug in values:
            reads = topics if field is FacetField.TOPIC else authors
            row = await reads.by_slug(db, slug, ANONYMOUS)
            pairs.append((NAMES[field], row.slug if row else slug))
    return f"?{urlencode(pairs)}"


def _respond(
    request: Request, settings: Settings, text: str, body: str, status: int = 200
) -> Response:
    content = html_pages.render_page(
        settings,
        text.strip() or "Search",
        f'<main class="page"><h1>Search</h1>{body}</main>',
        atom=f"atom.xml?{urlencode({'q': text})}" if text.strip() else "",
    )
    if status != 200:
        return Response(
            content,
            status,
            {**html_pages.SCRIPTLESS_HEADERS, "cache-control": "no-store"},
            html_pages.HTML,
        )
    return conditional_response(
        request, content, html_pages.HTML, headers=html_pages.SCRIPTLESS_HEADERS, cache="no-cache"
    )


def _query_string(text: str, selected: dict[FacetField, list[str]], **extra: str) -> str:
    """Return the query string of a page of the same search."""
    pairs = [("q", text)] if text else []
    pairs += [(NAMES[field], value) for field, values in selected.items() for value in values]
    return urlencode([*pairs, *extra.items()])


def _render_form(text: str, selected: dict[FacetField, list[str]]) -> str:
    hidden_inputs = "".join(
        f'<input type="hidden" name="{NAMES[field]}" value="{escape(value, quote=True)}">'
        for field, values in selected.items()
        for value in values
    )
    return (
        '<form class="search" role="search" action="search" method="get">'
        '<label for="q">Search</label>'
        f'<input id="q" type="search" name="q" maxlength="500" value="{escape(text, quote=True)}">'
        f'{hidden_inputs}<button type="submit">Search</button></form>'
    )


def _render_results(
    request: Request,
    settings: Settings,
    results: SearchResults,
    topics_by_article: dict[int, list[TopicRow]],
    text: str,
    selected: dict[FacetField, list[str]],
) -> str:
    base = str(request.base_url)
    page = results.page
    total = f"{page.total:,}"
    count = f"{total} result{'' if page.total == 1 else 's'}"
    head = count if page.total_is_exact else f"About {count}"
    parts = [f"<p class='status'>{head}{_render_did_you_mean(page.did_you_mean, selected)}</p>"]
    parts += [_render_facet(facet, text, selected) for facet in page.facets]
    items = (
        _render_item(settings, base, hit, row, topics_by_article.get(row.id, []))
        for hit, row in results.hits
    )
    parts.append(f'<ol class="results">{"".join(items)}</ol>')
    links = []
    if request.query_params.get("after"):
        links.append(
            f'<a href="?{escape(_query_string(text, selected), quote=True)}">First page</a>'
        )
    if page.has_more and page.hits:
        next_page = escape(_query_string(text, selected, after=page.hits[-1].cursor), quote=True)
        links.append(f'<a rel="next" href="?{next_page}">Next page</a>')
    if links:
        parts.append(f'<nav class="turn" aria-label="Pages of results">{" ".join(links)}</nav>')
    return "".join(parts)


def _render_did_you_mean(suggestion: str | None, selected: dict[FacetField, list[str]]) -> str:
    if suggestion is None:
        return ""
    link = escape(_query_string(suggestion, selected), quote=True)
    return f' Did you mean <a href="?{link}"><bdi>{escape(suggestion)}</bdi></a>?'


def _render_facet(facet: Facet, text: str, selected: dict[FacetField, list[str]]) -> str:
    """Render a row of links; each adds its value to the filter, or removes it."""
    links = []
    for bucket in facet.buckets:
        values = selected[facet.field]
        toggled = [value for value in values if value != bucket.value]
        if not bucket.selected:
            toggled = [*toggled, bucket.value]
        address = escape(_query_string(text, selected | {facet.field: toggled}), quote=True)
        current = ' aria-current="true"' if bucket.selected else ""
        links.append(
            f'<a href="?{address}"{current}><bdi>{escape(bucket.label)}</bdi> {bucket.count}</a>'
        )
    label = LABELS[facet.field]
    row = " ".join(links)
    return f'<nav class="chips" aria-label="{label}">{label}: {row}</nav>' if links else ""


def _render_item(
    settings: Settings, base: str, hit: Hit, row: ArticleRow, article_topics: list[TopicRow]
) -> str:
    highlighted = {highlight.field: " … ".join(highlight.fragments) for highlight in hit.highlights}
    title = highlighted.get("title") or escape(row.title)
    text = highlighted.get("body") or highlighted.get("summary") or escape(row.summary)
    address = escape(article_urls.public_url(row, settings.article_url, base), quote=True)
    meta = [escape(topic.name) for topic in article_topics]
    if row.published_at is not None:
        day = row.published_at.date()
        meta.insert(0, f'<time datetime="{day.isoformat()}">{day:%-d %B %Y}</time>')
    if row.comment_count:
        meta.append(f"{row.comment_count} comment{'' if row.comment_count == 1 else 's'}")
    language = escape(row.language, quote=True)
    return (
        f'<li lang="{language}" dir="auto"><a href="{address}">{title}</a>'
        f'<p>{text}</p><p class="meta">{"".join(f"<span>{item}</span>" for item in meta)}</p></li>'
    )

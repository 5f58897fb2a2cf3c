"""`/search?q=`: results as a plain page, for browsers without JavaScript and for bookmarks."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from hub.reads import topics
from hub.reads.articles import ArticleRow
from hub.reads.topics import TopicRow
from hub.settings import Settings
from schema import article_urls
from schema.web import html_pages
from schema.web.conditional import conditional
from schema.web.search.query import Found, find
from search_index.query import (
    BadQuery,
    EngineError,
    Facet,
    FacetField,
    Filter,
    Hit,
    SearchQuery,
)

HITS = 10
NAMES = {FacetField.TOPIC: "topic", FacetField.AUTHOR: "author"}
LABELS = {FacetField.TOPIC: "Topics", FacetField.AUTHOR: "Authors"}
MAX_VALUES = 20


async def search_page(request: Request, settings: Settings) -> Response:
    """The page for `q`, narrowed by `topic` and `author`, from `after` on."""
    asked = request.query_params
    text, after = asked.get("q", ""), asked.get("after")
    chosen = {field: asked.getlist(name)[:MAX_VALUES] for field, name in NAMES.items()}
    if not text.strip() and not any(chosen.values()):
        return _sent(request, settings, text, _form(text, chosen))
    state = request.app.state
    query = SearchQuery(
        text,
        filter=Filter(
            topics=frozenset(chosen[FacetField.TOPIC]), authors=frozenset(chosen[FacetField.AUTHOR])
        ),
        limit=HITS,
        after=after,
        facets=tuple(NAMES),
        facet_size=8,
        fragments=2,
        tuning=await state.tunings.current(),
    )
    try:
        found = await find(request, settings, query)
    except BadQuery:
        words = "<p>This page of results is gone. <a href='?{}'>Begin again</a></p>"
        again = escape(_link(text, chosen), quote=True)
        return _sent(request, settings, text, _form(text, chosen) + words.format(again), 400)
    except EngineError:
        words = "<p role='alert'>The search is out of order at the moment. Please try again.</p>"
        return _sent(request, settings, text, _form(text, chosen) + words, 503)
    if after is None:
        state.asked.count(text, found.page.total)
    tagged = await topics.of_articles(state.db, [row.id for _, row in found.hits])
    body = _form(text, chosen) + _results(request, settings, found, tagged, text, chosen)
    return _sent(request, settings, text, body)


def _sent(
    request: Request, settings: Settings, text: str, body: str, status: int = 200
) -> Response:
    content = html_pages.page(
        settings,
        text.strip() or "Search",
        f'<main class="page"><h1>Search</h1>{body}</main>',
        atom=f"atom.xml?{urlencode({'q': text})}" if text.strip() else "",
    )
    if status != 200:
        return Response(
            content, status, {**html_pages.PLAIN, "cache-control": "no-store"}, html_pages.HTML
        )
    return conditional(
        request, content, html_pages.HTML, headers=html_pages.PLAIN, cache="no-cache"
    )


def _link(text: str, chosen: dict[FacetField, list[str]], **more: str) -> str:
    """The parameters of a page like this one."""
    pairs = [("q", text)] if text else []
    pairs += [(NAMES[field], value) for field, values in chosen.items() for value in values]
    return urlencode([*pairs, *more.items()])


def _form(text: str, chosen: dict[FacetField, list[str]]) -> str:
    kept = "".join(
        f'<input type="hidden" name="{NAMES[field]}" value="{escape(value, quote=True)}">'
        for field, values in chosen.items()
        for value in values
    )
    return (
        '<form class="search" role="search" action="search" method="get">'
        '<label for="q">Search</label>'
        f'<input id="q" type="search" name="q" maxlength="500" value="{escape(text, quote=True)}">'
        f"{kept}<button>Search</button></form>"
    )


def _results(
    request: Request,
    settings: Settings,
    found: Found,
    tagged: dict[int, list[TopicRow]],
    text: str,
    chosen: dict[FacetField, list[str]],
) -> str:
    base = str(request.base_url)
    page = found.page
    total = f"{page.total:,}"
    count = f"{total} result{'' if page.total == 1 else 's'}"
    head = count if page.total_is_exact else f"About {count}"
    parts = [f"<p class='status'>{head}{_meant(page.did_you_mean, chosen)}</p>"]
    parts += [_facet(facet, text, chosen) for facet in page.facets]
    items = (_item(settings, base, hit, row, tagged.get(row.id, [])) for hit, row in found.hits)
    parts.append(f'<ol class="results">{"".join(items)}</ol>')
    turns = []
    if request.query_params.get("after"):
        turns.append(f'<a href="?{escape(_link(text, chosen), quote=True)}">First page</a>')
    if page.has_more and page.hits:
        following = escape(_link(text, chosen, after=page.hits[-1].cursor), quote=True)
        turns.append(f'<a rel="next" href="?{following}">Next page</a>')
    if turns:
        parts.append(f'<nav class="turn" aria-label="Pages of results">{" ".join(turns)}</nav>')
    return "".join(parts)


def _meant(better: str | None, chosen: dict[FacetField, list[str]]) -> str:
    if better is None:
        return ""
    link = escape(_link(better, chosen), quote=True)
    return f' Did you mean <a href="?{link}"><bdi>{escape(better)}</bdi></a>?'


def _facet(facet: Facet, text: str, chosen: dict[FacetField, list[str]]) -> str:
    """A row of links; each takes its value in, or out again."""
    links = []
    for bucket in facet.buckets:
        picked = chosen[facet.field]
        after = [one for one in picked if one != bucket.value]
        if not bucket.selected:
            after = [*after, bucket.value]
        address = escape(_link(text, chosen | {facet.field: after}), quote=True)
        here = ' aria-current="true"' if bucket.selected else ""
        links.append(
            f'<a href="?{address}"{here}><bdi>{escape(bucket.label)}</bdi> {bucket.count}</a>'
        )
    label = LABELS[facet.field]
    row = " ".join(links)
    return f'<nav class="chips" aria-label="{label}">{label}: {row}</nav>' if links else ""


def _item(settings: Settings, base: str, hit: Hit, row: ArticleRow, tagged: list[TopicRow]) -> str:
    marked = {one.field: " … ".join(one.fragments) for one in hit.highlights}
    title = marked.get("title") or escape(row.title)
    text = marked.get("body") or marked.get("summary") or escape(row.summary)
    address = escape(article_urls.address(row, settings.article_url, base), quote=True)
    meta = [escape(topic.name) for topic in tagged]
    if row.published_at is not None:
        day = row.published_at.date()
        meta.insert(0, f'<time datetime="{day.isoformat()}">{day:%-d %B %Y}</time>')
    if row.comment_count:
        meta.append(f"{row.comment_count} comment{'' if row.comment_count == 1 else 's'}")
    language = escape(row.language, quote=True)
    return (
        f'<li lang="{language}" dir="auto"><a href="{address}">{title}</a>'
        f'<p>{text}</p><p class="meta">{"".join(f"<span>{one}</span>" for one in meta)}</p></li>'
    )

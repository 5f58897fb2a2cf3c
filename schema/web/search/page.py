"""`/search?q=`: results as a page without scripts, which can be bookmarked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from hub.settings import Settings
from schema.web import html_pages
from schema.web.html_pages import Head
from schema.web.pages.articles import PAGE_INFO, linked
from schema.web.pages.session import PageProblem, Rendered, Session, respond

HITS = 10
NAMES = {"TOPIC": "topic", "AUTHOR": "author", "DATES": "dates"}
LABELS = {"TOPIC": "Topics", "AUTHOR": "Authors", "DATES": "Period"}
MAX_VALUES = 20
ONLY = "only"
"""The value of `dates` by which only articles of the time that the text names are results."""
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
"""What stands in an address as it is; other characters are percent-encoded in a header."""

_RESULTS = f"""query Results(
  $q: String!, $topics: [String!], $authors: [String!],
  $first: Int, $after: String, $last: Int, $before: String, $dates: SearchDates!
) {{
  search(
    query: $q, filter: {{topics: $topics, authors: $authors}}, dates: $dates,
    first: $first, after: $after, last: $last, before: $before
  ) {{
    totalCount totalIsExact didYouMean redirect banners {{ title text url }} {PAGE_INFO}
    understood {{ text }}
    edges {{
      highlights(fragments: 2) {{ field fragments }}
      node {{ slug language title summary publishedAt commentCount url topics {{ name }} }}
    }}
    facets(fields: [TOPIC, AUTHOR], size: 8) {{ field buckets {{ value label count selected }} }}
  }}
}}"""

_TOPIC_SLUG = "query TopicSlug($slug: String!) { topic(slug: $slug) { slug } }"
_AUTHOR_SLUG = "query AuthorSlug($slug: String!) { author(slug: $slug) { slug } }"

Selected = Mapping[str, list[str]]
"""The values that results are narrowed to, by facet; of DATES, `ONLY` or none."""


async def search_page(request: Request, settings: Settings) -> Response:
    """Serve the results for `q`, filtered by `topic` and `author`, after the cursor `after`.

    With `dates=only` they are of the time that `q` names.
    """
    return await respond(request, settings, _build)


async def _build(session: Session) -> Rendered:
    parameters = session.request.query_params
    text = parameters.get("q", "")
    selected = {field: parameters.getlist(name)[:MAX_VALUES] for field, name in NAMES.items()}
    selected["DATES"] = [ONLY] if text.strip() and ONLY in selected["DATES"] else []
    if not text.strip() and not any(selected.values()):
        return _render(session, text, selected, None)
    if location := await _moved_to(session, text, selected):
        return Rendered(location=location)
    position = {"first": HITS, "after": parameters.get("after") or None}
    if parameters.get("before"):
        position = {"last": HITS, "before": parameters["before"]}
    try:
        data = await session.ask(
            _RESULTS,
            q=text,
            topics=selected["TOPIC"] or None,
            authors=selected["AUTHOR"] or None,
            dates="REQUIRE" if selected["DATES"] else "PREFER",
            **position,
        )
    except PageProblem as problem:
        raise _explain(problem) from problem
    results = data["search"]
    if _leads_on(results["redirect"], parameters):
        return Rendered(location=quote(results["redirect"], safe=_ASCII), status=302)
    return _render(session, text, selected, results)


def _leads_on(redirect: str | None, parameters: QueryParams) -> bool:
    """Return whether a first page of results leads elsewhere: not to the same search again."""
    if not redirect or parameters.get("after") or parameters.get("before"):
        return False
    return parse_qs(urlsplit(redirect).query).get("q") != [parameters.get("q", "")]


def _explain(problem: PageProblem) -> PageProblem:
    """Return the problem in the words of a search."""
    if problem.status == 400:
        message = "This page of results is gone. Begin again with the search below."
        return PageProblem(400, "This page of results is gone", message)
    message = "The search is out of order at the moment. Please try again."
    return PageProblem(problem.status, "No search at the moment", message)


async def _moved_to(session: Session, text: str, selected: Selected) -> str | None:
    """Return the address of the same search, if a topic or author has another slug now."""
    pairs, has_moved = [("q", text)], False
    for field, values in selected.items():
        if field == "DATES":
            pairs += [(NAMES[field], value) for value in values]
            continue
        document = _TOPIC_SLUG if field == "TOPIC" else _AUTHOR_SLUG
        for slug in values:
            label = (await session.ask(document, slug=slug))[NAMES[field]]
            present = label["slug"] if label else slug
            has_moved = has_moved or present != slug
            pairs.append((NAMES[field], present))
    return f"?{urlencode(pairs)}" if has_moved else None


def _query_string(text: str, selected: Selected, **extra: str) -> str:
    """Return the query string of a page of the same search."""
    pairs = [("q", text)] if text else []
    pairs += [(NAMES[field], value) for field, values in selected.items() for value in values]
    return "?" + urlencode([*pairs, *extra.items()])


def _render(
    session: Session, text: str, selected: Selected, results: dict[str, Any] | None
) -> Rendered:
    turn = {}
    if results is not None:
        info = results["pageInfo"]
        if info["hasPreviousPage"]:
            turn["prev"] = _query_string(text, selected, before=info["startCursor"])
        if info["hasNextPage"]:
            turn["next"] = _query_string(text, selected, after=info["endCursor"])
    head = Head(
        text.strip() or session.words("Search"),
        description=session.words("Search {site}", site=session.settings.site_name),
        canonical=f"{session.base}search{_query_string(text, selected) if text else ''}",
        feed=urlencode({"q": text}) if text.strip() else "",
        robots="noindex",
        turn=turn,
        scripts=(),
    )
    content = session.render(
        "search.html",
        head,
        text=text,
        hidden=[(NAMES[field], value) for field in selected for value in selected[field]],
        results=results,
        hits=[_hit(edge, session) for edge in results["edges"]] if results else [],
        facets=_facets(session, results, text, selected) if results else [],
        correction=_query_string(results["didYouMean"], selected)
        if results and results["didYouMean"]
        else "",
        first_page=_query_string(text, selected)
        if session.request.query_params.get("after")
        else "",
    )
    return Rendered(content, policy=html_pages.SCRIPTLESS_POLICY)


def _hit(edge: dict[str, Any], session: Session) -> dict[str, Any]:
    """Return a hit's article with its title and text, as HTML with the words found marked."""
    marked = {part["field"]: " … ".join(part["fragments"]) for part in edge["highlights"]}
    text = marked.get("body") or marked.get("summary")
    node = linked(edge["node"], session)
    return node | {"marked_title": marked.get("title"), "marked_text": text}


def _facets(
    session: Session, results: dict[str, Any], text: str, selected: Selected
) -> list[dict[str, Any]]:
    """Return the rows of links; each adds its value to the filter, or removes it."""
    rows = []
    for facet in (*_times(results, selected), *results["facets"]):
        field, links = facet["field"], []
        for bucket in facet["buckets"]:
            values = [value for value in selected[field] if value != bucket["value"]]
            if not bucket["selected"]:
                values = [*values, bucket["value"]]
            links.append(bucket | {"query": _query_string(text, {**selected, field: values})})
        if links:
            rows.append({"label": session.words(LABELS[field]), "links": links})
    return rows


def _times(results: dict[str, Any], selected: Selected) -> list[dict[str, Any]]:
    """Return the time that the text names as a facet with one value, without a count."""
    label = ", ".join(understood["text"] for understood in results["understood"])
    bucket = {"value": ONLY, "label": label, "count": "", "selected": bool(selected["DATES"])}
    return [{"field": "DATES", "buckets": [bucket]}] if label else []

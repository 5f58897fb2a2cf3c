"""`/archive`: articles by year and month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.settings import Settings
from schema.web.html_pages import Head
from schema.web.pages.articles import (
    CARD,
    CONNECTION_ARGUMENTS,
    CONNECTION_VARIABLES,
    PAGE_INFO,
    canonical,
    card,
    page_arguments,
    turn_links,
)
from schema.web.pages.session import PageProblem, Rendered, Session, not_found, respond

_ENDS = """query Ends($order: ArticleOrder!) {
  articles(first: 1, order: $order) { nodes { publishedAt } }
}"""

_YEARS = """query Years {
  search(query: "", first: 1) { facets(fields: [YEAR], size: 100) { buckets { value count } } }
}"""

_COUNT = """query Count($from: DateTime!, $to: DateTime!) {
  articles(filter: {publishedFrom: $from, publishedTo: $to}, first: 1) { totalCount }
}"""

_PERIOD = f"""query Period($from: DateTime!, $to: DateTime!, {CONNECTION_VARIABLES}) {{
  articles(filter: {{publishedFrom: $from, publishedTo: $to}}, {CONNECTION_ARGUMENTS}) {{
    totalCount nodes {{ ...Card }} {PAGE_INFO}
  }}
}}
{CARD}"""


async def archive_page(request: Request, settings: Settings) -> Response:
    """Serve `/archive`: the years in which articles were published."""
    return await respond(request, settings, _build_years)


async def period_page(request: Request, settings: Settings) -> Response:
    """Serve `/archive/<year>` and `/archive/<year>/<month>`: the articles of that time."""
    return await respond(request, settings, _build_period)


async def _build_years(session: Session) -> Rendered:
    site = session.settings.site_name
    head = Head(
        session.words("Archive"),
        description=session.words("All articles of {site} by year and month.", site=site),
        canonical=f"{session.base}archive",
    )
    return Rendered(session.render("archive.html", head, years=await _years(session)))


async def _years(session: Session) -> list[tuple[str, int | None]]:
    """Return the years from the newest on, with their numbers of articles.

    Where the search is unavailable these are all years between the first article and the last,
    without numbers.
    """
    try:
        search = (await session.ask(_YEARS))["search"]
        buckets = [bucket for facet in search["facets"] for bucket in facet["buckets"]]
    except (PageProblem, TypeError):
        ends = [
            datetime.fromisoformat(node["publishedAt"]).year
            for order in ("OLDEST", "NEWEST")
            for node in (await session.ask(_ENDS, order=order))["articles"]["nodes"]
        ]
        return [(str(year), None) for year in range(max(ends), min(ends) - 1, -1)] if ends else []
    years = [(bucket["value"], bucket["count"]) for bucket in buckets]
    return sorted(years, key=lambda year: int(year[0]), reverse=True)


async def _build_period(session: Session) -> Rendered:
    year, month = (_number(session.request.path_params.get(key)) for key in ("year", "month"))
    if year is None or not 1 <= year < 9999 or not (month is None or 1 <= month <= 12):
        raise not_found("The archive has years and months, as in /archive/2026/3.")
    start, end = _bounds(year, month)
    parameters = session.request.query_params
    title = _title(session, year, month)
    data = await session.ask(_PERIOD, **_variables(start, end), **page_arguments(parameters))
    articles = data["articles"]
    if not articles["totalCount"]:
        raise not_found("Nothing was published in {time}.", time=title)
    path = f"archive/{year}" if month is None else f"archive/{year}/{month}"
    head = Head(
        session.words("Archive: {time}", time=title),
        description=session.words("The articles of {time}.", time=title),
        canonical=canonical(session.base, path, parameters),
        turn=turn_links(articles["pageInfo"]),
    )
    content = session.render(
        "period.html",
        head,
        title=title,
        total=articles["totalCount"],
        year=year,
        month=month,
        months=[] if month else await _months(session, year),
        articles=[card(node, session) for node in articles["nodes"]],
    )
    return Rendered(content)


def _number(text: str | None) -> int | None:
    """Return a number of at most four digits; None for anything else, and -1 for no number."""
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else -1


def _bounds(year: int, month: int | None) -> tuple[datetime, datetime]:
    """Return the first moment of a year or month, and that of the following one."""
    start = datetime(year, month or 1, 1, tzinfo=UTC)
    if month is None or month == 12:
        return start, datetime(year + 1, 1, 1, tzinfo=UTC)
    return start, datetime(year, month + 1, 1, tzinfo=UTC)


def _variables(start: datetime, end: datetime) -> dict[str, str]:
    return {"from": start.isoformat(), "to": end.isoformat()}


def _title(session: Session, year: int, month: int | None) -> str:
    return session.words.month(year, month) if month else str(year)


async def _months(session: Session, year: int) -> list[dict[str, Any]]:
    """Return the months of a year that have articles, with their numbers."""
    months = []
    for month in range(1, 13):
        start, end = _bounds(year, month)
        data = await session.ask(_COUNT, **_variables(start, end))
        if total := data["articles"]["totalCount"]:
            months.append(
                {"number": month, "name": session.words.month_name(month), "total": total}
            )
    return months

"""`/`: the newest articles, the most used topics, and what readers said last."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.media.addresses import with_base
from hub.settings import Settings
from schema import jsonld
from schema.web.html_pages import Head
from schema.web.pages.articles import (
    CARD,
    CONNECTION_ARGUMENTS,
    CONNECTION_VARIABLES,
    LINKED,
    PAGE_INFO,
    canonical,
    card,
    linked,
    page_arguments,
    story_path,
    turn_links,
)
from schema.web.pages.session import PageProblem, Rendered, Session, not_found, respond

ARTICLES = 13
VOICES = 4
TOPICS = 10

_FRONT = f"""query Front({CONNECTION_VARIABLES}) {{
  site {{ articleCount commentCount }}
  articles({CONNECTION_ARGUMENTS}) {{
    nodes {{ ...Card
      comments(first: 1, sort: NEWEST, flat: true) {{
        nodes {{ anchor authorName body(format: TEXT) publishedAt }}
      }} }}
    {PAGE_INFO}
  }}
}}
{CARD}"""

_LEAD = f"""query Lead {{
  articles(first: 1) {{
    nodes {{ canonicalUrl body(format: HTML) related(first: 4) {{ nodes {{ ...Linked }} }} }}
  }}
}}
{LINKED}"""

_USED_TOPICS = """query UsedTopics($size: Int!) {
  search(query: "", first: 1) {
    facets(fields: [TOPIC], size: $size) { buckets { value label count } }
  }
}"""

_STORY_BY_SLUG = """query StoryBySlug($slug: String!, $language: String) {
  article(slug: $slug, language: $language) { slug language }
}"""

_PICTURE = re.compile(r'<img\b[^>]*?\ssrc="([^"]*)"[^>]*>')
_ALT = re.compile(r'\salt="([^"]*)"')


async def start_page(request: Request, settings: Settings) -> Response:
    """Serve the start page; redirect to GraphiQL if pages are turned off, or to a story by name.

    `/?article=<slug>` was the address of a story.
    """
    if not settings.start_page:
        return RedirectResponse("graphql")
    build = _redirect_to_story if request.query_params.get("article") else _build
    return await respond(request, settings, build)


async def _redirect_to_story(session: Session) -> Rendered:
    parameters = session.request.query_params
    variables = {"slug": parameters["article"], "language": parameters.get("language") or None}
    article = (await session.ask(_STORY_BY_SLUG, **variables))["article"]
    if article is None:
        raise not_found()
    return Rendered(location=session.root + story_path(article, session.settings))


async def _build(session: Session) -> Rendered:
    settings = session.settings
    parameters = session.request.query_params
    data = await session.ask(_FRONT, **page_arguments(parameters, ARTICLES))
    is_first = not (parameters.get("after") or parameters.get("before"))
    nodes, info = data["articles"]["nodes"], data["articles"]["pageInfo"]
    cards = [card(node, session) for node in nodes]
    related: list[dict[str, Any]] = []
    if is_first and cards:
        related = await _add_lead(session, cards[0])
    turn = turn_links(info)
    head = Head(
        "" if is_first else session.words("Older articles"),
        description=session.words("The newest articles of {site}.", site=settings.site_name),
        canonical=canonical(session.base, "", parameters),
        turn=turn,
        json_ld=jsonld.site(settings, session.base) if is_first else "",
    )
    content = session.render(
        "front.html",
        head,
        site=data["site"],
        articles=cards,
        related=related,
        topics=await _used_topics(session) if is_first else [],
        voices=_voices(nodes, session) if is_first else [],
        is_first=is_first,
    )
    return Rendered(content)


async def _add_lead(session: Session, lead: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the first article a picture of its body if it has none; return where it leads to."""
    [node] = (await session.ask(_LEAD))["articles"]["nodes"]
    if lead["picture"] is None:
        lead["picture"] = _first_picture(node, session)
    unique = {article["id"]: article for article in node["related"]["nodes"]}
    return [linked(article, session) for article in unique.values()]


def _first_picture(node: Mapping[str, Any], session: Session) -> dict[str, str] | None:
    """Return the first picture of a body that the page's policy admits."""
    for match in _PICTURE.finditer(with_base(node["body"], session.base.rstrip("/"))):
        try:
            url = session.picture(urljoin(node["canonicalUrl"] or "", unescape(match[1])))
            is_secure = urlsplit(url).scheme == "https"
        except ValueError:
            continue
        if is_secure or url.startswith(session.base):
            alt = _ALT.search(match[0])
            return {"url": url, "alt": unescape(alt[1]) if alt else ""}
    return None


async def _used_topics(session: Session) -> list[dict[str, str]]:
    """Return the topics with the most articles; none while the search is unavailable."""
    try:
        data = await session.ask(_USED_TOPICS, size=TOPICS)
    except PageProblem:
        return []
    facets = data["search"]["facets"] if data["search"] else []
    return [
        {"slug": bucket["value"], "name": bucket["label"]}
        for facet in facets
        for bucket in facet["buckets"]
    ]


def _voices(nodes: list[dict[str, Any]], session: Session) -> list[Mapping[str, Any]]:
    """Return the newest comments on these articles, each with its article's address."""
    comments = [
        comment
        | {
            "title": node["title"],
            "language": node["language"],
            "address": f"{linked(node, session)['address']}#{comment['anchor']}",
        }
        for node in nodes
        for comment in node["comments"]["nodes"]
    ]
    return sorted(comments, key=lambda comment: comment["publishedAt"], reverse=True)[:VOICES]

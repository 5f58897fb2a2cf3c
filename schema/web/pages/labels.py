"""Topics and authors: all of them, and each with its articles."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from hub.settings import Settings
from schema import jsonld
from schema.web.collation import collation_key, initial_of
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
from schema.web.pages.session import Rendered, Session, not_found, respond

LABELS = 100
"""Topics or authors that are read at once."""

MAX_LABELS = 2_000
"""Topics or authors on one page; more are on pages of their own."""

LISTS = {
    "topics": ("All topics", "All topics of {site}, from A to Z.", "More topics"),
    "authors": ("All authors", "All authors of {site}, from A to Z.", "More authors"),
}
"""Title and description of a list, and the words of the link to its next page."""

MISSING = {
    "topic": "There is no topic of this name, or it has no articles to read.",
    "author": "There is no author of this name, or it has no articles to read.",
}

_TOPIC = f"""query Topic($slug: String!, {CONNECTION_VARIABLES}) {{
  topic(slug: $slug) {{
    slug name description articleCount ancestors {{ name slug }}
    children {{ name slug articleCount }}
    articles({CONNECTION_ARGUMENTS}) {{ nodes {{ ...Card }} {PAGE_INFO} }}
  }}
}}
{CARD}"""

_AUTHOR = f"""query Author($slug: String!, {CONNECTION_VARIABLES}) {{
  author(slug: $slug) {{
    slug name bio imageUrl imageAlt links {{ name url }} articleCount
    articles({CONNECTION_ARGUMENTS}) {{ nodes {{ ...Card }} {PAGE_INFO} }}
  }}
}}
{CARD}"""

_TOPICS = f"""query Topics($first: Int!, $after: String) {{
  topics(first: $first, after: $after) {{ nodes {{ name slug articleCount }} {PAGE_INFO} }}
}}"""

_AUTHORS = f"""query Authors($first: Int!, $after: String) {{
  authors(first: $first, after: $after) {{ nodes {{ name slug articleCount }} {PAGE_INFO} }}
}}"""


async def topic_page(request: Request, settings: Settings) -> Response:
    """Serve `/topics/<slug>`: a topic and its newest articles."""
    return await respond(request, settings, _build_topic)


async def author_page(request: Request, settings: Settings) -> Response:
    """Serve `/authors/<slug>`: an author and their newest articles."""
    return await respond(request, settings, _build_author)


async def topics_page(request: Request, settings: Settings) -> Response:
    """Serve `/topics`: all topics in alphabetical order."""
    return await respond(request, settings, lambda session: _build_all(session, "topics", _TOPICS))


async def authors_page(request: Request, settings: Settings) -> Response:
    """Serve `/authors`: all authors in alphabetical order."""
    return await respond(
        request, settings, lambda session: _build_all(session, "authors", _AUTHORS)
    )


async def _build_topic(session: Session) -> Rendered:
    topic, moved = await _load(session, _TOPIC, "topic")
    if moved:
        return moved
    trail = [*reversed(topic["ancestors"]), topic]
    ladder = {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": step["name"],
                "item": f"{session.base}topics/{quote(step['slug'], safe='')}",
            }
            for place, step in enumerate(trail, 1)
        ],
    }
    return _render(session, topic, "topic", jsonld.dumps(ladder))


async def _build_author(session: Session) -> Rendered:
    author, moved = await _load(session, _AUTHOR, "author")
    if moved:
        return moved
    person = {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "mainEntity": jsonld.person(author["name"], author["imageUrl"], author["links"]),
    }
    return _render(session, author, "author", jsonld.dumps(person))


async def _load(
    session: Session, document: str, name: str
) -> tuple[dict[str, Any], Rendered | None]:
    """Load the label of the path, or a redirect if it has another slug now."""
    slug = session.request.path_params["slug"]
    parameters = session.request.query_params
    data = await session.ask(document, slug=slug, **page_arguments(parameters))
    label = data[name]
    if label is None:
        raise not_found(MISSING[name])
    if label["slug"] != slug:
        return label, Rendered(location=f"{session.root}{name}s/{quote(label['slug'], safe='')}")
    return label, None


def _render(session: Session, label: dict[str, Any], name: str, json_ld: str) -> Rendered:
    articles, parameters = label["articles"], session.request.query_params
    path = f"{name}s/{quote(label['slug'], safe='')}"
    description = label["description"] if name == "topic" else label["bio"]
    head = Head(
        label["name"],
        description=description
        or f"{label['name']}: {session.words.count(label['articleCount'], 'articles')}",
        canonical=canonical(session.base, path, parameters),
        og_type="website" if name == "topic" else "profile",
        feed=urlencode({name: label["slug"]}),
        json_ld=json_ld,
        turn=turn_links(articles["pageInfo"]),
    )
    cards = [card(node, session) for node in articles["nodes"]]
    return Rendered(session.render(f"{name}.html", head, label=label, articles=cards))


async def _build_all(session: Session, name: str, document: str) -> Rendered:
    labels: list[dict[str, Any]] = []
    after = session.request.query_params.get("after") or None
    has_more = True
    while has_more and len(labels) < MAX_LABELS:
        page = (await session.ask(document, first=LABELS, after=after))[name]
        labels += page["nodes"]
        after, has_more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    language = session.settings.language.lower().replace("_", "-").partition("-")[0]
    labels.sort(key=lambda label: collation_key(label["name"], language))
    groups = [
        (initial, list(members))
        for initial, members in groupby(
            labels, key=lambda label: initial_of(label["name"], language)
        )
    ]
    title, description, more = LISTS[name]
    head = Head(
        session.words(title),
        description=session.words(description, site=session.settings.site_name),
        canonical=canonical(session.base, name, session.request.query_params),
        turn={"next": f"?{urlencode({'after': after})}"} if has_more else {},
    )
    return Rendered(session.render("labels.html", head, name=name, groups=groups, more=more))

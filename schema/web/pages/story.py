"""`/stories/<slug>`: an article with what surrounds it, and all that readers said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hub.media.addresses import absolute, with_base
from hub.settings import Settings
from schema import ids, jsonld
from schema.web import html_pages
from schema.web.absolute_links import LinkContext
from schema.web.html_pages import Head
from schema.web.pages import body as bodies
from schema.web.pages.articles import (
    CONNECTION_ARGUMENTS,
    CONNECTION_VARIABLES,
    LINKED,
    PAGE_INFO,
    address,
    linked,
    page_arguments,
    picture,
    story_path,
    turn_links,
)
from schema.web.pages.discussion import COMMENT, COMMENTS, OUTCOMES, arrange
from schema.web.pages.session import Rendered, Session, not_found, respond

_STORY = f"""query Story($slug: String!, $language: String, {CONNECTION_VARIABLES}) {{
  article(slug: $slug, language: $language) {{
    id slug language title subtitle summary excerpt(length: 200) publishedAt updatedAt
    canonicalUrl url commentsOpen commentCount jsonLd body(format: HTML) image {{ url alt }}
    seo {{ title description image {{ url }} noindex }}
    authors {{ name slug bio imageUrl imageAlt links {{ name url }} }}
    topics {{ name slug }}
    translations {{ ...Linked }}
    related(first: 8) {{ edges {{ kind node {{ ...Linked }} }} }}
    relatedBy(first: 6) {{ edges {{ kind node {{ ...Linked }} }} }}
    next {{ ...Linked }}
    previous {{ ...Linked }}
    comments({CONNECTION_ARGUMENTS}, sort: OLDEST, flat: true) {{
      nodes {{ ...Words }} {PAGE_INFO}
    }}
  }}
}}
{LINKED}
{COMMENT}"""

_LINKS = f"""query Links($id: ID!) {{
  article(id: $id) {{
    related(first: 100, kinds: [INLINE]) {{ edges {{ anchor node {{ ...Linked }} }} }}
  }}
}}
{LINKED}"""

_ANY_LANGUAGE = """query AnyLanguage($slug: String!) {
  article(slug: $slug) { slug language }
}"""

_WALK = """query Walk($slug: String!, $language: String, $first: Int, $after: String) {
  article(slug: $slug, language: $language) {
    comments(first: $first, after: $after, sort: OLDEST, flat: true) {
      nodes { id } pageInfo { hasNextPage endCursor }
    }
  }
}"""

MAX_PAGES = 30
"""Pages of comments that are looked through for a comment, at most."""

KINDS = {
    "INLINE": "linked in the text",
    "MORE_TOPICS": "more topics",
    "MORE_TO_READ": "more to read",
    "PINNED": "chosen by an editor",
    "TOPIC": "the same topics",
    "SIMILAR": "similar words",
}


async def story_page(request: Request, settings: Settings) -> Response:
    """Serve an article's story; an old slug, or another language's, redirects permanently."""
    return await respond(request, settings, _build)


async def _build(session: Session) -> Rendered:
    settings, path = session.settings, session.request.path_params
    slug, language = path["slug"], path.get("language")
    parameters = session.request.query_params
    name = {"slug": slug, "language": language or settings.language.lower()}
    page = await _page_of_comment(session, name)
    article = (await session.ask(_STORY, **name, **page))["article"]
    if article is None or article["slug"] != slug:
        if article is None and language is None:
            article = (await session.ask(_ANY_LANGUAGE, slug=slug))["article"]
        if article is None:
            raise not_found()
        return Rendered(location=session.root + story_path(article, settings))
    session.language = article["language"]
    html = with_base(article["body"], session.base.rstrip("/"))
    context = await _link_context(session, article)
    text = bodies.prepare(html, context, session.base, session.words)
    comments = article["comments"]
    turn = turn_links(comments["pageInfo"])
    content = session.render(
        "story.html",
        _head(session, article, turn),
        article=article,
        text=text,
        picture=picture(article["image"], session),
        neighbours=_neighbours(article, session),
        translations=[linked(one, session) for one in article["translations"]],
        previous=_linked_or_none(article["previous"], session),
        next=_linked_or_none(article["next"], session),
        elsewhere=article["url"] or article["canonicalUrl"],
        entries=arrange(comments["nodes"]),
        outcome=OUTCOMES.get(parameters.get("said", ""), ""),
        about=urlencode({"article": article["slug"], "language": article["language"]}),
        kinds=KINDS,
    )
    policy = html_pages.policy(text.frames, has_media=text.has_media)
    return Rendered(content, policy=policy)


def _linked_or_none(node: dict[str, Any] | None, session: Session) -> dict[str, Any] | None:
    return None if node is None else linked(node, session)


async def _page_of_comment(session: Session, article: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of the page of comments: the one with the comment that is named."""
    parameters = session.request.query_params
    number = parameters.get("comment", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return page_arguments(parameters, COMMENTS)
    id_, page = ids.global_id(ids.COMMENT, int(number)), {"first": COMMENTS, "after": None}
    for _ in range(MAX_PAGES):
        comments = ((await session.ask(_WALK, **article, **page))["article"] or {}).get("comments")
        if comments is None or id_ in [node["id"] for node in comments["nodes"]]:
            return page
        if not comments["pageInfo"]["hasNextPage"]:
            break
        page = {"first": COMMENTS, "after": comments["pageInfo"]["endCursor"]}
    return {"first": COMMENTS, "after": None}


async def _link_context(session: Session, article: Mapping[str, Any]) -> LinkContext:
    """Return where the links of the body lead: to stories, if they are bound to articles."""
    settings, urls = session.settings, dict[str, str]()
    if not settings.article_url and "<a " in article["body"]:
        data = await session.ask(_LINKS, id=article["id"])
        for edge in data["article"]["related"]["edges"]:
            urls[edge["anchor"]] = session.root + story_path(edge["node"], settings)
    site = settings.site_url if "site_url" in settings.model_fields_set else ""
    return LinkContext("", article["canonicalUrl"], site, urls)


def _neighbours(article: Mapping[str, Any], session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return what leads to the article, and what it leads to; each once, by its first edge."""

    def unique(edges: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        by_id: dict[str, dict[str, Any]] = {}
        for edge in edges:
            node = linked(edge["node"], session) | {"kind": edge["kind"]}
            by_id.setdefault(node["id"], node)
        return list(by_id.values())

    return {
        "from": unique(article["relatedBy"]["edges"]),
        "to": unique(article["related"]["edges"]),
    }


def _head(session: Session, article: Mapping[str, Any], turn: Mapping[str, str]) -> Head:
    settings, base = session.settings, session.base
    own = base + story_path(article, settings)
    url = article["url"] or own
    translations = {
        node["language"]: address(node, settings, base) for node in article["translations"]
    }
    alternates = {article["language"]: url, **translations} if translations else {}
    if default := alternates.get(settings.language.lower()):
        alternates["x-default"] = default
    seo = article["seo"]
    image = seo["image"] or article["image"] or {}
    properties = {
        **orjson.loads(article["jsonLd"]),
        "url": url,
        "mainEntityOfPage": url,
        "commentCount": article["commentCount"],
    }
    parameters = session.request.query_params
    is_part = bool({"comment", "said"} & parameters.keys())
    return Head(
        article["title"],
        full_title=seo["title"] or "",
        description=seo["description"] or article["summary"] or article["excerpt"],
        canonical=url,
        og_type="article",
        image=absolute(image.get("url", ""), base.rstrip("/")),
        image_alt=image.get("alt") or "",
        language=article["language"],
        published=article["publishedAt"] or "",
        modified=article["updatedAt"],
        alternates=alternates,
        card=f"{base}oembed?{urlencode({'url': own})}",
        feed=urlencode({"article": article["slug"], "language": article["language"]}),
        json_ld=jsonld.dumps(properties),
        robots="noindex" if is_part or seo["noindex"] else "",
        turn=turn,
        scripts=("hub-search.js", "hub-pages.js"),
    )

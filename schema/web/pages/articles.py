"""Articles in lists: the fields that cards show, and their addresses on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from hub.settings import Settings
from schema import article_urls
from schema.web.pages.session import Session

PAGE_SIZE = 24
CARD = """
fragment Card on Article {
  slug language title summary excerpt(length: 180) publishedAt commentCount url
  image { url alt } authors { name slug } topics { name slug }
}"""
"""The fields of a card; `excerpt` is for articles without a summary."""

LINKED = "fragment Linked on Article { id slug language title url }"
PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
CONNECTION_ARGUMENTS = "first: $first, after: $after, last: $last, before: $before"
CONNECTION_VARIABLES = "$first: Int, $after: String, $last: Int, $before: String"


class Address:
    """The path of an article's story, from its node."""

    def __init__(self, node: Mapping[str, Any]) -> None:
        self.slug: str = node["slug"]
        self.language: str = node["language"]


def story_path(node: Mapping[str, Any], settings: Settings) -> str:
    """Return the path of an article's own story page below the hub's base."""
    return article_urls.story_path(Address(node), settings.language)


def address(node: Mapping[str, Any], settings: Settings, root: str) -> str:
    """Return the address that pages link to: by `HUB_ARTICLE_URL`, or the story in the hub."""
    if settings.article_url:
        return str(node["url"])
    return root + story_path(node, settings)


def linked(node: dict[str, Any], session: Session) -> dict[str, Any]:
    """Return a node with its `address`."""
    return node | {"address": address(node, session.settings, session.root)}


def card(node: dict[str, Any], session: Session) -> dict[str, Any]:
    """Return a node with its `address`, `teaser` and `picture`."""
    teaser = node["summary"] or node["excerpt"]
    return linked(node, session) | {"teaser": teaser, "picture": picture(node["image"], session)}


def picture(image: Mapping[str, Any] | None, session: Session) -> dict[str, str] | None:
    """Return the address and words of an image for a page; None for none."""
    return {"url": session.picture(image["url"]), "alt": image["alt"] or ""} if image else None


def page_arguments(parameters: Mapping[str, str], size: int = PAGE_SIZE) -> dict[str, Any]:
    """Return the variables of the page of a connection that `after` or `before` selects."""
    if parameters.get("before"):
        return {"last": size, "before": parameters["before"]}
    return {"first": size, "after": parameters.get("after") or None}


def turn_links(page_info: Mapping[str, Any]) -> dict[str, str]:
    """Return the query strings of the pages before and after, by `rel`."""
    links = {}
    if page_info["hasPreviousPage"]:
        links["prev"] = f"?{urlencode({'before': page_info['startCursor']})}"
    if page_info["hasNextPage"]:
        links["next"] = f"?{urlencode({'after': page_info['endCursor']})}"
    return links


def canonical(base: str, path: str, parameters: Mapping[str, str]) -> str:
    """Return the absolute address of a page of a list."""
    position = {key: parameters[key] for key in ("after", "before") if parameters.get(key)}
    return f"{base}{path}{'?' if position else ''}{urlencode(position)}"

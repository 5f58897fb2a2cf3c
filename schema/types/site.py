"""The Site type: name, address and totals."""

from __future__ import annotations

from collections.abc import Awaitable

import strawberry
from strawberry import Parent

from hub import VERSION
from hub.reads import articles, comments
from hub.reads.articles import ArticleFilter
from hub.settings import Settings
from schema.context import Info
from schema.types.fields import field, resolved


def _article_count(info: Info) -> Awaitable[int]:
    return articles.count(info.context.db, ArticleFilter(), info.context.viewer)


def _comment_count(info: Info) -> Awaitable[int]:
    return comments.total(info.context.db, info.context.viewer)


def _version(parent: Parent[Settings]) -> str:
    return VERSION


@strawberry.type(description="The site that the hub holds the content of.")
class Site:
    """Resolved from the `Settings`."""

    site_name: str = strawberry.field(name="name", description="What the site is called.")
    site_url: str = strawberry.field(name="url", description="Where the site is read.")
    language: str = field("The language of articles that name none.")
    article_count: int = resolved(_article_count, "How many articles you may see.")
    comment_count: int = resolved(
        _comment_count, "How many approved comments there are on the articles that you may see."
    )
    version: str = resolved(_version, "The hub's version.")

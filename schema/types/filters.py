"""The inputs that narrow a list of articles or the hits of a search."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from hub.auth import Viewer, article_statuses
from hub.errors import Invalid
from hub.reads import articles
from schema.types.enums import ArticleKind, ArticleStatus
from search_index import query

MAX_VALUES = 100
"""Values of one filter, at most."""


def _optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


@strawberry.input(
    description="Narrows a list of articles: any value within a field, every field that names one."
)
class ArticleFilter:
    """See `hub.reads.articles.ArticleFilter`."""

    topics: list[str] | None = _optional("Slugs of topics; a topic stands for those below it too.")
    authors: list[str] | None = _optional("Slugs of authors.")
    languages: list[str] | None = _optional("Language tags, as in `en` or `pt-br`.")
    kinds: list[ArticleKind] | None = _optional("Kinds of article.")
    statuses: list[ArticleStatus] | None = _optional(
        "Statuses; narrows what you may see, and never widens it."
    )
    published_from: datetime | None = _optional("Published at this moment or later.")
    published_to: datetime | None = _optional("Published before this moment.")


@strawberry.input(
    description="Narrows the hits of a search: any value within a field, every field that "
    "names one."
)
class SearchFilter:
    """See `search_index.query.Filter`."""

    topics: list[str] | None = _optional("Slugs of topics; a topic stands for those below it too.")
    authors: list[str] | None = _optional("Slugs of authors.")
    languages: list[str] | None = _optional("Language tags, as in `en` or `pt-br`.")
    kinds: list[ArticleKind] | None = _optional("Kinds of article.")
    statuses: list[ArticleStatus] | None = _optional(
        "Statuses; narrows what you may see, and never widens it."
    )
    published_from: datetime | None = _optional("Published at this moment or later.")
    published_to: datetime | None = _optional("Published before this moment.")


def for_lists(given: ArticleFilter | None) -> articles.ArticleFilter:
    """The filter of a list as the reads take it. Raises Invalid."""
    if given is None:
        return articles.ArticleFilter()
    return articles.ArticleFilter(
        topics=_few(given.topics, "topics"),
        authors=_few(given.authors, "authors"),
        languages=_few(given.languages, "languages"),
        kinds=tuple(dict.fromkeys(kind.value for kind in given.kinds or ())),
        statuses=tuple(dict.fromkeys(one.value for one in given.statuses or ())),
        published_from=given.published_from,
        published_to=given.published_to,
    )


def for_search(given: SearchFilter | None, viewer: Viewer) -> tuple[query.Filter, frozenset[str]]:
    """The filter of a search as engines take it, and the statuses to look at. Raises Invalid."""
    seen = frozenset(article_statuses(viewer))
    if given is None:
        return query.Filter(), seen
    if given.statuses:
        seen &= {status.value for status in given.statuses}
    narrowed = query.Filter(
        topics=frozenset(_few(given.topics, "topics")),
        authors=frozenset(_few(given.authors, "authors")),
        languages=frozenset(_few(given.languages, "languages")),
        kinds=frozenset(kind.value for kind in given.kinds or ()),
        published_from=given.published_from,
        published_to=given.published_to,
    )
    return narrowed, seen


def _few(values: list[str] | None, name: str) -> tuple[str, ...]:
    if values is not None and len(values) > MAX_VALUES:
        raise Invalid(f"filter.{name}", f"must have at most {MAX_VALUES} values")
    return tuple(dict.fromkeys(values or ()))

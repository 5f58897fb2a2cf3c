"""The filter inputs of article lists and searches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import strawberry

from hub.auth import Viewer, article_statuses
from hub.db.database import Reader
from hub.errors import Invalid
from hub.reads import articles
from hub.search.former_labels import LabelSlugs, with_present_slugs
from schema.types.enums import ArticleKind, ArticleStatus
from search_index import query
from search_index.facets import is_month, is_year

MAX_VALUES = 100
"""Maximum number of values of one filter."""


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
    years: list[str] | None = _optional("Years of publication in UTC, as in `2026`.")
    months: list[str] | None = _optional("Months of publication in UTC, as in `2026-03`.")
    has_image: bool | None = _optional("With an image, or without one.")


def article_filter(filter_: ArticleFilter | None) -> articles.ArticleFilter:
    """Convert the input to the filter of `hub.reads.articles`. Raises Invalid."""
    if filter_ is None:
        return articles.ArticleFilter()
    return articles.ArticleFilter(
        topics=_unique_values(filter_.topics, "topics"),
        authors=_unique_values(filter_.authors, "authors"),
        languages=_unique_values(filter_.languages, "languages"),
        kinds=tuple(dict.fromkeys(kind.value for kind in filter_.kinds or ())),
        statuses=tuple(dict.fromkeys(status.value for status in filter_.statuses or ())),
        published_from=filter_.published_from,
        published_to=filter_.published_to,
    )


async def search_filter(
    db: Reader, filter_: SearchFilter | None, viewer: Viewer
) -> tuple[query.Filter, frozenset[str]]:
    """Convert the input to an engine's filter and the statuses to search. Raises Invalid.

    Slugs that topics and authors once had stand for those that they have now. One statement for
    these, none without.
    """
    statuses = frozenset(article_statuses(viewer))
    if filter_ is None:
        return query.Filter(), statuses
    if filter_.statuses:
        statuses &= {status.value for status in filter_.statuses}
    slugs = LabelSlugs(
        frozenset(_unique_values(filter_.topics, "topics")),
        frozenset(_unique_values(filter_.authors, "authors")),
    )
    slugs = await with_present_slugs(db, slugs, viewer)
    engine_filter = query.Filter(
        topics=slugs.topics,
        authors=slugs.authors,
        languages=frozenset(_unique_values(filter_.languages, "languages")),
        kinds=frozenset(kind.value for kind in filter_.kinds or ()),
        published_from=filter_.published_from,
        published_to=filter_.published_to,
        years=_dates(filter_.years, "years", is_year, "a year such as 2026"),
        months=_dates(filter_.months, "months", is_month, "a month such as 2026-03"),
        has_image=filter_.has_image,
    )
    return engine_filter, statuses


def _unique_values(values: list[str] | None, name: str) -> tuple[str, ...]:
    if values is not None and len(values) > MAX_VALUES:
        raise Invalid(f"filter.{name}", f"must have at most {MAX_VALUES} values")
    return tuple(dict.fromkeys(values or ()))


def _dates(
    values: list[str] | None, name: str, is_valid: Callable[[str], bool], expected: str
) -> frozenset[str]:
    unique = _unique_values(values, name)
    for value in unique:
        if not is_valid(value):
            raise Invalid(f"filter.{name}", f"must be {expected}, not {value[:20]!r}")
    return frozenset(unique)

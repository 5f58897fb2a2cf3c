"""Suggestions for a partly typed query."""

from __future__ import annotations

from typing import assert_never

import strawberry

from hub.auth import article_statuses
from hub.errors import Invalid
from hub.reads.articles import ArticleRow
from schema.context import Info
from schema.types.article import Article
from schema.types.enums import SuggestionKind
from schema.types.fields import field
from search_index import query
from search_index.query import SuggestQuery
from search_index.suggestions import REFRESH_SECONDS


class SuggestionHit:
    """Source object of `Suggestion`: an engine's suggestion, and its current article row."""

    __slots__ = ("article", "count", "highlighted", "kind", "slug", "text")

    def __init__(self, suggestion: query.Suggestion, article: ArticleRow | None) -> None:
        self.kind = suggestion.kind
        self.text = suggestion.text
        self.highlighted = suggestion.highlighted
        self.count = suggestion.count
        self.article = article
        self.slug = suggestion.value if article is None else article.slug


async def suggest(info: Info, text: str, first: int) -> list[SuggestionHit]:
    """Query the engine, and drop articles that the viewer may not see. Raises Invalid."""
    if not 1 <= first <= query.MAX_SUGGESTIONS:
        raise Invalid("first", f"must be from 1 to {query.MAX_SUGGESTIONS}, not {first}")
    context = info.context
    statuses = frozenset(article_statuses(context.viewer))
    context.cache_tags.add("search")
    context.cache_tags.add("articles")  # what is withdrawn is not suggested, even if indexed
    context.cache_tags.limit_age(REFRESH_SECONDS)  # the result includes popular searches
    suggestions = await context.suggestions.suggest(SuggestQuery(text, statuses, first))
    article_ids = [article_id(item) for item in suggestions]
    ids = [id_ for id_ in article_ids if id_ is not None]
    rows = dict(zip(ids, await context.loaders.article.load_many(ids), strict=True))
    return [
        SuggestionHit(item, None if id_ is None else rows[id_])
        for item, id_ in zip(suggestions, article_ids, strict=True)
        if id_ is None or rows[id_] is not None
    ]


def article_id(suggestion: query.Suggestion) -> int | None:
    """Return the id of the article that a suggestion leads to; None if it leads elsewhere."""
    match suggestion.kind:
        case SuggestionKind.ARTICLE:
            return int(suggestion.value)
        case SuggestionKind.TOPIC | SuggestionKind.AUTHOR | SuggestionKind.QUERY:
            return None
        case _:
            assert_never(suggestion.kind)


@strawberry.type(description="Where somebody who types may want to go.")
class Suggestion:
    """Resolved from a `SuggestionHit`."""

    kind: SuggestionKind = field("What it leads to.")
    text: str = field("The article's title, or the topic's or author's name.")
    highlighted: str = field(
        "The text as HTML, with what was typed in `<mark>`; all else is escaped."
    )
    slug: str = field(
        "The slug of the article, topic or author, as filters take it; the text of a query."
    )
    count: int = field(
        "How many articles a topic or author has, or how often a query was asked; else 1."
    )
    article: Article | None = field("The article, if it leads to one.")

"""Suggestions: where somebody who types may want to go."""

from __future__ import annotations

import strawberry

from hub.auth import article_statuses
from hub.errors import Invalid
from hub.reads.articles import ArticleRow
from schema.context import Info
from schema.types.article import Article
from schema.types.enums import SuggestionKind
from schema.types.fields import shown
from search_index import query
from search_index.query import SuggestQuery
from search_index.suggestions import FRESH_SECONDS


class Suggested:
    """What Suggestion shows: an engine's suggestion, and its article as it is now."""

    __slots__ = ("article", "count", "highlighted", "kind", "slug", "text")

    def __init__(self, found: query.Suggestion, article: ArticleRow | None) -> None:
        self.kind = found.kind
        self.text = found.text
        self.highlighted = found.highlighted
        self.count = found.count
        self.article = article
        self.slug = found.value if article is None else article.slug


async def suggest(info: Info, text: str, first: int) -> list[Suggested]:
    """Ask the engine, and the database whether its articles may be seen. Raises Invalid."""
    if not 1 <= first <= query.MAX_SUGGESTIONS:
        raise Invalid("first", f"must be from 1 to {query.MAX_SUGGESTIONS}, not {first}")
    context = info.context
    statuses = frozenset(article_statuses(context.viewer))
    context.notes.read("search")
    context.notes.seconds = FRESH_SECONDS  # popular searches are among them
    found = await context.suggestions.suggest(SuggestQuery(text, statuses, first))
    articles = [one for one in found if one.kind is SuggestionKind.ARTICLE]
    rows = await context.loaders.article.load_many(int(one.value) for one in articles)
    by_value = dict(zip((one.value for one in articles), rows, strict=True))
    return [
        Suggested(one, by_value.get(one.value) if one.kind is SuggestionKind.ARTICLE else None)
        for one in found
        if one.kind is not SuggestionKind.ARTICLE or by_value[one.value] is not None
    ]


@strawberry.type(description="Where somebody who types may want to go.")
class Suggestion:
    """Shows a `Suggested`."""

    kind: SuggestionKind = shown("What it leads to.")
    text: str = shown("The article's title, or the topic's or author's name.")
    highlighted: str = shown(
        "The text as HTML, with what was typed in `<mark>`; all else is escaped."
    )
    slug: str = shown(
        "The slug of the article, topic or author, as filters take it; the text of a query."
    )
    count: int = shown(
        "How many articles a topic or author has, or how often a query was asked; else 1."
    )
    article: Article | None = shown("The article, if it leads to one.")

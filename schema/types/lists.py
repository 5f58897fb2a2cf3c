"""What topics and authors share: names in several languages, and lists of articles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, NamedTuple, assert_never

import strawberry

from hub.db.keyset import Key, parse_page_args
from hub.reads.articles import ArticleRow, Order, sort_value
from hub.reads.authors import AuthorRow
from hub.reads.projection import PartialArticleRow
from hub.reads.topics import TopicRow
from schema.context import HubContext, Info
from schema.loaders import Label
from schema.types.fields import computed, field
from schema.types.paging import RowConnection

OrderArgument = Annotated[Order, strawberry.argument(description="The order of the list.")]


def article_key(order: Order) -> Callable[[PartialArticleRow], Key]:
    """Return the function that computes an article's cursor key in this order."""
    return lambda row: (sort_value(row, order), row.id)


async def articles_under(
    info: Info,
    label: Label,
    parent: TopicRow | AuthorRow,
    page: tuple[int | None, str | None, int | None, str | None],
    order: Order,
) -> RowConnection[ArticleRow]:
    """Load the articles of a topic or author."""
    loaders, slug = info.context.loaders, parent.slug
    result = await loaders.articles_of(label, parse_page_args(*page), order).load(slug)
    info.context.cache_tags.add(label.removesuffix("s"), (parent.id,))
    add_list_tags(info.context, result.rows, order)
    return RowConnection(
        result, article_key(order), lambda: loaders.article_count_of(label).load(slug)
    )


def add_list_tags(context: HubContext, rows: Iterable[PartialArticleRow], order: Order) -> None:
    """Add the cache tags of a list's articles, and of the data that its order depends on."""
    context.cache_tags.add("article", [row.id for row in rows])
    match order:
        case Order.MOST_DISCUSSED:
            context.cache_tags.add("comments")
        case Order.NEWEST | Order.OLDEST | Order.RECENTLY_UPDATED:
            pass  # these depend on the articles alone
        case _:
            assert_never(order)


def add_label_tags(context: HubContext, kind: Literal["topic", "author"]) -> None:
    """Add the tags of lists of labels: they depend on the labels and on the articles below."""
    context.cache_tags.add("labels")
    context.cache_tags.add(kind)


MAX_TAG = 16
"""Characters of a language tag, at most."""


class NameRow(NamedTuple):
    """Source object of the `LabelName` type."""

    language: str
    name: str


Language = Annotated[
    str | None,
    strawberry.argument(
        description="A language tag, as `Article.language`: the name in it, or in the language "
        "that it is a variant of; where there is none, the name that is left without this argument."
    ),
]


def choose_name(name: str, translations: str | None, language: str) -> str:
    """Return the name in a language, or that in the language of which it is a variant, or `name`.

    `translations` is a JSON object of names by language, or None.
    """
    names: dict[str, str] = json.loads(translations or "{}")
    tag = language.strip()[:MAX_TAG].lower().replace("_", "-")
    while tag and tag not in names:
        tag = tag.rpartition("-")[0]
    return names[tag] if tag else name


def _name(language: Language = None) -> Callable[[Any], str]:
    if language is None:
        return lambda row: row.name
    return lambda row: choose_name(row.name, row.translations, language)


def _translations() -> Callable[[Any], list[NameRow]]:
    return lambda row: [NameRow(*item) for item in json.loads(row.translations or "{}").items()]


def name_field(description: str) -> Any:
    """Declare the field `name` of a row with `name` and `translations`."""
    return computed(_name, description, "name", "translations")


@strawberry.type(description="The name of a topic or author in a language.")
class LabelName:
    """Resolved from a `NameRow`."""

    language: str = field("The language tag, in lower case.")
    name: str = field("The name in it.")


def translations_field() -> Any:
    """Declare the field with the names of a row in other languages."""
    return computed(
        _translations,
        "Its names in other languages, by language tag; `name(language:)` chooses among them.",
        "translations",
    )

"""Dispatch on enums: a member that nobody handles is an error, and is not taken for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.models import RelationKind
from hub.reads.articles import ArticleRow, Order, sort_value
from hub.settings import Settings
from hub.text import markup
from hub.text.bodies import Body
from schema import jsonld, loaders
from schema.execution.cache_tags import CacheTags
from schema.types import enums
from schema.types.comment import is_newest_first, select_renderer
from schema.types.lists import add_list_tags

MEMBER: Any = object()
"""A member that an enum does not have yet."""


class Context:
    """The part of a request's context that lists need."""

    cache_tags = CacheTags()


def article_row(**columns: Any) -> ArticleRow:
    """Return an article's row with these columns, and None for the others."""
    return ArticleRow(**dict.fromkeys(ArticleRow._fields, None) | columns)  # type: ignore[arg-type]


CONTEXT: Any = Context()
DISPATCHES: dict[str, Callable[[], object]] = {
    "Format of a body": lambda: select_renderer(MEMBER),
    "Format of an input": lambda: markup.to_html(Body("Bread.", MEMBER)),
    "CommentSort": lambda: is_newest_first(MEMBER),
    "ArticleOrder of cursors": lambda: sort_value(article_row(published="2026"), MEMBER),
    "ArticleOrder of columns": lambda: Order.column_type.__get__(MEMBER),
    "ArticleOrder of cache tags": lambda: add_list_tags(CONTEXT, [], MEMBER),
    "ArticleKind": lambda: jsonld.article(
        article_row(title="Bread", kind="PODCAST"), [], [], Settings()
    ),
    "RelatedKind": lambda: RelationKind.is_editorial.__get__(MEMBER),
    "Label": lambda: loaders._by_slug(MEMBER, ["bread"]),
}


@pytest.mark.parametrize("name", DISPATCHES)
def test_an_unknown_member_is_an_error(name: str) -> None:
    with pytest.raises((AssertionError, KeyError, ValueError)):
        DISPATCHES[name]()


@pytest.mark.parametrize("order", Order)
def test_every_order_is_handled(order: Order) -> None:
    row = article_row(published="2026", created="2025", updated="2027", comment_count=3)
    assert sort_value(row, order) in {"2026", "2027", 3}
    assert order.column_type in {int, type(order).NEWEST.column_type}
    add_list_tags(CONTEXT, [row._replace(id=1)], order)


@pytest.mark.parametrize("sort", enums.CommentSort)
def test_every_order_of_comments_is_handled(sort: enums.CommentSort) -> None:
    assert is_newest_first(sort) is (sort.name == "NEWEST")


@pytest.mark.parametrize("format_", enums.Format)
def test_every_format_is_handled(format_: enums.Format) -> None:
    expected = {"HTML": "<p>One <em>two</em></p>", "TEXT": "One two", "MARKDOWN": "One *two*"}
    assert select_renderer(format_)("<p>One <em>two</em></p>").strip() == expected[format_.name]

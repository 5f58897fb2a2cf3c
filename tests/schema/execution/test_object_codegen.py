"""Objects of rows are made in one pass, each leaf as graphql-core completes it."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NamedTuple

import pytest
from graphql import GraphQLError, GraphQLObjectType, GraphQLOutputType
from hypothesis import given
from hypothesis import strategies as st

from schema.build import schema
from schema.execution.leaf_values import Incomplete, leaf
from schema.execution.object_codegen import Field, maker

TYPES = schema()._schema.type_map


class Row(NamedTuple):
    """Any row."""

    slug: object
    comments: object = 1


def of(type_: str, field: str) -> GraphQLOutputType:
    """The type of a field of the schema."""
    parent = TYPES[type_]
    assert isinstance(parent, GraphQLObjectType)
    found: GraphQLOutputType = parent.fields[field].type
    return found


SLUG = Field("slug", attrgetter("slug"), leaf(of("Article", "slug")))
COUNT = Field("commentCount", attrgetter("comments"), leaf(of("Article", "commentCount")))
CANONICAL = Field("canonicalUrl", attrgetter("slug"), leaf(of("Article", "canonicalUrl")))


def test_objects_have_their_fields_in_order_from_attributes_and_columns() -> None:
    make = maker((COUNT, Field("nodes", None, None), SLUG, Field("summary", None, SLUG.leaf)))
    found = make([Row("a", 2), Row("b")], [["x"], []], ["one", "two"])
    assert found == [
        {"commentCount": 2, "nodes": ["x"], "slug": "a", "summary": "one"},
        {"commentCount": 1, "nodes": [], "slug": "b", "summary": "two"},
    ]
    assert list(found[0]) == ["commentCount", "nodes", "slug", "summary"]


def test_an_object_without_fields_is_one_for_each_row() -> None:
    assert maker(())([Row("a"), Row("b")]) == [{}, {}]


def test_a_column_of_another_length_is_not_cut_off() -> None:
    with pytest.raises(ValueError, match="zip"):
        maker((Field("nodes", None, None),))([Row("a")], [1, 2])


@pytest.mark.parametrize("value", [None, ValueError("no value")])
def test_what_may_not_be_null_is_incomplete(value: object) -> None:
    with pytest.raises(Incomplete):
        maker((SLUG,))([Row("a"), Row(value)])


def test_what_may_be_null_is_null() -> None:
    assert maker((CANONICAL,))([Row(None)]) == [{"canonicalUrl": None}]


def test_numbers_beyond_32_bits_are_no_ints() -> None:
    assert maker((COUNT,))([Row("a", 2**31 - 1)]) == [{"commentCount": 2**31 - 1}]
    with pytest.raises(GraphQLError):
        maker((COUNT,))([Row("a", 2**31)])


LEAVES = [
    of("Article", "slug"),
    of("Article", "canonicalUrl"),
    of("Article", "commentCount"),
    of("Article", "commentsOpen"),
    of("Article", "publishedAt"),
    of("Article", "createdAt"),
    of("Article", "status"),
    of("RelatedArticlesEdge", "weight"),
    of("Highlight", "fragments"),
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**33), 2**33),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(["PUBLISHED", "2026-03-01 12:00:00+00:00", "2026-03-01T12:00:00+02:00"]),
    st.lists(st.text(max_size=3), max_size=3),
)


@given(st.sampled_from(LEAVES), VALUES)
def test_a_leaf_is_what_graphql_core_makes_of_it(type_: Any, value: object) -> None:
    """Where it gives one at all: what graphql-core refuses, is left to graphql-core."""
    field = Field("x", attrgetter("slug"), leaf(type_))
    try:
        [made] = maker((field,))([Row(value)])
    except Exception:
        return
    assert made["x"] == _by_the_book(type_, value)


def _by_the_book(type_: Any, value: Any) -> object:
    type_ = getattr(type_, "of_type", type_) if str(type_).endswith("!") else type_
    if value is None:
        return None
    if str(type_).startswith("["):
        return [_by_the_book(type_.of_type, one) for one in value]
    return type_.coerce_output_value(value)


def test_what_is_selected_alike_is_made_by_the_same_function() -> None:
    again = Field("slug", SLUG.read, leaf(of("Article", "slug")))
    assert maker((SLUG, COUNT)) is maker((again, COUNT))
    assert maker((SLUG, COUNT)) is not maker((COUNT, SLUG))

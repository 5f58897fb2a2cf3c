"""Objects are built from rows in one pass, with leaves completed as by graphql-core."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NamedTuple

import pytest
from graphql import GraphQLError, GraphQLObjectType, GraphQLOutputType
from hypothesis import given
from hypothesis import strategies as st

from schema.build import graphql_schema
from schema.execution.leaf_values import CompletionError, leaf_of
from schema.execution.object_codegen import Field, object_maker

TYPES = graphql_schema().type_map


class Row(NamedTuple):
    """Any row."""

    slug: object
    comments: object = 1


def of(type_: str, field: str) -> GraphQLOutputType:
    """Return the type of a field of the schema."""
    parent = TYPES[type_]
    assert isinstance(parent, GraphQLObjectType)
    field_type: GraphQLOutputType = parent.fields[field].type
    return field_type


SLUG = Field("slug", attrgetter("slug"), leaf_of(of("Article", "slug")))
COUNT = Field("commentCount", attrgetter("comments"), leaf_of(of("Article", "commentCount")))
CANONICAL = Field("canonicalUrl", attrgetter("slug"), leaf_of(of("Article", "canonicalUrl")))


def test_objects_have_their_fields_in_order_from_attributes_and_columns() -> None:
    make = object_maker(
        (COUNT, Field("nodes", None, None), SLUG, Field("summary", None, SLUG.leaf))
    )
    objects = make([Row("a", 2), Row("b")], [["x"], []], ["one", "two"])
    assert objects == [
        {"commentCount": 2, "nodes": ["x"], "slug": "a", "summary": "one"},
        {"commentCount": 1, "nodes": [], "slug": "b", "summary": "two"},
    ]
    assert list(objects[0]) == ["commentCount", "nodes", "slug", "summary"]


def test_an_object_without_fields_is_one_for_each_row() -> None:
    assert object_maker(())([Row("a"), Row("b")]) == [{}, {}]


def test_a_column_of_another_length_is_not_cut_off() -> None:
    with pytest.raises(ValueError, match="zip"):
        object_maker((Field("nodes", None, None),))([Row("a")], [1, 2])


@pytest.mark.parametrize("value", [None, ValueError("no value")])
def test_what_may_not_be_null_is_incomplete(value: object) -> None:
    with pytest.raises(CompletionError):
        object_maker((SLUG,))([Row("a"), Row(value)])


def test_what_may_be_null_is_null() -> None:
    assert object_maker((CANONICAL,))([Row(None)]) == [{"canonicalUrl": None}]


def test_numbers_beyond_32_bits_are_no_ints() -> None:
    assert object_maker((COUNT,))([Row("a", 2**31 - 1)]) == [{"commentCount": 2**31 - 1}]
    with pytest.raises(GraphQLError):
        object_maker((COUNT,))([Row("a", 2**31)])


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
    """Values that raise an error are completed by graphql-core instead."""
    field = Field("x", attrgetter("slug"), leaf_of(type_))
    try:
        [result] = object_maker((field,))([Row(value)])
    except Exception:
        return
    assert result["x"] == _complete_with_graphql_core(type_, value)


def _complete_with_graphql_core(type_: Any, value: Any) -> object:
    type_ = getattr(type_, "of_type", type_) if str(type_).endswith("!") else type_
    if value is None:
        return None
    if str(type_).startswith("["):
        return [_complete_with_graphql_core(type_.of_type, item) for item in value]
    return type_.coerce_output_value(value)


def test_what_is_selected_alike_is_made_by_the_same_function() -> None:
    copy = Field("slug", SLUG.read, leaf_of(of("Article", "slug")))
    assert object_maker((SLUG, COUNT)) is object_maker((copy, COUNT))
    assert object_maker((SLUG, COUNT)) is not object_maker((COUNT, SLUG))

"""Contract of every engine: groups of conditions are joined by AND, their members by OR."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search_index.engine import SearchEngine
from search_index.fields import Extremes, NumberField, NumberRange
from search_index.query import Condition, Document, FacetField, Filter, SearchQuery
from tests.support.documents import a_document, labels, search_ids

pytestmark = pytest.mark.anyio
TOPIC, AUTHOR, LANGUAGE = FacetField.TOPIC, FacetField.AUTHOR, FacetField.LANGUAGE
YEAR, MONTH = FacetField.YEAR, FacetField.MONTH


def of(field: FacetField, *values: str, without: bool = False) -> Condition:
    return Condition(field, frozenset(values), negated=without)


def library() -> list[Document]:
    def at(year: int, month: int) -> datetime:
        return datetime(year, month, 9, tzinfo=UTC)

    return [
        a_document(1, "Bread", topics=labels("food"), published_at=at(2025, 4)),
        a_document(2, "Bread", topics=labels("food", "home"), published_at=at(2026, 4)),
        a_document(3, "Bread", topics=labels("home"), authors=labels("ann"), language="fr"),
        a_document(4, "Bread", authors=labels("ann", "bo"), published_at=None),
    ]


@pytest.mark.parametrize(
    ("_case", "groups", "expected"),
    [
        ("one value", [[of(TOPIC, "food")]], [1, 2]),
        ("any of its values", [[of(TOPIC, "food", "home")]], [1, 2, 3]),
        ("two values at once", [[of(TOPIC, "food")], [of(TOPIC, "home")]], [2]),
        ("without a value", [[of(TOPIC, "food", without=True)]], [3, 4]),
        ("with and without", [[of(TOPIC, "home")], [of(TOPIC, "food", without=True)]], [3]),
        ("any of two fields", [[of(TOPIC, "food"), of(AUTHOR, "bo")]], [1, 2, 4]),
        ("any, one without", [[of(TOPIC, "food", without=True), of(YEAR, "2025")]], [1, 3, 4]),
        ("years", [[of(YEAR, "2025", "1999")]], [1]),
        ("a month", [[of(MONTH, "2026-04")]], [2]),
        ("without a year", [[of(YEAR, "2026", without=True)]], [1, 4]),
        ("what is no date", [[of(YEAR, "soon", "²025"), of(MONTH, "2026-13", "2026")]], []),
        ("no values", [[of(TOPIC)]], []),
        ("nothing to fulfil", [[]], []),
        ("no groups", [], [1, 2, 3, 4]),
    ],
)
async def test_conditions(
    engine: SearchEngine, _case: str, groups: list[list[Condition]], expected: list[int]
) -> None:
    await engine.write(library(), [])
    conditions = tuple(tuple(group) for group in groups)
    query = SearchQuery("bread", filter=Filter(conditions=conditions), limit=100)
    assert sorted(await search_ids(engine, query)) == expected
    assert (await engine.search(query)).total == len(expected)


async def test_every_facet_is_counted_under_the_conditions(engine: SearchEngine) -> None:
    await engine.write(library(), [])
    query = SearchQuery("bread", facets=(TOPIC,), filter=Filter(topics=frozenset({"home"})))
    narrowed = replace(query.filter, conditions=((of(TOPIC, "food"),),))

    [free] = (await engine.search(query)).facets
    assert {bucket.value: bucket.count for bucket in free.buckets} == {"food": 2, "home": 2}
    [bound] = (await engine.search(replace(query, filter=narrowed))).facets
    assert {bucket.value: bucket.count for bucket in bound.buckets} == {"food": 2, "home": 1}


conditions = st.builds(
    Condition,
    st.sampled_from([TOPIC, AUTHOR, LANGUAGE]),
    st.frozensets(st.sampled_from(["food", "home", "ann", "bo", "en", "fr"]), max_size=3),
    st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.lists(conditions, max_size=3).map(tuple), max_size=3).map(tuple))
async def test_conditions_are_what_logic_says(
    engine: SearchEngine, groups: tuple[tuple[Condition, ...], ...]
) -> None:
    def carries(document: Document, condition: Condition) -> bool:
        values = {
            TOPIC: {label.slug for label in document.topics},
            AUTHOR: {label.slug for label in document.authors},
            LANGUAGE: {document.language},
        }[condition.field]
        return bool(values & condition.values) != condition.negated

    await engine.write(library(), [])
    query = SearchQuery("bread", filter=Filter(conditions=groups), limit=100)
    expected = [
        document.id
        for document in library()
        if all(any(carries(document, c) for c in group) for group in groups)
    ]
    assert sorted(await search_ids(engine, query)) == expected


def number(
    field: NumberField, low: int | None = None, high: int | None = None, *, without: bool = False
) -> NumberRange:
    return NumberRange(field, low, high, negated=without)


FIRST = int(datetime(2025, 4, 9, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("_case", "group", "expected"),
    [
        ("one article", [number(NumberField.ID, 2, 2)], [2]),
        ("all but one", [number(NumberField.ID, 2, 2, without=True)], [1, 3, 4]),
        ("either of two", [number(NumberField.ID, 2, 2), number(NumberField.ID, 4, 4)], [2, 4]),
        ("a number or a value", [number(NumberField.ID, 4), of(TOPIC, "food")], [1, 2, 4]),
        ("comments, both ends", [number(NumberField.COMMENTS, 2, 3)], [2, 3]),
        ("no comments", [number(NumberField.COMMENTS, high=0)], [4]),
        ("until a time", [number(NumberField.PUBLISHED, high=FIRST)], [1]),
        ("before it", [number(NumberField.PUBLISHED, high=FIRST - 1)], []),
        ("any time", [number(NumberField.PUBLISHED)], [1, 2, 3]),
        ("never", [number(NumberField.PUBLISHED, without=True)], [4]),
        ("numbers beyond all", [number(NumberField.COMMENTS, -(10**17), 10**17)], [1, 2, 3, 4]),
    ],
)
async def test_numbers(
    engine: SearchEngine, _case: str, group: list[NumberRange | Condition], expected: list[int]
) -> None:
    counted = [
        replace(document, comment_count=place)
        for place, document in zip((1, 2, 3, 0), library(), strict=True)
    ]
    await engine.write(counted, [])
    query = SearchQuery(
        "bread",
        filter=Filter(conditions=(tuple(group),)),
        facets=(LANGUAGE,),
        extremes=tuple(NumberField),
    )
    page = await engine.search(query)
    assert sorted(hit.id for hit in page.hits) == expected
    assert sum(bucket.count for bucket in page.facets[0].buckets) == len(expected)
    numbers = [document.comment_count for document in counted if document.id in expected]
    extremes = {one.field: (one.low, one.high) for one in page.extremes}
    if expected:
        assert extremes[NumberField.COMMENTS] == (min(numbers), max(numbers))
        assert extremes[NumberField.ID] == (min(expected), max(expected))
    assert (NumberField.PUBLISHED in extremes) == bool(set(expected) - {4})


async def test_extremes_are_those_of_the_hits(engine: SearchEngine) -> None:
    await engine.write(library(), [])
    years = Filter(topics=frozenset({"food"}), years=frozenset({"2025"}))
    query = SearchQuery("bread", filter=years, extremes=(NumberField.PUBLISHED,))
    assert (await engine.search(query)).extremes == (Extremes(NumberField.PUBLISHED, FIRST, FIRST),)

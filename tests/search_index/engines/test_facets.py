"""Contract of every engine: filters by values, their labels and order, and exact counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from search_index.engine import SearchEngine
from search_index.engines.opensearch import facets as opensearch_facets
from search_index.query import (
    Bucket,
    CommentText,
    Facet,
    FacetField,
    Filter,
    Label,
    Scope,
    SearchQuery,
)
from tests.support.documents import DAY, a_document, labels, search_ids

pytestmark = pytest.mark.anyio


def _at(year: int, month: int) -> datetime:
    return datetime(year, month, 28, 23, tzinfo=UTC)


def library() -> list[Any]:
    return [
        a_document(1, "Bread", published_at=_at(2025, 4), has_image=True, language="pt-br"),
        a_document(2, "Bread", published_at=_at(2026, 4), has_image=True),
        a_document(3, "Bread", published_at=_at(2026, 5), kind="PAGE"),
        a_document(4, "Bread", published_at=None, topics=labels("food")),
    ]


@pytest.mark.parametrize(
    ("_case", "filter_", "expected"),
    [
        ("a year", Filter(years=frozenset({"2026"})), [2, 3]),
        ("any of two years", Filter(years=frozenset({"2026", "2025"})), [1, 2, 3]),
        ("a month", Filter(months=frozenset({"2026-04"})), [2]),
        ("any of two months", Filter(months=frozenset({"2026-04", "2025-04"})), [1, 2]),
        (
            "a year and a month",
            Filter(years=frozenset({"2025"}), months=frozenset({"2026-04"})),
            [],
        ),
        ("what is no date", Filter(years=frozenset({"soon"})), []),
        ("with an image", Filter(has_image=True), [1, 2]),
        ("without an image", Filter(has_image=False), [3, 4]),
        ("an image and a kind", Filter(has_image=False, kinds=frozenset({"PAGE"})), [3]),
    ],
)
async def test_filters_by_date_and_image(
    engine: SearchEngine, _case: str, filter_: Filter, expected: list[int]
) -> None:
    await engine.write(library(), [])
    assert sorted(await search_ids(engine, SearchQuery("bread", filter=filter_))) == expected


async def facet_of(engine: SearchEngine, query: SearchQuery, field: FacetField) -> Facet:
    [facet] = [facet for facet in (await engine.search(query)).facets if facet.field is field]
    return facet


async def test_a_year_narrows_months_and_not_years(engine: SearchEngine) -> None:
    await engine.write(library(), [])
    year = Filter(years=frozenset({"2026", "1999"}))
    query = SearchQuery("bread", filter=year, facets=tuple(FacetField))
    assert (await facet_of(engine, query, FacetField.YEAR)).buckets == (
        Bucket("2026", "2026", 2, True),
        Bucket("2025", "2025", 1, False),
        Bucket("1999", "1999", 0, True),
    )
    assert (await facet_of(engine, query, FacetField.MONTH)).buckets == (
        Bucket("2026-04", "April 2026", 1, False),
        Bucket("2026-05", "May 2026", 1, False),
    )


@pytest.mark.parametrize(
    ("field", "filter_", "expected"),
    [
        (FacetField.KIND, Filter(), [("ARTICLE", "Article", 3), ("PAGE", "Page", 1)]),
        (
            FacetField.IMAGE,
            Filter(has_image=True),
            [("true", "With image", 2), ("false", "Without image", 2)],
        ),
        (
            FacetField.LANGUAGE,
            Filter(languages=frozenset({"de"})),
            [("en", "English", 3), ("pt-br", "português (BR)", 1), ("de", "Deutsch", 0)],
        ),
        (
            FacetField.MONTH,
            Filter(months=frozenset({"2025-04", "1999-12"})),
            [
                ("2025-04", "April 2025", 1),
                ("2026-04", "April 2026", 1),
                ("2026-05", "May 2026", 1),
                ("1999-12", "December 1999", 0),
            ],
        ),
    ],
)
async def test_labels_are_words(
    engine: SearchEngine, field: FacetField, filter_: Filter, expected: list[tuple[str, str, int]]
) -> None:
    await engine.write(library(), [])
    query = SearchQuery("bread", filter=filter_, facets=(field,), facet_size=3)
    facet = await facet_of(engine, query, field)
    buckets = [(bucket.value, bucket.label, bucket.count) for bucket in facet.buckets]
    assert sorted(buckets) == sorted(expected)


async def test_values_of_one_count_are_sorted_as_readers_sort(engine: SearchEngine) -> None:
    names = ["Zebra", "apple", "Éclair", "edam", "Eclipse", "Über", "ubuntu", "Österreich"]
    topics = tuple(Label(f"t{number}", name) for number, name in enumerate(names))
    renamed = [(Label("oslo", "AAA"),), (Label("oslo", "oslo"),), (Label("oslo", "oslo"),)]
    batch = [a_document(1, "Bread", topics=topics), a_document(2, "Bread", topics=topics)]
    batch.append(a_document(3, "Bread", topics=topics[:1]))
    batch += [a_document(4 + n, "Bread", topics=names) for n, names in enumerate(renamed)]
    await engine.write(batch, [4])
    await engine.write([], [4])
    query = SearchQuery("bread", facets=(FacetField.TOPIC,))
    facet = await facet_of(engine, query, FacetField.TOPIC)
    assert [bucket.label for bucket in facet.buckets] == [
        "Zebra",
        *("apple", "Éclair", "Eclipse", "edam", "oslo", "Österreich", "Über", "ubuntu"),
    ]


async def test_counts_are_exact_whatever_the_number_of_values(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opensearch_facets, "MAX_VALUES", 3)
    batch = [
        a_document(number, "Bread", topics=labels(*(f"t{n}" for n in range(number))))
        for number in range(1, 9)
    ]
    await engine.write([*batch, a_document(9, "Bread", language="fr", topics=labels("t7"))], [])
    query = SearchQuery(
        "bread",
        filter=Filter(topics=frozenset({"t7"}), languages=frozenset({"en"})),
        facets=(FacetField.TOPIC,),
        facet_size=5,
    )
    facet = await facet_of(engine, query, FacetField.TOPIC)
    assert [(bucket.value, bucket.count, bucket.selected) for bucket in facet.buckets] == [
        *((f"t{number}", 8 - number, False) for number in range(5)),
        ("t7", 1, True),
    ]


async def test_comments_follow_the_image_of_their_article(engine: SearchEngine) -> None:
    comments = (CommentText(70, "good bread", DAY),)
    query = SearchQuery("good", within=frozenset({Scope.COMMENTS}), filter=Filter(has_image=True))
    await engine.write([a_document(1, "Bread", comments=comments)], [])
    assert await search_ids(engine, query) == []
    await engine.write([a_document(1, "Bread", stamp=9, comments=comments, has_image=True)], [])
    assert await search_ids(engine, query) == [1]

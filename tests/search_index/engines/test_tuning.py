"""Contract of every engine: synonyms and pins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search_index.engine import SearchEngine
from search_index.query import (
    FacetField,
    Filter,
    Page,
    Pin,
    SearchQuery,
    Sort,
    Synonym,
    Tuning,
)
from tests.support.documents import a_document, labels, search_pages

pytestmark = pytest.mark.anyio
SEATS = Tuning(
    synonyms=(
        Synonym(("sofa", "couch", "chaise longue")),
        Synonym(("stool",), typed="seat"),
        Synonym(("NYC", "New York")),
    )
)


@pytest.fixture
async def furniture(engine: SearchEngine) -> SearchEngine:
    titles = ("A red sofa", "The couches", "A chaise longue", "One stool", "Longue chaise")
    more = ("Loft in New York", "NYC at night", "York is not new")
    await engine.write(
        [a_document(number, title) for number, title in enumerate((*titles, *more), 1)], []
    )
    return engine


async def hit_ids(engine: SearchEngine, text: str, tuning: Tuning = SEATS) -> set[int]:
    page = await engine.search(SearchQuery(text, tuning=tuning))
    return {hit.id for hit in page.hits}


async def test_each_of_some_synonyms_finds_all(furniture: SearchEngine) -> None:
    assert await hit_ids(furniture, "sofa", Tuning()) == {1}
    assert await hit_ids(furniture, "sofa") == {1, 2, 3}
    assert await hit_ids(furniture, "Couch") == {1, 2, 3}
    assert await hit_ids(furniture, "sofas") == {1, 2, 3}  # whatever its form
    assert await hit_ids(furniture, "chaise longue") >= {1, 2, 3}


async def test_what_was_typed_comes_before_its_synonyms(furniture: SearchEngine) -> None:
    page = await furniture.search(SearchQuery("sofa", tuning=SEATS))
    assert page.hits[0].id == 1
    page = await furniture.search(SearchQuery("chaise longue", tuning=SEATS))
    assert page.hits[0].id == 3


async def test_one_way_goes_one_way(furniture: SearchEngine) -> None:
    assert await hit_ids(furniture, "seat") == {4}
    await furniture.write([a_document(9, "A seat")], [])
    assert await hit_ids(furniture, "seat") == {4, 9}
    assert await hit_ids(furniture, "stool") == {4}


async def test_several_words_may_stand_for_one_and_one_for_several(
    furniture: SearchEngine,
) -> None:
    assert await hit_ids(furniture, "nyc") == {6, 7}
    page = await furniture.search(SearchQuery("new york", tuning=SEATS))
    assert page.hits[0].id == 6
    assert 7 in {hit.id for hit in page.hits}
    assert await hit_ids(furniture, "new york loft") >= {6}


async def test_synonyms_are_marked_and_nothing_is_corrected(furniture: SearchEngine) -> None:
    page = await furniture.search(SearchQuery("sofa", tuning=SEATS, fragments=1))
    marked = {hit.highlights[0].fragments[0] for hit in page.hits}
    assert "The <mark>couches</mark>" in marked
    page = await furniture.search(SearchQuery("seat", tuning=SEATS))
    assert page.did_you_mean is None


async def test_a_phrase_and_an_exclusion_are_taken_as_they_stand(furniture: SearchEngine) -> None:
    assert await hit_ids(furniture, '"sofa"') == {1}
    assert await hit_ids(furniture, "sofa -couch") == {1, 3}


async def test_a_pin_comes_first_for_its_text_alone(furniture: SearchEngine) -> None:
    tuning = Tuning(pins=(Pin("red sofa", 4), Pin("Red  Sofa!", 2), Pin("red sofa", 99)))
    page = await furniture.search(SearchQuery("red sofa", tuning=tuning))
    assert [(hit.id, hit.pinned) for hit in page.hits] == [(4, True), (2, True), (1, False)]
    assert page.total == 3
    assert [hit.id for hit in (await ask(furniture, "sofa", tuning)).hits] == [1]


async def ask(engine: SearchEngine, text: str, tuning: Tuning) -> Page:
    return await engine.search(SearchQuery(text, tuning=tuning))


async def test_pins_keep_to_filters_sorts_and_what_may_be_seen(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Sofa", topics=labels("home")),
            a_document(2, "Chair", topics=labels("garden")),
            a_document(3, "Secret", status="DRAFT"),
        ],
        [],
    )
    tuning = Tuning(pins=(Pin("sofa", 3), Pin("sofa", 2)))
    query = SearchQuery("sofa", tuning=tuning, facets=(FacetField.TOPIC,))
    page = await engine.search(query)
    assert [hit.id for hit in page.hits] == [2, 1]
    assert {bucket.value: bucket.count for bucket in page.facets[0].buckets} == {
        "home": 1,
        "garden": 1,
    }
    narrowed = await engine.search(replace(query, filter=Filter(topics=frozenset({"home"}))))
    assert [hit.id for hit in narrowed.hits] == [1]
    newest = await engine.search(replace(query, sort=Sort.NEWEST))
    assert [(hit.id, hit.pinned) for hit in newest.hits] == [(1, False)]


async def test_pages_with_pins_hold_every_hit_once(engine: SearchEngine) -> None:
    await engine.write([a_document(number, f"Bread {number}") for number in range(1, 12)], [])
    tuning = Tuning(pins=tuple(Pin("bread", id_) for id_ in (5, 1, 9)))
    paged_ids = [
        hit.id
        for page in await search_pages(engine, SearchQuery("bread", limit=2, tuning=tuning))
        for hit in page.hits
    ]
    assert paged_ids[:3] == [5, 1, 9]
    assert sorted(paged_ids) == list(range(1, 12))

"""Contract of every engine: names, numbers and signs are found as people write them."""

from __future__ import annotations

import pytest

from search_index.engine import SearchEngine
from search_index.query import SearchQuery
from tests.support.documents import a_document, search_ids

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("titles", "queries"),
    [
        (
            ["C++ for beginners", "C# for beginners", "C for beginners"],
            ["C++", "c++ for beginners"],
        ),
        (["C# for beginners", "C++ for beginners", "C for beginners"], ["C#", "c# beginners"]),
        (["C for beginners", "C++ for beginners", "C# for beginners"], ["c for beginners"]),
        ([".NET arrives", "The net result"], [".net", ".NET"]),
        (["Node.js at work", "Node of js trees"], ["node.js", "Node.js"]),
        (["R&D grows", "R or D, and D"], ["R&D", "r&d"]),
        (["A/B tests", "A test of B"], ["a/b", "A/B tests"]),
        (
            ["Yield rises to 3.5 pct", "Firm issues 35 bonds", "Page 5 of 3"],
            ["3.5", "3,5", "3.5 pct"],
        ),
        (["A crowd of 1,000", "Page 1 of 000"], ["1,000", "1000", "1'000", "1.000"]),
        (["Release 2.1.0", "Release 2.10.0", "Release 21.0"], ["2.1.0", "v2.1.0"]),
        (["It costs €5", "It costs 5 dollars"], ["€5", "5€"]),
        (["Growth of 30 %", "Some 30 people"], ["30%", "30 %"]),
        (["See §12", "See page 12"], ["§12"]),
        (["Case C-136/14", "Case 14 of C 136"], ["c-136/14", "C-136/14"]),
        (["Flight of the F-16", "Page F of 16"], ["F-16", "f16"]),
        (["The U.S.A. agree", "Us and them"], ["usa", "USA", "U.S.A.", "U.S.A"]),
        (["U.K. votes", "A vote"], ["uk", "U.K."]),
        (["A Ph.D. at forty", "Forty at d"], ["phd", "Ph.D.", "PhD"]),
        (["Thanks @name", "A name"], ["@name"]),
        (["About #tag", "A tag"], ["#tag"]),
        (["🎉 Party", "Quiet"], ["🎉", "🎉 party"]),
        (["Made in 🇫🇷", "Made in 🇩🇪"], ["🇫🇷"]),
        (["❤️ wins", "Hate wins"], ["❤", "❤️"]),
        (["Donau\u00adschiff\u00adfahrt", "Fahrt"], ["donauschifffahrt", "Donauschiff\u00adfahrt"]),
        (["zero\u200bwidth", "width"], ["zerowidth", "zero\u200cwidth"]),
        (["Обʼєднання громад", "Громади"], ["об'єднання", "об’єднання", "обʼєднання", "обєднання"]),
        (["O’Brien speaks", "Brian speaks"], ["o'brien", "O'Brien", "OʼBrien", "obrien"]),
        (["PowerPoint at work", "Powerful points"], ["powerpoint", "power point", "PowerPoint"]),
        (["A power point", "Powerful engines"], ["PowerPoint"]),
    ],
)
async def test_a_word_with_signs_is_found_first_as_a_whole(
    engine: SearchEngine, titles: list[str], queries: list[str]
) -> None:
    await engine.write([a_document(n, title) for n, title in enumerate(titles, start=1)], [])
    for query in queries:
        page = await engine.search(SearchQuery(query, fragments=1))
        assert [hit.id for hit in page.hits][:1] == [1], query
        assert "<mark>" in page.hits[0].highlights[0].fragments[0], query
        assert page.did_you_mean is None, query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"c#"', [2]),
        ('"C++ for beginners"', [1]),
        ("title:c++", [1]),
        ("beginners -c++", [2, 3]),
        ('"R&D at work"', [4]),
    ],
)
async def test_in_quotes_a_word_with_signs_is_the_whole_alone(
    engine: SearchEngine, query: str, expected: list[int]
) -> None:
    titles = ["C++ for beginners", "C# for beginners", "C for beginners", "R&D at work"]
    await engine.write([a_document(n, title) for n, title in enumerate(titles, start=1)], [])
    assert sorted(await search_ids(engine, query)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [("node", [1]), ("brien", [2]), ("power", [3]), ("point", [3]), ("net", [4]), ("tag", [5])],
)
async def test_parts_of_words_with_signs_are_found(
    engine: SearchEngine, query: str, expected: list[int]
) -> None:
    titles = ["Node.js", "O'Brien", "PowerPoint", ".NET", "#tag"]
    await engine.write([a_document(n, title) for n, title in enumerate(titles, start=1)], [])
    assert await search_ids(engine, query) == expected


async def test_a_word_with_signs_is_marked_as_a_whole(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Of C++ & the U.S.A. in 2025")], [])
    for query, marked in (("c++", "<mark>C++</mark>"), ("usa", "<mark>U.S.A.</mark>")):
        [hit] = (await engine.search(SearchQuery(query, fragments=1))).hits
        assert marked in hit.highlights[0].fragments[0]


@pytest.mark.parametrize("query", ["2025", "1,000", "3.14", "october 2025", "v2.0"])
async def test_numbers_are_never_corrected(engine: SearchEngine, query: str) -> None:
    await engine.write(
        [
            a_document(1, "October 20 25"),
            a_document(2, "2024 and 100 and 314"),
            a_document(3, "20"),
        ],
        [],
    )
    assert (await engine.search(SearchQuery(query))).did_you_mean is None


async def test_the_prefix_of_a_word_with_signs_finds_it(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Node.js at work"), a_document(2, "Cheese")], [])
    for length in range(1, len("node.js") + 1):
        typed = SearchQuery("node.js"[:length], prefix_last=True)
        assert 1 in await search_ids(engine, typed), typed.text

"""Contract of every engine: titles, corrections, unfinished words and long texts in their order."""

from __future__ import annotations

import pytest

from search_index.engine import SearchEngine
from search_index.query import MAX_TEXT, Document, SearchQuery
from tests.support.documents import a_document, search_ids

pytestmark = pytest.mark.anyio


# Titles


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("productive", "Be more productive at the harbour"),
        ("harbour", "Be more productive at the harbour"),
        ("productive harbour", "Be more productive at the harbour, and elsewhere"),
        ("lighthouse", "A lighthouse"),
    ],
)
@pytest.mark.parametrize("prefix_last", [False, True])
async def test_a_word_in_a_title_comes_before_many_in_bodies(
    engine: SearchEngine, query: str, title: str, prefix_last: bool
) -> None:
    body = f"A product and products, {query} lines; harbours and lighthouses. " * 12
    reports = [a_document(number, f"Report {number}", body) for number in range(2, 14)]
    await engine.write([a_document(1, title, "Short."), *reports], [])
    typed = SearchQuery(query, prefix_last=prefix_last)
    assert (await search_ids(engine, typed))[0] == 1


@pytest.mark.parametrize(
    "title",
    [
        "-Rock im Park- und -Rock am Ring- Videos",
        "Winners -and losers",
        "-5 degrees in May",
    ],
)
async def test_a_title_with_a_minus_is_found_by_itself(engine: SearchEngine, title: str) -> None:
    await engine.write([a_document(1, title), a_document(2, "Something else")], [])
    assert (await search_ids(engine, title))[0] == 1


async def test_a_minus_excludes_where_no_title_has_it(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread cheese"), a_document(2, "Bread")], [])
    assert await search_ids(engine, "bread -cheese") == [2]


async def test_a_story_about_some_words_comes_before_all_in_passing(engine: SearchEngine) -> None:
    filler = "The weather was fair and nothing happened that day. " * 40
    passing = f"{filler} Japan was named. {filler} So was GNP. {filler} And growth. {filler}"
    story = a_document(1, "Japan GNP rises", "Japan GNP, the GNP of Japan, rises. Japan GNP.")
    others = [a_document(number, f"Note {number}", passing) for number in range(2, 20)]
    rest = [a_document(number, f"Page {number}", filler) for number in range(20, 240)]
    await engine.write([story, *others, *rest], [])
    assert (await search_ids(engine, "GNP growth japan"))[0] == 1


# Corrections


@pytest.mark.parametrize(
    ("query", "first"),
    [("Rate Litits", 1), ("rate limts", 1), ("Rte limits", 1), ("limits of grwoth", 3)],
)
async def test_a_corrected_title_comes_first(engine: SearchEngine, query: str, first: int) -> None:
    await engine.write(
        [
            a_document(1, "Rate limits"),
            a_document(2, "The rate of exchange", "Rates and a limit, rates again with limits."),
            a_document(3, "Limits of growth", "rate rate rate limits limits"),
        ],
        [],
    )
    assert (await search_ids(engine, query))[0] == first


@pytest.mark.parametrize(
    ("language", "query", "title", "note"),
    [
        ("de", "haus", "Das Haus am See", "He has seen it and has gone."),
        ("en", "whale", "A whale", "The whole of it, a while ago."),
        ("en", "mouse", "Mouse", "A house, any house."),
        ("en", "bears", "Bears", "Bread, beans and beers."),
    ],
)
async def test_a_word_that_exists_is_not_corrected(
    engine: SearchEngine, language: str, query: str, title: str, note: str
) -> None:
    notes = [a_document(number, f"Note {number}", note) for number in range(2, 30)]
    await engine.write([a_document(1, title, language=language), *notes], [])
    page = await engine.search(SearchQuery(query))
    assert [hit.id for hit in page.hits] == [1]
    assert page.did_you_mean is None


@pytest.mark.parametrize("query", ["whih", "hsa", "thier", "aboutt", "zebras"])
async def test_no_word_is_corrected_to_one_that_is_everywhere(
    engine: SearchEngine, query: str
) -> None:
    body = "They have said which of their friends has been about, and zebra."
    await engine.write([a_document(n, f"Note {n}", body) for n in range(1, 25)], [])
    page = await engine.search(SearchQuery(query))
    assert (page.total, page.did_you_mean) == ((24, None) if query == "zebras" else (0, None))


@pytest.mark.parametrize(
    ("query", "corrected"),
    [
        ("bakary ovn", "bakery oven"),
        ("hary potter", "harry potter"),
        ("potter hary", "potter harry"),
        ("bakary potter", None),
        ("bakary", "bakery"),
        ("harm potter", None),
        ("october 2025", None),
        ("bakary xyzzyx", "bakery xyzzyx"),
    ],
)
async def test_a_suggested_text_is_one_that_an_article_has(
    engine: SearchEngine, query: str, corrected: str | None
) -> None:
    await engine.write(
        [
            a_document(1, "The bakery lights a second oven"),
            a_document(2, "Ovens and Oval"),
            a_document(3, "Harry Potter"),
            a_document(4, "No harm is done, harm and hard"),
            a_document(5, "What happens in October 2025"),
        ],
        [],
    )
    assert (await engine.search(SearchQuery(query))).did_you_mean == corrected


# As you type


@pytest.fixture
async def names(engine: SearchEngine) -> SearchEngine:
    """Articles on people who share names."""
    await engine.write(
        [
            a_document(1, "John Jones wins"),
            a_document(2, "Ann Johnson wins", "John was there."),
            a_document(3, "John Garcia wins"),
            a_document(4, "John Smith wins"),
        ],
        [],
    )
    return engine


@pytest.mark.parametrize("typed", ["john j", "john jo"])
async def test_a_word_answers_for_one_word_of_the_text(names: SearchEngine, typed: str) -> None:
    hits = await search_ids(names, SearchQuery(typed, prefix_last=True))
    assert set(hits[:2]) == {1, 2}


@pytest.mark.parametrize("text", ["Oregon", "OREGON", "ANDREW", "Nothing", "NOTHING", "-Rock"])
async def test_no_letter_on_the_way_to_a_word_empties_the_list(
    engine: SearchEngine, text: str
) -> None:
    await engine.write(
        [a_document(1, "Oregon opens"), a_document(2, "Andrew"), a_document(3, "Nothing")], []
    )
    for length in range(1, len(text) + 1):
        page = await engine.search(SearchQuery(text[:length], prefix_last=True))
        assert page.hits, text[:length]


async def test_a_complete_word_stays_first_while_longer_ones_abound(engine: SearchEngine) -> None:
    others = [
        a_document(number, f"Carp{number} carpet{number}", f"carpet{number} " * 9)
        for number in range(2, 60)
    ]
    await engine.write([a_document(1, "Of a car", "Some text."), *others], [])
    assert (await search_ids(engine, SearchQuery("car", prefix_last=True)))[0] == 1


# Operators


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bread NOT cheese", [1]),
        ("bread AND cheese", [2]),
        ("BREAD AND CHEESE", [1, 2, 3]),
        ("bread and cheese", [1, 2, 3]),
        ("-", []),
    ],
)
async def test_operators_in_capitals(engine: SearchEngine, query: str, expected: list[int]) -> None:
    await engine.write(
        [a_document(1, "Bread"), a_document(2, "Bread cheese"), a_document(3, "Cheese")], []
    )
    hits = await search_ids(engine, query)
    assert sorted(hits) == (expected or [1, 2, 3])


# Long texts


def _library() -> list[Document]:
    filler = "people said that there was time for many things in the town again"
    return [
        *(a_document(number, f"Note {number}", filler) for number in range(2, 30)),
        a_document(1, "Lanterns", "The zeppelin carried lanterns over the estuary."),
    ]


@pytest.mark.parametrize("before", [0, 10, 40])
async def test_a_long_text_is_read_beyond_its_beginning(engine: SearchEngine, before: int) -> None:
    await engine.write(_library(), [])
    words = " ".join(f"people said number{number} things again" for number in range(before))
    text = f"{words} a zeppelin with lanterns over an estuary"
    assert len(text) < MAX_TEXT
    assert (await search_ids(engine, text))[0] == 1


async def test_any_length_of_text_is_answered(engine: SearchEngine) -> None:
    await engine.write(_library(), [])
    for text in ("zeppelin " * 2_000, "x" * 100_000, '"' * 10_000, "zeppelin " + "y" * 50_000):
        page = await engine.search(SearchQuery(text))
        assert page.total_is_exact

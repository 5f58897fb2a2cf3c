"""Contract of every engine, by example; documented at `search_index.engine.SearchEngine`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from search_index.engine import SearchEngine
from search_index.engines import open_engine
from search_index.query import (
    MAX_DEPTH,
    MAX_PAGE,
    Bucket,
    EngineError,
    FacetField,
    Filter,
    InvalidQuery,
    Label,
    Pin,
    SearchQuery,
    Sort,
    Synonym,
    Tuning,
)
from tests.support.documents import DAY, a_document, labels, search_ids, search_pages
from tests.support.engines import ENGINES, engine_url

pytestmark = pytest.mark.anyio


# Writing


async def test_a_written_document_is_found_at_once(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread from the oven")], [])

    assert await search_ids(engine, "bread") == [1]
    assert await search_ids(engine, "cheese") == []


async def test_a_document_written_again_is_replaced(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread")], [])
    await engine.write([a_document(1, "Cheese", stamp=2)], [])

    assert await search_ids(engine, "bread") == []
    assert await search_ids(engine, "cheese") == [1]
    assert await engine.stamps() == {1: 2}


async def test_a_deleted_document_stays_away_through_many_commits(engine: SearchEngine) -> None:
    await engine.write([a_document(number, "Bread") for number in range(1, 6)], [])
    await engine.write([], [3])

    for number in range(40):
        await engine.write([a_document(1, f"Bread {number}", stamp=number)], [])
        assert sorted(await search_ids(engine, "bread")) == [1, 2, 4, 5]
        assert await search_ids(engine, f"{number}") == [1]

    status = await engine.status()
    assert (status.documents, status.public) == (4, 4)


async def test_writing_twice_changes_nothing(engine: SearchEngine) -> None:
    batch = [a_document(1, "Bread"), a_document(2, "Bread and butter")]
    await engine.write(batch, [7])
    before = await engine.search(SearchQuery("bread"))
    await engine.write(batch, [7])
    after = await engine.search(SearchQuery("bread"))

    assert replace(after, took_ms=0) == replace(before, took_ms=0)


async def test_of_one_id_twice_in_a_batch_the_last_counts(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread"), a_document(1, "Cheese", stamp=9)], [1])

    assert await engine.stamps() == {1: 9}
    assert await search_ids(engine, "cheese") == [1]


async def test_an_empty_batch_is_no_error(engine: SearchEngine) -> None:
    await engine.write([], [])
    assert await engine.stamps() == {}


async def test_many_tasks_may_search_while_one_writes(engine: SearchEngine) -> None:
    await engine.write([a_document(number, "Bread") for number in range(1, 4)], [])

    async def look() -> None:
        for _ in range(20):
            page = await engine.search(SearchQuery("bread"))
            assert page.total == len(page.hits) == 3  # never half a batch

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(look)
        for stamp in range(20):
            batch = [a_document(number, "Bread", stamp=stamp) for number in range(1, 4)]
            await engine.write(batch, [])


# Rebuilding and locking


async def test_the_live_generation_answers_until_the_rebuild_is_left(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread")], [])
    before = (await engine.status()).generation

    async with engine.rebuild() as fresh:
        await fresh.write([a_document(2, "Bread")], [])
        await fresh.write([a_document(2, "Bread again", stamp=5)], [])
        assert await search_ids(fresh, "bread") == [2]
        assert await search_ids(engine, "bread") == [1]

    assert await search_ids(engine, "bread") == [2]
    assert await engine.stamps() == {2: 5}
    assert (await engine.status()).generation != before


async def test_a_rebuild_tells_how_far_it_is(engine: SearchEngine) -> None:
    async with engine.rebuild() as fresh:
        await fresh.write([a_document(1, "Rye bread"), a_document(2, "Rye bread")], [])
        assert await fresh.stamps() == {1: 1, 2: 2}
        assert (await fresh.status()).documents == 2
        assert [item.id for item in await fresh.similar(1, 5)] == [2]
        await fresh.close()  # leaving ends it, nothing else does
        await fresh.write([], [1])
    assert await engine.stamps() == {2: 2}


async def test_a_rebuild_left_with_an_error_changes_nothing(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread")], [])

    failing = engine.rebuild()
    fresh = await failing.__aenter__()
    await fresh.write([a_document(2, "Bread")], [])
    error = RuntimeError("enough")
    assert not await failing.__aexit__(RuntimeError, error, None)

    assert await search_ids(engine, "bread") == [1]
    with pytest.raises(EngineError):
        await fresh.write([a_document(3)], [])


async def test_during_a_rebuild_nobody_else_writes(engine: SearchEngine) -> None:
    async with engine.rebuild() as fresh:
        with pytest.raises(EngineError):
            await engine.write([a_document(1, "Bread")], [])
        with pytest.raises(EngineError):
            async with engine.rebuild():
                pass
        with pytest.raises(EngineError):
            async with fresh.rebuild():
                pass
        async with fresh.lock() as had:
            assert had is False
    assert await engine.stamps() == {}


@pytest.mark.parametrize("url", ENGINES)
async def test_one_engine_at_a_time_has_the_lock(url: str, tmp_path: Path) -> None:
    first = open_engine(engine_url(url, tmp_path / "index"))
    second = open_engine(engine_url(url, tmp_path / "index"))

    async with first.lock() as first_had, second.lock() as second_had:
        assert (first_had, second_had) == (True, False)
    async with second.lock() as had:
        assert had is True
    await first.close()
    await second.close()


@pytest.mark.parametrize("url", ENGINES)
async def test_without_an_index_there_is_an_engine_error_and_a_rebuild_mends_it(
    url: str, tmp_path: Path
) -> None:
    engine = open_engine(engine_url(url, tmp_path / "no" / "such" / "folder"))
    for call in (
        engine.status(),
        engine.stamps(),
        engine.search(SearchQuery("bread")),
        engine.write([a_document()], []),
    ):
        with pytest.raises(EngineError):
            await call
    async with engine.rebuild() as fresh:
        await fresh.write([a_document(1, "Bread")], [])

    assert await search_ids(engine, "bread") == [1]
    await engine.close()


async def test_a_closed_engine_says_so(engine: SearchEngine) -> None:
    await engine.close()
    with pytest.raises(EngineError):
        await engine.search(SearchQuery("bread"))


async def test_the_status_counts_documents_and_bytes(engine: SearchEngine) -> None:
    empty = await engine.status()
    await engine.write([a_document(1, "Bread"), a_document(2, "Cheese", status="DRAFT")], [])
    status = await engine.status()

    assert (empty.documents, status.documents) == (0, 2)
    assert status.bytes > empty.bytes
    assert status.fingerprint == empty.fingerprint


# Words


async def test_all_words_come_first_then_fewer(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Talks", "Talks and talks about talks."),
            a_document(2, "Geneva", "In Ukraine, talks failed."),
            a_document(3, "Cheese"),
            a_document(4, "Ukraine", "Ukraine."),
        ],
        [],
    )

    hits = await search_ids(engine, "ukraine talks")
    assert hits[0] == 2
    assert sorted(hits) == [1, 2, 4]


async def test_words_that_say_little_need_not_match(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Baking bread"), a_document(2, "How to swim")], [])
    assert (await search_ids(engine, "how to bake the bread"))[0] == 1
    assert await search_ids(engine, "how to") == [2]


@pytest.mark.parametrize(
    ("_case", "language", "text", "query"),
    [
        ("English stems", "en", "The bakers were baking", "bake"),
        ("a region", "en-GB", "Elections", "election"),
        ("French stems", "fr", "Les négociations", "negociation"),
        ("German stems", "de", "Die Häuser", "hauser"),
        ("Spanish accents left out", "es", "La nación", "nacion"),
        ("Portuguese", "pt-BR", "Eleições", "eleição"),
        ("Italian", "it", "I giornali", "giornale"),
        ("Dutch", "nl", "De kranten", "krant"),
        ("Russian", "ru", "Новые книги", "книга"),
        ("Swedish", "sv", "Tidningar", "tidning"),
        ("Norwegian", "nb", "Avisene", "avisen"),
        ("Danish", "da", "Bøgerne", "bøger"),
        ("an unknown language", "xx", "Zorblax", "ZORBLAX"),
        ("sharp s", "de", "Straße", "strasse"),
        ("full width", "en", "ＡＢＣ", "abc"),
        ("Chinese, part of a run", "zh", "我在北京大学读书", "北京大学"),
        ("Chinese, one character", "zh", "北京", "京"),
        ("Japanese", "ja", "東京タワー", "タワー"),
        ("Hindi", "hi", "हिन्दी समाचार", "हिन्दी"),
        ("Korean", "ko", "서울에서", "서울"),
        ("Turkish dotless i", "tr", "Kapı", "kapi"),
        ("a possessive", "en", "Ukraine’s allies", "ukraine"),
    ],
)
async def test_words_are_found_in_every_form(
    engine: SearchEngine, _case: str, language: str, text: str, query: str
) -> None:
    other = a_document(2, "Something else", language="en")
    await engine.write([a_document(1, body=text, language=language), other], [])

    page = await engine.search(SearchQuery(query, fragments=1))
    assert [hit.id for hit in page.hits] == [1]
    assert "<mark>" in page.hits[0].highlights[0].fragments[0]


@pytest.mark.parametrize(
    ("_case", "query", "expected"),
    [
        ("a phrase", '"new york"', [1]),
        ("a phrase in typographic quotes", "“new york”", [1]),
        ("a phrase the other way round", '"york new"', [3]),
        ("a phrase across parts is none", '"times york"', []),
        ("without a word", "york -new", [2]),
        ("without a phrase", 'york -"new york"', [2, 3]),
        ("only without", "-york", [4]),
        ("either", "cheese OR times", [1, 4]),
        ("in the title", "title:york", [1, 2]),
        ("a phrase in the title", 'title:"new york"', [1]),
        ("an author", "author:smith york", [2]),
        ("a topic", "topic:travel", [3]),
        ("a field nobody knows is a word", "colour:cheese", [4]),
        ("a quote left open", '"cheese', [4]),
        ("lower-case or is a word", "cheese or", [4]),
        ("hyphens separate", "new-york", [1, 3]),
    ],
)
async def test_what_may_be_typed(
    engine: SearchEngine, _case: str, query: str, expected: list[int]
) -> None:
    await engine.write(
        [
            a_document(1, "New York", "Times"),
            a_document(2, "York", "Minster", authors=labels("smith")),
            a_document(3, "A place", "York, new and old", topics=labels("travel")),
            a_document(4, "Cheese"),
        ],
        [],
    )
    full = [id_ for id_ in await search_ids(engine, query) if id_ in expected]
    assert sorted(full) == expected
    if "new-" not in query:
        assert sorted(await search_ids(engine, query)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rye bread", True),
        ("breads of rye", True),
        ("rye oven", True),
        ("rye cheese", False),  # of two documents
        ("rye cathedral", False),
        ("cathedral", False),
        ("rye chees", False),  # a correction is another word
        ("loaf oven", True),  # a synonym
        ("rye cheese pinned", True),
        ("", True),
        ("the", True),
    ],
)
async def test_a_page_tells_whether_any_document_has_every_word(
    text: str, expected: bool, engine: SearchEngine
) -> None:
    await engine.write(
        [a_document(1, "Rye bread", "From the oven."), a_document(2, "Cheese and bread")], []
    )
    tuning = Tuning((Synonym(("loaf", "bread")),), (Pin("rye cheese pinned", 1),))
    for sort in (Sort.RELEVANCE, Sort.NEWEST):
        if sort is Sort.NEWEST and "pinned" in text:
            continue
        query = SearchQuery(text, filter=Filter(kinds=frozenset(["none"])), tuning=tuning)
        page = await engine.search(replace(query, sort=sort))
        assert page.total == 0
        assert page.has_every_word is expected
        assert page.language == ""


async def test_a_page_tells_the_language_of_its_first_hit(engine: SearchEngine) -> None:
    await engine.write(
        [a_document(1, "Rye bread", language="de"), a_document(2, "Rye, rye, rye", language="fr")],
        [],
    )
    for text, fragments, language in (("bread", 0, "de"), ("rye", 2, "fr")):
        page = await engine.search(SearchQuery(text, fragments=fragments))
        assert page.language == language


async def test_the_last_word_may_be_a_beginning(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Exploration"), a_document(2, "Explanation")], [])
    word = "exploration"

    for length in range(1, len(word) + 1):
        typed = SearchQuery(word[:length], prefix_last=True)
        assert 1 in await search_ids(engine, typed), word[:length]
    assert await search_ids(engine, SearchQuery("explor", prefix_last=True)) == [1]
    assert await search_ids(engine, SearchQuery("expl")) == []
    assert await search_ids(engine, SearchQuery("expl", prefix_last=True)) == [2, 1]


async def test_a_finished_word_ranks_before_longer_ones(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Car"), a_document(2, "Carpet"), a_document(3, "Cart")], [])
    assert (await search_ids(engine, SearchQuery("car", prefix_last=True)))[0] == 1


@pytest.mark.parametrize(
    ("_case", "query", "corrected"),
    [
        ("a letter left out", "ukaine", "ukraine"),
        ("a letter too many", "ukrainne", "ukraine"),
        ("a wrong letter", "ukraone", "ukraine"),
        ("two letters swapped", "urkaine", "ukraine"),
        ("two mistakes in a long word", "negotiotians", "negotiations"),
        ("split wrongly", "news paper", "newspaper"),
        ("joined wrongly", "primeminister", "prime minister"),
        ("one word of two", "ukraine negotiatons", "ukraine negotiations"),
        ("the rest stays as typed", "-cheese  Ukaine!", "-cheese  ukraine!"),
    ],
)
async def test_mistakes_are_forgiven_and_told(
    engine: SearchEngine, _case: str, query: str, corrected: str
) -> None:
    await engine.write(
        [
            a_document(1, "Ukraine negotiations", "A newspaper met the prime minister."),
            a_document(2, "Cheese", "Nothing of the kind."),
        ],
        [],
    )
    page = await engine.search(SearchQuery(query, fragments=1))

    assert page.did_you_mean == corrected
    assert [hit.id for hit in page.hits] == [1]
    assert "<mark>" in page.hits[0].highlights[0].fragments[0]


async def test_right_words_are_left_alone(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Ukraine"), a_document(2, "Cat")], [])
    assert (await engine.search(SearchQuery("ukraine"))).did_you_mean is None
    assert (await engine.search(SearchQuery("cut"))).did_you_mean is None
    assert (await engine.search(SearchQuery("quite another thing"))).did_you_mean is None


# Order


async def test_the_title_counts_more_than_the_body(engine: SearchEngine) -> None:
    await engine.write(
        [a_document(1, "Bread", "Long text " * 5), a_document(2, "Long text", "Bread " + "x " * 9)],
        [],
    )
    assert await search_ids(engine, "bread") == [1, 2]


async def test_of_equal_documents_the_newer_comes_first(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Bread", published_at=DAY),
            a_document(2, "Bread", published_at=DAY),
            a_document(3, "Bread", published_at=datetime(2020, 1, 1, tzinfo=UTC)),
            a_document(4, "Bread", published_at=None),
        ],
        [],
    )
    assert await search_ids(engine, "bread") == [2, 1, 3, 4]


async def test_recency_is_gentle(engine: SearchEngine) -> None:
    old = datetime(2001, 1, 1, tzinfo=UTC)
    await engine.write(
        [a_document(1, "Bread", published_at=old), a_document(2, "Oven", "Bread, once. " * 1)], []
    )
    assert await search_ids(engine, "bread") == [1, 2]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEWEST, [3, 4, 1, 2]),
        (Sort.OLDEST, [1, 4, 3, 2]),
        (Sort.MOST_DISCUSSED, [1, 3, 4, 2]),
    ],
)
async def test_sorts(engine: SearchEngine, sort: Sort, expected: list[int]) -> None:
    await engine.write(
        [
            a_document(1, "Bread", comment_count=5),
            a_document(2, "Bread", published_at=None),
            a_document(3, "Bread", comment_count=2),
            a_document(4, "Bread", published_at=DAY.replace(day=3), comment_count=2),
        ],
        [],
    )
    assert await search_ids(engine, SearchQuery("bread", sort=sort)) == expected


async def test_in_order_of_time_only_the_best_matches_count(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Ukraine talks"), a_document(2, "Small talks")], [])
    assert await search_ids(engine, SearchQuery("ukraine talks", sort=Sort.NEWEST)) == [1]


# Pages


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("text", ["", "bread", "bread oven"])
async def test_pages_follow_each_other_without_gap_or_repeat(
    engine: SearchEngine, sort: Sort, text: str
) -> None:
    batch = [
        a_document(number, "Bread" if number % 3 else "Bread oven", comment_count=number % 4)
        for number in range(1, 24)
    ]
    await engine.write(
        [replace(document, published_at=DAY) for document in batch[:9]] + batch[9:], []
    )
    full = await engine.search(SearchQuery(text, sort=sort, limit=100))
    paged = await search_pages(engine, SearchQuery(text, sort=sort, limit=4))

    assert [hit.id for page in paged for hit in page.hits] == [hit.id for hit in full.hits]
    assert {page.total for page in paged} == {len(full.hits)}
    assert [page.has_more for page in paged] == [True] * (len(paged) - 1) + [False]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("text", ["", "bread oven"])
async def test_pages_lead_backward_as_they_lead_forward(
    engine: SearchEngine, sort: Sort, text: str
) -> None:
    batch = [
        a_document(number, "Bread" if number % 3 else "Bread oven", comment_count=number % 4)
        for number in range(1, 24)
    ]
    await engine.write(
        [replace(document, published_at=DAY) for document in batch[:9]] + batch[9:], []
    )
    all_hits = (await engine.search(SearchQuery(text, sort=sort, limit=100))).hits
    query = SearchQuery(text, sort=sort, limit=4, backward=True)

    page = await engine.search(query)
    results = [page]
    while page.has_more:
        page = await engine.search(replace(query, before=page.hits[0].cursor))
        results.insert(0, page)
    assert [hit for page in results for hit in page.hits] == list(all_hits)
    ahead = await engine.search(replace(query, before=results[0].hits[0].cursor))
    assert (ahead.hits, ahead.has_more) == ((), False)


@pytest.mark.parametrize("backward", [False, True])
async def test_pages_may_lie_between_two_hits(engine: SearchEngine, backward: bool) -> None:
    await engine.write([a_document(number, "Bread") for number in range(1, 11)], [])
    hits = (await engine.search(SearchQuery("", sort=Sort.NEWEST))).hits
    query = SearchQuery(
        "", sort=Sort.NEWEST, after=hits[1].cursor, before=hits[7].cursor, backward=backward
    )
    assert await search_ids(engine, query) == [hit.id for hit in hits[2:7]]
    page = await engine.search(replace(query, limit=2))
    expected = hits[5:7] if backward else hits[2:4]
    assert (page.hits, page.has_more) == (expected, True)


async def test_a_cursor_resumes_after_the_index_has_changed(engine: SearchEngine) -> None:
    await engine.write([a_document(number, "Bread") for number in range(1, 11)], [])
    query = SearchQuery("", sort=Sort.NEWEST, limit=3)
    first = await engine.search(query)
    await engine.write([a_document(99, "Bread"), a_document(8, "Bread", stamp=7)], [10, 6])

    second = await engine.search(replace(query, after=first.hits[-1].cursor))
    assert [hit.id for hit in first.hits] == [10, 9, 8]
    assert [hit.id for hit in second.hits] == [7, 5, 4]
    back = await engine.search(replace(query, before=second.hits[0].cursor, backward=True))
    assert [hit.id for hit in back.hits] == [99, 9, 8]
    assert not back.has_more


@pytest.mark.parametrize(
    "after",
    ["", "x", "AAAA", "ü", "a" * 5000, "\0", "\ud800", "-1", "MTA=", "_" * 48, "A" * 48],
)
async def test_a_cursor_of_nobody_is_a_bad_query(engine: SearchEngine, after: str) -> None:
    with pytest.raises(InvalidQuery, match="after"):
        await engine.search(SearchQuery("bread", after=after))
    with pytest.raises(InvalidQuery, match="before"):
        await engine.search(SearchQuery("bread", before=after))


async def test_a_cursor_of_another_sort_is_a_bad_query(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread"), a_document(2, "Bread")], [])
    page = await engine.search(SearchQuery("bread", limit=1))
    with pytest.raises(InvalidQuery):
        await engine.search(SearchQuery("bread", sort=Sort.NEWEST, after=page.hits[0].cursor))


async def test_limits_are_kept(engine: SearchEngine) -> None:
    await engine.write([a_document(number, "Bread") for number in range(1, MAX_PAGE + 3)], [])

    most = await engine.search(SearchQuery("bread", limit=10**9))
    none = await engine.search(SearchQuery("bread", limit=0))
    assert (len(most.hits), most.total, most.has_more) == (MAX_PAGE, MAX_PAGE + 2, True)
    assert (none.hits, none.total, none.has_more) == ((), MAX_PAGE + 2, True)


async def test_no_cursor_leads_deeper_than_the_limit(engine: SearchEngine) -> None:
    async with engine.rebuild() as fresh:
        await fresh.write([a_document(number) for number in range(1, MAX_DEPTH + 6)], [])
    query = SearchQuery("", sort=Sort.NEWEST, limit=MAX_PAGE)
    page = await engine.search(query)
    read = len(page.hits)
    while page.has_more:
        page = await engine.search(replace(query, after=page.hits[-1].cursor))
        read += len(page.hits)
    end = await engine.search(replace(query, after=page.hits[-1].cursor))

    assert (read, page.total) == (MAX_DEPTH, MAX_DEPTH + 5)
    assert (end.hits, end.has_more) == ((), False)
    deepest = await engine.search(replace(query, backward=True))
    assert deepest.hits == page.hits
    assert deepest.has_more


# Filters and facets


def _library() -> list[object]:
    march, april = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    return [
        a_document(1, "Bread", topics=labels("food", "home"), published_at=march),
        a_document(2, "Bread", topics=labels("food"), language="fr", published_at=april),
        a_document(3, "Bread", topics=labels("home"), kind="PAGE", published_at=None),
        a_document(4, "Cheese", topics=labels("food"), authors=labels("ann"), published_at=april),
    ]


@pytest.mark.parametrize(
    ("_case", "chosen", "expected"),
    [
        ("a topic", Filter(topics=frozenset({"food"})), [1, 2, 4]),
        ("any of two topics", Filter(topics=frozenset({"food", "home"})), [1, 2, 3, 4]),
        ("an author", Filter(authors=frozenset({"ann"})), [4]),
        ("two fields", Filter(topics=frozenset({"home"}), kinds=frozenset({"PAGE"})), [3]),
        ("a language", Filter(languages=frozenset({"fr"})), [2]),
        ("nothing such", Filter(topics=frozenset({"foo", "fo", "food\x1f"})), []),
        ("from, inclusive", Filter(published_from=datetime(2026, 4, 1, tzinfo=UTC)), [2, 4]),
        ("to, exclusive", Filter(published_to=datetime(2026, 4, 1, tzinfo=UTC)), [1]),
    ],
)
async def test_filters(
    engine: SearchEngine, _case: str, chosen: Filter, expected: list[int]
) -> None:
    await engine.write(_library(), [])  # type: ignore[arg-type]
    page = await engine.search(SearchQuery("", filter=chosen))
    assert sorted(hit.id for hit in page.hits) == expected
    assert page.total == len(expected)


async def test_a_facet_is_counted_as_if_its_own_filter_were_not_set(engine: SearchEngine) -> None:
    await engine.write(_library(), [])  # type: ignore[arg-type]
    page = await engine.search(
        SearchQuery(
            "bread",
            filter=Filter(topics=frozenset({"home"}), languages=frozenset({"en"})),
            facets=(FacetField.TOPIC, FacetField.LANGUAGE, FacetField.KIND),
        )
    )
    topic, language, kind = page.facets

    assert sorted(hit.id for hit in page.hits) == [1, 3]
    assert topic.buckets == (Bucket("home", "Home", 2, True), Bucket("food", "Food", 1, False))
    assert language.buckets == (Bucket("en", "English", 2, True),)
    assert [(bucket.value, bucket.count) for bucket in kind.buckets] == [
        ("ARTICLE", 1),
        ("PAGE", 1),
    ]


async def test_dates_are_counted_by_year_and_month(engine: SearchEngine) -> None:
    await engine.write(_library(), [])  # type: ignore[arg-type]
    april = Filter(
        published_from=datetime(2026, 4, 1, tzinfo=UTC),
        published_to=datetime(2026, 5, 1, tzinfo=UTC),
    )
    page = await engine.search(
        SearchQuery("", filter=april, facets=(FacetField.MONTH, FacetField.YEAR))
    )
    assert sorted(hit.id for hit in page.hits) == [2, 4]
    assert page.facets[0].buckets == (
        Bucket("2026-04", "April 2026", 2, True),
        Bucket("2026-03", "March 2026", 1, False),
    )
    assert page.facets[1].buckets == (Bucket("2026", "2026", 3, False),)


@pytest.mark.parametrize("year", [1, 1969, 9999])
async def test_any_year_is_counted(engine: SearchEngine, year: int) -> None:
    moment = datetime(year, 12, 31, 23, tzinfo=UTC)
    await engine.write([a_document(1, "Bread", published_at=moment), a_document(2, "Bread")], [])
    query = SearchQuery(
        "bread",
        filter=Filter(
            published_from=datetime(year, 1, 1, tzinfo=UTC),
            published_to=datetime(year, 12, 31, 23, 59, tzinfo=UTC),
        ),
        facets=(FacetField.YEAR, FacetField.MONTH),
    )
    page = await engine.search(query)
    assert [hit.id for hit in page.hits] == [1]
    assert Bucket(f"{year:04d}", f"{year:04d}", 1, False) in page.facets[0].buckets
    assert f"{year:04d}-12" in [bucket.value for bucket in page.facets[1].buckets]


async def test_a_facet_shows_the_most_frequent_and_all_that_are_selected(
    engine: SearchEngine,
) -> None:
    batch = [a_document(n, "Bread", topics=labels(*"abcdef"[: 1 + n % 6])) for n in range(1, 19)]
    await engine.write(batch, [])
    page = await engine.search(
        SearchQuery(
            "bread",
            filter=Filter(topics=frozenset({"f", "gone"})),
            facets=(FacetField.TOPIC,),
            facet_size=2,
        )
    )
    assert [(bucket.value, bucket.count, bucket.selected) for bucket in page.facets[0].buckets] == [
        ("a", 18, False),
        ("b", 15, False),
        ("f", 3, True),
        ("gone", 0, True),
    ]


async def test_a_renamed_topic_is_one_value(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Bread", topics=(Label("food", "Meals"),)),
            a_document(2, "Bread", topics=(Label("food", "Food"),)),
            a_document(3, "Bread", topics=(Label("food", "Food"),)),
        ],
        [],
    )
    page = await engine.search(SearchQuery("bread", facets=(FacetField.TOPIC,)))
    assert page.facets[0].buckets == (Bucket("food", "Food", 3, False),)


# Highlights


async def test_highlights_are_whole_sentences_escaped_and_marked(engine: SearchEngine) -> None:
    body = (
        "Nothing here. The <b>bakers</b> & their bread. Another sentence.\n\n"
        "Bread is baked at night! The end."
    )
    await engine.write([a_document(1, "Bread <1>", body, summary="Of bread")], [])
    page = await engine.search(SearchQuery("baking bread", fragments=2))

    assert [(highlight.field, highlight.fragments) for highlight in page.hits[0].highlights] == [
        ("title", ("<mark>Bread</mark> &lt;1&gt;",)),
        ("summary", ("Of <mark>bread</mark>",)),
        (
            "body",
            (
                "The &lt;b&gt;bakers&lt;/b&gt; &amp; their <mark>bread</mark>.",
                "<mark>Bread</mark> is <mark>baked</mark> at night!",
            ),
        ),
    ]


@pytest.mark.parametrize(
    ("_case", "query", "marked"),
    [
        ("stemmed", SearchQuery("talk", fragments=1), "Peace <mark>talks</mark> in Zürich"),
        ("folded", SearchQuery("ZURICH", fragments=1), "Peace talks in <mark>Zürich</mark>"),
        ("mistyped", SearchQuery("zurihc", fragments=1), "Peace talks in <mark>Zürich</mark>"),
        (
            "begun",
            SearchQuery("zu", fragments=1, prefix_last=True),
            "Peace talks in <mark>Zürich</mark>",
        ),
        (
            "light words are not",
            SearchQuery("peace in", fragments=1),
            "<mark>Peace</mark> talks in Zürich",
        ),
    ],
)
async def test_what_matched_is_marked(
    engine: SearchEngine, _case: str, query: SearchQuery, marked: str
) -> None:
    await engine.write([a_document(1, "", "Peace talks in Zürich"), a_document(2, "Bread")], [])
    page = await engine.search(query)
    assert page.hits[0].highlights[0].fragments == (marked,)


async def test_a_long_sentence_is_cut_between_words(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "", f"{'before ' * 100}bread{' after' * 100}")], [])
    page = await engine.search(SearchQuery("bread", fragments=1))
    fragment = page.hits[0].highlights[0].fragments[0]

    assert fragment.startswith("…before ")
    assert fragment.endswith(" after…")
    assert "<mark>bread</mark>" in fragment
    assert len(fragment) < 320


async def test_no_fragments_are_cut_unless_asked_for(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread")], [])
    assert (await engine.search(SearchQuery("bread"))).hits[0].highlights == ()


# Similar documents


async def test_documents_on_one_subject_are_similar_closest_first(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Rye bread", "Baking rye bread in a stone oven, with salt and patience."),
            a_document(2, "Stone ovens", "Bread from a stone oven: baking with rye and salt."),
            a_document(3, "Salt", "Salt comes from the sea, and from mines."),
            a_document(4, "Elections", "Voters chose a parliament."),
            a_document(5, "Rye bread again", "Baking rye bread in a stone oven.", status="DRAFT"),
        ],
        [],
    )
    similar = await engine.similar(1, 10)

    assert [item.id for item in similar][:1] == [2]
    assert not {1, 4, 5} & {item.id for item in similar}
    assert all(0 < item.weight <= 1 for item in similar)
    assert [item.weight for item in similar] == sorted(
        (item.weight for item in similar), reverse=True
    )
    assert 5 in [item.id for item in await engine.similar(1, 10, frozenset({"DRAFT", "PUBLISHED"}))]
    assert await engine.similar(1, 1) == similar[:1]


async def test_nothing_is_similar_to_what_is_unknown_or_empty(engine: SearchEngine) -> None:
    await engine.write([a_document(1), a_document(2), a_document(3, "Bread")], [])
    assert await engine.similar(9, 5) == ()
    assert await engine.similar(1, 5) == ()
    assert await engine.similar(3, 5) == ()
    assert await engine.similar(3, 0) == ()


@pytest.mark.parametrize(
    "title",
    [
        "Bread",
        "Announcing bread 1.2",
        'New "bread" here',
        "On the bread",
        "パン A",
    ],
)
async def test_a_title_that_was_typed_comes_first(title: str, engine: SearchEngine) -> None:
    others = [
        a_document(number, f"{title} and bread bread", f"{title} " * 30) for number in range(2, 9)
    ]
    await engine.write([a_document(1, title, "Nothing."), *others], [])

    assert (await search_ids(engine, title))[0] == 1
    assert (await search_ids(engine, f"  {title.upper()}! "))[0] == 1


async def test_a_title_does_not_undo_an_exclusion(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread cheese"), a_document(2, "Rye bread")], [])

    assert await search_ids(engine, "bread -cheese") == [2]


async def test_a_title_that_may_not_be_seen_does_not_come_first(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread", status="DRAFT"), a_document(2, "More bread")], [])

    assert await search_ids(engine, "bread") == [2]

"""Contract of every engine: comments, paragraphs and the time limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from search_index.engine import EngineOptions, SearchEngine
from search_index.engines import open_engine
from search_index.query import (
    CommentText,
    Document,
    FacetField,
    Filter,
    Pin,
    Scope,
    SearchQuery,
    Sort,
    SuggestQuery,
    Tuning,
)
from tests.support.documents import DAY, a_document, labels, search_ids, search_pages
from tests.support.engines import ENGINES, engine_url

pytestmark = pytest.mark.anyio

BOTH = frozenset(Scope)
COMMENTS = frozenset({Scope.COMMENTS})


def a_comment(id_: int, text: str, days: int = 0) -> CommentText:
    return CommentText(id_, text, DAY + timedelta(days=days))


def an_article(id_: int, title: str, *comments: CommentText, **changes: object) -> Document:
    document = a_document(id_, title, comments=comments, comment_count=len(comments))
    return replace(document, **changes)  # type: ignore[arg-type]


async def hit_keys(engine: SearchEngine, query: SearchQuery) -> list[tuple[int, int | None]]:
    return [(hit.id, hit.comment) for hit in (await engine.search(query)).hits]


async def test_comments_are_found_with_their_article_where_they_are_looked_for(
    engine: SearchEngine,
) -> None:
    await engine.write([an_article(1, "Bread", a_comment(7, "Mine never rises. Yeast?"))], [])

    assert await hit_keys(engine, SearchQuery("yeast")) == []
    assert await hit_keys(engine, SearchQuery("yeast", within=COMMENTS)) == [(1, 7)]
    assert await hit_keys(engine, SearchQuery("yeast", within=BOTH)) == [(1, 7)]
    assert await hit_keys(engine, SearchQuery("bread", within=BOTH)) == [(1, None)]
    assert await hit_keys(engine, SearchQuery("bread", within=COMMENTS)) == []


async def test_a_comment_with_an_articles_id_is_another_hit(engine: SearchEngine) -> None:
    batch = [
        an_article(1, "Bread", a_comment(1, "bread"), a_comment(2, "bread")),
        an_article(2, "Bread"),
    ]
    await engine.write(batch, [])
    expected = {(1, None), (2, None), (1, 1), (1, 2)}

    for sort in Sort:
        query = SearchQuery("bread", within=BOTH, sort=sort, limit=1)
        keys = [
            (hit.id, hit.comment) for page in await search_pages(engine, query) for hit in page.hits
        ]
        assert len(keys) == 4
        assert set(keys) == expected
        assert (await engine.search(query)).total == 4


async def test_comments_go_and_come_with_their_article(engine: SearchEngine) -> None:
    query = SearchQuery("yeast", within=COMMENTS)
    await engine.write(
        [an_article(1, "Bread", a_comment(7, "Yeast"), a_comment(8, "More yeast"))], []
    )
    await engine.write([an_article(1, "Bread", a_comment(8, "More yeast"), stamp=2)], [])
    assert await hit_keys(engine, query) == [(1, 8)]
    assert await engine.stamps() == {1: 2}
    assert (await engine.status()).documents == 1

    await engine.write([], [1])
    assert await hit_keys(engine, query) == []
    assert await engine.stamps() == {}


async def test_comments_of_what_is_not_public_are_not_public(engine: SearchEngine) -> None:
    await engine.write([an_article(1, "Bread", a_comment(7, "Yeast"), status="DRAFT")], [])
    query = SearchQuery("yeast", within=BOTH, facets=(FacetField.LANGUAGE,))

    page = await engine.search(query)
    assert (page.total, page.hits, page.did_you_mean) == (0, (), None)
    assert page.facets[0].buckets == ()
    assert await hit_keys(engine, replace(query, text="yaest")) == []
    drafts = replace(query, statuses=frozenset({"DRAFT"}))
    assert await hit_keys(engine, drafts) == [(1, 7)]


async def test_filters_and_facets_take_a_comment_by_its_article(engine: SearchEngine) -> None:
    food, sport = labels("food"), labels("sport")
    await engine.write(
        [
            an_article(1, "Bread", a_comment(7, "So good"), topics=food),
            an_article(
                2, "Match", a_comment(8, "So good"), a_comment(9, "So so good"), topics=sport
            ),
        ],
        [],
    )
    query = SearchQuery("good", within=COMMENTS, facets=(FacetField.TOPIC,))

    page = await engine.search(query)
    assert {bucket.value: bucket.count for bucket in page.facets[0].buckets} == {
        "sport": 2,
        "food": 1,
    }
    narrowed = replace(query, filter=Filter(topics=frozenset({"food"})))
    assert await hit_keys(engine, narrowed) == [(1, 7)]


async def test_comments_change_nothing_for_who_looks_through_articles(
    engine: SearchEngine, tmp_path: Path
) -> None:
    bare = [a_document(1, "Bread and salt"), a_document(2, "Bread"), a_document(3, "Oven")]
    query = SearchQuery("bread oven", facets=tuple(FacetField), fragments=2)
    await engine.write(bare, [])
    before = await engine.search(query)
    chatter = (a_comment(5, "bread bread oven"), a_comment(6, "salt"))
    await engine.write([replace(item, comments=chatter) for item in bare[:1]], [])
    after = await engine.search(query)

    assert replace(after, took_ms=0) == replace(before, took_ms=0)
    assert await engine.suggest(SuggestQuery("bre")) != ()
    assert [document.id for document in await engine.similar(2, 5)] == [1]


async def test_a_comment_is_as_good_a_hit_as_an_article_of_usual_length(
    engine: SearchEngine,
) -> None:
    """Lengths of comments are relative to those of other comments."""
    filler = " ".join(f"word{number}" for number in range(300))
    batch = [a_document(number, "", f"Yeast {filler}") for number in range(1, 4)]
    await engine.write([*batch, an_article(9, "", a_comment(1, "Yeast it is, friends"))], [])

    hits = (await engine.search(SearchQuery("yeast", within=BOTH))).hits
    by_comment = {hit.comment: hit.score for hit in hits}
    assert by_comment[1] == pytest.approx(by_comment[None], rel=0.2)


async def test_a_comments_highlights_are_its_own(engine: SearchEngine) -> None:
    await engine.write([an_article(1, "Yeast", a_comment(7, "<b> Yeast & salt."))], [])
    [hit] = (await engine.search(SearchQuery("yeast", within=COMMENTS, fragments=1))).hits

    [mark] = hit.highlights
    assert mark.field == "body"
    assert mark.fragments == ("&lt;b&gt; <mark>Yeast</mark> &amp; salt.",)
    assert hit.paragraph is None


async def test_pins_are_articles(engine: SearchEngine) -> None:
    await engine.write([an_article(1, "Bread", a_comment(2, "bread")), an_article(2, "Cheese")], [])
    tuning = Tuning(pins=(Pin("bread", 2),))

    query = SearchQuery("bread", within=BOTH, tuning=tuning)
    assert (await hit_keys(engine, query))[0] == (2, None)
    assert len(await hit_keys(engine, query)) == 3
    assert (2, None) not in await hit_keys(engine, replace(query, within=COMMENTS))


async def test_merges_and_rebuilds_keep_comments(engine: SearchEngine) -> None:
    for number in range(1, 30):
        comments = (a_comment(number, f"yeast number{number}"), a_comment(100 + number, "salt"))
        await engine.write([an_article(number, "Bread", *comments)], [])
    query = SearchQuery("yeast", within=COMMENTS, limit=100)

    assert sorted(await hit_keys(engine, query)) == [(number, number) for number in range(1, 30)]
    assert await hit_keys(engine, SearchQuery("number17", within=BOTH)) == [(17, 17)]


# Paragraphs


async def test_a_hit_tells_the_paragraph_that_answers_best(engine: SearchEngine) -> None:
    body = "Bread here.\n\nNothing. At all.\n\nRye bread, and rye. More bread.\n\nRye."
    await engine.write([a_document(1, "Rye bread", body), a_document(2, "Rye bread")], [])
    query = SearchQuery("rye bread", fragments=2)

    by_id = {hit.id: hit for hit in (await engine.search(query)).hits}
    assert by_id[1].paragraph == 2
    assert by_id[2].paragraph is None
    [title, marks] = by_id[1].highlights
    assert (title.field, title.paragraphs) == ("title", ())
    assert marks.fragments[1] == "<mark>Rye</mark> <mark>bread</mark>, and <mark>rye</mark>."
    assert marks.paragraphs == (0, 2)
    assert [hit.paragraph for hit in (await engine.search(SearchQuery("rye"))).hits] == [None, None]


# Time


@pytest.mark.parametrize("url", ENGINES)
async def test_when_time_runs_out_what_was_found_is_said_to_be_that(
    url: str, tmp_path: Path
) -> None:
    hurried = open_engine(engine_url(url, tmp_path / "i"), EngineOptions(time_limit_seconds=0.0))
    async with hurried.rebuild():
        pass
    await hurried.write([a_document(1, "Bread"), a_document(2, "Salt", "Bread and salt")], [])
    query = SearchQuery("bread salt", facets=tuple(FacetField), fragments=1)

    page = await hurried.search(query)
    assert not page.total_is_exact
    assert {hit.id for hit in page.hits} == {1, 2}
    assert page.facets == ()
    assert await search_ids(hurried, 'bread "and salt" -oven') == [
        2
    ]  # what is required stays required
    await hurried.close()

    unhurried = open_engine(engine_url(url, tmp_path / "i"))
    page = await unhurried.search(query)
    assert page.total_is_exact
    assert [facet.field for facet in page.facets] == list(FacetField)
    await unhurried.close()

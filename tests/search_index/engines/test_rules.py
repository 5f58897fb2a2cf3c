"""Contract of every engine: rules, stop words and synonyms by language, words for times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from search_index.engine import SearchEngine
from search_index.explanations import ScoreKind
from search_index.query import (
    DateWords,
    FacetField,
    Filter,
    Page,
    Pin,
    SearchQuery,
    StopWord,
    Synonym,
    Tuning,
)
from search_index.rules import Banner, Boost, Rule, RuleMatch, Selection
from tests.support.documents import a_document, labels, search_pages

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 11, 15, tzinfo=UTC)  # a Wednesday
BANNER = Banner("Closed today", "The ferry does not run.", "/closed")


@pytest.fixture
async def ferries(engine: SearchEngine) -> SearchEngine:
    """Two equal articles of each of three topics, each a day older than the one before."""
    await engine.write(
        [
            a_document(
                number,
                "The ferry",
                topics=labels("town" if number % 2 else "harbour"),
                kind="PAGE" if number == 3 else "ARTICLE",
                published_at=NOW - timedelta(days=10 * number),
            )
            for number in (1, 2, 3, 4)
        ],
        [],
    )
    return engine


async def ask(engine: SearchEngine, text: str = "ferry", *rules: Rule, **options: Any) -> Page:
    return await engine.search(
        SearchQuery(text, tuning=Tuning(rules=rules), now=NOW, explain=True, **options)
    )


def boost(factor: float, number: int = 1, **selection: Any) -> Rule:
    return Rule(number, "a boost", boosts=(Boost(Selection(**selection), factor),))


def ids(page: Page) -> list[int]:
    return [hit.id for hit in page.hits]


@pytest.mark.parametrize(
    ("factor", "selection", "expected"),
    [
        (2, {"topics": ("harbour",)}, [2, 4, 1, 3]),
        (0.5, {"topics": ("town",)}, [2, 4, 1, 3]),
        (3, {"kinds": ("PAGE",)}, [3, 1, 2, 4]),
        (3, {"older_than_days": 35}, [4, 1, 2, 3]),
        (3, {"newer_than_days": 30, "topics": ("harbour",)}, [2, 1, 3, 4]),
        (3, {"languages": ("de",)}, [1, 2, 3, 4]),
    ],
)
@pytest.mark.parametrize("text", ["ferry", ""])
async def test_a_boost_raises_or_lowers_what_it_selects_and_explains_it(
    ferries: SearchEngine, text: str, factor: float, selection: Any, expected: list[int]
) -> None:
    assert ids(await ask(ferries, text)) == [1, 2, 3, 4]
    page = await ask(ferries, text, boost(factor, **selection), limit=4)
    assert ids(page) == expected
    assert page.rules.ids == (1,)
    assert page.rules.public_ids == ()
    for hit in page.hits:
        assert hit.score == pytest.approx(sum(part.score for part in hit.explanation), rel=1e-3)
    first = page.hits[0].explanation[-1]
    if expected[0] != 1 and factor > 1:
        assert (first.kind, first.text, first.weight) == (ScoreKind.RULE, "a boost", factor)
        assert first.score > 0


async def test_pages_hold_every_hit_once_and_pins_stay_first(ferries: SearchEngine) -> None:
    rules = tuple(boost(10, number, topics=("harbour",)) for number in range(1, 30))
    tuning = Tuning(pins=(Pin("ferry", 3),), rules=rules)
    query = SearchQuery("ferry", tuning=tuning, now=NOW, limit=1)
    pages = await search_pages(ferries, query)
    assert [hit.id for page in pages for hit in page.hits] == [3, 2, 4, 1]


async def test_a_filter_narrows_hits_totals_and_facets(ferries: SearchEngine) -> None:
    rule = Rule(1, "", filter=Selection(topics=("harbour",), newer_than_days=30))
    page = await ask(ferries, "ferry", rule, facets=(FacetField.TOPIC,))
    assert (ids(page), page.total) == ([2], 1)
    assert {bucket.value for bucket in page.facets[0].buckets} == {"harbour"}
    drafts = a_document(9, "The ferry", topics=labels("harbour"), status="DRAFT", published_at=NOW)
    await ferries.write([drafts], [])
    assert ids(await ask(ferries, "ferry", rule, boost(9, 2, newer_than_days=1))) == [2]


async def test_banners_and_the_first_redirect_are_told_in_order(engine: SearchEngine) -> None:
    others = (
        Rule(3, "", redirect="/second"),
        Rule(4, "", banner=BANNER),
        Rule(5, "", texts=("another",), banner=Banner("Never")),
    )
    page = await ask(engine, "ferry", Rule(2, "", banner=BANNER, redirect="/first"), *others)
    assert page.rules.banners == (BANNER,)
    assert page.rules.redirect == "/first"
    assert page.rules.public_ids == page.rules.ids == (2, 3, 4)


@pytest.mark.parametrize(
    ("conditions", "filter_", "applies"),
    [
        ({"language": "de"}, Filter(), False),
        ({"language": "de"}, Filter(languages=frozenset({"de"})), True),
        ({"topic": "town"}, Filter(topics=frozenset({"town", "x"})), True),
        ({"topic": "town"}, Filter(topics=frozenset({"x"})), False),
        ({"starts_at": NOW}, Filter(), True),
        ({"starts_at": NOW + timedelta(seconds=1)}, Filter(), False),
        ({"ends_at": NOW}, Filter(), False),
    ],
)
async def test_a_rule_waits_for_its_conditions(
    engine: SearchEngine, conditions: Any, filter_: Filter, applies: bool
) -> None:
    page = await ask(engine, "x", Rule(7, "", banner=BANNER, **conditions), filter=filter_)
    assert page.rules.ids == ((7,) if applies else ())
    later = conditions.get("starts_at", NOW)
    assert page.expires_at == (later if later > NOW else None)


async def test_a_rule_ends_and_begins_while_nothing_is_written(engine: SearchEngine) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    rules = Rule(1, "", banner=BANNER, ends_at=soon), Rule(2, "", redirect="/x", starts_at=soon)
    query = SearchQuery("x", tuning=Tuning(rules=rules))
    early = await engine.search(query)
    assert early.rules.ids == (1,) or datetime.now(UTC) > soon
    await anyio.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 0.01)
    assert (await engine.search(query)).rules.ids == (2,)


@pytest.mark.parametrize(
    ("match", "text", "typed", "applies"),
    [
        (RuleMatch.EXACT, "Opening hours", "opening  HOURS!", True),
        (RuleMatch.EXACT, "opening hours", "the opening hours", False),
        (RuleMatch.CONTAINS, "opening hours", "the opening hours of it", True),
        (RuleMatch.CONTAINS, "opening hours", "hours opening", False),
        (RuleMatch.CONTAINS, "Café", "a cafe", True),
        (RuleMatch.PATTERN, "flight* to *", "flights to rome and back", True),
        (RuleMatch.PATTERN, "flight* to *", "a flight to rome", False),
        (RuleMatch.PATTERN, "* to rome", "to rome", True),
        (RuleMatch.PATTERN, "a * b * c", "a b b x c c", True),
        (RuleMatch.PATTERN, "a * b * c", "a c b", False),
    ],
)
async def test_texts_are_compared_word_by_word(
    engine: SearchEngine, match: RuleMatch, text: str, typed: str, applies: bool
) -> None:
    page = await ask(engine, typed, Rule(1, "", match, (text,), banner=BANNER))
    assert bool(page.rules.banners) is applies


async def test_stop_words_and_synonyms_keep_to_their_language(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Gift im Fluss", language="de"),
            a_document(2, "Toxin im Wasser", language="de"),
            a_document(3, "A toxin", language="en"),
            a_document(4, "Der Fluss", language="de"),
            a_document(5, "A gift", language="en-gb"),
        ],
        [],
    )

    async def found(text: str, tuning: Tuning, *languages: str) -> set[int]:
        filter_ = Filter(languages=frozenset(languages))
        return set(ids(await engine.search(SearchQuery(text, filter=filter_, tuning=tuning))))

    german = Tuning(synonyms=(Synonym(("toxin",), typed="gift", language="de"),))
    assert await found("gift", replace_language(german, None)) == {1, 2, 3, 5}
    assert await found("gift", german) == {1, 2, 5}
    words = (StopWord("fluss", "de"), StopWord("gift", "en"))
    assert await found("toxin fluss", Tuning()) >= {1, 2, 4}
    assert await found("toxin fluss", Tuning(stop_words=words)) == {2, 3}
    assert await found("toxin fluss", Tuning(stop_words=(StopWord("Fluss"),))) == {2, 3}
    assert await found("toxin fluss", Tuning(stop_words=(StopWord("fluss", "en"),))) >= {1, 4}
    assert await found("fluss", Tuning(stop_words=words)) == {1, 4}  # alone, it is what is meant
    assert await found("toxin gift", Tuning(stop_words=words), "en", "en-gb") == {3}


def replace_language(tuning: Tuning, language: str | None) -> Tuning:
    return Tuning(tuple(replace(synonym, language=language) for synonym in tuning.synonyms))


async def test_words_for_a_time_lean_the_order_or_are_required(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "A budget of last week", published_at=NOW - timedelta(days=7)),
            a_document(2, "A budget of last week", published_at=NOW - timedelta(days=1)),
            a_document(3, "Budget last week", published_at=NOW - timedelta(days=60)),
        ],
        [],
    )
    query = SearchQuery("budget last week", now=NOW, explain=True)
    ignored = await engine.search(query)
    assert (ids(ignored), ignored.understood) == ([3, 2, 1], ())
    preferred = await engine.search(replace(query, dates=DateWords.PREFER))
    assert ids(preferred) == [3, 1, 2]  # words in a text still count more
    assert preferred.hits[1].explanation[-1].kind is ScoreKind.DATE
    [understood] = preferred.understood
    assert understood.text == "last week"
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    assert understood.published_from == monday
    assert understood.published_to == monday + timedelta(days=7)
    assert preferred.expires_at == datetime(2026, 3, 12, tzinfo=UTC)
    required = await engine.search(replace(query, dates=DateWords.REQUIRE))
    assert (ids(required), required.understood) == ([1], preferred.understood)
    latest = replace(query, text="latest budget", dates=DateWords.REQUIRE)
    assert ids(await engine.search(latest)) == [2, 1, 3]

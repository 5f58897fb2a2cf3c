"""Scores, compared with a plain implementation of the formula."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index import ranking
from search_index.engine import DEFAULT_OPTIONS
from search_index.engines import open_engine
from search_index.fields import PLAIN_FIELDS, TextField
from search_index.query import Document, SearchQuery
from tests.support.documents import DAY, a_document

pytestmark = pytest.mark.anyio

WORDS = ("bread", "oven", "rye", "salt")
texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
libraries = st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=9).map(
    lambda rows: [
        a_document(number, title, body, summary=summary)
        for number, (title, summary, body) in enumerate(rows, 1)
    ]
)


def _expected(documents: Sequence[Document], word: str) -> dict[int, float]:
    """Compute BM25F of one word, with the recency boost."""
    parts = {
        document.id: {field: document.texts.get(field, "").split() for field in PLAIN_FIELDS}
        for document in documents
    }
    lengths = {id_: sum(map(len, fields.values())) for id_, fields in parts.items()}
    average = max(1.0, sum(lengths.values()) / len(documents))
    frequencies = {
        id_: sum(field.boost * words.count(word) for field, words in fields.items())
        for id_, fields in parts.items()
    }
    matching = {id_: tf for id_, tf in frequencies.items() if tf}
    idf = math.log(1 + (len(documents) - len(matching) + 0.5) / (len(matching) + 0.5))
    newest = max(document.id for document in documents)
    titles = {document.id: document.texts[TextField.TITLE] for document in documents}
    title_lengths = {id_: len(title.split()) for id_, title in titles.items()}
    average_title = max(1.0, sum(title_lengths.values()) / len(documents))
    in_title = sum(word in title.split() for title in titles.values())
    title_idf = math.log(1 + (len(documents) - in_title + 0.5) / (in_title + 0.5))
    scores = {}
    for id_, tf in matching.items():
        norm = ranking.K1 * (1 - ranking.B + ranking.B * lengths[id_] / average)
        recency = 1 + ranking.RECENCY * 0.5 ** ((newest - id_) / DEFAULT_OPTIONS.half_life_days)
        gain = idf * tf / (tf + norm)
        if word in titles[id_].split():
            most = ranking.MAX_TITLE_GAIN
            share = most / (1 + (most - 1) * title_lengths[id_] / average_title)
            gain += ranking.TITLE_WORD * title_idf * share
        scores[id_] = (ranking.K1 + 1) * gain * recency
        if titles[id_] == word:
            most = math.log(len(documents) + 2)
            words = 1 + ranking.MAX_TITLE_GAIN * ranking.TITLE_WORD
            scores[id_] += (
                ranking.EVERY_WORD + (ranking.K1 + 1) * (1 + ranking.RECENCY) * words * most
            )
    return scores


@settings(max_examples=30, derandomize=True)
@given(libraries, st.sampled_from(WORDS))
def test_one_word_is_scored_by_the_formula(documents: list[Document], word: str) -> None:
    async def check() -> None:
        engine = open_engine("whoosh::memory:")
        for document in documents:
            await engine.write([document], [])
        page = await engine.search(SearchQuery(word, limit=100))
        expected = _expected(documents, word)
        await engine.close()

        assert {hit.id: hit.score for hit in page.hits} == pytest.approx(expected, rel=1e-3)
        scores = [hit.score for hit in page.hits]
        assert scores == sorted(scores, reverse=True)

    anyio.run(check)


async def test_words_that_follow_each_other_as_typed_gain() -> None:
    engine = open_engine("whoosh::memory:")
    await engine.write(
        [a_document(1, "", "one rye bread two"), a_document(2, "", "bread one two rye")], []
    )
    page = await engine.search(SearchQuery("rye bread"))
    await engine.close()
    assert [hit.id for hit in page.hits] == [1, 2]


async def test_a_question_may_quote() -> None:
    engine = open_engine("whoosh::memory:")
    await engine.write([a_document(1, "Baking rye bread with little salt in an old oven")], [])
    question = 'how can I bake rye bread with less salt in my oven, without "too much fuss"?'
    page = await engine.search(SearchQuery(question))
    strict = await engine.search(SearchQuery('rye "too much fuss"'))
    await engine.close()
    assert (page.total, strict.total) == (1, 0)


async def test_what_lies_far_back_or_has_no_date_gains_nothing() -> None:
    engine = open_engine("whoosh::memory:")
    dates = [DAY - timedelta(days=36500), None, DAY]
    await engine.write(
        [a_document(n, "Rye bread", published_at=date) for n, date in enumerate(dates, 1)], []
    )
    scores = {hit.id: hit.score for hit in (await engine.search(SearchQuery("bread"))).hits}
    await engine.close()
    assert scores[3] == pytest.approx(scores[1] * (1 + ranking.RECENCY), rel=1e-4)
    assert scores[1] == pytest.approx(scores[2], rel=1e-4)

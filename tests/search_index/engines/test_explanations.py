"""Contract of every engine: explanations are correct, and sum up to the score."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_index.engine import SearchEngine
from search_index.evaluation import collection
from search_index.explanations import FieldCount, ScoreKind
from search_index.query import Hit, Pin, SearchQuery, Sort, Synonym, Tuning
from tests.search_index.engines.test_properties import an_engine
from tests.support.documents import a_document, labels
from tests.support.engines import ENGINES

pytestmark = pytest.mark.anyio


async def hits(engine: SearchEngine, text: str, **options: object) -> tuple[Hit, ...]:
    return (await engine.search(SearchQuery(text, explain=True, **options))).hits  # type: ignore[arg-type]


async def test_a_word_tells_where_it_stands_and_what_it_weighs(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Rye bread", "Bread of rye. More bread.", topics=labels("bread")),
            a_document(2, "Cheese", "Nothing to say."),
        ],
        [],
    )
    [hit] = await hits(engine, "bread")
    [word, title, recency] = hit.explanation
    assert (word.kind, word.text) == (ScoreKind.WORD, "bread")
    assert word.fields == (
        FieldCount("title", 1, 3.0),
        FieldCount("body", 2, 1.0),
        FieldCount("topic", 1, 2.0),
    )
    assert word.tf == sum(field.count * field.boost for field in word.fields)
    assert word.idf == pytest.approx(0.6931, abs=1e-3)  # ln(1 + (2 - 1 + 0.5) / (1 + 0.5))
    assert word.weight == 1
    assert recency.kind is ScoreKind.RECENCY
    assert (title.kind, title.text) == (ScoreKind.TITLE, "bread")
    assert hit.score == pytest.approx(word.score + title.score + recency.score, rel=1e-4)


async def test_every_way_to_match_is_told(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Red sofa"), a_document(2, "Couch"), a_document(3, "Z")], [])
    tuning = Tuning(synonyms=(Synonym(("sofa", "couch")),))
    first, second = await hits(engine, "sofa red", tuning=tuning)
    assert ScoreKind.NEIGHBOURS not in {part.kind for part in first.explanation}
    first, second = await hits(engine, "red sofa", tuning=tuning)
    kinds = [part.kind for part in first.explanation]
    assert kinds == [
        ScoreKind.WORD,
        ScoreKind.WORD,
        ScoreKind.NEIGHBOURS,
        ScoreKind.TITLE,
        ScoreKind.RECENCY,
        ScoreKind.TITLE,
        ScoreKind.EVERY_WORD,
    ]
    assert [part.text for part in first.explanation[:3]] == ["red", "sofa", "red sofa"]
    synonym, *_ = second.explanation
    assert (synonym.text, synonym.weight) == ("couch", 0.9)
    [typo] = await hits(engine, "cuoch")
    assert typo.explanation[0].weight < 0.9
    [going_on] = await hits(engine, "cou", prefix_last=True)
    assert going_on.explanation[0].weight < 1


async def test_a_pin_is_told_beside_the_score_that_it_does_not_change(
    engine: SearchEngine,
) -> None:
    await engine.write([a_document(1, "Bread"), a_document(2, "Bread and salt")], [])
    bare = {hit.id: hit for hit in await hits(engine, "bread")}
    pinned, other = await hits(engine, "bread", tuning=Tuning(pins=(Pin("bread", 2),)))
    assert [part.kind for part in pinned.explanation].count(ScoreKind.PIN) == 1
    assert (
        pinned.score
        == bare[2].score
        == pytest.approx(sum(part.score for part in pinned.explanation), rel=1e-4)
    )
    assert other == bare[1] or other.explanation == bare[1].explanation


async def test_nothing_is_explained_unless_asked_for(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread")], [])
    assert (await engine.search(SearchQuery("bread"))).hits[0].explanation == ()
    assert (await hits(engine, "bread", sort=Sort.NEWEST))[0].explanation == ()


@pytest.mark.parametrize("url", ENGINES)
async def test_explanations_sum_up_to_the_score(url: str, shared: Path, tmp_path: Path) -> None:
    judged = collection.load(shared / "ir" / "adi")
    engine = await an_engine(url, str(tmp_path), [(list(judged.documents), [])])
    hit_count = 0
    for text in judged.queries.values():
        for hit in await hits(engine, text):
            hit_count += 1
            total = sum(part.score for part in hit.explanation)
            assert total == pytest.approx(hit.score, rel=1e-3, abs=0.01), (text, hit)
    await engine.close()
    assert hit_count > 100

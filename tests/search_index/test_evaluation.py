"""Figures of relevance, by hand and on the classic collections."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from search_index import evaluation
from search_index.engines import open_engine

pytestmark = pytest.mark.anyio


def test_ndcg_by_hand() -> None:
    grades = {1: 2, 2: 1, 3: 1}
    ideal = 3 + 1 / math.log2(3) + 1 / 2
    assert evaluation.ndcg([1, 2, 3], grades, 10) == pytest.approx(1)
    assert evaluation.ndcg([9, 1], grades, 10) == pytest.approx(3 / math.log2(3) / ideal)
    assert evaluation.ndcg([9, 1], grades, 1) == 0
    assert evaluation.ndcg([1], {}, 10) == 0


def test_average_precision_and_recall_by_hand() -> None:
    grades = {1: 1, 2: 1, 3: 1, 4: 1}
    assert evaluation.average_precision([1, 9, 2], grades) == pytest.approx((1 + 2 / 3) / 4)
    assert evaluation.recall([1, 9, 2], grades) == 0.5
    assert evaluation.average_precision([], {}) == evaluation.recall([], {}) == 0


async def test_a_collection_is_read_and_measured(tmp_path: Path) -> None:
    rows = [
        {"id": "x", "title": "Bread", "text": "of rye", "author": "Lee, A."},
        {"id": "y", "title": "Cheese", "text": ""},
    ]
    (tmp_path / "docs.jsonl").write_text("\n".join(map(json.dumps, rows)))
    queries = [{"id": "1", "text": "rye"}, {"id": "2", "text": "cheese"}, {"id": "3", "text": "?"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (tmp_path / "qrels.tsv").write_text("1\tx\t1\n2\tx\t1\n2\ty\t0\n3\tgone\t1\n")
    collection = evaluation.load(tmp_path)
    engine = open_engine("whoosh::memory:")
    await engine.write(collection.documents, [])

    assert collection.relevant == {"1": {1: 1}, "2": {1: 1}}
    assert await evaluation.measure(engine, collection) == evaluation.Figures(2, 0.5, 0.5, 0.5)
    await engine.close()


@pytest.mark.parametrize(
    ("name", "ndcg10"), [("cranfield", 0.39), ("cacm", 0.47), ("cisi", 0.3082), ("adi", 0.4331)]
)
async def test_the_order_of_hits_is_good(shared: Path, name: str, ndcg10: float) -> None:
    """The figures to reach are those of plain BM25, or above."""
    collection = evaluation.load(shared / "ir" / name)
    engine = open_engine("whoosh::memory:")
    await engine.write(collection.documents, [])
    figures = await evaluation.measure(engine, collection)
    await engine.close()

    assert figures.ndcg10 >= ndcg10

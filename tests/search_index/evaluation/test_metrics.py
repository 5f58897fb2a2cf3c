"""Relevance metrics, by hand and on the classic collections."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.cli import app
from search_index.engines import open_engine
from search_index.evaluation import metrics
from search_index.evaluation.collection import load

pytestmark = pytest.mark.anyio


def test_ndcg_by_hand() -> None:
    grades = {1: 2, 2: 1, 3: 1}
    ideal = 3 + 1 / math.log2(3) + 1 / 2
    assert metrics.ndcg([1, 2, 3], grades, 10) == pytest.approx(1)
    assert metrics.ndcg([9, 1], grades, 10) == pytest.approx(3 / math.log2(3) / ideal)
    assert metrics.ndcg([9, 1], grades, 1) == 0
    assert metrics.ndcg([1], {}, 10) == 0


def test_average_precision_and_recall_by_hand() -> None:
    grades = {1: 1, 2: 1, 3: 1, 4: 1}
    assert metrics.average_precision([1, 9, 2], grades) == pytest.approx((1 + 2 / 3) / 4)
    assert metrics.recall([1, 9, 2], grades) == 0.5
    assert metrics.average_precision([], {}) == metrics.recall([], {}) == 0


def a_collection(folder: Path) -> None:
    rows = [
        {"id": "x", "title": "Bread", "text": "of rye", "author": "Lee, A."},
        {"id": "y", "title": "Cheese", "text": ""},
    ]
    (folder / "docs.jsonl").write_text("\n".join(map(json.dumps, rows)))
    queries = [{"id": "1", "text": "rye"}, {"id": "2", "text": "cheese"}, {"id": "3", "text": "?"}]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (folder / "qrels.tsv").write_text("1\tx\t1\n2\tx\t1\n2\ty\t0\n3 0 gone 1\n")


async def test_a_collection_is_read_and_measured(tmp_path: Path) -> None:
    a_collection(tmp_path)
    collection = load(tmp_path)
    engine = open_engine("whoosh::memory:")
    await engine.write(collection.documents, [])

    assert collection.relevant == {"1": {1: 1}, "2": {1: 1}}
    assert await metrics.measure(
        engine, collection.queries, collection.relevant
    ) == metrics.RelevanceMetrics(2, 0.5, 0.5, 0.5)
    await engine.close()


@pytest.mark.parametrize(
    ("name", "ndcg10"), [("cranfield", 0.39), ("cacm", 0.47), ("cisi", 0.3082), ("adi", 0.4331)]
)
async def test_the_order_of_hits_is_good(shared: Path, name: str, ndcg10: float) -> None:
    """The figures to reach are those of plain BM25, or above."""
    collection = load(shared / "ir" / name)
    engine = open_engine("whoosh::memory:")
    await engine.write(collection.documents, [])
    figures = await metrics.measure(engine, collection.queries, collection.relevant)
    await engine.close()

    assert figures.ndcg10 >= ndcg10


def test_a_run_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    a_collection(tmp_path)
    saved = tmp_path / "run.json"
    runner = CliRunner()
    first = runner.invoke(app, ["eval", "relevance", str(tmp_path), "--save", str(saved), "--json"])
    assert json.loads(first.output.splitlines()[-1]) == {
        "ndcg10": 0.5,
        "map": 0.5,
        "recall100": 0.5,
    }
    (tmp_path / "qrels.tsv").write_text("1\ty\t1\n2\ty\t1\n")
    second = runner.invoke(app, ["eval", "relevance", str(tmp_path), "--against", str(saved)])
    assert "nDCG@10     0.5000  +0.0000" in second.output
    assert "worse   -1.000  1: rye" in second.output
    assert "better  +1.000  2: cheese" in second.output


@pytest.mark.parametrize(
    ("file", "content", "place"),
    [
        ("docs.jsonl", "{", "docs.jsonl:1"),
        ("queries.jsonl", '\n{"id": 1}', "queries.jsonl:2"),
        ("qrels.tsv", "1\tx\tmuch", "qrels.tsv:1"),
    ],
)
def test_a_faulty_collection_is_told_with_its_place(
    file: str, content: str, place: str, tmp_path: Path
) -> None:
    a_collection(tmp_path)
    (tmp_path / file).write_text(content)
    done = CliRunner().invoke(app, ["eval", "relevance", str(tmp_path)])
    assert done.exit_code == 1
    assert place in done.output

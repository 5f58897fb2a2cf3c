"""Inline policy: searches that run on the event loop."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from search_index.engines import open_engine
from search_index.engines.whoosh.index import writer
from search_index.engines.whoosh.index.searcher import Searcher
from search_index.engines.whoosh.query import inline_policy
from search_index.engines.whoosh.query.inline_policy import MAX_HITS, MAX_TEXT
from search_index.query import Scope, SearchQuery, SuggestQuery, Synonym, Tuning
from tests.support.documents import a_document

LONG = "x" * MAX_TEXT
QUICK = SearchQuery("one two three four", limit=MAX_HITS, prefix_last=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (QUICK, True),
        (replace(QUICK, within=frozenset(Scope), fragments=5), True),
        (replace(QUICK, text=LONG), True),
        (replace(QUICK, text=LONG + "x"), False),
        (replace(QUICK, text="seldom"), True),  # it may go on
        (replace(QUICK, text="seldom", prefix_last=False), True),
        (replace(QUICK, text="seldom three"), True),
        (replace(QUICK, text="unheard three"), False),
        (replace(QUICK, text="three unheard"), False),
        (replace(QUICK, text="three", within=frozenset({Scope.COMMENTS})), False),
        (replace(QUICK, text="one two one two four"), False),
        (replace(QUICK, text="one-two-one-two-four"), False),
        (replace(QUICK, text="北京大学的学生"), False),
        (replace(QUICK, limit=MAX_HITS + 1), False),
        (replace(QUICK, explain=True), False),
        (replace(QUICK, tuning=Tuning(synonyms=(Synonym(("a", "b")),))), False),
    ],
)
def test_what_is_short_is_quick(tmp_path: Path, query: SearchQuery, expected: bool) -> None:
    writer.create_index(tmp_path / "index")
    batch = writer.Batch(tmp_path / "index")
    batch.apply([a_document(number, "one three four", LONG) for number in (1, 2, 3)], [])
    batch.apply([a_document(4, "a seldom word")], [])
    batch.commit()
    searcher = Searcher(tmp_path / "index", writer.read_segments(tmp_path / "index"), {})
    assert inline_policy.runs_inline(searcher, query) is expected


@pytest.mark.anyio
async def test_what_is_quick_starts_no_thread(tmp_path: Path) -> None:
    engine = open_engine(f"whoosh:{tmp_path}")
    async with engine.rebuild() as fresh:
        await fresh.write([a_document(1, "Bread and butter")], [])
    await engine.status()  # opens the index, in a thread

    threads = set(threading.enumerate())
    for text in ("b", "br", "bread", "bread an"):
        assert (await engine.search(replace(QUICK, text=text))).total == 1
        assert len(await engine.suggest(SuggestQuery(text))) == 1
    assert set(threading.enumerate()) <= threads
    await engine.close()

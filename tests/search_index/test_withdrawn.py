"""What was withdrawn counts no more, even while the index cannot be written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub import articles, comments
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.models import CommentStatus, Status
from search_index import withdrawn
from search_index.engine import SearchEngine
from search_index.engines import open_engine
from search_index.indexer import Indexer, rebuild
from search_index.query import FacetField, Page, Scope, SearchQuery, Suggestion, SuggestQuery
from search_index.withdrawn import CurrentEngine
from tests.support.engines import ENGINES, engine_url
from tests.support.factories import a_comment, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
SEARCHES = [
    SearchQuery(text, within=frozenset(scopes), facets=tuple(FacetField), fragments=1)
    for text in ("", "bread", "harbour")
    for scopes in ([Scope.ARTICLES], [Scope.COMMENTS], Scope)
]
SUGGESTIONS = [SuggestQuery(text) for text in ("bre", "harb", "nora", "braed")]


@pytest.fixture(params=ENGINES)
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path, db: Reader
) -> AsyncIterator[SearchEngine]:
    opened = open_engine(engine_url(request.param, tmp_path / "index"))
    await rebuild(db, opened)
    yield opened
    await opened.close()


async def answers(
    engine: CurrentEngine,
) -> tuple[list[Page], list[tuple[Suggestion, ...]]]:
    return (
        [replace(await engine.search(query), took_ms=0.0) for query in SEARCHES],
        [await engine.suggest(query) for query in SUGGESTIONS],
    )


async def test_what_is_withdrawn_is_gone_before_it_is_indexed(
    db: Reader, engine: SearchEngine
) -> None:
    """The answers before the index knows are those that it gives afterwards."""
    labels: dict[str, Any] = {"topics": ("Harbour",), "authors": ("Nora",)}
    kept = await an_article("Bread and butter", "Bread.", **labels)
    archived = await an_article("Bread again", "Bread.", **labels)
    deleted = await an_article("Breaded fish", "Bread.", topics=("Fish",))
    await a_comment(archived, "Good bread.")
    spam = await a_comment(kept, "Buy bread.")
    await a_comment(kept, "Real bread.")
    indexer, current = Indexer(db, engine, max_tries=1), CurrentEngine(db, engine)
    await indexer.catch_up()
    before = await answers(current)
    await articles.archive(archived, by=SYSTEM)
    await articles.delete(deleted, by=SYSTEM)
    await comments.moderate(spam, CommentStatus.SPAM, by=SYSTEM)
    await an_article("Bread in a draft", status=Status.DRAFT, **labels)

    pages, suggestions = await answers(current)
    assert (pages, suggestions) != before
    assert pages[0].total == 1
    assert [bucket.count for facet in pages[0].facets for bucket in facet.buckets] == [1] * 7
    await indexer.catch_up()
    later, suggested_later = await answers(current)
    assert suggestions == suggested_later
    assert list(map(figures, pages)) == list(map(figures, later))


def figures(page: Page) -> object:
    """Return all that does not depend on how the index is cut into segments."""
    return [hit.id for hit in page.hits], page.total, page.total_is_exact, page.facets


async def test_counts_are_left_out_where_too_much_is_withdrawn(
    db: Reader, engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawn, "MAX_WITHDRAWN", 2)
    ids = [await an_article("Bread", topics=("Harbour",)) for _ in range(3)]
    indexer, current = Indexer(db, engine, max_tries=1), CurrentEngine(db, engine)
    await indexer.catch_up()
    for id_ in ids[1:]:
        await articles.archive(id_, by=SYSTEM)
    page = await current.search(SearchQuery("bread", facets=(FacetField.TOPIC,)))
    assert (page.total_is_exact, page.facets) == (False, ())
    staff = SearchQuery("bread", statuses=frozenset({"PUBLISHED", "ARCHIVED"}))
    assert (await current.search(staff)).total == 3
    await indexer.catch_up()
    assert (await current.search(SearchQuery("bread"))).total_is_exact

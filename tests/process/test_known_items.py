"""Whoever knows an article finds it: every article of the real exports, by what is known of it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import anyio
import pytest

from hub.db.database import open_database
from hub.settings import Settings
from scripts.commands.import_ import import_paths
from search_index.engine import SearchEngine
from search_index.engines import open_engine
from search_index.indexer import rebuild
from search_index.query import SearchQuery, SuggestQuery
from search_index.text import analysis
from tests.process.test_whole_site import PATHS

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class TargetItem(NamedTuple):
    """An article with a title of its own, and its most distinctive words."""

    id: int
    title: str
    words: tuple[str, ...]


class Library(NamedTuple):
    """An index of everything that was imported."""

    engine: SearchEngine
    articles: list[TargetItem]


@pytest.fixture(scope="module")
def imported(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(data_dir=tmp_path_factory.mktemp("known") / "data")

    async def fill() -> None:
        await import_paths(PATHS, settings)
        async with open_database(settings) as db:
            engine = open_engine(settings.search)
            await rebuild(db, engine)
            await engine.close()

    anyio.run(fill)
    return settings


@pytest.fixture
async def library(imported: Settings, anyio_backend: str) -> AsyncIterator[Library]:
    async with open_database(imported) as db:
        rows = await db.rows(
            "SELECT id, title, body_text FROM article WHERE status = 'PUBLISHED' ORDER BY id"
        )
    engine = open_engine(imported.search)
    yield Library(engine, list(_target_items(rows)))
    await engine.close()


def _target_items(rows: list[tuple[int, str, str]]) -> Iterator[TargetItem]:
    titles = Counter(title.strip().lower() for _, title, _ in rows)
    words = {id_: {word for word, *_ in analysis.query_words(body)} for id_, _, body in rows}
    frequency = Counter(word for document in words.values() for word in document)
    for id_, title, _ in rows:
        if titles[title.strip().lower()] == 1 and re.search(r"\w", title):
            candidates = [word for word in words[id_] if word.isascii() and word.isalpha()]
            candidates = [word for word in candidates if len(word) >= 4]
            rare = sorted(candidates, key=lambda word: (frequency[word], word))
            yield TargetItem(id_, title, tuple(rare[:3]))


async def _share(outcomes: AsyncIterator[bool]) -> float:
    results = [outcome async for outcome in outcomes]
    assert len(results) > 400
    return sum(results) / len(results)


async def _first(engine: SearchEngine, text: str, size: int) -> list[int]:
    return [hit.id for hit in (await engine.search(SearchQuery(text, limit=size))).hits]


async def test_its_exact_title_ranks_it_first(library: Library) -> None:
    async def outcomes() -> AsyncIterator[bool]:
        for article in library.articles:
            yield await _first(library.engine, article.title, 1) == [article.id]

    assert await _share(outcomes()) >= 0.99


async def test_three_distinctive_words_find_it(library: Library) -> None:
    async def outcomes() -> AsyncIterator[bool]:
        for article in library.articles:
            if len(article.words) == 3:
                yield article.id in await _first(library.engine, " ".join(article.words), 3)

    assert await _share(outcomes()) >= 0.95


async def test_its_title_with_a_typo_finds_it(library: Library) -> None:
    chance = random.Random(1)

    async def outcomes() -> AsyncIterator[bool]:
        for article in library.articles:
            long = [match for match in re.finditer(r"[A-Za-z]{5,}", article.title)]
            if long:
                typed = _mistyped(article.title, chance.choice(long), chance)
                yield article.id in await _first(library.engine, typed, 3)

    assert await _share(outcomes()) >= 0.95


def _mistyped(title: str, word: re.Match[str], chance: random.Random) -> str:
    """The title with a letter of a word left out, swapped, changed or doubled; not the first."""
    at = chance.randrange(word.start() + 1, word.end() - 1)
    before, letter, after = title[:at], title[at], title[at + 1 :]
    mistakes: list[Callable[[], str]] = [
        lambda: before + after,
        lambda: before + after[0] + letter + after[1:],
        lambda: before + chance.choice(LETTERS) + after,
        lambda: before + letter + chance.choice(LETTERS) + after,
    ]
    return chance.choice(mistakes)()


async def test_it_is_suggested_while_its_title_is_typed(library: Library) -> None:
    async def outcomes() -> AsyncIterator[bool]:
        for article in library.articles:
            last = re.search(r"\w{4,}(?=\W*$)", article.title)
            for end in range(last.start() + 4, last.end() + 1) if last else ():
                query = SuggestQuery(article.title[:end], limit=8)
                values = {suggestion.value for suggestion in await library.engine.suggest(query)}
                yield str(article.id) in values

    assert await _share(outcomes()) >= 0.98

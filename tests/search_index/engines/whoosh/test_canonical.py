"""Canonical forms: a keystroke without effect reuses the page before, and no other does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.engine import DEFAULT_OPTIONS, EngineOptions
from search_index.engines.whoosh.index import writer
from search_index.engines.whoosh.index.searcher import Searcher
from search_index.engines.whoosh.query import execute
from search_index.query import Document, FacetField, Page, Pin, Scope, SearchQuery, Tuning
from search_index.rewriting.expansions import MAX_EXPANSIONS
from tests.search_index.engines.test_properties import QUICK
from tests.support.documents import WORDS, a_document, documents

TYPED = SearchQuery("", facets=tuple(FacetField), fragments=2, prefix_last=True)
LIBRARY = (
    a_document(1, "The weather", "The climate is changing."),
    a_document(2, "Cheese", "Nothing else."),
    a_document(3, "Hidden", "A climb, and clim.", status="DRAFT"),
    a_document(4, "Changing", "Climbing."),
)

MANY = " ".join(f"may{number}" for number in range(MAX_EXPANSIONS))
CROWD = (
    *(a_document(number, body=MANY) for number in (1, 2, 3)),
    a_document(4, body="maybe"),
    a_document(5, body="mice"),
)
"""More words than completions of a prefix: the last two match by the prefix alone."""


def _open_searcher(folder: Path | str) -> Searcher:
    return Searcher(Path(folder), writer.read_segments(Path(folder)), {})


def _write_index(folder: Path | str, library: Iterable[Document]) -> Path:
    writer.create_index(Path(folder))
    batch = writer.Batch(Path(folder))
    batch.apply(list(library), [])
    batch.commit()
    return Path(folder)


def _answer(
    searcher: Searcher, query: SearchQuery, options: EngineOptions = DEFAULT_OPTIONS
) -> Page:
    return replace(execute.search(searcher, query, options), took_ms=0)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("cheesew", "cheesewi", False),  # each is a mistake of its own
        ("ch", "che", False),
        ("che", "chee", True),
        ("nothing che", "nothing chee", True),
        ("nothing che", "nothing chees", True),  # the stem of cheese, but no word
        ("else che", "nothing chee", False),
        ("chee", "title:chee", False),
        ("chee", "chee ", False),
        ("clima", "climat", False),  # the stem of climate
        ("clim", "clima", False),  # climbing goes
        ("cli", "clim", True),  # clim is a word that may not be seen
        ("wea", "weath", True),
        ("wea", "weather", False),  # a word
        ("the wea", "wea", True),
        ("the weather", "weather", False),  # a title
    ],
)
def test_a_letter_that_begins_the_same_words_makes_no_difference(
    tmp_path: Path, before: str, after: str, same: bool
) -> None:
    searcher = _open_searcher(_write_index(tmp_path / "index", LIBRARY))
    first = _answer(searcher, replace(TYPED, text=before))
    second = _answer(searcher, replace(TYPED, text=after))
    assert (second.facets is first.facets) is same
    assert second == _answer(_open_searcher(tmp_path / "index"), replace(TYPED, text=after))


def test_what_else_is_asked_makes_one(tmp_path: Path) -> None:
    searcher = _open_searcher(_write_index(tmp_path / "index", LIBRARY))
    first, query = _answer(searcher, replace(TYPED, text="che")), replace(TYPED, text="chee")
    assert _answer(searcher, query).facets is first.facets
    pinned = Tuning(pins=(Pin("che", 4),))
    for other in (
        replace(query, limit=1),
        replace(query, fragments=1),
        replace(query, statuses=frozenset({"PUBLISHED", "DRAFT"})),
        replace(query, within=frozenset(Scope)),
        replace(query, tuning=pinned),
        replace(query, explain=True),
    ):
        assert _answer(searcher, other).facets is not first.facets
    assert [hit.id for hit in _answer(searcher, replace(query, tuning=pinned)).hits] == [2]
    at_pin = replace(query, text="che", tuning=pinned)
    assert [hit.id for hit in _answer(searcher, at_pin).hits] == [4, 2]


def test_words_that_are_found_by_their_beginning_alone_make_one(tmp_path: Path) -> None:
    searcher = _open_searcher(_write_index(tmp_path / "index", CROWD))
    totals = [_answer(searcher, replace(TYPED, text=text)).total for text in ("m", "ma", "may")]
    assert totals == [5, 4, 4]
    for text in ("ma", "may"):
        page = _answer(searcher, replace(TYPED, text=text, explain=True))
        assert [part.text for part in page.hits[-1].explanation][:1] == [f"{text}…"]


def test_what_was_cut_short_is_no_answer_to_others(tmp_path: Path) -> None:
    searcher = _open_searcher(_write_index(tmp_path / "index", CROWD))
    query, hurried = replace(TYPED, text="may7 "), EngineOptions(time_limit_seconds=0)
    assert not _answer(searcher, query, hurried).total_is_exact
    assert _answer(searcher, query).total_is_exact


def test_a_word_that_a_stem_reads_like_is_not_marked(tmp_path: Path) -> None:
    library = [a_document(body="Of pars and a parsec.")]
    [hit] = _answer(
        _open_searcher(_write_index(tmp_path / "index", library)), replace(TYPED, text="parse")
    ).hits
    assert hit.highlights[0].fragments == ("Of pars and a <mark>parsec</mark>.",)


@QUICK
@given(
    library=st.lists(documents, min_size=1, max_size=8, unique_by=lambda document: document.id),
    words=st.lists(
        st.sampled_from([*WORDS, "title:oven", "OR", "-baking"]), min_size=1, max_size=2
    ),
    within=st.sets(st.sampled_from(Scope), min_size=1).map(frozenset),
)
def test_who_types_is_answered_as_if_nothing_had_been_asked_before(
    library: list[Document], words: list[str], within: frozenset[Scope]
) -> None:
    text = " ".join(words)
    with TemporaryDirectory() as folder:
        index = _write_index(Path(folder) / "index", library)
        searcher = _open_searcher(index)
        for length in range(1, len(text) + 1):
            query = replace(TYPED, text=text[:length], within=within)
            assert _answer(searcher, query) == _answer(_open_searcher(index), query)

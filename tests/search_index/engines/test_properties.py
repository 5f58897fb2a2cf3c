"""Contract of every engine, for arbitrary input."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.engine import SearchEngine
from search_index.query import (
    IN_ARTICLES,
    Document,
    FacetField,
    Filter,
    Page,
    Scope,
    SearchQuery,
    Sort,
)
from tests.support.documents import WORDS, a_document, documents, search_pages
from tests.support.engines import ENGINES, empty_engine, is_enough

FACETS = tuple(FacetField)
QUICK = settings(max_examples=40, derandomize=True)

typed = st.lists(
    st.sampled_from([*WORDS, "-bread", "OR", '"baking bread"', "title:oven", "brd", "ov", "北"]),
    max_size=4,
).map(" ".join)
filters = st.builds(
    Filter,
    topics=st.frozensets(st.sampled_from("ab"), max_size=1),
    authors=st.frozensets(st.sampled_from("ab"), max_size=1),
    languages=st.frozensets(st.sampled_from(["en", "fr"]), max_size=2),
)
queries = st.builds(
    SearchQuery,
    typed,
    within=st.sampled_from([IN_ARTICLES, frozenset({Scope.COMMENTS}), frozenset(Scope)]),
    filter=filters,
    sort=st.sampled_from(Sort),
    limit=st.integers(1, 4),
    facets=st.just(FACETS),
    fragments=st.integers(0, 2),
    prefix_last=st.booleans(),
)
batches = st.lists(
    st.tuples(st.lists(documents, max_size=6), st.lists(st.integers(1, 12), max_size=3)),
    min_size=1,
    max_size=4,
)
Batches = Sequence[tuple[list[Document], list[int]]]


async def an_engine(url: str, folder: str, writes: Batches) -> SearchEngine:
    engine = await empty_engine(url, Path(folder) / "index")
    for upserts, deletes in writes:
        await engine.write(upserts, deletes)
    return engine


def _remaining(writes: Batches) -> dict[int, Document]:
    """Return the documents of an index after these batches."""
    remaining: dict[int, Document] = {}
    for upserts, deletes in writes:
        for id_ in deletes:
            remaining.pop(id_, None)
        remaining.update((document.id, document) for document in upserts)
    return remaining


def _answer(page: Page) -> Page:
    """Return a page without its duration, its cursors and the last digits of its scores."""
    hits = tuple(hit._replace(score=round(hit.score, 3), cursor="") for hit in page.hits)
    return replace(page, took_ms=0, hits=hits)


def _facet_counts(page: Page, field: FacetField) -> dict[str, int]:
    for facet in page.facets:
        if facet.field is field:
            return {bucket.value: bucket.count for bucket in facet.buckets if bucket.count}
    return {}


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


@pytest.mark.parametrize("url", ENGINES)
@QUICK
@given(writes=batches, query=queries)
def test_an_index_holds_what_was_written_last(
    url: str, writes: Batches, query: SearchQuery
) -> None:
    """Totals, pages, filters and facets agree with the documents themselves."""

    async def check() -> None:
        with TemporaryDirectory() as folder:
            engine = await an_engine(url, folder, writes)
            expected = _remaining(writes)
            assert await engine.stamps() == {
                id_: document.stamp for id_, document in expected.items()
            }

            everything = SearchQuery("", facets=FACETS, limit=100)
            page = await engine.search(everything)
            visible = [document for document in expected.values() if document.status == "PUBLISHED"]
            assert {hit.id for hit in page.hits} == {document.id for document in visible}
            assert _facet_counts(page, FacetField.TOPIC) == _count(
                slug for document in visible for slug in {label.slug for label in document.topics}
            )
            assert _facet_counts(page, FacetField.LANGUAGE) == _count(
                document.language for document in visible
            )
            assert _facet_counts(page, FacetField.YEAR) == _count(
                str(document.published_at.year) for document in visible if document.published_at
            )

            results = await search_pages(engine, query)
            hits = [(hit.id, hit.comment) for document in results for hit in document.hits]
            assert len(hits) == len(set(hits)) == results[0].total
            assert all(_passes(expected[id_], query.filter) for id_, _ in hits)
            scopes = {Scope.COMMENTS if comment else Scope.ARTICLES for _, comment in hits}
            assert scopes <= query.within
            comments = {
                (document.id, comment_.id)
                for document in expected.values()
                for comment_ in document.comments
            }
            assert {hit for hit in hits if hit[1]} <= comments
            await engine.close()

    if not is_enough(url, "test_an_index_holds_what_was_written_last"):
        anyio.run(check)


def _passes(document: Document, filter_: Filter) -> bool:
    topics = {label.slug for label in document.topics}
    authors = {label.slug for label in document.authors}
    return (
        document.status == "PUBLISHED"
        and (not filter_.topics or bool(topics & filter_.topics))
        and (not filter_.authors or bool(authors & filter_.authors))
        and (not filter_.languages or document.language in filter_.languages)
    )


@pytest.mark.parametrize("url", ENGINES)
@QUICK
@given(writes=batches, search_queries=st.lists(queries, min_size=1, max_size=3))
def test_what_may_not_be_seen_leaves_no_trace(
    url: str, writes: Batches, search_queries: list[SearchQuery]
) -> None:
    """Results, scores included, equal those of an index without the other documents."""

    async def check() -> None:
        remaining = sorted(_remaining(writes).values(), key=lambda document: document.id)
        public = [document for document in remaining if document.status == "PUBLISHED"]
        with TemporaryDirectory() as folder, TemporaryDirectory() as other:
            full_engine = await an_engine(url, folder, writes)
            without = await an_engine(url, other, [(public, [])])
            for query in search_queries:
                full, bare = await full_engine.search(query), await without.search(query)
                assert _answer(full) == _answer(bare)
            await full_engine.close()
            await without.close()

    if not is_enough(url, "test_what_may_not_be_seen_leaves_no_trace"):
        anyio.run(check)


@pytest.mark.parametrize("url", ENGINES)
@settings(QUICK, max_examples=15)
@given(steps=st.lists(documents | st.integers(1, 12) | st.none(), max_size=30), query=queries)
def test_saves_deletes_merges_and_rebuilds_end_as_a_fresh_build(
    url: str, steps: list[Document | int | None], query: SearchQuery
) -> None:
    """Each step is a commit, so that segments are merged; None rebuilds."""

    async def check() -> None:
        expected: dict[int, Document] = {}
        with TemporaryDirectory() as folder, TemporaryDirectory() as other:
            grown = await an_engine(url, folder, [])
            for step in steps:
                if step is None:
                    async with grown.rebuild() as fresh:
                        await fresh.write(expected.values(), [])
                elif isinstance(step, int):
                    expected.pop(step, None)
                    await grown.write([], [step])
                else:
                    expected[step.id] = step
                    await grown.write([step], [])
            built = await an_engine(url, other, [(list(expected.values()), [])])
            assert _answer(await grown.search(query)) == _answer(await built.search(query))
            await grown.close()
            await built.close()

    if not is_enough(url, "test_saves_deletes_merges_and_rebuilds_end_as_a_fresh_build"):
        anyio.run(check)


@pytest.mark.parametrize("url", ENGINES)
@QUICK
@given(
    texts=st.lists(
        st.text(st.characters(), max_size=60)
        | st.text(st.sampled_from('"-:() OR*?[]{}~^\\/\0\ud800éa北ٱ'), max_size=40),
        min_size=1,
        max_size=8,
    ),
    prefix_last=st.booleans(),
)
def test_any_text_may_be_written_and_asked_for(
    url: str, texts: list[str], prefix_last: bool
) -> None:
    async def check() -> None:
        with TemporaryDirectory() as folder:
            documents_ = [a_document(number, text, text) for number, text in enumerate(texts, 1)]
            engine = await an_engine(url, folder, [(documents_, [])])
            for text in texts:
                query = SearchQuery(text, fragments=2, facets=FACETS, prefix_last=prefix_last)
                page = await engine.search(query)
                assert len(page.hits) <= page.total <= len(texts)
            await engine.close()

    if not is_enough(url, "test_any_text_may_be_written_and_asked_for"):
        anyio.run(check)


@pytest.mark.parametrize("url", ENGINES)
@QUICK
@given(
    pieces=st.lists(
        st.sampled_from([*WORDS, "<b>", "&amp;", ". ", "\n\n", "“", "！", "x" * 300, "é"]),
        max_size=40,
    ),
    query=typed,
    language=st.sampled_from(["en", "zh"]),
)
def test_fragments_are_pieces_of_the_text_escaped_and_marked(
    url: str, pieces: list[str], query: str, language: str
) -> None:
    async def check() -> None:
        text = " ".join(pieces)
        with TemporaryDirectory() as folder:
            document = a_document(1, text, text, summary=text, language=language)
            engine = await an_engine(url, folder, [([document], [])])
            page = await engine.search(SearchQuery(query, fragments=3, prefix_last=True))
            fragments = [
                fragment
                for hit in page.hits
                for highlight in hit.highlights
                for fragment in highlight.fragments
            ]
            for fragment in fragments:
                bare = fragment.replace("<mark>", "").replace("</mark>", "")
                assert "<" not in bare
                assert "<mark></mark>" not in fragment
                assert html.unescape(bare).strip("…").strip() in text
                assert fragment.count("<mark>") == fragment.count("</mark>") > 0
            await engine.close()

    if not is_enough(url, "test_fragments_are_pieces_of_the_text_escaped_and_marked"):
        anyio.run(check)


@pytest.mark.anyio
async def test_a_text_of_a_megabyte_is_read_as_far_as_its_limit(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread")], [])
    for text in ("bread " * 200_000, "\0" * 10**6, "(" * 10**6, "\ud800" * 10**6, "x" * 10**6):
        page = await engine.search(SearchQuery(text, prefix_last=True, fragments=1))
        assert page.total == (1 if text.startswith("bread") else 0)
        assert len(page.did_you_mean or "") < 1000


@pytest.mark.anyio
async def test_a_document_of_a_megabyte_is_found_and_marked(engine: SearchEngine) -> None:
    body = "word " * 100_000 + "needle. " + "unbroken" * 60_000
    await engine.write([a_document(1, "x" * 10_000, body)], [])
    assert (await engine.search(SearchQuery("needle"))).total == 1
    page = await engine.search(SearchQuery("word", fragments=3))
    assert page.hits[0].highlights[0].fragments[0].startswith("<mark>word</mark> ")

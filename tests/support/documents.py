"""Documents for tests, named for what they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from search_index.engine import SearchEngine
from search_index.fields import TextField
from search_index.query import CommentText, Document, Label, Page, SearchQuery

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_document(
    id_: int = 1, title: str = "", body: str = "", *, summary: str = "", **changes: object
) -> Document:
    """Create a published English document; a larger id is newer."""
    values: dict[str, object] = {
        "id": id_,
        "stamp": id_,
        "texts": texts(title, body, summary),
        "language": "en",
        "kind": "ARTICLE",
        "status": "PUBLISHED",
        "published_at": DAY + timedelta(days=id_),
    }
    return Document(**{**values, **changes})  # type: ignore[arg-type]


def texts(title: str = "", body: str = "", summary: str = "") -> dict[TextField, str]:
    """Create the plain texts of a document."""
    return {TextField.TITLE: title, TextField.SUMMARY: summary, TextField.BODY: body}


def labels(*slugs: str) -> tuple[Label, ...]:
    """Create topics or authors whose names are their slugs, capitalised."""
    return tuple(Label(slug, slug.title()) for slug in slugs)


async def search_ids(engine: SearchEngine, query: str | SearchQuery) -> list[int]:
    """Return the ids of the first page of hits, in order."""
    search_query = SearchQuery(query, limit=100) if isinstance(query, str) else query
    return [hit.id for hit in (await engine.search(search_query)).hits]


async def search_pages(engine: SearchEngine, query: SearchQuery) -> list[Page]:
    """Return every page of a search, by its cursors."""
    results = [await engine.search(query)]
    while results[-1].has_more:
        after = results[-1].hits[-1].cursor
        results.append(await engine.search(replace(query, after=after)))
    return results


WORDS = ("bread", "breads", "baking", "oven", "talks", "ukraine", "été", "北京大学", "straße", "a")
_LABELS = st.lists(st.sampled_from("abc"), max_size=2).map(lambda slugs: labels(*slugs))
_TEXTS = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)


def _add_comments(document: Document, comment_texts: list[str]) -> Document:
    """Add comments to a document, with ids that no other document's comments have."""
    comments = [
        CommentText(document.id * 10 + number, text, DAY + timedelta(days=number))
        for number, text in enumerate(comment_texts)
    ]
    return replace(document, comments=tuple(comments))


_articles = st.builds(
    Document,
    id=st.integers(1, 12),
    stamp=st.integers(0, 2**63 - 1),
    texts=st.builds(
        texts,
        title=st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
        summary=st.lists(st.sampled_from(WORDS), max_size=2).map(" ".join),
        body=st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    ),
    language=st.sampled_from(["en", "fr", "de-AT", "zh", ""]),
    kind=st.sampled_from(["ARTICLE", "PAGE"]),
    status=st.sampled_from(["PUBLISHED", "DRAFT"]),
    published_at=st.none() | st.integers(0, 400).map(lambda days: DAY + timedelta(days=days)),
    topics=_LABELS,
    authors=_LABELS,
    comment_count=st.integers(0, 3),
)
documents = st.builds(_add_comments, _articles, st.lists(_TEXTS, max_size=2))
"""Small documents that share words, labels and times."""

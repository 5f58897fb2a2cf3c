"""Contract of every engine: suggestions."""

from __future__ import annotations

import html
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.engine import SearchEngine
from search_index.evaluation import collection
from search_index.fields import TextField
from search_index.query import Document, Label, Suggestion, SuggestionKind, SuggestQuery
from tests.search_index.engines.test_properties import QUICK, an_engine
from tests.support.documents import DAY, a_document, documents, labels
from tests.support.engines import ENGINES, is_enough

pytestmark = pytest.mark.anyio


async def suggested(engine: SearchEngine, text: str, limit: int = 8) -> list[str]:
    return [suggestion.text for suggestion in await engine.suggest(SuggestQuery(text, limit=limit))]


@pytest.fixture
async def newsroom(engine: SearchEngine) -> SearchEngine:
    titles = (
        "The electric ferry sails",
        "Electric guitars are loud",
        "A night on the ferry",
        "Straße nach Süden",
        "北京大学的一天",
        "A <b>bold</b> electrician",
    )
    await engine.write([a_document(number, title) for number, title in enumerate(titles, 1)], [])
    return engine


async def test_a_title_is_found_from_any_of_its_words_on(newsroom: SearchEngine) -> None:
    assert await suggested(newsroom, "nigh") == ["A night on the ferry"]
    assert await suggested(newsroom, "ferry el") == ["The electric ferry sails"]
    assert await suggested(newsroom, "sails electric") == ["The electric ferry sails"]
    assert await suggested(newsroom, "body") == []


async def test_what_starts_as_typed_comes_first_then_what_holds_it(newsroom: SearchEngine) -> None:
    await newsroom.write([a_document(9, "Ferry, electric", comment_count=99)], [])
    assert await suggested(newsroom, "electric") == [
        "Electric guitars are loud",
        "Ferry, electric",  # the more popular of those that hold it
        "A <b>bold</b> electrician",
        "The electric ferry sails",
    ]
    assert (await suggested(newsroom, "electric ferry"))[0] == "The electric ferry sails"


async def test_of_many_titles_that_nobody_prefers_the_latest_come_first(
    engine: SearchEngine,
) -> None:
    """Across segments, and with more titles than are compared."""
    for first in (1, 41, 81):
        batch = [
            a_document(number, f"Tide tables {number}", published_at=DAY)
            for number in range(first, first + 40)
        ]
        await engine.write(batch, [])
    assert await suggested(engine, "tid", 3) == [
        "Tide tables 120",
        "Tide tables 119",
        "Tide tables 118",
    ]


async def test_the_last_word_may_go_on_until_white_space_ends_it(newsroom: SearchEngine) -> None:
    assert "A <b>bold</b> electrician" in await suggested(newsroom, "electric")
    assert "A <b>bold</b> electrician" not in await suggested(newsroom, "electric ")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("strasse", "Straße nach Süden"),
        ("sud", "Straße nach Süden"),
        ("北京", "北京大学的一天"),
        ("大", "北京大学的一天"),
        ("elektric fer", "The electric ferry sails"),
        ("nihgt", "A night on the ferry"),
        ("guitra", "Electric guitars are loud"),
    ],
)
async def test_spelling_is_forgiven(typed: str, expected: str, newsroom: SearchEngine) -> None:
    assert (await suggested(newsroom, typed))[0] == expected


async def test_hidden_titles_crowd_no_correction_out(engine: SearchEngine) -> None:
    """Neither the likeliest corrections, nor the letters that they are made of, are hidden ones."""
    await engine.write([a_document(1, "Zoning now")], [])
    before = await suggested(engine, "zonimg")
    hidden = [
        a_document(10 * number + place, f"Zoni{letter}g {letter}", status="DRAFT")
        for number, letter in enumerate("bcdfghjklp", start=1)
        for place in range(3)
    ]
    hidden += [
        a_document(200 + number, f"Draft {chr(code)}", status="DRAFT")
        for number, code in enumerate(range(0x400, 0x480))
    ]
    hidden += [a_document(500 + n, f"{n}{n}", status="DRAFT") for n in range(100)]
    await engine.write(hidden, [])
    assert await suggested(engine, "zonimg") == before == ["Zoning now"]


async def test_what_was_typed_is_marked_and_all_else_escaped(newsroom: SearchEngine) -> None:
    async def highlighted(text: str) -> str:
        return (await newsroom.suggest(SuggestQuery(text)))[0].highlighted

    assert await highlighted("bold elec") == (
        "A &lt;b&gt;<mark>bold</mark>&lt;/b&gt; <mark>elec</mark>trician"
    )
    assert await highlighted("stras") == "<mark>Straße</mark> nach Süden"
    assert await highlighted("京大") == "北<mark>京大</mark>学的一天"


async def test_topics_and_authors_come_with_their_number_of_articles(engine: SearchEngine) -> None:
    harbour = Label("harbour", "Old Harbour")
    await engine.write(
        [
            a_document(1, "Harbour news", topics=(harbour,), authors=labels("harriet")),
            a_document(2, "More", topics=(harbour,)),
            a_document(3, "Hidden", status="DRAFT", topics=(harbour, Label("hat", "Hats"))),
        ],
        [],
    )
    suggestions = await engine.suggest(SuggestQuery("ha"))
    assert suggestions == (
        Suggestion(
            SuggestionKind.TOPIC, "Old Harbour", "Old <mark>Ha</mark>rbour", "harbour", count=2
        ),
        Suggestion(SuggestionKind.AUTHOR, "Harriet", "<mark>Ha</mark>rriet", "harriet", count=1),
        Suggestion(SuggestionKind.ARTICLE, "Harbour news", "<mark>Ha</mark>rbour news", "1"),
    )
    assert await suggested(engine, "harbour ol") == ["Old Harbour"]


async def test_what_may_not_be_seen_is_not_suggested(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Secret plan", status="DRAFT", topics=labels("secret"))], [])
    assert await engine.suggest(SuggestQuery("secr")) == ()
    assert await engine.suggest(SuggestQuery("secrte")) == ()
    drafts = await engine.suggest(SuggestQuery("secr", statuses=frozenset({"DRAFT"})))
    assert [suggestion.kind for suggestion in drafts] == [
        SuggestionKind.TOPIC,
        SuggestionKind.ARTICLE,
    ]


async def test_suggestions_follow_every_write(engine: SearchEngine) -> None:
    await engine.write([a_document(1, "Bread")], [])
    assert await suggested(engine, "br") == ["Bread"]
    await engine.write([a_document(1, "Broth", stamp=2)], [])
    assert await suggested(engine, "br") == ["Broth"]
    await engine.write([], [1])
    assert await suggested(engine, "br") == []


async def test_there_are_no_more_than_asked_for(engine: SearchEngine) -> None:
    await engine.write([a_document(number, f"Bread {number}") for number in range(1, 60)], [])
    assert len(await suggested(engine, "bread", 5)) == 5
    assert len(await suggested(engine, "bread", 1000)) == 20
    assert await suggested(engine, "bread", 0) == []
    assert await suggested(engine, "", 5) == []
    assert await suggested(engine, "bread 42", 5) == ["Bread 42"]


@pytest.mark.parametrize("url", ENGINES)
@QUICK
@given(batch=st.lists(documents, max_size=6), text=st.text(max_size=30))
def test_any_text_is_answered_from_what_is_there(
    url: str, batch: list[Document], text: str
) -> None:
    async def check() -> None:
        with TemporaryDirectory() as folder:
            engine = await an_engine(url, folder, [(batch, [])])
            expected = {
                document.id: document for document in batch if document.status == "PUBLISHED"
            }
            expected = {
                id_: document
                for id_, document in expected.items()
                if is_last_of_id(batch, document)
            }
            for typed in (
                text,
                *(title[: len(title) // 2 + 1] for title in map(title_of, batch)),
            ):
                for document in await engine.suggest(SuggestQuery(typed)):
                    plain = html.unescape(re.sub("</?mark>", "", document.highlighted))
                    assert plain == document.text.strip()
                    if document.kind is SuggestionKind.ARTICLE:
                        assert title_of(expected[int(document.value)]) == document.text
            await engine.close()

    if not is_enough(url, "test_any_text_is_answered_from_what_is_there"):
        anyio.run(check)


def title_of(document: Document) -> str:
    return document.texts[TextField.TITLE]


def is_last_of_id(batch: list[Document], document: Document) -> bool:
    """Return whether a document is the last of its id in a batch."""
    return next(other for other in reversed(batch) if other.id == document.id) is document


@pytest.mark.parametrize("url", ENGINES)
async def test_every_title_is_found_while_it_is_typed(
    url: str, shared: Path, tmp_path: Path
) -> None:
    """From the fourth letter of the last word on, in the first eight, for 98 % of real titles."""
    documents = collection.load(shared / "ir" / "cranfield").documents
    engine = await an_engine(url, str(tmp_path), [(list(documents), [])])
    typed_count = hit_count = 0
    for document in documents[::7]:
        match = re.fullmatch(r"(.*\W)(\w{4,})\W*", title_of(document))
        if not match:
            continue
        head, last = match.groups()
        for end in range(4, len(last) + 1):
            typed_count += 1
            suggestions = await engine.suggest(SuggestQuery(head + last[:end]))
            hit_count += any(suggestion.value == str(document.id) for suggestion in suggestions)
    await engine.close()
    assert typed_count > 500
    assert hit_count >= 0.98 * typed_count, f"{hit_count} of {typed_count}"

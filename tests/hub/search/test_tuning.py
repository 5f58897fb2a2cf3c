"""hub.search.tuning: permissions, validation, and the stored synonyms and pins."""

from __future__ import annotations

import pytest

from hub import articles
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.errors import Invalid, NotAllowed, NotFound
from hub.reads.search_tuning import PinRow, SynonymRow, pins, synonyms
from hub.search import tuning
from search_index.query import Pin, Synonym
from search_index.tuning import TuningCache
from tests.support.factories import EDITOR, READER, WRITER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def test_synonyms_are_kept_and_removed(db: Reader) -> None:
    both = await tuning.add_synonyms([" sofa ", "couch", "couch"], by=EDITOR)
    directed = await tuning.add_synonyms(["stool"], typed="seat", by=EDITOR)
    assert await synonyms(db) == [
        SynonymRow(both, ("sofa", "couch"), None),
        SynonymRow(directed, ("stool",), "seat"),
    ]
    await tuning.remove_synonyms(both, by=EDITOR)
    assert [row.id for row in await synonyms(db)] == [directed]
    with pytest.raises(NotFound):
        await tuning.remove_synonyms(both, by=EDITOR)


async def test_pins_keep_their_order_and_leave_with_their_article(db: Reader) -> None:
    first_id, second_id = await an_article(), await an_article()
    first = await tuning.pin("Red Sofa", first_id, by=EDITOR)
    second = await tuning.pin("red sofa", second_id, by=EDITOR)
    assert await pins(db) == [
        PinRow(first, "red sofa", first_id, 0),
        PinRow(second, "red sofa", second_id, 1),
    ]
    assert await tuning.pin("red sofa", first_id, rank=7, by=EDITOR) == first  # moved, not doubled
    assert [row.article_id for row in await pins(db)] == [second_id, first_id]
    await articles.delete(second_id, by=SYSTEM)
    assert [row.article_id for row in await pins(db)] == [first_id]
    await tuning.unpin(first, by=EDITOR)
    assert await pins(db) == []
    with pytest.raises(NotFound):
        await tuning.unpin(first, by=EDITOR)


@pytest.mark.parametrize(
    ("words", "typed", "path"),
    [
        (["one"], None, "words"),
        (["one", "one"], None, "words"),
        ([], "x", "words"),
        (["one", " "], None, "words"),
        ([f"w{number}" for number in range(21)], None, "words"),
        (["one", "x" * 101], None, "words"),
        (["one"], "", "typed"),
    ],
)
async def test_bad_synonyms_are_refused(
    words: list[str], typed: str | None, path: str, db: Reader
) -> None:
    with pytest.raises(Invalid) as refused:
        await tuning.add_synonyms(words, typed=typed, by=EDITOR)
    assert refused.value.path == path
    assert await synonyms(db) == []


async def test_bad_pins_are_refused(db: Reader) -> None:
    id_ = await an_article()
    with pytest.raises(NotFound):
        await tuning.pin("x", id_ + 1, by=EDITOR)
    with pytest.raises(Invalid):
        await tuning.pin("", id_, by=EDITOR)
    with pytest.raises(Invalid):
        await tuning.pin("x", id_, rank=-1, by=EDITOR)


@pytest.mark.parametrize("by", [READER, WRITER])
async def test_only_editors_tune(by: object, db: Reader) -> None:
    with pytest.raises(NotAllowed):
        await tuning.add_synonyms(["a", "b"], by=by)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        await tuning.pin("a", 1, by=by)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        await tuning.remove_synonyms(1, by=by)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        await tuning.unpin(1, by=by)  # type: ignore[arg-type]


async def test_engines_get_what_is_set_anew_only_when_it_changes(db: Reader) -> None:
    tunings = TuningCache(db)
    before = await tunings.current()
    id_ = await an_article()
    assert await tunings.current() is before
    await tuning.add_synonyms(["a", "b"], by=EDITOR)
    await tuning.pin("c", id_, by=EDITOR)
    now = await tunings.current()
    assert (now.synonyms, now.pins) == ((Synonym(("a", "b")),), (Pin("c", id_),))
    statements = db.statements
    assert await tunings.current() is now
    assert db.statements == statements

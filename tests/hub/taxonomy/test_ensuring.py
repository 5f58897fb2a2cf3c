"""Topics and authors that imports and articles name: which of them they are."""

from __future__ import annotations

import pytest

from hub import taxonomy
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.drafts import AuthorDraft, TopicDraft
from hub.import_plan import Action
from hub.imports import import_articles, import_taxonomy
from hub.models import Topic
from hub.reads import authors, topics
from hub.taxonomy import AUTHORS, TOPICS
from tests.support.factories import READER, a_draft, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def test_names_that_differ_in_case_alone_are_one_label(db: Reader) -> None:
    first = await an_article("A", topics=("bitcoin", "Bitcoin"), authors=("Ann", "ANN"))
    second = await an_article("B", topics=("BITCOIN", "Éclair", "éclair"), authors=("ann",))
    of_both = await topics.of_articles(db, [first, second])
    assert [row.name for row in of_both[first]] == ["bitcoin"]
    assert [row.name for row in of_both[second]] == ["bitcoin", "Éclair"]
    assert (
        len(
            {
                row.id
                for rows in (await authors.of_articles(db, [first, second])).values()
                for row in rows
            }
        )
        == 1
    )
    # Names that are spelled differently, or have slugs of their own, are others.
    third = await an_article("C", topics=("C", "C++", "c#"))
    assert len((await topics.of_articles(db, [third]))[third]) == 3
    await import_taxonomy([TopicDraft("Bitcoin", "coin")], [], by=SYSTEM)
    assert await Topic.filter(slug__in=("bitcoin", "coin")).count() == 2


async def test_imports_leave_alone_what_an_editor_has_changed(db: Reader) -> None:
    drafts = [TopicDraft("Port", description="By the source.", parent="town")]
    bylines = [AuthorDraft("Nora", bio="By the source.")]
    await import_taxonomy(drafts, bylines, by=SYSTEM)
    port, nora = await Topic.get(slug="port"), await authors.by_slug(db, "nora", SYSTEM)
    assert nora is not None
    await taxonomy.move(port.id, None, by=SYSTEM)
    await taxonomy.update(TOPICS, port.id, {"name": "Harbour", "slug": "harbour"}, by=SYSTEM)
    await taxonomy.update(AUTHORS, nora.id, {"bio": "By an editor."}, by=SYSTEM)
    await import_taxonomy(drafts, bylines, by=SYSTEM)
    row = await topics.by_slug(db, "port", SYSTEM)
    assert row == topics.TopicRow(port.id, "harbour", "Harbour", "By the source.", None, None, None)
    nora = await authors.by_slug(db, "nora", SYSTEM)
    assert nora is not None
    assert nora.bio == "By an editor."


async def test_a_taxonomy_is_stored_with_the_next_import_whatever_has_changed(db: Reader) -> None:
    named = ("port", "boats", "reading", "misc")
    plain = a_draft("a", topics=tuple(TopicDraft(slug.title(), slug) for slug in named))
    await import_articles([plain], by=SYSTEM)
    kinds = ("category", "Tag", "Series", None)
    classified = a_draft(
        "a",
        topics=tuple(
            TopicDraft(slug.title(), slug, taxonomy=kind)
            for slug, kind in zip(named, kinds, strict=True)
        ),
    )
    [outcome] = await import_articles([classified], by=SYSTEM)
    assert outcome.action is Action.UNCHANGED
    stored = {row.slug: row.taxonomy for row in await Topic.all()}
    assert stored == {"port": "category", "boats": "tag", "reading": "series", "misc": None}
    page = await topics.page(db, PageArgs(9), READER, taxonomies=("tag", "series"))
    assert [row.slug for row in page.rows] == ["boats", "reading"]
    assert await topics.count(db, READER, taxonomies=("tag",)) == 1
    # The first that says so holds, and an editor's stays.
    again = a_draft("b", topics=(TopicDraft("Port", "port", taxonomy="tag"),))
    await import_articles([again], by=SYSTEM)
    misc = await Topic.get(slug="misc")
    await taxonomy.update(TOPICS, misc.id, {"taxonomy": "Genre"}, by=SYSTEM)
    await import_taxonomy([TopicDraft("Misc", "misc", taxonomy="tag")], [], by=SYSTEM)
    stored = {row.slug: row.taxonomy for row in await Topic.all()}
    assert (stored["port"], stored["misc"]) == ("category", "genre")

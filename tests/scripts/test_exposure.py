"""`hub check --deep` lists what today's rules would not make public."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hub import articles, related
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, AuthorDraft, CommentDraft, TopicDraft
from hub.imports import import_articles
from hub.models import Article, CommentStatus, RelationKind, Status
from scripts.exposure import MAX_EXAMPLES, Finding, find_exposure
from tests.scripts.importers.content.test_publication import HIDDEN, PUBLIC
from tests.support.factories import EDITOR, a_draft, an_article, text

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def found(db: Reader) -> dict[str, Finding]:
    return {finding.name: finding for finding in await find_exposure(db) if finding.count}


async def test_nothing_is_found_where_all_is_as_today_s_rules_have_it(db: Reader) -> None:
    id_ = await an_article("One", topics=("Sea",), authors=("Olive",))
    other = await an_article("Two")
    await related.link(id_, kind=RelationKind.INLINE, by=EDITOR, target_id=other, anchor="Two")
    await articles.revise(other, ArticleChanges(title="Second"), seen_version=1, by=EDITOR)
    assert await found(db) == {}


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PUBLISHED])
async def test_labels_of_hidden_articles_alone(db: Reader, status: Status) -> None:
    date = now().replace(year=2999)
    await an_article(
        "One", topics=("Harbour",), authors=("Nora",), status=status, published_at=date
    )
    await an_article("Two", topics=("Sea",), authors=("Olive",))
    below = TopicDraft("Boats", parent="water", above=(TopicDraft("Water", "water"),))
    await import_articles(
        [a_draft("a", topics=(below,)), a_draft("b", authors=(AuthorDraft("Olive"),))], by=SYSTEM
    )
    findings = await found(db)
    assert {name: finding.examples for name, finding in findings.items()} == {
        "topics": ["harbour: Harbour"],
        "authors": ["nora: Nora"],
    }
    assert not any(finding.is_public for finding in findings.values())


async def test_anchors_that_tell_titles_nobody_saw(db: Reader) -> None:
    source = await an_article("Source", slug="source")
    draft = await an_article("Secret plan", slug="plan", status=Status.DRAFT)
    renamed = await an_article("Working title", slug="renamed", status=Status.DRAFT)
    inline = RelationKind.INLINE
    for target, anchor in ((draft, "Secret plan"), (renamed, "Working title"), (draft, "read on")):
        await related.link(source, kind=inline, by=EDITOR, target_id=target, anchor=anchor)
    await articles.revise(renamed, ArticleChanges(title="Public"), seen_version=1, by=EDITOR)
    await articles.publish(renamed, by=EDITOR)
    finding = (await found(db))["anchors"]
    assert (finding.count, finding.is_public) == (2, True)
    assert finding.examples == [
        "source → renamed (shown): Working title",
        "source → plan (hidden now): Secret plan",
    ]


@pytest.mark.parametrize(
    ("name", "value", "is_hidden"),
    [(name, str(value), True) for name, value in HIDDEN.items()]
    + [(name, str(value), False) for name, value in PUBLIC.items()],
)
async def test_imports_whose_stored_data_says_that_they_are_not_public(
    db: Reader, name: str, value: str, is_hidden: bool
) -> None:
    draft = a_draft("a", metadata=((name, value),))
    other = a_draft("b", metadata=(("mood", "draft"),))
    outcome, _ = await import_articles([draft, other], by=SYSTEM)
    assert outcome.article_id is not None
    findings = await found(db)
    assert ("articles" in findings) is is_hidden
    if is_hidden:
        [line] = findings["articles"].examples
        assert line.startswith("title-of-a (source example.test, key a): it")
        # An editor who publishes it knows what the source says.
        await articles.archive(outcome.article_id, by=EDITOR)
        assert await found(db) == {}
        await articles.publish(outcome.article_id, by=EDITOR)
        assert await found(db) == {}


async def test_imported_comments_that_nobody_has_judged(db: Reader) -> None:
    comment = CommentDraft("1", "Rita", text("Buy."), now(), status=CommentStatus.APPROVED)
    draft = a_draft("a", comments=(comment, replace(comment, key="2", status=CommentStatus.SPAM)))
    await import_articles([draft], by=SYSTEM)
    finding = (await found(db))["comments"]
    assert (finding.count, finding.examples) == (1, [])


async def test_the_list_is_bounded(db: Reader) -> None:
    drafts = [a_draft(f"d{number}", metadata=(("draft", "yes"),)) for number in range(60)]
    await import_articles(drafts, by=SYSTEM)
    finding = (await found(db))["articles"]
    assert (finding.count, len(finding.examples)) == (60, MAX_EXAMPLES)
    assert list(finding.lines())[-1] == f"  … and {60 - MAX_EXAMPLES} more"
    assert json.dumps(finding.as_dict())
    assert await Article.all().count() == 60


async def test_a_scheduled_article_is_listed_before_readers_see_it(db: Reader) -> None:
    date = now().replace(year=2999)
    draft = a_draft(
        "a", status=Status.SCHEDULED, published_at=date, metadata=(("visibility", "private"),)
    )
    outcome, _ = await import_articles([draft, replace(draft, key="b", metadata=())], by=SYSTEM)
    assert (await found(db))["articles"].count == 1
    assert outcome.article_id is not None
    await articles.archive(outcome.article_id, by=EDITOR)
    await articles.publish(outcome.article_id, by=EDITOR, at=date)  # who knows what it says
    assert await found(db) == {}

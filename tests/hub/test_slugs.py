"""Automatic slugs: no public one tells of a hidden article."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from hub import articles
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.imports import import_articles
from hub.models import Article, AuditEntry, OutboxEvent, Revision, SlugHistory, Status
from tests.support.factories import EDITOR, a_draft, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

TITLES = ("Low tide", "Low tide", "Low tide 2", "潮")
HIDDEN = (Status.DRAFT, Status.SCHEDULED)


@dataclass(frozen=True)
class Life:
    """An article: when it is stored as hidden, published, archived; None for never."""

    title: str
    stored_as: Status
    stored_at: int
    published_at: int | None
    archived_at: int | None
    is_imported: bool


def some_lives(chance: random.Random) -> list[Life]:
    lives = []
    for _ in range(8):
        moments = sorted(chance.sample(range(12), 3))
        will_be_public, will_be_archived = chance.random() < 0.6, chance.random() < 0.3
        lives.append(
            Life(
                chance.choice(TITLES),
                chance.choice(HIDDEN),
                moments[0],
                moments[1] if will_be_public else None,
                moments[2] if will_be_public and will_be_archived else None,
                chance.random() < 0.3,
            )
        )
    return lives


async def store(life: Life, number: int, status: Status, batch: str) -> int:
    date = now() + timedelta(days=3) if status is Status.SCHEDULED else None
    if not life.is_imported:
        return await an_article(life.title, status=status, published_at=date, language=batch)
    draft = a_draft(
        f"{batch}{number}", title=life.title, status=status, published_at=date, language=batch
    )
    [outcome] = await import_articles([draft], by=EDITOR)
    assert outcome.article_id is not None
    return outcome.article_id


async def live(lives: list[Life], language: str, *, hides: bool) -> list[set[tuple[int, str]]]:
    """Return (number, slug) of the public articles after each moment.

    Unless `hides`, an article is stored in the moment in which it is published, and never if it
    never is: as if nothing hidden existed.
    """
    stored = dict[int, int]()
    history = []
    for moment in range(12):
        for number, life in enumerate(lives):
            if hides and life.stored_at == moment:
                stored[number] = await store(life, number, life.stored_as, language)
            if life.published_at == moment:
                if number not in stored:
                    stored[number] = await store(life, number, Status.PUBLISHED, language)
                else:
                    await articles.publish(stored[number], by=EDITOR, at=now())
            if life.archived_at == moment:
                await articles.archive(stored[number], by=EDITOR)
        public = await Article.filter(status=Status.PUBLISHED, language=language)
        numbers = {id_: number for number, id_ in stored.items()}
        history.append({(numbers[article.id], article.slug) for article in public})
    return history


@pytest.mark.parametrize("seed", range(12))
async def test_public_slugs_are_those_of_a_hub_without_hidden_articles(
    db: Reader, seed: int
) -> None:
    assert db is not None
    lives = some_lives(random.Random(seed))
    assert await live(lives, "en", hides=True) == await live(lives, "de", hides=False), lives


async def test_a_hidden_article_gives_way_without_a_save(db: Reader) -> None:
    draft = await an_article("Low tide", status=Status.DRAFT)
    await OutboxEvent.all().delete()
    public = await an_article("Low tide")
    rows = await db.rows("SELECT id, slug, version FROM article ORDER BY id")
    assert rows == [(draft, "low-tide-2", 1), (public, "low-tide", 1)]
    assert await OutboxEvent.exists(article_id=draft)
    assert not await SlugHistory.exists()
    [entry] = await AuditEntry.filter(action="article.rename")
    assert (entry.subject_id, entry.actor) == (draft, SYSTEM.name)
    assert entry.changes == '{"slug":["low-tide","low-tide-2"]}'


async def test_an_import_is_not_in_conflict_since_its_article_gave_way(db: Reader) -> None:
    assert db is not None
    draft = a_draft("a", title="Low tide", status=Status.DRAFT)
    await import_articles([draft], by=EDITOR)
    await an_article("Low tide")
    [outcome] = await import_articles([draft], by=EDITOR)
    assert outcome.action.value == "UNCHANGED"


@pytest.mark.parametrize("chosen", ["low-tide", "tides"])
async def test_what_an_editor_has_chosen_and_what_was_public_stays(db: Reader, chosen: str) -> None:
    await an_article("Tides of the north", slug=chosen, status=Status.DRAFT)
    archived = await an_article("Ebb")
    await articles.archive(archived, by=EDITOR)
    await an_article("Low tide" if chosen == "low-tide" else "Tides")
    await an_article("Ebb")
    slugs = [slug for (slug,) in await db.rows("SELECT slug FROM article ORDER BY id")]
    assert slugs == [chosen, "ebb", f"{chosen}-2", "ebb-2"]


async def test_a_scheduled_article_takes_its_name_when_its_date_is_reached(db: Reader) -> None:
    soon = now() + timedelta(days=1)
    await an_article("Low tide", status=Status.DRAFT)
    scheduled = await an_article("Low tide", status=Status.SCHEDULED, published_at=soon)
    assert (await Article.get(id=scheduled)).slug == "low-tide-2"
    await Article.filter(id=scheduled).update(published_at=now() - timedelta(hours=1))
    assert await articles.publish_due(db) == [scheduled]
    assert (await Article.get(id=scheduled)).slug == "low-tide"


async def test_in_one_import_a_hidden_article_gives_way_before_it_is_stored(db: Reader) -> None:
    hidden = a_draft("hidden", title="Bread", status=Status.DRAFT)
    for batch in ([hidden], [replace(hidden, summary="New"), a_draft("public", title="Bread")]):
        await import_articles(batch, by=EDITOR)
    slugs = {article.source_key: article.slug for article in await Article.all()}
    assert slugs == {"hidden": "bread-2", "public": "bread"}
    last = await Revision.filter(article__source_key="hidden").order_by("-version").first()
    assert last is not None
    assert last.slug == "bread-2"

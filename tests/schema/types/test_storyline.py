"""Storylines, and the neighbours of an article in a topic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from hub import related
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import Reader
from hub.drafts import TopicDraft
from hub.imports import import_articles
from hub.models import Kind, RelationKind, Status
from hub.reads import adjacent, articles
from hub.settings import Settings
from schema import ids
from tests.support.factories import a_draft
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings.model_copy(update={"neighbours": 0})) as running:
        yield running


STORY = """
query ($of: ID!, $days: Int!, $first: Int!) {
  storyline(of: $of, days: $days, first: $first) {
    article { slug } because { kind detail article { slug } }
  }
}
"""


async def published(slug: str, day: int, *topics: str, **values: Any) -> int:
    """Create an article on a day after the first of March; topics of the name `… series` are."""
    labels = tuple(
        TopicDraft(name=name, taxonomy="series" if "series" in name else "category")
        for name in topics
    )
    draft = a_draft(
        slug,
        slug=slug,
        title=slug.title(),
        published_at=START + timedelta(days=day),
        topics=labels,
        **values,
    )
    [outcome] = await import_articles([draft], by=SYSTEM)
    assert outcome.article_id is not None
    return outcome.article_id


async def story(
    client: Client, of: int, days: int = 30, first: int = 20, *, editor: bool = False
) -> list[tuple[str, list[tuple[str, str, str | None]]]]:
    data = await client.ask(
        STORY, editor=editor, of=ids.global_id(ids.ARTICLE, of), days=days, first=first
    )
    return [
        (
            step["article"]["slug"],
            [
                (reason["kind"], reason["detail"], reason["article"] and reason["article"]["slug"])
                for reason in step["because"]
            ],
        )
        for step in data["storyline"]
    ]


async def test_a_story_is_told_in_order_with_its_reasons(client: Client) -> None:
    plan = await published("plan", 0, "Barrier", "Town")
    vote = await published("vote", 10, "Barrier")
    await published("later", 50, "Barrier")
    await published("beside", 5, "Town", "Barrier")
    await published("flut", 6, "Barrier", language="de")
    sand = await published("sand", 200, "Business")
    far = await published("far", 90, "Sport")
    hidden = await published("hidden", 3, "Barrier", status=Status.DRAFT)
    behind = await published("behind", 4, "Sport")
    for source, target, words in (
        (sand, vote, "the vote"),
        (far, sand, "sand"),
        (plan, hidden, ""),
        (hidden, behind, ""),
    ):
        await related.link(
            source, kind=RelationKind.INLINE, target_id=target, anchor=words or None, by=SYSTEM
        )
    topic = ("TOPICS", "Barrier", None)
    assert await story(client, vote) == [
        ("plan", [topic]),
        ("vote", []),
        ("far", [("LINK", "sand", "sand")]),
        ("sand", [("LINK", "the vote", "vote")]),
    ]
    assert [slug for slug, _ in await story(client, vote, 40)] == [
        *("plan", "vote", "later", "far", "sand"),
    ]
    assert [slug for slug, _ in await story(client, vote, 40, 3)] == ["vote", "far", "sand"]
    assert await story(client, vote, 0, 1) == [("vote", [])]
    assert await story(client, hidden) == []
    slugs = [slug for slug, _ in await story(client, plan, 0, editor=True)]
    assert slugs == ["plan", "hidden", "behind"]


async def test_stories_of_the_demo_content_are_told_from_each_of_their_articles(
    demo: Client,
) -> None:
    """Three stories, put together by hand."""
    for slugs in (
        ("barrier-plan", "barrier-tender", "barrier-vote", "castellan-interview"),
        ("battery-racks", "ferry-launch", "electric-crossing"),
        ("storm-january", "mole-repair"),
    ):
        for slug in slugs:
            row = await demo.ask(f'{{ article(slug: "{slug}") {{ id }} }}')
            data = await demo.ask(STORY, of=row["article"]["id"], days=45, first=20)
            told = [step["article"]["slug"] for step in data["storyline"]]
            assert [other for other in told if other in slugs] == [*slugs], (slug, told)


NEIGHBOURS = """
query ($ids: [ID!]!, $topic: String) {
  nodes(ids: $ids) {
    ... on Article { next(topic: $topic) { slug } previous(topic: $topic) { slug } }
  }
}
"""


@pytest.mark.parametrize("small", [500, 0])
async def test_neighbours_in_a_series_or_a_topic(
    client: Client, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of small topics, which are read whole, and of large ones, along which lists are walked."""
    monkeypatch.setattr(adjacent, "_AT_LEAST", small)
    monkeypatch.setattr(adjacent, "_PER_PLACE", small)
    one = await published("one", 1, "Town", "Walks series")
    two = await published("two", 2, "Town")
    three = await published("three", 3, "Town", "Walks series")
    await published("vier", 3, "Town", language="de")
    await published("imprint", 4, "Town", kind=Kind.PAGE)
    four = await published("four", 4, "Walks series", status=Status.DRAFT)

    async def neighbours(*numbers: int, editor: bool = False, **values: str) -> list[Any]:
        of = [ids.global_id(ids.ARTICLE, number) for number in numbers]
        data = await client.ask(NEIGHBOURS, editor=editor, ids=of, **values)
        return [
            node
            and (
                node["previous"] and node["previous"]["slug"],
                node["next"] and node["next"]["slug"],
            )
            for node in data["nodes"]
        ]

    assert await neighbours(one, two, three, four) == [
        (None, "three"),
        ("one", "three"),
        ("one", None),
        None,
    ]
    assert await neighbours(three, editor=True) == [("one", "four")]
    assert await neighbours(one, two, three, topic="town") == [
        (None, "two"),
        ("one", "three"),
        ("two", None),
    ]
    assert await neighbours(one, topic="none") == [(None, None)]


class CountedReader:
    """Counts the statements of a reader that its hub uses at the same time."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self.statements = 0

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        self.statements += 1
        return await self._db.rows(sql, args)


async def test_neighbours_of_many_articles_take_few_statements(client: Client) -> None:
    slugs = [f"walk-{number}" for number in range(8)]
    numbers = [await published(slug, day, "Town") for day, slug in enumerate(slugs)]
    await published("other", 9, "Country")
    rows = await articles.by_ids(client.db, numbers, ANONYMOUS)
    places = [rows[number].place for number in numbers]
    for topic, expected, most in (
        (None, slugs[:-1], 4),
        ("town", slugs[:-1], 3),
        ("country", [], 2),
        ("none", [], 1),
    ):
        db = CountedReader(client.db)
        neighbours = await adjacent.adjacent(
            cast("Reader", db), places, topic, ANONYMOUS, backward=True
        )
        assert [row.slug for row in neighbours.values()] == expected
        assert list(neighbours) == places[1 : len(expected) + 1]
        assert db.statements == most


async def test_stories_at_the_ends_of_the_calendar(client: Client) -> None:
    first, last = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    for moment, name in ((first, "first"), (last, "last")):
        day = (moment - START).days
        number = await published(name, day, "Barrier", status=Status.SCHEDULED)
        assert await story(client, number, editor=True) == [(name, [])]

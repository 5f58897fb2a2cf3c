"""hub.taxonomy: any sequence of changes leaves the topics that a simple model of them has."""

from __future__ import annotations

import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from hub import taxonomy
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.errors import HubError
from hub.models import Topic
from hub.reads import topics
from hub.taxonomy import TOPICS
from tests.support.factories import an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


@dataclass
class Label:
    """A topic as the model has it."""

    name: str
    slug: str
    parent: int | None = None
    former: set[str] = field(default_factory=set)


class Editors:
    """Random changes of topics, and what topics and articles should be after each."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.labels: dict[int, Label] = {}
        self.carried: dict[int, list[int]] = {}
        self.refused = 0

    def _above(self, id_: int | None) -> list[int]:
        ids = []
        while id_ is not None:
            ids.append(id_)
            id_ = self.labels[id_].parent
        return ids

    def _any_label(self) -> int:
        return self.chance.choice(sorted(self.labels))

    def _any_name(self) -> tuple[str, str]:
        name = f"Topic {self.chance.randrange(20)}"
        return name, name.lower().replace(" ", "-")

    def _owner(self, slug: str) -> int | None:
        return next((id_ for id_, label in self.labels.items() if label.slug == slug), None)

    def _take(self, slug: str) -> None:
        for label in self.labels.values():
            label.former.discard(slug)

    def _remove(self, id_: int, heir: int | None) -> Label:
        for label in self.labels.values():
            if label.parent == id_:
                label.parent = heir
        return self.labels.pop(id_)

    async def _try(self, change: Coroutine[Any, Any, Any], *, works: bool) -> Any:
        """Make a change, or see it refused; return its result, None if it was refused."""
        try:
            result = await change
        except HubError:
            assert not works, change
            self.refused += 1
            return None
        assert works, change
        return result or True

    async def create(self) -> None:
        (name, slug), parent = self._any_name(), self.chance.choice([None, *self.labels])
        works = self._owner(slug) is None
        change = taxonomy.create(TOPICS, {"name": name}, by=SYSTEM, parent_id=parent)
        if id_ := await self._try(change, works=works):
            self._take(slug)
            self.labels[id_] = Label(name, slug, parent)

    async def rename(self) -> None:
        (name, slug), id_ = self._any_name(), self._any_label()
        change = taxonomy.update(TOPICS, id_, {"name": name, "slug": slug}, by=SYSTEM)
        if await self._try(change, works=self._owner(slug) in (None, id_)):
            label = self.labels[id_]
            if label.slug != slug:
                self._take(slug)
                label.former.add(label.slug)
            label.name, label.slug = name, slug

    async def move(self) -> None:
        id_, parent = self._any_label(), self.chance.choice([None, *self.labels])
        works = id_ not in self._above(parent)
        if await self._try(taxonomy.move(id_, parent, by=SYSTEM), works=works):
            self.labels[id_].parent = parent

    async def merge(self) -> None:
        id_, into = self._any_label(), self._any_label()
        change = taxonomy.merge(TOPICS, id_, into, by=SYSTEM)
        if await self._try(change, works=id_ != into):
            if id_ in self._above(into):
                self.labels[into].parent = self.labels[id_].parent
            gone = self._remove(id_, into)
            self.labels[into].former |= {gone.slug, *gone.former}
            for article, ids in self.carried.items():
                merged = [into if other == id_ else other for other in ids]
                self.carried[article] = list(dict.fromkeys(merged))

    async def delete(self) -> None:
        id_ = self._any_label()
        assert await self._try(taxonomy.delete(TOPICS, id_, by=SYSTEM), works=True)
        self._remove(id_, self.labels[id_].parent)
        for article, ids in self.carried.items():
            self.carried[article] = [other for other in ids if other != id_]

    async def _write(self) -> None:
        ids = self.chance.sample(sorted(self.labels), 3)
        article = await an_article(topics=tuple(self.labels[id_].slug for id_ in ids))
        self.carried[article] = ids

    async def _check(self, db: Reader) -> None:
        stored = {row.id: (row.name, row.slug, row.parent_id) for row in await Topic.all()}  # type: ignore[attr-defined]
        assert stored == {
            id_: (label.name, label.slug, label.parent) for id_, label in self.labels.items()
        }
        links = await topics.of_articles(db, self.carried)
        assert {id_: [row.id for row in rows] for id_, rows in links.items()} == {
            id_: ids for id_, ids in self.carried.items() if ids
        }
        for id_, label in self.labels.items():
            assert set(await topics.former_slugs(db, id_)) == label.former
            for slug in (label.slug, *label.former):
                row = await topics.by_slug(db, slug, SYSTEM)
                assert row is not None
                assert row.id == id_, slug


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_sequence_of_changes_leaves_what_a_model_has(db: Reader, seed: int) -> None:
    editors = Editors(seed)
    while len(editors.labels) < 8:
        await editors.create()
    for number in range(45):
        if number % 9 == 0:
            await editors._write()
        few = len(editors.labels) < 5
        names = ("create", "rename", "move") + (() if few else ("move", "merge", "delete"))
        await getattr(editors, editors.chance.choice(names))()
        await editors._check(db)
    assert editors.refused

"""Any sequence of edits, publications, releases, deletions and restorations is retold exactly."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from hub import articles, related
from hub.articles import releases, revisions, trash, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader, open_database
from hub.drafts import ArticleChanges, NewArticle
from hub.errors import HubError
from hub.models import Article, RelationKind, Revision
from hub.settings import Settings
from hub.snapshots import Snapshot
from hub.text.bodies import Body
from tests.hub.test_snapshots import present, read


def long_body(word: str, place: int) -> Body:
    """Return a body of which one paragraph differs from those of others: a delta pays off."""
    paragraphs = [f"<p>Paragraph {number} is about {number**3}.</p>" for number in range(30)]
    return Body("".join([*paragraphs[:place], f"<p>{word}.</p>", *paragraphs[place + 1 :]]))


TEXTS = st.sampled_from(["Ice", "Snow", "Rain", "Fog"])
LABELS = st.lists(st.sampled_from(["Weather", "Winter"]), max_size=2).map(tuple)
CHANGES = st.builds(
    ArticleChanges,
    title=TEXTS,
    body=st.builds(long_body, TEXTS, st.integers(0, 29)),
    topics=LABELS,
    authors=LABELS,
    summary=TEXTS,
)
PLACES = st.integers(0, 2)


def comparable(snapshot: Snapshot | None) -> Snapshot | None:
    """Return a snapshot without the targets of edges, which follow their targets' lives."""
    if snapshot is None:
        return None
    edges = [[*edge[:-1], None] for edge in snapshot["edges"]]
    return {**snapshot, "edges": edges, "is_imported": None}


class Life(RuleBasedStateMachine):
    """Three articles and what happens to them; `states` is what each version was."""

    template: Path
    """An empty database."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "hub.sqlite3")
        self.runner = asyncio.Runner()
        self.database = open_database(Settings(data_dir=self.folder, neighbours=0))
        self.db: Reader = self.runner.run(self.database.__aenter__())
        self.ids: list[int] = []
        self.states: dict[tuple[int, int], Snapshot | None] = {}

    @override
    def teardown(self) -> None:
        self.runner.run(self.database.__aexit__(None, None, None))
        self.runner.close()
        shutil.rmtree(self.folder)

    def act(self, change: Coroutine[Any, Any, object]) -> None:
        """Run a change; a refused one must change nothing."""
        before = self.runner.run(self.present())
        try:
            self.runner.run(change)
        except HubError:
            assert self.runner.run(self.present()) == before

    async def present(self) -> dict[tuple[int, int], Snapshot | None]:
        return {
            (article.id, article.version): comparable(await present(article.id))
            for article in await Article.all()
        }

    @initialize()
    def begin(self) -> None:
        for title in ("Ice", "Snow", "Rain"):
            new = articles.create(title_only(title), by=SYSTEM)
            self.ids.append(self.runner.run(new))

    @rule(place=PLACES, changes=CHANGES)
    def revise(self, place: int, changes: ArticleChanges) -> None:
        self.act(self._revise(self.ids[place], changes))

    async def _revise(self, id_: int, changes: ArticleChanges) -> None:
        article = await Article.get_or_none(id=id_)
        version = article.version if article else 1
        await articles.revise(id_, changes, seen_version=version, by=SYSTEM)

    @rule(place=PLACES, changes=CHANGES)
    def edit(self, place: int, changes: ArticleChanges) -> None:
        self.act(working_versions.save(self.ids[place], changes, by=SYSTEM))

    @rule(place=PLACES)
    def publish(self, place: int) -> None:
        self.act(articles.publish(self.ids[place], by=SYSTEM))

    @rule(place=PLACES)
    def unpublish(self, place: int) -> None:
        self.act(articles.unpublish(self.ids[place], by=SYSTEM))

    @rule(places=st.lists(PLACES, min_size=1, unique=True))
    def release(self, places: list[int]) -> None:
        self.act(self._release([self.ids[place] for place in places]))

    async def _release(self, ids: list[int]) -> None:
        present_ids = {article.id for article in await Article.all()}
        release = await releases.create("Release", by=SYSTEM)
        for id_ in present_ids & set(ids):
            await releases.add(release, id_, by=SYSTEM)
        await releases.publish(release, by=SYSTEM)

    @rule(place=PLACES, end=PLACES, by_name=st.booleans())
    def link(self, place: int, end: int, by_name: bool) -> None:
        target: dict[str, Any] = {"headline": "Fog"} if by_name else {"target_id": self.ids[end]}
        self.act(related.link(self.ids[place], kind=RelationKind.INLINE, by=SYSTEM, **target))

    @rule(place=PLACES)
    def delete(self, place: int) -> None:
        self.act(articles.delete(self.ids[place], by=SYSTEM))

    @rule(place=PLACES)
    def restore(self, place: int) -> None:
        self.act(trash.restore(self.ids[place], by=SYSTEM))

    @rule(place=PLACES, version=st.integers(1, 5), with_status=st.booleans())
    def go_back(self, place: int, version: int, with_status: bool) -> None:
        id_ = self.ids[place]
        self.act(revisions.restore(id_, version, by=SYSTEM, with_status=with_status))

    @invariant()
    def every_version_is_recomparable(self) -> None:
        """A revision says what its version was when the next one was saved."""
        now = self.runner.run(self.present())
        self.states |= now
        for (id_, version), state in self.states.items():
            if any(other == id_ for other, _ in now):
                stored_state = comparable(self.runner.run(read(id_, version)))
                edges = {"edges": None}
                assert (stored_state or {}) | edges == (state or {}) | edges
        counts = self.runner.run(self._counts())
        assert all(revisions_ == version for revisions_, version in counts)

    async def _counts(self) -> list[tuple[int, int]]:
        return [
            (await Revision.filter(article_id=article.id).count(), article.version)
            for article in await Article.all()
        ]


def title_only(title: str) -> NewArticle:
    return NewArticle(title=title, body=Body(f"<p>{title}</p>"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_any_sequence_is_retold(template: Path) -> None:
    Life.template = template
    run_state_machine_as_test(
        Life,
        settings=hypothesis_settings(max_examples=12, stateful_step_count=14, deadline=None),
    )

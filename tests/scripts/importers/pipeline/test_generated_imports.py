"""Whole imports, generated: the same in any order and any number of runs, and back again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.drafts import ArticleDraft, AuthorDraft, CommentDraft, RelationDraft, TopicDraft
from hub.import_plan import Action
from hub.imports import import_articles
from hub.models import CommentKind, CommentStatus, Kind, RelationKind, Status
from hub.settings import Settings
from hub.text.bodies import Body, Markup
from scripts.commands.import_ import import_paths
from scripts.importers.records.export import export_records

DAY = datetime(2024, 5, 1, 10, tzinfo=UTC)
TREE = (
    TopicDraft("Town", "town", None, "Our town"),
    TopicDraft("Port", "port", "town", None, (TopicDraft("Town", "town", None, "Our town"),)),
    TopicDraft("Naïve & Söhne", "söhne"),
)
PEOPLE = (AuthorDraft("Nora", "nora", "Writes."), AuthorDraft("Tom Ash", "tom"))
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
LINES = WORDS.filter(lambda text: " ".join(text.split()) == text and bool(text))
BODIES = st.one_of(
    WORDS.map(lambda text: Body(text, Markup.TEXT)),
    WORDS.map(lambda text: Body(text, Markup.MARKDOWN)),
    WORDS.map(lambda text: Body(f"<p>{text}</p><ul><li><a href='/a-2/'>{text}</a>")),
    st.sampled_from(["<h2 id='x'>A</h2>", "<script>x</script>", "<pre>a\n\n b</pre>"]).map(Body),
)


@st.composite
def comments(draw: st.DrawFn) -> tuple[CommentDraft, ...]:
    count = draw(st.integers(0, 4))
    parents = st.none() | st.sampled_from(["c0", "c1", "c2", "c3", "gone"])
    return tuple(
        CommentDraft(
            key=f"c{number}",
            author_name=draw(LINES),
            body=draw(BODIES),
            created_at=DAY + timedelta(minutes=draw(st.integers(0, 3))),
            status=draw(st.sampled_from(CommentStatus)),
            kind=draw(st.sampled_from(CommentKind)),
            parent_key=draw(parents),
            author_email=draw(st.sampled_from([None, "rita@readers.test"])),
        )
        for number in range(count)
    )


@st.composite
def relations(draw: st.DrawFn, count: int) -> tuple[RelationDraft, ...]:
    relations_ = {}
    for _ in range(draw(st.integers(0, 3))):
        number = draw(st.integers(0, count + 1))  # the last are never there
        kind = draw(st.sampled_from([RelationKind.INLINE, RelationKind.MORE_TO_READ]))
        position = draw(st.none() | st.integers(0, 2))
        relations_[number] = draw(
            st.sampled_from(
                [
                    RelationDraft(kind, "a link", f"https://s.test/a-{number}/", position=position),
                    RelationDraft(kind, "a slug", slug=f"a-{number}", position=position),
                    RelationDraft(kind, f"Title {number}", by_headline=True, position=position),
                ]
            )
        )
    return tuple(relations_.values())


@st.composite
def sites(draw: st.DrawFn) -> list[ArticleDraft]:
    """Articles of one source, of all states, with edges between them and into nothing."""
    count = draw(st.integers(1, 5))
    return [
        ArticleDraft(
            source="s.test",
            key=f"{number}",
            title=f"Title {number}",
            body=draw(BODIES),
            slug=f"a-{number}",
            summary=draw(st.just("") | LINES),
            language=draw(st.sampled_from(["en", "de"])),
            kind=draw(st.sampled_from(Kind)),
            status=draw(st.sampled_from(Status)),
            published_at=draw(
                st.sampled_from([DAY, DAY + timedelta(hours=1), DAY.replace(year=2900)])
            ),
            created_at=DAY,
            updated_at=DAY + timedelta(days=1),
            comments_open=draw(st.booleans()),
            image_url=draw(st.sampled_from([None, "/i.png", "https://s.test/i.png"])),
            image_alt=draw(st.none() | LINES),
            canonical_url=draw(st.sampled_from([None, f"https://s.test/a-{number}/"])),
            translation_key=draw(st.sampled_from([None, "t"])),
            authors=tuple(draw(st.lists(st.sampled_from(PEOPLE), unique=True))),
            topics=tuple(draw(st.lists(st.sampled_from(TREE), unique=True))),
            relations=draw(relations(count)),
            comments=draw(comments()),
            addresses=(
                f"https://s.test/a-{number}/",
                f"https://s.test/?p={number}",
                f"http://localhost:8000/?p={number}",  # a site as it was on somebody's machine
                f"http://localhost:8000/A/{number}",
                f"file:notes/A {number}",
            ),
            aliases=draw(st.sampled_from([(), (f"old-{number}", f"older-{number}")])),
            metadata=tuple(draw(st.dictionaries(LINES, WORDS, max_size=2)).items()),
        )
        for number in range(count)
    ]


async def _stored(hub: Settings, runs: Sequence[Sequence[ArticleDraft]]) -> None:
    for run in runs:
        async with open_database(hub):
            outcomes = await import_articles(run, by=SYSTEM)
            assert {outcome.action for outcome in outcomes} <= {Action.CREATED}, outcomes


async def _lines(hub: Settings) -> list[bytes]:
    async with open_database(hub) as db:
        return [line async for line in export_records(db)]


class Hubs:
    """Hubs of which each is empty at first."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder, self._template, self._count = folder, template, 0

    def new(self) -> Settings:
        self._count += 1
        data = self._folder / f"hub-{self._count}"
        data.mkdir()
        shutil.copy(self._template, data / "hub.sqlite3")
        return Settings(data_dir=data, neighbours=0)


@pytest.fixture
def hubs(tmp_path: Path, template: Path) -> Hubs:
    return Hubs(tmp_path, template)


site_settings = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@site_settings
@given(sites())
def test_export_import_and_export_give_the_same_lines(
    hubs: Hubs, tmp_path: Path, site: list[ArticleDraft]
) -> None:
    async def both_ways() -> None:
        here, there = hubs.new(), hubs.new()
        await _stored(here, [site])
        lines = await _lines(here)
        path = tmp_path / "site.jsonl"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        report = await import_paths([path], there)
        assert (report.exit_status, report.notes) == (0, [])
        assert await _lines(there) == lines

    anyio.run(both_ways)


@site_settings
@given(sites(), st.data())
def test_order_and_the_number_of_runs_make_no_difference(
    hubs: Hubs, site: list[ArticleDraft], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(site))
    cut = data.draw(st.integers(0, len(order)))

    async def both() -> None:
        here, there = hubs.new(), hubs.new()
        await _stored(here, [site])
        await _stored(there, [part for part in (order[:cut], order[cut:]) if part])
        assert sorted(await _lines(there)) == sorted(await _lines(here))

    anyio.run(both)

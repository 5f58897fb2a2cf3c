"""What revisions tell of a moment is what the site was at that moment."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from hub import articles, related, snapshots
from hub.articles import revisions, trash, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader, run
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.errors import Invalid, NotAllowed
from hub.models import Article, RelationKind, Revision, Status, TrashedArticle
from hub.reads import history
from hub.reads.history import Gap
from hub.reads.revisions import contents
from hub.settings import Settings
from tests.support.factories import READER, an_article, text
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
STEPS = 60
Public = dict[int, dict[str, Any]]


async def public_now() -> Public:
    """Return what readers see of each public article: its whole snapshot."""
    rows = await Article.filter(status=Status.PUBLISHED)
    return {id_: told(snapshot) for id_, snapshot in (await snapshots.load(rows)).items()}


async def public_at(db: Reader, moment: datetime) -> Public:
    """Return the same as the revisions tell it of a moment, read in small pages."""
    public: Public = {}
    after = None
    while True:
        page = await history.articles(db, moment, PageArgs(2, after=after), SYSTEM)
        for row in page.rows:
            assert row.revision is not None
            [stored] = (await contents(db, [row.revision.id], snapshots.STORED, SYSTEM)).values()
            public[row.article_id] = told(snapshots.from_row(stored))
        if not page.has_next:
            return public
        last = page.rows[-1]
        assert last.published is not None
        after = (datetime.fromisoformat(last.published).isoformat(sep=" "), last.article_id)


def told(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {name: snapshot[name] for name in snapshots.FIELDS if name != "edges"}


def steps(dice: random.Random, article: Article) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return what an editor may do with an article next, by name."""
    title, word = f"Title {dice.randrange(99)}", f"Word {dice.randrange(99)}."
    edits = ArticleChanges(title=title, body=text(word), topics=(f"Topic {dice.randrange(3)}",))
    version = article.version
    return {
        "revise": lambda: articles.revise(article.id, edits, seen_version=version, by=SYSTEM),
        "rename": lambda: articles.revise(
            article.id,
            ArticleChanges(slug=f"slug-{dice.randrange(10**6)}"),
            seen_version=version,
            by=SYSTEM,
        ),
        "edit": lambda: working_versions.save(article.id, edits, by=SYSTEM),
        "publish": lambda: articles.publish(article.id, by=SYSTEM),
        "unpublish": lambda: articles.unpublish(article.id, by=SYSTEM),
        "archive": lambda: articles.archive(article.id, by=SYSTEM),
        "restore": lambda: revisions.restore(
            article.id, dice.randint(1, version), by=SYSTEM, with_status=dice.random() < 0.5
        ),
        "delete": lambda: articles.delete(article.id, by=SYSTEM),
    }


@pytest.mark.parametrize("seed", range(3))
async def test_every_moment_is_told_as_it_was(db: Reader, seed: int) -> None:
    dice = random.Random(seed)
    before = now()
    for _ in range(3):
        await an_article(status=dice.choice([Status.DRAFT, Status.PUBLISHED]))
    moments: list[tuple[datetime, Public]] = [(before, {})]
    for _ in range(STEPS):
        trashed, live = await TrashedArticle.all(), await Article.all().order_by("id")
        if trashed and (not live or dice.random() < 0.5):
            await trash.restore(trashed[0].id, by=SYSTEM)
        else:
            choices = steps(dice, dice.choice(live))
            await choices[dice.choice(sorted(choices))]()
        moments.append((now(), await public_now()))
    for gone in await TrashedArticle.all():
        await trash.restore(gone.id, by=SYSTEM)
    for moment, public in moments:
        assert await public_at(db, moment) == public
        assert await history.is_complete(db, moment, 0, SYSTEM)


async def test_what_cannot_be_told_is_not_told(db: Reader) -> None:
    start = now()
    article = await an_article("Bread", slug="bread")
    gone = await an_article("Milk")
    moments = [now()]
    for number in range(6):
        changes = ArticleChanges(title=f"Bread {number}")
        await articles.revise(article, changes, seen_version=number + 1, by=SYSTEM)
        moments.append(now())
    await articles.delete(gone, by=SYSTEM)
    assert await revisions.thin(db, 2) > 0
    kept = {row.version for row in await Revision.filter(article_id=article)}
    for version, moment in enumerate(moments, 1):
        row = await history.article(db, moment, SYSTEM, article_id=None, slug="bread")
        assert row is not None
        assert row.status == "PUBLISHED"
        if version in kept and (version + 1 in kept or version == 7):
            assert row.gap is None
            assert row.revision is not None
            assert row.revision.version == version
        else:
            assert (row.gap, row.revision) == (Gap.THINNED, None)
    assert not await history.is_complete(db, moments[0], 0, SYSTEM)
    assert await history.is_complete(db, now(), 0, SYSTEM)
    assert not await history.is_complete(db, start - timedelta(days=9), 8, SYSTEM)
    with pytest.raises(Invalid, match="future"):
        await history.articles(db, now() + timedelta(days=1), PageArgs(2), SYSTEM)
    with pytest.raises(NotAllowed):
        await history.articles(db, now(), PageArgs(2), READER)


async def test_what_was_saved_before_whole_revisions_says_so(db: Reader) -> None:
    old = await an_article("Old", slug="old")
    await run("UPDATE revision SET saved_at = NULL, content = NULL, published_at = NULL")
    await an_article("New")
    row = await history.article(db, now(), SYSTEM, article_id=old)
    assert row is not None
    assert row.revision is not None
    assert row.revision.saved_at is None
    assert not await history.is_complete(db, now(), 0, SYSTEM)  # its date is not known
    with pytest.raises(Invalid, match="nothing is known of before"):
        await history.articles(db, now() - timedelta(days=1), PageArgs(2), SYSTEM)


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings) as running:
        yield running


async def test_editors_read_the_past(client: Client) -> None:
    milk = await an_article("Milk", slug="milk")
    bread = await an_article("Bread", slug="bread", topics=("Baking",))
    inline = RelationKind.INLINE
    await related.link(bread, kind=inline, by=SYSTEM, target_id=milk, anchor="Fresh milk")
    moment = now().isoformat()
    await articles.revise(bread, ArticleChanges(title="Toast"), seen_version=1, by=SYSTEM)
    await articles.archive(milk, by=SYSTEM)
    query = """query($asOf: DateTime!) { siteAsOf(asOf: $asOf) {
      isComplete
      article(slug: "bread") {
        status gap article { title } revision { title body topics { name } }
        related { anchor node { revision { title } } }
      }
      articles(first: 1) { nodes { revision { title } } pageInfo { hasNextPage } }
    } }"""
    data = await client.ask(query, editor=True, asOf=moment)
    assert data["siteAsOf"] == {
        "isComplete": True,
        "article": {
            "status": "PUBLISHED",
            "gap": None,
            "article": {"title": "Toast"},
            "revision": {
                "title": "Bread",
                "body": "<p>Some words.</p>",
                "topics": [{"name": "Baking"}],
            },
            "related": [{"anchor": "Fresh milk", "node": {"revision": {"title": "Milk"}}}],
        },
        "articles": {
            "nodes": [{"revision": {"title": "Bread"}}],
            "pageInfo": {"hasNextPage": True},
        },
    }
    refused = await client.post(query, asOf=moment)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"

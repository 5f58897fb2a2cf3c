"""What revisions tell of a moment is what the site was at that moment."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from hub import articles, comments, related, snapshots, taxonomy
from hub.articles import import_log, releases, revisions, schedule, trash, working_versions
from hub.auth import ANONYMOUS, SYSTEM, Permission
from hub.comments.erased import EMPTY
from hub.db.database import Reader, run
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, CommentDraft, TopicDraft
from hub.errors import HubError, Invalid, NotAllowed
from hub.imports import import_articles
from hub.models import (
    Article,
    Comment,
    CommentStatus,
    ImportRun,
    LifeAction,
    RelationKind,
    Revision,
    Status,
    Topic,
    TrashedArticle,
)
from hub.reads import audit, history
from hub.reads.audit import AuditFilter, AuditRow
from hub.reads.history import CommentGap, Gap
from hub.reads.revisions import contents
from hub.settings import Settings
from hub.taxonomy import AUTHORS, TOPICS
from hub.taxonomy.history import Label, StoredLabel, labels_then, without_repetitions
from hub.text.bodies import Body
from tests.support.factories import READER, a_comment, a_draft, an_article, text
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
STEPS = 60
LABELS = {"topics": TOPICS, "authors": AUTHORS}
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
            snapshot = told(snapshots.from_row(stored))
            for name, kind in LABELS.items():
                assert row.revision.saved_at is not None
                then = [
                    StoredLabel(kind.subject, label, row.revision.saved_at, moment)
                    for label in snapshot[name]
                ]
                labels = await labels_then(db, then, SYSTEM)
                snapshot[name] = without_repetitions(map(labels.get, then))
            public[row.article_id] = snapshot
        if not page.has_next:
            return public
        last = page.rows[-1]
        assert last.published is not None
        after = (datetime.fromisoformat(last.published).isoformat(sep=" "), last.article_id)


Comments = dict[int, list[tuple[str | None, str | None]]]


async def comments_now() -> Comments:
    """Return the words of the public comments by public article."""
    rows = await Comment.filter(
        status=CommentStatus.APPROVED, article__status=Status.PUBLISHED
    ).order_by("created_at", "id")
    words: Comments = {}
    for row in rows:
        words.setdefault(row.article_id, []).append((row.author_name, row.body_html))  # type: ignore[attr-defined]
    return words


async def comments_at(db: Reader, moment: datetime, ids: Iterable[int]) -> Comments:
    """Return the same as it is told of a moment, read in small pages."""
    words: Comments = {}
    for id_ in ids:
        after, has_next = None, True
        while has_next:
            page = await history.comments(db, id_, moment, PageArgs(2, after=after), SYSTEM)
            for row in page.rows:
                assert row.gap is None
                words.setdefault(id_, []).append((row.author_name, row.body))
            has_next = page.has_next
            if page.rows:
                after = page.rows[-1].created, page.rows[-1].id
    return words


async def all_entries(db: Reader) -> list[AuditRow]:
    """Return the audit trail, the oldest entry first."""
    entries: list[AuditRow] = []
    after, has_next = None, True
    while has_next:
        page = await audit.page(db, PageArgs(100, after=after), AuditFilter(), SYSTEM)
        entries += page.rows
        has_next, after = page.has_next, (page.rows[-1].at, page.rows[-1].id)
    return entries[::-1]


async def discuss(dice: random.Random, article: Article) -> None:
    """Let a reader comment, or a moderator decide on a comment."""
    stored = await Comment.filter(article_id=article.id)
    if stored and dice.random() < 0.7:
        status = dice.choice(list(CommentStatus))
        await comments.moderate(dice.choice(stored).id, status, by=SYSTEM)
        return
    with suppress(HubError):  # readers do not see every article
        await comments.submit(
            article.id,
            author_name=f"Reader {dice.randrange(99)}",
            author_email=None,
            body=f"Word {dice.randrange(99)}.",
            by=dice.choice([SYSTEM, ANONYMOUS]),
        )


async def release(dice: random.Random) -> None:
    """Publish some articles, and withdraw others, at one moment."""
    id_ = await releases.create("Release", by=SYSTEM)
    for article in await Article.all().order_by("id"):
        if dice.random() < 0.5:
            action = dice.choice(list(LifeAction))
            await releases.add(id_, article.id, action, by=SYSTEM)
    with suppress(HubError):  # one without articles
        await releases.publish(id_, by=SYSTEM)


async def import_some(dice: random.Random) -> None:
    """Import one of three articles, for the first time or anew."""
    run_id = await import_log.start(["site"], by=SYSTEM)
    draft = a_draft(
        f"key {dice.randrange(3)}",
        title=f"Title {dice.randrange(99)}",
        topics=(TopicDraft(f"Topic {dice.randrange(3)}"),),
        status=dice.choice([Status.PUBLISHED, Status.DRAFT]),
    )
    await import_articles([draft], by=SYSTEM, run_id=run_id, overwrite=True)
    await import_log.finish(run_id, {}, by=SYSTEM)


async def undo_last(dice: random.Random) -> None:
    """Undo the last import."""
    for run_row in await ImportRun.filter(undone_at=None).order_by("-id").limit(1):
        await import_log.undo(run_row.id, by=SYSTEM)


async def change_labels(dice: random.Random) -> None:
    """Merge two topics or authors, delete one, or give one another name and slug."""
    kind = dice.choice([TOPICS, AUTHORS])
    labels: list[Any] = await kind.model.all().order_by("id")
    ids = [int(label.id) for label in labels]
    if len(ids) < 2:
        return
    first, second = dice.sample(ids, 2)
    if dice.random() < 0.4:
        await taxonomy.merge(kind, first, second, by=SYSTEM)
    elif dice.random() < 0.3:
        await taxonomy.delete(kind, first, by=SYSTEM)
    else:
        values = {"name": f"Name {dice.randrange(9)}", "slug": f"slug-{dice.randrange(10**6)}"}
        name = dice.choice(["name", "slug"])
        await taxonomy.update(kind, first, {name: values[name]}, by=SYSTEM)


async def plan(dice: random.Random, db: Reader, article: Article) -> None:
    """Plan that an article be published or withdrawn, alone or with others, and wait for it."""
    at = now() + timedelta(milliseconds=5)
    if dice.random() < 0.4:
        release_id = await releases.create("Release", by=SYSTEM)
        await releases.add(release_id, article.id, dice.choice(list(LifeAction)), by=SYSTEM)
        await releases.publish(release_id, by=SYSTEM, at=at)
    elif dice.random() < 0.5:
        await articles.publish(article.id, by=SYSTEM, at=at)
    else:
        await articles.unpublish(article.id, by=SYSTEM, at=at)
    await anyio.sleep(0.006)
    await schedule.publish_due(db)


def told(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return a snapshot without its edges, whose targets have lives of their own."""
    labels = {name: [Label(*label) for label in snapshot[name]] for name in LABELS}
    return {name: snapshot[name] for name in snapshots.FIELDS if name != "edges"} | labels


def retell_fields(entries: Iterable[AuditRow]) -> dict[int, dict[str, str | None]]:
    """Return title, slug and status of each article by its entries alone; None once deleted."""
    fields: dict[int, dict[str, str | None]] = {}
    for entry in entries:
        of_readers = entry.action not in ("article.edit", "article.discard")  # working versions
        if of_readers and entry.subject == "Article" and entry.subject_id is not None:
            for change in entry.changes:
                if change.field in ("title", "slug", "status"):
                    fields.setdefault(entry.subject_id, {})[change.field] = change.after
    return fields


def long_text(dice: random.Random) -> Body:
    """Return a text of which a few sentences differ from those of others: a delta pays off."""
    sentences = [f"Sentence {number} is about {number**3}." for number in range(60)]
    for _ in range(dice.randint(0, 3)):
        sentences[dice.randrange(60)] = f"Word {dice.randrange(99)}."
    if dice.random() < 0.3:
        sentences.insert(dice.randrange(60), sentences.pop(dice.randrange(60)))
    return text("\n\n".join(sentences))


def steps(
    dice: random.Random, db: Reader, article: Article
) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return what an editor may do with an article next, by name."""
    title, body = f"Title {dice.randrange(9)}", long_text(dice)
    topic, author = f"Topic {dice.randrange(3)}", f"Author {dice.randrange(3)}"
    edits = ArticleChanges(title=title, body=body, topics=(topic,), authors=(author,))
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
        "release": lambda: release(dice),
        "plan": lambda: plan(dice, db, article),
        "import": lambda: import_some(dice),
        "undo": lambda: undo_last(dice),
        "link": lambda: related.link(
            article.id, kind=RelationKind.PINNED, by=SYSTEM, headline=f"Headline {dice.random()}"
        ),
        "merge": lambda: change_labels(dice),
        "relabel": lambda: change_labels(dice),
        "discuss": lambda: discuss(dice, article),
        "moderate": lambda: discuss(dice, article),
    }


@pytest.mark.parametrize("seed", range(3))
async def test_every_moment_is_told_as_it_was(db: Reader, seed: int) -> None:
    dice = random.Random(seed)
    before = now()
    for _ in range(3):
        await an_article(status=dice.choice([Status.DRAFT, Status.PUBLISHED]))
    moments: list[tuple[datetime, Public, Comments]] = [(before, {}, {})]
    for _ in range(STEPS):
        trashed, live = await TrashedArticle.all(), await Article.all().order_by("id")
        if trashed and (not live or dice.random() < 0.5):
            await trash.restore(trashed[0].id, by=SYSTEM)
        else:
            choices = steps(dice, db, dice.choice(live))
            await choices[dice.choice(sorted(choices))]()
        moments.append((now(), await public_now(), await comments_now()))
    for gone in await TrashedArticle.all():
        await trash.restore(gone.id, by=SYSTEM)
    entries = await all_entries(db)
    undone = [datetime.fromisoformat(row.at) for row in entries if row.action == "import.undo"]
    for moment, public, words in moments:
        assert await public_at(db, moment) == public
        assert await comments_at(db, moment, public) == words
        is_complete = not any(time > moment for time in undone)
        assert await history.has_all_comments(db, moment, 0, SYSTEM) == is_complete
        assert await history.is_complete(db, moment, 0, SYSTEM) == is_complete
    assert await Revision.filter(base__not_isnull=True).exists()
    fields = retell_fields(entries)
    created = {row.subject_id for row in entries if row.action == "article.create"}
    for article in await Article.filter(id__in=created):
        assert fields[article.id] == {
            **{"title": article.title, "slug": article.slug, "status": article.status.value}
        }


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


async def test_what_cannot_be_told_of_comments_says_so(db: Reader) -> None:
    id_ = await an_article("Bread")
    edited, erased, hidden = [await a_comment(id_, f"Word {n}.", name=f"N{n}") for n in range(3)]
    draft = a_draft("old", comments=(a_comment_draft("c1"), a_comment_draft("c2")))
    [outcome] = await import_articles([draft], by=SYSTEM)
    await Comment.filter(source_key="c1").update(imported_at=None)
    moment = now()
    await comments.edit(edited, "Other words.", by=SYSTEM)
    await Comment.filter(id=erased).update(**EMPTY, erased_at=now())
    await comments.moderate(hidden, CommentStatus.TRASH, by=SYSTEM)
    spam = a_comment_draft("c2", CommentStatus.SPAM)
    await import_articles([replace(draft, comments=(spam,))], by=SYSTEM)
    page = await history.comments(db, id_, moment, PageArgs(9), SYSTEM)
    assert [(row.author_name, row.body, row.gap) for row in page.rows] == [
        ("N0", None, CommentGap.EDITED),
        (None, None, CommentGap.ERASED),
        ("N2", "<p>Word 2.</p>", None),
    ]
    assert outcome.article_id is not None
    imported = await history.comments(db, outcome.article_id, moment, PageArgs(9), SYSTEM)
    assert [row.gap for row in imported.rows] == [CommentGap.UNDATED, None]
    for time, number in ((now(), 1), (moment - timedelta(days=1), 1)):
        rows = (await history.comments(db, outcome.article_id, time, PageArgs(9), SYSTEM)).rows
        assert len(rows) == number, time
    # What is hidden now is for moderators, whatever it was then.
    others = await history.comments(db, id_, moment, PageArgs(9), WITHOUT_MODERATION)
    assert [row.id for row in others.rows] == [edited, erased]
    assert not await history.has_all_comments(db, moment, 0, WITHOUT_MODERATION)
    assert await history.has_all_comments(db, moment, 0, SYSTEM)
    assert not await history.has_all_comments(db, moment - timedelta(days=3), 2, SYSTEM)
    await Comment.filter(id=hidden).delete()
    assert not await history.has_all_comments(db, moment, 0, SYSTEM)
    with pytest.raises(NotAllowed):
        await history.comments(db, id_, moment, PageArgs(9), READER)


WITHOUT_MODERATION = replace(SYSTEM, permissions=SYSTEM.permissions - {Permission.MODERATE})


def a_comment_draft(key: str, status: CommentStatus = CommentStatus.APPROVED) -> CommentDraft:
    return CommentDraft(
        key=key,
        author_name="Rita",
        body=text("Well said."),
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
        status=status,
    )


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
    first = await a_comment(bread, "Crisp.")
    await a_comment(bread, "Indeed.", parent_id=first)
    moment = now().isoformat()
    await comments.moderate(first, CommentStatus.SPAM, by=SYSTEM)
    await articles.revise(bread, ArticleChanges(title="Toast"), seen_version=1, by=SYSTEM)
    await articles.archive(milk, by=SYSTEM)
    query = """query($asOf: DateTime!) { siteAsOf(asOf: $asOf) {
      isComplete
      article(slug: "bread") {
        status gap article { title } revision { title body topics { name } }
        related { anchor node { revision { title } } }
        comments(first: 1) {
          isComplete
          nodes { authorName body gap parentId comment { authorName } }
          pageInfo { hasNextPage }
        }
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
            "comments": {
                "isComplete": True,
                "nodes": [
                    {
                        **{"authorName": "Rita", "body": "<p>Crisp.</p>", "gap": None},
                        **{"parentId": None, "comment": {"authorName": "Rita"}},
                    }
                ],
                "pageInfo": {"hasNextPage": True},
            },
        },
        "articles": {
            "nodes": [{"revision": {"title": "Bread"}}],
            "pageInfo": {"hasNextPage": True},
        },
    }


async def test_labels_are_told_as_they_were(client: Client) -> None:
    id_ = await an_article("Bread", slug="bread", topics=("Dough", "Loaves", "Ovens"))
    ids = {topic.name: topic.id for topic in await Topic.all()}
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: taxonomy.merge(TOPICS, ids["Dough"], ids["Ovens"], by=SYSTEM),
        lambda: taxonomy.update(TOPICS, ids["Ovens"], {"name": "Heat"}, by=SYSTEM),
        lambda: taxonomy.merge(TOPICS, ids["Ovens"], ids["Loaves"], by=SYSTEM),
        lambda: taxonomy.update(TOPICS, ids["Loaves"], {"slug": "bakes"}, by=SYSTEM),
        lambda: related.link(id_, kind=RelationKind.PINNED, by=SYSTEM, headline="Milk"),
        lambda: taxonomy.delete(TOPICS, ids["Loaves"], by=SYSTEM),
    ]
    told_then, moments = [], [now()]
    for change in changes:
        await change()
        moments.append(now())
    query = """query($asOf: DateTime!) { siteAsOf(asOf: $asOf) { article(slug: "bread") {
      topics { slug name } authors { name } revision { topics { name } }
    } } }"""
    for moment in moments:
        data = await client.ask(query, editor=True, asOf=moment.isoformat())
        article = data["siteAsOf"]["article"]
        assert article["authors"] == []
        assert len(article["revision"]["topics"]) == 3
        told_then.append([f"{topic['slug']} {topic['name']}" for topic in article["topics"]])
    assert told_then == [
        ["dough Dough", "loaves Loaves", "ovens Ovens"],
        ["ovens Ovens", "loaves Loaves"],
        ["ovens Heat", "loaves Loaves"],
        ["loaves Loaves"],
        ["bakes Loaves"],
        ["bakes Loaves"],
        [],
    ]


async def test_readers_do_not_read_the_past(client: Client) -> None:
    query = "query($asOf: DateTime!) { siteAsOf(asOf: $asOf) { moment } }"
    refused = await client.post(query, asOf=now().isoformat())
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"

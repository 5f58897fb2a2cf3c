"""hub.snapshots: a revision holds everything, in little room, and old ones stay readable."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hub import articles, imports, related, snapshots
from hub.auth import SYSTEM
from hub.db.database import Reader, transaction
from hub.drafts import ARTICLE_FIELDS, ArticleChanges, AuthorDraft, RelationDraft, TopicDraft
from hub.models import (
    Article,
    CommentModeration,
    Kind,
    RelationKind,
    Revision,
    RevisionChange,
    Status,
)
from hub.snapshots import EDGE, FIELDS, Base, Snapshot
from hub.text.bodies import Body
from tests.support.factories import EDITOR, a_draft, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

read = transaction(snapshots.read)


@transaction
async def present(article_id: int) -> Snapshot:
    """Return the snapshot of an article as it is now."""
    article = await Article.get(id=article_id)
    return (await snapshots.load([article]))[article_id]


async def everything() -> int:
    """Import an article in which every field, and every kind of edge, has a value."""
    links = (
        RelationDraft(RelationKind.INLINE, "Elsewhere", url="https://x.test/elsewhere", position=2),
        RelationDraft(RelationKind.MORE_TO_READ, "A headline", by_headline=True),
        RelationDraft(RelationKind.MORE_TOPICS, "A name", slug="a-name"),
    )
    values: dict[str, Any] = {
        "subtitle": "Below",
        "summary": "About",
        "language": "de",
        "kind": Kind.PAGE,
        "comments_open": False,
        "comment_moderation": CommentModeration.SPAM,
        "image_url": "https://x.test/picture.png",
        "image_alt": "A picture",
        "canonical_url": "https://x.test/first",
        "translation_key": "key",
        "topics": (TopicDraft("Second", "second"), TopicDraft("First", "first")),
        "authors": (AuthorDraft("Olive", "olive"), AuthorDraft("Nora", "nora")),
        "relations": links,
        "metadata": (("mood", "calm"),),
    }
    draft = a_draft("all", **values)
    [outcome] = await imports.import_articles([draft], by=EDITOR)
    assert outcome.article_id is not None
    return outcome.article_id


async def test_a_revision_holds_all_that_a_reader_could_see(db: Reader) -> None:
    id_ = await everything()
    await related.link(id_, kind=RelationKind.PINNED, by=SYSTEM, target_id=await an_article("Pin"))
    snapshot = await read(id_, 1)
    assert snapshot == await present(id_)
    assert set(snapshot) == {*FIELDS, "source_hash", "is_imported", "held_back"}
    assert all(snapshot[field.name] is not None for field in ARTICLE_FIELDS)
    assert [name for _, _, name in snapshot["topics"]] == ["Second", "First"]
    assert [slug for _, slug, _ in snapshot["authors"]] == ["olive", "nora"]
    kinds = [edge[EDGE.index("kind")] for edge in snapshot["edges"]]
    assert kinds == ["INLINE", "MORE_TO_READ", "MORE_TOPICS", "PINNED"]
    assert snapshots.lacking(snapshot) == []
    revision = await Revision.get(article_id=id_)
    assert (revision.change, revision.editor) == (RevisionChange.IMPORTED, "Edgar")


async def test_every_kind_of_save_is_retold(db: Reader) -> None:
    id_ = await an_article("Bread", status=Status.DRAFT, topics=("Baking",))
    states = [await present(id_)]
    await articles.revise(
        id_, ArticleChanges(title="Toast", topics=("Toast", "Baking")), seen_version=1, by=SYSTEM
    )
    states.append(await present(id_))
    await articles.publish(id_, by=SYSTEM)
    edge = await related.link(id_, kind=RelationKind.INLINE, by=SYSTEM, headline="Butter")
    states.append(await present(id_))
    await articles.archive(id_, by=SYSTEM)
    await related.unlink(edge, by=SYSTEM)
    states.append(await present(id_))
    assert [await read(id_, version + 1) for version in range(4)] == states
    changes = [revision.change for revision in await Revision.all().order_by("version")]
    assert [change and change.value for change in changes] == [
        *("CREATED", "REVISED", "PUBLISHED", "ARCHIVED")
    ]


async def test_a_revision_of_an_older_hub_says_what_it_lacks(db: Reader) -> None:
    id_ = await an_article("Bread", slug="bread")
    await Revision.filter(article_id=id_).update(
        content=None, change=None, saved_at=None, summary="Old", body_html="<p>Old</p>"
    )
    assert await read(id_, 1) == {
        "title": "Bread",
        "summary": "Old",
        "body_html": "<p>Old</p>",
        "slug": "bread",
        "status": "PUBLISHED",
    }
    await articles.revise(id_, ArticleChanges(title="Toast"), seen_version=1, by=SYSTEM)
    assert await read(id_, 2) == await present(id_)
    lacking = snapshots.lacking(await read(id_, 1) or {})
    assert {"language", "topics", "edges", "published_at", "subtitle"} <= set(lacking)


WORDS = [f"w{random.Random(number).randrange(10**6)}" for number in range(3_000)]


def sentence(source: random.Random) -> str:
    return " ".join(source.choices(WORDS, k=12)).capitalize() + ". "


def test_a_thousand_saves_of_a_long_text_take_little_room() -> None:
    source = random.Random(1)
    parts = [sentence(source) for _ in range(1_200)]
    snapshot = {"title": "T", "body_html": "".join(parts)}
    assert len(snapshot["body_html"]) > 90_000
    base: Base | None = None
    size = 0
    for number in range(1_000):
        packed = snapshots.pack(snapshot, base)
        size += len(packed.content)
        unpacked = snapshots.unpack(packed.content, base.content if packed.base and base else None)
        assert unpacked == snapshot
        if packed.base is None:
            base = Base(number + 1, packed.content, 0)
        elif base is not None:
            base = base._replace(used=base.used + len(packed.content))
        parts[source.randrange(len(parts))] = sentence(source)
        snapshot = {"title": "T", "body_html": "".join(parts)}
    assert size < 5_000_000


async def test_saves_are_stored_as_deltas_and_now_and_then_whole(db: Reader) -> None:
    source = random.Random(1)
    parts = [sentence(source) for _ in range(60)]
    id_ = await an_article("Bread", "".join(parts))
    bodies = list[str]()
    for version in range(1, 25):
        parts[source.randrange(60)] = sentence(source)
        bodies.append("".join(parts).strip())
        changes = ArticleChanges(body=Body(f"<p>{bodies[-1]}</p>"))
        await articles.revise(id_, changes, seen_version=version, by=SYSTEM)
    rows = await Revision.all().order_by("version")
    whole = [row for row in rows if row.base is None]
    assert 2 <= len(whole) <= 8
    assert all(row.base in {other.id for other in whole} for row in rows if row.base)
    for version, body in enumerate(bodies, 2):
        assert body in (await read(id_, version) or {})["body_html"]

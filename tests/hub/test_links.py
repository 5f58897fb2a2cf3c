"""Bodies that people write: their links to articles of the hub are edges."""

from __future__ import annotations

import pytest

from hub import articles, links
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.drafts import ArticleChanges, NewArticle
from hub.models import Relation, RelationKind, RelationOrigin, Status
from hub.reads import related as reads
from hub.text.bodies import Body
from tests.support.factories import READER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

OLD = "https://old.test"
BODY = Body(
    f'<p><a href="{OLD}/ferry/#end">Ferry</a> <a href="{OLD}/late">Late</a> <a href="#x">x</a>'
    f' <a href="https://else.test/ferry">Else</a> <a href="{OLD}/a.jpg">Picture</a>'
    ' <a href="mailto:a@b.c">Mail</a></p>'
)


async def write(body: Body = BODY) -> int:
    new = NewArticle(title="Written", body=body, status=Status.PUBLISHED)
    return await articles.create(new, by=SYSTEM)


async def targets(db: Reader, id_: int) -> list[tuple[str, int]]:
    rows = await reads.body_links(db, [id_], READER)
    return [(link.anchor, link.id) for link in rows.get(id_, [])]


async def test_links_of_written_bodies_are_edges_also_of_late_articles(db: Reader) -> None:
    ferry = await an_article("The ferry", canonical_url=f"{OLD}/ferry")
    id_ = await write()
    assert await targets(db, id_) == [("Ferry", ferry)]
    late = await an_article("Late boat", canonical_url=f"{OLD}/late/")
    assert await targets(db, id_) == [("Ferry", ferry), ("Late", late)]
    edges = await Relation.filter(source_id=id_).order_by("rank")
    assert [edge.url for edge in edges] == [f"{OLD}/ferry/", f"{OLD}/late"]
    changes = ArticleChanges(body=Body(f'<p>Now <a href="{OLD}/late">late</a></p>'))
    await articles.revise(id_, changes, seen_version=1, by=SYSTEM)
    assert await targets(db, id_) == [("Late", late)]
    await articles.revise(id_, ArticleChanges(body=Body("No.")), seen_version=2, by=SYSTEM)
    assert await targets(db, id_) == []


async def test_links_tell_readers_no_host_of_hidden_articles(db: Reader) -> None:
    """An edge without a target is public: only hosts of public articles make one."""
    hidden = await an_article("Plan", canonical_url=f"{OLD}/plan", status=Status.DRAFT)
    id_ = await write()
    assert not await Relation.exists(source_id=id_)
    await articles.publish(hidden, by=SYSTEM)
    assert await links.rewrite(0, dry_run=True) == (id_, [(id_, "Written", 2)])


async def test_edges_of_editors_stay(db: Reader) -> None:
    ferry = await an_article("The ferry", canonical_url=f"{OLD}/ferry")
    id_ = await write()
    await Relation.filter(source_id=id_).update(origin=RelationOrigin.EDITOR)
    await articles.revise(id_, ArticleChanges(body=Body("No.")), seen_version=1, by=SYSTEM)
    assert await targets(db, id_) == [("Ferry", ferry)]


async def test_stored_bodies_are_treated_once_and_a_dry_run_stores_nothing(db: Reader) -> None:
    ferry = await an_article("The ferry", canonical_url=f"{OLD}/ferry")
    id_ = await write()
    await Relation.filter(source_id=id_, kind=RelationKind.INLINE).delete()
    for dry_run in (True, True, False):
        last, linked = await links.rewrite(0, dry_run=dry_run)
        assert (last, linked) == (id_, [(id_, "Written", 2)])
    assert await targets(db, id_) == [("Ferry", ferry)]
    assert await links.rewrite(0, dry_run=False) == (id_, [])
    assert await links.rewrite(id_, dry_run=False) == (None, [])

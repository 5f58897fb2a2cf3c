"""hub.related and its reads: edges dangle, bind and unbind, and respect visibility."""

from __future__ import annotations

import pytest

from hub import articles, related
from hub.auth import SYSTEM, Viewer, viewer_of
from hub.db.database import Reader
from hub.db.keyset import PageArgs, encode_cursor, parse_page_args
from hub.drafts import ArticleChanges
from hub.errors import Invalid, NotAllowed, NotFound
from hub.models import Relation, RelationKind, Role, Status
from hub.reads import related as reads
from hub.reads.related import EdgeRow
from tests.support.factories import EDITOR, READER, WRITER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
INLINE, READ, PINNED = RelationKind.INLINE, RelationKind.MORE_TO_READ, RelationKind.PINNED
PAGE = PageArgs(10)


async def edges(
    db: Reader, id_: int, viewer: Viewer = READER, *, dangling: bool = False
) -> list[EdgeRow]:
    rows = (await reads.from_articles(db, [id_], PAGE, viewer, dangling=dangling))[id_].rows
    assert [row.edge.target_id for row in rows] == [
        row.article.id if row.article else None for row in rows
    ]
    return [row.edge for row in rows]


async def test_an_edge_reads_both_ways(db: Reader) -> None:
    source, target = await an_article("One"), await an_article("Two")
    edge = await related.link(source, kind=READ, target_id=target, by=EDITOR)
    [row] = await edges(db, source)
    assert (row.id, row.target_id, row.kind, row.anchor) == (edge, target, "MORE_TO_READ", "Two")
    [back] = (await reads.to_articles(db, [target], PAGE, READER))[target].rows
    assert (back.edge, back.article and back.article.id) == (row, source)
    assert await reads.counts_from(db, [source, target], READER) == {source: 1, target: 0}
    assert await reads.counts_to(db, [source, target], READER) == {source: 0, target: 1}


async def test_linking_twice_keeps_one_edge(db: Reader) -> None:
    source, target = await an_article("One"), await an_article("Two")
    assert await related.link(source, kind=READ, target_id=target, by=EDITOR) == await related.link(
        source, kind=READ, target_id=target, by=EDITOR
    )
    assert await Relation.all().count() == 1


async def test_a_headline_binds_when_its_article_arrives_and_dangles_when_it_goes(
    db: Reader,
) -> None:
    source = await an_article("One")
    await related.link(source, kind=INLINE, headline="Ferry sails again", position=3, by=EDITOR)
    assert await edges(db, source) == []
    [row] = await edges(db, source, dangling=True)
    assert (row.target_id, row.anchor, row.position) == (None, "Ferry sails again", 3)

    target = await an_article("FERRY  sails again!")
    assert [row.target_id for row in await edges(db, source)] == [target]

    await articles.delete(target, by=EDITOR)
    assert [row.target_id for row in await edges(db, source, dangling=True)] == [None]

    three = await an_article("Ferry sails again")
    assert [row.target_id for row in await edges(db, source)] == [three]


async def test_a_chosen_target_stays_and_takes_an_edge_without_words_with_it(db: Reader) -> None:
    source, target = await an_article("One"), await an_article("Two")
    await related.link(source, kind=PINNED, target_id=target, by=EDITOR)
    await related.link(source, kind=INLINE, target_id=target, anchor="Zwei", by=EDITOR)
    other = await an_article("Two")
    assert [row.target_id for row in await edges(db, source)] == [target]
    await articles.revise(target, ArticleChanges(title="Three"), seen_version=1, by=EDITOR)
    assert [row.anchor for row in await edges(db, source)] == ["Three"]
    await articles.delete(target, by=EDITOR)
    [row] = await edges(db, source, dangling=True)
    assert (row.target_id, row.anchor) == (None, "Zwei")
    assert other is not None


async def test_a_link_needs_what_a_revision_of_its_source_needs(db: Reader) -> None:
    draft, public = await an_article("One", status=Status.DRAFT), await an_article("Two")
    own = await related.link(draft, kind=INLINE, target_id=public, by=WRITER)
    assert await related.unlink(own, by=WRITER) == draft
    edge = await related.link(public, kind=INLINE, headline="Three", by=EDITOR)
    with pytest.raises(NotAllowed):
        await related.link(public, kind=INLINE, target_id=draft, by=WRITER)
    with pytest.raises(NotAllowed):
        await related.unlink(edge, by=WRITER)
    assert await Relation.all().count() == 1


async def test_nothing_hidden_is_linked_from_or_to_by_who_may_not_read_it(db: Reader) -> None:
    blind = viewer_of("Blind", Role.EDITOR, "write publish")
    draft, public = await an_article("One", status=Status.DRAFT), await an_article("Two")
    edge = await related.link(draft, kind=INLINE, target_id=public, by=EDITOR)
    for source, target in ((public, draft), (draft, public)):
        with pytest.raises(NotFound):
            await related.link(source, kind=INLINE, target_id=target, by=blind)
    with pytest.raises(NotFound):
        await related.unlink(edge, by=blind)
    assert await Relation.all().count() == 1


async def test_a_hidden_article_takes_no_name_from_a_public_one(db: Reader) -> None:
    source = await an_article("One")
    await related.link(source, kind=INLINE, headline="Ice", url="https://x.test/ice", by=EDITOR)
    [planned] = await edges(db, source, dangling=True)
    draft = await an_article(
        "Frost", status=Status.DRAFT, canonical_url="https://x.test/ice", language="de"
    )
    # It dangles to readers as before, while staff see where it leads.
    [row] = await edges(db, source, dangling=True)
    assert row == planned
    assert await edges(db, source) == []
    assert await reads.counts_from(db, [source], READER, dangling=True) == {source: 1}
    assert [row.target_id for row in await edges(db, source, EDITOR)] == [draft]
    public = await an_article("Ice")
    assert [row.target_id for row in await edges(db, source)] == [public]
    await articles.revise(public, ArticleChanges(title="Snow"), seen_version=1, by=EDITOR)
    await an_article("Ice", status=Status.DRAFT)
    assert [row.target_id for row in await edges(db, source)] == [public]
    await articles.publish(draft, by=EDITOR)
    assert [row.target_id for row in await edges(db, source)] == [draft]
    await articles.archive(draft, by=EDITOR)
    assert await edges(db, source) == []
    assert [row.anchor for row in await edges(db, source, dangling=True)] == ["Ice"]


async def test_of_several_articles_with_a_headline_the_earliest_is_bound(db: Reader) -> None:
    first = await an_article("Roundup")
    source = await an_article("One")
    await related.link(source, kind=INLINE, headline="Roundup", by=EDITOR)
    await an_article("Roundup")
    assert [row.target_id for row in await edges(db, source)] == [first]


async def test_a_url_binds_before_a_headline_does(db: Reader) -> None:
    await an_article("Ice")
    source = await an_article("One")
    await related.link(
        source,
        kind=INLINE,
        url="http://www.example.test/ice/?utm_source=x",
        headline="Ice",
        by=EDITOR,
    )
    by_url = await an_article("Frost", canonical_url="https://example.test/ice")
    assert [row.target_id for row in await edges(db, source)] == [by_url]


async def test_an_article_never_binds_to_itself(db: Reader) -> None:
    source = await an_article("One")
    await related.link(source, kind=INLINE, headline="One", by=EDITOR)
    assert [row.target_id for row in await edges(db, source, dangling=True)] == [None]


async def test_an_edge_to_what_a_reader_may_not_see_is_absent_even_as_dangling(db: Reader) -> None:
    source, secret = await an_article("One"), await an_article("Secret", status=Status.DRAFT)
    await related.link(source, kind=READ, target_id=secret, by=EDITOR)
    await related.link(secret, kind=READ, target_id=source, by=EDITOR)
    assert await edges(db, source) == []
    assert await edges(db, source, dangling=True) == []
    assert await reads.counts_from(db, [source], READER, dangling=True) == {source: 0}
    assert (await reads.to_articles(db, [source], PAGE, READER))[source].rows == []
    assert await reads.counts_to(db, [source], READER) == {source: 0}
    assert [row.target_id for row in await edges(db, source, EDITOR)] == [secret]


async def test_edges_come_in_their_rank_in_pages_both_ways(db: Reader) -> None:
    source = await an_article("One")
    ids = [
        await related.link(source, kind=READ, target_id=await an_article(), by=EDITOR)
        for _ in range(5)
    ]
    first = (await reads.from_articles(db, [source], parse_page_args(first=2), READER))[source]
    assert ([row.edge.id for row in first.rows], first.has_next) == (ids[:2], True)
    after = encode_cursor(first.rows[-1].edge.rank, first.rows[-1].edge.id)
    rest = (await reads.from_articles(db, [source], parse_page_args(first=3, after=after), READER))[
        source
    ]
    assert ([row.edge.id for row in rest.rows], rest.has_next) == (ids[2:], False)
    last = (await reads.from_articles(db, [source], parse_page_args(last=2), READER))[source]
    assert ([row.edge.id for row in last.rows], last.has_previous) == (ids[3:], True)


async def test_many_sources_take_one_statement(db: Reader) -> None:
    ids = [await an_article() for _ in range(6)]
    for id_ in ids[1:]:
        await related.link(ids[0], kind=READ, target_id=id_, by=EDITOR)
    for batch in (ids[:1], ids):
        before = db.statements
        await reads.from_articles(db, batch, PAGE, READER)
        assert db.statements - before == 1


async def test_what_may_not_be_linked(db: Reader) -> None:
    source = await an_article("One")
    with pytest.raises(NotAllowed):
        await related.link(source, kind=READ, headline="x", by=READER)
    with pytest.raises(NotFound):
        await related.link(source, kind=READ, target_id=99, by=EDITOR)
    with pytest.raises(NotFound):
        await related.link(99, kind=READ, headline="x", by=EDITOR)
    for options in (
        {"kind": RelationKind.SIMILAR, "headline": "x"},
        {"kind": READ},
        {"kind": READ, "target_id": source},
        {"kind": READ, "headline": "x", "position": -1},
        {"kind": READ, "url": "javascript:alert(1)"},
    ):
        with pytest.raises(Invalid):
            await related.link(source, by=SYSTEM, **options)
    assert await Relation.all().count() == 0


async def test_an_edge_is_unlinked_by_writers_only(db: Reader) -> None:
    source = await an_article("One")
    edge = await related.link(source, kind=READ, headline="x", by=EDITOR)
    with pytest.raises(NotAllowed):
        await related.unlink(edge, by=READER)
    assert await related.unlink(edge, by=EDITOR) == source
    with pytest.raises(NotFound):
        await related.unlink(edge, by=EDITOR)

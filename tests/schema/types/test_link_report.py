"""The link report, and dangling links that editors bind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from hub import articles, related, tokens
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, NewArticle, RelationDraft
from hub.imports import import_articles
from hub.models import AuditEntry, QueryStat, Relation, RelationKind, Role, Status
from hub.reads import links
from hub.settings import Settings
from hub.text.bodies import Body
from schema import ids
from tests.support.factories import a_draft, an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings.model_copy(update={"neighbours": 0})) as running:
        yield running


REPORT = """
query ($first: Int, $after: String) {
  linkReport {
    dangling(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        relationId source { slug } target { slug } kind anchor
        candidates { likeness article { slug } }
      }
    }
    orphans { totalCount nodes { slug } }
    oneSided { totalCount nodes { source { slug } target { slug } kinds } }
    repeated { totalCount nodes { source { slug } target { slug } kind kinds relationId } }
  }
}
"""
ACCEPT = """
mutation ($relation: ID!, $article: ID!) {
  acceptLink(input: { relationId: $relation, articleId: $article }) {
    __typename
    ... on AcceptLinkPayload { edge { anchor origin node { slug } } article { slug } }
    ... on Problem { message }
  }
}
"""


async def report(client: Client, **values: Any) -> Any:
    return (await client.ask(REPORT, editor=True, **values))["linkReport"]


async def accept(client: Client, relation: str, article: int) -> Any:
    article_id = ids.global_id(ids.ARTICLE, article)
    data = await client.ask(ACCEPT, editor=True, relation=relation, article=article_id)
    return data["acceptLink"]


def draft(title: str = "Source") -> Any:
    edges = (
        RelationDraft(RelationKind.INLINE, "The new ferry is launched", by_headline=True),
        RelationDraft(RelationKind.MORE_TO_READ, "Nothing at all", by_headline=True),
    )
    return a_draft("source", title=title, slug="source", relations=edges)


async def test_a_dangling_link_is_bound_to_a_candidate_for_good(client: Client) -> None:
    """An import of its source neither takes it back nor brings it again."""
    ferry = await an_article("New ferry launched", slug="ferry")
    await an_article("Weather report", slug="weather")
    [outcome] = await import_articles([draft()], by=SYSTEM)
    with anyio.fail_after(20):
        while True:
            dangling = (await report(client))["dangling"]
            if dangling["nodes"][0]["candidates"]:
                break
            await anyio.sleep(0.05)
    assert dangling["totalCount"] == 2
    link, other = dangling["nodes"]
    assert (link["source"]["slug"], link["target"], link["kind"]) == ("source", None, "INLINE")
    [candidate] = link["candidates"]
    assert candidate["article"] == {"slug": "ferry"}
    assert 0.6 <= candidate["likeness"] < 1
    assert other["candidates"] == []
    accepted = await accept(client, link["relationId"], ferry)
    assert accepted == {
        "__typename": "AcceptLinkPayload",
        "edge": {
            "anchor": "The new ferry is launched",
            "origin": "EDITOR",
            "node": {"slug": "ferry"},
        },
        "article": {"slug": "source"},
    }
    assert (
        "leads to an article already"
        in (await accept(client, link["relationId"], ferry))["message"]
    )
    assert await AuditEntry.filter(action="relation.link").count() == 1
    await import_articles([draft("Other title")], by=SYSTEM)
    edges = Relation.filter(source_id=outcome.article_id).order_by("rank")
    assert await edges.values_list("kind", "target_id") == [
        ("INLINE", ferry),
        ("MORE_TO_READ", None),
    ]


async def test_an_accepted_link_dangles_again_and_is_an_imports_again(client: Client) -> None:
    ferry = await an_article("New ferry launched", slug="ferry")
    await import_articles([draft()], by=SYSTEM)
    link = (await report(client))["dangling"]["nodes"][0]
    undo = """mutation ($relation: ID!) { takeBackAccepted(input: { relationId: $relation }) {
      __typename ... on Problem { message } } }"""

    async def take_back() -> Any:
        data = await client.ask(undo, editor=True, relation=link["relationId"])
        return data["takeBackAccepted"]

    assert "was not accepted" in (await take_back())["message"]
    await accept(client, link["relationId"], ferry)
    assert (await take_back())["__typename"] == "TakeBackAcceptedPayload"
    again = (await report(client))["dangling"]["nodes"][0]
    assert again | {"candidates": []} == link | {"candidates": []}
    edge = await Relation.get(wanted_headline__startswith="the new ferry")
    assert (edge.origin.value, edge.chosen) == ("IMPORT", False)
    await import_articles([draft("Other title")], by=SYSTEM)
    assert (await report(client))["dangling"]["totalCount"] == 2, "it is brought once"


async def test_the_report_lists_what_to_mend_page_by_page(client: Client) -> None:
    a, b, c = [await an_article(name, slug=name) for name in "abc"]
    hidden = await an_article("hidden", slug="hidden", status=Status.DRAFT)
    await an_article("imprint", slug="imprint", kind="PAGE")

    async def link(source: int, kind: str, target: int | None = None) -> int:
        return await related.link(
            source,
            kind=RelationKind(kind),
            target_id=target,
            headline=None if target else f"{kind} {source}",
            by=SYSTEM,
        )

    await link(a, "PINNED", b)
    second = await link(a, "INLINE", b)
    await link(b, "MORE_TO_READ", a)
    await link(a, "MORE_TOPICS", c)
    await link(hidden, "PINNED", c)
    await link(c, "INLINE", b)
    for kind in ("INLINE", "PINNED", "MORE_TOPICS"):
        await link(b, kind)
    found = await report(client, first=2)
    assert [node["anchor"] for node in found["dangling"]["nodes"]] == [f"INLINE {b}", f"PINNED {b}"]
    assert (found["dangling"]["totalCount"], found["dangling"]["pageInfo"]["hasNextPage"]) == (
        3,
        True,
    )
    after = found["dangling"]["pageInfo"]["endCursor"]
    rest = (await report(client, first=2, after=after))["dangling"]["nodes"]
    assert [node["anchor"] for node in rest] == [f"MORE_TOPICS {b}"]
    assert found["oneSided"] == {
        "totalCount": 1,
        "nodes": [{"source": {"slug": "a"}, "target": {"slug": "c"}, "kinds": ["MORE_TOPICS"]}],
    }
    [repeated] = found["repeated"]["nodes"]
    assert repeated == {
        "source": {"slug": "a"},
        "target": {"slug": "b"},
        "kind": "INLINE",
        "kinds": ["PINNED", "INLINE"],
        "relationId": ids.global_id(ids.RELATION, second),
    }
    assert found["orphans"] == {"totalCount": 0, "nodes": []}
    await related.unlink((await Relation.get(source_id=a, target_id=c)).id, by=SYSTEM)
    assert (await report(client))["orphans"]["nodes"] == [{"slug": "c"}]
    answer = await client.post("{ linkReport { orphans { totalCount } } }")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_repeated_edges_are_paged_alike_near_and_far(db: Reader) -> None:
    ends = [await an_article(f"End {number}") for number in range(6)]
    for target in ends[1:]:
        for kind in (RelationKind.INLINE, RelationKind.PINNED, RelationKind.MORE_TO_READ):
            await related.link(ends[0], kind=kind, target_id=target, by=SYSTEM)
    everything = (await links.repeated(db, PageArgs(100), SYSTEM)).rows
    assert [row.kind for row in everything] == ["INLINE", "MORE_TO_READ"] * 5
    for backward in (False, True):
        paged, page = list[links.LinkRow](), PageArgs(3, backward=backward)
        while True:
            got = await links.repeated(db, page, SYSTEM)
            paged = got.rows + paged if backward else paged + got.rows
            if not (got.has_previous if backward else got.has_next):
                break
            key = (got.rows[0 if backward else -1].id,) * 2
            page = PageArgs(3, before=key, backward=True) if backward else PageArgs(3, after=key)
        assert paged == everything


async def test_former_addresses_and_searches_for_a_headline_are_told(client: Client) -> None:
    pier = await an_article("Pier", slug="pier", canonical_url="https://site.test/pier")
    new = NewArticle(title="Old links", body=Body('<a href="https://site.test/pier">P</a>'))
    source = await articles.create(new, by=SYSTEM)
    query = """{ linkReport {
      formerAddresses { totalCount nodes { url source { title } target { title canonicalUrl } } }
      dangling { nodes { anchor searches } } } }"""
    none = (await client.ask(query, editor=True))["linkReport"]
    assert none == {"formerAddresses": {"totalCount": 0, "nodes": []}, "dangling": {"nodes": []}}
    moved = ArticleChanges(canonical_url="https://site.test/harbour/pier")
    await articles.revise(pier, moved, seen_version=1, by=SYSTEM)
    for headline in ("New ferry launched", "Whale in the sound"):
        await related.link(source, kind=RelationKind.INLINE, headline=headline, by=SYSTEM)
    today = now().date().isoformat()
    for text, readers in (("new ferry", 3), ("whale sound", 2)):
        await QueryStat.create(day=today, text=text, asked=7, hits=0, readers=readers)
    found = (await client.ask(query, editor=True))["linkReport"]
    assert found["formerAddresses"]["nodes"] == [
        {
            "url": "https://site.test/pier",
            "source": {"title": "Old links"},
            "target": {"title": "Pier", "canonicalUrl": "https://site.test/harbour/pier"},
        }
    ]
    assert found["dangling"]["nodes"] == [
        {"anchor": "New ferry launched", "searches": 7},
        {"anchor": "Whale in the sound", "searches": 0},
    ]
    secret = await tokens.create("writer", Role.WRITER, by=SYSTEM, scopes=("read", "write"))
    headers = {"authorization": f"Bearer {secret}"}
    answer = await client.http.post("/graphql", json={"query": query}, headers=headers)
    nodes = answer.json()["data"]["linkReport"]["dangling"]["nodes"]
    assert [node["searches"] for node in nodes] == [None, None]

"""Queries: hits, related articles and comments in one request; only public content."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from hub import articles, related
from hub.auth import SYSTEM
from hub.drafts import ArticleDraft, RelationDraft
from hub.imports import import_articles
from hub.models import CommentStatus, RelationKind, Status
from hub.text.bodies import Body
from tests.process.test_whole_site import SITE_SEARCH
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


def global_id(type_: str, id_: int) -> str:
    return base64.b64encode(f"{type_}:{id_}".encode()).decode()


async def a_site(client: Client, size: int) -> list[int]:
    """Create published articles on a topic, each related to the next, with a thread of comments."""
    ids = [
        await an_article(f"Ukraine talks {i}", "Talks.", topics=("diplomacy",), authors=("Nora",))
        for i in range(size)
    ]
    for source, target in zip(ids, ids[1:] + ids[:1], strict=True):
        if source != target:
            await related.link(source, kind=RelationKind.INLINE, target_id=target, by=SYSTEM)
        first = await a_comment(source, "Yes.")
        await a_comment(source, "No.", parent_id=first)
    for id_ in ids:
        assert await client.indexer.wait(id_)
    return ids


async def test_the_query_of_the_design_runs_as_printed(client: Client) -> None:
    await a_site(client, 3)
    answer = (await client.ask(SITE_SEARCH % ("ukraine talks", "diplomacy")))["search"]
    assert answer["totalCount"] == 3
    assert len(answer["edges"]) == 3
    [topics] = [facet for facet in answer["facets"] if facet["field"] == "TOPIC"]
    assert topics["buckets"] == [
        {"value": "diplomacy", "label": "diplomacy", "count": 3, "selected": True}
    ]
    node = answer["edges"][0]["node"]
    assert answer["edges"][0]["highlights"][0]["fragments"][0].startswith("<mark>Ukraine</mark>")
    assert node["authors"] == [{"name": "Nora"}]
    [edge] = node["related"]["edges"]
    assert (edge["kind"], edge["anchor"]) == ("INLINE", edge["node"]["title"])
    assert node["comments"]["totalCount"] == 1
    [comment] = node["comments"]["nodes"]
    assert comment["authorName"] == "Rita"
    assert [reply["body"] for reply in comment["replies"]["nodes"]] == ["<p>No.</p>"]


async def test_ten_hits_take_as_many_statements_as_one(client: Client) -> None:
    await a_site(client, 12)
    small = SITE_SEARCH.replace("first: 10", "first: 1") % ("ukraine talks", "diplomacy")
    large = SITE_SEARCH % ("ukraine talks", "diplomacy")
    counts_by_size = []
    await client.ask(f"{large} # before")  # which fills the caches of what all searches need
    for query, hits in ((small, 1), (large, 10)):
        with counted(client.db) as statements:
            answer = await client.ask(query)
        counts_by_size.append(len(statements))
        assert len(answer["search"]["edges"]) == hits
    assert counts_by_size[0] == counts_by_size[1]


PAGE = """query ($slug: String!) { article(slug: $slug) {
  title body topics { name } authors { name } version status
  related(first: 5) { totalCount edges { kind node { title } } }
  relatedBy(first: 5) { totalCount edges { kind node { title } } }
  comments(first: 20) { totalCount nodes { authorName body replies { totalCount } } }
} }"""


async def test_the_article_page(client: Client) -> None:
    await a_site(client, 2)
    article = (await client.ask(PAGE, slug="ukraine-talks-0"))["article"]
    assert article["body"].strip() == "<p>Talks.</p>"
    assert article["related"]["totalCount"] == article["relatedBy"]["totalCount"] == 1
    assert article["relatedBy"]["edges"][0]["node"]["title"] == "Ukraine talks 1"
    assert article["comments"]["nodes"][0]["replies"]["totalCount"] == 1


async def test_what_is_not_public_is_nowhere(client: Client) -> None:
    [public] = await a_site(client, 1)
    hidden = await an_article("Ukraine secret", topics=("diplomacy",), status=Status.DRAFT)
    secret = await a_comment(public, "Hush.", status=CommentStatus.PENDING)
    below = await an_article("Below")
    on_hidden = await a_comment(below)
    await articles.archive(below, by=SYSTEM)
    await related.link(public, kind=RelationKind.PINNED, target_id=hidden, by=SYSTEM)
    await related.link(hidden, kind=RelationKind.PINNED, target_id=public, by=SYSTEM)
    for id_ in (hidden, public, below):
        assert await client.indexer.wait(id_)
    ids = [
        global_id("Article", hidden),
        global_id("Article", below),
        global_id("Comment", secret),
        global_id("Comment", on_hidden),
    ]
    query = """query ($ids: [ID!]!, $id: ID!) {
      nodes(ids: $ids) { id } node(id: $id) { id }
      article(slug: "ukraine-secret") { title }
      articles(first: 10) { totalCount nodes { title
        related(first: 5, includeDangling: true) { totalCount edges { anchor } }
        relatedBy(first: 5) { totalCount edges { anchor } }
        comments(first: 5) { totalCount nodes { body } } } }
      search(query: "secret") { totalCount didYouMean nodes { title } }
      topic(slug: "diplomacy") { articles(first: 5) { totalCount nodes { title } } }
    }"""
    answer = await client.ask(query, ids=ids, id=ids[0])
    assert answer["nodes"] == [None] * 4
    assert answer["node"] is None
    assert answer["article"] is None
    assert answer["search"] == {"totalCount": 0, "didYouMean": None, "nodes": []}
    assert answer["topic"]["articles"]["totalCount"] == 1
    [article] = answer["articles"]["nodes"]
    assert article["related"] == article["relatedBy"] == {"totalCount": 0, "edges": []}
    assert article["comments"]["totalCount"] == 1
    assert "Hush" not in str(answer)
    assert "secret" not in str(answer).lower()
    editor_answer = await client.ask(query, editor=True, ids=ids, id=ids[0])
    assert all(editor_answer["nodes"])
    assert editor_answer["search"]["totalCount"] == 1


async def test_addresses_are_for_moderators_alone(client: Client) -> None:
    [article] = await a_site(client, 1)
    await a_comment(article, status=CommentStatus.PENDING, email="rita@example.com")
    query = "{ moderationQueue(first: 5) { nodes { authorEmail comment { body } } } }"
    refused = await client.post(query)
    assert "rita@" not in str(refused)
    assert refused["errors"]
    answer = await client.ask(query, editor=True)
    assert answer["moderationQueue"]["nodes"][0]["authorEmail"] == "rita@example.com"


async def test_forged_cursors_and_sizes_out_of_bounds_are_refused_in_words(client: Client) -> None:
    for arguments in ('first: 5, after: "x"', "first: 0", "first: 101", "first: 1, last: 1"):
        answer = await client.post(f"{{ articles({arguments}) {{ nodes {{ title }} }} }}")
        [error] = answer["errors"]
        assert "Internal" not in error["message"], answer
    answer = await client.post('{ search(query: "x", after: "nonsense") { totalCount } }')
    assert "Internal" not in answer["errors"][0]["message"]


async def test_any_text_is_a_query(client: Client) -> None:
    await a_site(client, 1)
    for text in (
        "",
        " ",
        '"',
        "-",
        "OR",
        "title:",
        "*",
        "[a TO z]",
        "\x00",
        "x" * 5000,
        "🦆" * 300,
    ):
        await client.ask("query ($q: String!) { search(query: $q) { totalCount } }", q=text)


async def test_pages_of_a_search_tell_every_hit_once(client: Client) -> None:
    await a_site(client, 7)
    titles: list[str] = []
    after: Any = None
    while True:
        page = (
            await client.ask(
                """query ($after: String) { search(query: "talks", first: 3, after: $after) {
                  nodes { title } pageInfo { hasNextPage endCursor } } }""",
                after=after,
            )
        )["search"]
        titles += [node["title"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sorted(titles) == [f"Ukraine talks {i}" for i in range(7)]


async def test_custom_fields_are_for_staff_alone(client: Client) -> None:
    draft = ArticleDraft(
        source="s",
        key="1",
        title="One",
        body=Body("Words."),
        status=Status.PUBLISHED,
        metadata=(("mood", "calm"),),
    )
    await import_articles([draft], by=SYSTEM)
    query = "{ articles(first: 1) { nodes { title metadata { name value } } } }"
    [article] = (await client.ask(query, editor=True))["articles"]["nodes"]
    assert article["metadata"] == [{"name": "mood", "value": "calm"}]
    answer = await client.post(query)
    assert answer["data"]["articles"]["nodes"] == [{"title": "One", "metadata": None}]
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "calm" not in str(answer)


async def test_dangling_links_are_for_staff_alone(client: Client) -> None:
    edge = RelationDraft(RelationKind.INLINE, "Not yet", by_headline=True)
    draft = ArticleDraft(source="s", key="1", title="One", body=Body("Words."), relations=(edge,))
    await import_articles([draft], by=SYSTEM)
    query = '{ danglingLinks(sources: ["s"]) { anchor url titles } }'
    answer = await client.ask(query, editor=True)
    assert answer["danglingLinks"] == [{"anchor": "Not yet", "url": None, "titles": ["One"]}]
    assert (await client.post(query))["data"] == {"danglingLinks": None}
    many = "{ danglingLinks(sources: [" + '"x",' * 101 + "]) { anchor } }"
    assert "at most 100" in str(await client.post(many, editor=True))


async def test_a_search_tells_what_its_first_hit_leads_to(client: Client) -> None:
    await a_site(client, 2)
    document = """query($q: String!, $n: Int = 2) { search(query: $q) {
      related(first: $n) { totalCount nodes { title } } nodes { related { nodes { title } } }
    } }"""
    result = (await client.ask(document, q="ukraine"))["search"]
    assert result["related"] == {"totalCount": 1, **result["nodes"][0]["related"]}
    assert (await client.ask(document, q="nowhere"))["search"]["related"] is None

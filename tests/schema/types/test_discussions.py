"""Comments as hits, and the best-matching paragraph of an article, over GraphQL."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from hub import comments, outbox
from hub.auth import SYSTEM
from hub.models import CommentStatus, Status
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
SEARCH = """
query Search($query: String!, $in: [SearchScope!]! = [ARTICLES, COMMENTS]) {
  search(query: $query, in: $in) {
    totalCount
    edges { comment { body(format: TEXT) } highlights { field fragments } node { title } }
  }
}
"""
PARAGRAPH = """
query Paragraph($query: String!) {
  search(query: $query) {
    edges { paragraph { position fragment related { kind anchor position node { title } } } }
  }
}
"""


async def wait_until_indexed(client: Client) -> None:
    with anyio.fail_after(20):
        while await outbox.depth(client.db):
            await anyio.sleep(0.01)


async def test_a_comment_is_a_hit_that_carries_its_article(client: Client) -> None:
    id_ = await an_article("Bread")
    await a_comment(id_, "Mine wants more yeast.")
    await wait_until_indexed(client)

    answer = (await client.ask(SEARCH, query="yeast"))["search"]
    assert answer["totalCount"] == 1
    [edge] = answer["edges"]
    assert edge["comment"] == {"body": "Mine wants more yeast."}
    assert edge["node"] == {"title": "Bread"}
    assert edge["highlights"][0]["fragments"] == ["Mine wants more <mark>yeast</mark>."]
    [edge] = (await client.ask(SEARCH, query="bread"))["search"]["edges"]
    assert edge["comment"] is None
    articles: dict[str, Any] = {"query": "yeast", "in": ["ARTICLES"]}
    assert (await client.ask(SEARCH, **articles))["search"]["totalCount"] == 0


async def test_comments_follow_moderation(client: Client) -> None:
    id_ = await an_article("Bread")
    comment = await a_comment(id_, "Mine wants more yeast.", status=CommentStatus.PENDING)
    for status, total in (("APPROVED", 1), ("SPAM", 0), ("APPROVED", 1), ("TRASH", 0)):
        await comments.moderate(comment, CommentStatus[status], by=SYSTEM)
        await wait_until_indexed(client)
        assert (await client.ask(SEARCH, query="yeast"))["search"]["totalCount"] == total
        answer = await client.ask(SEARCH, editor=True, query="yeast")
        assert answer["search"]["totalCount"] == total


async def test_a_comment_withdrawn_a_moment_ago_is_no_hit_though_the_index_has_it(
    client: Client,
) -> None:
    comment = await a_comment(await an_article("Bread"), "Mine wants more yeast.")
    await wait_until_indexed(client)
    await comments.moderate(comment, CommentStatus.TRASH, by=SYSTEM)

    assert (await client.ask(SEARCH, query="yeast"))["search"]["edges"] == []


async def test_comments_on_a_draft_are_its_editors_alone(client: Client) -> None:
    await a_comment(await an_article("Bread", status=Status.DRAFT), "Mine wants more yeast.")
    await wait_until_indexed(client)

    assert (await client.ask(SEARCH, query="yeast"))["search"]["totalCount"] == 0
    answer = await client.ask(SEARCH, editor=True, query="yeast")
    assert answer["search"]["totalCount"] == 1


async def test_something_has_to_be_looked_through(client: Client) -> None:
    nothing: dict[str, Any] = {"query": "bread", "in": []}
    answer = await client.post(SEARCH, **nothing)
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "path": ["in"]}


async def test_a_hit_tells_the_paragraph_and_what_is_linked_there(demo: Client) -> None:
    linking = """{ article(slug: "bread-price") { title body(format: TEXT)
      related(kinds: [INLINE]) { edges { kind anchor position node { title } } } } }"""
    article = (await demo.ask(linking))["article"]
    [edge] = article["related"]["edges"]
    paragraph = article["body"].split("\n\n")[edge["position"]]
    words = " ".join(paragraph.split()[:6])

    answer = await demo.ask(PARAGRAPH, query=f'"{words}"')
    [hit] = answer["search"]["edges"]
    assert hit["paragraph"]["position"] == edge["position"]
    assert "<mark>" in hit["paragraph"]["fragment"]
    assert hit["paragraph"]["related"] == [edge]
    answer = await demo.ask(PARAGRAPH, query=article["title"])
    assert answer["search"]["edges"][0]["paragraph"]["position"] != edge["position"]


async def test_a_paragraph_has_the_heading_that_its_page_has(demo: Client) -> None:
    query = """{ search(query: "WORDS") {
      edges { paragraph { heading { text level anchor position } } node { slug storyPath } }
    } }"""
    answer = await demo.ask(query.replace("WORDS", "four minutes on the charger"))
    hits = {edge["node"]["slug"]: edge for edge in answer["search"]["edges"]}
    hit = hits["electric-crossing"]
    heading = hit["paragraph"]["heading"]
    assert (heading["text"], heading["level"]) == ("What it needs", 2)
    page = (await demo.http.get("/" + hit["node"]["storyPath"])).text
    assert f'<h2 id="{heading["anchor"]}">What it needs</h2>' in page
    answer = await demo.ask(query.replace("WORDS", "brought an egg and a spoon"))
    hits = {edge["node"]["slug"]: edge for edge in answer["search"]["edges"]}
    assert hits["electric-crossing"]["paragraph"]["heading"] is None


async def test_who_may_not_see_an_article_does_not_see_it_linked_at_a_paragraph(
    demo: Client,
) -> None:
    slug = '{ article(slug: "bread-price") { related(kinds: [INLINE]) { nodes { id } } } }'
    [target] = (await demo.ask(slug))["article"]["related"]["nodes"]
    change = """mutation($id: ID!) {
      archiveArticle(input: { id: $id, waitForIndex: true }) { __typename } }"""
    await demo.ask(change, editor=True, **target)
    for editor in (False, True):
        answer = await demo.ask(PARAGRAPH, editor=editor, query="title:loaf oven")
        [hit] = [edge for edge in answer["search"]["edges"] if edge["paragraph"]]
        assert bool(hit["paragraph"]["related"]) is editor

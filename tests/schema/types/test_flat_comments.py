"""Discussions as flat lists, links to comments, and comments that moderators edited, by GraphQL."""

from __future__ import annotations

from typing import Any

import pytest

from hub import comments
from hub.db.timestamps import now
from hub.errors import Invalid, NotAllowed, NotFound
from hub.models import AuditEntry, Comment, CommentStatus
from hub.settings import Settings
from tests.support.factories import EDITOR, WRITER, a_comment, an_article
from tests.support.hub import Client, a_hub
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

FLAT = """
query Flat($id: ID, $slug: String, $first: Int, $after: String, $sort: CommentSort! = OLDEST) {
  article(id: $id, slug: $slug) {
    comments(flat: true, sort: $sort, first: $first, after: $after) {
      nodes { id anchor body(format: TEXT) replyCount parent { id anchor } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""


async def count_statements(client: Client, query: str, **variables: Any) -> int:
    """Return the number of statements of a query, once it has been asked before."""
    await client.ask(query, editor=True, **variables)
    with counted(client.db) as statements:
        await client.ask(query, editor=True, **variables)  # whose answers are not cached
    return len(statements)


async def test_replies_of_any_depth_are_listed_in_one_statement_a_page(client: Client) -> None:
    article = await an_article("Bread", slug="bread")
    parents: list[int | None] = [None]
    for number in range(12):
        parents.append(await a_comment(article, f"Number {number}.", parent_id=parents[-1]))
    hidden = await a_comment(article, "Hidden.", parent_id=parents[1])
    below = await a_comment(article, "Below.", parent_id=hidden)
    await comments.moderate(hidden, CommentStatus.SPAM, by=EDITOR)
    nodes, after = [], None
    alone = await count_statements(client, '{ article(slug: "bread") { title } }')
    for _ in range(5):
        variables: dict[str, Any] = {"slug": "bread", "first": 3, "after": after}
        assert await count_statements(client, FLAT, **variables) == alone + 1
        page = (await client.ask(FLAT, **variables))["article"]["comments"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
    assert not page["pageInfo"]["hasNextPage"]
    assert [node["anchor"] for node in nodes] == [f"comment-{id_}" for id_ in (*parents[1:], below)]
    assert [node["replyCount"] for node in nodes] == [1] * 11 + [0, 0]
    assert [node["parent"] and node["parent"]["anchor"] for node in nodes] == [
        *(id_ and f"comment-{id_}" for id_ in parents[:-1]),
        None,  # its parent is hidden
    ]
    newest = await client.ask(FLAT, slug="bread", first=1, sort="NEWEST")
    assert newest["article"]["comments"]["nodes"][0]["body"] == "Below."
    total = '{ article(slug: "bread") { comments(flat: true) { totalCount } } }'
    assert await client.ask(total) == {"article": {"comments": {"totalCount": 13}}}


async def test_a_long_thread_takes_one_statement_a_page(client: Client) -> None:
    article = await an_article("Bread", slug="bread")
    first = await a_comment(article, "Number 1.")
    for start in range(first + 1, first + 2000, 500):
        await Comment.bulk_create(
            Comment(
                id=id_,
                article_id=article,
                parent_id=id_ - 1,  # as deep as it can be
                author_name="Rita",
                body_html=f"<p>Number {id_}.</p>",
                status=CommentStatus.APPROVED,
                created_at=now(),
            )
            for id_ in range(start, min(start + 500, first + 2000))
        )
    alone = await count_statements(client, '{ article(slug: "bread") { title } }')
    anchors, after = list[str](), None
    for number in range(20):
        variables: dict[str, Any] = {"slug": "bread", "first": 100, "after": after}
        if number in (0, 19):
            assert await count_statements(client, FLAT, **variables) == alone + 1
        page = (await client.ask(FLAT, **variables))["article"]["comments"]
        anchors += [node["anchor"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert not page["pageInfo"]["hasNextPage"]
    assert anchors == [f"comment-{first + number}" for number in range(2000)]


@pytest.mark.parametrize(
    ("update", "canonical", "expected"),
    [
        ({"article_url": "https://www.test/{slug}"}, None, "https://www.test/bread#comment-{0}"),
        ({}, "https://old.test/bread", "https://old.test/bread#comment-{0}"),
        ({}, None, "https://hub.test/stories/bread?comment={0}#comment-{0}"),
        ({"start_page": False}, None, None),
    ],
)
async def test_a_comment_has_the_address_of_its_article(
    settings: Settings, update: dict[str, Any], canonical: str | None, expected: str | None
) -> None:
    update = {"site_url": "https://hub.test/", **update}
    async with a_hub(settings.model_copy(update=update)) as client:
        article = await an_article("Bread", slug="bread", canonical_url=canonical)
        id_ = await a_comment(article)
        query = '{ article(slug: "bread") { comments { nodes { url } } } }'
        answer = await client.ask(query)
        assert answer["article"]["comments"]["nodes"] == [
            {"url": expected and expected.format(id_)}
        ]


async def test_a_moderator_edits_a_comment_and_it_tells(client: Client) -> None:
    article = await an_article("Bread", slug="bread")
    id_ = await a_comment(article, "Old secret.")
    await comments.edit(id_, "New <b>words</b>.", by=EDITOR)
    query = """{ article(slug: "bread") { comments { nodes {
      body(format: TEXT) editedAt editedBy } } } }"""
    [node] = (await client.ask(query))["article"]["comments"]["nodes"]
    assert node["body"] == "New <b>words</b>."
    assert node["editedAt"]
    assert node["editedBy"] == "EDITOR"
    entry = await AuditEntry.get(action="comment.edit")
    assert "secret" not in (entry.changes or "")
    for body in ("", " ", "x" * 20_001):
        with pytest.raises(Invalid):
            await comments.edit(id_, body, by=EDITOR)
    with pytest.raises(NotAllowed):
        await comments.edit(id_, "x", by=WRITER)
    with pytest.raises(NotFound):
        await comments.edit(99, "x", by=EDITOR)
    await Comment.filter(id=id_).update(erased_at="2026-01-01T00:00:00+00:00")
    with pytest.raises(Invalid, match="erased"):
        await comments.edit(id_, "x", by=EDITOR)

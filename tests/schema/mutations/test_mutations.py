"""The editors' mutations: each does its one thing, and each problem has its face."""

from __future__ import annotations

from typing import Any

import pytest

from hub.models import Article, Comment
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

RESULT = "__typename ... on Problem { code message } ... on Invalid { path }"
CREATE = f"""mutation ($input: CreateArticleInput!) {{ createArticle(input: $input) {{
  {RESULT} ... on CreateArticlePayload {{ article {{ id slug title status version }} }}
}} }}"""


async def create(client: Client, title: str = "Ice", **values: Any) -> dict[str, Any]:
    given = {"title": title, "body": {"markdown": "Cold *ice*."}, "status": "PUBLISHED"} | values
    answer = await client.ask(CREATE, editor=True, input=given)
    article: dict[str, Any] = answer["createArticle"]["article"]
    return article


async def change(client: Client, name: str, fields: str = "", **given: Any) -> dict[str, Any]:
    type_ = name[0].upper() + name[1:]
    answer = await client.ask(
        f"mutation ($input: {type_}Input!) {{ {name}(input: $input) {{ {RESULT} {fields} }} }}",
        editor=True,
        input=given,
    )
    result: dict[str, Any] = answer[name]
    return result


async def test_an_article_lives_its_life(client: Client) -> None:
    article = await create(client, topics=["Weather"], status="DRAFT")
    assert (article["slug"], article["status"], article["version"]) == ("ice", "DRAFT", 1)
    shown = "... on ReviseArticlePayload { article { title version } }"
    revised = await change(
        client, "reviseArticle", shown, id=article["id"], seenVersion=1, title="Frost"
    )
    assert revised["article"] == {"title": "Frost", "version": 2}
    for name, status in (("publishArticle", "PUBLISHED"), ("archiveArticle", "ARCHIVED")):
        result = await change(client, name, id=article["id"], waitForIndex=True)
        assert result["__typename"] == f"{name[0].upper()}{name[1:]}Payload"
        assert (await Article.get()).status.value == status
    gone = await change(client, "deleteArticle", id=article["id"])
    assert gone["__typename"] == "DeleteArticlePayload"
    assert await Article.all().count() == 0


@pytest.mark.parametrize("name", ["title", "body", "slug", "kind", "commentsOpen", "topics"])
@pytest.mark.parametrize("written", [False, True])
async def test_what_is_never_null_is_kept_by_leaving_it_out(
    name: str, written: bool, client: Client
) -> None:
    article = await create(client)
    if written:
        query = (
            "mutation ($id: ID!) { reviseArticle(input: { id: $id, seenVersion: 1,"
            f" {name}: null }}) {{ ... on Invalid {{ path message }} }} }}"
        )
        found = (await client.ask(query, editor=True, id=article["id"]))["reviseArticle"]
    else:
        shown = "... on Invalid { path message }"
        given = {"id": article["id"], "seenVersion": 1, name: None}
        found = await change(client, "reviseArticle", shown, **given)
    assert found["path"][-1] == name
    assert "leave it out" in found["message"]
    given = {"id": article["id"], "seenVersion": 1, "canonicalUrl": None, "title": "Frost"}
    await change(client, "reviseArticle", **given)
    assert (await Article.get()).version == 2


async def test_articles_are_linked_and_unlinked(client: Client) -> None:
    one, two = await create(client, "One"), await create(client, "Two")
    linked = await change(
        client, "linkArticles", sourceId=one["id"], targetId=two["id"], kind="PINNED"
    )
    assert linked["__typename"] == "LinkArticlesPayload"
    query = """{ article(slug: "one") {
      related(first: 2) { edges { relationId kind node { title } } } } }"""
    [edge] = (await client.ask(query))["article"]["related"]["edges"]
    assert (edge["kind"], edge["node"]["title"]) == ("PINNED", "Two")
    unlinked = await change(client, "unlinkArticles", relationId=edge["relationId"])
    assert unlinked["__typename"] == "UnlinkArticlesPayload"
    assert (await client.ask(query))["article"]["related"]["edges"] == []


async def test_a_readers_comment_waits_for_a_moderator(client: Client) -> None:
    article = await create(client)
    submit = f"""mutation ($input: SubmitCommentInput!) {{ submitComment(input: $input) {{
      {RESULT} }} }}"""
    given = {"articleId": article["id"], "authorName": "Rita", "body": "Brr."}
    answer = await client.ask(submit, input=given | {"authorEmail": "rita@example.com"})
    assert answer["submitComment"]["__typename"] == "SubmitCommentPayload"
    query = '{ article(slug: "ice") { comments { totalCount nodes { body } } } }'
    assert (await client.ask(query))["article"]["comments"]["totalCount"] == 0
    waiting = "{ moderationQueue(first: 1) { nodes { comment { id } } } }"
    [found] = (await client.ask(waiting, editor=True))["moderationQueue"]["nodes"]
    await change(client, "moderateComment", id=found["comment"]["id"], status="APPROVED")
    comments = (await client.ask(query))["article"]["comments"]
    assert comments == {"totalCount": 1, "nodes": [{"body": "<p>Brr.</p>"}]}
    refused = await client.ask(submit, input=given | {"body": " "})
    assert refused["submitComment"] == {
        "__typename": "Invalid",
        "code": refused["submitComment"]["code"],
        "message": "body: must not be empty",
        "path": ["input", "body"],
    }
    assert await Comment.all().count() == 1


async def test_each_refusal_has_its_face_and_changes_nothing(client: Client) -> None:
    article = await create(client)
    given = {"title": "x", "body": {"text": "x"}}
    anonymous = await client.ask(CREATE, input=given)
    assert anonymous["createArticle"]["__typename"] == "NotAllowed"
    taken = await client.ask(CREATE, editor=True, input=given | {"slug": "ice"})
    assert taken["createArticle"]["__typename"] == "Invalid"
    assert taken["createArticle"]["path"] == ["input", "slug"]
    stale = await change(client, "reviseArticle", id=article["id"], seenVersion=9, title="x")
    assert stale["__typename"] == "Conflict"
    await change(client, "deleteArticle", id=article["id"])
    gone = await change(client, "publishArticle", id=article["id"])
    assert gone["__typename"] == "NotFound"
    assert await Article.all().count() == 0

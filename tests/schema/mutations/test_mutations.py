"""The editors' mutations: their effects, and the problem type of each error."""

from __future__ import annotations

from typing import Any

import pytest

from hub.models import Article, Comment
from schema.ids import REVISION, global_id
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

RESULT = "__typename ... on Problem { code message } ... on Invalid { path }"
CREATE = f"""mutation ($input: CreateArticleInput!) {{ createArticle(input: $input) {{
  {RESULT} ... on CreateArticlePayload {{ article {{ id slug title status version }} }}
}} }}"""


async def create(client: Client, title: str = "Ice", **values: Any) -> dict[str, Any]:
    input_ = {"title": title, "body": {"markdown": "Cold *ice*."}, "status": "PUBLISHED"} | values
    answer = await client.ask(CREATE, editor=True, input=input_)
    article: dict[str, Any] = answer["createArticle"]["article"]
    return article


async def change(client: Client, name: str, /, fields: str = "", **input_: Any) -> dict[str, Any]:
    type_ = name[0].upper() + name[1:]
    answer = await client.ask(
        f"mutation ($input: {type_}Input!) {{ {name}(input: $input) {{ {RESULT} {fields} }} }}",
        editor=True,
        input=input_,
    )
    result: dict[str, Any] = answer[name]
    return result


async def test_an_article_lives_its_life(client: Client) -> None:
    article = await create(client, topics=["Weather"], status="DRAFT")
    assert (article["slug"], article["status"], article["version"]) == ("ice", "DRAFT", 1)
    fields = "... on ReviseArticlePayload { article { title version } }"
    revised = await change(
        client, "reviseArticle", fields, id=article["id"], seenVersion=1, title="Frost"
    )
    assert revised["article"] == {"title": "Frost", "version": 2}
    for name, status in (("publishArticle", "PUBLISHED"), ("archiveArticle", "ARCHIVED")):
        result = await change(client, name, id=article["id"], waitForIndex=True)
        assert result["__typename"] == f"{name[0].upper()}{name[1:]}Payload"
        assert (await Article.get()).status.value == status
    deleted = await change(client, "deleteArticle", id=article["id"])
    assert deleted["__typename"] == "DeleteArticlePayload"
    assert await Article.all().count() == 0


@pytest.mark.parametrize("name", ["title", "body", "slug", "kind", "commentsOpen", "topics"])
@pytest.mark.parametrize("is_literal", [False, True])
async def test_what_is_never_null_is_kept_by_leaving_it_out(
    name: str, is_literal: bool, client: Client
) -> None:
    article = await create(client)
    if is_literal:
        query = (
            "mutation ($id: ID!) { reviseArticle(input: { id: $id, seenVersion: 1,"
            f" {name}: null }}) {{ ... on Invalid {{ path message }} }} }}"
        )
        result = (await client.ask(query, editor=True, id=article["id"]))["reviseArticle"]
    else:
        fields = "... on Invalid { path message }"
        input_ = {"id": article["id"], "seenVersion": 1, name: None}
        result = await change(client, "reviseArticle", fields, **input_)
    assert result["path"][-1] == name
    assert "leave it out" in result["message"]
    input_ = {"id": article["id"], "seenVersion": 1, "canonicalUrl": None, "title": "Frost"}
    await change(client, "reviseArticle", **input_)
    assert (await Article.get()).version == 2


async def test_articles_are_linked_and_unlinked(client: Client) -> None:
    source, target = await create(client, "One"), await create(client, "Two")
    linked = await change(
        client, "linkArticles", sourceId=source["id"], targetId=target["id"], kind="PINNED"
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
    input_ = {"articleId": article["id"], "authorName": "Rita", "body": "Brr."}
    answer = await client.ask(submit, input=input_ | {"authorEmail": "rita@example.com"})
    assert answer["submitComment"]["__typename"] == "SubmitCommentPayload"
    query = '{ article(slug: "ice") { comments { totalCount nodes { body } } } }'
    assert (await client.ask(query))["article"]["comments"]["totalCount"] == 0
    waiting = "{ moderationQueue(first: 1) { nodes { comment { id } } } }"
    [queued] = (await client.ask(waiting, editor=True))["moderationQueue"]["nodes"]
    await change(client, "moderateComment", id=queued["comment"]["id"], status="APPROVED")
    comments = (await client.ask(query))["article"]["comments"]
    assert comments == {"totalCount": 1, "nodes": [{"body": "<p>Brr.</p>"}]}
    refused = await client.ask(submit, input=input_ | {"body": " "})
    assert refused["submitComment"] == {
        "__typename": "Invalid",
        "code": refused["submitComment"]["code"],
        "message": "body: must not be empty",
        "path": ["input", "body"],
    }
    assert await Comment.all().count() == 1


async def test_each_refusal_has_its_face_and_changes_nothing(client: Client) -> None:
    article = await create(client)
    input_ = {"title": "x", "body": {"text": "x"}}
    anonymous = await client.ask(CREATE, input=input_)
    assert anonymous["createArticle"]["__typename"] == "NotAllowed"
    duplicate = await client.ask(CREATE, editor=True, input=input_ | {"slug": "ice"})
    assert duplicate["createArticle"]["__typename"] == "Invalid"
    assert duplicate["createArticle"]["path"] == ["input", "slug"]
    stale = await change(client, "reviseArticle", id=article["id"], seenVersion=9, title="x")
    assert stale["__typename"] == "Conflict"
    await change(client, "deleteArticle", id=article["id"])
    missing = await change(client, "publishArticle", id=article["id"])
    assert missing["__typename"] == "NotFound"
    assert await Article.all().count() == 0


async def test_versions_are_listed_compared_and_brought_back(client: Client) -> None:
    article = await create(client, topics=["Weather"], summary="Cold.")
    await change(client, "linkArticles", sourceId=article["id"], headline="Snow", kind="INLINE")
    body = {"markdown": "Cold *snow*."}
    await change(
        client, "reviseArticle", id=article["id"], seenVersion=1, body=body, topics=["Snow"]
    )
    revisions = """{ revisions { totalCount nodes {
      id version change savedAt publishedAt language commentsOpen lacks summary body(format: TEXT)
      topics { slug name } links { kind anchor target { id } } metadata { name }
      diff { name segments { change text } } } } }"""
    query = f"query ($id: ID!) {{ article(id: $id) {revisions} }}"
    asked = await client.ask(query, editor=True, id=article["id"])
    second, first = asked["article"]["revisions"]["nodes"]
    assert (second["change"], second["diff"], second["body"]) == ("REVISED", [], "Cold snow.")
    assert (first["change"], first["language"], first["lacks"]) == ("CREATED", "en", [])
    assert first["topics"] == [{"slug": "weather", "name": "Weather"}]
    assert first["links"] == [{"kind": "INLINE", "anchor": "Snow", "target": None}]
    assert None not in (first["savedAt"], first["publishedAt"])
    assert first["diff"] == [
        {
            "name": "body_html",
            "segments": [
                {"change": "SAME", "text": "Cold "},
                {"change": "REMOVED", "text": "ice"},
                {"change": "ADDED", "text": "snow"},
                {"change": "SAME", "text": "."},
            ],
        },
        {
            "name": "topics",
            "segments": [
                {"change": "REMOVED", "text": "Weather"},
                {"change": "ADDED", "text": "Snow"},
            ],
        },
    ]
    refused = await change(client, "restoreRevision", id=first["id"], seenVersion=1)
    assert refused["__typename"] == "Conflict"
    fields = (
        "... on RestoreRevisionPayload { article { version topics { slug } body(format: TEXT) } }"
    )
    restored = await change(client, "restoreRevision", fields, id=first["id"], seenVersion=2)
    assert restored["article"] == {
        "version": 3,
        "topics": [{"slug": "weather"}],
        "body": "Cold ice.",
    }
    assert (await client.post(query, id=article["id"]))["data"]["article"]["revisions"] is None
    other = await create(client, "Other")
    [[number]] = await client.db.rows("SELECT max(id) FROM revision")
    strange = global_id(REVISION, number)
    assert other["version"] == 1
    by_id = (
        "query ($id: ID!, $to: ID) { node(id: $id) { ... on Revision { diff(to: $to) { name } } } }"
    )
    problem = await client.post(by_id, editor=True, id=first["id"], to=strange)
    assert problem["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_edits_wait_for_a_release_and_are_compared_with_what_is_public(
    client: Client,
) -> None:
    article = await create(client, topics=["Weather"])
    edits = {"id": article["id"], "title": "Snow", "seenVersion": 0}
    saved = await change(client, "saveWorkingVersion", **edits)
    assert saved["__typename"] == "SaveWorkingVersionPayload"
    stale = await change(client, "saveWorkingVersion", **edits)
    assert stale["__typename"] == "Conflict"
    query = """query ($id: ID!) { article(id: $id) { title workingVersion {
      version editor changedFields conflicts title slug body(format: TEXT) topics { slug }
      diff { name segments { change text } } } } }"""
    seen = (await client.ask(query, editor=True, id=article["id"]))["article"]
    segments = [{"change": "REMOVED", "text": "Ice"}, {"change": "ADDED", "text": "Snow"}]
    assert seen == {
        "title": "Ice",
        "workingVersion": {
            **{"version": 1, "editor": "a token", "changedFields": ["title"], "conflicts": []},
            **{"title": "Snow", "slug": "ice", "body": "Cold ice."},
            **{"topics": [{"slug": "weather"}], "diff": [{"name": "title", "segments": segments}]},
        },
    }
    fields = "... on CreateReleasePayload { release { id name status items { action } } }"
    release = (await change(client, "createRelease", fields, name="Winter"))["release"]
    assert release == {"id": release["id"], "name": "Winter", "status": "OPEN", "items": []}
    fields = "... on AddToReleasePayload { release { items { action article { title } } } }"
    added = await change(client, "addToRelease", fields, id=release["id"], articleId=article["id"])
    assert added["release"]["items"] == [{"action": "PUBLISH", "article": {"title": "Ice"}}]
    listed = await client.ask("{ releases { totalCount nodes { id } } }", editor=True)
    assert listed["releases"] == {"totalCount": 1, "nodes": [{"id": release["id"]}]}
    fields = "... on PublishReleasePayload { release { status publishedAt } }"
    published = await change(client, "publishRelease", fields, id=release["id"])
    assert published["release"]["status"] == "PUBLISHED"
    seen = (await client.ask(query, editor=True, id=article["id"]))["article"]
    assert seen == {"title": "Snow", "workingVersion": None}
    one = "query ($id: ID!) { release(id: $id) { name } }"
    assert (await client.ask(one, editor=True, id=release["id"]))["release"]["name"] == "Winter"
    assert (await change(client, "deleteRelease", id=release["id"]))["__typename"] == (
        "DeleteReleasePayload"
    )


async def test_what_is_planned_is_listed_and_cancelled(client: Client) -> None:
    article = await create(client)
    at, until = "2999-01-02T03:04:05Z", "2999-02-02T03:04:05Z"
    plans = "article { status plannedChanges { action at } }"
    fields = f"... on PublishArticlePayload {{ {plans} }}"
    dates = {"at": at, "unpublishAt": until}
    planned = await change(client, "publishArticle", fields, id=article["id"], **dates)
    assert planned["article"] == {
        "status": "PUBLISHED",
        "plannedChanges": [{"action": "PUBLISH", "at": at}, {"action": "UNPUBLISH", "at": until}],
    }
    fields = f"... on CancelPlannedChangesPayload {{ {plans} }}"
    cancelled = await change(client, "cancelPlannedChanges", fields, id=article["id"])
    assert cancelled["article"] == {"status": "PUBLISHED", "plannedChanges": []}
    fields = f"... on UnpublishArticlePayload {{ {plans} }}"
    draft = await change(client, "unpublishArticle", fields, id=article["id"])
    assert draft["article"]["status"] == "DRAFT"


async def test_a_deleted_article_waits_in_the_trash(client: Client) -> None:
    article = await create(client)
    assert (await change(client, "deleteArticle", id=article["id"]))["__typename"] == (
        "DeleteArticlePayload"
    )
    query = "{ trash { totalCount nodes { articleId slug status deletedAt expiresAt } } }"
    [row] = (await client.ask(query, editor=True))["trash"]["nodes"]
    assert (row["articleId"], row["slug"], row["status"]) == (article["id"], "ice", "PUBLISHED")
    assert row["expiresAt"] > row["deletedAt"]
    assert (await client.post(query))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    fields = "... on RestoreArticlePayload { article { slug version } searchable }"
    restored = await change(client, "restoreArticle", fields, id=article["id"], waitForIndex=True)
    assert restored["article"] == {"slug": "ice", "version": 2}
    assert restored["searchable"]
    await change(client, "deleteArticle", id=article["id"])
    assert (await change(client, "purgeArticle", id=article["id"]))["__typename"] == (
        "PurgeArticlePayload"
    )
    assert (await client.ask(query, editor=True))["trash"]["totalCount"] == 0
    other = await create(client, "Other")
    await change(client, "deleteArticle", id=other["id"], permanently=True)
    assert (await client.ask(query, editor=True))["trash"]["totalCount"] == 0

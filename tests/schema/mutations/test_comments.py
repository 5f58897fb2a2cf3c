"""Mutations of readers on comments: their own by a secret, and reports of others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hub.db.timestamps import now
from hub.models import Article, Comment
from hub.settings import Settings
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

SUBMIT = """mutation($input: SubmitCommentInput!) { result: submitComment(input: $input) {
  ... on SubmitCommentPayload { commentId status secret editableMinutes }
  ... on Problem { code message } } }"""
EDIT = """mutation($input: EditOwnCommentInput!) { result: editOwnComment(input: $input) {
  ... on EditOwnCommentPayload { commentId status comment { body editedAt editedBy } }
  ... on Problem { code message } } }"""
DELETE = """mutation($input: DeleteOwnCommentInput!) { result: deleteOwnComment(input: $input) {
  ... on DeleteOwnCommentPayload { commentId } ... on Problem { code message } } }"""
REPORT = """mutation($input: ReportCommentInput!) { result: reportComment(input: $input) {
  ... on ReportCommentPayload { commentId wasReported } ... on Problem { code message } } }"""
QUEUE = """{ moderationQueue(filter: { reported: true }, sort: MOST_REPORTED) {
  totalCount nodes { comment { id status } reportCount reports { reason readers } } } }"""
ARTICLE = '{ article(slug: "bread") { id commentModeration acceptsComments } }'


async def do(client: Client, query: str, editor: bool = False, **input: Any) -> Any:
    return (await client.ask(query, editor=editor, input=input))["result"]


async def test_a_reader_edits_reports_and_deletes(settings: Settings) -> None:
    changes = {"comment_edit_minutes": 10, "comment_hide_reports": 1, "comment_moderation": "none"}
    async with a_hub(settings.model_copy(update=changes)) as client:
        await an_article("Bread")
        article = (await client.ask(ARTICLE))["article"]["id"]
        words = {"articleId": article, "authorName": "Rita", "body": "Well."}
        own = await do(client, SUBMIT, **words)
        assert (own["status"], own["editableMinutes"]) == ("APPROVED", 10)
        moderators = await do(client, SUBMIT, editor=True, **words)
        assert (moderators["secret"], moderators["editableMinutes"]) == (None, 0)
        edited = await do(client, EDIT, secret=own["secret"], body="Well done.")
        assert edited["comment"].pop("editedAt")
        assert edited == {
            "commentId": own["commentId"],
            "status": "APPROVED",
            "comment": {"body": "<p>Well done.</p>", "editedBy": "READER"},
        }
        # The same message for whatever is wrong, as that of a secret that never was.
        problems = [
            await do(client, EDIT, secret=wrong, body="Other.")
            for wrong in ("1.x", own["secret"][:-1], "9999.x", "")
        ]
        problems.append(await do(client, DELETE, secret="1.x"))
        assert len({problem["message"] for problem in problems}) == 1
        assert {problem["code"] for problem in problems} == {"BAD_USER_INPUT"}
        assert (await do(client, REPORT, id=own["commentId"], reason="ABUSE"))[
            "wasReported"
        ] is False
        again = await do(client, REPORT, id=own["commentId"], reason="SPAM")
        assert again["code"] == "NOT_FOUND"  # it is hidden by now
        queue = (await client.ask(QUEUE, editor=True))["moderationQueue"]
        [node] = queue["nodes"]
        assert (queue["totalCount"], node["comment"]["status"], node["reportCount"]) == (
            *(1, "PENDING", 1),
        )
        assert node["reports"] == [{"reason": "ABUSE", "readers": 1}]
        deleted = await do(client, DELETE, secret=own["secret"])
        assert deleted == {"commentId": own["commentId"]}
        assert await Comment.all().count() == 1


async def test_by_default_there_is_no_secret(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"comments_per_minute": 3})) as client:
        await an_article("Bread")
        article = (await client.ask(ARTICLE))["article"]["id"]
        own = await do(client, SUBMIT, articleId=article, authorName="Rita", body="Well.")
        assert (own["status"], own["secret"], own["editableMinutes"]) == ("PENDING", None, 0)
        assert (await Comment.get()).secret_digest is None
        # Guesses, edits and reports have the limit of comments.
        codes = [(await do(client, DELETE, secret="1.x"))["code"] for _ in range(2)]
        codes.append((await do(client, EDIT, secret="1.x", body="x"))["code"])
        codes.append((await do(client, REPORT, id=own["commentId"], reason="SPAM"))["code"])
        assert codes == ["BAD_USER_INPUT"] * 2 + ["RATE_LIMITED"] * 2


async def test_an_article_tells_whether_it_takes_comments(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"comment_close_days": 30})) as client:
        id_ = await an_article("Bread", published_at=now() - timedelta(days=29, hours=23))
        for query in (ARTICLE, '{ article(slug: "bread") { acceptsComments } }'):
            answer = await client.http.get("/graphql", params={"query": query})
            assert answer.json()["data"]["article"]["acceptsComments"] is True
            [seconds] = [
                int(part.partition("=")[2])
                for part in answer.headers["cache-control"].split(", ")
                if part.startswith("max-age")
            ]
            assert seconds <= 3600
        await Article.filter(id=id_).update(published_at=now() - timedelta(days=31))
        expected = {False: False, True: True}  # moderators may go on
        for editor, accepts in expected.items():
            article = (await client.ask(ARTICLE + " #", editor=editor))["article"]
            assert article["acceptsComments"] is accepts
        await Article.filter(id=id_).update(comments_open=False)
        assert (await client.ask(ARTICLE + " ##", editor=True))["article"][
            "acceptsComments"
        ] is False

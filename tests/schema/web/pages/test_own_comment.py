"""A reader's own comment, edited and deleted on the pages without a script."""

from __future__ import annotations

import httpx
import pytest

from hub import comments
from hub.models import Comment, CommentStatus
from hub.settings import Settings
from tests.schema.web.pages.test_commenting import WORDS, age_tokens, fields, message, send
from tests.support.factories import EDITOR, an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def change(client: Client, values: dict[str, str], **headers: str) -> httpx.Response:
    return await client.http.post("/comment/own", data=values, headers=headers)


async def test_a_reader_edits_and_deletes_a_comment_by_its_key(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    age_tokens(monkeypatch)
    async with a_hub(settings.model_copy(update={"comment_edit_minutes": 15})) as client:
        await an_article("Bread", slug="bread")
        sent = await send(client, fields(await send(client, WORDS)))
        assert sent.status_code == 200
        assert "Thank you." in message(sent)
        assert 'href="./stories/bread#comments"' in sent.text
        own = fields(sent)
        id_, key = (await Comment.get()).id, own["secret"]
        assert key.startswith(f"{id_}.")
        assert own["words"] == WORDS["words"]
        # The key is in no address, no cache keeps the page, and no other site is told of it.
        for answer in (sent, await change(client, {"secret": key, "words": "Half baked."})):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "same-origin"
            assert key not in str(answer.headers) + str(answer.url)
            assert answer.text.count(key) == 1
            assert "<script" not in answer.text
        assert "looked at" in message(answer)
        assert "Half baked." in (await Comment.get()).body_html
        await comments.moderate(id_, CommentStatus.APPROVED, by=EDITOR)

        wrong = await change(client, {"secret": key[:-1] + "!", "action": "delete"})
        assert (wrong.status_code, await Comment.all().count()) == (422, 1)
        assert "belongs to no comment" in message(wrong)
        blank = await change(client, {"secret": key, "words": " "})
        assert blank.status_code == 422
        assert message(blank).startswith("Your comment: ")
        foreign = {"secret": key, "action": "delete"}
        assert (
            await change(client, foreign, **{"sec-fetch-site": "cross-site"})
        ).status_code == 403
        assert await Comment.all().count() == 1
        deleted = await change(client, {"secret": key, "words": "", "action": "delete"})
        assert (deleted.status_code, key in deleted.text) == (200, False)
        assert "deleted" in message(deleted)
        assert await Comment.all().count() == 0


async def test_after_the_time_to_edit_a_key_still_deletes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_before = "k" * 32
    id_ = await comments.submit(
        await an_article("Bread"),
        author_name="Rita",
        author_email=None,
        body="Old words",
        by=EDITOR,
        secret=from_before,
    )
    page = await client.http.get("/comment/own")
    assert "words" not in fields(page)  # HUB_COMMENT_EDIT_MINUTES is 0
    values = {"secret": f"{id_}.{from_before}", "words": "New words"}
    assert (await change(client, values)).status_code == 422
    assert (await change(client, values | {"action": "delete"})).status_code == 200
    assert await Comment.all().count() == 0

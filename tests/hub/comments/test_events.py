"""Webhook events of comments: ids alone, of the types that the setting names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from hub import comments, webhooks
from hub.db.database import Reader
from hub.models import CommentStatus, WebhookEvent, WebhookMessage
from hub.outbox import CONTENT_CHANGED
from hub.settings import Settings
from schema import ids
from schema.webhook_delivery import format_body
from tests.support.factories import EDITOR, READER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def submit(article_id: int) -> int:
    return await comments.submit(
        article_id, author_name="Rita", author_email="r@example.com", body="Secret.", by=READER
    )


async def send(types: Any) -> list[dict[str, object]]:
    """Make messages of all events, and return their bodies."""
    settings = Settings(webhook_events=types)
    while await webhooks.create_message(
        "target",
        lambda tags, places, moment: format_body(tags, places, moment, settings),
        settings.webhook_events,
    ):
        pass
    assert not await WebhookEvent.all().exists()
    bodies = [message.body for message in await WebhookMessage.all().order_by("id")]
    assert "Secret" not in str(bodies)
    assert "example.com" not in str(bodies)
    return [json.loads(body) for body in bodies]


async def test_comments_are_told_when_they_wait_and_when_they_are_public(db: Reader) -> None:
    await webhooks.register(["target"])
    article = await an_article("Bread")
    first, second = await submit(article), await submit(article)
    await comments.moderate(first, CommentStatus.APPROVED, by=EDITOR)
    await comments.moderate(second, CommentStatus.SPAM, by=EDITOR)
    messages = await send([CONTENT_CHANGED, "comment.pending", "comment.approved"])
    assert [message["type"] for message in messages] == [
        *("content.changed", "comment.pending", "comment.approved", "content.changed")
    ]
    _, pending, approved, _ = (message["data"] for message in messages)
    article_ids = [ids.global_id(ids.ARTICLE, article)]
    both = [ids.global_id(ids.COMMENT, id_) for id_ in (first, second)]
    assert isinstance(pending, dict)
    assert isinstance(approved, dict)
    assert (pending["commentIds"], pending["articleIds"]) == (both, article_ids)
    assert (approved["commentIds"], approved["articleIds"]) == (both[:1], article_ids)


async def test_by_default_receivers_get_what_they_got_before(db: Reader) -> None:
    await webhooks.register(["target"])
    article = await an_article("Bread")
    await comments.moderate(await submit(article), CommentStatus.APPROVED, by=EDITOR)
    messages = await send(Settings().webhook_events)
    assert {message["type"] for message in messages} == {"content.changed"}
    with pytest.raises(ValidationError, match="webhook_events"):
        Settings(webhook_events=["comment.other"])  # type: ignore[list-item]

"""Webhooks: contents, order and signatures of messages, retries, and the log."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest
from anyio import to_thread
from pydantic import SecretStr, ValidationError
from tortoise.expressions import F

from hub import articles, comments, webhooks
from hub.auth import SYSTEM
from hub.comments import Policy
from hub.db.database import Reader, open_database
from hub.drafts import ArticleChanges
from hub.errors import NotAllowed
from hub.models import (
    CommentModeration,
    CommentStatus,
    MessageStatus,
    ReportReason,
    Status,
    WebhookEvent,
    WebhookMessage,
    WebhookTarget,
)
from hub.settings import Settings
from hub.text.slugs import digest
from schema import webhook_delivery
from schema.ids import ARTICLE, COMMENT, global_id
from schema.webhook_delivery import parse_keys, retry_delay, signature, target_name
from tests.support.factories import EDITOR, READER, a_comment, an_article
from tests.support.hub import a_hub
from tests.support.paths import ROOT
from tests.support.webhook_receiver import SECRET, Delivery, Receiver, receiving

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture
def webhook_settings(
    settings: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings of a hub with the receiver as target, and short delays between tries."""
    monkeypatch.setattr(webhook_delivery, "MIN_RETRY_SECONDS", 0.05)
    return settings.model_copy(
        update={
            "webhook_urls": [SecretStr(receiver.url)],
            "webhook_secret": SecretStr(SECRET),
            "article_url": "https://site.test/{slug}",
        }
    )


async def until(receiver: Receiver, fits: Callable[[list[Delivery]], bool]) -> list[Delivery]:
    """Wait until the accepted messages satisfy `fits`, and return them."""
    with anyio.fail_after(20):
        while not fits(receiver.accepted):
            await anyio.sleep(0.01)
    return receiver.accepted


def tags(messages: list[Delivery]) -> set[str]:
    return {tag for message in messages for tag in message.data["tags"]}


async def test_a_change_is_told_with_tags_and_addresses_signed(
    webhook_settings: Settings, receiver: Receiver
) -> None:
    async with a_hub(webhook_settings):
        id_ = await an_article("Bread")
        got = await until(receiver, lambda messages: f"article:{id_}" in tags(messages))
        message = next(message for message in got if f"article:{id_}" in message.data["tags"])
        assert message.is_signed()
        assert message.headers["content-type"] == "application/json"
        assert {"article", "articles", "slug", f"slug:{digest('bread')}"} <= tags([message])
        assert message.data["urls"] == ["https://site.test/bread"]
        assert message.data["articleIds"] == [global_id(ARTICLE, id_)]
        await until(receiver, lambda messages: "search" in tags(messages))
        assert len({message.id for message in receiver.deliveries}) == len(receiver.deliveries)


async def test_addresses_that_an_article_has_left_are_told(
    webhook_settings: Settings, receiver: Receiver
) -> None:
    async with a_hub(webhook_settings):
        id_ = await an_article("Bread")
        await until(receiver, lambda messages: "search" in tags(messages))
        receiver.deliveries.clear()
        await articles.revise(id_, ArticleChanges(slug="loaf"), seen_version=1, by=SYSTEM)
        got = await until(receiver, lambda messages: f"article:{id_}" in tags(messages))
        assert got[0].data["urls"] == ["https://site.test/bread", "https://site.test/loaf"]
        await until(receiver, lambda messages: "search" in tags(messages))
        receiver.deliveries.clear()
        await articles.delete(id_, by=SYSTEM)
        got = await until(receiver, lambda messages: f"article:{id_}" in tags(messages))
        assert got[0].data["urls"] == ["https://site.test/bread", "https://site.test/loaf"]


async def test_no_address_of_a_draft_leaves_the_hub(
    webhook_settings: Settings, receiver: Receiver
) -> None:
    async with a_hub(webhook_settings):
        id_ = await an_article("Secret plans", status=Status.DRAFT)
        got = await until(receiver, lambda messages: f"article:{id_}" in tags(messages))
        assert [message.data["urls"] for message in got] == [[] for _ in got]
        assert "secret" not in "".join(message.body for message in receiver.deliveries).lower()


async def test_what_is_not_taken_is_sent_again_as_it_was(
    webhook_settings: Settings, receiver: Receiver
) -> None:
    receiver.answers = [500, 503, 302]
    async with a_hub(webhook_settings):
        id_ = await an_article("Bread")
        await until(receiver, lambda messages: {f"article:{id_}", "search"} <= tags(messages))
        first = [
            message for message in receiver.deliveries if message.id == receiver.deliveries[0].id
        ]
        assert len(first) > 1
        assert {message.body for message in first} == {first[0].body}
        assert all(message.is_signed() for message in receiver.deliveries)
        await _all_delivered(receiver)
        rows = await webhooks.list_messages(50, by=SYSTEM)
        assert {row.status for row in rows} == {MessageStatus.DELIVERED}
        assert sum(row.tries for row in rows) == len(receiver.deliveries)
        assert {row.answer for row in rows} == {204}


async def _all_delivered(receiver: Receiver) -> None:
    with anyio.fail_after(20):
        while await webhooks.waiting_counts():
            await anyio.sleep(0.01)


async def test_messages_about_an_article_keep_their_order_and_hold_nobody_else_up(
    webhook_settings: Settings, receiver: Receiver
) -> None:
    async with a_hub(webhook_settings):
        bread, salt = await an_article("Bread"), await an_article("Salt")
        await until(receiver, lambda messages: "search" in tags(messages))
        await _all_delivered(receiver)
        receiver.deliveries.clear()
        receiver.refuses = {f"slug:{digest('loaf-1')}"}
        versions = {bread: 1, salt: 1}
        for number in range(1, 4):
            for id_, name in ((bread, "loaf"), (salt, "rock")):
                versions[id_] = await articles.revise(
                    id_,
                    ArticleChanges(slug=f"{name}-{number}"),
                    seen_version=versions[id_],
                    by=SYSTEM,
                )
                await _all_formatted()
        await until(receiver, lambda messages: f"slug:{digest('rock-3')}" in tags(messages))
        assert f"article:{bread}" not in tags(receiver.accepted)
        receiver.refuses = set()
        await until(receiver, lambda messages: f"slug:{digest('loaf-3')}" in tags(messages))
        for name in ("loaf", "rock"):
            firsts = [
                min(
                    place
                    for place, message in enumerate(receiver.accepted)
                    if f"slug:{digest(f'{name}-{number}')}" in message.data["tags"]
                )
                for number in range(1, 4)
            ]
            assert firsts == sorted(firsts)


async def _all_formatted() -> None:
    """Wait until every event is part of a message."""
    with anyio.fail_after(20):
        while await WebhookEvent.exists():
            await anyio.sleep(0.01)


async def test_what_is_never_taken_is_given_up_and_can_be_sent_again(
    webhook_settings: Settings, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answers = [500] * 500
    caplog.set_level(logging.INFO)
    async with a_hub(webhook_settings.model_copy(update={"webhook_tries": 3})) as client:
        id_ = await an_article("Bread")
        with anyio.fail_after(20):
            while not await WebhookMessage.filter(status=MessageStatus.GIVEN_UP).exists():
                await anyio.sleep(0.01)
        [row, *_] = reversed(await webhooks.list_messages(50, by=SYSTEM))
        assert (row.status, row.tries, row.error) == (MessageStatus.GIVEN_UP, 3, "answered 500")
        receiver.answers = []
        await _all_delivered(receiver)
        assert await webhooks.retry_failed(by=SYSTEM) >= 1
        await until(receiver, lambda messages: f"article:{id_}" in tags(messages))
        metrics = (await client.http.get("/metrics")).text
    # httpx's own log is disabled by the log's set-up; see the test of a real server.
    log = "".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert "given up" in log
    for secret in (SECRET, receiver.url, "not-to-be-told"):
        assert secret not in log
        assert secret not in metrics
        assert secret not in repr(webhook_settings)


async def test_a_receiver_that_hangs_or_is_gone_is_tried_again(
    webhook_settings: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_delivery, "TIMEOUT_SECONDS", 0.2)
    receiver.delay_seconds = 1.0
    async with a_hub(webhook_settings):
        await an_article("Bread")
        with anyio.fail_after(20):
            while not await WebhookMessage.filter(error="TimeoutError").exists():
                await anyio.sleep(0.01)
        receiver.delay_seconds = 0.0
        await until(receiver, lambda messages: "articles" in tags(messages))


async def test_changes_made_while_no_server_runs_are_told_by_the_next(
    webhook_settings: Settings, receiver: Receiver
) -> None:
    async with a_hub(webhook_settings):
        id_ = await an_article("Bread")
        await until(receiver, lambda messages: "search" in tags(messages))
        await _all_delivered(receiver)
    receiver.deliveries.clear()
    # Like a command, which has no webhooks configured.
    await to_thread.run_sync(_comment_by_a_command, webhook_settings, id_)
    async with a_hub(webhook_settings):
        got = await until(receiver, lambda messages: f"comments:{id_}" in tags(messages))
        assert "https://site.test/bread" in got[0].data["urls"]


def _comment_by_a_command(settings: Settings, article_id: int) -> None:
    async def work() -> None:
        async with open_database(settings.model_copy(update={"webhook_urls": []})):
            await a_comment(article_id)

    anyio.run(work)


async def test_a_comment_that_waits_is_public_or_is_reported_is_told_signed(
    webhook_settings: Settings, receiver: Receiver
) -> None:
    types = ["comment.pending", "comment.approved", "comment.reported"]
    policy = Policy(moderation=CommentModeration.ALL)
    async with a_hub(webhook_settings.model_copy(update={"webhook_events": types})):
        id_ = await comments.submit(
            await an_article("Bread"),
            author_name="Rita",
            author_email=None,
            body="Burnt words",
            by=READER,
            policy=policy,
        )
        await until(receiver, lambda messages: types[0] in {_type(one) for one in messages})
        await comments.moderate(id_, CommentStatus.APPROVED, by=EDITOR)
        await until(receiver, lambda messages: types[1] in {_type(one) for one in messages})
        reason, reader = ReportReason.ABUSE, "192.0.2.7"
        await comments.report(id_, reason, reporter=reader, by=READER, policy=policy)
        got = await until(receiver, lambda messages: types[2] in {_type(one) for one in messages})
    assert [_type(message) for message in got] == types
    for message in got:
        assert message.is_signed()
        assert message.data["commentIds"] == [global_id(COMMENT, id_)]
        assert not {"Burnt", "192.0.2"} & set(message.body.replace('"', " ").split())


def _type(message: Delivery) -> str:
    return str(json.loads(message.body)["type"])


async def test_nothing_is_kept_for_whom_nobody_tells(settings: Settings) -> None:
    async with a_hub(settings):
        await an_article("Bread")
        assert await WebhookEvent.all().count() == 0
        await webhooks.register(["https://a.test#1", "https://b.test#2"])
        await an_article("Salt")
        assert set(await webhooks.waiting_counts()) == {"https://a.test#1", "https://b.test#2"}
        await webhooks.register(["https://b.test#2"])
        assert set(await webhooks.waiting_counts()) == {"https://b.test#2"}


async def test_a_host_with_other_settings_removes_no_target_that_others_name(
    settings: Settings,
) -> None:
    """As while the settings are changed on one host after the other."""
    async with a_hub(settings):
        await webhooks.register(["of-an-older-release"], has_other_hosts=True)
        await WebhookTarget.all().update(named_at=0.0)
        for names in (["a"], ["b"], []):
            await webhooks.register(names, has_other_hosts=True)
        await an_article("Bread")
        assert set(await webhooks.waiting_counts()) == {"a", "b", "of-an-older-release"}
        hour = webhooks.FORGET_SECONDS
        await WebhookTarget.exclude(name="b").update(named_at=F("named_at") - hour)
        await webhooks.register(["a"], has_other_hosts=True)
        assert set(await webhooks.waiting_counts()) == {"a", "b"}


async def test_the_log_is_bounded_and_for_administrators(
    db: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "LOG_SIZE", 5)
    await webhooks.register(["a"])
    for _ in range(12):
        await an_article()
        assert await webhooks.create_message("a", lambda *_: '{"data":{}}')
        [message] = await webhooks.due_messages("a")
        await webhooks.mark_delivered(message, 200)
    assert len(await webhooks.list_messages(100, by=SYSTEM)) <= 6
    for refused in (webhooks.list_messages(1, by=EDITOR), webhooks.retry_failed(by=EDITOR)):
        with pytest.raises(NotAllowed):
            await refused


async def test_messages_that_wait_are_bounded_and_events_are_put_together(db: Reader) -> None:
    await webhooks.register(["a"])
    for number in range(webhooks.MAX_WAITING + 5):
        await an_article()
        assert await webhooks.create_message("a", lambda *_: "{}") is (
            number < webhooks.MAX_WAITING
        )
    for message in await webhooks.due_messages("a"):
        await webhooks.mark_delivered(message, 200)
    assert await webhooks.create_message("a", lambda *_: "{}")
    assert not await webhooks.create_message("a", lambda *_: "{}")


def test_signatures_are_those_of_standard_webhooks() -> None:
    # The example of the specification's own libraries.
    keys = parse_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    value = signature(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    both = signature([*keys, b"another key"], "msg_1", 1, "{}").split()
    assert len(both) == 2
    assert parse_keys("whsec_not/base64!") == [b"whsec_not/base64!"]


def test_the_example_of_the_docs_verifies_what_is_sent() -> None:
    page = (ROOT / "docs" / "how-to" / "webhooks.md").read_text()
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    moment = int(time.time())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(parse_keys(SECRET), "msg_1", moment, "{}"),
    }
    assert names["is_authentic"](headers, b"{}", SECRET)
    assert not names["is_authentic"](headers, b"{} ", SECRET)
    old = headers | {"webhook-timestamp": str(moment - 301)}
    assert not names["is_authentic"](old, b"{}", SECRET)


def test_pauses_grow_to_an_hour() -> None:
    assert [retry_delay(tries) for tries in (1, 2, 5, 12, 13, 40)] == [1, 2, 16, 2048, 3600, 3600]


def test_a_name_tells_nothing_secret_of_an_address() -> None:
    name = target_name("https://user:pass@hooks.test/services/T0/secret?token=x")
    assert name.startswith("https://hooks.test#")
    assert name != target_name("https://user:pass@hooks.test/services/T0/other")


@pytest.mark.parametrize(
    "arguments",
    [
        {"webhook_urls": ["https://cdn.test/purge"]},
        {"webhook_urls": ["ftp://cdn.test"], "webhook_secret": "x" * 24},
        {"webhook_urls": ["purge"], "webhook_secret": "x" * 24},
        {"webhook_secret": "x" * 23},
    ],
)
def test_settings_that_could_not_work_are_refused(arguments: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**arguments)
    assert "x" * 23 not in "".join(error["msg"] for error in refused.value.errors())

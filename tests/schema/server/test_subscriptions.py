"""Subscriptions against a real server: websockets, event streams, and who hears what."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Subprotocol

from hub import articles, comments, imports, tokens
from hub.app import create_app
from hub.auth import ANONYMOUS, SYSTEM, Viewer
from hub.db.database import run
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.logs import JsonFormatter
from hub.models import CommentStatus, ReportReason, Role, Status, Token
from hub.settings import Settings
from hub.text.bodies import Body
from schema import change_feed as feeds
from schema import ids
from schema.change_feed import ChangeFeed, Event, SlowConsumer, TooManySubscriptions
from schema.client_pool import ClientPool
from schema.server import websocket
from schema.server.base_url import BaseUrls
from schema.server.websocket import PROTOCOL
from tests.support.engines import ENGINES, engine_url
from tests.support.factories import a_draft, a_token, an_article
from tests.support.hub import wait_for_index
from tests.support.paths import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
CHANGED = "subscription { articleChanged { change articleId article { title } } }"
INIT = {"type": "connection_init"}


class Live:
    """A server on a port of its own."""

    def __init__(self, port: int, app: Any) -> None:
        self.address = f"127.0.0.1:{port}"
        self.app = app

    @property
    def feed(self) -> ChangeFeed:
        feed: ChangeFeed = self.app.state.graphql.operations.change_feed
        return feed

    def socket(self, **more: Any) -> Any:
        return websockets.connect(
            f"ws://{self.address}/graphql", subprotocols=[Subprotocol(PROTOCOL)], **more
        )

    async def heard(self, count: int = 1) -> None:
        """Wait until as many listen."""
        with anyio.fail_after(10):
            while self.feed.metrics.listeners != count:
                await anyio.sleep(0.01)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Live]:
    app = create_app(settings)
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    with anyio.fail_after(20):
        while not (server.started and app.state.indexer.leading):
            await anyio.sleep(0.01)
    await wait_for_index(app)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Live(port, app)
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def live(settings: Settings, anyio_backend: str) -> AsyncIterator[Live]:
    async with serving(settings) as running:
        yield running


async def send(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def receive(socket: ClientConnection) -> dict[str, Any]:
    with anyio.fail_after(10):
        message: dict[str, Any] = json.loads(await socket.recv())
        return message


async def subscribe(socket: ClientConnection, query: str, id_: str = "1", **payload: Any) -> None:
    await send(socket, **INIT, **({"payload": payload} if payload else {}))
    assert await receive(socket) == {"type": "connection_ack"}
    await send(socket, type="subscribe", id=id_, payload={"query": query})


async def submit_comment(article_id: int, name: str, text: str, by: Viewer) -> int:
    return await comments.submit(article_id, author_name=name, body=text, author_email=None, by=by)


async def close_code(socket: ClientConnection) -> int:
    with anyio.fail_after(10):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code


def payload_of(message: dict[str, Any], field: str) -> Any:
    assert message["type"] == "next", message
    return message["payload"]["data"][field]


async def test_readers_hear_of_what_is_public_and_of_nothing_else(live: Live) -> None:
    async with live.socket() as socket:
        await subscribe(socket, CHANGED)
        await live.heard()
        await anyio.sleep(0.3)
        draft = await an_article(title="Secret", status=Status.DRAFT)
        await articles.revise(
            draft, ArticleChanges(title="Secret still"), seen_version=1, by=SYSTEM
        )
        public = await an_article(title="Bread")
        first = payload_of(await receive(socket), "articleChanged")
        assert first["change"] == "PUBLISHED"
        assert first["article"] == {"title": "Bread"}
        await articles.revise(public, ArticleChanges(title="Rye"), seen_version=1, by=SYSTEM)
        second = payload_of(await receive(socket), "articleChanged")
        assert (second["change"], second["article"]) == ("CHANGED", {"title": "Rye"})
        await articles.archive(public, by=SYSTEM)
        third = payload_of(await receive(socket), "articleChanged")
        assert (third["change"], third["article"]) == ("WITHDRAWN", None)
        assert third["articleId"] == ids.global_id(ids.ARTICLE, public)


async def test_staff_hear_of_drafts(live: Live) -> None:
    async with live.socket() as socket:
        await subscribe(socket, CHANGED, authorization=f"Bearer {await a_token()}")
        await live.heard()
        await anyio.sleep(0.3)
        await an_article(title="Secret", status=Status.DRAFT)
        assert payload_of(await receive(socket), "articleChanged")["article"] == {"title": "Secret"}


async def test_a_comment_is_heard_once_it_is_public(live: Live) -> None:
    id_ = await an_article()
    other = await an_article(title="Other")
    global_id = ids.global_id(ids.ARTICLE, id_)
    query = f'subscription {{ commentAdded(articleId: "{global_id}") {{ body }} }}'
    async with live.socket() as socket:
        await subscribe(socket, query)
        await live.heard()
        await anyio.sleep(0.3)
        waiting = await submit_comment(id_, "Ole", "Wait", ANONYMOUS)
        await submit_comment(other, "Ada", "Elsewhere", SYSTEM)
        await submit_comment(id_, "Rita", "First", SYSTEM)
        assert "First" in payload_of(await receive(socket), "commentAdded")["body"]
        await comments.moderate(waiting, CommentStatus.APPROVED, by=SYSTEM)
        assert "Wait" in payload_of(await receive(socket), "commentAdded")["body"]


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_search_tells_what_enters_and_leaves(
    engine: str, settings: Settings, tmp_path: Path
) -> None:
    query = (
        'subscription { searchChanged(query: "rye", first: 5)'
        " { entered { title } leftIds totalCount } }"
    )
    own = settings.model_copy(update={"search_url": engine_url(engine, tmp_path / "index")})
    async with serving(own) as live, live.socket() as socket:
        await subscribe(socket, query)
        await live.heard()
        await anyio.sleep(0.3)
        await an_article(title="Bread of oats")
        id_ = await an_article(title="Bread of rye")
        entered = payload_of(await receive(socket), "searchChanged")
        assert entered == {"entered": [{"title": "Bread of rye"}], "leftIds": [], "totalCount": 1}
        await articles.revise(
            id_, ArticleChanges(title="Bread", body=Body("Oats.")), seen_version=1, by=SYSTEM
        )
        removed = payload_of(await receive(socket), "searchChanged")
        assert removed["leftIds"] == [ids.global_id(ids.ARTICLE, id_)]


async def test_what_another_process_writes_is_heard_here(
    settings: Settings, live: Live, tmp_path: Path
) -> None:
    async with live.socket() as socket:
        await subscribe(socket, CHANGED)
        await live.heard()
        await anyio.sleep(0.3)
        page = tmp_path / "page.md"
        page.write_text("# From elsewhere\n\nWords.")
        process = await anyio.run_process(
            [".venv/bin/python", "-m", "scripts", "import", str(page)],
            env={
                "HUB_DATA_DIR": str(settings.data_dir),
                "HUB_DATABASE_URL": settings.database_url,
                "PATH": "/usr/bin:/bin",
            },
            cwd=ROOT,
        )
        assert process.returncode == 0
        heard = payload_of(await receive(socket), "articleChanged")
        assert heard["article"] == {"title": "From elsewhere"}


MODERATED = """subscription { moderationQueueChanged {
  type comment { comment { body } authorEmail article { title } reports { reason readers } } } }"""


async def test_moderators_alone_hear_of_comments_that_wait(
    settings: Settings, live: Live, tmp_path: Path
) -> None:
    writer = await a_token(Role.WRITER, "writer")
    for headers in ({}, {"authorization": f"Bearer {writer}"}):
        async with live.socket(additional_headers=headers) as socket:
            await subscribe(socket, MODERATED)
            refused = await receive(socket)
            assert refused["payload"][0]["extensions"]["code"] == "FORBIDDEN", refused
    secret = await a_token()
    authorization = {"authorization": f"Bearer {secret}"}
    async with live.socket(additional_headers=authorization) as socket:
        await subscribe(socket, MODERATED)
        await live.heard()
        await anyio.sleep(0.3)
        article = await an_article("Bread")
        id_ = await submit_comment(article, "Rita", "Well baked.", ANONYMOUS)
        event = payload_of(await receive(socket), "moderationQueueChanged")
        comment: dict[str, Any] = {"authorEmail": None, "reports": []}
        comment |= {"comment": {"body": "<p>Well baked.</p>"}, "article": {"title": "Bread"}}
        assert event == {"type": "PENDING", "comment": comment}
        process = await anyio.run_process(  # by another process
            [".venv/bin/python", "-m", "scripts", "comments", "approve", str(id_)],
            env={
                "HUB_DATA_DIR": str(settings.data_dir),
                "HUB_DATABASE_URL": settings.database_url,
                "PATH": "/usr/bin:/bin",
            },
            cwd=ROOT,
        )
        assert process.returncode == 0
        event = payload_of(await receive(socket), "moderationQueueChanged")
        assert event == {"type": "APPROVED", "comment": comment}
        await comments.report(id_, ReportReason.ABUSE, reporter="a", by=ANONYMOUS)
        event = payload_of(await receive(socket), "moderationQueueChanged")
        reports = [{"reason": "ABUSE", "readers": 1}]
        assert event == {"type": "REPORTED", "comment": comment | {"reports": reports}}
        await revoked(secret)
        await submit_comment(article, "Rita", "Something else.", ANONYMOUS)
        assert await close_code(socket) == 4403


async def test_queries_and_mutations_may_come_by_socket_too(live: Live) -> None:
    async with live.socket() as socket:
        await subscribe(socket, "{ site { name } }")
        assert payload_of(await receive(socket), "site") == {"name": "Content hub"}
        assert await receive(socket) == {"id": "1", "type": "complete"}
        await send(socket, type="subscribe", id="2", payload={"query": "{ nonsense }"})
        answer = await receive(socket)
        assert (answer["id"], answer["type"]) == ("2", "error")
        await send(socket, type="subscribe", id="3", payload={"query": ""})
        assert (await receive(socket))["payload"][0]["extensions"]["code"] == "BAD_REQUEST"
        wrong = 'subscription { commentAdded(articleId: "x") { body } }'
        await send(socket, type="subscribe", id="4", payload={"query": wrong})
        answer = await receive(socket)
        assert (answer["id"], answer["type"]) == ("4", "error")


async def test_a_client_completes_and_everything_is_let_go(live: Live) -> None:
    async with live.socket() as socket:
        await subscribe(socket, CHANGED)
        await live.heard()
        await send(socket, type="complete", id="1")
        await live.heard(0)
        await send(socket, type="subscribe", id="1", payload={"query": CHANGED})
        await live.heard()
    await live.heard(0)  # the client has gone


async def test_pings_are_answered(live: Live) -> None:
    async with live.socket() as socket:
        await send(socket, type="ping", payload={"a": 1})
        assert await receive(socket) == {"type": "pong", "payload": {"a": 1}}
        await send(socket, type="pong")
        await send(socket, **INIT)
        assert await receive(socket) == {"type": "connection_ack"}


# ── the codes with which a socket is closed ───────────────────────────────────────────────────

SUBSCRIBE = {"type": "subscribe", "id": "1", "payload": {"query": CHANGED}}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([SUBSCRIBE], 4401),
        ([INIT, INIT], 4429),
        ([INIT, SUBSCRIBE, SUBSCRIBE], 4409),
        ([{"type": "nonsense"}], 4400),
        ([INIT, {"type": "subscribe", "payload": {}}], 4400),
        ([INIT, {"type": "subscribe", "id": "1"}], 4400),
        ([[1]], 4400),
        ([{"type": "connection_init", "payload": {"Authorization": "Bearer no"}}], 4403),
    ],
)
async def test_who_does_not_keep_to_the_protocol_is_hung_up_on(
    live: Live, messages: list[Any], code: int
) -> None:
    async with live.socket() as socket:
        for message in messages:
            await socket.send(json.dumps(message))
        assert await close_code(socket) == code


async def test_what_is_no_json_or_no_text_or_too_long_is_hung_up_on(live: Live) -> None:
    for message, code in (("{", 4400), (b"\x00\x01", 4400), ("x" * 65_537, 1009)):
        async with live.socket(max_size=None) as socket:
            await socket.send(message)
            assert await close_code(socket) == code


async def test_another_protocol_is_not_spoken(live: Live) -> None:
    async with websockets.connect(f"ws://{live.address}/graphql") as socket:
        assert await close_code(socket) == 4406


async def test_who_says_nothing_is_hung_up_on(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "INIT_SECONDS", 0.1)
    async with live.socket() as socket:
        assert await close_code(socket) == 4408


async def test_a_page_of_another_origin_opens_no_socket(live: Live) -> None:
    with pytest.raises(websockets.InvalidStatus):
        async with live.socket(origin="https://evil.test"):
            pass
    async with live.socket(origin=f"http://{live.address}") as socket:
        await send(socket, **INIT)
        assert await receive(socket) == {"type": "connection_ack"}


ORIGINS = {
    "none": (None, "hub.test", {"anything": True}),
    "the site": ("https://www.site.test", "hub.test", {"a site": True}),
    "the site by its port": ("https://www.site.test:443", "hub.test", {"a site": True}),
    "the site without TLS": ("http://www.site.test", "www.site.test", {}),
    "a host": ("https://b.test", "b.test", {"hosts": True}),
    "a host behind a proxy": ("https://b.test", "10.0.0.7:8000", {"hosts": True}),
    "a host at another port": ("http://b.test:81", "b.test:81", {}),
    "another origin": ("https://a.test", "hub.test", {"origins": True}),
    "the Host alone": ("http://evil.test:8000", "evil.test:8000", {}),
    "a user before the host": ("http://www.site.test@evil.test", "evil.test", {}),
    "an address": ("http://127.0.0.1:8000", "127.0.0.1:8000", {"anything": True}),
    "an address of IPv6": ("http://[::1]:8000", "[::1]:8000", {"anything": True}),
    "localhost": ("http://localhost:8000", "localhost:8000", {"anything": True}),
    "another port of localhost": ("http://localhost:3000", "localhost:8000", {}),
    "a domain like an address": ("http://127.0.0.1.evil.test", "127.0.0.1.evil.test", {}),
    "a file": ("null", "null", {}),
    "no origin": ("https://[", "hub.test", {}),
    "an extension": ("chrome-extension://localhost", "localhost", {}),
}
NAMED: dict[str, dict[str, object]] = {
    "nothing": {},
    "a site": {"site_url": "https://www.site.test/blog/"},
    "hosts": {"allowed_hosts": ["B.test"]},
    "origins": {"cors_origins": ["https://a.test"]},
}


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("case", ORIGINS)
def test_who_may_open_a_socket(case: str, named: str) -> None:
    origin, host, where = ORIGINS[case]
    base_urls = BaseUrls(Settings.model_validate(NAMED[named]))
    assert base_urls.admits(origin, host) is bool(where.get("anything") or where.get(named))


async def test_one_socket_runs_so_many_operations_and_no_more(settings: Settings) -> None:
    update = {"socket_operations": 2, "max_subscriptions": 3}
    async with (
        serving(settings.model_copy(update=update)) as live,
        live.socket() as first,
        live.socket() as second,
    ):
        await subscribe(first, CHANGED, "a")
        await send(first, type="subscribe", id="b", payload={"query": CHANGED})
        await live.heard(2)
        await send(first, type="subscribe", id="c", payload={"query": CHANGED})
        answer = await receive(first)
        assert answer["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
        await subscribe(second, CHANGED, "a")
        await live.heard(3)
        await send(second, type="subscribe", id="b", payload={"query": CHANGED})
        answer = await receive(second)
        assert answer["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"


async def test_an_id_may_be_used_again_as_soon_as_its_operation_is_over(live: Live) -> None:
    async with live.socket() as socket:
        await subscribe(socket, "{ site { name } }")
        for number in range(50):
            assert payload_of(await receive(socket), "site") == {"name": "Content hub"}
            assert await receive(socket) == {"id": "1", "type": "complete"}
            query = f"{{ site {{ name }} }} # {number}"
            await send(socket, type="subscribe", id="1", payload={"query": query})


async def test_so_many_sockets_are_open_and_no_more(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"max_sockets": 1})) as live:
        async with live.socket() as first:
            await send(first, **INIT)
            assert await receive(first) == {"type": "connection_ack"}
            async with live.socket() as second:
                assert await close_code(second) == 1013
        async with live.socket() as third:
            await send(third, **INIT)
            assert await receive(third) == {"type": "connection_ack"}


# ── tokens that are good no longer ────────────────────────────────────────────────────────────


async def revoked(secret: str) -> None:
    token = await Token.get(secret_hash=hashlib.sha256(secret.encode()).hexdigest())
    await tokens.revoke(token.id, by=SYSTEM)


async def test_nothing_is_told_by_socket_once_a_token_is_revoked(live: Live) -> None:
    secret = await a_token()
    async with live.socket() as socket:
        await subscribe(socket, CHANGED, authorization=f"Bearer {secret}")
        await live.heard()
        await an_article(title="Secret", status=Status.DRAFT)
        assert payload_of(await receive(socket), "articleChanged")["article"] == {"title": "Secret"}
        await revoked(secret)
        await an_article(title="More secret", status=Status.DRAFT)
        heard = []
        with anyio.fail_after(10), suppress(websockets.ConnectionClosed):
            while True:
                heard.append(str(await socket.recv()))
        assert "More" not in "".join(heard)
        assert socket.close_code == 4403
    await live.heard(0)


async def test_a_socket_whose_token_has_expired_runs_no_more(live: Live) -> None:
    secret = await a_token()
    async with live.socket() as socket:
        await send(socket, **INIT, payload={"authorization": f"Bearer {secret}"})
        assert await receive(socket) == {"type": "connection_ack"}
        await Token.all().update(expires_at=now() - timedelta(seconds=1))
        await send(socket, type="subscribe", id="1", payload={"query": "{ site { name } }"})
        assert await close_code(socket) == 4403


async def test_nothing_is_told_as_a_stream_once_a_token_is_revoked(live: Live) -> None:
    secret = await a_token()
    headers = STREAM | {"authorization": f"Bearer {secret}"}
    async with (
        httpx.AsyncClient(base_url=f"http://{live.address}") as http,
        http.stream("POST", "/graphql", json={"query": CHANGED}, headers=headers) as answer,
    ):
        await live.heard()
        await revoked(secret)
        await an_article(title="Secret", status=Status.DRAFT)
        with anyio.fail_after(10):
            text = "".join([part async for part in answer.aiter_text()])
    assert "Secret" not in text
    assert '"code":"UNAUTHENTICATED"' in text
    assert text.endswith("event: complete\ndata:\n\n")


# ── what goes wrong inside ────────────────────────────────────────────────────────────────────


async def test_what_breaks_inside_is_masked_whichever_way_it_was_asked(
    live: Live, caplog: pytest.LogCaptureFixture
) -> None:
    await an_article(title="Bread", topics=("Food",))
    await run("ALTER TABLE article_topic RENAME TO gone")
    query = (
        "query($who: String) { articles { nodes { topics { name } } } author(slug: $who) { id } }"
    )
    payload = {
        "query": query.replace("$who: String", "$who: String!"),
        "variables": {"who": "rita@private.test"},
    }
    errors: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=f"http://{live.address}") as http:
        errors += (await http.post("/graphql", json=payload)).json()["errors"]
        stream = (await http.post("/graphql", json=payload, headers=STREAM)).text
        errors += json.loads(stream.split("data: ")[1].split("\n")[0])["errors"]
    async with live.socket() as socket:
        await send(socket, **INIT)
        assert await receive(socket) == {"type": "connection_ack"}
        await send(socket, type="subscribe", id="1", payload=payload)
        errors += (await receive(socket))["payload"]["errors"]
    await run("ALTER TABLE gone RENAME TO article_topic")
    assert len(errors) == 3
    for error in errors:
        assert error["message"] == "Internal error"
        assert error["extensions"]["code"] == "INTERNAL_ERROR"
        [record] = [
            entry
            for entry in caplog.records
            if getattr(entry, "request_id", None) == error["extensions"]["requestId"]
        ]
        line = json.loads(JsonFormatter().format(record))
        assert "article_topic" in line["exception"]
        assert "rita" not in json.dumps(line)


async def test_what_breaks_before_anything_is_executed_is_masked_too(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(live.app.state.graphql.operations._documents, "get", broken)
    payload = {"query": "{ site { name } }"}
    async with httpx.AsyncClient(base_url=f"http://{live.address}") as http:
        answer = await http.post("/graphql", json=payload)
        assert answer.status_code == 500
        errors = [answer.json()["errors"][0]]
        streamed = await http.post("/graphql", json=payload, headers=STREAM)
        assert streamed.status_code == 500
        errors.append(streamed.json()["errors"][0])
    async with live.socket() as socket:
        await send(socket, **INIT)
        await receive(socket)
        await send(socket, type="subscribe", id="1", payload=payload)
        message = await receive(socket)
        assert message["type"] == "error"
        errors.append(message["payload"][0])
        await send(socket, type="ping")
        assert await receive(socket) == {"type": "pong"}
    for error in errors:
        assert error["message"] == "Internal error"
        assert f"request {error['extensions']['requestId']}" in caplog.text
        assert "fault" not in str(error)


# ── event streams ─────────────────────────────────────────────────────────────────────────────

STREAM = {"accept": "text/event-stream"}


async def test_events_may_be_had_as_a_stream(live: Live) -> None:
    async with (
        httpx.AsyncClient(base_url=f"http://{live.address}") as http,
        http.stream("POST", "/graphql", json={"query": CHANGED}, headers=STREAM) as answer,
    ):
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        await live.heard()
        await anyio.sleep(0.3)
        await an_article(title="Bread")
        lines = []
        with anyio.fail_after(10):
            async for line in answer.aiter_lines():
                lines.append(line)
                if line.startswith("data: "):
                    break
        assert lines[0] == ":"
        assert lines[-2] == "event: next"
        data = json.loads(lines[-1].removeprefix("data: "))["data"]
        assert data["articleChanged"]["article"] == {"title": "Bread"}
    await live.heard(0)


async def test_a_query_as_a_stream_is_one_event(live: Live) -> None:
    async with httpx.AsyncClient(base_url=f"http://{live.address}") as http:
        query = {"query": "{ site { name } }"}
        answer = await http.get("/graphql", params=query, headers=STREAM)
        assert answer.text.endswith("\n\nevent: complete\ndata:\n\n")
        assert '"name":"Content hub"' in answer.text
        bad = await http.post("/graphql", json={"query": "{ nonsense }"}, headers=STREAM)
        assert '"errors"' in bad.text
        refused = await http.post("/graphql", json={"query": CHANGED})
        assert (refused.status_code, "text/event-stream" in refused.text) == (406, True)
        mutation = {"query": 'mutation { deleteArticle(input: {id: "x"}) { __typename } }'}
        changed = await http.get("/graphql", params=mutation, headers=STREAM)
        assert changed.status_code == 405
        token = {"authorization": "Bearer no"}
        unknown = await http.get("/graphql", params=query, headers=STREAM | token)
        assert unknown.status_code == 401


# ── the feed ──────────────────────────────────────────────────────────────────────────────────


async def test_a_commit_of_many_lines_is_told_whole(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MAX_LINES", 3)
    async with live.feed.subscribe("a") as listener:
        article_ids: set[int] = set()
        drafts = [a_draft(f"key {number}") for number in range(20)]
        outcomes = await imports.import_articles(drafts, by=SYSTEM)
        with anyio.fail_after(10):
            async for event in listener.events():
                article_ids |= {article.id for article in event.articles}
                if len(article_ids) == 20:
                    break
        assert article_ids == {outcome.article_id for outcome in outcomes}


async def test_a_comment_approved_on_a_draft_is_told_when_that_is_published(live: Live) -> None:
    id_ = await an_article("Secret", status=Status.DRAFT)
    global_id = ids.global_id(ids.ARTICLE, id_)
    query = f'subscription {{ commentAdded(articleId: "{global_id}") {{ body(format: TEXT) }} }}'
    async with live.socket() as socket:
        await subscribe(socket, query)
        await live.heard()
        await submit_comment(id_, "Ada", "Between us", SYSTEM)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.6):
                await socket.recv()
        await articles.publish(id_, by=SYSTEM)
        assert payload_of(await receive(socket), "commentAdded") == {"body": "Between us"}
        await articles.archive(id_, by=SYSTEM)
        await submit_comment(id_, "Ada", "Between us again", SYSTEM)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.6):
                await socket.recv()


async def test_who_is_too_far_behind_is_let_go(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_QUEUED", 2)
    async with live.feed.subscribe("a") as listener:
        assert [listener.put(Event(indexed=True)) for _ in range(3)] == [True, True, False]
        with pytest.raises(SlowConsumer):
            async for _ in listener.events():
                pass


async def test_no_more_listen_than_may(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.feed, "_pool", ClientPool(1))
    async with live.feed.subscribe("a"):
        with pytest.raises(TooManySubscriptions):
            async with live.feed.subscribe("a"):
                pass


async def test_nobody_looks_while_nobody_listens(live: Live) -> None:
    assert live.feed._watcher is None
    async with live.feed.subscribe("a"):
        assert live.feed._watcher is not None
    assert live.feed._watcher is None

"""hub.curation.outside: links to other sites are looked at, politely and at public addresses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from typing_extensions import override

from hub import articles
from hub.auth import SYSTEM
from hub.curation import outside
from hub.curation.outside import Look, Looker
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, NewArticle
from hub.models import OutsideLink, Status
from hub.reads import links
from hub.text.bodies import Body
from tests.support.factories import an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

ANSWERS = {
    "/robots.txt": (200, "", b"User-agent: *\nDisallow: /private"),
    "/fine": (200, "", b""),
    "/gone": (404, "", b""),
    "/moved": (301, "/fine", b""),
    "/detour": (302, "/moved", b""),
    "/loop": (301, "/loop", b""),
}


@contextmanager
def a_site(requests: list[str]) -> Iterator[str]:
    """A site that answers ANSWERS, and no HEAD of `/get`; requests are noted."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(f"{self.command} {self.path}")
            status, location, body = ANSWERS.get(self.path, (200, "", b""))
            if self.path == "/get" and self.command == "HEAD":
                status = 405
            self.send_response(status)
            if location:
                self.send_header("location", location)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815  # http.server's name

        @override
        def log_message(self, *_: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def body_of(site: str, *paths: str) -> str:
    return " ".join(f'<a href="{site}{path}">To {path}</a>' for path in paths)


async def linking(html: str, status: Status = Status.PUBLISHED) -> int:
    """Create an article with this HTML as its text."""
    new = NewArticle(title="Links", body=Body(html), status=status)
    return await articles.create(new, by=SYSTEM)


async def collect() -> None:
    after: int | None = 0
    while after is not None:
        after = await outside.collect(after)


async def test_what_answers_an_error_or_has_moved_is_listed(db: Reader) -> None:
    requests = list[str]()
    with a_site(requests) as site:
        paths = ("/fine", "/gone", "/moved", "/detour", "/loop", "/get", "/private")
        article = await linking(body_of(site, *paths))
        await linking(body_of(site, "/secret"), Status.DRAFT)
        await an_article("Own", canonical_url="https://own.test/y")
        await linking(body_of("https://own.test", "/x"))
        await collect()
        urls = await outside.due(db, now(), 100)
        assert urls == [site + path for path in paths]
        looker = Looker(0.0, make_transport=lambda _: httpx.AsyncHTTPTransport())
        await looker.look_at(urls)
        assert requests[:4] == ["GET /robots.txt", "HEAD /fine", "HEAD /gone", "GET /gone"]
        assert not [line for line in requests if "/private" in line or "/secret" in line]
        assert "GET /get" in requests
        page = PageArgs(10)
        broken = (await links.broken_outside(db, page, SYSTEM)).rows
        assert [(row.url.removeprefix(site), row.status) for row in broken] == [
            *(("/gone", 404), ("/loop", None), ("/private", None))
        ]
        assert broken[1].problem == "it redirects more than 5 times"
        assert "robots.txt" in str(broken[2].problem)
        moved = (await links.moved_outside(db, page, SYSTEM)).rows
        assert [(row.url.removeprefix(site), row.redirects, row.moved_to) for row in moved] == [
            ("/moved", 1, f"{site}/fine"),
            ("/detour", 2, None),
        ]
        assert await links.count(db, links.LinkList.BROKEN_OUTSIDE, SYSTEM) == 3
        # Looked at lately, they wait; what is gone from the text is gone from the list.
        assert await outside.due(db, now() - timedelta(days=1), 100) == []
        changes = ArticleChanges(body=Body(body_of(site, "/gone", "/new")))
        await articles.revise(article, changes, seen_version=1, by=SYSTEM)
        await collect()
        assert await outside.due(db, now() - timedelta(days=1), 100) == [f"{site}/new"]
        assert len((await links.broken_outside(db, page, SYSTEM)).rows) == 1


async def test_a_private_address_is_not_requested(db: Reader) -> None:
    requests = list[str]()
    with a_site(requests) as site:
        names = (site, site.replace("127.0.0.1", "localhost"))
        await linking(" ".join(body_of(name, "/fine") for name in names))
        await collect()
        await Looker(0.0).look_at(await outside.due(db, now(), 10))
    assert requests == []
    problems = await OutsideLink.all().order_by("id").values_list("status", "problem")
    assert [status for status, _ in problems] == [None, None]
    assert all("never requested" in str(problem) for _, problem in problems)


async def test_a_busy_host_gets_the_pause_that_it_asks_for(
    db: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "MAX_WAIT", 2.0)
    requests, pauses = list[str](), {"/short": "1", "/long": "3600", "/again": "1", "/none": ""}

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        requests.append(f"{request.method} {request.url.host} {path}")
        is_busy = path in pauses and (path != "/short" or requests.count(requests[-1]) == 1)
        headers = {"retry-after": pauses[path]} if is_busy and pauses[path] else {}
        return httpx.Response(429 if is_busy else 200, headers=headers)

    for path in pauses:
        await linking(body_of(f"https://{path[1:]}.test", path, "/after"))
    await collect()
    looker = Looker(0.0, make_transport=lambda _: httpx.MockTransport(answer))
    await looker.look_at(await outside.due(db, now(), 20))
    paths = [line for line in requests if "robots" not in line]
    # No GET follows a refusal; where it is not over, the host's next address is left alone.
    assert sorted(paths) == [
        *(["HEAD again.test /again"] * 2),
        "HEAD long.test /long",
        "HEAD none.test /none",
        "HEAD short.test /after",
        *(["HEAD short.test /short"] * 2),
    ]
    left = await outside.due(db, now(), 20)
    assert {url for url in left if url.endswith("/after")} >= {
        f"https://{name}.test/after" for name in ("again", "long", "none")
    }


async def test_a_host_whose_robots_txt_fails_is_left_alone(db: Reader) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/robots.txt"
        return httpx.Response(503)

    await linking(body_of("https://elsewhere.test", "/a", "/b"))
    await collect()
    looks = list[Look]()
    looker = Looker(0.0, make_transport=lambda _: httpx.MockTransport(answer))
    await looker.look_at(await outside.due(db, now(), 10), lambda _, look: looks.append(look))
    assert [look.problem for look in looks] == ["its robots.txt is not available"] * 2

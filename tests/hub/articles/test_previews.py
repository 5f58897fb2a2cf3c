"""A preview answers as the hub will once its article or release is live, and shows nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from tortoise import Tortoise

from hub import articles, related
from hub.articles import previews, releases, working_versions
from hub.auth import SYSTEM
from hub.db.timestamps import now
from hub.db.uncommitted import MAX_WAITING, uncommitted
from hub.drafts import ArticleChanges
from hub.errors import DatabaseError, RateLimited
from hub.models import Article, AuditEntry, LifeAction, Preview, RelationKind, Status
from hub.settings import Settings
from schema.build import graphql_schema
from schema.execution import limits
from tests.support import probes
from tests.support.factories import an_article, text
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

PAGE = """
fragment Card on Article { slug title summary status topics { name } authors { slug name } }
query Site($next: String) {
  article(slug: "rye") { ...Card body related(first: 9) { edges { kind anchor node { ...Card } } } }
  old: article(slug: "rye-before") { slug }
  articles(first: 2, after: $next, order: OLDEST) {
    totalCount nodes { ...Card } pageInfo { hasNextPage }
  }
  topic(slug: "baking") { articles(first: 9, order: OLDEST) { totalCount nodes { slug } } }
  topics(first: 9) { nodes { slug } }
  author(slug: "olive") { name articles(first: 9, order: OLDEST) { nodes { slug } } }
  wheat: article(slug: "wheat") {
    related(first: 9) { edges { kind anchor node { slug } } } relatedBy(first: 9) { totalCount }
  }
  search(query: "bread") {
    totalCount nodes { slug title } edges { highlights { field fragments } }
    facets(fields: [TOPIC]) { buckets { value count } }
  }
  words: search(query: "sourdough") { totalCount nodes { slug } }
}
"""


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    generous = {"max_cost": 10**9, "max_tokens": 50_000, "max_aliases": 10_000, "max_depth": 20}
    async with a_hub(settings.model_copy(update={"neighbours": 0, **generous})) as running:
        yield running


async def a_site() -> dict[str, int]:
    """Create public articles and hidden ones, one of which public ones lead to."""
    wheat = await an_article("Wheat bread", slug="wheat", topics=("Baking",))
    rye = await an_article(
        "Rye bread", slug="rye", status=Status.DRAFT, topics=("Grain",), authors=("Olive",)
    )
    inline = RelationKind.INLINE
    await related.link(wheat, kind=inline, by=SYSTEM, target_id=rye, anchor="Try rye")
    await related.link(wheat, kind=inline, by=SYSTEM, headline="Rye bread at night")
    await related.link(rye, kind=inline, by=SYSTEM, target_id=wheat)
    await an_article("Secret bread", slug="secret", status=Status.DRAFT, topics=("Hidden",))
    return {"wheat": wheat, "rye": rye}


async def edit(article: int) -> None:
    """Give an article a working version with another title, slug, text, topic and author."""
    changes = ArticleChanges(
        title="Rye bread at night",
        slug="rye",
        body=text("Sourdough makes it rise."),
        topics=("Baking",),
        authors=("Olive", "Nora"),
    )
    await working_versions.save(article, changes, by=SYSTEM)


async def prepare(case: str) -> tuple[dict[str, Any], Any]:
    """Return what to preview, and how it is published in earnest."""
    site = await a_site()
    rye = site["rye"]
    if case == "release":
        release = await releases.create("Night", by=SYSTEM)
        await edit(rye)
        await releases.add(release, rye, by=SYSTEM)
        await releases.add(release, site["wheat"], LifeAction.UNPUBLISH, by=SYSTEM)
        return {"release_id": release}, lambda: releases.publish(release, by=SYSTEM)
    if case == "live with edits":
        await articles.revise(rye, ArticleChanges(slug="rye-before"), seen_version=1, by=SYSTEM)
        await articles.publish(rye, by=SYSTEM)
    if case != "draft":
        await edit(rye)
    if case == "archived":
        await articles.archive(rye, by=SYSTEM)
    if case == "scheduled":
        await articles.publish(rye, by=SYSTEM, at=now() + timedelta(days=3))
    return {"article_id": rye}, lambda: articles.publish(rye, by=SYSTEM)


async def settle(client: Client) -> None:
    with anyio.fail_after(30):
        while (await client.db.rows("SELECT count(*) FROM outbox_event"))[0][0]:
            await anyio.sleep(0.02)


async def ask(client: Client, token: str | None = None) -> Any:
    headers = {} if token is None else {"hub-preview": token}
    response = await client.http.post("/graphql", json={"query": PAGE}, headers=headers)
    assert response.headers["cache-control"] == "no-store"
    answer = response.json()
    assert "errors" not in answer, answer
    return answer["data"]


CASES = ("draft", "draft with edits", "scheduled", "archived", "live with edits", "release")


@pytest.mark.parametrize("case", CASES)
async def test_a_preview_is_answered_as_if_it_were_live(client: Client, case: str) -> None:
    shown, publish = await prepare(case)
    preview = await previews.create(**shown, by=SYSTEM)
    await settle(client)
    before, entries = await ask(client), await AuditEntry.all().count()
    versions = await Article.all().order_by("id").values_list("id", "status", "version", "title")
    previewed = await ask(client, preview.secret)
    assert previewed != before
    assert previewed == await ask(client, preview.secret)
    assert await ask(client) == before  # nobody else sees any of it, and nothing was changed
    assert await AuditEntry.all().count() == entries
    assert versions == await Article.all().order_by("id").values_list(
        "id", "status", "version", "title"
    )
    await publish()
    await settle(client)
    live = await ask(client)
    for search in ("search", "words"):  # hits of a preview stand first
        for answer in (live, previewed):
            answer[search]["nodes"].sort(key=lambda node: node["slug"])
            answer[search].get("edges", []).sort(key=str)
    assert previewed == live
    assert await ask(client, preview.secret) == previewed or case == "release"


async def test_pages_of_a_search_hold_each_hit_once(client: Client) -> None:
    for number in range(3):
        await an_article(f"Bread {number}")
    release = await releases.create("Night", by=SYSTEM)
    for number in range(3, 6):
        hidden = await an_article(f"Bread {number}", status=Status.DRAFT)
        await releases.add(release, hidden, by=SYSTEM)
    preview = await previews.create(release_id=release, by=SYSTEM)
    await settle(client)
    query = """query($first: Int, $after: String, $last: Int, $before: String) {
      search(query: "bread", first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage }
      } }"""

    async def page(**variables: object) -> Any:
        answer = await client.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"hub-preview": preview.secret},
        )
        return answer.json()["data"]["search"]

    whole = [edge["node"]["title"] for edge in (await page(first=10))["edges"]]
    assert sorted(whole) == [f"Bread {number}" for number in range(6)]
    for size in (1, 2, 4):
        for step, cursor, more in (
            ("first", "after", "hasNextPage"),
            ("last", "before", "hasPreviousPage"),
        ):
            seen: list[str] = []
            arguments: dict[str, object] = {step: size}
            while True:
                answer = await page(**arguments)
                assert answer["totalCount"] == 6
                edges = answer["edges"]
                assert len(edges) <= size
                titles = [edge["node"]["title"] for edge in edges]
                seen = [*seen, *titles] if step == "first" else [*titles, *seen]
                if not answer["pageInfo"][more]:
                    break
                end = edges[-1] if step == "first" else edges[0]
                arguments = {step: size, cursor: end["cursor"]}
            assert seen == whole, (size, step)


async def test_a_preview_that_has_ended_is_refused(client: Client) -> None:
    site = await a_site()
    first = await previews.create(article_id=site["rye"], by=SYSTEM)
    second = await previews.create(article_id=site["rye"], by=SYSTEM)
    await previews.revoke(first.id, by=SYSTEM)

    async def status(token: str, query: str = "{ __typename }") -> int:
        response = await client.http.post(
            "/graphql", json={"query": query}, headers={"hub-preview": token}
        )
        return response.status_code

    assert await status(first.secret) == 401
    assert await status(second.secret) == 200
    assert await status(second.secret[:-1]) == 401
    assert await status(f"{second.secret}x") == 401
    assert await status(second.secret, "mutation { __typename }") == 403
    await Preview.all().update(expires_at=now())
    assert await status(second.secret) == 401
    third = await previews.create(article_id=site["rye"], by=SYSTEM)
    await articles.delete(site["rye"], by=SYSTEM)
    assert await status(third.secret) == 401
    assert [row async for row in Preview.filter(secret_hash__contains="hub_preview")] == []


async def test_too_many_previews_at_once_are_refused(client: Client) -> None:
    site = await a_site()
    token = (await previews.create(article_id=site["rye"], by=SYSTEM)).secret
    connection: Any = Tortoise.get_connection("default")
    for others, status in ((MAX_WAITING + 1, 429), (0, 200)):
        connection.writer.readers += others
        response = await client.http.post(
            "/graphql", json={"query": "{ __typename }"}, headers={"hub-preview": token}
        )
        connection.writer.readers -= others
        assert response.status_code == status
        if others:
            assert response.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
            assert int(response.headers["retry-after"]) > 0


async def test_a_release_that_takes_too_long_is_no_missing_preview(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = await releases.create("Everything", by=SYSTEM)
    for number in range(30):
        draft = await an_article(f"Bread {number}", status=Status.DRAFT)
        await releases.add(release, draft, by=SYSTEM)
    token = (await previews.create(release_id=release, by=SYSTEM)).secret
    monkeypatch.setattr(previews, "SECONDS", 0.02)
    response = await client.http.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"hub-preview": token}
    )
    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "DATABASE_UNAVAILABLE"
    assert int(response.headers["retry-after"]) > 0


async def test_no_cache_holds_a_preview(client: Client) -> None:
    site = await a_site()
    token = (await previews.create(article_id=site["rye"], by=SYSTEM)).secret
    address = "/graphql?query={article(slug:%22rye%22){title}}"
    for headers, title in (({"hub-preview": token}, "Rye bread"), ({}, None)) * 2:
        response = await client.http.get(address, headers=headers)
        article = response.json()["data"]["article"]
        assert (article and article["title"]) == title
        assert "hub-preview" in response.headers["vary"].lower()
        if headers:
            assert response.headers["cache-control"] == "no-store"
            assert not response.headers.keys() & {"etag", "cache-tag", "cdn-cache-control"}


async def test_saves_go_on_after_a_preview_that_takes_too_long(client: Client) -> None:
    article = await an_article("Bread")

    async def work() -> None:
        await Article.filter(id=article).update(title="Toast")

    is_open = asyncio.Event()

    async def save() -> int:
        await is_open.wait()
        return await articles.archive(article, by=SYSTEM)

    saved = asyncio.create_task(save())
    async with uncommitted(work, 0.05) as reader:
        assert await reader.rows("SELECT title FROM article") == [("Toast",)]
        is_open.set()
        version = await saved  # waits for the end
        with pytest.raises(DatabaseError, match="is over"):
            await reader.rows("SELECT title FROM article")
    assert (await Article.get(id=article)).title == "Bread"
    assert version == 2

    async def fail() -> None:
        await work()
        raise ValueError("Toast")

    with pytest.raises(ValueError, match="Toast"):
        async with uncommitted(fail, 5):
            pass
    with anyio.move_on_after(0.1):
        async with uncommitted(work, 5):
            await anyio.sleep(9)
    assert (await Article.get(id=article)).title == "Bread"
    await articles.publish(article, by=SYSTEM)


async def test_no_query_writes_within_a_preview(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write would wait for the end of the preview, which waits for the write."""
    monkeypatch.setattr(limits, "MAX_FIELDS", 30_000)
    site = await a_site()
    token = (await previews.create(article_id=site["rye"], by=SYSTEM)).secret
    queries = list(probes.queries(graphql_schema(), ["rye"], ["bread"], 3))
    assert any("commentFormToken" in str(probe) for probe in queries)
    for probe in queries:
        with anyio.fail_after(4):  # within the five seconds of the preview
            answer, _ = await asyncio.gather(
                client.http.post("/graphql", json=probe.body, headers={"hub-preview": token}),
                working_versions.discard(site["rye"], by=SYSTEM),
            )
        errors = answer.json().get("errors", [])
        codes = {error["extensions"]["code"] for error in errors}
        assert codes <= {"FORBIDDEN"}, (probe, errors)


async def test_what_a_preview_holds_up_is_bounded(client: Client) -> None:
    """Within one nothing is written, publishing has its deadline, and saves go in between."""
    article = await an_article("Bread")

    async def nothing() -> None:
        pass

    async def publish_without_end() -> None:
        while True:
            await Article.filter(id=article).update(title="Toast")
            await anyio.lowlevel.checkpoint()

    async with uncommitted(nothing, 5):
        with pytest.raises(DatabaseError, match="what reads a preview"):
            await articles.archive(article, by=SYSTEM)
    with pytest.raises(DatabaseError, match=r"published within 0\.05 seconds"):
        async with uncommitted(publish_without_end, 0.05):
            pass
    assert (await Article.get(id=article)).title == "Bread"

    order, is_open = list[str](), asyncio.Event()

    async def read() -> None:
        async with uncommitted(nothing, 5):
            order.append("preview")
            is_open.set()
            await anyio.sleep(0.01)

    async def save() -> None:
        await is_open.wait()
        await articles.archive(article, by=SYSTEM)
        order.append("save")

    async with anyio.create_task_group() as tasks:
        for start in (read, read, read, save):
            tasks.start_soon(start)
    assert order == ["preview", "save", "preview", "preview"]
    async with uncommitted(nothing, 5):
        await anyio.sleep(0.1)
    with pytest.raises(RateLimited):  # saves have as long now
        async with uncommitted(nothing, 0.05):
            pass
    await read()  # nobody holds the turn
    results = await asyncio.gather(
        *(read() for _ in range(MAX_WAITING + 3)), return_exceptions=True
    )
    assert [type(result) for result in results if result] == [RateLimited] * 2

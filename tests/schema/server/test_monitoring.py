"""What `/readyz` and `/metrics` tell, and to whom."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from hub import tokens
from hub.auth import SYSTEM
from hub.db.timestamps import now
from hub.models import OutboxEvent, Role, Status
from hub.settings import Settings
from search_index.indexer import Indexer
from tests.support.factories import an_article
from tests.support.hub import a_hub

pytestmark = pytest.mark.anyio

ONLOOKERS: dict[str, tuple[Role, tuple[str, ...]] | None] = {
    "nobody": None,
    "write only": (Role.WRITER, ("write",)),
    "moderate only": (Role.EDITOR, ("moderate",)),
}


async def headers_of(viewer: str) -> dict[str, str]:
    given = ONLOOKERS[viewer]
    if given is None:
        return {}
    secret = await tokens.create(viewer, given[0], by=SYSTEM, scopes=given[1])
    return {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("viewer", ONLOOKERS)
@pytest.mark.parametrize("status", Status)
@pytest.mark.databases
async def test_a_save_of_something_hidden_changes_no_readiness(
    settings: Settings, viewer: str, status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stand_still(_: Indexer) -> int:
        return 0

    async with a_hub(settings) as client:
        monkeypatch.setattr(Indexer, "catch_up", stand_still)
        headers = await headers_of(viewer)
        before = await client.http.get("/readyz", headers=headers)
        assert before.json() == {"database": "ok", "index": "ok"}
        date = now() + timedelta(days=1) if status is Status.SCHEDULED else None
        id_ = await an_article(status=status, published_at=date)
        await OutboxEvent.filter(article_id=id_).update(created_at=now() - timedelta(hours=1))
        after = await client.http.get("/readyz", headers=headers)
        if status is Status.PUBLISHED:
            assert after.json() == {"database": "ok", "index": "behind"}
        else:
            assert (after.status_code, after.content) == (200, before.content)
        full = (await client.http.get("/readyz", headers=client.editor)).json()
        assert full.pop("lag_seconds") >= 3_600
        [follower] = full.pop("followers")
        assert (follower["own"], follower["complete"], follower["outbox"]) == (True, True, 1)
        assert full == {**after.json(), "documents": 0, "outbox": 1}


PUBLIC, PRIVATE = ("8.8.8.8", "2001:4860::1"), ("127.0.0.1", "10.1.2.3", "::1", "fd00::5")


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("address", [*PUBLIC, *PRIVATE])
async def test_metrics_are_for_private_addresses_and_tokens(
    settings: Settings, address: str, proxies: int
) -> None:
    async with a_hub(settings.model_copy(update={"proxies": proxies})) as client:
        peer, forwarded = ("127.0.0.1", address) if proxies else (address, "127.0.0.1")
        transport = httpx.ASGITransport(app=client.app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http:

            async def status(headers: dict[str, str]) -> int:
                headers = {"x-forwarded-for": forwarded, **headers}
                return (await http.get("/metrics", headers=headers)).status_code

            expected = 200 if address in PRIVATE else 403
            for viewer in ONLOOKERS:
                assert await status(await headers_of(viewer)) == expected, viewer
            assert await status({"authorization": "Bearer hub_nothing"}) == expected
            assert await status(client.editor) == 200

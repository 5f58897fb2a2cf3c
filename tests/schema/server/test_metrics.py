"""/metrics, as Prometheus reads it."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from hub import outbox, tokens
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.logs import LimitedLog
from hub.models import OutboxEvent, Token
from hub.settings import Settings
from schema.server.metrics import MAX_NAMES
from tests.support.factories import a_token, an_article
from tests.support.hub import Client, a_hub
from tests.support.paths import ROOT

pytestmark = pytest.mark.anyio


async def scrape(client: Client) -> dict[str, float]:
    answer = await client.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_prometheus_reads_what_was_done(demo: Client) -> None:
    before = await scrape(demo)
    for _ in range(3):
        await demo.ask("query Site { site { name } }")
    await demo.http.post("/graphql", content="{", headers={"content-type": "application/json"})
    after = await scrape(demo)

    assert after["hub_operations_total:Site"] == 3
    assert after["hub_answers_total:200"] - before.get("hub_answers_total:200", 0) == 3
    assert after["hub_answers_total:400"] == 1
    assert after["hub_answer_seconds_count"] >= 4
    assert after["hub_cache_hits_total"] == 2
    assert after["hub_cache_entries"] == 1
    assert after["hub_index_documents"] == 46  # of 50, four are drafts or scheduled
    assert after["hub_outbox_events"] == 0
    assert after["hub_statements_total"] > 0


async def test_searches_statements_and_the_index_are_told(demo: Client) -> None:
    await demo.ask('query Find { search(query: "bread", first: 5) { nodes { topics { name } } } }')
    await demo.ask('{ suggest(query: "bre") { text } }')
    after = await scrape(demo)
    assert after["hub_search_seconds_count"] == 1
    assert after["hub_search_seconds_sum"] > 0
    assert after["hub_suggest_seconds_count"] == 1
    assert after["hub_search_failures_total"] == 0
    assert after["hub_loader_statements_total:Find"] == 2  # the hits' articles, and their topics
    assert after["hub_index_lag_seconds"] == after["hub_outbox_parked"] == 0
    assert after["hub_index_leader"] == 1


@pytest.mark.databases
async def test_the_lag_is_the_age_of_the_oldest_save_that_waits(db: Reader) -> None:
    assert await outbox.lag_seconds(db) == 0
    await an_article()
    await OutboxEvent.all().update(created_at=now() - timedelta(seconds=90))
    await an_article()
    assert 90 <= await outbox.lag_seconds(db) < 150
    await outbox.fail((await outbox.pending(db, 1))[0], "broken", max_tries=1)
    assert await outbox.lag_seconds(db) < 60


async def test_each_of_the_figures_is_in_the_docs(settings: Settings) -> None:
    urls = [SecretStr("http://127.0.0.1:1/purge")]
    key = SecretStr("x" * 24)
    changes = {"webhook_urls": urls, "webhook_secret": key}
    async with a_hub(settings.model_copy(update=changes)) as client:
        await an_article()
        await client.ask("{ site { name } }")
        page = (await client.http.get("/metrics")).text
    docs = (ROOT / "docs" / "reference" / "metrics.md").read_text()
    families = list(text_string_to_metric_families(page))
    assert len(families) > 15
    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert f"`{name}`" in docs, name


async def test_names_of_operations_are_bounded(client: Client) -> None:
    for number in range(MAX_NAMES + 20):
        await client.ask(f"query Q{number} {{ site {{ name }} }}")
    names = [name for name in await scrape(client) if name.startswith("hub_operations_total")]
    assert len(names) == MAX_NAMES + 1


async def test_it_can_be_turned_off(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"metrics": False})) as client:
        assert (await client.http.get("/metrics")).status_code == 404


@pytest.mark.parametrize("fault", ["unknown", "revoked", "expired", "another scheme"])
async def test_refused_tokens_are_counted_and_logged_without_the_secret(
    client: Client, fault: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_refusals", LimitedLog(logging.getLogger("hub.tokens")))
    secret, scheme = await a_token(), "Basic" if fault == "another scheme" else "Bearer"
    row = await Token.all().order_by("-id").first()
    assert row is not None
    if fault == "unknown":
        secret = f"{secret[:-4]}aaaa"
    elif fault == "revoked":
        await tokens.revoke(row.id, by=SYSTEM)
    elif fault == "expired":
        await Token.filter(id=row.id).update(expires_at=now() - timedelta(seconds=1))
    for _ in range(3):
        answer = await client.http.post(
            "/graphql",
            json={"query": "{ __typename }"},
            headers={"authorization": f"{scheme} {secret}"},
        )
        assert answer.status_code == 401
    assert "hub_refused_tokens_total 3.0" in (await client.http.get("/metrics")).text
    assert secret not in caplog.text
    lines = [record.getMessage() for record in caplog.records if record.name == "hub.tokens"]
    assert len(lines) == (scheme == "Bearer")
    assert all(str(row.id) in line or fault == "unknown" for line in lines)

"""/metrics, as Prometheus reads it."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hub.settings import Settings
from schema.metrics import MAX_NAMES
from tests.schema.conftest import Client, a_hub

pytestmark = pytest.mark.anyio


async def figures(client: Client) -> dict[str, float]:
    answer = await client.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_prometheus_reads_what_was_done(demo: Client) -> None:
    before = await figures(demo)
    for _ in range(3):
        await demo.ask("query Site { site { name } }")
    await demo.http.post("/graphql", content="{", headers={"content-type": "application/json"})
    after = await figures(demo)

    assert after["hub_operations_total:Site"] == 3
    assert after["hub_answers_total:200"] - before.get("hub_answers_total:200", 0) == 3
    assert after["hub_answers_total:400"] == 1
    assert after["hub_answer_seconds_count"] >= 4
    assert after["hub_cache_hits_total"] == 2
    assert after["hub_cache_entries"] == 1
    assert after["hub_index_documents"] == 50
    assert after["hub_outbox_events"] == 0
    assert after["hub_statements_total"] > 0


async def test_names_of_operations_are_bounded(client: Client) -> None:
    for number in range(MAX_NAMES + 20):
        await client.ask(f"query Q{number} {{ site {{ name }} }}")
    found = [name for name in await figures(client) if name.startswith("hub_operations_total")]
    assert len(found) == MAX_NAMES + 1


async def test_it_can_be_turned_off(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"metrics": False})) as client:
        assert (await client.http.get("/metrics")).status_code == 404

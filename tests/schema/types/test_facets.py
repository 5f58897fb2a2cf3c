"""Facets by GraphQL and on the search page: filters, labels of what is selected, topics' places."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hub import imports
from hub.auth import SYSTEM
from hub.drafts import AuthorDraft, NameDraft, TopicDraft
from hub.models import Status
from tests.support.factories import an_article
from tests.support.hub import Client
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

FACETS = """query($q: String!, $f: SearchFilter, $x: [FacetField!]) {
  search(query: $q, filter: $f) { totalCount facets(fields: $x, size: 5) { field buckets {
    value label count selected parent level } } } }"""


async def buckets(client: Client, text: str = "", **narrowed: Any) -> dict[str, dict[str, Any]]:
    """Return the buckets of topics, by their values."""
    values: Any = {"q": text, "f": narrowed, "x": ["TOPIC"]}
    [facet] = (await client.ask(FACETS, **values))["search"]["facets"]
    return {bucket["value"]: bucket for bucket in facet["buckets"]}


async def test_a_topic_has_its_place_in_the_tree(client: Client) -> None:
    drafts = [TopicDraft("Food"), TopicDraft("Bread", parent="food")]
    await imports.import_taxonomy(drafts, [], by=SYSTEM)
    rye = await an_article("Rye", topics=("Bread", "Home"))
    assert await client.indexer.wait(rye)
    found = await buckets(client, "rye")
    assert {value: (one["parent"], one["level"]) for value, one in found.items()} == {
        "bread": ("food", 1),
        "food": (None, 0),
        "home": (None, 0),
    }


async def test_what_is_selected_has_its_name_even_without_hits(client: Client) -> None:
    await an_article("Rye", topics=("Old Bread",))
    await an_article("Hidden", status=Status.DRAFT, topics=("Secret Plan",))
    salt = await an_article("Salt", topics=("Spice",))
    assert await client.indexer.wait(salt)
    narrowed = {"topics": ["old-bread", "secret-plan", "nowhere"]}
    found = await buckets(client, "salt", **narrowed)
    assert {value: (one["label"], one["selected"]) for value, one in found.items()} == {
        "spice": ("Spice", False),
        "old-bread": ("Old Bread", True),
        "secret-plan": ("secret-plan", True),  # told to nobody who may not see it
        "nowhere": ("nowhere", True),
    }
    assert found["secret-plan"]["level"] is None
    page = (await client.http.get("/search?q=salt&topic=old-bread&topic=secret-plan")).text
    assert 'aria-current="true"><bdi>Old Bread</bdi> 0' in page
    assert "<bdi>secret-plan</bdi> 0" in page
    assert "Secret Plan" not in page


async def test_topics_and_authors_are_labelled_in_the_language_asked_for(client: Client) -> None:
    names = (NameDraft("de", "Gewürze"),)
    await imports.import_taxonomy(
        [TopicDraft("Spice", translations=names)],
        [AuthorDraft("Ana", translations=(NameDraft("de", "Anna"),))],
        by=SYSTEM,
    )
    salt = await an_article("Salt", topics=("Spice", "Home"), authors=("Ana",))
    assert await client.indexer.wait(salt)
    query = """query ($f: SearchFilter) { search(query: "salt", filter: $f) {
      %s plain: facets(fields: [TOPIC, AUTHOR]) { buckets { value label } } } }"""
    german = 'facets(fields: [TOPIC, AUTHOR], language: "de-AT") { buckets { value label } }'
    counts = list[int]()
    for field in ("", german, german):
        with counted(client.db) as statements:
            found = (await client.ask(query % field))["search"]
        counts.append(len(statements))
    assert [facet["buckets"] for facet in found["plain"]] == [
        [{"value": "home", "label": "Home"}, {"value": "spice", "label": "Spice"}],
        [{"value": "ana", "label": "Ana"}],
    ]
    assert [facet["buckets"] for facet in found["facets"]] == [
        [{"value": "home", "label": "Home"}, {"value": "spice", "label": "Gewürze"}],
        [{"value": "ana", "label": "Anna"}],
    ]
    assert counts[2] <= 2, statements  # or none, from the cache of answers


async def test_labels_are_read_only_where_something_selected_has_no_hit(client: Client) -> None:
    await an_article("Rye", topics=("Bread",))
    salt = await an_article("Salt", topics=("Spice", "Home"))
    assert await client.indexer.wait(salt)
    query = """query($f: SearchFilter) { search(query: "salt", filter: $f) {
      facets(fields: [TOPIC]) { buckets { label } } } }"""
    numbers = list[int]()
    for narrowed in (["spice"], ["spice", "home"], ["spice", "bread"]):
        chosen: Any = {"topics": narrowed}
        with counted(client.db) as statements:
            await client.ask(query, f=chosen)
        numbers.append(len(statements))
    assert numbers[2] == numbers[1] + 1, statements  # the first one fills caches


async def test_filters_take_the_values_of_facets(client: Client) -> None:
    await an_article(
        "Rye", published_at=datetime(2025, 4, 5, tzinfo=UTC), image_url="https://a.test/a.png"
    )
    last = await an_article("Salt", published_at=datetime(2026, 5, 6, tzinfo=UTC))
    assert await client.indexer.wait(last)
    values: Any = {"q": "", "x": ["YEAR", "MONTH", "KIND", "IMAGE"]}
    everything = (await client.ask(FACETS, **values))["search"]
    names = {"YEAR": "years", "MONTH": "months", "KIND": "kinds"}
    for facet in everything["facets"]:
        for bucket in facet["buckets"]:
            value = bucket["value"]
            chosen = (
                {"hasImage": value == "true"}
                if facet["field"] == "IMAGE"
                else {names[facet["field"]]: [value]}
            )
            narrowed = (await client.ask(FACETS, **values, f=chosen))["search"]
            assert narrowed["totalCount"] == bucket["count"]
            [own] = [one for one in narrowed["facets"] if one["field"] == facet["field"]]
            assert [one["value"] for one in own["buckets"] if one["selected"]] == [value]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"years": ["26"]}, "must be a year such as 2026, not '26'"),
        ({"months": ["2026-13"]}, "must be a month such as 2026-03, not '2026-13'"),
    ],
)
async def test_a_date_that_is_none_is_refused(
    client: Client, chosen: dict[str, Any], message: str
) -> None:
    response = await client.http.post(
        "/graphql", json={"query": FACETS, "variables": {"q": "", "f": chosen, "x": []}}
    )
    [error] = response.json()["errors"]
    assert message in error["message"]

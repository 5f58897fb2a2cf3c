"""Suggestions of the hub that editors accept, hide, show again; and the order of related ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from hub import articles, related
from hub.auth import SYSTEM
from hub.models import AuditEntry, RelationKind
from hub.settings import Settings
from schema import ids
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
FERRY = "The ferry sails from the harbour across the sound in the morning."
RELATED = """
query ($slug: String!) {
  article(slug: $slug) {
    hiddenSuggestions { slug }
    related(first: 20) { edges { relationId kind origin weight node { slug }
      because { kind detail weight articles { slug } } } }
  }
}
"""


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings.model_copy(update={"neighbours": 6})) as running:
        yield running


async def settled(client: Client) -> None:
    with anyio.fail_after(30):
        while True:
            [[waiting]] = await client.db.rows(
                "SELECT (SELECT count(*) FROM outbox_event) + (SELECT count(*) FROM due_neighbours)"
            )
            if not waiting and client.indexer.leading:
                return
            await anyio.sleep(0.05)


async def edges(client: Client, slug: str = "a", *, editor: bool = True) -> dict[str, Any]:
    """Return the related edges of an article by their slugs, in their order."""
    article = (await client.ask(RELATED, editor=editor, slug=slug))["article"]
    assert (article["hiddenSuggestions"] is None) is not editor
    return {edge["node"]["slug"]: edge for edge in article["related"]["edges"]}


async def change(client: Client, name: str, **input_: Any) -> Any:
    kind = name[0].upper() + name[1:]
    query = f"""mutation($input: {kind}Input!) {{ {name}(input: $input) {{
      __typename ... on Problem {{ message }} ... on {kind}Payload {{ article {{ slug }} }} }} }}"""
    return (await client.ask(query, editor=True, input=input_))[name]


async def four(client: Client) -> dict[str, str]:
    """Create four articles alike, the first two linked by a fifth; return their global ids."""
    numbers = {
        name: await an_article(f"Ferry {name}", f"{FERRY} {name}.", slug=name) for name in "abcd"
    }
    overview = await an_article("Overview", "All of it.", slug="overview")
    for name in "ab":
        await related.link(overview, kind=RelationKind.INLINE, target_id=numbers[name], by=SYSTEM)
    await settled(client)
    return {name: ids.global_id(ids.ARTICLE, id_) for name, id_ in numbers.items()}


async def test_a_suggestion_is_accepted_with_its_reasons_and_taken_back(client: Client) -> None:
    await four(client)
    before = (await edges(client))["b"]
    assert before["origin"] == "DERIVED"
    [links] = [reason for reason in before["because"] if reason["kind"] == "LINKS"]
    assert links["articles"] == [{"slug": "overview"}]
    accepted = await change(client, "acceptSuggestion", relationId=before["relationId"])
    assert accepted == {"__typename": "AcceptSuggestionPayload", "article": {"slug": "a"}}
    first, *others = (await edges(client)).values()
    assert first == before | {"kind": "PINNED", "origin": "EDITOR"}
    assert {edge["origin"] for edge in others} == {"DERIVED"}
    again = await change(client, "acceptSuggestion", relationId=before["relationId"])
    assert "no suggestion" in again["message"]
    # The article in common is named to those alone who may see it.
    overview = await client.db.rows("SELECT id FROM article WHERE slug = 'overview'")
    await articles.archive(overview[0][0], by=SYSTEM)
    public = (await edges(client, editor=False))["b"]["because"]
    assert [reason["articles"] for reason in public if reason["kind"] == "LINKS"] == [[]]
    taken = await change(client, "takeBackAccepted", relationId=before["relationId"])
    assert taken["__typename"] == "TakeBackAcceptedPayload"
    await settled(client)
    assert (await edges(client))["b"]["origin"] == "DERIVED"
    entries = await AuditEntry.filter(subject="Relation").order_by("id")
    actions = [entry.action for entry in entries]
    assert actions[-2:] == ["suggestion.accept", "relation.unlink"]


async def test_what_is_hidden_is_not_suggested_until_it_is_shown_again(client: Client) -> None:
    ids_ = await four(client)
    pair = {"articleId": ids_["a"], "suggestedId": ids_["b"]}
    for _ in range(2):
        hidden = await change(client, "hideSuggestion", **pair)
        assert hidden["__typename"] == "HideSuggestionPayload"
    assert "b" not in await edges(client)
    await settled(client)
    await related.link(
        ids.local_id(ids_["a"], ids.ARTICLE, "a"),
        kind=RelationKind.PINNED,
        target_id=ids.local_id(ids_["c"], ids.ARTICLE, "c"),
        by=SYSTEM,
    )
    await settled(client)
    assert "b" not in await edges(client)
    assert "a" in await edges(client, "b"), "one direction alone is hidden"
    article = (await client.ask(RELATED, editor=True, slug="a"))["article"]
    assert article["hiddenSuggestions"] == [{"slug": "b"}]
    await change(client, "unhideSuggestion", **pair)
    await settled(client)
    assert (await edges(client))["b"]["origin"] == "DERIVED"
    missing = await change(client, "unhideSuggestion", **pair)
    assert missing["__typename"] == "NotFound"
    entries = await AuditEntry.filter(subject="HiddenSuggestion").order_by("id")
    actions = [entry.action for entry in entries]
    assert actions == ["suggestion.hide", "suggestion.unhide"]


async def test_what_people_have_drawn_is_put_in_order(client: Client) -> None:
    ids_ = await four(client)
    source, *targets = [ids.local_id(id_, ids.ARTICLE, "id") for id_ in ids_.values()]
    for target in targets:
        await related.link(source, kind=RelationKind.MORE_TO_READ, target_id=target, by=SYSTEM)
    drawn = await edges(client)
    assert list(drawn) == ["b", "c", "d"]
    order = [drawn[name]["relationId"] for name in ("d", "b")]
    await change(client, "orderRelated", articleId=ids_["a"], relationIds=order)
    assert list(await edges(client)) == ["d", "b", "c"]
    entry = await AuditEntry.get(action="relation.order")
    assert entry.subject == "Article"
    for wrong, message in (
        ([order[0]] * 2, "twice"),
        ([ids.global_id(ids.RELATION, 10**6)], "no edge that people have drawn"),
    ):
        refused = await change(client, "orderRelated", articleId=ids_["a"], relationIds=wrong)
        assert message in refused["message"]
    assert list(await edges(client)) == ["d", "b", "c"]

"""Every mutation leaves one entry in the audit trail, which administrators read by GraphQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hub import articles, audit, related, tokens
from hub.articles import releases
from hub.auth import SYSTEM
from hub.curation import dangling, suggestions
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.models import Article, AuditEntry, Relation, RelationKind, Release, Role, Token
from hub.related import Neighbour, Reason
from schema.ids import ARTICLE, RELATION, global_id
from tests.schema.mutations.test_permissions import INPUTS, mutations, records
from tests.support.factories import an_article
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

LOG = """
query Log($filter: AuditFilterInput, $first: Int, $after: String) {
  auditLog(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      at actor token door action subject subjectId erasedAt changes { field before after }
    }
  }
}"""


async def admin() -> tuple[dict[str, str], int]:
    """Return the headers of a new administrator, and the number of the token."""
    secret = await tokens.create("Ada", Role.ADMIN, by=SYSTEM)
    token = await Token.all().order_by("-id").first()
    assert token is not None
    return {"authorization": f"Bearer {secret}"}, token.id


async def post(client: Client, query: str, headers: dict[str, str], **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    return (await client.http.post("/graphql", json=body, headers=headers)).json()


UNRECORDED = {"trackClick"}
"""Mutations that are counted alone."""

OF_READERS = {"editOwnComment", "deleteOwnComment"}
"""Those whose entry names the reader, never a token: tests/hub/comments/test_own.py has them."""


async def prepare(name: str, input_: dict[str, Any]) -> None:
    """Bring the records to a state that the mutation changes; `input_` may name other ones."""
    if name == "restoreRevision":  # to another state than the present one
        article = await Article.get(slug="bread")
        await articles.revise(article.id, ArticleChanges(title="Loaf"), seen_version=1, by=SYSTEM)
    if name == "cancelRelease":  # one that is scheduled
        release = await Release.all().first()
        assert release is not None
        await releases.publish(release.id, by=SYSTEM, at=now() + timedelta(days=1))
    if name == "publishArticle":  # it is public already
        input_["at"] = "2020-01-01T00:00:00Z"
    bread, edited = await Article.get(slug="bread"), await Article.get(slug="edited")
    if name == "acceptSuggestion":
        similar = Neighbour(edited.id, RelationKind.SIMILAR, 0.5, (Reason("WORDS", "rye", 0.5),))
        await related.replace_neighbours({bread.id: [similar]})
        suggested = await Relation.get(kind=RelationKind.SIMILAR)
        input_["relationId"] = global_id(RELATION, suggested.id)
    if name == "takeBackAccepted":
        edge = await Relation.get(kind=RelationKind.PINNED, target_id=None)
        await dangling.accept(edge.id, edited.id, by=SYSTEM)
    if name == "unhideSuggestion":
        await suggestions.hide(bread.id, edited.id, by=SYSTEM)
    if name == "orderRelated":
        kind = RelationKind.PINNED
        edges = [await related.link(bread.id, target_id=edited.id, kind=kind, by=SYSTEM)]
        other = await an_article("Other")
        edges += [await related.link(bread.id, target_id=other, kind=kind, by=SYSTEM)]
        input_["relationIds"] = [global_id(RELATION, id_) for id_ in reversed(edges)]


@pytest.mark.parametrize("name", sorted(mutations().keys() - UNRECORDED - OF_READERS))
async def test_every_mutation_leaves_an_entry(client: Client, name: str) -> None:
    global_ids = await records()
    input_ = {
        key: global_ids.get(value, value) if isinstance(value, str) else value
        for key, value in INPUTS[name].items()
    }
    headers, token = await admin()
    await prepare(name, input_)
    before = await AuditEntry.all().count()
    kind = name[0].upper() + name[1:]
    query = f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ __typename }} }}"
    answer = await post(client, query, headers, input=input_)
    assert answer["data"][name] == {"__typename": f"{kind}Payload"}, answer
    assert await AuditEntry.all().count() == before + 1
    entry = await AuditEntry.all().order_by("-id").first()
    assert entry is not None
    assert (entry.actor, entry.token_id) == ("Ada", token)
    assert entry.door.value == ("IMPORT" if name.startswith("import") else "GRAPHQL")
    assert entry.changes
    assert entry.action in audit.ACTIONS


async def test_administrators_read_the_log_in_pages(client: Client) -> None:
    article = await an_article("Bread")
    await an_article("Milk")
    headers, _ = await admin()
    answer = await post(client, LOG, headers, first=1)
    log = answer["data"]["auditLog"]
    assert log["totalCount"] == await AuditEntry.all().count()
    [newest] = log["nodes"]
    assert (newest["action"], newest["subject"], newest["door"]) == (
        *("token.create", "Token"),
        "COMMAND",
    )
    actions, after = [newest["action"]], log["pageInfo"]["endCursor"]
    while True:
        log = (await post(client, LOG, headers, first=1, after=after))["data"]["auditLog"]
        actions += [node["action"] for node in log["nodes"]]
        after = log["pageInfo"]["endCursor"]
        if not log["pageInfo"]["hasNextPage"]:
            break
    assert actions.count("article.create") == 2
    assert len(actions) == log["totalCount"]
    filter_ = {"subjectId": global_id(ARTICLE, article)}
    log = (await post(client, LOG, headers, filter=filter_))["data"]["auditLog"]
    [entry] = log["nodes"]
    assert entry["subjectId"] == global_id(ARTICLE, article)
    assert {"field": "title", "before": None, "after": "Bread"} in entry["changes"]
    for bad in ({"subjectId": "x"}, {"token": "x"}, {**filter_, "subject": "Pin"}):
        answer = await post(client, LOG, headers, filter=bad)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_nobody_else_reads_the_log(client: Client) -> None:
    for headers in ({}, client.editor):
        answer = await post(client, LOG, headers)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert answer["data"] == {"auditLog": None}

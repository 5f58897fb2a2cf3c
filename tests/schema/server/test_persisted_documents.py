"""Persisted documents, automatic and trusted, over HTTP."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from hub import persisted
from hub.db.database import Reader
from hub.errors import ManifestError
from hub.settings import Settings
from schema.server.persisted_documents import (
    PersistedDocuments,
    load_trusted_documents,
)
from schema.server.requests import Refused, Request
from schema.web.search.box_documents import own_documents
from tests.support.hub import Client, a_hub

pytestmark = pytest.mark.anyio
QUERY = "{ site { name } }"
OTHER = "{ topics { totalCount } }"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def extensions(hash_: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": hash_}}


async def test_a_document_is_known_by_its_hash_once_it_has_been_sent(client: Client) -> None:
    only = {"extensions": extensions(digest(QUERY))}
    answer = await client.http.post("/graphql", json=only)
    assert answer.json()["errors"] == [
        {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
    ]
    assert answer.headers["cache-control"] == "no-store"

    answer = await client.http.post("/graphql", json={"query": QUERY, **only})
    assert answer.json()["data"] == {"site": {"name": "Content hub"}}
    parameters = {"extensions": json.dumps(extensions(digest(QUERY)))}
    answer = await client.http.get("/graphql", params=parameters)
    assert answer.json()["data"] == {"site": {"name": "Content hub"}}
    assert "etag" in answer.headers
    answer = await client.http.get("/graphql", params={"documentId": f"sha256:{digest(QUERY)}"})
    assert answer.json()["data"] == {"site": {"name": "Content hub"}}


async def test_a_hash_of_something_else_is_refused(client: Client) -> None:
    body = {"query": QUERY, "extensions": extensions(digest("other"))}
    answer = await client.http.post("/graphql", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_HASH_MISMATCH"


@pytest.mark.parametrize(
    "persisted",
    [
        {"version": 2, "sha256Hash": "x"},
        {"version": 1},
        "x",
        {"version": 1, "sha256Hash": "y" * 999},
    ],
)
async def test_a_malformed_one_is_the_clients_fault(persisted: Any, client: Client) -> None:
    body = {"extensions": {"persistedQuery": persisted}}
    answer = await client.http.post("/graphql", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_an_invalid_document_is_not_remembered(client: Client) -> None:
    body = {"query": "{ nothing }", "extensions": extensions(digest("{ nothing }"))}
    assert (await client.http.post("/graphql", json=body)).json()["errors"]
    answer = await client.http.post("/graphql", json={"extensions": body["extensions"]})
    assert answer.json()["errors"][0]["message"] == "PersistedQueryNotFound"


async def test_what_is_remembered_is_bounded() -> None:
    store = PersistedDocuments({}, only_trusted=False, max_characters=100)
    texts = [f"{{ a{number} }}".ljust(30) for number in range(9)]
    for text in texts:
        await store.register(Request(text, document_id=digest(text)))
    request = await store.resolve(Request("", document_id=digest(texts[-1])))
    assert request.query == texts[-1]
    with pytest.raises(Refused, match="PersistedQueryNotFound"):
        await store.resolve(Request("", document_id=digest(texts[0])))


@pytest.mark.databases
async def test_what_one_host_has_learnt_all_know(db: Reader) -> None:
    """The texts of all together are bounded too: the oldest ones are forgotten."""
    here, there = (PersistedDocuments({}, only_trusted=False, db=db) for _ in range(2))
    long = persisted.MAX_CHARACTERS // 2 - 20
    texts = [f"{{ a{number} }}".ljust(long) for number in range(3)]
    for text in texts:
        await here.register(Request(text, document_id=f"sha256:{digest(text)}"))
    assert (await there.resolve(Request("", document_id=digest(texts[2])))).query == texts[2]
    statements = db.statements
    await there.resolve(Request("", document_id=digest(texts[2])))
    assert db.statements == statements
    with pytest.raises(Refused, match="PersistedQueryNotFound"):
        await there.resolve(Request("", document_id=digest(texts[0])))
    closed = PersistedDocuments({"a": texts[0]}, only_trusted=True, db=db)
    with pytest.raises(Refused):
        await closed.resolve(Request("", document_id=digest(texts[1])))


@pytest.mark.parametrize(
    "manifest",
    [
        {"format": "apollo-persisted-query-manifest", "version": 1,
         "operations": [{"id": "q1", "name": "Site", "type": "query", "body": QUERY}]},
        {"q1": QUERY},
    ],
)  # fmt: skip
async def test_only_what_a_manifest_trusts_is_answered_where_that_is_asked_for(
    manifest: dict[str, Any], settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    changes = {"trusted_documents": path, "only_trusted": True}
    async with a_hub(settings.model_copy(update=changes)) as client:
        answer = await client.http.get("/graphql", params={"documentId": "q1"})
        assert answer.json()["data"] == {"site": {"name": "Content hub"}}
        assert (await client.post(QUERY)) == answer.json()
        for id_, text in own_documents().items():  # the hub's own pages go on working
            for own in ({"documentId": id_}, {"query": text}):
                accepted = await client.http.post("/graphql", json=own)
                assert (accepted.status_code, "NOT_TRUSTED" in accepted.text) == (200, False)
        for body in (
            {"query": OTHER},
            {"query": OTHER, "extensions": extensions(digest(OTHER))},
            {"query": "{ __schema { types { name } } }"},
        ):
            refused = await client.http.post("/graphql", json=body)
            assert refused.status_code == 403
            assert refused.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"operations": [{"id": "x"}]}', '{"a": 1}'])
def test_a_manifest_that_is_none_is_said_to_be_that(content: str, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ManifestError, match=r"m\.json"):
        load_trusted_documents(path)
    with pytest.raises(ManifestError, match="cannot be read"):
        load_trusted_documents(tmp_path / "none.json")
    with pytest.raises(ManifestError, match=r"m\.json"):
        load_trusted_documents(tmp_path)


def test_a_folder_may_hold_the_manifests_of_several_front_ends(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="holds no manifest"):
        load_trusted_documents(tmp_path)
    (tmp_path / "web.json").write_text(json.dumps({"operations": [{"id": "a", "body": QUERY}]}))
    (tmp_path / "app.json").write_text(json.dumps({"b": OTHER}))
    (tmp_path / "notes.txt").write_text("no manifest")
    assert load_trusted_documents(tmp_path) == {"a": QUERY, "b": OTHER}

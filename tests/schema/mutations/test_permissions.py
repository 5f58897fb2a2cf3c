"""Permissions of mutations: as each description states them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from graphql import GraphQLObjectType

from hub import articles, tokens
from hub.articles import previews, releases, working_versions
from hub.auth import SYSTEM, Permission
from hub.drafts import ArticleChanges
from hub.models import (
    Article,
    Author,
    BlockedQuery,
    Comment,
    FormerAuthor,
    FormerTopic,
    HiddenSuggestion,
    Pin,
    PlannedChange,
    Preview,
    Relation,
    RelationKind,
    Release,
    ReleaseItem,
    Role,
    SearchRule,
    StopWord,
    SynonymSet,
    Topic,
    TrashedArticle,
    WorkingVersion,
)
from hub.reads.search_tuning import RuleRow
from hub.related import link
from hub.search import rules, tuning
from hub.search.statistics import block
from hub.settings import Settings
from schema.build import graphql_schema
from schema.ids import (
    ARTICLE,
    AUTHOR,
    COMMENT,
    PIN,
    PREVIEW,
    RELATION,
    RELEASE,
    REVISION,
    RULE,
    SYNONYMS,
    TOPIC,
    global_id,
)
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client, a_hub

pytestmark = pytest.mark.anyio

BODY = {"text": "Words."}
DRAFT = {"source": "s", "key": "k", "title": "T", "body": BODY}
INPUTS: dict[str, dict[str, Any]] = {
    "createArticle": {"title": "T", "body": BODY, "status": "PUBLISHED"},
    "reviseArticle": {"id": "ARTICLE", "seenVersion": 1, "title": "Other"},
    "publishArticle": {"id": "ARTICLE"},
    "archiveArticle": {"id": "ARTICLE"},
    "deleteArticle": {"id": "ARTICLE"},
    "restoreRevision": {"id": "REVISION"},
    "saveWorkingVersion": {"id": "ARTICLE", "title": "Other"},
    "discardWorkingVersion": {"id": "EDITED"},
    "unpublishArticle": {"id": "ARTICLE"},
    "cancelPlannedChanges": {"id": "EDITED"},
    "restoreArticle": {"id": "TRASHED"},
    "purgeArticle": {"id": "TRASHED"},
    "createRelease": {"name": "Relaunch"},
    "addToRelease": {"id": "RELEASE", "articleId": "ARTICLE"},
    "removeFromRelease": {"id": "RELEASE", "articleId": "ARTICLE"},
    "publishRelease": {"id": "RELEASE"},
    "cancelRelease": {"id": "RELEASE"},
    "deleteRelease": {"id": "RELEASE"},
    "createPreview": {"releaseId": "RELEASE"},
    "revokePreview": {"id": "PREVIEW"},
    "linkArticles": {"sourceId": "ARTICLE", "headline": "Elsewhere", "kind": "PINNED"},
    "acceptLink": {"relationId": "RELATION", "articleId": "EDITED"},
    "takeBackAccepted": {"relationId": "RELATION"},
    "acceptSuggestion": {"relationId": "RELATION"},
    "hideSuggestion": {"articleId": "ARTICLE", "suggestedId": "EDITED"},
    "unhideSuggestion": {"articleId": "ARTICLE", "suggestedId": "EDITED"},
    "orderRelated": {"articleId": "ARTICLE", "relationIds": ["RELATION"]},
    "unlinkArticles": {"relationId": "RELATION"},
    "createTopic": {"name": "Third"},
    "updateTopic": {"id": "TOPIC", "name": "Renamed"},
    "moveTopic": {"id": "TOPIC", "parentId": "SECOND_TOPIC"},
    "mergeTopic": {"id": "TOPIC", "intoId": "SECOND_TOPIC"},
    "deleteTopic": {"id": "TOPIC"},
    "createAuthor": {"name": "Third"},
    "updateAuthor": {"id": "AUTHOR", "name": "Renamed"},
    "mergeAuthor": {"id": "AUTHOR", "intoId": "SECOND_AUTHOR"},
    "deleteAuthor": {"id": "AUTHOR"},
    "importArticles": {"articles": [DRAFT]},
    "submitComment": {"articleId": "ARTICLE", "authorName": "Rita", "body": "Well."},
    "editOwnComment": {"secret": "1.x", "body": "Other words."},
    "deleteOwnComment": {"secret": "1.x"},
    "reportComment": {"id": "COMMENT", "reason": "SPAM"},
    "moderateComment": {"id": "COMMENT", "status": "SPAM"},
    "editComment": {"id": "COMMENT", "body": "Other words."},
    "moderateComments": {"statuses": ["APPROVED"], "status": "SPAM"},
    "exportPerson": {"email": "reader@example.com"},
    "erasePerson": {"email": "reader@example.com"},
    "addSynonyms": {"words": ["a", "b"]},
    "removeSynonyms": {"id": "SYNONYMS"},
    "addStopWord": {"word": "x"},
    "removeStopWord": {"word": "stop"},
    "setSearchRule": {"name": "x", "texts": ["x"], "redirect": "/x"},
    "removeSearchRule": {"id": "RULE"},
    "pinArticle": {"text": "x", "articleId": "ARTICLE"},
    "unpinArticle": {"id": "PIN"},
    "blockSearch": {"text": "red sofa"},
    "unblockSearch": {"text": "blue sofa"},
    "trackClick": {"query": "red sofa", "articleId": "ARTICLE", "position": 1},
}


def mutations() -> dict[str, str]:
    """Return the descriptions of mutations, by name."""
    root = graphql_schema().mutation_type
    assert isinstance(root, GraphQLObjectType)
    return {name: field.description or "" for name, field in root.fields.items()}


def permission_names(description: str) -> set[str]:
    """Return the permissions that a description names."""
    return set(re.findall(r"`([a-z]+)`", description)) & {
        permission.value for permission in Permission
    }


def test_every_mutation_says_which_permission_it_needs() -> None:
    for name, description in mutations().items():
        needs_none = "Needs no permission" in description
        assert needs_none or re.search(r"Needs the permissions? `", description), name
        assert needs_none is not bool(permission_names(description)), name
    assert set(INPUTS) == set(mutations())


async def count_stored() -> list[int]:
    """Return the counts of all records, and the state of the article and its comments."""
    article = await Article.get(slug="bread")
    return [
        *[
            await model.all().count()
            for model in (
                *(Article, Author, BlockedQuery, Comment, FormerAuthor, FormerTopic, Pin),
                HiddenSuggestion,
                *(
                    PlannedChange,
                    Preview,
                    Relation,
                    Release,
                    ReleaseItem,
                    SearchRule,
                    StopWord,
                    SynonymSet,
                    Topic,
                ),
                *(TrashedArticle, WorkingVersion),
            )
        ],
        article.version,
        await Comment.filter(status="APPROVED").count(),
    ]


async def records() -> dict[str, str]:
    """Create a record of each kind that `INPUTS` name, and return their global ids by that name."""
    article = await an_article("Bread", topics=("First", "Second"), authors=("Ann", "Ben"))
    topics, authors = [
        [label.id for label in await model.all().order_by("id")] for model in (Topic, Author)
    ]
    comment = await a_comment(article)
    edge = await link(article, headline="Nowhere", kind=RelationKind.PINNED, by=SYSTEM)
    await block("blue sofa", by=SYSTEM)
    await tuning.add_stop_word("stop", by=SYSTEM)
    rule = await rules.set_rule(RuleRow(0, "x", texts=("y",), redirect="/y"), by=SYSTEM)
    trashed = await an_article("Gone")
    await articles.delete(trashed, by=SYSTEM)
    edited = await an_article("Edited")
    await working_versions.save(edited, ArticleChanges(title="Other"), by=SYSTEM)
    await articles.publish(edited, at=datetime.fromisoformat("2999-01-01T00:00Z"), by=SYSTEM)
    release = await releases.create("Release", by=SYSTEM)
    await releases.add(release, article, by=SYSTEM)
    preview = await previews.create(release_id=release, by=SYSTEM)
    return {
        "TOPIC": global_id(TOPIC, topics[0]),
        "SECOND_TOPIC": global_id(TOPIC, topics[1]),
        "AUTHOR": global_id(AUTHOR, authors[0]),
        "SECOND_AUTHOR": global_id(AUTHOR, authors[1]),
        "EDITED": global_id(ARTICLE, edited),
        "TRASHED": global_id(ARTICLE, trashed),
        "RELEASE": global_id(RELEASE, release),
        "PREVIEW": global_id(PREVIEW, preview.id),
        "ARTICLE": global_id(ARTICLE, article),
        "COMMENT": global_id(COMMENT, comment),
        "RELATION": global_id(RELATION, edge),
        "REVISION": global_id(REVISION, 1),
        "SYNONYMS": global_id(SYNONYMS, await tuning.add_synonyms(("a", "b"), by=SYSTEM)),
        "RULE": global_id(RULE, rule),
        "PIN": global_id(PIN, await tuning.pin("bread", article, by=SYSTEM)),
    }


@pytest.mark.parametrize("name", [name for name in INPUTS if name != "submitComment"])
async def test_without_a_permission_that_it_names_nothing_is_changed(
    client: Client, name: str
) -> None:
    global_ids = await records()
    input_ = {
        key: [global_ids.get(item, item) for item in value]
        if key == "relationIds"
        else global_ids.get(value, value)
        if isinstance(value, str)
        else value
        for key, value in INPUTS[name].items()
    }
    kind = name[0].upper() + name[1:]
    query = f"""mutation($input: {kind}Input!) {{ {name}(input: $input) {{
      __typename ... on Problem {{ code }} }} }}"""
    needed = permission_names(mutations()[name])
    before = await count_stored()
    for missing in needed:
        scopes = tuple(item.value for item in Permission if item.value != missing)
        secret = await tokens.create("narrow", Role.ADMIN, by=SYSTEM, scopes=scopes)
        answer = await client.http.post(
            "/graphql",
            json={"query": query, "variables": {"input": input_}},
            headers={"authorization": f"Bearer {secret}"},
        )
        result = answer.json()["data"][name]
        assert result == {"__typename": "NotAllowed", "code": "FORBIDDEN"}, (missing, answer.text)
    assert await count_stored() == before


async def test_no_browser_can_be_made_to_change_anything(client: Client) -> None:
    mutation = 'mutation { deleteArticle(input: { id: "x" }) { __typename } }'
    for type_ in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "",
    ):
        answer = await client.http.post(
            "/graphql",
            content='{"query": "{ site { name } }"}',
            headers={"content-type": type_},
        )
        assert answer.status_code == 415, type_
    got = await client.http.get("/graphql", params={"query": mutation})
    assert (got.status_code, got.headers["allow"]) == (405, "POST")
    with_cookie = await client.http.post(
        "/graphql",
        json={"query": "{ searchTuning { synonyms { id } } }"},
        headers={"cookie": f"authorization={client.editor['authorization']}; token=x"},
    )
    assert with_cookie.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    for path in ("/", "/graphql", "/search?q=x", "/feed.xml", "/healthz"):
        assert "set-cookie" not in (await client.http.get(path)).headers


async def test_only_named_origins_may_ask(settings: Settings) -> None:
    origins = {"cors_origins": ["https://www.test"]}
    async with a_hub(settings.model_copy(update=origins)) as client:
        for origin, expected in (
            ("https://www.test", "https://www.test"),
            ("https://evil.test", None),
        ):
            preflight = await client.http.options(
                "/graphql",
                headers={
                    "origin": origin,
                    "access-control-request-method": "POST",
                    "access-control-request-headers": "authorization,content-type,if-none-match",
                },
            )
            assert preflight.headers.get("access-control-allow-origin") == expected
            assert preflight.status_code == (200 if expected else 400)
            assert "access-control-allow-credentials" not in preflight.headers
            answer = await client.http.post(
                "/graphql", json={"query": "{ site { name } }"}, headers={"origin": origin}
            )
            assert answer.headers.get("access-control-allow-origin") == expected
            assert "etag" in answer.headers["access-control-expose-headers"]
    async with a_hub(settings) as client:
        answer = await client.http.post(
            "/graphql", json={"query": "{ site { name } }"}, headers={"origin": "https://www.test"}
        )
        assert "access-control-allow-origin" not in answer.headers

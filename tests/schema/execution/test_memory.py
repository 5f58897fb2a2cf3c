"""Memory of distinct documents: what leaves the caches is freed, without a full collection."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from hub.app import GC_THRESHOLDS
from hub.auth import ANONYMOUS
from hub.settings import Settings
from schema.server.operations import Caller, Operations
from schema.server.requests import Request
from tests.support.factories import a_comment, an_article
from tests.support.hub import a_hub

pytestmark = pytest.mark.anyio

CACHED_CHARACTERS = 5_000
"""Of documents: some thirty, so that nearly all of them have left the cache."""

DOCUMENTS = {
    "plans": """query Q%d($slug: String!) { article(slug: $slug) { a%d: title topics { name }
      comments(first: 3) { totalCount nodes { b%d: body } } } }""",
    "fragments": """query Q%d { articles { nodes { ...F } edges { cursor node { ...F } } } }
      fragment F on Article { a%d: title related { nodes { b%d: title } } }""",
    "introspection": "query Q%d { __schema { a%d: queryType { b%d: name } } }",
    "errors": 'query Q%d { a%d: node(id: "x") { id } b%d: articles(first: 1000) { totalCount } }',
    "invalid": "query Q%d { articles { a%d: nope b%d: nor { that } } }",
    "not GraphQL": "query Q%d { articles { a%d: nodes { b%d: ",
}


@pytest.fixture
def no_full_collections() -> Iterator[None]:
    """Collect young objects as a server does, and the oldest generation never."""
    before = gc.get_threshold()
    gc.set_threshold(*GC_THRESHOLDS[:2], 10**6)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def execute(operations: Operations, text: str, count: int, start: int) -> None:
    caller = Caller(ANONYMOUS, "a client", "a request")
    for number in range(start, start + count):
        request = Request(text % (number, number, number), {"slug": "an-article"})
        await operations.execute(request, caller, "application/json", "POST")


@pytest.mark.usefixtures("no_full_collections")
@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_distinct_documents_do_not_pile_up(settings: Settings, kind: str) -> None:
    async with a_hub(settings.model_copy(update={"cache_bytes": 10_000})) as client:
        await a_comment(await an_article("An article"))
        operations: Operations = client.app.state.graphql.operations
        operations._documents._cache._free_weight = CACHED_CHARACTERS
        await execute(operations, DOCUMENTS[kind], 200, start=0)
        gc.collect(1)
        before = len(gc.get_objects())
        await execute(operations, DOCUMENTS[kind], 300, start=200)
        gc.collect(1)
        assert len(gc.get_objects()) - before < 300 * 25

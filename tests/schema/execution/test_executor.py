"""The hub's executor returns the same as graphql-core's, errors and their paths included."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from starlette.applications import Starlette

from hub import tokens
from hub.auth import ANONYMOUS, Viewer
from hub.db.database import Reader
from hub.reads.articles import ArticleRow
from hub.settings import Settings
from schema.build import graphql_schema
from schema.context import HubContext
from schema.execution import executor
from schema.instrumentation import Instrumentation
from schema.loaders import Loaders
from schema.server.endpoint import GraphQLApp
from schema.server.operations import Operations
from tests.process.test_whole_site import SITE_SEARCH
from tests.support.generated_documents import operations
from tests.support.hub import UNAWAITED_COROUTINES, Client, a_hub

SCHEMA = graphql_schema()
pytestmark = UNAWAITED_COROUTINES


PAGE = """
query Page($slug: String!, $n: Int = 2, $more: Boolean = true, $how: Format! = TEXT) {
  article(slug: $slug) {
    __typename id title body(format: $how) plain: body(format: TEXT) language kind commentCount
    authors { ...Name } topics { ...Name ancestors { slug } parent { name } }
    related(first: $n) { totalCount edges { kind anchor position node { ...Link } } }
    relatedBy(first: $n) @include(if: $more) { edges { kind node { ...Link } } }
    comments(first: $n) @skip(if: false) {
      totalCount
      nodes { ...Said replies(first: 1) { totalCount nodes { ...Said } } }
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
    }
    translations { language title }
  }
}
fragment Name on Node { id ... on Topic { name slug } ... on Author { name slug } }
fragment Link on Article { title slug publishedAt }
fragment Said on Comment { authorName body publishedAt parent { id } article { title } }
"""
LIST = """
query List($after: String) {
  first: articles(first: 3, after: $after) { ...Some }
  last: articles(last: 2, order: NEWEST, filter: { topics: ["harbour"] }) { ...Some }
  topics(first: 3) { nodes { slug children { slug } articles(first: 2) { nodes { title } } } }
  authors(first: 2) { nodes { name bio articles(first: 1) { totalCount nodes { slug } } } }
  site { name }
  __typename
}
fragment Some on ArticleConnection {
  totalCount
  edges { cursor node { title excerpt(length: 50) authors { name } } }
  pageInfo { hasNextPage endCursor }
}
"""
NODES = """
query Nodes($ids: [ID!]!, $id: ID!) {
  node(id: $id) { __typename id ... on Article { title } }
  nodes(ids: $ids) { __typename ... on Article { slug } ... on Comment { body } }
}
"""
ARGUMENTS = """
query Given($first: Int, $after: String, $id: ID, $slug: String, $plain: Boolean, $no: Boolean!) {
  articles(first: $first, after: $after, order: OLDEST) { nodes { title @skip(if: $no) slug } }
  article(id: $id, slug: $slug) { title related(first: 2, includeDangling: $plain) { totalCount } }
  topics(first: $first, rootsOnly: $plain) { nodes { slug } }
}
"""
LOOKS = """
query Looks($one: Boolean = true) {
  few: articles(first: 3) { nodes { slug } pageInfo { startCursor endCursor } }
  busy: articles(first: 3, order: MOST_DISCUSSED) {
    edges { cursor node { title url canonicalUrl jsonLd image { url alt } } }
  }
  late: articles(first: 2, order: RECENTLY_UPDATED) { edges { cursor } }
  article(slug: "ferry-launch") {
    places: related(first: 2) { totalCount edges { cursor } pageInfo { endCursor } }
    reasons: related(first: 2) { edges { because { kind detail weight } relationId origin url } }
    whole: related(first: 2) { nodes { url summary canonicalUrl image { url } publishedAt } }
    either: related(first: 2) { edges { node { slug @skip(if: $one) title @include(if: $one) } } }
    relatedBy(first: 2) { edges { anchor weight node { createdAt updatedAt version status } } }
    some: comments(first: 1) { nodes { authorName } }
    counted: comments(first: 1) { totalCount nodes { replies(first: 1) { nodes { body } } } }
    ends: comments(first: 1) { pageInfo { hasNextPage } nodes { replies { totalCount } } }
  }
  search(query: "ferry harbour", first: 3) {
    nodes { canonicalUrl }
    edges { cursor node { kind language } paragraph { related { anchor node { summary } } } }
    related(first: 1) { nodes { ... on Article { slug translations { slug } } } }
  }
}
"""
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    (PAGE, {"slug": "ferry-launch"}),
    (PAGE, {"slug": "ferry-month", "n": 100, "more": False, "how": "MARKDOWN"}),
    (PAGE, {"slug": "nowhere"}),
    (PAGE, {"slug": "ferry-launch", "n": 0}),
    (PAGE, {"slug": "ferry-launch", "n": 100_000}),
    (PAGE, {"slug": None}),
    (LIST, {}),
    (LIST, {"after": "no cursor"}),
    (LOOKS, {}),
    (LOOKS, {"one": False}),
    (NODES, {"id": "no id", "ids": ["no id", "also none"]}),
    (ARGUMENTS, {"no": False, "slug": "ferry-launch"}),
    (ARGUMENTS, {"no": True, "slug": "ferry-launch", "first": 2, "plain": True}),
    (ARGUMENTS, {"no": True, "slug": "ferry-launch", "first": None, "plain": None, "after": None}),
    (ARGUMENTS, {"no": False, "slug": 12, "first": "2"}),
    (ARGUMENTS, {"first": 2}),
    (ARGUMENTS, {"no": None, "id": "QXJ0aWNsZTox", "slug": None, "after": "x"}),
    (ARGUMENTS, {"no": False, "id": "QXJ0aWNsZTox", "plain": False, "after": "x"}),
    (SITE_SEARCH % ("ferry", "harbour"), {}),
    ('{ search(query: "", first: 1) { totalCount edges { node { title } } } }', {}),
    ("{ moderationQueue(first: 2) { nodes { body } } site { name } }", {}),
    ("{ articles(first: 1) { nodes { title(x: 1) } } }", {}),
    ('{ a: __typename __schema { queryType { name } } __type(name: "Topic") { name } }', {}),
]


def endpoint(app: Starlette, *, plans: bool = True, db: Reader | None = None) -> GraphQLApp:
    """Return an endpoint without a response cache, with plans or without, perhaps on another db."""
    state, set_ = app.state, Settings(plans=plans, cache_bytes=0, searches_per_minute=0)

    async def viewer_of(connection: Any) -> Viewer | None:
        secret = connection.headers.get("authorization", "").removeprefix("Bearer ")
        return await tokens.authenticate(state.db, secret) if secret else ANONYMOUS

    operations_ = Operations(
        db=db or state.db,
        engine=state.engine,
        suggestions=state.suggestions,
        search_counter=state.search_counter,
        settings=set_,
        rate_limiter=state.rates,
        wait_for_index=state.indexer.wait,
        instrumentation=Instrumentation(),
    )
    return GraphQLApp(operations_, set_, viewer_of)


class Both:
    """Executes each query with plans and without."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._planned, self._reference = (
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=endpoint(client.app, plans=plans)),
                base_url="http://hub.test",
            )
            for plans in (True, False)
        )

    async def ask(self, query: str, variables: dict[str, Any], *, staff: bool = False) -> Any:
        """Return the response, which is the same with plans (also a cached one) and without."""
        sent = {"query": query, "variables": variables}
        headers = self.client.editor if staff else {}
        planned, repeated, reference = [
            _normalised(
                _without_siblings((await http.post("/graphql", json=sent, headers=headers)).json())
            )
            for http in (self._planned, self._planned, self._reference)
        ]
        assert planned == reference
        assert repeated == reference
        return reference


@pytest.fixture
def both(demo: Client) -> Both:
    """The demo content."""
    return Both(demo)


def _without_siblings(answer: dict[str, Any]) -> dict[str, Any]:
    """Drop the errors of its siblings if an error of a root field made `data` null.

    The fatal error is the last one; siblings are cancelled then, at a point that depends on timing.
    """
    if answer.get("data", answer) is None:
        fatal = answer["errors"][-1]["path"][0]
        answer["errors"] = [error for error in answer["errors"] if error["path"][0] == fatal]
    return answer


def _normalised(value: Any) -> Any:
    """Return a response without values that differ between requests, errors sorted by path."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict) and "message" in value[0]:
            value = sorted(value, key=lambda error: [str(part) for part in error.get("path", [])])
        return [_normalised(item) for item in value]
    if isinstance(value, dict):
        changing = ("requestId", "tookMs", "lastUsedAt")
        return {
            key: _normalised(item)
            for key, item in value.items()
            if key.removeprefix("other_") not in changing
        }
    return value


@pytest.mark.anyio
@pytest.mark.parametrize(("query", "variables"), QUESTIONS)
async def test_an_answer_is_what_graphql_core_answers(
    query: str, variables: dict[str, Any], both: Both
) -> None:
    await both.ask(query, variables)


@pytest.mark.anyio
async def test_found_nodes_are_the_same(both: Both) -> None:
    data = await both.client.ask(
        "{ articles(first: 3) { nodes { id comments(first: 2) { nodes { id } } } } }"
    )
    ids = [
        id_
        for article in data["articles"]["nodes"]
        for id_ in (article["id"], *(comment["id"] for comment in article["comments"]["nodes"]))
    ]
    answer = await both.ask(NODES, {"id": ids[0], "ids": [*ids, "none"]})
    assert answer["data"]["nodes"][-1] is None


@pytest.mark.anyio
@pytest.mark.parametrize("loader", ["article", "body", "topics", "authors", "thread_count"])
async def test_a_failure_in_the_middle_is_told_in_the_same_places(
    loader: str, both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Loaders) -> Any:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Loaders, loader, property(broken))
    await both.ask(LIST, {})
    assert "disk" not in str(await both.ask(PAGE, {"slug": "ferry-launch"}))


@pytest.mark.anyio
async def test_what_goes_well_needs_nothing_of_graphql_core(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the other tests might compare graphql-core with itself."""

    def unwanted(*_: Any) -> Any:
        raise AssertionError("graphql-core was asked")

    monkeypatch.setattr(executor, "_build_executor", unwanted)
    for query, variables in (
        (PAGE, {"slug": "ferry-launch"}),
        (PAGE, {"slug": "nowhere"}),
        (LIST, {}),
        (LOOKS, {}),
        (NODES, {"id": "no id", "ids": ["no id"]}),
        (SITE_SEARCH % ("ferry", "harbour"), {}),
    ):
        assert "errors" not in await both.ask(query, variables)


@pytest.mark.anyio
async def test_plans_can_be_turned_off(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    def unwanted(*_: Any, **__: Any) -> Any:
        raise AssertionError("a plan was made")

    monkeypatch.setattr(executor.QueryExecution, "__init__", unwanted)
    async with a_hub(settings.model_copy(update={"plans": False})) as client:
        assert await client.ask("{ site { articleCount } }") == {"site": {"articleCount": 0}}


@pytest.mark.anyio
async def test_an_answer_leaves_nothing_to_the_garbage_collector(both: Both) -> None:
    """A reference cycle would keep rows until the next full garbage collection."""
    for query in (PAGE, LIST):
        variables: dict[str, Any] = {"slug": "ferry-launch"}
        await both.client.post(query, **variables)
        gc.collect()
        gc.disable()
        try:
            await both.client.post(f"{query}#", **variables)
            await both.client.post(f"{query}##", **variables)
            contexts = [obj for obj in gc.get_objects() if isinstance(obj, Loaders | HubContext)]
            rows = [obj for obj in gc.get_objects() if isinstance(obj, ArticleRow)]
        finally:
            gc.enable()
        assert contexts == []
        assert rows == []


# ── generated queries ─────────────────────────────────────────────────────────────────────────


class Portal:
    """Synchronous access to Both, with words of the content."""

    def __init__(self, portal: BlockingPortal, both: Both) -> None:
        self._portal = portal
        self._both = both
        data = portal.call(partial(both.client.ask, CONTENT))
        slugs = [node["slug"] for node in data["articles"]["nodes"]]
        labels = [node["slug"] for kind in ("topics", "authors") for node in data[kind]["nodes"]]
        ids = [node["id"] for kind in data.values() for node in kind["nodes"]]
        self.words = ["", "ferry", "harbour", *slugs, *labels, *ids]

    def ask(self, query: str, variables: dict[str, Any], *, staff: bool) -> Any:
        """See `Both.ask`."""
        return self._portal.call(partial(self._both.ask, query, variables, staff=staff))


CONTENT = """
{
  articles(first: 4) { nodes { id slug } }
  topics(first: 3) { nodes { id slug } }
  authors(first: 2) { nodes { id slug } }
}
"""


@pytest.fixture(scope="module")
def portal(demo_settings: Settings) -> Iterator[Portal]:
    with (
        start_blocking_portal() as threads,
        threads.wrap_async_context_manager(a_hub(demo_settings)) as client,
    ):
        yield Portal(threads, threads.call(Both, client))


@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@hypothesis(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_is_asked_is_answered_as_by_graphql_core(
    portal: Portal, data: st.DataObject
) -> None:
    valid = data.draw(st.integers(0, 4)) > 0
    text = data.draw(operations(SCHEMA, "query", strings=portal.words, valid=valid))
    query = text.replace("query Made", "query Made($no: Boolean = false)", 1)
    variables = data.draw(st.sampled_from([{}, {"no": True}]))
    portal.ask(query, variables, staff=data.draw(st.booleans()))

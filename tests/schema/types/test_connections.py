"""Relay's rules of connections, for every connection of the schema."""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import pytest
import strawberry
from graphql import GraphQLField, GraphQLObjectType, get_named_type

from hub import articles, outbox, related, tokens
from hub.articles import previews, releases
from hub.auth import SYSTEM
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.models import OutsideLink, Relation, RelationKind, RelationOrigin, Role
from hub.settings import Settings
from schema import ids
from schema.build import graphql_schema
from schema.types.paging import connection as declare_connection
from tests.support.factories import an_article
from tests.support.hub import UNAWAITED_COROUTINES, Client, a_hub

pytestmark = [pytest.mark.anyio, *UNAWAITED_COROUTINES]
SLUG = "ferry-launch"
INLINE = RelationKind.INLINE
EXTRA = {"Query.search": 'query: "ferry harbour"'}
"""Required arguments of a connection besides the page."""
PAGE = """{ totalCount nodes { id } edges { cursor node { id } }
pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"""
FORWARD = ("first", "after", "hasNextPage", "endCursor")
BACKWARD = ("last", "before", "hasPreviousPage", "startCursor")


class Connection(NamedTuple):
    """A connection of the schema: its coordinate, and its definition."""

    name: str
    field: GraphQLField


CONNECTIONS = [
    Connection(f"{type_.name}.{name}", field)
    for type_ in graphql_schema().type_map.values()
    if isinstance(type_, GraphQLObjectType)
    for name, field in type_.fields.items()
    if get_named_type(field.type).name.endswith("Connection")
]


class Lists:
    """Pages of the connections of a hub in which each of them has several edges."""

    def __init__(self, client: Client, parents: dict[str, str], admin: str) -> None:
        self.client = client
        self._parents = parents
        self._headers = {"authorization": f"Bearer {admin}"}

    async def ask(self, query: str, **variables: Any) -> Any:
        """Return the complete response to an administrator."""
        body = {"query": query, "variables": variables}
        answer = await self.client.http.post("/graphql", json=body, headers=self._headers)
        return answer.json()

    async def answer(self, name: str, arguments: str) -> Any:
        """Return the complete response for a page of a connection."""
        type_, _, field = name.partition(".")
        arguments_text = ", ".join(filter(None, (EXTRA.get(name), arguments)))
        inner = f"list: {field}({arguments_text}) {PAGE}"
        around = self._parents[type_]
        return await self.ask("{ " + around.replace("…", inner) + " }")

    async def page(self, name: str, arguments: str) -> Any:
        """Return a page; an error fails the test."""
        answer = await self.answer(name, arguments)
        assert "errors" not in answer, answer
        data = answer["data"]
        return data["list"] if "list" in data else data["parent"]["list"]

    async def walk(self, name: str, size: int, *, backward: bool) -> list[Any]:
        """Return all edges in order, from pages of `size`."""
        edges: list[Any] = []
        count, beyond, more, end = BACKWARD if backward else FORWARD
        at = ""
        while True:
            page = await self.page(name, f"{count}: {size}{at}")
            edges = page["edges"] + edges if backward else edges + page["edges"]
            if not page["pageInfo"][more]:
                return edges
            assert len(page["edges"]) == size
            at = f', {beyond}: "{page["pageInfo"][end]}"'


async def wait_until_indexed(client: Client) -> None:
    """Wait until every save is indexed."""
    with anyio.fail_after(30):
        while await outbox.depth(client.db):
            await anyio.sleep(0.01)


@pytest.fixture(scope="module")
async def lists(
    demo_data: Path, tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncIterator[Lists]:
    """Connections of a hub, for tests that only read."""
    data = tmp_path_factory.mktemp("lists") / "data"
    shutil.copytree(demo_data, data)
    async with a_hub(Settings(data_dir=data, neighbours=0)) as running:
        yield await prepare_lists(running)


async def prepare_lists(demo: Client) -> Lists:
    """Add comments, revisions and edges, so that every list is long enough."""

    async def say(parent: str | None = None, *, editor: bool = True) -> str:
        input_ = {"articleId": article, "authorName": "Rita", "body": "So it is."}
        answer = await demo.ask(
            "mutation($i: SubmitCommentInput!) { submitComment(input: $i)"
            " { ... on SubmitCommentPayload { commentId } } }",
            editor=editor,
            i=input_ | ({"parentId": parent} if parent else {}),
        )
        return str(answer["submitComment"]["commentId"])

    page = await demo.ask(
        f'{{ article(slug: "{SLUG}") {{ id version title authors {{ slug }} topics {{ slug }} }}'
        " articles(last: 6) { nodes { id } } }"
    )
    article, version = page["article"]["id"], page["article"]["version"]
    number_of = ids.local_id(article, ids.ARTICLE, "id")
    thread = await say()
    for _ in range(5):
        await say(thread)
        await say(editor=False)
    for number in range(5):
        await demo.ask(
            "mutation($i: ReviseArticleInput!) { reviseArticle(input: $i) { __typename } }",
            editor=True,
            i={"id": article, "seenVersion": version + number, "summary": f"{number}?"},
        )
    for number in range(4):
        await releases.create(f"Release {number}", by=SYSTEM)
        await articles.delete(await an_article(f"Gone {number}"), by=SYSTEM)
        await previews.create(by=SYSTEM, article_id=await an_article(f"Soon {number}"))
    for other in page["articles"]["nodes"]:
        for ends in ((article, other["id"]), (other["id"], article)):
            source, target = ends
            await demo.ask(
                "mutation($i: LinkArticlesInput!) { linkArticles(input: $i) { __typename } }",
                editor=True,
                i={"sourceId": source, "targetId": target, "kind": "PINNED"},
            )
        repeated = ids.local_id(other["id"], ids.ARTICLE, "id")
        await related.link(number_of, kind=INLINE, target_id=repeated, by=SYSTEM)
        await related.link(number_of, kind=INLINE, headline=f"Not yet {repeated}", by=SYSTEM)
    await _add_links_to_mend(number_of)
    await wait_until_indexed(demo)
    return Lists(
        demo,
        {
            "Query": "…",
            "LinkReport": "parent: linkReport { … }",
            "Article": f'parent: article(slug: "{SLUG}") {{ … }}',
            "Author": f'parent: author(slug: "{page["article"]["authors"][0]["slug"]}") {{ … }}',
            "Topic": f'parent: topic(slug: "{page["article"]["topics"][0]["slug"]}") {{ … }}',
            "SearchConnection": f'parent: search(query: "{page["article"]["title"]}") {{ … }}',
            "Comment": f'parent: node(id: "{thread}") {{ ... on Comment {{ … }} }}',
        },
        await tokens.create("lists", Role.ADMIN, by=SYSTEM),
    )


async def _add_links_to_mend(source: int) -> None:
    """Add links by former addresses, and links to other sites that were looked at."""
    for number in range(5):
        target = await an_article(f"Renamed {number}", slug=f"former-{number}")
        await articles.revise(
            target, ArticleChanges(slug=f"present-{number}"), seen_version=1, by=SYSTEM
        )
        await Relation.create(
            source_id=source,
            target_id=target,
            kind=INLINE,
            origin=RelationOrigin.IMPORT,
            rank=100 + number,
            anchor="",
            wanted_slug=f"former-{number}",
        )
        for status, moved_to in ((404, None), (200, "https://www.example.org/there")):
            await OutsideLink.create(
                article_id=source,
                url=f"https://www.example.org/{number}",
                anchor="There",
                status=status,
                moved_to=moved_to,
                checked_at=now(),
            )


def test_every_connection_goes_both_ways() -> None:
    assert len(CONNECTIONS) >= 11
    for name, field in CONNECTIONS:
        assert {"first", "after", "last", "before"} <= set(field.args), name


@pytest.mark.parametrize("connection", CONNECTIONS, ids=lambda connection: connection.name)
def test_every_connection_has_the_shape_of_relay(connection: Connection) -> None:
    type_: Any = get_named_type(connection.field.type)
    edge: Any = get_named_type(type_.fields["edges"].type)
    assert str(type_.fields["edges"].type) == f"[{edge.name}!]!"
    assert edge.name == type_.name.removesuffix("Connection") + "Edge"
    node = get_named_type(edge.fields["node"].type)
    assert str(type_.fields["nodes"].type) == f"[{node}!]!"
    assert str(type_.fields["pageInfo"].type) == "PageInfo!"
    assert str(type_.fields["totalCount"].type) == "Int!"
    assert str(edge.fields["cursor"].type) == "String!"
    fields = [*type_.fields.values(), *edge.fields.values()]
    assert all(item.description for item in (type_, edge, *fields))


@strawberry.type(description="A harbour.")
class Harbour:
    name: str


HarbourConnection: Any = declare_connection(Harbour, "harbour", edge_description="A port of call.")


def test_a_connection_is_declared_by_its_node_type() -> None:
    @strawberry.type
    class Query:
        harbours: HarbourConnection

    text = strawberry.Schema(query=Query).as_str()
    assert (
        """\
\"""A page of a list of harbours.\"""
type HarbourConnection {
  \"""Where this page lies in the list.\"""
  pageInfo: PageInfo!

  \"""How many there are in the whole list; counted only when asked for.\"""
  totalCount: Int!

  \"""The harbours of this page, each with its cursor.\"""
  edges: [HarbourEdge!]!

  \"""The harbours of this page.\"""
  nodes: [Harbour!]!
}

\"""A port of call.\"""
type HarbourEdge {
  \"""The opaque place of this edge in its list, for `after` and `before`.\"""
  cursor: String!

  \"""The harbour.\"""
  node: Harbour!
}
"""
        in text
    )


@pytest.mark.parametrize("connection", CONNECTIONS, ids=lambda connection: connection.name)
async def test_the_laws_of_connections(connection: Connection, lists: Lists) -> None:
    name = connection.name
    full_page = await lists.page(name, "first: 100")
    edges = full_page["edges"]
    assert len(edges) >= 3
    assert full_page["totalCount"] == len(edges)
    assert full_page["nodes"] == [edge["node"] for edge in edges]
    assert len({edge["cursor"] for edge in edges}) == len(edges)
    assert full_page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": edges[0]["cursor"],
        "endCursor": edges[-1]["cursor"],
    }
    chance = random.Random(name)
    for size in {1, len(edges), *chance.choices(range(2, len(edges)), k=2)}:
        if len(edges) // size < 20:
            assert await lists.walk(name, size, backward=False) == edges
            assert await lists.walk(name, size, backward=True) == edges

    start, end = sorted(chance.sample(range(len(edges)), 2))
    bounds = f'after: "{edges[start]["cursor"]}", before: "{edges[end]["cursor"]}"'
    between = edges[start + 1 : end]
    assert (await lists.page(name, f"first: 100, {bounds}"))["edges"] == between
    assert (await lists.page(name, f"last: 100, {bounds}"))["edges"] == between
    assert (await lists.page(name, f"last: 2, {bounds}"))["edges"] == between[-2:]
    for page_arguments in (
        f'first: 100, before: "{edges[1]["cursor"]}"',
        f'last: 100, after: "{edges[-2]["cursor"]}"',
        f'first: 100, after: "{edges[-2]["cursor"]}"',
        f'last: 100, before: "{edges[1]["cursor"]}"',
    ):
        page = await lists.page(name, page_arguments)
        assert (len(page["edges"]), page["totalCount"]) == (1, len(edges)), page_arguments
    beyond = await lists.page(name, f'first: 2, after: "{edges[-1]["cursor"]}"')
    assert (beyond["edges"], beyond["pageInfo"]["hasNextPage"]) == ([], False)
    assert beyond["pageInfo"]["endCursor"] is None
    assert beyond["totalCount"] == len(edges)


@pytest.mark.parametrize("connection", CONNECTIONS, ids=lambda connection: connection.name)
async def test_a_page_that_cannot_be_is_refused_in_words(
    connection: Connection, lists: Lists
) -> None:
    for arguments in (
        "first: 1, last: 1",
        *(f"{size}: {number}" for size in ("first", "last") for number in (0, -1, 101)),
        *(
            f'{size}: 1, {at}: "{forged}"'
            for size in ("first", "last")
            for at in ("after", "before")
            for forged in ("", "x", "W10", "WzEsMSwxXQ", "W3t9LDFd", "bnVsbA==", "\u2603", "A" * 48)
        ),
    ):
        answer = await lists.answer(connection.name, arguments)
        assert "errors" in answer, (arguments, answer)
        codes = [error["extensions"]["code"] for error in answer["errors"]]
        assert codes == ["BAD_USER_INPUT"], arguments


@pytest.mark.parametrize("connection", CONNECTIONS, ids=lambda connection: connection.name)
async def test_a_node_is_found_again_by_its_id(connection: Connection, lists: Lists) -> None:
    nodes = (await lists.page(connection.name, "first: 3"))["nodes"]
    node_ids = [node["id"] for node in nodes]
    answer = await lists.ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }",
        ids=[*node_ids, "nothing", ids.global_id(ids.ARTICLE, 999_999)],
    )
    type_ = get_named_type(connection.field.type).name.removesuffix("Connection")
    type_name = {"Search": "Article", "RelatedArticles": "Article"}.get(type_, type_)
    assert answer["data"]["nodes"] == [
        *({"__typename": type_name, "id": id_} for id_ in node_ids),
        None,
        None,
    ]
    single = await lists.ask("query($id: ID!) { node(id: $id) { id } }", id=node_ids[0])
    assert single["data"]["node"] == {"id": node_ids[0]}


@pytest.mark.parametrize(
    "name",
    [
        *("Article.revisions", "Query.auditLog", "Query.moderationQueue", "Query.releases"),
        *("Query.trash", "Query.previews", "LinkReport.dangling", "LinkReport.repeated"),
        "LinkReport.brokenOutside",
    ],
)
async def test_what_staff_may_see_has_no_node_for_readers(name: str, lists: Lists) -> None:
    for node in (await lists.page(name, "first: 3"))["nodes"]:
        answer = await lists.client.ask("query($id: ID!) { node(id: $id) { id } }", id=node["id"])
        assert answer == {"node": None}


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("Query.articles", ""),
        ("Query.search", ", sort: NEWEST"),  # scores shift a little with every article
        ("Topic.articles", ""),
        ("Article.related", ""),
    ],
)
async def test_what_stays_is_told_once_while_articles_come_and_go(
    name: str, more: str, backward: bool, demo: Client
) -> None:
    chance, client, lists = random.Random(f"{name} {backward}"), demo, await prepare_lists(demo)
    edges = (await lists.page(name, f"first: 100{more}"))["edges"]
    nodes = {edge["node"]["id"] for edge in edges}

    def identity(edge: Any) -> str:
        return str(edge["cursor"] if name == "Article.related" else edge["node"]["id"])

    staying, visited = set(nodes), list[str]()
    count, beyond, goes_on, end = BACKWARD if backward else FORWARD
    page = await lists.page(name, f"{count}: 2{more}")
    while True:
        visited += map(identity, page["edges"])
        if not page["pageInfo"][goes_on]:
            break
        if len(staying) > len(nodes) // 2:
            deleted = chance.choice(sorted(staying))
            staying.remove(deleted)
            await client.ask(
                "mutation($id: ID!) { deleteArticle(input: { id: $id }) { __typename } }",
                editor=True,
                id=deleted,
            )
        await client.ask(
            "mutation($i: CreateArticleInput!) { createArticle(input: $i) { __typename } }",
            editor=True,
            i={
                "title": "Ferry in the harbour",
                "body": {"text": "Again."},
                "status": "PUBLISHED",
                "publishedAt": f"20{chance.randrange(10, 26)}-02-11T08:00:00Z",
                "topics": ["Harbour"],
            },
        )
        await wait_until_indexed(client)
        at = page["pageInfo"][end]
        page = await lists.page(name, f'{count}: 2, {beyond}: "{at}"{more}')
    assert len(visited) == len(set(visited))
    assert {identity(edge) for edge in edges if edge["node"]["id"] in staying} <= set(visited)

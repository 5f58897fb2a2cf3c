"""The related graph as a tool: what is around an article, and how two are joined."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import strawberry
from strawberry import Parent

from hub.errors import Invalid
from hub.reads import graph
from hub.reads.articles import ArticleRow
from hub.reads.graph import MAX_DEPTH, MAX_EDGES, MAX_NODES, GraphEdge
from schema import ids
from schema.context import Info
from schema.execution.cache_tags import ALL_OF_KIND
from schema.execution.field_resolvers import LoaderField
from schema.types.article import Article
from schema.types.enums import RelatedKind, RelatedOrigin
from schema.types.fields import batched, field, id_field, resolved
from schema.types.relation import Kinds, Reason, RelatedReason, kind_values, parse_reasons

EDGES_OF_UNIT = 4
"""Edges whose reading, and whose values in the response, cost as much as an object."""


END_WEIGHT = 1
"""Added for an end of so many edges: the response has an object for each, loaded once for all."""


class GraphNode(NamedTuple):
    """Source object of `RelatedGraphNode`."""

    article: ArticleRow
    distance: int


class Neighbourhood(NamedTuple):
    """Source object of `RelatedGraph`."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    is_complete: bool


class Path(NamedTuple):
    """Source object of `RelatedPath`."""

    articles: list[ArticleRow]
    edges: list[GraphEdge]


def _article(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


def _because(parent: Parent[GraphEdge]) -> list[Reason]:
    return parse_reasons(parent.because, parent.anchor, parent.weight)


@strawberry.type(description="All edges from one article to another.")
class RelatedGraphEdge:
    """Resolved from a `GraphEdge`."""

    relation_id: strawberry.ID = id_field(
        ids.RELATION, "Names the strongest of them, for `unlinkArticles`.", "relation_id"
    )
    source_id: strawberry.ID = id_field(
        ids.ARTICLE, "The global id of the article that they leave.", "source_id"
    )
    target_id: strawberry.ID = id_field(
        ids.ARTICLE, "The global id of the article that they lead to.", "target_id"
    )
    kind: RelatedKind = field("Why the two are related: the strongest of the kinds.")
    kinds: list[RelatedKind] = field("The kinds of all of these edges, the strongest first.")
    source: Article | None = batched(
        _article, "The article that they leave.", "source_id", weight=END_WEIGHT
    )
    target: Article | None = batched(
        _article, "The article that they lead to.", "target_id", weight=END_WEIGHT
    )
    origin: RelatedOrigin = field("Who keeps the strongest one.")
    anchor: str = field("The words of the strongest one.")
    weight: float = field("How close the two are, above 0 and up to 1.")
    because: list[RelatedReason] = resolved(
        _because, "Why the strongest one was drawn, the weightiest reason first."
    )


@strawberry.type(description="An article of a graph.")
class RelatedGraphNode:
    """Resolved from a `GraphNode`."""

    article: Article = field("The article.")
    distance: int = field("How many edges it is away from the first article, 0 for that itself.")


@strawberry.type(description="What is around an article in the related graph.")
class RelatedGraph:
    """Resolved from a `Neighbourhood`."""

    nodes: list[RelatedGraphNode] = field(
        "The articles, each once, the nearest first; at most 200."
    )
    edges: list[RelatedGraphEdge] = field("The edges among them, in the order of their sources.")
    is_complete: bool = field(
        "Whether these are all within reach: false where there are 200, and may be more."
    )


@strawberry.type(description="A shortest way from one article to another.")
class RelatedPath:
    """Resolved from a `Path`."""

    articles: list[Article] = field("The articles on the way, with both ends.")
    edges: list[RelatedGraphEdge] = field("The edges that join them, one fewer.")


def measure_graph(depth: int, first: int) -> tuple[int, dict[str, int]]:
    """Return the work of reading a graph, and the sizes of its lists at most, for its cost."""
    depth, first = min(max(depth, 1), MAX_DEPTH), min(max(first, 1), MAX_EDGES)
    levels = [min(first**distance, MAX_NODES) for distance in range(depth + 1)]
    edges = min(sum(levels[:-1]), MAX_NODES) * first
    units = -(-edges // EDGES_OF_UNIT)
    return units, {"nodes": min(sum(levels), MAX_NODES), "edges": units}


async def related_graph(
    info: Info,
    of: Annotated[strawberry.ID, strawberry.argument(description="The global id of an article.")],
    depth: Annotated[
        int, strawberry.argument(description="How many edges away an article may be, 1 to 3.")
    ] = 2,
    first: Annotated[
        int, strawberry.argument(description="How many edges of each article, 1 to 24.")
    ] = 12,
    kinds: Kinds = None,
) -> Neighbourhood | None:
    """Return what is around an article; None if the viewer may not see it. Raises Invalid."""
    for name, value, most in (("depth", depth, MAX_DEPTH), ("first", first, MAX_EDGES)):
        if not 1 <= value <= most:
            raise Invalid(name, f"must be from 1 to {most}, not {value}")
    context, id_ = info.context, ids.local_id(of, ids.ARTICLE, "of")
    if await context.loaders.article.load(id_) is None:
        return None
    result = await graph.neighbourhood(
        context.db, id_, context.viewer, depth=depth, first=first, kinds=kind_values(kinds)
    )
    rows = await context.loaders.article.load_many(list(result.nodes))
    nodes = [
        GraphNode(row, distance)
        for row, distance in zip(rows, result.nodes.values(), strict=True)
        if row is not None
    ]
    return Neighbourhood(nodes, result.edges, result.is_complete)


async def path(
    info: Info,
    from_: Annotated[
        strawberry.ID,
        strawberry.argument(name="from", description="The global id of the first article."),
    ],
    to: Annotated[
        strawberry.ID, strawberry.argument(description="The global id of the last article.")
    ],
    kinds: Kinds = None,
) -> Path | None:
    """Return a shortest way between two articles; None if there is none. Raises Invalid."""
    context = info.context
    ends = [ids.local_id(from_, ids.ARTICLE, "from"), ids.local_id(to, ids.ARTICLE, "to")]
    context.cache_tags.add("article", ALL_OF_KIND)  # any new edge may make a shorter one
    if None in await context.loaders.article.load_many(ends):
        return None
    edges = await graph.path(context.db, ends[0], ends[1], context.viewer, kinds=kind_values(kinds))
    if edges is None:
        return None
    way = [ends[0], *(edge.target_id for edge in edges)]
    rows = await context.loaders.article.load_many(way)
    return Path([row for row in rows if row is not None], edges) if all(rows) else None

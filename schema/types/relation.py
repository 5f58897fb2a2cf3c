"""The edges of the related graph."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import orjson
import strawberry

from hub.db.keyset import Key, Slice, cursor_of, window
from hub.reads.articles import ArticleRow
from hub.reads.related import Looks, RelatedRow
from schema import ids
from schema.context import Info
from schema.execution import lookahead
from schema.execution.field_resolvers import From
from schema.types.enums import ReasonKind, RelatedKind, RelatedOrigin
from schema.types.fields import ARTICLE, ARTICLES, shown
from schema.types.paging import After, Before, Connection, Edge, First, Last, Pages

Kinds = Annotated[
    list[RelatedKind] | None,
    strawberry.argument(description="Only edges of these kinds; all kinds where none is named."),
]
WithDangling = Annotated[
    bool,
    strawberry.argument(
        description="Also the edges whose article is not in the hub (yet): their `node` is null."
    ),
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the reasons for an edge."""

    kind: ReasonKind
    detail: str
    weight: float


class RelatedPlace:
    """What an edge of the related graph shows."""

    __slots__ = ("_row", "node")

    def __init__(self, row: RelatedRow) -> None:
        self._row = row.edge
        self.node = row.article

    @property
    def relation_id(self) -> str:
        """The edge's own id."""
        return ids.global_id(ids.RELATION, self._row.id)

    @property
    def kind(self) -> str:
        """Why the two are related."""
        return self._row.kind

    @property
    def origin(self) -> str:
        """Who keeps the edge."""
        return self._row.origin

    @property
    def position(self) -> int | None:
        """The paragraph that holds the link."""
        return self._row.position

    @property
    def anchor(self) -> str:
        """The words of the link."""
        return self._row.anchor

    @property
    def url(self) -> str | None:
        """The address that the link names."""
        return self._row.url

    @property
    def weight(self) -> float:
        """How close the two are."""
        return self._row.weight

    @property
    def because(self) -> list[Reason]:
        """What the edge was drawn for; the words of the link, where people drew it."""
        row = self._row
        if row.because is None:
            return [Reason(ReasonKind.LINK, row.anchor, row.weight)]
        return [
            Reason(ReasonKind[kind], detail, weight)
            for kind, detail, weight in orjson.loads(row.because)
        ]

    @property
    def cursor(self) -> str:
        """The place in the source's or target's list."""
        return cursor_of(self._row.rank, self._row.id)


def _key(row: RelatedRow) -> Key:
    return row.edge.rank, row.edge.id


class RelatedListing(Pages[RelatedRow]):
    """What `RelatedArticlesConnection` shows."""

    __slots__ = ()

    def __init__(self, slice_: Slice[RelatedRow], count: Callable[[], Awaitable[int]]) -> None:
        super().__init__(slice_, _key, count)

    @property
    def edges(self) -> list[RelatedPlace]:
        """The edges themselves, which know more than their cursor."""
        return [RelatedPlace(row) for row in self._slice.rows]

    @property
    def nodes(self) -> list[ArticleRow]:
        """The articles at the other ends."""
        return [row.article for row in self._slice.rows if row.article is not None]


def named(kinds: Kinds) -> tuple[str, ...]:
    """The kinds as rows name them, each once."""
    return tuple(dict.fromkeys(kind.value for kind in kinds or ()))


_MADE_OF = {
    "relation_id": {"id"},
    "cursor": {"rank"},
    "node": {"target_id"},
    "because": {"because", "anchor", "weight"},
}
"""What of an edge's row a `RelatedPlace` looks at, where the two are not called the same."""


def looks(info: Info) -> Looks:
    """What is looked at of edges, and of their articles, below a connection of them."""
    edge, article = lookahead.of(info, "RelatedArticlesEdge"), lookahead.of(info, "Article")
    if edge is not None:
        edge = frozenset().union(*(_MADE_OF.get(name, {name}) for name in edge))
    return Looks(edge, article)


def related(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    kinds: Kinds = None,
    include_dangling: WithDangling = False,
) -> From:
    """The edges that leave an article, by its id."""
    loaders, only = info.context.loaders, named(kinds)
    cut = lookahead.slice_of(info, "RelatedArticlesConnection", window(first, after, last, before))
    counts = loaders.related_count(only, dangling=include_dangling)

    def show(found: Slice[RelatedRow], id_: int) -> RelatedListing:
        return RelatedListing(found, lambda: counts.load(id_))

    return From(loaders.related(cut, only, looks(info), dangling=include_dangling), show, counts)


@strawberry.type(description="One of the reasons for which an edge was drawn.")
class RelatedReason:
    """Shows a `Reason`."""

    kind: ReasonKind = shown("What the two articles have in common.")
    detail: str = shown(
        "Which words or topics, how many links in common, or the words of the link itself."
    )
    weight: float = shown("What it adds to the weight of the edge.")


@strawberry.type(description="Why and how one article leads to another.")
class RelatedArticlesEdge(Edge):
    """Shows a `RelatedPlace`."""

    relation_id: strawberry.ID = shown("Names this edge, for `unlinkArticles`.")
    kind: RelatedKind = shown("Why the two are related.")
    anchor: str = shown("The words of the link, as they stood; often the other's headline.")
    position: int | None = shown(
        "The paragraph of the source (from 0) that holds the link, or after which it stands."
    )
    origin: RelatedOrigin = shown("Who keeps this edge.")
    url: str | None = shown("The address that the link named, if it named one.")
    weight: float = shown("How close the two are, above 0 and up to 1.")
    because: list[RelatedReason] = shown("Why the edge was drawn, the weightiest reason first.")
    node = shown(
        "The article at the other end. Null only where the edge dangles: its article is not in "
        "the hub (yet), and `includeDangling` asked for such edges.",
        of=ARTICLE,
    )


@strawberry.type(description="A page of the articles that an article is related to.")
class RelatedArticlesConnection(Connection):
    """Shows a `RelatedListing`."""

    edges: list[RelatedArticlesEdge] = shown(
        "The edges of this page: those of people in their order, then those of the hub itself."
    )
    nodes = shown("The articles of this page; dangling edges have none.", of=ARTICLES)

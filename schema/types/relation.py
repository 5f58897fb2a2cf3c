"""Edges and connections of the related graph."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Any

import orjson
import strawberry
from strawberry import Parent

from hub.db.keyset import Key, Page, encode_cursor, parse_page_args
from hub.reads.projection import PartialArticleRow, PartialEdgeRow, PartialRelatedRow
from hub.reads.related import EdgeFields, RelatedRow
from schema import ids
from schema.context import Info
from schema.execution import lookahead
from schema.execution.field_resolvers import LoaderField
from schema.types.enums import ReasonKind, RelatedKind, RelatedOrigin
from schema.types.fields import ARTICLE, ARTICLES, batched, field, resolved
from schema.types.paging import After, Before, Connection, ConnectionSource, Edge, First, Last

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
    """Source object of `RelatedReason`: a reason for an edge."""

    kind: ReasonKind
    detail: str
    weight: float
    article_ids: Sequence[int] = ()


def parse_reasons(because: str | None, anchor: str, weight: float) -> list[Reason]:
    """Return the stored reasons for an edge; for one without any, the text of its link."""
    if because is None:
        return [Reason(ReasonKind.LINK, anchor, weight)]
    return [
        Reason(ReasonKind[kind], detail, weight, *article_ids)
        for kind, detail, weight, *article_ids in orjson.loads(because)
    ]


def _attribute(name: str) -> Any:
    """Declare an attribute of the edge's row, which is partial: read by name, where selected."""
    return property(attrgetter(f"_row.{name}"))


_EVIDENCE = ("because", "anchor", "weight")
_read_evidence: Callable[[PartialEdgeRow], tuple[Any, ...]] = attrgetter(*_EVIDENCE)


class RelatedEdge:
    """Source object of an edge of the related graph."""

    __slots__ = ("_row", "node")

    def __init__(self, row: PartialRelatedRow) -> None:
        self._row = row.edge
        self.node = row.article

    @property
    def relation_id(self) -> str:
        """Global id of the edge."""
        return ids.global_id(ids.RELATION, self._row.id)

    @property
    def ends(self) -> tuple[int, int | None, str]:
        """Ids of its source and target, None while it dangles, and its kind."""
        return self._row.source_id, self._row.target_id, self.kind

    kind = _attribute("kind")
    source_id = _attribute("source_id")
    origin = _attribute("origin")
    position = _attribute("position")
    anchor = _attribute("anchor")
    url = _attribute("url")
    weight = _attribute("weight")

    @property
    def because(self) -> list[Reason]:
        """Reasons for the edge, as `parse_reasons`."""
        return parse_reasons(*_read_evidence(self._row))

    @property
    def cursor(self) -> str:
        """Cursor in the list of the source or target."""
        return encode_cursor(self._row.rank, self._row.id)


def _key(row: PartialRelatedRow) -> Key:
    return row.edge.rank, row.edge.id


class RelatedConnection(ConnectionSource[PartialRelatedRow]):
    """Source object of `RelatedArticlesConnection`."""

    __slots__ = ()

    def __init__(self, page: Page[PartialRelatedRow], count: Callable[[], Awaitable[int]]) -> None:
        super().__init__(page, _key, count)

    @property
    def edges(self) -> list[RelatedEdge]:
        """Edges with all of their fields."""
        return [RelatedEdge(row) for row in self._page.rows]

    @property
    def nodes(self) -> list[PartialArticleRow]:
        """Articles at the other ends; dangling edges have none."""
        return [row.article for row in self._page.rows if row.article is not None]


def kind_values(kinds: Kinds) -> tuple[str, ...]:
    """Return the database values of the kinds, without duplicates."""
    return tuple(dict.fromkeys(kind.value for kind in kinds or ()))


_ROW_ATTRIBUTES = {
    "relation_id": {"id"},
    "cursor": {"rank"},
    "node": {"target_id"},
    "ends": {"target_id", "kind"},
    "because": set(_EVIDENCE),
}
"""Attributes of an edge's row that a `RelatedEdge` reads, where the names differ."""


def selected_fields(info: Info) -> EdgeFields:
    """Return the attributes of edges and of their articles that the selection below reads."""
    edge, article = (
        lookahead.selected_attributes(info, "RelatedArticlesEdge"),
        lookahead.selected_attributes(info, "Article"),
    )
    if edge is not None:
        edge = frozenset().union(*(_ROW_ATTRIBUTES.get(name, {name}) for name in edge))
    return EdgeFields(edge, article)


def related(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    kinds: Kinds = None,
    include_dangling: WithDangling = False,
) -> LoaderField:
    """Return the loader of an article's outgoing edges, by its id."""
    loaders, kind_names = info.context.loaders, kind_values(kinds)
    page_args = lookahead.narrow_page(
        info, "RelatedArticlesConnection", parse_page_args(first, after, last, before)
    )
    counts = loaders.related_count(kind_names, dangling=include_dangling)

    def transform(page: Page[PartialRelatedRow], id_: int) -> RelatedConnection:
        return RelatedConnection(page, lambda: counts.load(id_))

    return LoaderField(
        loaders.related(page_args, kind_names, selected_fields(info), dangling=include_dangling),
        transform,
        counts,
    )


def _kinds(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.edge_kinds)


def _source(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


async def _articles_in_common(parent: Parent[Reason], info: Info) -> list[Any]:
    rows = await info.context.loaders.article.load_many(list(parent.article_ids))
    return [row for row in rows if row is not None]


@strawberry.type(description="One of the reasons for which an edge was drawn.")
class RelatedReason:
    """Resolved from a `Reason`."""

    kind: ReasonKind = field("What the two articles have in common.")
    detail: str = field(
        "Which words or topics, how many links in common, or the words of the link itself."
    )
    weight: float = field("What it adds to the weight of the edge.")
    articles: list[Any] = resolved(
        _articles_in_common,
        "Of `LINKS`, up to three of the articles that both link to, or that link to both.",
        ARTICLES,
    )


@strawberry.type(description="Why and how one article leads to another.")
class RelatedArticlesEdge(Edge):
    """Resolved from a `RelatedEdge`."""

    relation_id: strawberry.ID = field("Names this edge, for `unlinkArticles`.")
    kind: RelatedKind = field(
        "Why the two are related; the strongest of its kinds among those that were asked for."
    )
    kinds: list[RelatedKind] = batched(
        _kinds, "All kinds of the edges from its source to its target, the strongest first.", "ends"
    )
    source: Any = batched(
        _source,
        "The article that the edge leaves; null where your token may not read it.",
        "source_id",
        ARTICLE,
    )
    anchor: str = field(
        "The words of the link; where it has none of its own, the present title of its target."
    )
    position: int | None = field(
        "The paragraph of the source (from 0) that holds the link, or after which it stands."
    )
    origin: RelatedOrigin = field("Who keeps this edge.")
    url: str | None = field("The address that the link named, if it named one.")
    weight: float = field("How close the two are, above 0 and up to 1.")
    because: list[RelatedReason] = field("Why the edge was drawn, the weightiest reason first.")
    node = field(
        "The article at the other end. Null only where the edge dangles: its article is not in "
        "the hub (yet) or not public, and `includeDangling` asked for such edges.",
        type_=ARTICLE,
    )


@strawberry.type(description="A page of the articles that an article is related to.")
class RelatedArticlesConnection(Connection):
    """Resolved from a `RelatedConnection`."""

    edges: list[RelatedArticlesEdge] = field(
        "The edges of this page: those of people in their order, then those of the hub itself."
    )
    nodes = field("The articles of this page; dangling edges have none.", type_=ARTICLES)


class MatchedParagraph:
    """Source object of `SearchParagraph`: its article and number, and its best fragment."""

    __slots__ = ("fragment", "paragraph_key")

    def __init__(self, paragraph_key: tuple[int, int], fragment: str) -> None:
        self.paragraph_key = paragraph_key
        self.fragment = fragment

    @property
    def position(self) -> int:
        """Number of the paragraph, from 0."""
        return self.paragraph_key[1]


def _anchored(info: Info) -> LoaderField:
    def transform(rows: list[RelatedRow], _: tuple[int, int]) -> list[RelatedEdge]:
        return list(map(RelatedEdge, rows))

    return LoaderField(info.context.loaders.anchored, transform)


def _heading(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.heading)


@strawberry.type(description="A heading in the body of an article.")
class Heading:
    """Resolved from a `hub.text.markup.Heading`."""

    text: str = field("Its words, as plain text.")
    level: int = field("1 to 3, as in `h2`.")
    anchor: str = field(
        "The `id` of its element: its own in the body, else the one that the hub's page of the "
        "article gives it."
    )
    position: int = field("Which paragraph of the body it is, from 0.")


@strawberry.type(description="The paragraph of an article that answers a search best.")
class SearchParagraph:
    """Resolved from a `MatchedParagraph`."""

    position: int = field("Which paragraph of the body, from 0; as `position` of related edges.")
    fragment: str = field("A sentence of it: HTML in which `<mark>` is the only element.")
    heading: Heading | None = batched(
        _heading,
        "The heading that it stands below, or that it is; null above the first one.",
        "paragraph_key",
    )
    related: list[RelatedArticlesEdge] = batched(
        _anchored, "The related articles that are linked at this paragraph.", "paragraph_key"
    )

"""Search: hits with their highlights, and what was counted beside them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, NamedTuple

import strawberry
from strawberry import Parent

from hub.auth import Permission
from hub.errors import Invalid
from hub.reads.articles import ArticleRow
from hub.reads.comments import CommentRow
from hub.reads.related import RelatedRow
from schema.context import Info
from schema.execution import lookahead
from schema.execution.field_resolvers import From
from schema.rate_limits import Limit
from schema.types.article import Article
from schema.types.comment import Comment
from schema.types.enums import FacetField, ScoreKind, SearchScope, SearchSort
from schema.types.fields import loaded, resolved, shown
from schema.types.filters import SearchFilter, for_search
from schema.types.paging import Edge, PageBounds, PageInfo
from schema.types.relation import (
    RelatedArticlesConnection,
    RelatedArticlesEdge,
    RelatedPlace,
    related,
)
from search_index import query
from search_index.query import SearchQuery

PAGE = 10
"""Hits of a page where no size is given."""
MAX_FACET = 100
MAX_FRAGMENTS = 5
USUAL_FACETS = tuple(name for name in FacetField if name is not FacetField.MONTH)

FacetFields = Annotated[
    list[FacetField] | None,
    strawberry.argument(description="What to count by; all but `MONTH` where nothing is named."),
]
FacetSize = Annotated[
    int, strawberry.argument(description="Values of each field, 1 to 100, the most frequent.")
]
Fragments = Annotated[
    int, strawberry.argument(description="Marked pieces of each field, 1 to 5, the best first.")
]


class Found:
    """What SearchEdge shows: a hit, and its article and comment as the database holds them now."""

    __slots__ = ("_hit", "comment", "node")

    def __init__(self, hit: query.Hit, node: ArticleRow, comment: CommentRow | None) -> None:
        self._hit = hit
        self.node = node
        self.comment = comment

    @property
    def place(self) -> tuple[int, int] | None:
        """The article and the paragraph that answers best, where one of the body does."""
        paragraph = self._hit.paragraph
        return None if paragraph is None else (self._hit.id, paragraph)

    @property
    def cursor(self) -> str:
        """The engine's own."""
        return self._hit.cursor

    @property
    def score(self) -> float:
        """The engine's own."""
        return self._hit.score

    @property
    def explanation(self) -> tuple[query.ScorePart, ...]:
        """The engine's own; empty unless it was asked for."""
        return self._hit.explanation

    @property
    def pinned(self) -> bool:
        """The engine's own."""
        return self._hit.pinned

    @property
    def all_highlights(self) -> tuple[query.Highlight, ...]:
        """As many as any selection asked for."""
        return self._hit.highlights


class Cut(NamedTuple):
    """Which hits of an answer: Relay's four arguments."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def size(self) -> int:
        """How many. Raises Invalid."""
        if self.first is not None and self.last is not None:
            raise Invalid("last", "give either first or last, not both")
        name, size = ("last", self.last) if self.last is not None else ("first", self.first)
        if size is None:
            return PAGE
        if not 1 <= size <= query.MAX_PAGE:
            raise Invalid(name, f"must be from 1 to {query.MAX_PAGE}, not {size}")
        return size

    @property
    def is_the_first(self) -> bool:
        """Whether it is the page that a search begins with."""
        return self.after is None and self.before is None and self.last is None


class Answer:
    """What SearchConnection shows: an engine's page, and the hits that the viewer may see."""

    __slots__ = ("edges", "page", "page_info")

    def __init__(self, page: query.Page, edges: list[Found], cut: Cut) -> None:
        self.page = page
        self.edges = edges
        hits = page.hits
        self.page_info = PageBounds(
            page.has_more if cut.last is None else cut.before is not None,
            page.has_more if cut.last is not None else cut.after is not None,
            hits[0].cursor if hits else None,
            hits[-1].cursor if hits else None,
        )

    @property
    def best(self) -> int | None:
        """The id of the first hit's article."""
        return self.edges[0].node.id if self.edges else None

    @property
    def nodes(self) -> list[ArticleRow]:
        """The articles of the hits."""
        return [edge.node for edge in self.edges]

    @property
    def total_count(self) -> int:
        """The engine's own."""
        return self.page.total

    @property
    def total_is_exact(self) -> bool:
        """The engine's own."""
        return self.page.total_is_exact

    @property
    def took_ms(self) -> float:
        """The engine's own."""
        return self.page.took_ms

    @property
    def did_you_mean(self) -> str | None:
        """The engine's own."""
        return self.page.did_you_mean


async def find(
    info: Info,
    text: str,
    given: SearchFilter | None,
    sort: SearchSort,
    cut: Cut,
    *,
    as_you_type: bool,
    within: Collection[SearchScope],
) -> Answer:
    """Ask the engine once for all that is selected, and the database for what it names.

    The index proposes, the database disposes: a hit whose article or comment is gone, or may not
    be seen any more, is dropped. Raises Invalid, BadQuery, EngineError.
    """
    if not within:
        raise Invalid("in", "must name articles, comments or both")
    size = cut.size()
    narrowed, statuses = for_search(given, info.context.viewer)
    await info.context.take(Limit.SEARCHES)
    facets, facet_size = _wanted_facets(info)
    page = await info.context.engine.search(
        SearchQuery(
            text=text,
            statuses=statuses,
            within=frozenset(within),
            filter=narrowed,
            sort=sort,
            limit=size,
            after=cut.after,
            before=cut.before,
            backward=cut.last is not None,
            facets=facets,
            facet_size=facet_size,
            fragments=_wanted_fragments(info),
            prefix_last=as_you_type,
            explain=_wants_explanations(info),
            tuning=await info.context.tunings.current(),
        )
    )
    info.context.notes.read("search")
    info.context.notes.whole &= page.total_is_exact
    searched = SearchScope.ARTICLES in within and cut.is_the_first
    _count(info, text, page, counted=searched and not as_you_type)
    return Answer(page, await _edges(info, page.hits), cut)


async def _edges(info: Info, hits: Sequence[query.Hit]) -> list[Found]:
    loaders = info.context.loaders
    only = lookahead.of(info, "Article")
    rows = await loaders.article_of(only).load_many(hit.id for hit in hits)
    said = [hit.comment for hit in hits if hit.comment is not None]
    comments = dict(zip(said, await loaders.comment.load_many(said), strict=True)) if said else {}
    edges = []
    for hit, row in zip(hits, rows, strict=True):
        comment = comments[hit.comment] if hit.comment is not None else None
        if row is not None and (comment is not None or hit.comment is None):
            edges.append(Found(hit, row, comment))
    return edges


def _count(info: Info, text: str, page: query.Page, *, counted: bool) -> None:
    """Count a reader's search: not its further pages, not what was still being typed."""
    if counted and not info.context.viewer.may(Permission.READ):
        info.context.count_search(text, page.total)


def _wanted_facets(info: Info) -> tuple[tuple[FacetField, ...], int]:
    """The facets that any selection asks for, and the largest size of them."""
    names: dict[FacetField, None] = {}
    size = 1
    for given in lookahead.arguments(info, "facets"):
        names |= dict.fromkeys(given.get("fields") or USUAL_FACETS)
        size = max(size, _within(given["size"], "facets.size", MAX_FACET))
    return tuple(names), size


def _wanted_fragments(info: Info) -> int:
    asked = any(True for _ in lookahead.arguments(info, "edges", "paragraph"))
    return max(
        (
            _within(given["fragments"], "highlights.fragments", MAX_FRAGMENTS)
            for given in lookahead.arguments(info, "edges", "highlights")
        ),
        default=int(asked),
    )


def _wants_explanations(info: Info) -> bool:
    """Whether any selection asks for the parts of scores, from somebody who may see them."""
    asked = any(True for _ in lookahead.arguments(info, "edges", "explain"))
    return asked and info.context.viewer.may(Permission.TUNE)


def _within(value: int, path: str, largest: int) -> int:
    if not 1 <= value <= largest:
        raise Invalid(path, f"must be from 1 to {largest}, not {value}")
    return value


def _facets(
    parent: Parent[Answer], fields: FacetFields = None, size: FacetSize = 20
) -> list[query.Facet]:
    by_field = {facet.field: facet for facet in parent.page.facets}
    return [
        query.Facet(name, by_field[name].buckets[:size])
        for name in dict.fromkeys(fields or USUAL_FACETS)
        if name in by_field
    ]


def _explain(parent: Parent[Found], info: Info) -> list[query.ScorePart]:
    info.context.viewer.require(Permission.TUNE)
    return list(parent.explanation)


class Anchored:
    """What SearchParagraph shows: a place, and the best fragment there."""

    __slots__ = ("fragment", "place")

    def __init__(self, place: tuple[int, int], fragment: str) -> None:
        self.place = place
        self.fragment = fragment

    @property
    def position(self) -> int:
        """The paragraph."""
        return self.place[1]


def _paragraph(parent: Parent[Found]) -> Anchored | None:
    if parent.place is None:
        return None
    fragments = (
        fragment
        for mark in parent.all_highlights
        for fragment, position in zip(mark.fragments, mark.paragraphs, strict=False)
        if position == parent.place[1]
    )
    return Anchored(parent.place, next(fragments, ""))


def _anchored(info: Info) -> From:
    def show(rows: list[RelatedRow], _: tuple[int, int]) -> list[RelatedPlace]:
        return list(map(RelatedPlace, rows))

    return From(info.context.loaders.anchored, show)


def _highlights(parent: Parent[Found], fragments: Fragments = 3) -> list[query.Highlight]:
    return [
        mark
        if len(mark.fragments) <= fragments
        else query.Highlight(mark.field, mark.fragments[:fragments])
        for mark in parent.all_highlights
    ]


@strawberry.type(description="How many hits carry a value.")
class Bucket:
    """Shows a `search_index.query.Bucket`."""

    value: str = shown("The value as filters take it.")
    label: str = shown("The value as readers see it.")
    count: int = shown("How many hits carry it.")
    selected: bool = shown("Whether the filter names it.")


@strawberry.type(
    description="The counts of one field, counted as if this field's own filter were not set."
)
class Facet:
    """Shows a `search_index.query.Facet`."""

    field: FacetField = shown("What is counted by.")
    buckets: list[Bucket] = shown("The values, the most frequent first.")


@strawberry.type(description="Marked pieces of a field.")
class Highlight:
    """Shows a `search_index.query.Highlight`."""

    field: str = shown("The name of the field, as in `title` or `body`.")
    fragments: list[str] = shown(
        "HTML in which `<mark>` is the only element and all else is escaped."
    )


@strawberry.type(description="How often words stand in a part of an article.")
class FieldCount:
    """Shows a `search_index.query.FieldCount`."""

    field: str = shown("The part: `title`, `summary`, `body`, `topic` or `author`.")
    count: int = shown("How often.")
    boost: float = shown("How much each time counts, beside 1 in the body.")


@strawberry.type(description="A part of a hit's score. All parts of a hit sum up to it.")
class ScorePart:
    """Shows a `search_index.query.ScorePart`."""

    kind: ScoreKind = shown("What it was given for.")
    score: float = shown("How much was given.")
    text: str = shown("The words that matched, as they stand in the index.")
    fields: list[FieldCount] = shown("Where these words stand.")
    idf: float = shown("How rare they are: the logarithm of the inverse document frequency.")
    tf: float = shown("How often they stand there, weighted by where.")
    weight: float = shown("How good this way to match is, beside 1 for what was typed.")


@strawberry.type(description="The paragraph of an article that answers a search best.")
class SearchParagraph:
    """Shows an `Anchored`."""

    position: int = shown("Which paragraph of the body, from 0; as `position` of related edges.")
    fragment: str = shown("A sentence of it: HTML in which `<mark>` is the only element.")
    related: list[RelatedArticlesEdge] = loaded(
        _anchored, "The related articles that are linked at this paragraph.", "place"
    )


@strawberry.type(
    description="A hit: an article that answers a search, or a comment that does, with its article."
)
class SearchEdge(Edge):
    """Shows a `Found`."""

    score: float = shown("How well it answers; compares within one page only.")
    highlights: list[Highlight] = resolved(
        _highlights, "Where the words of the query stand; computed only when asked for."
    )
    explain: list[ScorePart] | None = resolved(
        _explain,
        "The parts of the score, in the order by relevance. Needs the permission `tune`; costs as "
        "much again as the search itself.",
    )
    pinned: bool = shown("Whether it stands where it does because an editor put it there.")
    comment: Comment | None = shown(
        "The comment that answers, where `in` names `COMMENTS`; null where the article itself does."
    )
    paragraph: SearchParagraph | None = resolved(
        _paragraph,
        "Which paragraph of the article's body answers best; null where none does, and for "
        "comments.",
    )
    node: Article = shown("The article as it is now; of a comment, the article it is about.")


@strawberry.type(description="A page of the answer to a search.")
class SearchConnection:
    """Shows an `Answer`."""

    edges: list[SearchEdge] = shown(
        "The hits of this page. May be fewer than asked for although more follow: go by "
        "`pageInfo.hasNextPage`."
    )
    nodes: list[Article] = shown("The articles of this page; of comments, what they are about.")
    page_info: PageInfo = shown("Where this page lies in the answer.")
    total_count: int = shown("How many articles answer, or comments, or both: see `in`.")
    total_is_exact: bool = shown("False where time ran out before all was looked at.")
    took_ms: float = shown("Milliseconds that the engine took.")
    did_you_mean: str | None = shown("Another spelling that finds more.")
    related: RelatedArticlesConnection | None = loaded(
        related,
        "The articles that the first hit of this page leads to, as its own `related` has them; "
        "null where nothing is found.",
        "best",
    )
    facets: list[Facet] = resolved(
        _facets, "How many hits carry which values; computed only when asked for."
    )

"""Search: hits with their highlights, facets, and related data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, NamedTuple

import strawberry
from strawberry import Parent

from hub.auth import Permission
from hub.db.timestamps import now
from hub.errors import Invalid
from hub.reads.comments import CommentRow
from hub.reads.projection import PartialArticleRow
from hub.search.settled import Search
from schema import ids
from schema.context import Info
from schema.counted import searched
from schema.execution import lookahead
from schema.rate_limits import Limit
from schema.types.article import Article
from schema.types.comment import Comment
from schema.types.enums import FacetField, SearchDates, SearchScope, SearchSort
from schema.types.facet import (
    Facet,
    FacetFields,
    FacetLanguage,
    FacetSize,
    Translations,
    facet_buckets,
    facet_translations,
    label_selected,
    unlabelled,
)
from schema.types.fields import batched, field, resolved
from schema.types.filters import SearchFilter, search_filter
from schema.types.hit import ScorePart
from schema.types.paging import Edge, PageBounds, PageInfo
from schema.types.relation import (
    MatchedParagraph,
    RelatedArticlesConnection,
    SearchParagraph,
    related,
)
from schema.types.rule import SearchBanner, UnderstoodWords
from search_index import explanations, query
from search_index.query import SearchQuery
from search_index.rules import Banner

DEFAULT_PAGE_SIZE = 10
"""Number of hits on a page if neither `first` nor `last` is set."""
MAX_FACET = 100
MAX_FRAGMENTS = 5
DEFAULT_FACETS = tuple(
    name for name in FacetField if name not in (FacetField.MONTH, FacetField.IMAGE)
)

Fragments = Annotated[
    int, strawberry.argument(description="Marked pieces of each field, 1 to 5, the best first.")
]


class SearchHit:
    """Source object of `SearchEdge`: a hit, with its current article and comment rows."""

    __slots__ = ("_hit", "comment", "node")

    def __init__(self, hit: query.Hit, node: PartialArticleRow, comment: CommentRow | None) -> None:
        self._hit = hit
        self.node = node
        self.comment = comment

    @property
    def paragraph_key(self) -> tuple[int, int] | None:
        """Article id and number of the best-matching paragraph; None if the body has no match."""
        paragraph = self._hit.paragraph
        return None if paragraph is None else (self._hit.id, paragraph)

    @property
    def cursor(self) -> str:
        """Cursor, from the engine."""
        return self._hit.cursor

    @property
    def score(self) -> float:
        """Score, from the engine."""
        return self._hit.score

    @property
    def explanation(self) -> tuple[explanations.ScorePart, ...]:
        """Parts of the score, from the engine; empty unless requested."""
        return self._hit.explanation

    @property
    def pinned(self) -> bool:
        """Flag of a pinned article, from the engine."""
        return self._hit.pinned

    @property
    def all_highlights(self) -> tuple[query.Highlight, ...]:
        """Highlights, as many as the largest selection requested."""
        return self._hit.highlights


class SearchPageArgs(NamedTuple):
    """Relay's four page arguments."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def size(self) -> int:
        """Return the page size. Raises Invalid."""
        if self.first is not None and self.last is not None:
            raise Invalid("last", "give either first or last, not both")
        name, size = ("last", self.last) if self.last is not None else ("first", self.first)
        if size is None:
            return DEFAULT_PAGE_SIZE
        if not 1 <= size <= query.MAX_PAGE:
            raise Invalid(name, f"must be from 1 to {query.MAX_PAGE}, not {size}")
        return size

    @property
    def is_first_page(self) -> bool:
        """True for the first page of a search."""
        return self.after is None and self.before is None and self.last is None


class SearchResults:
    """Source object of `SearchConnection`: an engine's page, and the hits that are visible."""

    __slots__ = ("edges", "page", "page_info", "translations")

    def __init__(
        self,
        page: query.Page,
        edges: list[SearchHit],
        args: SearchPageArgs,
        translations: Translations,
    ) -> None:
        self.page = page
        self.translations = translations
        self.edges = edges
        hits = page.hits
        self.page_info = PageBounds(
            page.has_more if args.last is None else args.before is not None,
            page.has_more if args.last is not None else args.after is not None,
            hits[0].cursor if hits else None,
            hits[-1].cursor if hits else None,
        )

    @property
    def first_article_id(self) -> int | None:
        """Id of the first hit's article."""
        return self.edges[0].node.id if self.edges else None

    @property
    def nodes(self) -> list[PartialArticleRow]:
        """Articles of the hits."""
        return [edge.node for edge in self.edges]

    @property
    def total_count(self) -> int:
        """Number of hits, from the engine."""
        return self.page.total

    @property
    def total_is_exact(self) -> bool:
        """False if the engine's time limit was reached before all was counted."""
        return self.page.total_is_exact

    @property
    def took_ms(self) -> float:
        """Duration in milliseconds, from the engine."""
        return self.page.took_ms

    @property
    def did_you_mean(self) -> str | None:
        """Spelling suggestion, from the engine."""
        return self.page.did_you_mean

    @property
    def banners(self) -> tuple[Banner, ...]:
        """Banners of the rules that apply."""
        return self.page.rules.banners

    @property
    def redirect(self) -> str | None:
        """Redirect of the first rule that applies and has one."""
        return self.page.rules.redirect

    @property
    def understood(self) -> tuple[query.Understood, ...]:
        """Words for a time, from the engine."""
        return self.page.understood


async def run_search(
    info: Info,
    text: str,
    filter_: SearchFilter | None,
    sort: SearchSort,
    args: SearchPageArgs,
    *,
    as_you_type: bool,
    within: Collection[SearchScope],
    dates: SearchDates,
) -> SearchResults:
    """Query the engine once for all selected fields, and the database for the hits' rows.

    The index may be stale: a hit whose article or comment was deleted, or is not visible any
    more, is dropped. Raises Invalid, InvalidQuery, EngineError.
    """
    if not within:
        raise Invalid("in", "must name articles, comments or both")
    size = args.size()
    context = info.context
    engine_filter, statuses = await search_filter(context.db, filter_, context.viewer)
    await info.context.acquire(Limit.SEARCHES)
    facets, facet_size = _selected_facets(info)
    page = await info.context.engine.search(
        SearchQuery(
            text=text,
            statuses=statuses,
            within=frozenset(within),
            filter=engine_filter,
            sort=sort,
            limit=size,
            after=args.after,
            before=args.before,
            backward=args.last is not None,
            facets=facets,
            facet_size=facet_size,
            fragments=_selected_fragments(info),
            prefix_last=as_you_type,
            explain=_selects_explanations(info),
            tuning=await info.context.tunings.current(),
            dates=dates,
        )
    )
    if unlabelled(page):
        info.context.cache_tags.add("labels")
        page = await label_selected(info.context.db, page, info.context.viewer)
    translations: Translations = {}
    if any(arguments.get("language") for arguments in lookahead.arguments(info, "facets")):
        info.context.cache_tags.add("labels")
        translations = await facet_translations(context.db, page, context.viewer)
    info.context.cache_tags.add("search")
    if engine_filter.topics or engine_filter.authors:
        info.context.cache_tags.add("labels")  # a slug may lead to another label
    info.context.cache_tags.add("articles")  # what is withdrawn does not count, even if indexed
    if SearchScope.COMMENTS in within:
        info.context.cache_tags.add("comments")
    info.context.cache_tags.is_cacheable &= page.total_is_exact
    if page.expires_at is not None:
        info.context.cache_tags.limit_age(max(0.0, (page.expires_at - now()).total_seconds()))
    if SearchScope.ARTICLES in within and args.is_first_page:
        search = searched(text, page, engine_filter)._replace(is_typing=as_you_type)
        _count(info, search)
    return SearchResults(page, await _edges(info, page.hits), args, translations)


async def _edges(info: Info, hits: Sequence[query.Hit]) -> list[SearchHit]:
    loaders = info.context.loaders
    attributes = lookahead.selected_attributes(info, "Article")
    rows = await loaders.partial_article(attributes).load_many(hit.id for hit in hits)
    comment_ids = [hit.comment for hit in hits if hit.comment is not None]
    comments = (
        dict(zip(comment_ids, await loaders.comment.load_many(comment_ids), strict=True))
        if comment_ids
        else {}
    )
    edges = []
    for hit, row in zip(hits, rows, strict=True):
        comment = comments[hit.comment] if hit.comment is not None else None
        if row is not None and (comment is not None or hit.comment is None):
            edges.append(SearchHit(hit, row, comment))
    return edges


def _count(info: Info, search: Search) -> None:
    """Count a reader's search; callers leave out further pages."""
    viewer = info.context.viewer
    if viewer.preview is None and not viewer.may(Permission.READ):
        info.context.count_search(search)


def _selected_facets(info: Info) -> tuple[tuple[FacetField, ...], int]:
    """Return the facets of all selections, and the largest requested size."""
    names: dict[FacetField, None] = {}
    size = 1
    for arguments in lookahead.arguments(info, "facets"):
        names |= dict.fromkeys(arguments.get("fields") or DEFAULT_FACETS)
        size = max(size, _within(arguments["size"], "facets.size", MAX_FACET))
    return tuple(names), size


def _selected_fragments(info: Info) -> int:
    has_paragraph = any(True for _ in lookahead.arguments(info, "edges", "paragraph"))
    return max(
        (
            _within(arguments["fragments"], "highlights.fragments", MAX_FRAGMENTS)
            for arguments in lookahead.arguments(info, "edges", "highlights")
        ),
        default=int(has_paragraph),
    )


def _selects_explanations(info: Info) -> bool:
    """Tell whether score explanations are selected, and the viewer may see them."""
    is_selected = any(True for _ in lookahead.arguments(info, "edges", "explain"))
    return is_selected and info.context.viewer.may(Permission.TUNE)


def _within(value: int, path: str, maximum: int) -> int:
    if not 1 <= value <= maximum:
        raise Invalid(path, f"must be from 1 to {maximum}, not {value}")
    return value


def _facets(
    parent: Parent[SearchResults],
    fields: FacetFields = None,
    size: FacetSize = 20,
    language: FacetLanguage = None,
) -> list[query.Facet]:
    by_field = {facet.field: facet for facet in parent.page.facets}
    return [
        facet_buckets(by_field[name], size, parent.translations, language)
        for name in dict.fromkeys(fields or DEFAULT_FACETS)
        if name in by_field
    ]


def _explain(parent: Parent[SearchHit], info: Info) -> list[explanations.ScorePart]:
    info.context.viewer.require(Permission.TUNE)
    return list(parent.explanation)


def _paragraph(parent: Parent[SearchHit]) -> MatchedParagraph | None:
    if parent.paragraph_key is None:
        return None
    fragments = (
        fragment
        for mark in parent.all_highlights
        for fragment, position in zip(mark.fragments, mark.paragraphs, strict=False)
        if position == parent.paragraph_key[1]
    )
    return MatchedParagraph(parent.paragraph_key, next(fragments, ""))


def _rule_ids(parent: Parent[SearchResults], info: Info) -> list[str]:
    applied = parent.page.rules
    is_editor = info.context.viewer.may(Permission.TUNE)
    return [
        ids.global_id(ids.RULE, id_) for id_ in (applied.ids if is_editor else applied.public_ids)
    ]


def _highlights(parent: Parent[SearchHit], fragments: Fragments = 3) -> list[query.Highlight]:
    return [
        mark
        if len(mark.fragments) <= fragments
        else query.Highlight(mark.field, mark.fragments[:fragments])
        for mark in parent.all_highlights
    ]


@strawberry.type(description="Marked pieces of a field.")
class Highlight:
    """Resolved from a `search_index.query.Highlight`."""

    field: str = strawberry.field(description="The name of the field, as in `title` or `body`.")
    fragments: list[str] = strawberry.field(
        description="HTML in which `<mark>` is the only element and all else is escaped."
    )


@strawberry.type(
    description="A hit: an article that answers a search, or a comment that does, with its article."
)
class SearchEdge(Edge):
    """Resolved from a `SearchHit`."""

    score: float = field("How well it answers; compares within one page only.")
    highlights: list[Highlight] = resolved(
        _highlights, "Where the words of the query stand; computed only when asked for.", weight=25
    )
    explain: list[ScorePart] | None = resolved(
        _explain,
        "The parts of the score, in the order by relevance. Needs the permission `tune`; costs as "
        "much again as the search itself.",
    )
    pinned: bool = field("Whether it stands where it does because an editor put it there.")
    comment: Comment | None = field(
        "The comment that answers, where `in` names `COMMENTS`; null where the article itself does."
    )
    paragraph: SearchParagraph | None = resolved(
        _paragraph,
        "Which paragraph of the article's body answers best; null where none does, and for "
        "comments.",
        weight=25,
    )
    node: Article = field("The article as it is now; of a comment, the article it is about.")


@strawberry.type(description="A page of the answer to a search.")
class SearchConnection:
    """Resolved from `SearchResults`."""

    edges: list[SearchEdge] = field(
        "The hits of this page. May be fewer than asked for although more follow: go by "
        "`pageInfo.hasNextPage`."
    )
    nodes: list[Article] = field("The articles of this page; of comments, what they are about.")
    page_info: PageInfo = field("Where this page lies in the answer.")
    total_count: int = field("How many articles answer, or comments, or both: see `in`.")
    total_is_exact: bool = field("False where time ran out before all was looked at.")
    took_ms: float = field("Milliseconds that the engine took.")
    did_you_mean: str | None = field("Another spelling that finds more.")
    banners: list[SearchBanner] = field("Messages of editors for this search, to be shown above.")
    redirect: str | None = field(
        "Where editors want this search to lead in place of its hits: follow it when the reader "
        "presses Enter, not while they type."
    )
    rules: list[strawberry.ID] = resolved(
        _rule_ids,
        "The rules of editors that apply: those whose banner or redirect is shown, and with the "
        "permission `tune`, all.",
    )
    understood: list[UnderstoodWords] = field(
        "Words that mean a time, with the filter that they suggest. `dates` says what they do."
    )
    related: RelatedArticlesConnection | None = batched(
        related,
        "The articles that the first hit of this page leads to, as its own `related` has them; "
        "null where nothing is found.",
        "first_article_id",
    )
    facets: list[Facet] = resolved(
        _facets, "How many hits carry which values; computed only when asked for."
    )

"""The link report: edges that editors may want to mend, and articles that no edge leads to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, NamedTuple

import strawberry
from strawberry import Parent

from hub.auth import Permission, Viewer
from hub.db.database import Reader
from hub.db.keyset import Key, Page, PageArgs, parse_page_args
from hub.errors import Invalid
from hub.reads import links
from hub.reads.articles import ArticleRow
from hub.reads.links import LinkList, LinkRow, OutsideRow
from schema import ids
from schema.context import HubContext, Info
from schema.execution.field_resolvers import LoaderField
from schema.types.article import Article, ArticleConnection
from schema.types.enums import RelatedKind, RelatedOrigin
from schema.types.fields import batched, field, id_field, resolved
from schema.types.node import Node
from schema.types.paging import After, Before, First, Last, RowConnection, connection
from search_index.neighbours import match_titles

MAX_CANDIDATES = 10
Args = tuple[int | None, str | None, int | None, str | None]
Load = Callable[[Reader, PageArgs, Viewer], Awaitable[Page[Any]]]


class Report(NamedTuple):
    """Source object of `LinkReport`."""

    context: HubContext

    async def page(self, load: Load, args: Args, list_: LinkList) -> RowConnection[Any]:
        """Load a page of one of the lists."""
        db, viewer = self.context.db, self.context.viewer
        page = await load(db, parse_page_args(*args), viewer)
        return RowConnection(page, _key, lambda: links.count(db, list_, viewer))


def _key(row: LinkRow | OutsideRow | ArticleRow) -> Key:
    return row.id, row.id


def _article(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


def _kinds(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.edge_kinds)


def _searches(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.searches_like)


async def _candidates(
    parent: Parent[LinkRow],
    info: Info,
    first: Annotated[int, strawberry.argument(description="How many, 1 to 10.")] = 3,
) -> list[Any]:
    if not 1 <= first <= MAX_CANDIDATES:
        raise Invalid("first", f"must be from 1 to {MAX_CANDIDATES}, not {first}")
    if parent.target_id is not None or not parent.anchor:
        return []
    context = info.context
    return await match_titles(
        context.db, context.engine, parent.anchor, context.viewer, first, parent.source_id
    )


@strawberry.type(description="An article that a dangling link may mean.")
class LinkCandidate:
    """Resolved from a `search_index.neighbours.TitleMatch`."""

    article: Article = field("The article.")
    likeness: float = field("How like its title is to the words of the link, up to 1.")


@strawberry.type(description="An edge that editors may want to mend.")
class ReportedLink(Node):
    """Resolved from a `LinkRow`."""

    id: strawberry.ID = id_field(ids.REPORTED_LINK, "Global and opaque.")
    relation_id: strawberry.ID = id_field(
        ids.RELATION, "Names the edge, for `acceptLink` and `unlinkArticles`.", "id"
    )
    source: Article | None = batched(_article, "The article that holds it.", "source_id")
    target: Article | None = batched(
        _article, "The article that it leads to; null while it dangles.", "target_id"
    )
    kind: RelatedKind = field("Its kind.")
    kinds: list[RelatedKind] = batched(
        _kinds, "The kinds of all edges between the two, the strongest first.", "ends"
    )
    origin: RelatedOrigin = field("Who keeps it.")
    anchor: str = field("The words of the link, or the headline that it names.")
    url: str | None = field("The address that it names.")
    position: int | None = field("The paragraph that holds it, if known.")
    candidates: list[LinkCandidate] | None = resolved(
        _candidates,
        "While it dangles, the articles whose titles are likest to its words: at least 0.6. Null "
        "only together with an error (`SEARCH_UNAVAILABLE`).",
        weight=20,
    )

    searches: int | None = batched(
        _searches,
        "How often readers searched for its words in the last 30 days, as in `searchStatistics`: "
        "of texts that three of them searched for. Null without the permission `tune`.",
        "anchor",
        weight=5,
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for an edge of the report."""
        return isinstance(obj, LinkRow)


ReportedLinkConnection: Any = connection(ReportedLink, "reported link", count_weight=100)


@strawberry.type(description="A link of a public article to another site, as it was looked at.")
class OutsideLink(Node):
    """Resolved from an `OutsideRow`."""

    id: strawberry.ID = id_field(ids.OUTSIDE_LINK, "Global and opaque.")
    source: Article | None = batched(_article, "The article that holds it.", "article_id")
    url: str = field("The address that it leads to.")
    anchor: str = field("The words of the link.")
    position: int | None = field("The paragraph that holds it.")
    status: int | None = field("The HTTP status that was answered last, after redirects.")
    problem: str | None = field("Why there is no status.")
    redirects: int = field("How often it was redirected.")
    moved_to: str | None = field("Where it leads, if all of these redirects are permanent.")
    checked: datetime = field("When it was looked at.", name="checkedAt")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a link of the report."""
        return isinstance(obj, OutsideRow)


OutsideLinkConnection: Any = connection(OutsideLink, "link to another site", count_weight=10)


def _dangling(
    parent: Parent[Report],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Awaitable[RowConnection[LinkRow]]:
    return parent.page(links.dangling, (first, after, last, before), LinkList.DANGLING)


def _orphans(
    parent: Parent[Report],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Awaitable[RowConnection[ArticleRow]]:
    return parent.page(links.orphans, (first, after, last, before), LinkList.ORPHANS)


def _one_sided(
    parent: Parent[Report],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Awaitable[RowConnection[LinkRow]]:
    return parent.page(links.one_sided, (first, after, last, before), LinkList.ONE_SIDED)


def _repeated(
    parent: Parent[Report],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Awaitable[RowConnection[LinkRow]]:
    return parent.page(links.repeated, (first, after, last, before), LinkList.REPEATED)


def _former_addresses(
    parent: Parent[Report],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Awaitable[RowConnection[LinkRow]]:
    page = first, after, last, before
    return parent.page(links.former_addresses, page, LinkList.FORMER_ADDRESSES)


def _broken_outside(
    parent: Parent[Report],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Awaitable[RowConnection[OutsideRow]]:
    page = first, after, last, before
    return parent.page(links.broken_outside, page, LinkList.BROKEN_OUTSIDE)


def _moved_outside(
    parent: Parent[Report],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Awaitable[RowConnection[OutsideRow]]:
    page = first, after, last, before
    return parent.page(links.moved_outside, page, LinkList.MOVED_OUTSIDE)


@strawberry.type(description="What editors may want to mend in the related graph.")
class LinkReport:
    """Resolved from a `Report`."""

    dangling: ReportedLinkConnection = resolved(
        _dangling, "The links that lead to no article yet, the oldest first."
    )
    orphans: ArticleConnection = resolved(
        _orphans, "The public articles to which no other public one leads; pages are left out."
    )
    one_sided: ReportedLinkConnection = resolved(
        _one_sided,
        "The edges below texts and the pinned ones, between public articles, without one in "
        "return.",
        weight=50,
    )
    repeated: ReportedLinkConnection = resolved(
        _repeated, "The edges beside a stronger one between the same articles.", weight=50
    )

    former_addresses: ReportedLinkConnection = resolved(
        _former_addresses,
        "The links of texts that go by a former address of their target. Readers get its present "
        "one, `target.url`; the text itself still holds the former.",
        weight=50,
    )
    broken_outside: OutsideLinkConnection = resolved(
        _broken_outside,
        "The links to other sites that answered an error (4xx or 5xx), or not at all, when `hub "
        "links look` last looked at them.",
    )
    moved_outside: OutsideLinkConnection = resolved(
        _moved_outside,
        "The links to other sites that were redirected for good then, or more than once.",
    )


def link_report(info: Info) -> Report:
    """Return the report. Raises NotAllowed."""
    info.context.viewer.require(Permission.WRITE)
    info.context.viewer.require(Permission.READ)
    return Report(info.context)

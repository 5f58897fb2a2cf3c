"""The root of all queries."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any

import strawberry

from hub.db.keyset import parse_page_args
from hub.errors import Invalid
from hub.reads import articles
from hub.reads.articles import ArticleRow
from hub.reads.projection import PartialArticleRow
from hub.settings import Settings
from hub.text.slugs import digest
from schema import ids
from schema.context import HubContext, Info
from schema.execution import lookahead
from schema.types.article import Article, ArticleConnection
from schema.types.audit import AuditEntryConnection, audit_log
from schema.types.author import Author, AuthorConnection, author_by_slug, author_list
from schema.types.comment import ModeratedComment, ModeratedCommentConnection
from schema.types.enums import ArticleOrder, SearchDates, SearchScope, SearchSort
from schema.types.fields import resolved
from schema.types.filters import ArticleFilter, SearchFilter, article_filter
from schema.types.graph.dangling import DanglingLink, dangling_links
from schema.types.graph.exploration import (
    RelatedGraph,
    RelatedPath,
    measure_graph,
    path,
    related_graph,
)
from schema.types.graph.report import LinkReport, OutsideLink, ReportedLink, link_report
from schema.types.graph.storyline import StorylineStep, storyline
from schema.types.history import SiteAsOf, site_as_of
from schema.types.lists import OrderArgument, add_list_tags, article_key
from schema.types.moderation import comment_form_token, moderation_queue
from schema.types.node import Node, node, nodes
from schema.types.paging import After, Before, First, Last, RowConnection
from schema.types.preview import Preview, PreviewConnection, previews
from schema.types.release import (
    Release,
    ReleaseConnection,
    TrashedArticle,
    TrashedArticleConnection,
    release,
    releases,
    trash,
)
from schema.types.resolution import Resolution, article_at, resolve
from schema.types.revision import Revision
from schema.types.search import SearchConnection, SearchPageArgs, SearchResults, run_search
from schema.types.site import Site
from schema.types.statistics import (
    SearchStatistics,
    StatisticsArgs,
    StatisticsRange,
    search_statistics,
)
from schema.types.suggestion import Suggestion, SuggestionHit, suggest
from schema.types.topic import Topic, TopicConnection, topic_by_slug, topic_list
from schema.types.tuning import SearchTuning, search_tuning

IN_ARTICLES = [SearchScope.ARTICLES]


def _article(
    info: Info,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="Its global id.")] = None,
    slug: Annotated[
        str | None, strawberry.argument(description="Its slug, or one that it once had.")
    ] = None,
    language: Annotated[
        str | None,
        strawberry.argument(
            description="Goes with `slug`; where it is left out, the language that was "
            "published first."
        ),
    ] = None,
    url: Annotated[
        str | None,
        strawberry.argument(
            description="Its address, or one that it once had; without a host, as for `resolve`."
        ),
    ] = None,
) -> Awaitable[ArticleRow | None]:
    if [id, slug, url].count(None) != 2:
        raise Invalid("slug", "give either id, slug or url")
    if url is not None:
        return article_at(info, url)
    if slug is not None:
        return _by_slug(info.context, slug, language)
    return info.context.loaders.article.load(ids.local_id(id or "", ids.ARTICLE, "id"))


async def _by_slug(context: HubContext, slug: str, language: str | None) -> ArticleRow | None:
    row = await articles.by_slug(context.db, slug, language, context.viewer)
    context.cache_tags.add("slug", (digest(slug),))
    if row is not None:
        context.cache_tags.add("article", (row.id,))
    return row


async def _articles(
    info: Info,
    filter: Annotated[
        ArticleFilter | None, strawberry.argument(description="Which articles.")
    ] = None,
    order: OrderArgument = ArticleOrder.NEWEST,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> RowConnection[PartialArticleRow]:
    db, viewer, filter_ = info.context.db, info.context.viewer, article_filter(filter)
    page_args = lookahead.narrow_page(
        info, "ArticleConnection", parse_page_args(first, after, last, before)
    )
    fields = lookahead.selected_attributes(info, "Article")
    result = await articles.page(db, page_args, order, filter_, viewer, fields)
    info.context.cache_tags.add("articles")
    info.context.cache_tags.add("labels")  # the filter depends on the topic tree
    add_list_tags(info.context, result.rows, order)
    return RowConnection(result, article_key(order), lambda: articles.count(db, filter_, viewer))


def _search(
    info: Info,
    query: Annotated[
        str,
        strawberry.argument(
            description='What to look for: words, "quoted phrases", -without, OR, `title:word` '
            "(also `author:` and `topic:`). Any text is a query; of a long one, the first 5,000 "
            "characters and the 50 most telling words count. An empty one finds all that the "
            "filter lets through."
        ),
    ],
    filter: Annotated[
        SearchFilter | None, strawberry.argument(description="Which articles to look at.")
    ] = None,
    sort: Annotated[
        SearchSort, strawberry.argument(description="The order of the hits.")
    ] = SearchSort.RELEVANCE,
    first: Annotated[
        int | None,
        strawberry.argument(
            description="How many from the beginning (or behind `after`), 1 to 100; "
            "10 where neither `first` nor `last` is given."
        ),
    ] = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    as_you_type: Annotated[
        bool,
        strawberry.argument(
            description="Lets the last word match as a beginning, while it is being typed."
        ),
    ] = False,
    within: Annotated[
        list[SearchScope],
        strawberry.argument(
            name="in",
            description="What to look through: the articles, approved comments on them, or both.",
        ),
    ] = IN_ARTICLES,
    dates: Annotated[
        SearchDates,
        strawberry.argument(
            description="What words for a time in the text do, as `last week`; see `understood`."
        ),
    ] = SearchDates.PREFER,
) -> Awaitable[SearchResults]:
    cut = SearchPageArgs(first, after, last, before)
    return run_search(
        info, query, filter, sort, cut, as_you_type=as_you_type, within=within, dates=dates
    )


def _suggest(
    info: Info,
    query: Annotated[
        str,
        strawberry.argument(
            description="What has been typed; its last word may go on, unless a space follows it. "
            "Where it is empty, the suggestions are popular searches."
        ),
    ],
    first: Annotated[int, strawberry.argument(description="Suggestions, 1 to 20.")] = 8,
) -> Awaitable[list[SuggestionHit]]:
    return suggest(info, query, first)


def _search_statistics(
    info: Info,
    days: Annotated[int, strawberry.argument(description="Of how many days, today included.")] = 30,
    first: Annotated[int, strawberry.argument(description="Rows of each kind, 1 to 100.")] = 20,
    from_: Annotated[
        str | None,
        strawberry.argument(
            name="from", description="The first day, as `2026-03-01`, in place of `days`."
        ),
    ] = None,
    to: Annotated[
        str | None, strawberry.argument(description="The last day, in place of today.")
    ] = None,
    language: Annotated[
        str | None,
        strawberry.argument(description="Only searches in this language, as `Article.language`."),
    ] = None,
) -> StatisticsArgs:
    return search_statistics(info, StatisticsRange(days, from_, to, language), first)


def _site(info: Info) -> Settings:
    return info.context.settings


@strawberry.type(description="What can be read. Whatever you may not see is absent everywhere.")
class Query:
    """The root type of queries."""

    node: Node | None = resolved(node, "Whatever has this id; null if there is no such thing.")
    nodes: list[Node | None] = resolved(
        nodes, "Whatever has these ids, in their order; null in the place of what there is not."
    )
    article: Article | None = resolved(
        _article, "One article, by its id, slug or url; null if there is no such article."
    )
    resolve: Resolution | None = resolved(
        resolve,
        "What is at an address: an article, or a redirect to where it is now; null if there is no "
        "such article.",
    )
    articles: ArticleConnection = resolved(_articles, "Articles, the latest first.")
    search: SearchConnection | None = resolved(
        _search,
        "Full-text search. Null only together with an error (`SEARCH_UNAVAILABLE` while the index "
        "cannot be read, `BAD_USER_INPUT` for a bad argument), so that trouble with the index "
        "leaves the rest of a query answered.",
        weight=80,
    )
    suggest: list[Suggestion] | None = resolved(
        _suggest,
        "Articles by title, topics and authors for what is being typed, the likeliest first. Null "
        "only together with an error, as for `search`.",
    )
    topic: Topic | None = resolved(topic_by_slug, "One topic, by its slug.")
    topics: TopicConnection = resolved(topic_list, "All topics, by name.")
    author: Author | None = resolved(author_by_slug, "One author, by slug.")
    authors: AuthorConnection = resolved(author_list, "All authors, by name.")
    search_statistics: SearchStatistics | None = resolved(
        _search_statistics,
        "What readers search for. Needs the permission `tune`.",
    )
    search_tuning: SearchTuning | None = resolved(
        search_tuning,
        "The synonyms, stop words, pins and rules that editors have set. Needs the permission "
        "`tune`.",
    )
    release: Release | None = resolved(
        release, "One release; null if there is none. Needs the permission `read`."
    )
    releases: ReleaseConnection | None = resolved(
        releases, "All releases, the latest first. Needs the permission `read`."
    )
    previews: PreviewConnection | None = resolved(
        previews,
        "The previews of what is not published, the latest first. Needs the permission `read`.",
    )
    site_as_of: SiteAsOf | None = resolved(
        site_as_of,
        "The site as it was at a moment, as far as revisions tell. Needs the permission `read`.",
    )
    trash: TrashedArticleConnection | None = resolved(
        trash,
        "The deleted articles that can be restored, those deleted last first. Needs the permission "
        "`delete`.",
    )
    dangling_links: list[DanglingLink] | None = resolved(
        dangling_links,
        "The links of articles that lead to no article yet, by their words. Needs the permission "
        "`write`.",
    )
    related_graph: RelatedGraph | None = resolved(
        related_graph,
        "The articles around one in the related graph, and the edges among them; null if there is "
        "no such article. Edges are followed from source to target.",
        measure=measure_graph,
    )
    storyline: list[StorylineStep] = resolved(
        storyline,
        "The story of an article, by publication: articles up to two edges of people away, in "
        "either direction, and those of the same main topic and language around its date. Empty "
        "if there is no such article.",
        weight=60,
    )
    path: RelatedPath | None = resolved(
        path,
        "A shortest way along edges from one article to another, each from source to target; null "
        "if there is none of at most 6 edges, or none was found within 20,000 edges.",
        weight=100,
    )
    link_report: LinkReport | None = resolved(
        link_report,
        "What editors may want to mend in the related graph. Needs the permissions `read` and "
        "`write`.",
    )
    site: Site = resolved(_site, "The site itself.")
    moderation_queue: ModeratedCommentConnection | None = resolved(
        moderation_queue,
        "The comments that wait for a moderator, the latest first. Needs the permission "
        "`moderate`.",
    )
    comment_form_token: str = resolved(
        comment_form_token,
        "A signed token for the form of a comment, valid from 3 seconds to a day after this. Ask "
        "for it when the form is shown, and send it with `submitComment`.",
    )
    audit_log: AuditEntryConnection | None = resolved(
        audit_log,
        "Who changed what, when, and by which door, the latest first. Needs the permission "
        "`audit`.",
    )


def types() -> list[Any]:
    """Return the types that are reachable through interfaces only."""
    return [
        Article,
        Topic,
        Author,
        Revision,
        Release,
        Preview,
        TrashedArticle,
        ModeratedComment,
        ReportedLink,
        OutsideLink,
    ]

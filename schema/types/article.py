"""The Article type and its connections: labels, related articles, comments, revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry import Parent

from hub import comments
from hub.db.keyset import Page, parse_page_args
from hub.db.timestamps import now
from hub.errors import Invalid
from hub.media import addresses
from hub.models import RelationKind
from hub.reads.articles import ArticleRow, BodyRow
from hub.reads.comments import CommentRow
from hub.reads.lifecycle import WorkingRow
from hub.reads.projection import PartialRelatedRow
from hub.reads.revisions import RevisionRow
from hub.related import EDITORIAL
from hub.text import embeds, markup, seo
from schema import article_urls, body_links, ids, jsonld
from schema.context import Info
from schema.execution import lookahead
from schema.execution.field_resolvers import LoaderField
from schema.types.author import Author
from schema.types.comment import (
    BodyFormat,
    CommentConnection,
    SortArgument,
    comment_key,
    is_newest_first,
)
from schema.types.embed import Embed
from schema.types.enums import (
    ArticleKind,
    ArticleStatus,
    BodyLinks,
    CommentModeration,
    CommentSort,
    Format,
)
from schema.types.fields import batched, field, id_field, resolved
from schema.types.image import Image, Picture, picture
from schema.types.node import Node
from schema.types.paging import After, Before, First, Last, RowConnection, connection
from schema.types.relation import (
    Kinds,
    RelatedArticlesConnection,
    RelatedConnection,
    kind_values,
    related,
    selected_fields,
)
from schema.types.revision import (
    MetadataField,
    RevisionConnection,
    Seo,
    revision_key,
)
from schema.types.topic import Topic
from schema.types.working_version import (
    PlannedChange,
    WorkingSource,
    WorkingVersion,
    working_source,
)

MAX_EXCERPT = 2_000
InTopic = Annotated[
    str | None,
    strawberry.argument(
        description="The slug of a topic; where it is left out, its first series (a topic of that "
        "taxonomy), or else its main topic."
    ),
]


def _image(parent: Parent[ArticleRow]) -> Picture | None:
    return picture(parent.image_url, parent.image_alt)


def _accepts_comments(parent: Parent[ArticleRow], info: Info) -> bool:
    context = info.context
    if not parent.comments_open:
        return False
    policy = comments.read_policy(context.settings)
    closes_at = comments.closing_time(parent.published_at, policy, context.viewer)
    if closes_at is None:
        return True
    seconds = (closes_at - now()).total_seconds()
    if seconds > 0:
        context.cache_tags.limit_age(seconds)
    return seconds > 0


def _url(parent: Parent[ArticleRow], info: Info) -> str | None:
    return article_urls.site_url(parent, info.context.settings.article_url)


def _story_path(parent: Parent[ArticleRow], info: Info) -> str | None:
    settings = info.context.settings
    return article_urls.story_path(parent, settings.language) if settings.start_page else None


async def _json_ld(parent: Parent[ArticleRow], info: Info) -> str:
    loaders, settings = info.context.loaders, info.context.settings
    authors, topics = loaders.authors.load(parent.id), loaders.topics.load(parent.id)
    return jsonld.article(parent, await authors, await topics, settings)


def _body(
    info: Info,
    format: BodyFormat = Format.HTML,
    links: Annotated[
        BodyLinks, strawberry.argument(description="Where its links to articles of the hub lead.")
    ] = BodyLinks.CURRENT,
) -> LoaderField:
    context = info.context
    has_links = links is BodyLinks.CURRENT and format is not Format.TEXT

    def transform(row: BodyRow | None, id_: int) -> tuple[str, int]:
        if row is None:
            return "", 0
        text = row.text if format is Format.TEXT else row.html
        return text, id_ if has_links and row.has_links else 0

    async def finish(rows: list[tuple[str, int]]) -> list[str]:
        loads = [context.loaders.body_links.load(id_) if id_ else None for _, id_ in rows]
        edges = [[] if load is None else await load for load in loads]
        context.cache_tags.add("article", [edge.id for links in edges for edge in links])
        pattern = context.settings.article_url
        bodies = [
            body_links.replace_links(html, links, pattern) if links else html
            for (html, _), links in zip(rows, edges, strict=True)
        ]
        base = context.settings.media_address
        bodies = [addresses.with_base(html, base) for html in bodies]
        if format is Format.MARKDOWN:
            return await info.context.renderer.render(bodies, markup.to_markdown)
        info.context.budget.charge_texts(sum(map(len, bodies)))
        return bodies

    return LoaderField(info.context.loaders.body, transform, finish=finish)


def _excerpt(
    info: Info,
    length: Annotated[
        int, strawberry.argument(description="Characters at most, 20 to 2,000.")
    ] = 200,
) -> LoaderField:
    if not 20 <= length <= MAX_EXCERPT:
        raise Invalid("length", f"must be from 20 to {MAX_EXCERPT}, not {length}")

    def transform(row: BodyRow | None, _: int) -> str:
        return markup.excerpt(row.text, length) if row else ""

    return LoaderField(info.context.loaders.body, transform)


def _embeds(info: Info) -> LoaderField:
    def transform(row: BodyRow | None, _: int) -> list[embeds.Embed]:
        return embeds.read(row.html) if row else []

    return LoaderField(info.context.loaders.body, transform)


def _seo(info: Info) -> LoaderField:
    def transform(row: BodyRow | None, _: int) -> seo.Seo:
        return row.seo if row else seo.Seo()

    return LoaderField(info.context.loaders.body, transform)


def _authors(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.authors)


def _topics(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.topics)


async def _translations(parent: Parent[ArticleRow], info: Info) -> list[ArticleRow]:
    if parent.translation_key is None:
        return []
    rows = await info.context.loaders.translations.load(parent.translation_key)
    return [row for row in rows if row.id != parent.id]


def _next(info: Info, topic: InTopic = None) -> LoaderField:
    return LoaderField(info.context.loaders.adjacent(topic, backward=False))


def _previous(info: Info, topic: InTopic = None) -> LoaderField:
    return LoaderField(info.context.loaders.adjacent(topic, backward=True))


def _related_by(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    kinds: Kinds = None,
) -> LoaderField:
    loaders, kind_names = info.context.loaders, kind_values(kinds) or _EDITORIAL_KINDS
    counts = loaders.related_by_count(kind_names)

    def transform(page: Page[PartialRelatedRow], id_: int) -> RelatedConnection:
        return RelatedConnection(page, lambda: counts.load(id_))

    page_args = lookahead.narrow_page(
        info, "RelatedArticlesConnection", parse_page_args(first, after, last, before)
    )
    return LoaderField(
        loaders.related_by(page_args, kind_names, selected_fields(info)), transform, counts
    )


# Derived kinds are symmetric: an article's similar articles are already in its `related`.
_EDITORIAL_KINDS = tuple(kind.value for kind in RelationKind if kind in EDITORIAL)


def _comments(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    sort: SortArgument = CommentSort.NEWEST,
    flat: Annotated[
        bool,
        strawberry.argument(
            description="List replies too, in the same order, and not only the top of each thread."
        ),
    ] = False,
) -> LoaderField:
    loaders = info.context.loaders
    page_args = lookahead.narrow_page(
        info, "CommentConnection", parse_page_args(first, after, last, before)
    )
    counts = loaders.flat_count if flat else loaders.thread_count
    choose = loaders.flat_comments if flat else loaders.threads

    def transform(page: Page[CommentRow], id_: int) -> RowConnection[CommentRow]:
        return RowConnection(page, comment_key, lambda: counts.load(id_))

    return LoaderField(choose(page_args, newest_first=is_newest_first(sort)), transform, counts)


def _revisions(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> LoaderField:
    loaders = info.context.loaders
    counts = loaders.revision_count

    def transform(page: Page[RevisionRow], id_: int) -> RowConnection[RevisionRow]:
        return RowConnection(page, revision_key, lambda: counts.load(id_))

    return LoaderField(
        loaders.revisions(parse_page_args(first, after, last, before)), transform, counts
    )


def _working_version(info: Info) -> LoaderField:
    def transform(row: WorkingRow | None, _: int) -> WorkingSource | None:
        return None if row is None else working_source(row)

    return LoaderField(info.context.loaders.working_version, transform)


def _planned_changes(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.planned_changes)


def _metadata(info: Info) -> LoaderField:
    def transform(pairs: list[tuple[str, str]], _: int) -> list[MetadataField]:
        return [MetadataField(name=name, value=value) for name, value in pairs]

    return LoaderField(info.context.loaders.metadata, transform)


def _hidden_suggestions(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.hidden_suggestions)


@strawberry.type(description="One piece of writing.")
class Article(Node):
    """Resolved from an `ArticleRow`."""

    id: strawberry.ID = id_field(ids.ARTICLE, "Global and opaque.")
    slug: str = field("The article's name in addresses; unique within its language.")
    title: str = field("The headline, as plain text.")
    subtitle: str = field("The line below the headline, as plain text; may be empty.")
    summary: str = field("What it is about, as plain text; may be empty.")
    language: str = field("A language tag (BCP 47), as in `en` or `pt-br`.")
    kind: ArticleKind = field("What sort of writing it is.")
    status: ArticleStatus = field("Where it is in its life; `PUBLISHED` for the public.")
    published: datetime | None = field(
        "When it was or will be published; null for a draft that has no date.", name="publishedAt"
    )
    created: datetime = field("When it was first saved.", name="createdAt")
    updated: datetime = field("When it was last saved.", name="updatedAt")
    version: int = field("Grows by one with every save. Hand it back to `reviseArticle`.")
    comments_open: bool = field("Whether its editors let readers comment on it.")
    comment_moderation: CommentModeration | None = field(
        "Which comments of readers on it wait for a moderator; null: those that "
        "`HUB_COMMENT_MODERATION` names."
    )
    accepts_comments: bool = resolved(
        _accepts_comments,
        "Whether `submitComment` takes your comments on it now: its editors let readers comment, "
        "and the days of `HUB_COMMENT_CLOSE_DAYS` are not over, which do not hold for moderators.",
    )
    comment_count: int = field("How many approved comments it has, replies included.")
    image: Image | None = resolved(_image, "The picture that goes with it.")
    canonical_url: str | None = field(
        'Where it was first published, if that is another site: for `<link rel="canonical">`.'
    )
    url: str | None = resolved(
        _url, "Where it is read: by the hub's `HUB_ARTICLE_URL`, else its `canonicalUrl`."
    )
    story_path: str | None = resolved(
        _story_path,
        "Its page in the hub, below the hub's own address, as in `stories/ferry`; null where "
        "`HUB_START_PAGE` turns these pages off.",
    )
    json_ld: str = resolved(
        _json_ld,
        'What it is in the words of schema.org, as JSON for `<script type="application/ld+json">`; '
        "nothing in it can end that element.",
        weight=2,
    )
    seo: Seo = batched(
        _seo, "What search engines and social networks are told of it, for its head.", weight=1
    )
    body: str = batched(_body, "The text.")
    excerpt: str = batched(
        _excerpt, "The beginning of the text on one line, cut at a word.", weight=1
    )
    embeds: list[Embed] = batched(
        _embeds, "The films, sounds, posts and the like in its text, in their order.", weight=1
    )
    authors: list[Author] = batched(_authors, "Who wrote it, in the order of the byline.")
    topics: list[Topic] = batched(_topics, "What it is about, the main topic first.")
    translations: list[Article] = resolved(_translations, "The same article in other languages.")
    related: RelatedArticlesConnection = batched(
        related, "The articles that this one leads to, in their editor's order."
    )
    related_by: RelatedArticlesConnection = batched(
        _related_by, "The articles that lead to this one; `node` is where the link stands."
    )
    next: Article | None = batched(
        _next, "The one published after it in a topic, in its language.", "place", weight=20
    )
    previous: Article | None = batched(
        _previous, "The one published before it in a topic, in its language.", "place", weight=20
    )
    comments: CommentConnection = batched(
        _comments,
        "The threads of comments; `replies` are below each. `totalCount` counts threads. With "
        "`flat`, comments of any depth, each with its `parent` and `replyCount`.",
    )
    revisions: RevisionConnection | None = batched(
        _revisions, "What each version was. For tokens that may read what is not published."
    )

    working_version: WorkingVersion | None = batched(
        _working_version,
        "The edits that `publishArticle` will make public; null where there are none. For tokens "
        "that may read what is not published.",
    )
    planned_changes: list[PlannedChange] | None = batched(
        _planned_changes,
        "What is planned for it, the earliest first. For tokens that may read what is not "
        "published.",
    )
    metadata: list[MetadataField] | None = batched(
        _metadata,
        "The custom fields that its source keeps about it. For tokens that may read what is not "
        "published.",
    )

    hidden_suggestions: list[Article] | None = batched(
        _hidden_suggestions,
        "What editors have hidden of what the hub would suggest for it, the last one first. For "
        "tokens with the permissions `read` and `write`.",
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for an article's row."""
        return isinstance(obj, ArticleRow)


ArticleConnection: Any = connection(Article, "article", count_weight=30)

"""The root of all subscriptions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated

import anyio
import strawberry

from hub.auth import Permission, Viewer
from hub.comments.events import EventRow
from hub.errors import Invalid
from hub.models import CommentStatus
from hub.reads import articles, comments
from hub.reads.articles import ArticleRow
from schema import ids
from schema.change_feed import ArticleTransition
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.rate_limits import Limit
from schema.types.article import Article
from schema.types.comment import Comment, ModeratedComment
from schema.types.enums import ArticleChangeKind, CommentEventType
from schema.types.fields import field
from schema.types.filters import SearchFilter, search_filter
from search_index.query import EngineError, SearchQuery

MAX_HITS = 100
SEARCH_SECONDS = 1.0
"""The least time between two runs of a subscribed search."""


@strawberry.type(description="An article was published, changed or withdrawn.")
class ArticleChange:
    """An event of `articleChanged`."""

    change: ArticleChangeKind = field("What happened to it.")
    article_id: strawberry.ID = field("Its global id.")
    article: Article | None = field("The article as it is now; null once you may not see it.")


@strawberry.type(description="A comment waits for a moderator, is public, or was reported.")
class ModerationEvent:
    """An event of `moderationQueueChanged`."""

    type: CommentEventType = field("What happened to it.")
    comment_id: strawberry.ID = field("The comment's global id.")
    comment: ModeratedComment = field("The comment as it is now.")


@strawberry.type(description="Articles have entered or left the answer to a search.")
class SearchChange:
    """An event of `searchChanged`."""

    entered: list[Article] = field("The articles that are among the first hits now, best first.")
    left_ids: list[strawberry.ID] = field("The global ids of those that no longer are.")
    total_count: int = field("How many articles match now.")


async def _article_changed(
    info: Info,
    id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Only this article; any if left out."),
    ] = None,
) -> AsyncGenerator[ArticleChange, None]:
    context = info.context
    article_id = ids.local_id(id, ids.ARTICLE, "id") if id is not None else None
    async with context.feed.subscribe(context.client_key) as listener:
        async for event in listener.events():
            for transition in event.articles:
                if article_id in (None, transition.id):
                    change = await _article_change(context, transition)
                    if change is not None:
                        yield change


async def _article_change(
    context: HubContext, transition: ArticleTransition
) -> ArticleChange | None:
    """Return the event for the viewer; None if the article is and was invisible to them."""
    _reset_loaders(context)
    row = await context.loaders.article.load(transition.id)
    staff = context.viewer.may(Permission.READ)
    if row is None and not transition.was_public and not staff:
        return None
    kind = ArticleChangeKind.CHANGED
    if transition.is_public and not transition.was_public:
        kind = ArticleChangeKind.PUBLISHED
    elif (transition.was_public and not transition.is_public) or row is None:
        kind = ArticleChangeKind.WITHDRAWN
    return ArticleChange(
        change=kind,
        article_id=strawberry.ID(ids.global_id(ids.ARTICLE, transition.id)),
        article=row,  # type: ignore[arg-type]
    )


async def _comment_added(
    info: Info,
    article_id: Annotated[
        strawberry.ID, strawberry.argument(description="The article's global id.")
    ],
) -> AsyncGenerator[Comment, None]:
    context = info.context
    id_ = ids.local_id(article_id, ids.ARTICLE, "articleId")
    async with context.feed.subscribe(context.client_key) as listener:
        previous = await _approved_ids(context, id_)
        async for event in listener.events():
            if id_ not in event.commented_ids:
                continue
            current = await _approved_ids(context, id_)
            _reset_loaders(context)
            for comment_id in sorted(current - previous):
                row = await context.loaders.comment.load(comment_id)
                if row is not None:
                    yield row  # type: ignore[misc]
            previous = current


async def _moderation_queue_changed(
    info: Info,
    article_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Only comments on this article; on any if left out."),
    ] = None,
) -> AsyncGenerator[ModerationEvent, None]:
    context = info.context
    context.viewer.require(Permission.MODERATE)
    id_ = None if article_id is None else ids.local_id(article_id, ids.ARTICLE, "articleId")
    async with context.feed.subscribe(context.client_key) as listener:
        async for event in listener.events():
            for start in range(0, len(event.comment_events), MAX_HITS):
                batch = event.comment_events[start : start + MAX_HITS]
                for change in await _moderation_events(context, batch, id_):
                    yield change


async def _moderation_events(
    context: HubContext, rows: Sequence[EventRow], article_id: int | None
) -> list[ModerationEvent]:
    """Return the events of comments that the viewer may see. One statement."""
    _reset_loaders(context)
    loader = context.loaders.moderated
    comments_ = await asyncio.gather(*(loader.load(row.comment_id) for row in rows))
    return [
        ModerationEvent(
            type=CommentEventType(row.type),
            comment_id=strawberry.ID(ids.global_id(ids.COMMENT, row.comment_id)),
            comment=comment,  # type: ignore[arg-type]
        )
        for row, comment in zip(rows, comments_, strict=True)
        if comment is not None and article_id in (None, comment.comment.article_id)
    ]


async def _approved_ids(context: HubContext, article_id: int) -> set[int]:
    """Return the ids of approved comments on an article; none if the viewer may not see it."""
    if not await articles.by_ids(context.db, [article_id], context.viewer):
        return set()
    return await comments.ids_by_status(context.db, article_id, CommentStatus.APPROVED)


async def _search_changed(
    info: Info,
    query: Annotated[str, strawberry.argument(description="What to look for, as in `search`.")],
    filter: Annotated[
        SearchFilter | None, strawberry.argument(description="Which articles to look at.")
    ] = None,
    first: Annotated[
        int, strawberry.argument(description="How many of the first hits count, 1 to 100.")
    ] = 20,
) -> AsyncGenerator[SearchChange, None]:
    context = info.context
    if not 1 <= first <= MAX_HITS:
        raise Invalid("first", f"must be from 1 to {MAX_HITS}, not {first}")
    await context.acquire(Limit.SEARCHES)
    async with context.feed.subscribe(context.client_key) as listener:
        hits, _ = await _search(context, query, filter, first)
        previous = [row.id for row in hits]
        async for event in listener.events():
            if not (event.indexed or event.articles):
                continue
            # Changes come in groups: wait, and search once for all of them.
            await anyio.sleep(SEARCH_SECONDS)
            listener.drain()
            try:
                hits, total = await _search(context, query, filter, first)
            except EngineError:
                continue  # the next event after the index has recovered
            current = [row.id for row in hits]
            if set(current) != set(previous):
                yield SearchChange(
                    entered=[row for row in hits if row.id not in previous],  # type: ignore[misc]
                    left_ids=[
                        strawberry.ID(ids.global_id(ids.ARTICLE, id_))
                        for id_ in previous
                        if id_ not in current
                    ],
                    total_count=total,
                )
            previous = current


async def _search(
    context: HubContext, text: str, filter_: SearchFilter | None, first: int
) -> tuple[list[ArticleRow], int]:
    """Return the first hits that the viewer may see, best first, and the total number."""
    viewer: Viewer = context.viewer
    engine_filter, statuses = await search_filter(context.db, filter_, viewer)
    page = await context.engine.search(
        SearchQuery(
            text=text,
            statuses=statuses,
            filter=engine_filter,
            limit=first,
            tuning=await context.tunings.current(),
        )
    )
    _reset_loaders(context)
    rows = await articles.by_ids(context.db, [hit.id for hit in page.hits], viewer)
    return [rows[hit.id] for hit in page.hits if hit.id in rows], page.total


def _reset_loaders(context: HubContext) -> None:
    """Replace the loaders, whose rows are of the previous event, and begin a new budget."""
    context.budget.reset()
    context.renderer.clear()
    context.loaders = Loaders(context.db, context.viewer, context.budget)


@strawberry.type(
    description="What can be listened to, by websocket or event stream. You hear of what you may "
    "see, and of nothing else."
)
class Subscription:
    """The root type of subscriptions."""

    article_changed = strawberry.subscription(
        resolver=_article_changed,
        description="Tells when an article is published, changed or withdrawn.",
    )
    comment_added = strawberry.subscription(
        resolver=_comment_added,
        description="Tells each comment on an article as soon as it is public.",
    )
    moderation_queue_changed = strawberry.subscription(
        resolver=_moderation_queue_changed,
        description="Tells moderators when a comment waits for them, is approved or reported. "
        "Needs the permission `moderate`.",
    )
    search_changed = strawberry.subscription(
        resolver=_search_changed,
        description="Tells when articles enter or leave the first hits of a search.",
    )

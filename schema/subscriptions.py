"""The root of all subscriptions: what may be listened to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import anyio
import strawberry

from hub.auth import Permission, Viewer
from hub.errors import Invalid
from hub.models import CommentStatus
from hub.reads import articles, comments
from hub.reads.articles import ArticleRow
from schema import ids
from schema.change_feed import Moved
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.rate_limits import Limit
from schema.types.article import Article
from schema.types.comment import Comment
from schema.types.enums import ArticleChangeKind
from schema.types.fields import shown
from schema.types.filters import SearchFilter, for_search
from search_index.query import EngineError, SearchQuery

MAX_HITS = 100
SEARCH_SECONDS = 1.0
"""The least time between two runs of a search that somebody listens to."""


@strawberry.type(description="An article was published, changed or withdrawn.")
class ArticleChange:
    """What `articleChanged` tells."""

    change: ArticleChangeKind = shown("What happened to it.")
    article_id: strawberry.ID = shown("Its global id.")
    article: Article | None = shown("The article as it is now; null once you may not see it.")


@strawberry.type(description="Articles have entered or left the answer to a search.")
class SearchChange:
    """What `searchChanged` tells."""

    entered: list[Article] = shown("The articles that are among the first hits now, best first.")
    left_ids: list[strawberry.ID] = shown("The global ids of those that no longer are.")
    total_count: int = shown("How many articles match now.")


async def _article_changed(
    info: Info,
    id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Only this article; any if left out."),
    ] = None,
) -> AsyncGenerator[ArticleChange, None]:
    context = info.context
    wanted = ids.local_id(id, ids.ARTICLE, "id") if id is not None else None
    async with context.feed.listening() as listener:
        async for event in listener.events():
            for moved in event.articles:
                if wanted in (None, moved.id):
                    change = await _changed(context, moved)
                    if change is not None:
                        yield change


async def _changed(context: HubContext, moved: Moved) -> ArticleChange | None:
    """What the viewer is told of an article; nothing of one that was never theirs to see."""
    _anew(context)
    row = await context.loaders.article.load(moved.id)
    staff = context.viewer.may(Permission.READ)
    if row is None and not moved.was_public and not staff:
        return None
    kind = ArticleChangeKind.CHANGED
    if moved.is_public and not moved.was_public:
        kind = ArticleChangeKind.PUBLISHED
    elif (moved.was_public and not moved.is_public) or row is None:
        kind = ArticleChangeKind.WITHDRAWN
    return ArticleChange(
        change=kind,
        article_id=strawberry.ID(ids.global_id(ids.ARTICLE, moved.id)),
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
    async with context.feed.listening() as listener:
        known = await _approved(context, id_)
        async for event in listener.events():
            if id_ not in event.commented:
                continue
            present = await _approved(context, id_)
            _anew(context)
            for comment_id in sorted(present - known):
                row = await context.loaders.comment.load(comment_id)
                if row is not None:
                    yield row  # type: ignore[misc]
            known = present


async def _approved(context: HubContext, article_id: int) -> set[int]:
    """The approved comments on an article that the viewer may see; none where that is hidden."""
    if not await articles.by_ids(context.db, [article_id], context.viewer):
        return set()
    return await comments.ids_of(context.db, article_id, CommentStatus.APPROVED)


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
    await context.take(Limit.SEARCHES)
    async with context.feed.listening() as listener:
        hits, _ = await _hits(context, query, filter, first)
        before = [row.id for row in hits]
        async for event in listener.events():
            if not (event.indexed or event.articles):
                continue
            # Many changes come together; what they come to is looked at once.
            await anyio.sleep(SEARCH_SECONDS)
            listener.drain()
            try:
                hits, total = await _hits(context, query, filter, first)
            except EngineError:
                continue  # it is told of what comes once the index is back
            now = [row.id for row in hits]
            if set(now) != set(before):
                yield SearchChange(
                    entered=[row for row in hits if row.id not in before],  # type: ignore[misc]
                    left_ids=[
                        strawberry.ID(ids.global_id(ids.ARTICLE, one))
                        for one in before
                        if one not in now
                    ],
                    total_count=total,
                )
            before = now


async def _hits(
    context: HubContext, text: str, given: SearchFilter | None, first: int
) -> tuple[list[ArticleRow], int]:
    """The first hits that the viewer may see, best first, and how many there are."""
    viewer: Viewer = context.viewer
    narrowed, statuses = for_search(given, viewer)
    page = await context.engine.search(
        SearchQuery(
            text=text,
            statuses=statuses,
            filter=narrowed,
            limit=first,
            tuning=await context.tunings.current(),
        )
    )
    _anew(context)
    rows = await articles.by_ids(context.db, [hit.id for hit in page.hits], viewer)
    return [rows[hit.id] for hit in page.hits if hit.id in rows], page.total


def _anew(context: HubContext) -> None:
    """Forget what was read for the last event."""
    context.loaders = Loaders(context.db, context.viewer)


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
    search_changed = strawberry.subscription(
        resolver=_search_changed,
        description="Tells when articles enter or leave the first hits of a search.",
    )

"""Storylines: what came before an article and after it."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import strawberry

from hub.errors import Invalid
from hub.reads import graph
from hub.reads.articles import ArticleRow
from schema import ids
from schema.context import Info
from schema.execution.cache_tags import ALL_OF_KIND
from schema.types.article import Article
from schema.types.enums import ReasonKind
from schema.types.fields import field

MAX_DAYS = 3_650
MAX_STORY = 50


class Reason(NamedTuple):
    """Source object of `StorylineReason`."""

    kind: ReasonKind
    detail: str
    article: ArticleRow | None


class Step(NamedTuple):
    """Source object of `StorylineStep`."""

    article: ArticleRow
    because: list[Reason]


@strawberry.type(description="A reason for which an article is in a story.")
class StorylineReason:
    """Resolved from a `Reason`."""

    kind: ReasonKind = field("`LINK` or `TOPICS`.")
    detail: str = field("The words of the link, or the name of the main topic in common.")
    article: Article | None = field(
        "The article of the story that it is linked with, in either direction; null for a topic."
    )


@strawberry.type(description="An article of a story.")
class StorylineStep:
    """Resolved from a `Step`."""

    article: Article = field("The article.")
    because: list[StorylineReason] = field(
        "Why it is in the story: the links first; empty for the article whose story it is."
    )


async def storyline(
    info: Info,
    of: Annotated[strawberry.ID, strawberry.argument(description="The global id of an article.")],
    days: Annotated[
        int,
        strawberry.argument(
            description="How far articles of its main topic may be from it in time, 0 to 3,650."
        ),
    ] = 30,
    first: Annotated[
        int, strawberry.argument(description="How many articles, 1 to 50; the nearest ones.")
    ] = 20,
) -> list[Step]:
    """Return the story of an article; empty if the viewer may not see it. Raises Invalid."""
    if not 0 <= days <= MAX_DAYS:
        raise Invalid("days", f"must be from 0 to {MAX_DAYS}, not {days}")
    if not 1 <= first <= MAX_STORY:
        raise Invalid("first", f"must be from 1 to {MAX_STORY}, not {first}")
    context, id_ = info.context, ids.local_id(of, ids.ARTICLE, "of")
    context.cache_tags.add("article", ALL_OF_KIND)  # any other may come to it
    context.cache_tags.add("labels")
    if await context.loaders.article.load(id_) is None:
        return []
    reasons = await graph.storyline(context.db, id_, context.viewer, days=days, first=first)
    loaded = await context.loaders.article.load_many(list(reasons))
    rows = {row.id: row for row in loaded if row is not None}
    return [
        Step(
            row,
            [
                Reason(
                    ReasonKind.TOPICS if reason.other_id is None else ReasonKind.LINK,
                    reason.detail,
                    rows.get(reason.other_id or 0),
                )
                for reason in reasons[row.id]
            ],
        )
        for row in rows.values()
    ]

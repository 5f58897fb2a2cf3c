"""The mutations of what the hub suggests as related, and of the order of what people have drawn."""

from __future__ import annotations

import strawberry

from hub import errors
from hub.curation import suggestions
from hub.models import RelationKind
from hub.reads import related as reads
from schema import ids
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input
from schema.types.article import Article
from schema.types.enums import RelatedKind
from schema.types.fields import field
from schema.types.relation import RelatedArticlesEdge, RelatedEdge

SOURCE = "The article; null where your token may not read it."


@strawberry.input(description="A suggestion of the hub: an edge of the origin `DERIVED`.")
class AcceptSuggestionInput:
    """See `hub.curation.suggestions.accept`."""

    relation_id: strawberry.ID = field("The edge's `relationId`.")
    kind: RelatedKind = strawberry.field(
        default=RelationKind.PINNED, description="What it is from now on; one of the first four."
    )


@strawberry.type(description="The suggestion is an editor's edge.")
class AcceptSuggestionPayload:
    """Payload of `acceptSuggestion`."""

    edge: RelatedArticlesEdge = field("The edge, with the reasons for which it was suggested.")
    article: Article | None = field(SOURCE)


@strawberry.input(description="An article, and another one that the hub shall not suggest for it.")
class HideSuggestionInput:
    """See `hub.curation.suggestions.hide`."""

    article_id: strawberry.ID = field("The global id of the article.")
    suggested_id: strawberry.ID = field("The global id of the one that is not suggested for it.")


@strawberry.type(description="It is not suggested.")
class HideSuggestionPayload:
    """Payload of `hideSuggestion`."""

    article: Article | None = field(SOURCE)


@strawberry.input(description="An article, and another one that the hub may suggest for it again.")
class UnhideSuggestionInput:
    """See `hub.curation.suggestions.unhide`."""

    article_id: strawberry.ID = field("The global id of the article.")
    suggested_id: strawberry.ID = field("The global id of the one that is hidden for it.")


@strawberry.type(description="It may be suggested.")
class UnhideSuggestionPayload:
    """Payload of `unhideSuggestion`."""

    article: Article | None = field(SOURCE)


@strawberry.input(description="An article, and the order of what it is related to.")
class OrderRelatedInput:
    """See `hub.curation.suggestions.order`."""

    article_id: strawberry.ID = field("The global id of the article that the edges leave.")
    relation_ids: list[strawberry.ID] = field(
        "The `relationId` of those of its edges that come first, in their order. Others follow as "
        "they stand; suggestions of the hub come last."
    )


@strawberry.type(description="The edges stand in this order.")
class OrderRelatedPayload:
    """Payload of `orderRelated`."""

    article: Article | None = field(SOURCE)


async def _reload(context: HubContext, article_id: int) -> Article | None:
    """Return the article as it is after the change."""
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    return await context.loaders.article.load(article_id)  # type: ignore[return-value]


async def accept_suggestion(
    info: Info, input: Input[AcceptSuggestionInput]
) -> AcceptSuggestionPayload:
    """Call `hub.curation.suggestions.accept`."""
    context = info.context
    id_ = ids.local_id(input.relation_id, ids.RELATION, "relationId")
    source_id = await suggestions.accept(id_, by=context.viewer, kind=input.kind)
    article = await _reload(context, source_id)
    edge = (await reads.by_ids(context.db, [id_])).get(id_)
    if edge is None:
        raise errors.NotFound("relation", input.relation_id)  # unlinked concurrently
    target = await context.loaders.article.load(edge.target_id) if edge.target_id else None
    return AcceptSuggestionPayload(
        edge=RelatedEdge(reads.RelatedRow(edge, target)),  # type: ignore[arg-type]
        article=article,
    )


async def hide_suggestion(info: Info, input: Input[HideSuggestionInput]) -> HideSuggestionPayload:
    """Call `hub.curation.suggestions.hide`."""
    source_id = ids.local_id(input.article_id, ids.ARTICLE, "articleId")
    target_id = ids.local_id(input.suggested_id, ids.ARTICLE, "suggestedId")
    await suggestions.hide(source_id, target_id, by=info.context.viewer)
    return HideSuggestionPayload(article=await _reload(info.context, source_id))


async def unhide_suggestion(
    info: Info, input: Input[UnhideSuggestionInput]
) -> UnhideSuggestionPayload:
    """Call `hub.curation.suggestions.unhide`."""
    source_id = ids.local_id(input.article_id, ids.ARTICLE, "articleId")
    target_id = ids.local_id(input.suggested_id, ids.ARTICLE, "suggestedId")
    await suggestions.unhide(source_id, target_id, by=info.context.viewer)
    return UnhideSuggestionPayload(article=await _reload(info.context, source_id))


async def order_related(info: Info, input: Input[OrderRelatedInput]) -> OrderRelatedPayload:
    """Call `hub.curation.suggestions.order`."""
    source_id = ids.local_id(input.article_id, ids.ARTICLE, "articleId")
    relation_ids = [
        ids.local_id(id_, ids.RELATION, f"relationIds.{place}")
        for place, id_ in enumerate(input.relation_ids)
    ]
    await suggestions.order(source_id, relation_ids, by=info.context.viewer)
    return OrderRelatedPayload(article=await _reload(info.context, source_id))

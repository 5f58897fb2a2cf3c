"""The mutations of the related graph."""

from __future__ import annotations

import strawberry

from hub import errors, related
from hub.curation import dangling
from hub.reads import related as reads
from schema import ids
from schema.context import Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input, optional
from schema.types.article import Article
from schema.types.enums import RelatedKind
from schema.types.fields import field
from schema.types.relation import RelatedArticlesEdge, RelatedEdge


@strawberry.input(
    description="An edge to draw. The target is named by `targetId`, or else by `headline` or "
    "`url`: then the edge dangles until such an article is there."
)
class LinkArticlesInput:
    """See `hub.related.link`."""

    source_id: strawberry.ID = field("The global id of the article that the edge leaves.")
    kind: RelatedKind = field("Why the two are related; one of the first four kinds.")
    target_id: strawberry.ID | None = optional("The global id of the article that it leads to.")
    headline: str | None = optional("The headline of the article that it leads to.")
    url: str | None = optional("The address of the article that it leads to.")
    anchor: str | None = optional(
        "The words of the link; with `targetId`, the target's present title if left out."
    )
    position: int | None = optional("The paragraph of the source (from 0) that it belongs to.")
    rank: int | None = optional("Its place among the source's edges; the last if left out.")


@strawberry.input(description="An edge to take away.")
class UnlinkArticlesInput:
    """See `hub.related.unlink`."""

    relation_id: strawberry.ID = field("The edge's `relationId`.")


@strawberry.type(description="The edge is there.")
class LinkArticlesPayload:
    """Payload of `linkArticles`."""

    edge: RelatedArticlesEdge = field("The edge; its `node` is null while it dangles.")
    article: Article | None = field("Its source; null where your token may not read it.")


@strawberry.input(description="A dangling edge, and the article that it means.")
class AcceptLinkInput:
    """See `hub.curation.dangling.accept`."""

    relation_id: strawberry.ID = field("The edge's `relationId`.")
    article_id: strawberry.ID = field("The global id of the article, perhaps of a candidate.")


@strawberry.type(description="The edge leads to the article.")
class AcceptLinkPayload:
    """Payload of `acceptLink`."""

    edge: RelatedArticlesEdge = field("The edge.")
    article: Article | None = field("Its source; null where your token may not read it.")


@strawberry.input(description="An edge that was accepted.")
class TakeBackAcceptedInput:
    """See `hub.curation.dangling.take_back`."""

    relation_id: strawberry.ID = field("The edge's `relationId`.")


@strawberry.type(description="The edge is what it was before it was accepted.")
class TakeBackAcceptedPayload:
    """Payload of `takeBackAccepted`."""

    article: Article | None = field("Its source; null where your token may not read it.")


@strawberry.type(description="The edge is gone.")
class UnlinkArticlesPayload:
    """Payload of `unlinkArticles`."""

    removed_relation_id: strawberry.ID = field("The `relationId` that it had.")
    article: Article | None = field("Its source; null where your token may not read it.")


async def link_articles(info: Info, input: Input[LinkArticlesInput]) -> LinkArticlesPayload:
    """Call `hub.related.link`."""
    context = info.context
    source_id = ids.local_id(input.source_id, ids.ARTICLE, "sourceId")
    target_id = None
    if input.target_id is not None:
        target_id = ids.local_id(input.target_id, ids.ARTICLE, "targetId")
    id_ = await related.link(
        source_id,
        kind=input.kind,
        by=context.viewer,
        target_id=target_id,
        headline=input.headline,
        url=input.url,
        anchor=input.anchor,
        position=input.position,
        rank=input.rank,
    )
    context.loaders = Loaders(
        context.db, context.viewer, context.budget
    )  # drops rows cached before the change
    edge = (await reads.by_ids(context.db, [id_])).get(id_)
    if edge is None:
        raise errors.NotFound("relation", input.source_id)  # unlinked concurrently
    target = await context.loaders.article.load(edge.target_id) if edge.target_id else None
    return LinkArticlesPayload(
        edge=RelatedEdge(reads.RelatedRow(edge, target)),  # type: ignore[arg-type]
        article=await context.loaders.article.load(source_id),  # type: ignore[arg-type]
    )


async def accept_link(info: Info, input: Input[AcceptLinkInput]) -> AcceptLinkPayload:
    """Call `hub.curation.dangling.accept`."""
    context = info.context
    relation_id = ids.local_id(input.relation_id, ids.RELATION, "relationId")
    article_id = ids.local_id(input.article_id, ids.ARTICLE, "articleId")
    source_id = await dangling.accept(relation_id, article_id, by=context.viewer)
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    edge = (await reads.by_ids(context.db, [relation_id])).get(relation_id)
    if edge is None:
        raise errors.NotFound("relation", input.relation_id)  # unlinked concurrently
    target = await context.loaders.article.load(article_id)
    return AcceptLinkPayload(
        edge=RelatedEdge(reads.RelatedRow(edge, target)),  # type: ignore[arg-type]
        article=await context.loaders.article.load(source_id),  # type: ignore[arg-type]
    )


async def unlink_articles(info: Info, input: Input[UnlinkArticlesInput]) -> UnlinkArticlesPayload:
    """Call `hub.related.unlink`."""
    context = info.context
    source_id = await related.unlink(
        ids.local_id(input.relation_id, ids.RELATION, "relationId"), by=context.viewer
    )
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    return UnlinkArticlesPayload(
        removed_relation_id=input.relation_id,
        article=await context.loaders.article.load(source_id),  # type: ignore[arg-type]
    )


async def take_back_accepted(
    info: Info, input: Input[TakeBackAcceptedInput]
) -> TakeBackAcceptedPayload:
    """Call `hub.curation.dangling.take_back`."""
    context = info.context
    source_id = await dangling.take_back(
        ids.local_id(input.relation_id, ids.RELATION, "relationId"), by=context.viewer
    )
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    return TakeBackAcceptedPayload(
        article=await context.loaders.article.load(source_id),  # type: ignore[arg-type]
    )

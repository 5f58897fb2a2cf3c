"""The mutations of search tuning: synonyms and pins."""

from __future__ import annotations

import strawberry

from hub.reads import search_tuning as reads
from hub.search import statistics, tuning
from schema import ids
from schema.context import Info
from schema.mutations.inputs import Input, optional
from schema.types.fields import field
from schema.types.tuning import SearchPin, SynonymSet


@strawberry.input(description="Words that shall stand for each other in searches.")
class AddSynonymsInput:
    """See `hub.search.tuning.add_synonyms`."""

    words: list[str] = field("At most 20 words, or several words each; two at least.")
    typed: str | None = optional(
        "One way only: who types this finds the words too. Then one word is enough."
    )


@strawberry.input(description="Words that shall no longer stand for each other.")
class RemoveSynonymsInput:
    """See `hub.search.tuning.remove_synonyms`."""

    id: strawberry.ID = field("The set's id.")


@strawberry.input(description="An article that shall come first for a text.")
class PinArticleInput:
    """See `hub.search.tuning.pin`."""

    text: str = field("All that has to be typed; case, accents and punctuation do not count.")
    article_id: strawberry.ID = field("The global id of the article.")
    rank: int | None = optional("Its place among the pins of this text; the last if left out.")


@strawberry.input(description="A pin to take away.")
class UnpinArticleInput:
    """See `hub.search.tuning.unpin`."""

    id: strawberry.ID = field("The pin's id.")


@strawberry.input(description="Words that no suggested search may contain.")
class BlockSearchInput:
    """See `hub.search.statistics.block`."""

    text: str = field("One word or several, at most 100 characters; case does not count.")


@strawberry.input(description="Words that suggested searches may contain again.")
class UnblockSearchInput:
    """See `hub.search.statistics.unblock`."""

    text: str = field("The words as they were blocked.")


@strawberry.type(description="The words stand for each other from the next search on.")
class AddSynonymsPayload:
    """Payload of `addSynonyms`."""

    synonyms: SynonymSet = field("The set.")


@strawberry.type(description="The words no longer stand for each other.")
class RemoveSynonymsPayload:
    """Payload of `removeSynonyms`."""

    removed_id: strawberry.ID = field("The id that the set had.")


@strawberry.type(description="The article comes first from the next search on.")
class PinArticlePayload:
    """Payload of `pinArticle`."""

    pin: SearchPin = field("The pin.")


@strawberry.type(description="The article stands where it belongs again.")
class UnpinArticlePayload:
    """Payload of `unpinArticle`."""

    removed_id: strawberry.ID = field("The id that the pin had.")


@strawberry.type(description="Searches with these words are not suggested from now on.")
class BlockSearchPayload:
    """Payload of `blockSearch`."""

    text: str = field("The words, as they are compared.")


@strawberry.type(description="Searches with these words may be suggested.")
class UnblockSearchPayload:
    """Payload of `unblockSearch`."""

    text: str = field("The words, as they were compared.")


async def add_synonyms(info: Info, input: Input[AddSynonymsInput]) -> AddSynonymsPayload:
    """Call `hub.search.tuning.add_synonyms`."""
    context = info.context
    id_ = await tuning.add_synonyms(input.words, typed=input.typed, by=context.viewer)
    rows = {row.id: row for row in await reads.synonyms(context.db)}
    return AddSynonymsPayload(synonyms=rows[id_])  # type: ignore[arg-type]


async def remove_synonyms(info: Info, input: Input[RemoveSynonymsInput]) -> RemoveSynonymsPayload:
    """Call `hub.search.tuning.remove_synonyms`."""
    await tuning.remove_synonyms(ids.local_id(input.id, ids.SYNONYMS, "id"), by=info.context.viewer)
    return RemoveSynonymsPayload(removed_id=input.id)


async def pin_article(info: Info, input: Input[PinArticleInput]) -> PinArticlePayload:
    """Call `hub.search.tuning.pin`."""
    context = info.context
    id_ = await tuning.pin(
        input.text,
        ids.local_id(input.article_id, ids.ARTICLE, "articleId"),
        by=context.viewer,
        rank=input.rank,
    )
    rows = {row.id: row for row in await reads.pins(context.db)}
    return PinArticlePayload(pin=rows[id_])  # type: ignore[arg-type]


async def unpin_article(info: Info, input: Input[UnpinArticleInput]) -> UnpinArticlePayload:
    """Call `hub.search.tuning.unpin`."""
    await tuning.unpin(ids.local_id(input.id, ids.PIN, "id"), by=info.context.viewer)
    return UnpinArticlePayload(removed_id=input.id)


async def block_search(info: Info, input: Input[BlockSearchInput]) -> BlockSearchPayload:
    """Call `hub.search.statistics.block`."""
    return BlockSearchPayload(text=await statistics.block(input.text, by=info.context.viewer))


async def unblock_search(info: Info, input: Input[UnblockSearchInput]) -> UnblockSearchPayload:
    """Call `hub.search.statistics.unblock`."""
    return UnblockSearchPayload(text=await statistics.unblock(input.text, by=info.context.viewer))

"""The mutations of search tuning: synonyms, stop words and pins."""

from __future__ import annotations

import strawberry

from hub.reads import search_tuning as reads
from hub.reads.search_tuning import StopWordRow
from hub.search import statistics, tuning
from schema import ids
from schema.context import Info
from schema.mutations.inputs import Input, optional
from schema.types.fields import field
from schema.types.rule import StopWord
from schema.types.tuning import SearchPin, SynonymSet


@strawberry.input(description="Words that shall stand for each other in searches.")
class AddSynonymsInput:
    """See `hub.search.tuning.add_synonyms`."""

    words: list[str] = field("At most 20 words, or several words each; two at least.")
    typed: str | None = optional(
        "One way only: who types this finds the words too. Then one word is enough."
    )
    language: str | None = optional("Find them in articles of this language alone.")


@strawberry.input(description="Words that shall no longer stand for each other.")
class RemoveSynonymsInput:
    """See `hub.search.tuning.remove_synonyms`."""

    id: strawberry.ID = field("The set's id.")


@strawberry.input(description="A word that shall be left out of searches.")
class AddStopWordInput:
    """See `hub.search.tuning.add_stop_word`."""

    word: str = field("One word; case and accents do not count.")
    language: str | None = optional(
        "The language that it is a stop word of, as searches are filtered by it, or as most "
        "articles with the word are in it; in all if left out."
    )


@strawberry.input(description="A stop word that shall be searched again.")
class RemoveStopWordInput:
    """See `hub.search.tuning.remove_stop_word`."""

    word: str = field("The word.")
    language: str | None = optional("The language that it was set for; none if left out.")


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


@strawberry.type(description="The word is left out of searches with other words from now on.")
class AddStopWordPayload:
    """Payload of `addStopWord`."""

    stop_word: StopWord = field("The word.")


@strawberry.type(description="The word is searched again.")
class RemoveStopWordPayload:
    """Payload of `removeStopWord`."""

    stop_word: StopWord = field("The word.")


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
    id_ = await tuning.add_synonyms(
        input.words, typed=input.typed, language=input.language, by=context.viewer
    )
    rows = {row.id: row for row in await reads.synonyms(context.db)}
    return AddSynonymsPayload(synonyms=rows[id_])  # type: ignore[arg-type]


async def remove_synonyms(info: Info, input: Input[RemoveSynonymsInput]) -> RemoveSynonymsPayload:
    """Call `hub.search.tuning.remove_synonyms`."""
    await tuning.remove_synonyms(ids.local_id(input.id, ids.SYNONYMS, "id"), by=info.context.viewer)
    return RemoveSynonymsPayload(removed_id=input.id)


async def add_stop_word(info: Info, input: Input[AddStopWordInput]) -> AddStopWordPayload:
    """Call `hub.search.tuning.add_stop_word`."""
    by = info.context.viewer
    word = await tuning.add_stop_word(input.word, by=by, language=input.language)
    row = StopWordRow(word, input.language)
    return AddStopWordPayload(stop_word=row)  # type: ignore[arg-type]


async def remove_stop_word(info: Info, input: Input[RemoveStopWordInput]) -> RemoveStopWordPayload:
    """Call `hub.search.tuning.remove_stop_word`."""
    by = info.context.viewer
    word = await tuning.remove_stop_word(input.word, by=by, language=input.language)
    row = StopWordRow(word, input.language)
    return RemoveStopWordPayload(stop_word=row)  # type: ignore[arg-type]


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

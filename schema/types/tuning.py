"""The search tuning of editors: synonyms, stop words, pins and rules."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from hub.auth import Permission
from hub.db.database import Reader
from hub.reads import query_statistics
from hub.reads import search_tuning as reads
from hub.reads.search_tuning import PinRow, RuleRow, StopWordRow, SynonymRow
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.article import Article
from schema.types.fields import batched, field, id_field, resolved
from schema.types.rule import SearchRule, StopWord


class TuningRows:
    """Source object of the `SearchTuning` type."""

    __slots__ = ("_db", "blocked", "pins", "synonyms")

    def __init__(
        self, db: Reader, synonyms: list[SynonymRow], pins: list[PinRow], blocked: list[str]
    ) -> None:
        self._db = db
        self.synonyms = synonyms
        self.pins = pins
        self.blocked = blocked

    async def stop_words(self) -> list[StopWordRow]:
        """Load the stop words."""
        return await reads.stop_words(self._db)

    async def rules(self) -> list[RuleRow]:
        """Load the rules."""
        return await reads.rules(self._db)


async def search_tuning(info: Info) -> TuningRows:
    """Load all synonyms and pins. Raises NotAllowed."""
    info.context.viewer.require(Permission.TUNE)
    db = info.context.db
    blocked = await query_statistics.blocked(db)
    return TuningRows(db, await reads.synonyms(db), await reads.pins(db), blocked)


async def _stop_words(parent: Parent[TuningRows]) -> list[StopWordRow]:
    return await parent.stop_words()


async def _rules(parent: Parent[TuningRows]) -> list[RuleRow]:
    return await parent.rules()


def _pinned(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.article)


@strawberry.type(description="Words that stand for each other in searches.")
class SynonymSet:
    """Resolved from a `SynonymRow`."""

    id: strawberry.ID = id_field(ids.SYNONYMS, "Names this set, for `removeSynonyms`.")
    words: list[str] = field("The words; each may be several.")
    typed: str | None = field(
        "One way only: who types this finds the words too. Null where any stands for any other."
    )
    language: str | None = field("Only articles in this language are found by them; null: all.")


@strawberry.type(description="An article that comes first for a text.")
class SearchPin:
    """Resolved from a `PinRow`."""

    id: strawberry.ID = id_field(ids.PIN, "Names this pin, for `unpinArticle`.")
    text: str = field("All that has to be typed.")
    rank: int = field("Its place among the pins of this text.")
    article: Article | None = batched(
        _pinned, "The article; null where your token may not read it.", "article_id"
    )


@strawberry.type(description="What editors have set for search.")
class SearchTuning:
    """Resolved from `TuningRows`."""

    synonyms: list[SynonymSet] = field("The sets of synonyms, the oldest first.")
    pins: list[SearchPin] = field("The pins, by their text and rank.")
    stop_words: list[StopWord] = resolved(
        _stop_words, "The words that are left out of searches, beside those of each language."
    )
    rules: list[SearchRule] = resolved(_rules, "The rules, the oldest first.")
    blocked: list[str] = field("Searches of readers that contain one of these are not suggested.")

"""The search tuning of editors: synonyms and pins."""

from __future__ import annotations

import strawberry

from hub.auth import Permission
from hub.reads import query_statistics
from hub.reads import search_tuning as reads
from hub.reads.search_tuning import PinRow, SynonymRow
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.article import Article
from schema.types.fields import batched, field, id_field


class TuningRows:
    """Source object of the `SearchTuning` type."""

    __slots__ = ("blocked", "pins", "synonyms")

    def __init__(self, synonyms: list[SynonymRow], pins: list[PinRow], blocked: list[str]) -> None:
        self.synonyms = synonyms
        self.pins = pins
        self.blocked = blocked


async def search_tuning(info: Info) -> TuningRows:
    """Load all synonyms and pins. Raises NotAllowed."""
    info.context.viewer.require(Permission.TUNE)
    db = info.context.db
    blocked = await query_statistics.blocked(db)
    return TuningRows(await reads.synonyms(db), await reads.pins(db), blocked)


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
    blocked: list[str] = field("Searches of readers that contain one of these are not suggested.")

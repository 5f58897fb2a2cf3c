"""What editors have set for search."""

from __future__ import annotations

import strawberry

from hub.auth import Permission
from hub.reads import search_tuning as reads
from hub.reads.search_tuning import PinRow, SynonymRow
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import From
from schema.types.article import Article
from schema.types.fields import identified, loaded, shown


class Tuned:
    """What SearchTuning shows."""

    __slots__ = ("pins", "synonyms")

    def __init__(self, synonyms: list[SynonymRow], pins: list[PinRow]) -> None:
        self.synonyms = synonyms
        self.pins = pins


async def search_tuning(info: Info) -> Tuned:
    """All that is set. Raises NotAllowed."""
    info.context.viewer.require(Permission.TUNE)
    db = info.context.db
    return Tuned(await reads.synonyms(db), await reads.pins(db))


def _pinned(info: Info) -> From:
    return From(info.context.loaders.article)


@strawberry.type(description="Words that stand for each other in searches.")
class SynonymSet:
    """Shows a `SynonymRow`."""

    id: strawberry.ID = identified(ids.SYNONYMS, "Names this set, for `removeSynonyms`.")
    words: list[str] = shown("The words; each may be several.")
    typed: str | None = shown(
        "One way only: who types this finds the words too. Null where any stands for any other."
    )


@strawberry.type(description="An article that comes first for a text.")
class SearchPin:
    """Shows a `PinRow`."""

    id: strawberry.ID = identified(ids.PIN, "Names this pin, for `unpinArticle`.")
    text: str = shown("All that has to be typed.")
    rank: int = shown("Its place among the pins of this text.")
    article: Article | None = loaded(
        _pinned, "The article; null where your token may not read it.", "article_id"
    )


@strawberry.type(description="What editors have set for search.")
class SearchTuning:
    """Shows a `Tuned`."""

    synonyms: list[SynonymSet] = shown("The sets of synonyms, the oldest first.")
    pins: list[SearchPin] = shown("The pins, by their text and rank.")

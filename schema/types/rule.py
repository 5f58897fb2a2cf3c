"""Rules of search: what editors have set, and what a search shows of it."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import Parent

from hub.reads import search_tuning
from schema import ids
from schema.types.enums import ArticleKind, SearchRuleMatch
from schema.types.fields import field, id_field, resolved
from search_index import query


@strawberry.type(description="A message of editors above the hits of a search.")
class SearchBanner:
    """Resolved from a `search_index.rules.Banner`, or from one of a `RuleRow`."""

    title: str = field("Its title.")
    text: str = field("Its text, without markup; may be empty.")
    url: str | None = field("Where it leads: an address, or a path of your site.")


@strawberry.type(description="Which articles a rule is about: any value of a field, every field.")
class SearchSelection:
    """Resolved from a `hub.reads.search_tuning.Selection`."""

    topics: list[str] = field("Slugs of topics; a topic stands for those below it too.")
    kinds: list[ArticleKind] = field("Kinds of article.")
    languages: list[str] = field("Language tags.")
    newer_than_days: int | None = field("Published within so many days.")
    older_than_days: int | None = field("Published before so many days.")


@strawberry.type(description="A factor of the scores of some articles.")
class SearchBoost:
    """Resolved from a `hub.reads.search_tuning.Boost`."""

    factor: float = field("Above 1 it raises them, below 1 it lowers them.")
    selection: SearchSelection = field("The articles.")


def _match(parent: Parent[search_tuning.RuleRow]) -> SearchRuleMatch:
    return SearchRuleMatch(parent.match)


@strawberry.type(description="A rule of search: when it applies, and what then.")
class SearchRule:
    """Resolved from a `hub.reads.search_tuning.RuleRow`."""

    id: strawberry.ID = id_field(ids.RULE, "Names this rule, for `setSearchRule`.")
    name: str = field("What editors call it; the `text` of explanations.")
    is_enabled: bool = field("Whether it applies at all.")
    match: SearchRuleMatch = resolved(_match, "How its texts are compared.")
    texts: list[str] = field("It applies to searches for one of these; to any if there are none.")
    language: str | None = field("It applies to searches that are filtered by this language.")
    topic: str | None = field("It applies to searches that are filtered by this topic: its slug.")
    starts_at: datetime | None = field("It applies from this moment on.")
    ends_at: datetime | None = field("It applies until before this moment.")
    banner: SearchBanner | None = field("A message above the hits.")
    redirect: str | None = field("Where a search leads in place of its hits.")
    boosts: list[SearchBoost] = field("Which articles it raises or lowers.")
    filter: SearchSelection | None = field("The only articles that are hits.")


@strawberry.type(description="A word that is left out of searches with other words.")
class StopWord:
    """Resolved from a `hub.reads.search_tuning.StopWordRow`."""

    word: str = field("The word.")
    language: str | None = field("The language that it is a stop word of; null for all.")


def _filter(parent: Parent[query.Understood]) -> query.Understood | None:
    return None if parent.newest else parent


@strawberry.type(description="A time that a search may be narrowed to, as `filter` takes it.")
class PublicationPeriod:
    """Resolved from a `search_index.query.Understood`."""

    published_from: datetime | None = field("Published at this moment or later.")
    published_to: datetime | None = field("Published before this moment.")


@strawberry.type(description="Words of a search that mean a time.")
class UnderstoodWords:
    """Resolved from a `search_index.query.Understood`."""

    text: str = field("The words as they were typed.")
    filter: PublicationPeriod | None = resolved(
        _filter, "The filter that they suggest; null where they ask for the latest."
    )
    newest: bool = field("Whether they ask for the latest articles: for the order by `NEWEST`.")

"""Rules of editors: what a search of some texts, languages or topics answers, and in which order.

Plain frozen values, shared by the hub's services, the engines and their callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

MAX_FACTOR = 100.0
"""The factor by which all rules together raise a score, at most."""

MAX_BOOSTS = 20
"""Boosts that are applied to one search, at most, those of the oldest rules."""

MAX_FILTERS = 20
"""Different filters of rules that are applied to one search, at most, those of the oldest rules."""

MAX_BANNERS = 20
"""Different banners that one search shows, at most, those of the oldest rules."""


class RuleMatch(Enum):
    """The way in which the texts of a rule are compared with that of a search, word by word.

    EXACT: they are all of it. CONTAINS: they stand in it, one after the other. PATTERN: as EXACT,
    where `*` alone stands for any words, or none, and `flight*` for words that begin so.
    """

    EXACT = "EXACT"
    CONTAINS = "CONTAINS"
    PATTERN = "PATTERN"


@dataclass(frozen=True, slots=True)
class Selection:
    """Chooses articles: any value within a field, every field that names one.

    `topics` are slugs, a topic stands for those below it. `newer_than_days` and `older_than_days`
    compare days of publication, in UTC, with today.
    """

    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    newer_than_days: int | None = None
    older_than_days: int | None = None


@dataclass(frozen=True, slots=True)
class Boost:
    """Multiplies the scores of some articles: a `factor` above 1 raises them, one below lowers."""

    selection: Selection
    factor: float


@dataclass(frozen=True, slots=True)
class Banner:
    """A message of the editors above the hits; `url` is where it leads, if it does."""

    title: str
    text: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a search answers if all conditions hold: its text, its filter, and the time.

    Without `texts`, any text. `language` and `topic`: the search is filtered by them. It applies
    from `starts_at` until before `ends_at`.
    """

    id: int
    name: str
    match: RuleMatch = RuleMatch.EXACT
    texts: tuple[str, ...] = ()
    language: str | None = None
    topic: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    banner: Banner | None = None
    redirect: str | None = None
    boosts: tuple[Boost, ...] = ()
    filter: Selection | None = None


@dataclass(frozen=True, slots=True)
class AppliedRules:
    """The rules that apply to a search: their ids, banners, and the redirect of the first with one.

    `public_ids` are those that everybody may know: the answer shows their banner or redirect.
    """

    ids: tuple[int, ...] = ()
    public_ids: tuple[int, ...] = ()
    banners: tuple[Banner, ...] = ()
    redirect: str | None = None


NO_RULES = AppliedRules()

"""Rules that apply to a search, and what they make of it: conditions of hits, and boosts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

from search_index.explanations import ScoreKind, ScorePart
from search_index.fields import NumberField, NumberRange
from search_index.interpretation.calendar import midnight
from search_index.interpretation.phrases import RuleTexts
from search_index.query import Condition, FacetField, Filter, Tuning
from search_index.rules import (
    MAX_BANNERS,
    MAX_BOOSTS,
    MAX_FACTOR,
    MAX_FILTERS,
    NO_RULES,
    AppliedRules,
    Rule,
    Selection,
)
from search_index.text.document_terms import to_microseconds

Conditions = tuple[tuple[Condition | NumberRange, ...], ...]


@dataclass(frozen=True, slots=True)
class Lean:
    """Multiplies the score of the documents that meet all groups of conditions by `factor`.

    `kind` and `text` name it in explanations.
    """

    conditions: Conditions
    factor: float
    kind: ScoreKind
    text: str


def explain_leans(
    leans: Iterable[Lean], score: float, *, has_words: bool
) -> tuple[float, tuple[ScorePart, ...]]:
    """Return the score before the leans of a document, and the parts that they added to it.

    Without words the score before them is 1, which is a part of its own.
    """
    leans = list(leans)
    product = math.prod(lean.factor for lean in leans)
    base = score / min(product, MAX_FACTOR) if has_words else 1.0
    parts = [] if has_words else [ScorePart(ScoreKind.RULE, base)]
    running = base
    for lean in leans:
        raised = min(running * lean.factor, base * MAX_FACTOR)
        parts.append(ScorePart(lean.kind, raised - running, text=lean.text, weight=lean.factor))
        running = raised
    return base, tuple(parts)


@dataclass(frozen=True, slots=True)
class RuleEffects:
    """What the rules of a tuning do with one search; they may be others from `expires_at` on."""

    applied: AppliedRules = NO_RULES
    leans: tuple[Lean, ...] = ()
    conditions: Conditions = ()
    expires_at: datetime | None = None


NOTHING = RuleEffects()


@lru_cache(maxsize=8)
def _texts(tuning: Tuning) -> RuleTexts:
    return RuleTexts(tuning.rules)


def apply_rules(tuning: Tuning, text: str, filter_: Filter, now: datetime) -> RuleEffects:
    """Return the effects of the rules that apply; O(words), and a step for each of these."""
    if not tuning.rules:
        return NOTHING
    candidates = [rule for rule in _texts(tuning).matching(text) if _is_filtered_for(rule, filter_)]
    rules = [rule for rule in candidates if _is_active(rule, now)]
    leans = (
        Lean(conditions(boost.selection, now), boost.factor, ScoreKind.RULE, rule.name)
        for rule in rules
        for boost in rule.boosts
    )
    filters = islice(dict.fromkeys(rule.filter for rule in rules if rule.filter), MAX_FILTERS)
    banners = list(dict.fromkeys(rule.banner for rule in rules if rule.banner))[:MAX_BANNERS]
    return RuleEffects(
        AppliedRules(
            ids=tuple(rule.id for rule in rules),
            public_ids=tuple(rule.id for rule in rules if rule.redirect or rule.banner in banners),
            banners=tuple(banners),
            redirect=next((rule.redirect for rule in rules if rule.redirect), None),
        ),
        tuple(islice(leans, MAX_BOOSTS)),
        tuple(group for chosen in filters for group in conditions(chosen, now)),
        min(_changes(candidates, now), default=None),
    )


def _is_active(rule: Rule, now: datetime) -> bool:
    has_begun = rule.starts_at is None or rule.starts_at <= now
    return has_begun and (rule.ends_at is None or now < rule.ends_at)


def _changes(rules: Iterable[Rule], now: datetime) -> Iterator[datetime]:
    """Yield the moments at which rules begin, end, or choose other days."""
    tomorrow = midnight(now) + timedelta(days=1)
    for rule in rules:
        yield from (at for at in (rule.starts_at, rule.ends_at) if at is not None and at > now)
        selections = [*(boost.selection for boost in rule.boosts), rule.filter or Selection()]
        if any(choice.newer_than_days or choice.older_than_days for choice in selections):
            yield tomorrow


def _is_filtered_for(rule: Rule, filter_: Filter) -> bool:
    return (rule.language is None or rule.language in filtered_languages(filter_)) and (
        rule.topic is None or rule.topic in filter_.topics | _values(filter_, FacetField.TOPIC)
    )


def filtered_languages(filter_: Filter) -> frozenset[str]:
    """Return the languages that a search is filtered by, by its field or by its conditions."""
    return filter_.languages | _values(filter_, FacetField.LANGUAGE)


def _values(filter_: Filter, field: FacetField) -> frozenset[str]:
    return frozenset(
        value
        for group in filter_.conditions
        if all(_is_of(condition, field) for condition in group)
        for condition in group
        if isinstance(condition, Condition)
        for value in condition.values
    )


def _is_of(condition: Condition | NumberRange, field: FacetField) -> bool:
    return isinstance(condition, Condition) and condition.field is field and not condition.negated


def conditions(selection: Selection, now: datetime) -> Conditions:
    """Return the conditions of the documents that a selection chooses."""
    fields = (
        (FacetField.TOPIC, selection.topics),
        (FacetField.KIND, selection.kinds),
        (FacetField.LANGUAGE, selection.languages),
    )
    groups: list[tuple[Condition | NumberRange, ...]] = [
        (Condition(field, frozenset(values)),) for field, values in fields if values
    ]
    today = midnight(now)
    if selection.newer_than_days is not None:
        low = to_microseconds(today - timedelta(days=selection.newer_than_days))
        groups.append((NumberRange(NumberField.PUBLISHED, low=low),))
    if selection.older_than_days is not None:
        high = to_microseconds(today - timedelta(days=selection.older_than_days)) - 1
        groups.append((NumberRange(NumberField.PUBLISHED, high=high),))
    return tuple(groups)

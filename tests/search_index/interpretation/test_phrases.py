"""The texts of rules: which of them match a search, and in how many steps."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.interpretation.phrases import MAX_WORDS, RuleTexts
from search_index.interpretation.rules import apply_rules
from search_index.query import Filter, Tuning
from search_index.rules import (
    MAX_BANNERS,
    MAX_BOOSTS,
    MAX_FILTERS,
    Banner,
    Boost,
    Rule,
    RuleMatch,
    Selection,
)

NUMBERS = " ".join(f"w{number}" for number in range(MAX_WORDS))
words = st.lists(st.sampled_from(["a", "b", "ab", "ba"]), max_size=7)
patterns = st.lists(
    st.lists(st.sampled_from(["a", "b", "ab", "a*", "ab*", "*"]), min_size=1, max_size=6).filter(
        lambda pattern: pattern != ["*"] * len(pattern)
    ),
    max_size=12,
)


def _matching(rules: list[Rule], text: str) -> set[int]:
    return {rule.id for rule in RuleTexts(rules).matching(text)}


def _as_regex(pattern: list[str]) -> str:
    """A regular expression of a pattern, for words that each have a space after them."""
    parts = ("(?:[ab]+ )*" if word == "*" else word.replace("*", "[ab]*") + " " for word in pattern)
    return "".join(parts)


@given(patterns, words)
def test_patterns_and_contained_words_match_what_regular_expressions_do(
    texts: list[list[str]], typed: list[str]
) -> None:
    searched = "".join(f"{word} " for word in typed)
    for match in (RuleMatch.PATTERN, RuleMatch.CONTAINS):
        if match is RuleMatch.CONTAINS:
            texts = [[word.rstrip("*") or "b" for word in text] for text in texts]
        rules = [Rule(at, "", match, (" ".join(text),)) for at, text in enumerate(texts)]
        around = ["*"] if match is RuleMatch.CONTAINS else []
        assert _matching(rules, searched) == {
            at
            for at, text in enumerate(texts)
            if re.fullmatch(_as_regex([*around, *text, *around]), searched)
        }


def _steps(call: Callable[[], object]) -> int:
    """Count the calls and returns of functions, of Python and of C."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        call()
    finally:
        sys.setprofile(before)
    return steps


@pytest.mark.parametrize(
    ("match", "text", "rule"),
    [
        (RuleMatch.PATTERN, NUMBERS, lambda at: f"{NUMBERS[: 100 + at % 50]} * x{at}*"),
        (RuleMatch.PATTERN, NUMBERS, lambda at: " * ".join(NUMBERS.split()[at % 20 :][:25])),
        (RuleMatch.PATTERN, "a " * MAX_WORDS, lambda at: "* a " * 40 + f"x{at}*"),
        (RuleMatch.PATTERN, NUMBERS, lambda at: " ".join(["w*"] * 40) + f" x{at}*"),
        (RuleMatch.CONTAINS, "a " * MAX_WORDS, lambda at: "a " * (at % 40 + 1) + f"x{at}"),
    ],
)
def test_a_search_takes_few_steps_whatever_the_texts_are(
    match: RuleMatch, text: str, rule: Callable[[int], str]
) -> None:
    texts = [rule(at) for at in range(1_000)]
    rules = [Rule(at, "", match, tuple(texts[at : at + 50])) for at in range(0, 1_000, 50)]
    compared = RuleTexts(rules)
    assert _steps(lambda: list(compared.matching(text))) < 10_000


def test_of_many_rules_for_one_search_the_oldest_count() -> None:
    rules = [
        Rule(
            number,
            "",
            banner=Banner(str(number)),
            boosts=(Boost(Selection(kinds=("PAGE",)), 2),) * 10,
            filter=Selection(newer_than_days=number),
        )
        for number in range(1, 501)
    ]
    effects = apply_rules(
        Tuning(rules=tuple(rules)), "x", Filter(), datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert len(effects.applied.ids) == 500
    assert [banner.title for banner in effects.applied.banners] == [
        str(number) for number in range(1, MAX_BANNERS + 1)
    ]
    assert effects.applied.public_ids == tuple(range(1, MAX_BANNERS + 1))
    assert (len(effects.leans), len(effects.conditions)) == (MAX_BOOSTS, MAX_FILTERS)

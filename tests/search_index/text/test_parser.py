"""The query parser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.fields import TextField
from search_index.query import MAX_TEXT, MAX_WORDS
from search_index.text.parser import Clause, Phrase, parse


def _words(clause: Clause) -> list[tuple[str, ...]]:
    return [piece.words for piece in clause.phrases]


@pytest.mark.parametrize(
    ("typed", "clauses", "excluded"),
    [
        ("", [], []),
        ("  !? ", [], []),
        ("Two WORDS", [[("two",)], [("words",)]], []),
        ('"two words" three', [[("two", "words")], [("three",)]], []),
        ('one -two -"three four"', [[("one",)]], [("two",), ("three", "four")]),
        ("a OR b OR c d", [[("a",), ("b",), ("c",)], [("d",)]], []),
        ("OR a OR", [[("a",)]], []),
        ("OR", [[("or",)]], []),
        ("AND", [[("and",)]], []),
        ("NOT", [[("not",)]], []),
        ("bread NOT cheese", [[("bread",)]], [("cheese",)]),
        ('bread NOT "blue cheese" x', [[("bread",)], [("x",)]], [("blue", "cheese")]),
        ("bread AND cheese", [[("bread",)], [("cheese",)]], []),
        ("bread AND", [[("bread",)]], []),
        ("CATS AND DOGS", [[("cats",)], [("and",)], [("dogs",)]], []),
        ("NASA NOT ESA", [[("nasa",)], [("not",)], [("esa",)]], []),
        ("bread and not cheese", [[("bread",)], [("and",)], [("not",)], [("cheese",)]], []),
        ("bread - ", [[("bread",)]], []),
        ('a OR "b c"', [[("a",), ("b", "c")]], []),
        ("word word", [[("word",)]], []),
        ("-", [], []),
        ('"', [], []),
        ("title:", [[("title",)]], []),
        ("a--b", [[("a",)], [("b",)]], []),
        ("北京大学", [[("北京",)], [("京大",)], [("大学",)]], []),
        ('"北京大学"', [[("北京", "京大", "大学")]], []),
    ],
)
def test_clauses(
    typed: str, clauses: list[list[tuple[str, ...]]], excluded: list[tuple[str, ...]]
) -> None:
    parsed = parse(typed)
    assert [_words(clause) for clause in parsed.clauses] == clauses
    assert [piece.words for piece in parsed.excluded] == excluded


def test_fields_and_phrases_are_required_and_loose_words_are_not() -> None:
    clauses = parse('bread title:oven AUTHOR:"ann lee" "fresh rolls"').clauses
    assert [clause.required for clause in clauses] == [False, True, True, True]
    assert [clause.phrases[0].field for clause in clauses] == [
        None,
        TextField.TITLE,
        TextField.AUTHOR,
        None,
    ]


def test_what_stands_around_and_is_required() -> None:
    assert [clause.required for clause in parse("rye bread AND cheese x").clauses] == [
        False,
        True,
        True,
        False,
    ]


def test_without_operators_a_minus_means_nothing() -> None:
    parsed = parse("-Rock im Park OR -Rock", operators=False)
    assert not parsed.excluded
    assert [words for clause in parsed.clauses for words in _words(clause)] == [
        ("rock",),
        ("im",),
        ("park",),
        ("or",),
    ]


def test_a_word_knows_its_place_and_how_often_it_was_typed() -> None:
    clause, _ = parse("Bread and bread").clauses
    assert clause == Clause((Phrase(("bread",), (0,), 0, 5),), count=2)


@pytest.mark.parametrize(
    ("_case", "typed", "prefix"),
    [
        ("while it is typed", "fresh bre", True),
        ("after a space", "fresh bre ", False),
        ("in a quote that is open", '"fresh bre', True),
        ("in a closed quote", '"fresh bre"', False),
        ("in a field", "title:bre", True),
        ("excluded", "fresh -bre", False),
    ],
)
def test_only_a_last_word_in_the_making_is_a_beginning(
    _case: str, typed: str, prefix: bool
) -> None:
    phrases = [
        phrase for clause in parse(typed, prefix_last=True).clauses for phrase in clause.phrases
    ]
    assert [piece.prefix for piece in phrases[:-1]] == [False] * (len(phrases) - 1)
    assert phrases[-1].prefix is prefix


def test_the_limits_hold_at_both_ends() -> None:
    many = [str(number) for number in range(MAX_WORDS + 1)]
    assert len(parse(" ".join(many[:-1])).clauses) == MAX_WORDS
    assert len(parse(" ".join(many)).clauses) == MAX_WORDS
    assert len(parse('"' + " ".join(many) + '"').clauses[0].phrases[0].words) == MAX_WORDS
    assert parse("x" * (MAX_TEXT - 1) + " y z").clauses[-1].phrases[0].words != ("z",)


@given(st.text(max_size=80), st.booleans())
def test_no_text_is_an_error_and_pieces_lie_within_it(text: str, prefix_last: bool) -> None:
    parsed = parse(text, prefix_last=prefix_last)
    for phrase in [item for clause in parsed.clauses for item in clause.phrases] + list(
        parsed.excluded
    ):
        assert 0 <= phrase.start < phrase.end <= len(text)
        assert len(phrase.words) == len(phrase.offsets)
        assert all(phrase.words)

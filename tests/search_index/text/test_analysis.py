"""Text to terms."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_index.text import analysis, folding, stemming


def test_runs_become_characters_and_pairs_at_one_position() -> None:
    analyze = stemming.analyzer("en")
    assert list(analysis.index_terms("新 phones手机", analyze)) == [
        ("新", "新", 0),
        ("phones", "phone\x04en", 1),
        ("手", "手", 2),
        ("手机", "手机", 2),
        ("机", "机", 3),
    ]


def test_the_words_of_a_query_are_at_the_positions_of_the_text() -> None:
    text = "我在 北京大学 to study 中文"
    terms = {
        (term, position) for _, term, position in analysis.index_terms(text, stemming.analyzer(""))
    }
    assert {(word, position) for word, _, _, position in analysis.query_words(text)} <= terms


@given(st.text(max_size=60))
def test_words_lie_within_the_text_in_order(text: str) -> None:
    words = list(analysis.query_words(text))
    starts = [start for _, start, _, _ in words]
    assert starts == sorted(starts)
    assert all(0 <= start < end <= len(text) for _, start, end, _ in words)


def test_a_word_without_end_is_known_by_its_beginning() -> None:
    (word, *_) = next(analysis.query_words("x" * 100_000))
    assert word == "x" * folding.MAX_WORD


@example("\u0591E", "e")
@example("0❶", "a")
@example("0\u102b", "a")
@example("0\u102b\u1000", "a")
@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("abeéßxXØ1_ .-'’\u0301\u093fकि北京カ한ﬁж\n"),
            st.characters(max_codepoint=0x2FFF),
        ),
        max_size=30,
    ),
    st.sampled_from(["a", "e", "x", "北", "1", "ж", "o"]),
)
def test_words_that_may_start_with_a_letter_are_all_looked_at(text: str, letter: str) -> None:
    looked_at = [match.span() for match in analysis.candidate_words(text, frozenset(letter), "en")]
    words = [match.span() for match in analysis.WORD.finditer(text)]
    assert [span for span in looked_at if span not in words] == []
    analyze = stemming.analyzer("en")
    for match in analysis.WORD.finditer(text):
        word = folding.fold_word(match.group())
        if word.startswith(letter) or any(
            term.startswith(letter) for term in analyze(match.group())
        ):
            assert match.span() in looked_at


@pytest.mark.parametrize("language", sorted(stemming.STEMMERS))
def test_what_a_word_stems_to_is_looked_at_in_every_language(language: str) -> None:
    analyze = stemming.analyzer(language)
    words = {"geweest", "gezien", "dying", "lying", "skies", "yksi", "ytre", "undone"}
    for word in stemming.stop_words(language) | words:
        letters = frozenset(term[0] for term in analyze(word))
        looked_at = analysis.candidate_words(word, letters, language)
        expected = [match.group() for match in analysis.WORD.finditer(word)]
        assert [match.group() for match in looked_at] == expected

"""Text to terms."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_index.text import analysis


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÉTÉ", "ete"),
        ("Ærøskøbing", "aeroskobing"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
        ("Ёлка", "елка"),
        ("Йод", "йод"),
        ("İstanbul", "istanbul"),
        ("ΑΛΦΆ", "αλφα"),
        ("한국", "한국"),
        ("مَدرَسة", "مدرسة"),
        ("Ｗｉｄｅ", "wide"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert analysis.fold(text) == folded


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert analysis.fold(analysis.fold(text)) == analysis.fold(text)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ("negotiation", "negotiations", "negotiated")),
        ("pt", ("eleicao", "eleicoes")),
        ("pt", ("negociacao", "negociacoes")),
        ("ca", ("eleccio", "eleccions")),
        ("fr", ("national", "nationaux", "nationale")),
        ("xx", ("same",)),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, forms: tuple[str, ...]) -> None:
    assert len({analysis.stemmer(language)(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("EN-gb", "en"), ("pt_BR", "pt"), ("nn", "no"), ("zh", ""), ("", ""), ("-", "")],
)
def test_the_language_of_a_tag(tag: str, language: str) -> None:
    assert analysis.language_of(tag) == language


def test_runs_become_characters_and_pairs_at_one_position() -> None:
    stem = analysis.stemmer("en")
    assert list(analysis.index_terms("新 iPhones手机", stem)) == [
        ("新", "新", 0),
        ("iphones", "iphon", 1),
        ("手", "手", 2),
        ("手机", "手机", 2),
        ("机", "机", 3),
    ]


def test_the_words_of_a_query_are_at_the_positions_of_the_text() -> None:
    text = "我在 北京大学 to study 中文"
    terms = {
        (term, position) for _, term, position in analysis.index_terms(text, lambda word: word)
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
    assert word == "x" * analysis.MAX_WORD


@example("\u0591E", "e")
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
    stem = analysis.stemmer("en")
    for match in analysis.WORD.finditer(text):
        word = analysis.fold_word(match.group())
        if word.startswith(letter) or stem(word).startswith(letter):
            assert match.span() in looked_at


@pytest.mark.parametrize("language", sorted(analysis.STEMMERS))
def test_what_a_word_stems_to_is_looked_at_in_every_language(language: str) -> None:
    stem = analysis.stemmer(language)
    words = {"geweest", "gezien", "dying", "lying", "skies", "yksi", "ytre", "undone"}
    for word in analysis.stop_words(language) | words:
        letters = frozenset(stem(word)[:1])
        looked_at = analysis.candidate_words(word, letters, language)
        expected = [match.group() for match in analysis.WORD.finditer(word)]
        assert [match.group() for match in looked_at] == expected

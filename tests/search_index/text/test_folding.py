"""Folding: what is left out when typing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.text import folding


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
        ("مَدرَسة", "مدرسه"),
        ("Ｗｉｄｅ", "wide"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert folding.fold(text) == folded


@pytest.mark.parametrize(
    ("_case", "one", "other"),
    [
        ("alef with hamza", "أين", "اين"),
        ("alef with madda", "آخر", "اخر"),
        ("teh marbuta", "مدينة", "مدينه"),
        ("alef maksura", "على", "علي"),
        ("tatweel", "كتـــاب", "كتاب"),
        ("Persian letters", "ایران کجا", "ايران كجا"),
        ("Hebrew points", "שָׁלוֹם", "שלום"),
        ("Hebrew final letters", "שלום", "שלומ"),
        ("Devanagari nasal signs", "हिन्दी", "हिंदी"),
        ("Devanagari nukta", "लड़का", "लडका"),
        ("traditional Chinese", "臺灣圖書館", "台湾图书馆"),
        ("traditional Chinese, one character", "國", "国"),
        ("kana", "スシ", "すし"),
        ("half-width kana", "ｽｼ", "すし"),
    ],
)
def test_variants_of_writing_fold_to_one(_case: str, one: str, other: str) -> None:
    assert folding.fold(one) == folding.fold(other)


@given(st.text(max_size=30) | st.text(st.characters(min_codepoint=0x600, max_codepoint=0x9FFF)))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folding.fold(folding.fold(text)) == folding.fold(text)

"""Stems, and the language that a term carries."""

from __future__ import annotations

import pytest
import Stemmer

from search_index.text import stemming


def test_every_stemmer_of_the_library_is_used() -> None:
    older_variants = {"porter", "dutch_porter"}
    assert set(stemming.STEMMERS.values()) == set(Stemmer.algorithms()) - older_variants


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ("negotiation", "negotiations", "negotiated")),
        ("pt", ("eleicao", "eleicoes")),
        ("pt", ("negociacao", "negociacoes")),
        ("pt", ("pão", "pães", "paes")),
        ("pt", ("mão", "mãos", "maos")),
        ("pt", ("animal", "animais")),
        ("pt", ("homem", "homens")),
        ("ca", ("eleccio", "eleccions")),
        ("es", ("año", "años", "anos")),
        ("es", ("luz", "luces")),
        ("es", ("mes", "meses")),
        ("es", ("país", "países")),
        ("fr", ("national", "nationaux", "nationale")),
        ("pl", ("dom", "domy", "domów")),
        ("pl", ("książka", "książki", "ksiazki")),
        ("cs", ("kniha", "knihy", "knih")),
        ("cs", ("žena", "ženy", "zeny")),
        ("tr", ("kitap", "kitapları", "kitaplar")),
        ("hu", ("ház", "házak", "házakban")),
        ("lt", ("namas", "namai", "namų")),
        ("ar", ("كتاب", "الكتاب")),
        ("ar", ("مدرسة", "المدرسة")),
        ("he", ("בית", "הבית", "בבית")),
        ("he", ("ספר", "הספר", "ספרים")),
        ("hi", ("किताब", "किताबें")),
        ("hi", ("लड़का", "लड़के")),
        ("id", ("baca", "membaca")),
        ("sr", ("knjiga", "књиге")),
        ("fi", ("talo", "talossa")),
        ("xx", ("same",)),
    ],
)
def test_the_forms_of_a_word_have_a_term_in_common(language: str, forms: tuple[str, ...]) -> None:
    analyze = stemming.analyzer(language)
    assert set.intersection(*(set(analyze(form)) for form in forms))


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("EN-gb", "en"),
        ("pt_BR", "pt"),
        ("nn", "no"),
        ("hr", "sr"),
        ("iw", "he"),
        ("zh", ""),
        ("", ""),
        ("-", ""),
    ],
)
def test_the_language_of_a_tag(tag: str, language: str) -> None:
    assert stemming.language_of(tag) == language


def test_a_term_carries_its_language_and_a_number_none() -> None:
    assert stemming.analyzer("en")("News") == ("news\x04en",)
    assert stemming.analyzer("fr")("news") == ("new\x04fr",)
    assert stemming.analyzer("fr")("2025") == stemming.analyzer("en")("2025") == ("2025",)
    assert stemming.analyzer("")("News") == ("news",)
    assert [stemming.plain_term(term) for term in ("new\x04fr", "2025")] == ["new", "2025"]

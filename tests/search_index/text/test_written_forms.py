"""Words with signs in them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_index.text import analysis, stemming
from search_index.text.written_forms import MAX_LENGTH, find_forms


@pytest.mark.parametrize(
    ("text", "wholes"),
    [
        ("C++ and C#, F#", ["c++", "c#", "f#"]),
        ("Notepad++ (A+)", ["notepad++", "a+"]),
        ("The .NET way of ASP.NET", [".net", "asp.net"]),
        ("Node.js and vue.js.", ["node.js", "vue.js"]),
        ("R&D, AT&T, A/B, TCP/IP, 24/7", ["r&d", "at&t", "a/b", "tcp/ip", "24/7"]),
        ("3.5 3,5 10:30", ["3.5", "3.5", "10:30"]),
        (
            "1,000 1'000 12,345,678 1,234.5 1.234,5",
            ["1000", "1000", "12345678", "1234.5", "1234.5"],
        ),
        ("v2.1.0 and 2.10.0", ["2.1.0", "2.10.0"]),
        ("€5, 5 €, 5€, $10", ["€5", "€5", "€5", "$10"]),
        ("30 % or 30%", ["%30", "%30"]),
        ("§12 and § 12", ["§12", "§12"]),
        ("case C-136/14 on 2024-10-12", ["c-136/14", "2024-10-12"]),
        ("The U.S. and U.S.A., e.g. U.K", ["us", "usa", "eg", "uk"]),
        ("A Ph.D. and a B.Sc.", ["phd", "bsc"]),
        ("@name and #tag", ["@name", "#tag"]),
        ("Обʼєднання об'єднання об’єднання", ["обєднання"] * 3),
        ("O'Brien, O’Brien, rock'n'roll", ["obrien", "obrien", "rocknroll"]),
        ("don't", ["dont"]),
        ("l'arbre qu'il dell'arte Ann's they're 'quoted' words'", []),
        ("well-known end. Then a/ b & c", []),
        ("PowerPoint", ["powerpoint"]),
        ("NASA Town US2 plain 北B", []),
        ("x" * (MAX_LENGTH + 1) + "++", []),
    ],
)
def test_words_with_signs(text: str, wholes: list[str]) -> None:
    assert [form.wholes[0] for form in find_forms(text)] == wholes


def test_a_point_may_separate_thousands_and_a_hyphen_may_be_left_out() -> None:
    assert [form.wholes for form in find_forms("1.000 Covid-19")] == [
        ("1.000", "1000"),
        ("covid-19", "covid19"),
    ]


@given(st.text(alphabet="aBé1.,:-/&+#@€%' ’ʼ\u00ad🎉北\n", max_size=30))
def test_forms_lie_within_the_text_in_order(text: str) -> None:
    end = 0
    for form in find_forms(text):
        assert end <= form.start < form.end <= len(text)
        assert all(form.wholes)
        end = form.end


@example("北北")
@example("éB\u00ad1")
@given(st.text(alphabet="aBé1.,:-/&+#@€%' ’ʼ\u00ad🎉北\n", max_size=30))
def test_the_wholes_of_a_query_are_at_the_positions_of_the_text(text: str) -> None:
    terms = {(word, at) for word, _, at in analysis.index_terms(text, stemming.analyzer(""))}
    positions = [at for *_, at in analysis.index_terms(text, stemming.analyzer(""))]
    words = list(analysis.whole_words(text))
    assert {(word.word, word.position) for word in words} <= terms
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    plain = [
        at + (end - start - 1 if analysis.is_run(text[start:end]) else 0)
        for _, start, end, at in analysis.query_words(text)
    ]
    assert positions[-1:] == plain[-1:]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C++ for beginners", ("c++", "for", "beginners")),
        ("🎉 Party time", ("party", "time")),
        ("🎉", ("🎉",)),
        ("The U.S.A. agree", ("the", "usa", "agree")),
        ("", ()),
    ],
)
def test_a_title_is_equal_by_its_wholes(text: str, words: tuple[str, ...]) -> None:
    assert analysis.exact_words(text) == words

"""Reasons for similarity are words that tell a reader something."""

from __future__ import annotations

import pytest

from search_index.rewriting import similar_terms
from search_index.rewriting.similar_terms import TermWeight, reasons

TEXTS = {"title": "The EU on 東京都知事選挙", "body": "A td of rye, 東京 again, and 知事 too."}


@pytest.mark.parametrize(
    ("common", "told"),
    [
        (["ferry", "", "rye", "harbour", "rope"], ("ferry", "rye", "harbour")),
        (["td", "eu", "rye"], ("eu", "rye")),  # EU stands in capitals, td nowhere
        (["東", "京都", "rye", "東京", "都知"], ("東京都知", "rye")),
        (["知事", "選挙", "京都"], ("知事", "選挙", "京都")),  # what joins them is not in common
        (["", "td"], ("td",)),  # better than nothing
        ([], ()),
    ],
)
def test_reasons_are_words_of_readers(common: list[str], told: tuple[str, ...]) -> None:
    assert reasons(common, TEXTS) == told


@pytest.mark.parametrize(("documents", "limit"), [(100, 20), (10_000, 500)])
def test_what_many_articles_say_is_no_reason(documents: int, limit: int) -> None:
    weights = {"rare": TermWeight(1, "rare"), "went": TermWeight(1, "went")}
    counts = {"rare": limit, "went": limit + 1}
    words = [word for _, word in similar_terms.interesting_terms(weights, counts, documents)]
    assert words == ["rare", ""]

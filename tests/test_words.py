"""Names and docstrings use the words of the field: see `tests.support.words`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.words import bound_names, count, is_private

PACKAGES = ("hub", "schema", "search_index", "scripts")
MAX_PRIVATE = 0.005
MAX_QUESTIONS = 0.02


@pytest.mark.parametrize("package", PACKAGES)
def test_names_are_words_of_the_field(package: str) -> None:
    counted = count([ROOT / package])
    places = [f"{place.file}:{place.line}: {place.text}" for place in counted.private]
    assert len(places) < MAX_PRIVATE * counted.names, "\n".join(places)


@pytest.mark.parametrize("package", PACKAGES)
def test_docstrings_open_with_a_verb_or_a_noun(package: str) -> None:
    counted = count([ROOT / package])
    places = [f"{place.file}:{place.line}: {place.text}" for place in counted.questions]
    assert len(places) < MAX_QUESTIONS * counted.docstrings, "\n".join(places)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("found", True),
        ("found_ids", True),
        ("_asked", True),
        ("WhoAsks", True),
        ("results", False),
        ("foundation", False),
        ("seen_version", False),
    ],
)
def test_a_private_word_counts_as_any_part_of_a_name(name: str, expected: bool) -> None:
    assert is_private(name) is expected


def test_every_kind_of_binding_counts(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "import x as found\n"
        "class Told: pass\n"
        "def given(asked, *, known, **kept): pass\n"
        "for one in x: seen = one\n"
        "[each for each in x]\n"
        "self.gone = 1\n"
        "try: pass\nexcept E as left: pass\n",
        encoding="utf-8",
    )
    names = {name for _, name in bound_names(ast.parse(file.read_text(encoding="utf-8")))}
    assert len(names) == 11, names
    assert len(count([tmp_path]).private) == len(names)

"""Files of judgements: what people and spreadsheets write, and what `append` adds to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_index.evaluation import judgements
from search_index.evaluation.judgements import Judgement


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("heading", ["", "text,slug,grade\n", "\ufeffText,Slug,Grade\r\n"])
def test_files_of_spreadsheets_are_read_and_added_to(
    tmp_path: Path, delimiter: str, heading: str
) -> None:
    file = tmp_path / "judged.csv"
    lines = heading + 'bread,rye,3\n\n"a ""b"" c",x, 0\nbread,rye,2'
    file.write_text(lines.replace(",", delimiter) + "\n", encoding="utf-8")

    judgements.append(file, Judgement("bread; new, hot\tand round", "oven", 1))

    assert judgements.read(file) == {
        "bread": {"rye": 2},
        'a "b" c': {"x": 0},
        "bread; new, hot\tand round": {"oven": 1},
    }


def test_a_new_file_gets_a_heading(tmp_path: Path) -> None:
    file = tmp_path / "judged.csv"
    judgements.append(file, Judgement("tea", "green", 3))
    assert file.read_text() == "text,slug,grade\ntea,green,3\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"tea,green,3\ntea,green\n", "judged.csv:2: expected a text, a slug and a grade"),
        (b"tea,,3\n", "judged.csv:1: expected a text, a slug and a grade"),
        (b"tea,green,4\n", "judged.csv:1: the grade must be a number from 0 to 3"),
        (b"tea,green,good\n", "judged.csv:1: the grade must be"),
        (b"tea,\xff\xfe,1\n", "judged.csv: not CSV in UTF-8"),
        (b'"tea,green,1\n', "judged.csv: not CSV in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "judged.csv"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        judgements.read(file)

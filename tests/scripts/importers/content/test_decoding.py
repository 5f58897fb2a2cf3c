"""The encoding that a file is in, whatever it says; and what a stray byte is."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.importers.content.decoding import decode, detect_file_encoding, is_utf8
from tests.support.importer_inputs import SUFFIXES, a_source, the_draft

WORDS = "“Café” – naïve words, 5 €, and so on for some length of a sentence that is no headline."


@pytest.mark.parametrize("declared", ["UTF-8", "ISO-8859-1", "utf-16", "no-such", "hex"])
@pytest.mark.parametrize(
    "real", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_what_a_file_says_of_itself_need_not_be_true(declared: str, real: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><p>{WORDS}</p>'
    assert decode(text.encode(real)).removeprefix("\ufeff") == text


@pytest.mark.parametrize("encoding", ["shift_jis", "koi8-r", "gb2312", "euc_kr"])
def test_another_script_is_read_as_it_says(encoding: str) -> None:
    words = {"koi8-r": "Новости", "euc_kr": "한국어"}.get(encoding, "日本")
    text = f'<?xml version="1.0" encoding="{encoding}"?><p>{words}</p>'
    assert decode(text.encode(encoding)) == text


def test_another_script_that_says_nothing_is_guessed() -> None:
    text = "Вчера в гавани снова ходил паром, и все были этому рады. " * 20
    assert decode(text.encode("koi8-r")) == text


def test_stray_bytes_among_utf_8_are_windows_1252() -> None:
    mixed = "Überall grüne Äpfel ".encode() + b"\x93caf\xe9\x94 \x81" + " – für alle".encode()
    assert is_utf8(mixed)
    assert decode(mixed) == "Überall grüne Äpfel “café” \ufffd – für alle"
    assert not is_utf8(b"caf\xe9")
    assert not is_utf8(b"plain")


def test_a_byte_that_tells_may_come_late(tmp_path: Path) -> None:
    path = tmp_path / "late.xml"
    opening = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + b" " * 700_000
    path.write_bytes(opening + "é".encode())
    assert detect_file_encoding(path) == "utf-8"
    path.write_bytes(opening + b"\xe9")
    assert detect_file_encoding(path) == "cp1252"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_stray_byte_costs_no_source_the_letters_around_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"file{suffix}"
    reader = a_source(path, WORDS + " Grüße!")
    path.write_bytes(path.read_bytes().replace("ß".encode(), b"\xdf"))
    assert "“Café” – naïve words, 5 €" in the_draft(reader).body.content
    assert "Grüße!" in the_draft(reader).body.content


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_wide_letters_and_byte_order_marks_are_read_by_every_source(
    tmp_path: Path, suffix: str, encoding: str
) -> None:
    path = tmp_path / f"file{suffix}"
    reader = a_source(path, WORDS)
    path.write_bytes(path.read_text().replace("utf-8", encoding).encode(encoding))
    assert WORDS in the_draft(reader).body.content

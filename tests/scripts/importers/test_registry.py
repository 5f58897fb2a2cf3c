"""scripts.importers.registry: a path is known by what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.importers.options import Options
from scripts.importers.registry import open_reader
from scripts.importers.source import SourceError, first_words, public_name
from tests.support.importer_inputs import HEAD, TAIL, an_export, an_item, files


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.xml", HEAD + TAIL, "wordpress"),
        ("no-suffix", "\n\n" + HEAD + TAIL, "wordpress"),
        ("a.md", "Words.", "markdown"),
        ("a.txt", "---\ntitle: T\n---\nWords.", "markdown"),
        (
            "a.txt",
            "TITLE: A\nSTATUS: Draft\n-----\nBODY:\nWords.\n-----\n--------\n",
            "movable-type",
        ),
        ("a.txt", "Words.", "text"),
        ("page", "Words.", "text"),
    ],
)
def test_a_file_is_recognised(tmp_path: Path, name: str, text: str, kind: str) -> None:
    (tmp_path / name).write_text(text)
    assert open_reader(tmp_path / name).kind == kind


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("other.xml", b"<?xml version='1.0'?><x/>", "it is XML or HTML of another kind"),
        ("a.json", b'{"a": 1}', ".json files are not understood"),
        ("a.txt", b"\x00\x01\x02", "it is no text"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(1, 32)) * 9, "it is no text"),
        ("empty.txt", b" \n", "it is empty"),
    ],
)
def test_what_is_not_understood_is_told(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=reason):
        open_reader(tmp_path / name)


def test_folders_are_recognised(tmp_path: Path) -> None:
    assert open_reader(files(tmp_path / "m", a="# A")).kind == "markdown"
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "a.txt").write_text("Words.")
    assert open_reader(tmp_path / "t").kind == "text"
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / "a.html").write_text("---\ntitle: T\n---\n<p>x</p>")
    assert open_reader(tmp_path / "h").kind == "markdown"
    (tmp_path / "w").mkdir()
    an_export(tmp_path / "w", an_item())
    with pytest.raises(SourceError, match=r"there is nothing in it that is understood"):
        open_reader(tmp_path / "w")
    (tmp_path / "n").mkdir()
    with pytest.raises(SourceError, match="nothing in it that is understood"):
        open_reader(tmp_path / "n")
    with pytest.raises(SourceError, match="no such file"):
        open_reader(tmp_path / "nowhere")


def test_a_kind_that_is_named_wins(tmp_path: Path) -> None:
    (tmp_path / "notes.log").write_text("Words.")
    assert open_reader(tmp_path / "notes.log", Options(kind="text", source="s")).source == "s"


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("Rita", "Rita"),
        ("rita@readers.test", "rita"),
        ("Rita <rita@readers.test>", "Rita"),
        ("Rita (rita@readers.test)", "Rita"),
        ("192.0.2.7", ""),
        ("2001:db8::7", ""),
        ("Rita 2.0", "Rita 2.0"),
    ],
)
def test_a_name_that_is_shown_holds_no_address(name: str, public: str) -> None:
    assert public_name(name) == public


def test_opening_words_end_at_a_word() -> None:
    assert first_words("One two, three", 9) == "One two…"
    assert first_words("x" * 20, 9) == "x" * 9 + "…"
    assert first_words("One") == "One"

"""Real files that went through bad disks and worse editors: never a trace, never a record lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.drafts import ArticleDraft
from scripts.importers.options import Options
from scripts.importers.pipeline.open import SourceOpener
from scripts.importers.source import Record, Refusal, SourceError
from tests.support.paths import SHARED

LONGEST = 80_000
FOLDERS = ("wxr", "ghost", "markdown", "feeds", "html", "text", "csv_jsonl")
ENCODINGS = ("utf-16", "utf-8-sig", "cp1252", "utf-32", "shift_jis", "koi8-r")


def samples() -> list[Path]:
    """Some real files of every kind, none of them long."""
    paths: list[Path] = []
    for folder in FOLDERS if SHARED.is_dir() else ():
        files = [file for file in sorted((SHARED / folder).rglob("*")) if file.is_file()]
        short = [file for file in files if 200 < file.stat().st_size < LONGEST]
        paths += short[:: max(1, len(short) // 12)]
    return paths


SAMPLES = samples()


def read(path: Path) -> list[Record]:
    """Return the records of a file; empty when nothing can be read."""
    records: list[Record] = []
    try:
        with SourceOpener(Options()) as opener:
            for opened in opener.open(str(path)):
                if opened.reader is not None:
                    records += opened.reader.read()
    except SourceError:
        return records
    return records


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A real file's suffix, and its bytes after something has gone wrong with them."""
    path = draw(st.sampled_from(SAMPLES))
    data = bytearray(path.read_bytes())
    damage = draw(st.sampled_from(["flip", "cut", "recode", "double", "drop"]))
    if damage == "cut":
        del data[draw(st.integers(0, len(data))) :]
    elif damage == "recode":
        text = bytes(data).decode("utf-8", "replace")
        data = bytearray(text.encode(draw(st.sampled_from(ENCODINGS)), "replace"))
    elif damage in ("double", "drop"):
        start = draw(st.integers(0, len(data) - 1))
        stop = draw(st.integers(start, min(len(data), start + 2_000)))
        data[start:stop] = data[start:stop] * 2 if damage == "double" else b""
    else:
        for at in draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=30)):
            data[at] ^= 1 << draw(st.integers(0, 7))
    return path.suffix, bytes(data)


@pytest.mark.skipif(not SAMPLES, reason="the folder of real inputs, ../shared/data, is not here")
@settings(max_examples=250)
@given(mutated())
def test_no_damage_is_a_trace(
    tmp_path_factory: pytest.TempPathFactory, damaged: tuple[str, bytes]
) -> None:
    suffix, data = damaged
    path = tmp_path_factory.mktemp("damaged") / f"file{suffix}"
    path.write_bytes(data)
    for record in read(path):
        # What no reader foresaw is caught in one place, which says so with these words.
        caught = isinstance(record, Refusal) and "it cannot be read (" in record.reason
        assert not caught, record


@pytest.mark.parametrize("share", [0.15, 0.4, 0.65, 0.9])
@pytest.mark.parametrize(
    "name",
    ["wxr/theme-preview.xml", "wxr/pelican-wordpressexport.xml", "csv_jsonl/reuters-300.jsonl"],
)
def test_a_cut_costs_nothing_that_stands_before_it(
    shared: Path, tmp_path: Path, name: str, share: float
) -> None:
    source = shared / name
    data = source.read_bytes()
    data = data[: int(len(data) * share)]
    path = tmp_path / source.name
    path.write_bytes(data)
    end = b"</item>" if name.endswith("xml") else b"\n"
    expected = [record.key for record in read(source) if isinstance(record, ArticleDraft)]
    keys = [record.key for record in read(path) if isinstance(record, ArticleDraft)]
    assert keys == expected[: len(keys)]
    others = sum(not isinstance(record, ArticleDraft) for record in read(path))
    assert len(keys) + others >= data.count(end)


def test_bad_lines_cost_nothing_but_themselves(shared: Path, tmp_path: Path) -> None:
    lines = (shared / "csv_jsonl" / "reuters-300.jsonl").read_bytes().splitlines(keepends=True)
    lines[10] = lines[10][:50] + b"\n"
    lines[20] = b"\xff\xfe\x00\n"
    lines[30] = json.dumps(["no object"]).encode() + b"\n"
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"".join(lines))
    records = read(path)
    refused = [record.place for record in records if isinstance(record, Refusal)]
    assert refused == ["line 11", "line 21", "line 31"]
    assert sum(isinstance(record, ArticleDraft) for record in records) == 297

"""Folders that a newcomer can walk: short modules, short lists, no prefixes in place of folders."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PACKAGES = ("hub", "schema", "search_index", "scripts")
MAX_LINES = 450
MAX_ENTRIES = {"hub": 32, "schema": 25, "schema/types": 31, "scripts/importers": 16}
MAX_ENTRIES |= {"search_index": 23, "scripts/commands": 24, "scripts/bench": 21, "hub/reads": 21}
MAX_ENTRIES |= {"search_index/engines/opensearch": 21}
MAX_ENTRIES_BELOW = 20


def _folders() -> Iterator[Path]:
    for package in PACKAGES:
        for init in sorted((ROOT / package).rglob("__init__.py")):
            if init.parent.name != "migrations":
                yield init.parent


def _entries(folder: Path) -> list[str]:
    """The modules and packages in a folder, by name."""
    return sorted(
        path.stem
        for path in folder.iterdir()
        if (path.suffix == ".py" and not path.stem.startswith("__"))
        or (path / "__init__.py").is_file()
    )


FOLDERS = [pytest.param(folder, id=str(folder.relative_to(ROOT))) for folder in _folders()]


@pytest.mark.parametrize("folder", FOLDERS)
def test_modules_are_short(folder: Path) -> None:
    lengths = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in folder.glob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines >= MAX_LINES} == {}


@pytest.mark.parametrize("folder", FOLDERS)
def test_folders_list_few_entries(folder: Path) -> None:
    most = MAX_ENTRIES.get(str(folder.relative_to(ROOT)), MAX_ENTRIES_BELOW)
    assert len(_entries(folder)) <= most


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_two_siblings_share_a_prefix(folder: Path) -> None:
    prefixes = Counter(name.partition("_")[0] for name in _entries(folder))
    assert [prefix for prefix, times in prefixes.items() if times > 1] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_says_what_belongs_there_and_what_does_not(folder: Path) -> None:
    text = (folder / "__init__.py").read_text(encoding="utf-8")
    assert "Belongs here: " in text or folder.name == "whoosh", "say what belongs here"
    assert "Does not: " in text or folder.name == "whoosh", "say what does not"


PROGRAMS = [
    path.name
    for path in sorted((ROOT / "scripts").iterdir())
    if path.is_file() and path.read_bytes().startswith(b"#!")
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_of_a_clone_run_as_they_are(program: str) -> None:
    assert os.access(ROOT / "scripts" / program, os.X_OK), "git update-index --chmod=+x"


def test_the_programs_that_the_docs_name_are_programs() -> None:
    assert {"hub", "lock", "serve", "test"} <= set(PROGRAMS)

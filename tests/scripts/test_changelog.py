"""The change log: its format, and its assembly from one file a change."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from scripts.changelog import (
    CHANGES,
    KINDS,
    LOG,
    ChangelogError,
    assemble,
    main,
    newest_section,
    read_changes,
)

RELEASED = date(2026, 12, 1)
HEADINGS = {kind.capitalize() for kind in KINDS}
OLD = "# Changelog\n\nAll notable changes.\n\n## 0.1.0 - 2026-11-28\n\n### Added\n\n- Search.\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(OLD)
    return path


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    folder = tmp_path / "changes"
    folder.mkdir()
    (folder / "README.md").write_text("# Changes\n\nThe format.\n")
    return folder


def test_changes_become_a_section_and_their_files_are_deleted(log: Path, changes: Path) -> None:
    (changes / "b-slow.fixed.md").write_text("A list is fast.\n")
    (changes / "subtitle.added.md").write_text("`Article.subtitle`.\n")
    (changes / "a-crash.fixed.md").write_text("An import of an empty file does not fail.")
    assemble("0.2.0", RELEASED, log, changes)
    assert log.read_text() == (
        "# Changelog\n\nAll notable changes.\n\n"
        "## 0.2.0 - 2026-12-01\n\n"
        "### Added\n\n- `Article.subtitle`.\n\n"
        "### Fixed\n\n- An import of an empty file does not fail.\n- A list is fast.\n\n"
        "## 0.1.0 - 2026-11-28\n\n### Added\n\n- Search.\n"
    )
    assert [path.name for path in changes.iterdir()] == ["README.md"]
    assert newest_section(log.read_text()).startswith("## 0.2.0")
    assert "Search" not in newest_section(log.read_text())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.new.md", "A kind that does not exist."),
        ("x.md", "No kind."),
        ("A b.added.md", "A slug with a space."),
        ("x.added.md", "Two\nlines."),
        ("x.added.md", "- A bullet."),
        ("x.added.md", " \n"),
    ],
)
def test_an_invalid_change_is_refused(name: str, text: str, log: Path, changes: Path) -> None:
    (changes / "good.added.md").write_text("Good.")
    (changes / name).write_text(text)
    with pytest.raises(ChangelogError, match=re.escape(name)):
        assemble("0.2.0", RELEASED, log, changes)
    assert log.read_text() == OLD
    assert (changes / "good.added.md").exists()


@pytest.mark.parametrize("version", ["0.1.0", "next", "1.0"])
def test_an_invalid_version_is_refused(version: str, log: Path, changes: Path) -> None:
    (changes / "x.added.md").write_text("Good.")
    with pytest.raises(ChangelogError, match=re.escape(version)):
        assemble(version, RELEASED, log, changes)
    assert log.read_text() == OLD


def test_a_version_without_changes_is_refused(log: Path, changes: Path) -> None:
    with pytest.raises(ChangelogError, match="no changes"):
        assemble("0.2.0", RELEASED, log, changes)


def test_the_command_ends_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["next"])
    assert "next: expected a version" in capsys.readouterr().err


def test_the_unreleased_changes_of_this_project_are_valid() -> None:
    read_changes(CHANGES)


def test_the_change_log_of_this_project_has_the_format() -> None:
    text = LOG.read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert sections
    for section in sections:
        title, *lines = section.splitlines()
        assert re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", title), title
        for line in filter(None, lines):
            if line.startswith("### "):
                assert line[4:] in HEADINGS, line
            else:
                assert line.startswith("- "), line

"""Assemble `CHANGELOG.md` at a release: `python -m scripts.changelog 0.2.0`.

Each change adds a file `docs/changes/<slug>.<kind>.md` with one line of text. This script moves
these lines into a new section of the change log and deletes the files.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOG = ROOT / "CHANGELOG.md"
CHANGES = ROOT / "docs" / "changes"
KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")
"""The kinds of changes, in the order of their headings."""

_NAME = re.compile(r"([a-z0-9-]+)\.([a-z]+)\.md")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_SECTION = re.compile(r"^## (\S+)", re.MULTILINE)


class ChangelogError(Exception):
    """The change log cannot be assembled; the message names the file and the reason."""


def entry_files(folder: Path) -> list[Path]:
    """Return the files of the unreleased changes, sorted by name."""
    return sorted(path for path in folder.glob("*.md") if path.name != "README.md")


def read_changes(folder: Path) -> dict[str, list[str]]:
    """Return the lines of the unreleased changes by kind, each sorted by the names of the files.

    Raises:
        ChangelogError: a name or a text does not have the format.
    """
    changes: dict[str, list[str]] = {}
    for path in entry_files(folder):
        name = _NAME.fullmatch(path.name)
        if name is None or name[2] not in KINDS:
            raise ChangelogError(f"{path.name}: expected <slug>.<{'|'.join(KINDS)}>.md")
        text = path.read_text(encoding="utf-8").strip()
        if not text or "\n" in text or text.startswith(("- ", "* ", "#")):
            raise ChangelogError(f"{path.name}: expected one line of text, without a bullet")
        changes.setdefault(name[2], []).append(text)
    return changes


def render_section(version: str, released: date, changes: Mapping[str, Sequence[str]]) -> str:
    """Return the section of a version as Markdown."""
    parts = [f"## {version} - {released.isoformat()}\n"]
    for kind in KINDS:
        if kind in changes:
            entries = "".join(f"- {line}\n" for line in changes[kind])
            parts.append(f"### {kind.capitalize()}\n\n{entries}")
    return "\n".join(parts)


def newest_section(log: str) -> str:
    """Return the first section of a change log, the one of its newest version."""
    starts = [match.start() for match in _SECTION.finditer(log)]
    return log[starts[0] : starts[1] if len(starts) > 1 else None] if starts else ""


def insert_section(log: str, section: str) -> str:
    """Return a change log with a section before all others."""
    first = _SECTION.search(log)
    start = first.start() if first else len(log)
    return f"{log[:start].rstrip()}\n\n{section}\n{log[start:]}".rstrip() + "\n"


def assemble(version: str, released: date, log: Path = LOG, folder: Path = CHANGES) -> None:
    """Move the unreleased changes into a new section of the change log.

    Raises:
        ChangelogError: the version is invalid or present, or there are no valid changes.
    """
    text = log.read_text(encoding="utf-8")
    if not _VERSION.fullmatch(version):
        raise ChangelogError(f"{version}: expected a version such as 0.2.0")
    if version in _SECTION.findall(text):
        raise ChangelogError(f"{version} is in {log.name} already")
    changes = read_changes(folder)
    if not changes:
        raise ChangelogError(f"there are no changes in {folder}")
    section = render_section(version, released, changes)
    log.write_text(insert_section(text, section), encoding="utf-8")
    for path in entry_files(folder):
        path.unlink()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the script; an error ends it with a message."""
    parser = argparse.ArgumentParser(prog="scripts.changelog", description=__doc__)
    parser.add_argument("version", help="the version to release, such as 0.2.0")
    parser.add_argument("--date", type=date.fromisoformat, default=datetime.now(UTC).date())
    options = parser.parse_args(arguments)
    try:
        assemble(options.version, options.date)
    except ChangelogError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()

"""Breaking changes of the schema have to be named in the change log."""

from __future__ import annotations

import re

from graphql import BreakingChange, build_schema, find_breaking_changes

from scripts.changelog import CHANGES, LOG, newest_section, read_changes
from tests.support.paths import ROOT

_NAMES = re.compile(r"\b[A-Z_]\w*(?:\.\w+)+\b|\b[A-Z]\w*\b")


def unlogged(released: str, present: str, log: str) -> list[str]:
    """Return the breaking changes between two schemas that a change log does not name.

    A change is named if a coordinate of its description is in the log in backticks, as in
    `Article.title`, or its type if that was removed.
    """
    changes = find_breaking_changes(build_schema(released), build_schema(present))
    return [change.description for change in changes if not _is_in_log(change, log)]


def _is_in_log(change: BreakingChange, log: str) -> bool:
    names = [name for name in _NAMES.findall(change.description) if name not in _COMMON]
    return any(f"`{name}`" in log for name in names)


_COMMON = frozenset({"Boolean", "Float", "ID", "Int", "String", "Field", "Arg", "The", "A"})


def recent_changes() -> str:
    """Return the newest section of the change log, and the changes that will be in the next one."""
    unreleased = [line for lines in read_changes(CHANGES).values() for line in lines]
    return "\n".join([newest_section(LOG.read_text(encoding="utf-8")), *unreleased])


def test_nothing_that_was_released_breaks_unsaid() -> None:
    released = (ROOT / "schema" / "released.graphql").read_text()
    present = (ROOT / "schema" / "schema.graphql").read_text()
    assert unlogged(released, present, recent_changes()) == [], "name it in a file of docs/changes"


def test_a_breaking_change_has_to_be_named() -> None:
    old = "type Query { a: Int, b(x: Int): Int } type T { c: Int } enum E { F G }"
    new = "type Query { a: String, b(x: Int!): Int } enum E { F }"
    assert len(unlogged(old, new, "")) == 4
    log = "`Query.a` is a String; `Query.b` needs `x`; `T` and `E.G` are gone."
    assert unlogged(old, new, log) == []


def test_an_addition_breaks_nothing() -> None:
    old = "type Query { a: Int }"
    assert unlogged(old, "type Query { a: Int!, b: Int } type T { c: Int }", "") == []


def test_unreleased_changes_and_the_newest_section_are_read() -> None:
    log = recent_changes()
    assert log.startswith("## ")
    assert log.count("\n## ") == 0
    for lines in read_changes(CHANGES).values():
        assert set(lines) <= set(log.splitlines())

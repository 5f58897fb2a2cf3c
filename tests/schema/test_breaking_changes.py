"""A change of the schema that breaks clients is named in the change log, or it is none."""

from __future__ import annotations

import re

from graphql import BreakingChange, build_schema, find_breaking_changes

from tests.support.paths import ROOT

_NAMES = re.compile(r"\b[A-Z_]\w*(?:\.\w+)+\b|\b[A-Z]\w*\b")


def unnamed(released: str, present: str, log: str) -> list[str]:
    """The breaking changes between two schemas that a change log does not name.

    One is named where a coordinate of its description stands in the log in backticks, as in
    `Article.title`, or its type where that is gone.
    """
    changes = find_breaking_changes(build_schema(released), build_schema(present))
    return [one.description for one in changes if not _is_named(one, log)]


def _is_named(change: BreakingChange, log: str) -> bool:
    names = [one for one in _NAMES.findall(change.description) if one not in _COMMON]
    return any(f"`{one}`" in log for one in names)


_COMMON = frozenset({"Boolean", "Float", "ID", "Int", "String", "Field", "Arg", "The", "A"})


def unreleased(log: str) -> str:
    """The part of a change log about what has not been released."""
    return log.partition("## Unreleased")[2].partition("\n## ")[0]


def test_nothing_that_was_released_breaks_unsaid() -> None:
    released = (ROOT / "schema" / "released.graphql").read_text()
    present = (ROOT / "schema" / "schema.graphql").read_text()
    log = unreleased((ROOT / "CHANGELOG.md").read_text())
    assert unnamed(released, present, log) == [], "name it in CHANGELOG.md, or take it back"


def test_a_breaking_change_has_to_be_named() -> None:
    old = "type Query { a: Int, b(x: Int): Int } type T { c: Int } enum E { F G }"
    new = "type Query { a: String, b(x: Int!): Int } enum E { F }"
    assert len(unnamed(old, new, "")) == 4
    log = "`Query.a` is a String; `Query.b` needs `x`; `T` and `E.G` are gone."
    assert unnamed(old, new, log) == []


def test_an_addition_breaks_nothing() -> None:
    old = "type Query { a: Int }"
    assert unnamed(old, "type Query { a: Int!, b: Int } type T { c: Int }", "") == []


def test_the_log_of_a_release_is_not_read() -> None:
    log = "# Log\n\n## Unreleased\n\nnew\n\n## 1.0.0\n\nold\n"
    assert unreleased(log).strip() == "new"

"""Breaking changes of the schema have to be named in the change log."""

from __future__ import annotations

import re

import pytest
from graphql import (
    BreakingChange,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
)

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


def deprecations(schema: GraphQLSchema) -> dict[str, str | None]:
    """Return the reason of each deprecation by coordinate; None for what is not deprecated.

    Coordinates of all that can be deprecated: fields, arguments, input fields and enum values.
    """
    reasons: dict[str, str | None] = {}
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in type_.fields.items():
                reasons[f"{name}.{key}"] = field.deprecation_reason
                for argument, value in field.args.items():
                    reasons[f"{name}.{key}({argument}:)"] = value.deprecation_reason
        elif isinstance(type_, GraphQLInputObjectType):
            for key, input_field in type_.fields.items():
                reasons[f"{name}.{key}"] = input_field.deprecation_reason
        elif isinstance(type_, GraphQLEnumType):
            for key, enum_value in type_.values.items():
                reasons[f"{name}.{key}"] = enum_value.deprecation_reason
    return reasons


def removed_too_early(released: str, present: str) -> list[str]:
    """Return the coordinates that were removed without a deprecation in the released schema.

    Parts of a removed type, or of a removed field, are removed with it.
    """
    before = deprecations(build_schema(released))
    present_schema = build_schema(present)
    after = deprecations(present_schema)
    return [
        coordinate
        for coordinate, reason in before.items()
        if coordinate not in after
        and reason is None
        and coordinate.partition(".")[0] in present_schema.type_map
        and ("(" not in coordinate or coordinate.partition("(")[0] in after)
    ]


def recent_changes() -> str:
    """Return the newest section of the change log, and the changes that will be in the next one."""
    unreleased = [line for lines in read_changes(CHANGES).values() for line in lines]
    return "\n".join([newest_section(LOG.read_text(encoding="utf-8")), *unreleased])


def test_nothing_that_was_released_breaks_unsaid() -> None:
    released = (ROOT / "schema" / "released.graphql").read_text()
    present = (ROOT / "schema" / "schema.graphql").read_text()
    assert unlogged(released, present, recent_changes()) == [], "name it in a file of docs/changes"


def test_nothing_that_was_released_goes_without_a_deprecation() -> None:
    released = (ROOT / "schema" / "released.graphql").read_text()
    present = (ROOT / "schema" / "schema.graphql").read_text()
    assert removed_too_early(released, present) == [], "deprecate it in one release before"


OLD = """type Query { a: Int, b(x: Int, y: Int): Int, e: E, old: Int @deprecated(reason: "Use a.") }
input I { p: Int, q: Int @deprecated(reason: "Use p.") }
enum E { F G H @deprecated(reason: "Use G.") }
interface N { id: ID }
type T implements N { id: ID }"""


@pytest.mark.parametrize(
    ("part", "rest", "expected"),
    [
        ("a: Int, ", "", ["Query.a"]),
        ("y: Int", "", ["Query.b(y:)"]),
        ("b(x: Int, y: Int): Int, ", "", ["Query.b"]),
        ("p: Int, ", "", ["I.p"]),
        ("G H", "H", ["E.G"]),
        ("interface N { id: ID }", "interface N { key: ID }", ["N.id"]),
        (', old: Int @deprecated(reason: "Use a.")', "", []),
        (', q: Int @deprecated(reason: "Use p.")', "", []),
        (' H @deprecated(reason: "Use G.")', "", []),
        ("type T implements N { id: ID }", "", []),
    ],
)
def test_only_what_was_deprecated_may_go(part: str, rest: str, expected: list[str]) -> None:
    assert OLD.count(part) == 1
    assert removed_too_early(OLD, OLD.replace(part, rest)) == expected


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

"""Internals of Strawberry and graphql-core: behind one module, checked for these versions."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from graphql import GraphQLObjectType

from schema.build import graphql_schema
from schema.execution import internals
from schema.execution.field_resolvers import FIELD_ACCESS
from tests.support.paths import ROOT

LIBRARIES = ("graphql", "strawberry")
DOCUMENTED = {("strawberry.schema.config", "StrawberryConfig")}
"""Public names that the library's documentation imports from a module of its own."""

PACKAGES = ("hub", "schema", "search_index", "scripts", "tests")
INTERNALS = Path(internals.__file__)
CHECKED = {
    "strawberry-graphql": (
        "0.341",
        "Schema._schema; Info._raw_info; __strawberry_definition__.values of enums; StrawberryField"
        " (extensions, base_resolver, arguments, python_name, metadata) and its resolver's"
        " parameters; the arguments of convert_arguments; OneOfInputValidationRule.validate_one_of;"
        " optimized_is_awaitable",
    ),
    "graphql-core": (
        "3.3",
        "the arguments of Executor and GraphQLResolveInfo; Executor.async_helpers,"
        " collected_errors, complete_value and handle_field_error; collect_fields and"
        " collect_subfields; VariableValues and its sources; the messages in schema/errors.py",
    ),
}
"""The checked minor version of each library, and what has to be read again for another one."""


@pytest.mark.parametrize("library", CHECKED)
def test_the_installed_version_is_the_checked_one(library: str) -> None:
    checked, subjects = CHECKED[library]
    installed = version(library)
    assert installed.rpartition(".")[0] == checked, (
        f"{library} is at {installed}, and its internals were checked for {checked}. Read its"
        f" changes of: {subjects}. Run tests/schema with HUB_PLANS on and off, then state"
        " the new version here."
    )


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path != INTERNALS:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def private_imports(tree: ast.Module) -> list[str]:
    """Return the imports of names that the libraries do not offer at their top."""
    names: list[tuple[str, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [(alias.name, "") for alias in node.names]
    return [
        f"{module}.{name}"
        for module, name in names
        if module.partition(".")[0] in LIBRARIES and not is_public(module, name)
    ]


def is_public(module: str, name: str) -> bool:
    """Tell whether a name may be imported from a library's module; no name: the module itself."""
    if (module, name) in DOCUMENTED:
        return True
    return module in LIBRARIES and (not name or name in importlib.import_module(module).__all__)


def private_attributes(tree: ast.Module) -> set[str]:
    """Return the private attributes that are read of other objects."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    }


def test_no_other_module_imports_internals() -> None:
    assert {name: names for name, tree in modules() if (names := private_imports(tree))} == {}


def test_no_other_module_reads_the_private_attributes() -> None:
    private = private_attributes(ast.parse(INTERNALS.read_text(encoding="utf-8")))
    assert {"_schema", "_raw_info", "__strawberry_definition__"} <= private
    assert {
        name: read for name, tree in modules() if (read := private_attributes(tree) & private)
    } == {}


@pytest.mark.parametrize(
    "line",
    [
        "from graphql.execution.collect_fields import collect_fields",
        "from graphql.pyutils import Path",
        "import strawberry.types.field",
        "from strawberry.types.field import StrawberryField",
    ],
)
def test_an_import_of_internals_is_reported(line: str) -> None:
    assert len(private_imports(ast.parse(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "import strawberry",
        "from graphql import Executor, parse",
        "from strawberry.schema.config import StrawberryConfig",
        "from schema.execution.internals import Path",
    ],
)
def test_public_names_may_be_imported_anywhere(line: str) -> None:
    assert private_imports(ast.parse(line)) == []


def test_every_field_of_a_query_is_reached_directly() -> None:
    # A definition that is not understood would be executed by graphql-core, slowly and silently.
    schema = graphql_schema()
    roots = (schema.mutation_type, schema.subscription_type)
    fields = {
        f"{type_.name}.{name}": field
        for type_ in schema.type_map.values()
        if isinstance(type_, GraphQLObjectType)
        if type_ not in roots and not type_.name.startswith("__")
        for name, field in type_.fields.items()
    }
    assert len(fields) > 100
    assert [name for name, field in fields.items() if FIELD_ACCESS not in field.extensions] == []

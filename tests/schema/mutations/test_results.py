"""Result unions: a mutation can return every problem that its service raises."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from pkgutil import resolve_name
from typing import Any

import pytest
from graphql import GraphQLUnionType, get_named_type

from hub import errors
from schema.build import graphql_schema, schema
from schema.mutations import root
from schema.types.problems import EXCEPTION_HANDLERS, ExceptionHandler, to_problem

PROBLEM_NAMES = {
    handler.exception_type.__name__: handler.error_type.__name__ for handler in EXCEPTION_HANDLERS
}
EXAMPLES = {
    errors.Invalid: errors.Invalid("title", "must not be empty"),
    errors.NotFound: errors.NotFound("article", 1),
    errors.NotAllowed: errors.NotAllowed("write"),
    errors.Conflict: errors.Conflict(2),
    errors.RateLimited: errors.RateLimited("comments", 3),
}


def mutation_fields() -> dict[str, Any]:
    """Return the fields of the root, by name."""
    type_: Any = schema().get_type_by_name("Mutation")
    return {field.python_name: field for field in type_.fields}


def union_members(name: str) -> set[str]:
    """Return the names of the types in a mutation's union, from the schema that clients see."""
    parent = graphql_schema().mutation_type
    assert parent is not None
    field_name = re.sub(r"_(\w)", lambda match: match[1].upper(), name)
    union = get_named_type(parent.fields[field_name].type)
    assert isinstance(union, GraphQLUnionType)
    return {type_.name for type_ in union.types}


def documented_errors(name: str) -> set[str]:
    """Return the errors under `Raises:` of a mutation and of the services that it calls."""
    own = inspect.getdoc(getattr(root, name)) or ""
    services = re.findall(r"`(hub\.[\w.]+)`", own)
    assert services, f"{name} does not name its service"
    docs = [own, *(inspect.getdoc(resolve_name(service)) for service in services)]
    sections = [doc.partition("Raises:\n")[2] for doc in docs if doc]
    return {name for text in sections for name in re.findall(r"^    (\w+):", text, re.MULTILINE)}


def documented_problems(name: str) -> set[str]:
    """Return the problems of these errors; a failure of the database is an error of the query."""
    return {PROBLEM_NAMES[error] for error in documented_errors(name) - {"DatabaseError"}}


def missing_problems(members: Iterable[str], name: str) -> set[str]:
    """Return the problems that a mutation's services raise and its union lacks."""
    refusals = documented_errors(name) - {
        "DatabaseError"
    }  # not a problem, but an error of the query
    return {PROBLEM_NAMES[error] for error in refusals}.difference(members)


@pytest.mark.parametrize("name", sorted(mutation_fields()))
def test_a_union_has_every_problem_of_its_service(name: str) -> None:
    members = union_members(name)
    assert missing_problems(members, name) == set()
    assert "RateLimited" in members
    assert [member for member in members if member.endswith("Payload")] == [
        inspect.get_annotations(getattr(root, name))["return"]
    ]


@pytest.mark.parametrize("name", sorted(mutation_fields()))
def test_a_missing_problem_is_reported(name: str) -> None:
    members = union_members(name)
    raised = documented_problems(name)
    assert raised
    for problem in raised:
        assert missing_problems(members - {problem}, name) == {problem}


@pytest.mark.parametrize("name", sorted(mutation_fields()))
def test_a_service_that_needs_a_permission_documents_its_error(name: str) -> None:
    needs_permission = "Needs no permission" not in mutation_fields()[name].description
    assert ("NotAllowed" in documented_errors(name)) is needs_permission


def test_every_error_of_services_has_a_problem_of_its_own() -> None:
    declared = {
        kind for kind in errors.HubError.__subclasses__() if kind.__module__ == "hub.errors"
    }
    assert {handler.exception_type for handler in EXCEPTION_HANDLERS} == declared == set(EXAMPLES)


@pytest.mark.parametrize("handler", EXCEPTION_HANDLERS, ids=lambda item: item.error_type.__name__)
def test_an_error_becomes_its_problem(handler: ExceptionHandler) -> None:
    error = EXAMPLES[handler.exception_type]
    problem = handler.handle(error, field=None, info=None)
    assert type(problem) is handler.error_type
    assert problem.message == str(error)


def test_an_error_without_a_problem_is_not_taken_for_another() -> None:
    class Unclassified(errors.HubError):
        pass

    with pytest.raises(Unclassified):
        to_problem(Unclassified("new"))

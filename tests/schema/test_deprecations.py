"""Deprecations name a successor, stand in the change log, and bind the hub's own clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from graphql import NoDeprecatedCustomRule, build_schema, parse, validate

from schema.build import SNAPSHOT, graphql_schema
from schema.web.search.box_documents import own_documents
from scripts.changelog import CHANGES, LOG, read_changes
from tests.schema.test_breaking_changes import deprecations
from tests.support.paths import ROOT
from tests.test_docs import blocks

CLIENTS = ROOT / "tests" / "clients" / "src"
REASON = re.compile(r"Use (\w+), since (\d+\.\d+\.0), removed not before (\d+\.\d+\.0)\.")
TAGGED = re.compile(r"^graphql`(.*?)^`", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r'(?<!f)"""\s*((?:query|mutation|subscription) \w+.*?)"""', re.DOTALL)
DEPRECATED = {
    coordinate: reason
    for coordinate, reason in deprecations(build_schema(SNAPSHOT.read_text())).items()
    if reason is not None
}


def documents() -> Iterator[tuple[str, str]]:
    """Yield the documents of the documentation and of the hub's own clients, with their places."""
    yield from blocks("graphql")
    yield from own_documents().items()
    for path in sorted((CLIENTS / "operations").glob("*.graphql")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "scripts").rglob("*.py")):
        for text in QUOTED.findall(path.read_text(encoding="utf-8")):
            yield path.name, text
    relay = (CLIENTS / "relay" / "documents.ts").read_text(encoding="utf-8")
    yield from (("relay/documents.ts", text) for text in TAGGED.findall(relay))


DOCUMENTS = [pytest.param(text, id=place) for place, text in documents()]


@pytest.mark.parametrize("coordinate", DEPRECATED)
def test_a_deprecation_names_its_successor_and_the_versions(coordinate: str) -> None:
    reason = REASON.fullmatch(DEPRECATED[coordinate])
    assert reason, "as in: Use newName, since 0.2.0, removed not before 0.3.0."
    owner = coordinate.rpartition("(" if "(" in coordinate else ".")[0]
    twins = deprecations(build_schema(SNAPSHOT.read_text()))
    successor = f"{owner}({reason[1]}:)" if "(" in coordinate else f"{owner}.{reason[1]}"
    assert successor in twins
    assert twins[successor] is None
    since, removal = (tuple(map(int, version.split("."))) for version in reason.groups()[1:])
    assert since < removal


@pytest.mark.parametrize("coordinate", DEPRECATED)
def test_a_deprecation_stands_in_the_change_log(coordinate: str) -> None:
    unreleased = "\n".join(read_changes(CHANGES).get("deprecated", []))
    sections = LOG.read_text(encoding="utf-8").split("### ")
    released = "".join(part for part in sections if part.startswith("Deprecated"))
    assert f"`{coordinate}`" in unreleased + released


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_hubs_own_clients_use_nothing_deprecated(document: str) -> None:
    assert validate(graphql_schema(), parse(document), [NoDeprecatedCustomRule]) == []


def test_a_deprecated_field_is_noticed() -> None:
    query = parse("{ searchStatistics { top { asked } } }")
    [error] = validate(graphql_schema(), query, [NoDeprecatedCustomRule])
    assert "Use searches" in error.message

"""Apollo Client, urql, relay-runtime, graphql-ws and the tools beside them, with a real hub.

What they do stands in the TypeScript of `src/`; a failure shows what node and the tools printed.
"""

from __future__ import annotations

import pytest

from tests.support.client_project import TOOLS, CommandResult, client_tests, run, run_tests
from tests.support.paths import ROOT


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_takes_the_schema(tool: str, built: dict[str, CommandResult]) -> None:
    assert built[tool].status == 0, built[tool].output


def test_the_schema_is_as_relay_and_the_linters_want_it(installed: None) -> None:
    files = ("schema/schema.graphql", "tests/clients/src/operations/*.graphql")
    config = ("--config", "tests/clients/eslint.config.mjs", "--max-warnings", "0")
    ran = run("eslint", *config, *files, folder=ROOT)
    assert (ran.status, ran.output) == (0, "")


def test_there_is_a_file_for_each_client() -> None:
    assert set(client_tests()) == {"apollo", "audits", "live", "relay", "urql"}


@pytest.mark.parametrize("name", client_tests())
def test_a_client_is_served(name: str, where: dict[str, str]) -> None:
    ran = run_tests(name, where)
    assert ran.status == 0, ran.output
    assert "ℹ fail 0\n" in ran.output, ran.output
    assert "ℹ skipped 0\n" in ran.output

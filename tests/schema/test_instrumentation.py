"""The hooks are called once for work that is done, and not for responses of a cache."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

import schema.tracing
from hub.settings import Settings
from schema.instrumentation import ExecutedOperation, Instrumentation
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = pytest.mark.anyio

QUERY = "query Names { site { name } }"
MUTATION = """mutation Write { createArticle(input: { title: "Bread", body: { text: "Salt" },
  status: PUBLISHED, waitForIndex: true }) { __typename } }"""


class Recorder(Instrumentation):
    """Records the calls of its hooks, with what they were given and how the work ended."""

    def __init__(self) -> None:
        self.parsings: list[int] = []
        self.executions: list[tuple[ExecutedOperation, int]] = []
        self.batches: list[tuple[int, int]] = []
        self.interrupted = 0
        self.open = 0
        self.readers = self.engines = self.closed = 0

    @contextmanager
    def _record(self, record: Callable[[int], None]) -> Iterator[Callable[[int], None]]:
        outcomes: list[int] = []
        self.open += 1
        try:
            yield outcomes.append
        except Exception:
            self.interrupted += 1
            raise
        finally:
            self.open -= 1
        [outcome] = outcomes  # reported exactly once
        record(outcome)

    @override
    def observe_parsing(self) -> Any:
        return self._record(self.parsings.append)

    @override
    def observe_execution(self, operation: ExecutedOperation) -> Any:
        return self._record(lambda status: self.executions.append((operation, status)))

    @override
    def observe_batch(self, events: int) -> Any:
        return self._record(lambda failed: self.batches.append((events, failed)))

    @override
    def wrap_reader(self, db: Any) -> Any:
        self.readers += 1
        return db

    @override
    def wrap_engine(self, engine: Any) -> Any:
        self.engines += 1
        return engine

    @override
    def close(self) -> None:
        self.closed += 1

    @property
    def counts(self) -> tuple[int, int]:
        """The numbers of parsed documents and executed operations."""
        return len(self.parsings), len(self.executions)


async def by_get(client: Client, query: str, **headers: str) -> Any:
    return await client.http.get("/graphql", params={"query": query}, headers=headers)


async def by_post(client: Client, query: str, **headers: str) -> Any:
    return await client.http.post("/graphql", json={"query": query}, headers=headers)


@pytest.mark.parametrize("send", [by_get, by_post])
async def test_hooks_are_called_once_for_an_uncached_request_and_not_for_cached_ones(
    send: Any, settings: Settings
) -> None:
    recorder = Recorder()
    async with a_hub(settings, recorder) as client:
        first = await send(client, QUERY, **{"x-request-id": "first"})
        assert recorder.counts == (1, 1)
        [(operation, status)] = recorder.executions
        assert (operation.type, operation.name, status) == ("query", "Names", 200)
        assert operation.document_hash == hashlib.sha256(QUERY.encode()).hexdigest()
        assert operation.request_id == first.headers["x-request-id"] == "first"
        for repeat in (by_get, by_post, send):  # other bytes of the same query, and the same bytes
            assert (await repeat(client, QUERY)).json() == first.json()
        assert recorder.counts == (1, 1)
        await an_article("Bread")  # purges the response, not the document
        await send(client, QUERY)
        assert (recorder.counts, recorder.parsings) == ((1, 2), [0])
        assert (recorder.readers, recorder.engines, recorder.closed) == (1, 1, 0)
    assert (recorder.open, recorder.interrupted, recorder.closed) == (0, 0, 1)


async def test_a_mutation_is_parsed_once_and_executed_each_time(settings: Settings) -> None:
    recorder = Recorder()
    async with a_hub(settings, recorder) as client:
        batches = len(recorder.batches)
        for number in (1, 2):
            await client.ask(MUTATION, editor=True)
            assert recorder.counts == (1, number)
        assert len(recorder.batches) >= batches + 2  # each waits until it is indexed
        assert all(events > 0 and failed == 0 for events, failed in recorder.batches)
    assert {(item.type, item.name, status) for item, status in recorder.executions} == {
        ("mutation", "Write", 200)
    }


@pytest.mark.parametrize(
    ("query", "errors", "operation"),
    [("{", 1, (None, None)), ("query Bad { nothing other }", 2, (None, None))],
)
async def test_a_bad_document_is_reported_with_its_errors(
    query: str, errors: int, operation: tuple[str | None, str | None], settings: Settings
) -> None:
    recorder = Recorder()
    accept = {"accept": "application/graphql-response+json"}
    async with a_hub(settings, recorder) as client:
        for _ in range(2):
            assert (await by_post(client, query, **accept)).status_code == 400
    assert recorder.parsings == [errors]
    assert [(item.type, item.name, status) for item, status in recorder.executions] == [
        (*operation, 400)
    ] * 2


def private_overrides(path: Path) -> list[str]:
    """Return the private methods marked as overrides; mypy demands the mark of every override."""
    return [
        method.name
        for method in ast.walk(ast.parse(path.read_text()))
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        and re.match("_(?!_)", method.name)
        and any(
            isinstance(mark, ast.Name) and mark.id == "override" for mark in method.decorator_list
        )
    ]


def test_tracing_overrides_public_hooks_only() -> None:
    assert private_overrides(Path(schema.tracing.__file__)) == []

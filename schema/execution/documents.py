"""Cache of documents by their text: parsed, measured and validated once."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    MaxIntrospectionDepthRule,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from schema.errors import request_errors
from schema.execution.cost import cost, cost_variables, integer_sent
from schema.execution.internals import OneofInputRule
from schema.execution.limits import Limits, measure
from schema.execution.prepared import PreparedOperation
from schema.instrumentation import Instrumentation
from search_index.lru_cache import LRUCache

RULES = (
    *specified_rules,
    MaxIntrospectionDepthRule,
    OneofInputRule,
)
MAX_ERRORS = 20
MAX_COMMENTS = 500
MAX_COSTS = 200
"""Cached costs of one document, one for each combination of sizes."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may be executed, or the errors for which it may not.

    `root_fields` counts the root fields of its largest operation. `cost_variables` names the
    variables on which costs depend; `costs` caches the computed ones.
    """

    tree: DocumentNode | None
    errors: list[dict[str, Any]] = field(default_factory=list)
    root_fields: int = 0
    operations: list[PreparedOperation] = field(default_factory=list)
    cost_variables: tuple[str, ...] = ()
    costs: dict[tuple[object, ...], int] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Return the operation of that name, or the only one; None if there is none."""
        prepared = self.prepared_operation(name)
        return None if prepared is None else prepared.operation

    def prepared_operation(self, name: str | None) -> PreparedOperation | None:
        """Return the prepared operation of that name, or the only one; None if there is none."""
        matches = [item for item in self.operations if name is None or item.name == name]
        return matches[0] if len(matches) == 1 else None


class Documents:
    """An LRU cache of documents.

    `max_chars` bounds the characters of their texts; a syntax tree takes some hundred bytes a
    character.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        instrumentation: Instrumentation,
        max_chars: int = 500_000,
    ) -> None:
        self._schema = schema
        self._instrumentation = instrumentation
        self._limits = limits
        self._rules = RULES if limits.introspection else (*RULES, NoSchemaIntrospectionCustomRule)
        self._cache: LRUCache[str, Document] = LRUCache(max_chars, lambda text, _: len(text))

    def get(self, text: str) -> Document:
        """Return the document of this text."""
        document = self._cache.get(text)
        if document is None:
            with self._instrumentation.observe_parsing() as report:
                document = self._parse(text)
                report(len(document.errors))
            self._cache.put(text, document)
        return document

    def cost(
        self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> int:
        """Return the most objects that an operation of a valid document can return; cached."""
        if document.tree is None:
            return 0
        sizes = (
            (name in variables, _cost_key(variables.get(name))) for name in document.cost_variables
        )
        key = (operation.name.value if operation.name else "", *sizes)
        total = document.costs.get(key)
        if total is None:
            if len(document.costs) >= MAX_COSTS:
                document.costs.clear()
            total = cost(self._schema, document.tree, operation, variables)
            document.costs[key] = total
        return total

    def _parse(self, text: str) -> Document:
        """Parse without the garbage collector, and without cycles in what is cached.

        Validation leaves thousands of objects in cycles. A collection in its midst would move them
        to an older generation, and a document with cycles would become garbage there when it
        leaves the cache; the oldest generation is hardly ever collected (see `hub.app`).
        """
        is_collecting = gc.isenabled()
        gc.disable()
        try:
            return self._parse_and_validate(text)
        finally:
            if is_collecting:
                gc.enable()

    def _parse_and_validate(self, text: str) -> Document:
        try:
            tree = parse(text, max_lexical_tokens=self._limits.tokens, max_comments=MAX_COMMENTS)
        except GraphQLSyntaxError as error:
            return Document(None, request_errors([error], "GRAPHQL_PARSE_FAILED"))
        except RecursionError:
            nested = GraphQLError("The document is nested too deeply.")
            return Document(None, request_errors([nested], "GRAPHQL_PARSE_FAILED"))
        measured = measure(tree, self._limits)
        if isinstance(measured, GraphQLError):
            return Document(None, request_errors([measured], "QUERY_TOO_LARGE"))
        secret = not self._limits.introspection
        errors = validate(
            self._schema, tree, self._rules, max_errors=MAX_ERRORS, hide_suggestions=secret
        )
        if errors:
            return Document(None, request_errors(errors, "GRAPHQL_VALIDATION_FAILED"))
        operations = [
            PreparedOperation(self._schema, tree, definition, hide_suggestions=secret)
            for definition in tree.definitions
            if isinstance(definition, OperationDefinitionNode)
        ]
        _unlink_tokens(tree)
        names = cost_variables(tree)
        return Document(
            tree, root_fields=measured.root_fields, operations=operations, cost_variables=names
        )


def _unlink_tokens(tree: DocumentNode) -> None:
    """Unlink the tokens of a document, which refer to each other; locations do not need that."""
    token = tree.loc.start_token if tree.loc else None
    while token is not None:
        token.prev, token.next, token = None, None, token.next


def _cost_key(value: object) -> object:
    """Return the part of a variable's value that costs depend on: a number, or a list's length."""
    if isinstance(value, list):
        return "items", len(value)
    return integer_sent(value)

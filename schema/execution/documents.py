"""Documents: parsed, bounded and validated once, then remembered by their text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.validation import (
    MaxIntrospectionDepthRule,
    NoSchemaIntrospectionCustomRule,
    specified_rules,
)
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from typing_extensions import override

from schema.errors import request_errors
from schema.execution.cost import cost, deciding_variables
from schema.execution.limits import Limits, measure
from schema.execution.prepared import Prepared


class _OneOf(OneOfInputValidationRule):
    """Strawberry's rule, for documents too that name a variable which they do not declare."""

    @override
    def validate_one_of(self, node: Any, type: Any) -> None:
        with suppress(KeyError):  # another rule tells of that variable
            super().validate_one_of(node, type)


RULES = (
    *specified_rules,
    MaxIntrospectionDepthRule,
    _OneOf,
)
MAX_ERRORS = 20
MAX_COMMENTS = 500
MAX_COSTS = 200
"""Costs of one document that are remembered, one for each choice of sizes."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may be executed, or the errors for which it may not.

    `root` counts the fields at the top of its largest operation. `sized_by` names the variables
    on which costs depend, `costs` holds those that are known.
    """

    tree: DocumentNode | None
    errors: list[dict[str, Any]] = field(default_factory=list)
    root: int = 0
    operations: list[Prepared] = field(default_factory=list)
    sized_by: tuple[str, ...] = ()
    costs: dict[tuple[object, ...], int] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of that name, or the only one; None where there is no such one."""
        found = self.prepared(name)
        return None if found is None else found.operation

    def prepared(self, name: str | None) -> Prepared | None:
        """Likewise, prepared."""
        found = [one for one in self.operations if name is None or one.name == name]
        return found[0] if len(found) == 1 else None


class Documents:
    """A bounded memory of documents: the ones used longest ago go first.

    `longest` bounds the characters that it holds; a syntax tree takes some hundred bytes a
    character.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits, longest: int = 500_000) -> None:
        self._schema = schema
        self._limits = limits
        self._rules = RULES if limits.introspection else (*RULES, NoSchemaIntrospectionCustomRule)
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._room = longest

    def get(self, text: str) -> Document:
        """The document of this text."""
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        made = self._read(text)
        self._known[text] = made
        self._room -= len(text)
        while self._room < 0:
            old, _ = self._known.popitem(last=False)
            self._room += len(old)
        return made

    def cost(
        self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> int:
        """The most objects that an operation of a valid document can answer with; remembered."""
        if document.tree is None:
            return 0
        sizes = ((name in variables, _plain(variables.get(name))) for name in document.sized_by)
        key = (operation.name.value if operation.name else "", *sizes)
        known = document.costs.get(key)
        if known is None:
            if len(document.costs) >= MAX_COSTS:
                document.costs.clear()
            known = cost(self._schema, document.tree, operation, variables)
            document.costs[key] = known
        return known

    def _read(self, text: str) -> Document:
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
        found = validate(
            self._schema, tree, self._rules, max_errors=MAX_ERRORS, hide_suggestions=secret
        )
        if found:
            return Document(None, request_errors(found, "GRAPHQL_VALIDATION_FAILED"))
        operations = [
            Prepared(self._schema, tree, one, hide_suggestions=secret)
            for one in tree.definitions
            if isinstance(one, OperationDefinitionNode)
        ]
        sizes = deciding_variables(tree)
        return Document(tree, root=measured.root, operations=operations, sized_by=sizes)


def _plain(value: object) -> object:
    """What of a variable's value decides a cost: a number itself, a list by its length."""
    if isinstance(value, list):
        return "items", len(value)
    return value if isinstance(value, int) else None

"""Limits of a document's size, checked before it is validated.

One pass, in which each fragment is measured once: fragments that spread fragments cannot make it
slow, however large they are expanded (validation takes time that grows faster than the text).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_ROOT_FIELDS = 20
"""Fields of an operation's root, fragments expanded."""

MAX_FIELDS = 1_000
"""Fields of an operation, fragments expanded."""

MAX_DIRECTIVES = 50
"""Directives of an operation, fragments expanded."""

MAX_FRAGMENTS = 100
"""Fragments of a document."""

INTROSPECTION_DEPTH = 20
"""Depth below `__schema` and `__type`; the usual introspection query has 13."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The configurable limits; see `hub.settings`."""

    depth: int
    tokens: int
    aliases: int
    introspection: bool = True


class Measure(NamedTuple):
    """The size of a selection, fragments expanded; `root_fields` counts the fields at its top."""

    depth: int = 0
    introspection: int = 0
    aliases: int = 0
    fields: int = 0
    root_fields: int = 0
    directives: int = 0


class _Meter:
    """Measure selections, each fragment once."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._measures: dict[str, Measure] = {}
        self._in_progress: set[str] = set()

    def measure_fragment(self, name: str) -> Measure:
        """Return the size of a fragment; zero if it is missing, or within itself.

        Validation refuses both.
        """
        measured = self._measures.get(name)
        if measured is None:
            if name in self._in_progress or name not in self.fragments:
                return Measure()
            self._in_progress.add(name)
            measured = self._measures[name] = self.measure(self.fragments[name].selection_set)
            self._in_progress.discard(name)
        return measured

    def measure(self, selected: SelectionSetNode | None) -> Measure:
        """Return the size of a selection set."""
        depth = introspection = aliases = fields = root = directives = 0
        for node in selected.selections if selected else ():
            directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                below = self._measure_field(node)
                root += 1
            elif isinstance(node, InlineFragmentNode):
                below = self.measure(node.selection_set)
                root += below.root_fields
            elif isinstance(node, FragmentSpreadNode):
                below = self.measure_fragment(node.name.value)
                root += below.root_fields
            else:  # pragma: no cover (there is no fourth kind)
                continue
            depth = max(depth, below.depth)
            introspection = max(introspection, below.introspection)
            aliases += below.aliases
            fields += below.fields
            directives += below.directives
        return Measure(depth, introspection, aliases, fields, root, directives)

    def _measure_field(self, node: FieldNode) -> Measure:
        below = self.measure(node.selection_set)
        deeper = Measure(
            depth=below.depth + 1,
            introspection=below.introspection + 1,
            aliases=below.aliases + (node.alias is not None),
            fields=below.fields + 1,
            directives=below.directives,
        )
        if node.name.value in ("__schema", "__type"):
            return deeper._replace(depth=1, introspection=below.depth + 1)
        return deeper._replace(introspection=below.introspection)


def measure(document: DocumentNode, limits: Limits) -> Measure | GraphQLError:
    """Return the size of the largest operation of `document`, or an error if one is too large."""
    meter = _Meter(document)
    if len(meter.fragments) > MAX_FRAGMENTS:
        return _error(f"The document has more than {MAX_FRAGMENTS} fragments.")
    largest = Measure()
    try:
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                measured = meter.measure(definition.selection_set)
                error = _limit_error(measured, limits)
                if error is not None:
                    return error
                largest = Measure(*map(max, largest, measured))
    except RecursionError:
        return _error("The document is nested too deeply.")
    return largest


def _limit_error(measure: Measure, limits: Limits) -> GraphQLError | None:
    for value, bound, label in (
        (measure.depth, limits.depth, "levels of fields"),
        (measure.introspection, INTROSPECTION_DEPTH, "levels of introspection"),
        (measure.aliases, limits.aliases, "aliases"),
        (measure.root_fields, MAX_ROOT_FIELDS, "fields at its root"),
        (measure.fields, MAX_FIELDS, "fields"),
        (measure.directives, MAX_DIRECTIVES, "directives"),
    ):
        if value > bound:
            return _error(f"The operation has more than {bound} {label}, its fragments expanded.")
    return None


def _error(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "QUERY_TOO_LARGE"})

"""How much a document may ask for, found out before it is validated.

One pass, in which each fragment is measured once: fragments that spread fragments cannot make it
slow, however much they come to (validation itself takes time that grows faster than the text).
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
"""Directives of a document, as it is written."""

MAX_FRAGMENTS = 100
"""Fragments of a document."""

INTROSPECTION_DEPTH = 20
"""Depth below `__schema` and `__type`; the usual introspection query has 13."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds that are set from outside; see `hub.settings`."""

    depth: int
    tokens: int
    aliases: int
    introspection: bool = True


class Measure(NamedTuple):
    """What a selection comes to, fragments expanded. `root` counts the fields at its top."""

    depth: int = 0
    introspection: int = 0
    aliases: int = 0
    fields: int = 0
    root: int = 0
    directives: int = 0


class _Ruler:
    """Measures selections, each fragment once."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, Measure] = {}
        self._open: set[str] = set()

    def fragment(self, name: str) -> Measure:
        """What a fragment comes to; nothing where it is missing, or within itself.

        Validation refuses both.
        """
        known = self._known.get(name)
        if known is None:
            if name in self._open or name not in self.fragments:
                return Measure()
            self._open.add(name)
            known = self._known[name] = self.selections(self.fragments[name].selection_set)
            self._open.discard(name)
        return known

    def selections(self, selected: SelectionSetNode | None) -> Measure:
        """What a selection set comes to."""
        depth = introspection = aliases = fields = root = directives = 0
        for node in selected.selections if selected else ():
            directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                below = self._field(node)
                root += 1
            elif isinstance(node, InlineFragmentNode):
                below = self.selections(node.selection_set)
                root += below.root
            elif isinstance(node, FragmentSpreadNode):
                below = self.fragment(node.name.value)
                root += below.root
            else:  # pragma: no cover (there is no fourth kind)
                continue
            depth = max(depth, below.depth)
            introspection = max(introspection, below.introspection)
            aliases += below.aliases
            fields += below.fields
            directives += below.directives
        return Measure(depth, introspection, aliases, fields, root, directives)

    def _field(self, node: FieldNode) -> Measure:
        below = self.selections(node.selection_set)
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
    """What the largest operation of `document` comes to, or which bound one of them exceeds."""
    ruler = _Ruler(document)
    if len(ruler.fragments) > MAX_FRAGMENTS:
        return _error(f"The document has more than {MAX_FRAGMENTS} fragments.")
    largest = Measure()
    try:
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                found = ruler.selections(definition.selection_set)
                error = _exceeded(found, limits)
                if error is not None:
                    return error
                largest = Measure(*map(max, largest, found))
    except RecursionError:
        return _error("The document is nested too deeply.")
    return largest


def _exceeded(measure: Measure, limits: Limits) -> GraphQLError | None:
    for found, bound, what in (
        (measure.depth, limits.depth, "levels of fields"),
        (measure.introspection, INTROSPECTION_DEPTH, "levels of introspection"),
        (measure.aliases, limits.aliases, "aliases"),
        (measure.root, MAX_ROOT_FIELDS, "fields at its root"),
        (measure.fields, MAX_FIELDS, "fields"),
        (measure.directives, MAX_DIRECTIVES, "directives"),
    ):
        if found > bound:
            return _error(f"The operation has more than {bound} {what}, its fragments expanded.")
    return None


def _error(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "QUERY_TOO_LARGE"})

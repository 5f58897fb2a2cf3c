"""Filters in Algolia's JSON as the conditions of a search: slugs in place of names."""

from __future__ import annotations

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.reads import topics
from hub.search.former_labels import LabelName, slugs_by_name
from schema.web.instantsearch.filters import SEPARATOR, ParsedFilters, Term, is_labelled
from search_index.fields import NumberRange
from search_index.query import Condition, FacetField

_KINDS: dict[FacetField, LabelName] = {FacetField.TOPIC: "topic", FacetField.AUTHOR: "author"}


async def conditions(
    db: Reader, filters: ParsedFilters
) -> tuple[tuple[Condition | NumberRange, ...], ...]:
    """Return the engine's conditions; an unknown name matches no article.

    A statement for names of topics, one of authors, and two for levels of topics.
    """
    slugs: dict[FacetField, dict[str, list[str]]] = {}
    for field, kind in _KINDS.items():
        names = filters.values(field)
        slugs[field] = await slugs_by_name(db, kind, names, ANONYMOUS) if names else {}
    tree = await _slugs_by_path(db, filters)

    def values(term: Term) -> frozenset[str]:
        if term.level is not None:
            return tree.get((term.level, term.value), frozenset())
        if is_labelled(term.field):
            return frozenset(slugs[term.field].get(term.value, ()))
        return frozenset({term.value})

    return tuple(
        tuple(
            term
            if isinstance(term, NumberRange)
            else Condition(term.field, values(term), term.negated)
            for term in group
        )
        for group in filters.groups
    )


async def _slugs_by_path(
    db: Reader, filters: ParsedFilters
) -> dict[tuple[int, str], frozenset[str]]:
    """Return the topics of each level and value of a level, which names all from the top.

    A name may hold the separator itself: the last name of `a > b` is `b` or all of it.
    """
    terms = {(term.level, term.value) for term in filters.terms() if term.level is not None}
    if not terms:
        return {}
    names = {
        SEPARATOR.join(parts[start:])
        for _, value in terms
        for parts in [value.split(SEPARATOR)]
        for start in range(len(parts))
    }
    by_name = await slugs_by_name(db, "topic", names, ANONYMOUS)
    candidates = {slug for slugs in by_name.values() for slug in slugs}
    found: dict[tuple[int, str], frozenset[str]] = {}
    for slug, path in (await topics.paths(db, candidates, ANONYMOUS)).items():
        key = (path.level, SEPARATOR.join(name for _, name in path.steps))
        if key in terms:
            found[key] = found.get(key, frozenset()) | {slug}
    return found

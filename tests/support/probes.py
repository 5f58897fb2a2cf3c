"""Requests for everything that a hub answers, made from its schema and its routes.

An argument or a route without values here fails: add them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    parse_const_value,
    value_from_ast_untyped,
)
from starlette.routing import Route
from typing_extensions import override

from hub.db.timestamps import now
from schema import ids
from tests.support.hidden_content import OLD_PATH, PLANNED_URL
from tests.support.pictures import HIDDEN_HASH

ID_KINDS = (
    *(ids.ARTICLE, ids.COMMENT, ids.TOPIC, ids.AUTHOR, ids.REVISION),
    *(
        ids.MODERATED,
        ids.RELATION,
        ids.SYNONYMS,
        ids.PIN,
        ids.RULE,
        ids.PREVIEW,
        ids.RELEASE,
        ids.TRASHED,
    ),
    *(ids.AUDIT_ENTRY, ids.REPORTED_LINK, ids.OUTSIDE_LINK),
)
MOVING = frozenset({"tookMs"})
"""Fields whose values differ in two answers to one query."""

_ARTICLES = tuple(f'"{ids.global_id(ids.ARTICLE, number)}"' for number in range(1, 4))
_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "first": ("20",),
    "rootsOnly": ("false", "true"),
    "taxonomies": ("null", '["tag"]'),
    "in": ("[ARTICLES, COMMENTS]",),
    "asYouType": ("true",),
    "dates": ("REQUIRE",),
    "statuses": ("[PENDING, APPROVED, SPAM, TRASH]",),
    "order": ("NEWEST", "MOST_DISCUSSED"),
    "days": ("30",),
    "articleId": _ARTICLES,
    "of": _ARTICLES,
    "depth": ("3",),
    "kinds": (),
    "url": (f'"{PLANNED_URL}"', f'"{OLD_PATH}"'),
    "sources": ('["example.test"]',),
    **dict.fromkeys(("filter", "sort", "after", "last", "before", "language"), ()),
}
_FLAT = "totalCount nodes { id url body authorName replyCount editedAt parent { id body } }"
_FILTERED = """query($slugs: [String!]!) {
  topics: search(query: "", filter: {topics: $slugs}) { totalCount nodes { id title } }
  authors: search(query: "", filter: {authors: $slugs}) { totalCount nodes { id title } }
  articles(filter: {topics: $slugs}) { totalCount }
}"""
_NESTED = {"includeDangling": "true", "size": "50", "slug": '"bread"'}


@dataclass(frozen=True)
class Probe:
    """A request: a GraphQL query, or the method, address and JSON body of another one."""

    method: str
    address: str
    body: Any = None

    @override
    def __str__(self) -> str:
        return f"{self.method} {self.address} {json.dumps(self.body) if self.body else ''}"


def query(text: str, variables: Mapping[str, Any] | None = None) -> Probe:
    """Build the probe of a GraphQL query."""
    return Probe("POST", "/graphql", {"variables": variables or {}, "query": text})


def queries(
    schema: GraphQLSchema, slugs: Sequence[str], texts: Sequence[str], max_id: int
) -> Iterator[Probe]:
    """Yield queries of every root field, with everything below it, for each value of each argument.

    Global ids of every kind up to the number `max_id`. Those of one field are one document with
    different variables, and follow each other: to parse and to validate it takes 0.1 s.
    """
    values: dict[str, Sequence[str]] = {
        **_ARGUMENTS,
        "slug": [json.dumps(slug) for slug in slugs],
        "query": [json.dumps(text) for text in texts],
        "id": [],
        "asOf": [json.dumps(now().isoformat())],
        "to": [json.dumps(now().date().isoformat())],
    }
    root = schema.query_type
    assert root is not None
    for name, field in root.fields.items():
        if name == "nodes":
            yield from _nodes(schema, field, max_id)
        elif name != "node":  # as `nodes`
            below = ""
            if is_composite_type(get_named_type(field.type)):
                below = f" {{ {' '.join(selections(schema, field.type, frozenset()))} }}"
            for left_out in ("url", "slug") if {"url", "slug"} <= field.args.keys() else ("",):
                given = {
                    key: choices
                    for key, argument in field.args.items()
                    if key != left_out and (choices := _choices(key, argument, values))
                }
                declared = ", ".join(f"${key}: {field.args[key].type}" for key in given)
                passed = ", ".join(f"{key}: ${key}" for key in given)
                text = f"query({declared}) {{ {name}({passed}){below} }}".replace("()", "")
                for choice in product(*given.values()):
                    yield query(text, dict(zip(given, map(_json, choice), strict=True)))
    flat = (
        f"query($slug: String!) {{ article(slug: $slug) {{ comments(flat: true) {{ {_FLAT} }} }} }}"
    )
    yield from (query(flat, {"slug": slug}) for slug in slugs)
    yield from (query(_FILTERED, {"slugs": [slug, "baking"]}) for slug in slugs)


def _json(literal: str) -> Any:
    """Return what a variable needs for a literal of GraphQL."""
    return value_from_ast_untyped(parse_const_value(literal))


def _nodes(schema: GraphQLSchema, field: GraphQLField, max_id: int) -> Iterator[Probe]:
    """Yield queries of nodes by the ids of each kind, as each type."""
    node = get_named_type(field.type)
    assert isinstance(node, GraphQLInterfaceType)
    possible = {type_.name: type_ for type_ in schema.get_possible_types(node)}
    for kind in ID_KINDS:
        type_ = possible.pop(kind, schema.type_map["Article"])
        below = " ".join(selections(schema, type_, frozenset()))
        numbered = [ids.global_id(kind, number) for number in range(1, max_id + 1)]
        selected = f"__typename id ... on {type_.name} {{ {below} }}"
        yield query(f"{{ nodes(ids: {json.dumps(numbered)}) {{ {selected} }} }}")
    assert not possible, f"{', '.join(possible)} are no kinds of ids in the probes"


def _choices(name: str, argument: Any, values: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the literals that are given as this argument; none if it is left out."""
    if name in ("from", "to"):  # the ends of a path; a range of days is left out
        return _ARTICLES if isinstance(argument.type, GraphQLNonNull) else ()
    if name == "sort":
        is_search = get_named_type(argument.type).name == "SearchSort"
        return ["RELEVANCE" if is_search else "MOST_REPORTED"]
    if name not in values:
        raise AssertionError(f"the argument {name} has no values in the probes")
    if name == "id" and isinstance(argument.type, GraphQLNonNull):  # of a release, so far
        return [json.dumps(ids.global_id(ids.RELEASE, number)) for number in range(1, 4)]
    if name in ("from", "to") and isinstance(argument.type, GraphQLNonNull):  # ends of a path
        return _ARTICLES
    if not values[name] and isinstance(argument.type, GraphQLNonNull):
        raise AssertionError(f"the argument {name} needs values in the probes")
    return values[name]


def selections(schema: GraphQLSchema, type_: Any, path: frozenset[str]) -> Iterator[str]:
    """Yield the selections of everything in a composite type.

    Of a type that is on the `path` already, only the fields without a selection.
    """
    type_ = get_named_type(type_)
    assert not is_abstract_type(type_), f"{type_} needs its possible types in the probes"
    yield "__typename"
    for name, field in type_.fields.items():
        if name not in MOVING:
            yield from _selection(schema, type_.name, name, field, path)


def _selection(
    schema: GraphQLSchema, parent: str, name: str, field: GraphQLField, path: frozenset[str]
) -> Iterator[str]:
    """Yield the selection of a field of the type `parent`, if it has one."""
    arguments = [f"{key}: {_NESTED[key]}" for key in field.args if key in _NESTED]
    text = name + (f"({', '.join(arguments)})" if arguments else "")
    inner = get_named_type(field.type)
    if not is_composite_type(inner):
        yield text
    elif parent not in path:
        # What `nodes` holds is expanded in `edges`.
        below = path | {parent} | ({inner.name} if name == "nodes" else frozenset())
        yield f"{text} {{ {' '.join(selections(schema, field.type, below))} }}"


_UNRELATED = frozenset(
    {
        *("/graphql", "/graphql/static/{file}", "/healthz", "/schema.graphql"),
        *("/docs/", "/docs/{name:path}", "/metrics"),
    }
)
"""Routes whose answers hold no content: GraphQL's own, and files. `/metrics` is operators'."""


def addresses(routes: Sequence[Any], slugs: Sequence[str], texts: Sequence[str]) -> Iterator[Probe]:
    """Yield requests to every route, for each slug and text."""
    for route in routes:
        if isinstance(route, Route) and route.path not in _UNRELATED and not _is_file(route):
            yield from _requests(route.path, slugs, texts)


def _is_file(route: Route) -> bool:
    return route.path.endswith((".js", ".css", "hub-search.json")) or "{file}" in route.path


def _requests(path: str, slugs: Sequence[str], texts: Sequence[str]) -> Iterator[Probe]:
    queries = [{"q": text} for text in texts]
    articles = [{"article": slug} for slug in slugs]
    labels = [{name: slug} for name in ("topic", "author") for slug in slugs]
    every = [
        {"indexName": index, "query": text, "facets": ["*"]} for index in _INDEXES for text in texts
    ]
    pages: dict[str, Sequence[Mapping[str, str]]] = {
        "/": [{}, *articles],
        "/search": [{}, *queries, *labels],
        "/suggest": queries,
        **{key: [{}, *articles, *queries, *labels] for key in _FEEDS},
        "/oembed": [{"url": f"http://hub.test/stories/{slug}"} for slug in slugs],
        "/comment": [{"to": "3"} | article for article in articles],
        "/comment/own": [{}],
        "/topics": [{}],
        "/authors": [{}],
        "/archive": [{}],
        **{key: [{}] for key in ("/sitemap.xml", "/robots.txt", "/opensearch.xml", "/readyz")},
    }
    bodies: dict[str, list[tuple[str, Any]]] = {
        **{key: [(path, {"requests": every})] for key in _SEARCHES},
        "/1/indexes/*/recommendations": [(_RECOMMENDATIONS, body) for body in _recommended()],
        "/1/{path:path}": [("/1/nothing", {})],
        "/1/events": [("/1/events", _clicks(text)) for text in texts],
        "/1/indexes/{index}/query": [
            ("/1/indexes/articles/query", body)
            for body in (
                *every,
                *(
                    {"facetFilters": [f"{name}:{text}"]}
                    for name in _FACETS
                    for text in (*texts, *slugs)
                ),
            )
        ],
        "/1/indexes/{index}/facets/{facet}/query": [
            (f"/1/indexes/articles/facets/{name}/query", {"facetQuery": text})
            for name, text in product(_FACETS, (*texts, ""))
        ],
    }
    named = re.fullmatch(r"(/stories|/topics|/authors)/\{slug\}", path)
    if path == "/sitemap-{block:int}.xml":
        yield from (Probe("GET", f"/sitemap-{block}.xml") for block in (0, 1))
    elif named:
        yield from (Probe("GET", f"{named[1]}/{quote(slug)}") for slug in slugs)
    elif path == "/media/{hash}/{name}":
        names = ("original.jpg", "160.webp", "161.webp")
        yield from (Probe("GET", f"/media/{HIDDEN_HASH}/{name}") for name in names)
    elif path == "/stories/{language}/{slug}":
        yield from (Probe("GET", f"/stories/de/{quote(slug)}") for slug in slugs)
    elif path.startswith("/archive/"):
        period = path.format(year=now().year, month=now().month)
        yield Probe("GET", period)
    elif path in pages:
        yield from _gets(path, pages[path])
    else:
        assert path in bodies, f"the route {path} is not in the probes"
        yield from (Probe("POST", address, body) for address, body in bodies[path])


def _recommended() -> Iterator[dict[str, Any]]:
    for model in ("related-products", "looking-similar"):
        ids_ = [ids.global_id(ids.ARTICLE, number) for number in range(1, 20)]
        request = {"indexName": "articles", "model": model}
        yield {"requests": [{**request, "objectID": id_} for id_ in ids_]}


def _clicks(text: str) -> dict[str, Any]:
    articles = [ids.global_id(ids.ARTICLE, number) for number in range(1, 20)]
    click = {"query": text, "objectIDs": articles, "positions": [*range(1, 20)]}
    return {"events": [{"eventType": "click", **click}]}


_RECOMMENDATIONS = "/1/indexes/*/recommendations"
_FEEDS = ("/feed.xml", "/atom.xml", "/feed.json")
_SEARCHES = ("/instantsearch", "/1/indexes/*/queries")
_FACETS = ("topics", "authors")
_FILTERS = (*_FACETS, "hierarchicalTopics.lvl0")
_INDEXES = ("articles", "articles_query_suggestions")


def _gets(path: str, parameters: Sequence[Mapping[str, str]]) -> Iterator[Probe]:
    for values in parameters:
        yield Probe("GET", f"{path}?{urlencode(values, quote_via=quote)}" if values else path)


def subscriptions(schema: GraphQLSchema, article_id: int, text: str) -> Iterator[str]:
    """Yield a subscription of every root field, about this article or text."""
    values: dict[str, Sequence[str]] = {
        **_ARGUMENTS,
        "id": (),
        "articleId": [json.dumps(ids.global_id(ids.ARTICLE, article_id))],
        "query": [json.dumps(text)],
    }
    root = schema.subscription_type
    assert root is not None
    for name, field in root.fields.items():
        below = " ".join(selections(schema, field.type, frozenset()))
        choices = [
            [f"{key}: {value}" for value in _choices(key, argument, values)]
            for key, argument in field.args.items()
        ]
        for choice in product(*filter(None, choices)):
            arguments = f"({', '.join(choice)})" if choice else ""
            yield f"subscription {{ {name}{arguments} {{ {below} }} }}"

"""The dearest requests that anybody may send: shapes of documents, feeds, sitemaps and batches.

A shape is as large as the hub accepts: its page sizes are found by `scripts.bench.worst`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from graphql import get_introspection_query

ALIASES = 20
PLAIN = (
    "id slug title summary language kind status publishedAt createdAt updatedAt version"
    " commentsOpen commentCount image { url alt } canonicalUrl url"
)
"""The fields of an article that take no work of their own."""

WORDS = ("ferry", "market", "council", "river", "school", "museum", "energy", "harbour")


class Shape(NamedTuple):
    """A GraphQL document for a page size, with its number in a comment, so that each is new."""

    name: str
    document: Callable[[int], str]


class WebShape(NamedTuple):
    """A request of another endpoint: a path, and the JSON body of a POST for its size."""

    name: str
    path: str
    body: Callable[[int], Any] | None = None


def aliased(field: str, count: int = ALIASES) -> str:
    """Repeat a field under aliases; `%d` in it is replaced by their numbers."""
    return " ".join(f"a{number}: {field.replace('%d', str(number))}" for number in range(count))


def _articles(fields: str) -> Callable[[int], str]:
    return lambda size: f"{{ articles(first: {size}) {{ nodes {{ {fields} }} }} }}"


def _nested(outer: str, inner: str, fields: str) -> Callable[[int], str]:
    """Return a list in each item of a list, both of the same size."""
    return lambda size: (
        f"{{ {outer}(first: {size}) {{ nodes {{ {inner}(first: {size})"
        f" {{ totalCount nodes {{ {fields} }} }} }} }} }}"
    )


def _search(
    fields: str, arguments: str = "", count: int = ALIASES, first: int = 0
) -> Callable[[int], str]:
    """Return searches for different words; the size is that of their pages.

    With `first`, that is the size of the pages, and the size their number, at most `count`.
    """

    def document(size: int) -> str:
        searches, page = (min(size, count), first) if first else (count, size)
        return _searches(fields, arguments, searches, page)

    return document


def _searches(fields: str, arguments: str, count: int, page: int) -> str:
    searches = " ".join(
        f'a{number}: search(query: "{WORDS[number % len(WORDS)]} {number}", first: {page}'
        f" {arguments}) {{ {fields.replace('$size', str(page))} }}"
        for number in range(count)
    )
    return f"{{ {searches} }}"


def _repeated(field: str) -> Callable[[int], str]:
    """Return a root field under as many aliases as the size says, at most `ALIASES`."""
    return lambda size: f"{{ {aliased(field, min(size, ALIASES))} }}"


SHAPES = (
    Shape("bodies", _articles("body")),
    Shape("bodies × aliases", _articles(aliased("body"))),
    Shape("Markdown", _articles("body(format: MARKDOWN)")),
    Shape("Markdown × aliases", _articles(aliased("body(format: MARKDOWN)"))),
    Shape(
        "bodies in all formats",
        _articles("a: body(format: MARKDOWN) b: body(format: TEXT) c: body excerpt(length: 2000)"),
    ),
    Shape("excerpts × aliases", _articles(aliased("excerpt(length: 2000)"))),
    Shape("excerpts of related", _nested("articles", "related", "excerpt(length: 2000)")),
    Shape("all plain fields", _articles(f"{PLAIN} {aliased('summary')}")),
    Shape("plain fields of related", _nested("articles", "related", PLAIN)),
    Shape(
        "related of related",
        _nested("articles", "related", "related(first: 9) { edges { kind because { detail } } }"),
    ),
    Shape("comments", _nested("articles", "comments", f"authorName {aliased('body')}")),
    Shape(
        "comments as Markdown",
        _nested("articles", "comments", aliased("body(format: MARKDOWN)")),
    ),
    Shape(
        "replies",
        _nested("articles", "comments", "replies(first: 5) { totalCount nodes { body } }"),
    ),
    Shape("structured data", _articles(aliased("jsonLd"))),
    Shape("labels", _articles(aliased("topics { name ancestors { name } }"))),
    Shape("articles of topics", _nested("topics", "articles", "title")),
    Shape("articles of authors", _nested("authors", "articles", "title")),
    Shape(
        "counts of topics",
        lambda size: (
            f"{{ topics(first: {size}) {{ nodes {{ articles(first: 1) {{ totalCount }} }} }} }}"
        ),
    ),
    Shape(
        "counts of lists",
        _repeated('articles(first: 1, filter: { topics: ["energy"] }) { totalCount }'),
    ),
    Shape("searches", _search("totalCount nodes { id }")),
    Shape(
        "searches with facets",
        _search("facets(size: 100) { field buckets { value label count } }", first=1),
    ),
    Shape(
        "hits with highlights",
        _search("edges { highlights(fragments: 5) { field fragments } }"),
    ),
    Shape(
        "hits with everything",
        _search(
            "totalCount didYouMean facets(size: 100) { field buckets { value label count } }"
            " edges { highlights(fragments: 5) { field fragments } paragraph { fragment"
            " related { node { title } } } node { title excerpt topics { name } } }"
            " related(first: $size) { nodes { title } }",
            first=100,
        ),
    ),
    Shape(
        "searches of comments",
        _search("nodes { title }", "in: [ARTICLES, COMMENTS]"),
    ),
    Shape("searches with typos", _search("didYouMean nodes { id }", "asYouType: true")),
    Shape("suggestions", _repeated('suggest(query: "s%d", first: 20) { text article { title } }')),
    Shape("introspection", _repeated("__schema { types { name fields { name type { name } } } }")),
    Shape("introspection query", lambda _: get_introspection_query()),
)


def _batch(parameters: Mapping[str, Any]) -> Callable[[int], Any]:
    """Return a batch of different searches; the size is their number."""

    def body(size: int) -> Any:
        queries = (f"{WORDS[number % len(WORDS)]} {number}" for number in range(min(size, 50)))
        return {
            "requests": [
                {"indexName": "articles", "params": {"query": query, **parameters}}
                for query in queries
            ]
        }

    return body


WEB_SHAPES = (
    WebShape("/feed.xml", "/feed.xml?first=50"),
    WebShape("/atom.xml", "/atom.xml?first=50"),
    WebShape("/feed.json", "/feed.json?first=50"),
    WebShape("/feed.xml of a search", "/feed.xml?first=50&q=market"),
    WebShape("/sitemap-0.xml", "/sitemap-0.xml"),
    WebShape("/search", "/search?q=market"),
    WebShape("/suggest", "/suggest?q=ma"),
    WebShape(
        "InstantSearch batch, full pages",
        "/instantsearch",
        _batch({"hitsPerPage": 100, "facets": ["*"], "maxValuesPerFacet": 1_000}),
    ),
    WebShape(
        "InstantSearch batch, far pages", "/instantsearch", _batch({"hitsPerPage": 1, "page": 999})
    ),
    WebShape(
        "InstantSearch batch, facets",
        "/instantsearch",
        _batch({"hitsPerPage": 0, "facets": ["*"], "maxValuesPerFacet": 1_000}),
    ),
)

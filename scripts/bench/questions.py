"""The requests of a front end, and checks of their responses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from scripts.bench.client import Connection, get, post
from scripts.bench.fill import ExpectedArticle
from scripts.bench.process import BenchError

RELATED = 5
COMMENTS = 20
LIST = 20
HITS = 10

ARTICLE_PAGE = """
query ArticlePage($slug: String!) {
  article(slug: $slug) {
    id slug title summary publishedAt body commentCount
    authors { name slug }
    topics { name slug }
    related(first: 5) { edges { kind node { id slug title publishedAt } } }
    comments(first: 20) { totalCount nodes { id authorName body publishedAt } }
  }
}
"""
ARTICLE_LIST = """
query ArticleList($after: String) {
  articles(first: 20, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id slug title summary publishedAt commentCount
      authors { name slug }
      topics { name slug }
    }
  }
}
"""
SEARCH_PAGE = """
query SearchPage($query: String!) {
  search(query: $query, first: 10) {
    totalCount
    edges {
      score
      highlights { field fragments }
      node {
        id slug title publishedAt
        related(first: 3) { edges { kind node { slug title } } }
        comments(first: 2) { totalCount nodes { authorName body publishedAt } }
      }
    }
  }
}
"""


class Question(NamedTuple):
    """A page of a site, with requests for different instances of it, whose responses are correct.

    `requests` is keyed by the instance: a slug, a page's number, a text.
    """

    name: str
    requests: dict[str, bytes]


async def article_pages(
    connection: Connection,
    name: str,
    articles: Sequence[ExpectedArticle],
    stored: Sequence[ExpectedArticle],
) -> Question:
    """Return the pages of `articles`; `stored` are all articles of the hub.

    Raises:
        BenchError: a response is wrong; likewise below.
    """
    requests = dict[str, bytes]()
    for expected in articles:
        requests[expected.slug] = post(ARTICLE_PAGE, {"slug": expected.slug})
        article = (await _fetch_data(connection, requests[expected.slug]))["article"]
        comments = article["comments"]
        _check_equal(
            expected.slug,
            [expected.slug, min(expected.related, RELATED), min(expected.threads, COMMENTS)],
            [article["slug"], len(article["related"]["edges"]), len(comments["nodes"])],
        )
        _check_equal(
            expected.slug,
            [expected.comments, expected.threads],
            [article["commentCount"], comments["totalCount"]],
        )
        related = {edge["node"]["slug"] for edge in article["related"]["edges"]}
        _check_equal(expected.slug, set(), related - {item.slug for item in stored})
    return Question(name, requests)


async def article_lists(
    connection: Connection, name: str, stored: Sequence[ExpectedArticle], pages: int
) -> Question:
    """Return the list of all articles, page by page, `pages` at most."""
    requests, after = dict[str, bytes](), None
    slugs = [item.slug for item in reversed(stored)]
    for start in range(0, min(len(slugs), pages * LIST), LIST):
        page = f"page {start // LIST + 1}"
        requests[page] = post(ARTICLE_LIST, {"after": after})
        articles = (await _fetch_data(connection, requests[page]))["articles"]
        _check_equal(
            page, slugs[start : start + LIST], [node["slug"] for node in articles["nodes"]]
        )
        after = articles["pageInfo"]["endCursor"]
    return Question(name, requests)


async def search_pages(connection: Connection, name: str, texts: Sequence[str]) -> Question:
    """Return the searches that fill a page; if there are none, those with any hit."""
    with_hits, full, is_marked = dict[str, bytes](), dict[str, bytes](), False
    for text in texts:
        request = post(SEARCH_PAGE, {"query": text})
        search = (await _fetch_data(connection, request))["search"]
        edges = search["edges"]
        _check_equal(text, min(search["totalCount"], HITS), len(edges))
        # Matches of a topic's name are not marked.
        is_marked |= any(edge["highlights"] for edge in edges)
        if edges:
            with_hits[text] = request
        if len(edges) == HITS:
            full[text] = request
    if not is_marked:
        raise BenchError("No search marked what it found.")
    return Question(name, full or with_hits)


async def cached_pages(connection: Connection, slugs: Sequence[str]) -> list[Question]:
    """Return article pages from the response cache: by POST, by persisted GET, not modified."""
    posts, gets, unchanged = dict[str, bytes](), dict[str, bytes](), dict[str, bytes]()
    hash_ = hashlib.sha256(ARTICLE_PAGE.encode()).hexdigest()
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": hash_}}
    await connection.send(post(ARTICLE_PAGE, {"slug": slugs[0]}, persisted))
    for slug in slugs:
        posts[slug] = post(ARTICLE_PAGE, {"slug": slug})
        parameters = {"extensions": persisted, "variables": {"slug": slug}}
        path = "/graphql?" + urlencode({k: orjson.dumps(v).decode() for k, v in parameters.items()})
        gets[slug] = get(path)
        _check_equal(
            slug,
            await _fetch_data(connection, posts[slug]),
            await _fetch_data(connection, gets[slug]),
        )
        etag = re.search(rb"\r\netag: (\S+)", (await connection.send(gets[slug])).head)
        unchanged[slug] = get(path, etag[1].decode() if etag else "")
        _check_equal(slug, 304, (await connection.send(unchanged[slug])).status)
    return [
        Question("article page, kept", posts),
        Question("article page, kept, persisted GET", gets),
        Question("article page, not modified", unchanged),
    ]


async def _fetch_data(connection: Connection, request: bytes) -> Any:
    answer = await connection.send(request)
    result = orjson.loads(answer.body) if answer.body.startswith(b"{") else {}
    if answer.status != 200 or "errors" in result or "data" not in result:
        raise BenchError(f"An answer is wrong ({answer.status}): {answer.body[:500]!r}")
    return result["data"]


def _check_equal(place: str, expected: object, actual: object) -> None:
    if expected != actual:
        raise BenchError(f"The answer for {place} is wrong: {actual!r}, not {expected!r}")

"""What a front end asks of the hub, and whether the answers are right."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from scripts.bench.client import Connection, get, post
from scripts.bench.fill import Fact
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
    """A page of a site, with requests for different instances of it, all found to be right.

    `requests` are by what tells the instances apart: a slug, a page's number, a text.
    """

    name: str
    requests: dict[str, bytes]


async def article_pages(
    connection: Connection, name: str, facts: Sequence[Fact], known: Sequence[Fact]
) -> Question:
    """The pages of the articles `facts` (of all that are `known`).

    Raises:
        BenchError: an answer is not right; likewise below.
    """
    requests = dict[str, bytes]()
    for fact in facts:
        requests[fact.slug] = post(ARTICLE_PAGE, {"slug": fact.slug})
        article = (await _data(connection, requests[fact.slug]))["article"]
        comments = article["comments"]
        _agree(
            fact.slug,
            [fact.slug, min(fact.related, RELATED), min(fact.threads, COMMENTS)],
            [article["slug"], len(article["related"]["edges"]), len(comments["nodes"])],
        )
        _agree(
            fact.slug,
            [fact.comments, fact.threads],
            [article["commentCount"], comments["totalCount"]],
        )
        related = {edge["node"]["slug"] for edge in article["related"]["edges"]}
        _agree(fact.slug, set(), related - {one.slug for one in known})
    return Question(name, requests)


async def article_lists(
    connection: Connection, name: str, known: Sequence[Fact], pages: int
) -> Question:
    """The list of all articles, page by page, and `pages` of them at most."""
    requests, after = dict[str, bytes](), None
    slugs = [fact.slug for fact in reversed(known)]
    for start in range(0, min(len(slugs), pages * LIST), LIST):
        page = f"page {start // LIST + 1}"
        requests[page] = post(ARTICLE_LIST, {"after": after})
        articles = (await _data(connection, requests[page]))["articles"]
        _agree(page, slugs[start : start + LIST], [node["slug"] for node in articles["nodes"]])
        after = articles["pageInfo"]["endCursor"]
    return Question(name, requests)


async def search_pages(connection: Connection, name: str, texts: Sequence[str]) -> Question:
    """The searches for those of `texts` that fill a page; where none does, for those that find."""
    found, full, marked = dict[str, bytes](), dict[str, bytes](), False
    for text in texts:
        request = post(SEARCH_PAGE, {"query": text})
        search = (await _data(connection, request))["search"]
        edges = search["edges"]
        _agree(text, min(search["totalCount"], HITS), len(edges))
        marked |= any(edge["highlights"] for edge in edges)  # a topic's name alone is not marked
        if edges:
            found[text] = request
        if len(edges) == HITS:
            full[text] = request
    if not marked:
        raise BenchError("No search marked what it found.")
    return Question(name, full or found)


async def kept_pages(connection: Connection, slugs: Sequence[str]) -> list[Question]:
    """Article pages whose answers the server keeps: by POST, by persisted GET, not modified."""
    posted, got, unchanged = dict[str, bytes](), dict[str, bytes](), dict[str, bytes]()
    hash_ = hashlib.sha256(ARTICLE_PAGE.encode()).hexdigest()
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": hash_}}
    await connection.ask(post(ARTICLE_PAGE, {"slug": slugs[0]}, persisted))
    for slug in slugs:
        posted[slug] = post(ARTICLE_PAGE, {"slug": slug})
        given = {"extensions": persisted, "variables": {"slug": slug}}
        path = "/graphql?" + urlencode({k: orjson.dumps(v).decode() for k, v in given.items()})
        got[slug] = get(path)
        _agree(slug, await _data(connection, posted[slug]), await _data(connection, got[slug]))
        etag = re.search(rb"\r\netag: (\S+)", (await connection.ask(got[slug])).head)
        unchanged[slug] = get(path, etag[1].decode() if etag else "")
        _agree(slug, 304, (await connection.ask(unchanged[slug])).status)
    return [
        Question("article page, kept", posted),
        Question("article page, kept, persisted GET", got),
        Question("article page, not modified", unchanged),
    ]


async def _data(connection: Connection, request: bytes) -> Any:
    answer = await connection.ask(request)
    told = orjson.loads(answer.body) if answer.body.startswith(b"{") else {}
    if answer.status != 200 or "errors" in told or "data" not in told:
        raise BenchError(f"An answer is wrong ({answer.status}): {answer.body[:500]!r}")
    return told["data"]


def _agree(place: str, expected: object, found: object) -> None:
    if expected != found:
        raise BenchError(f"The answer for {place} is wrong: {found!r}, not {expected!r}")

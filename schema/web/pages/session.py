"""A request for a page: queries of the API in process, and the rendered page, cached while exact.

A page is made of the answers to its queries. It is cached with them: the next request asks the same
queries again, and as long as the response cache returns the very same answers, the page is sent as
it was rendered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from os import urandom
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.auth import ANONYMOUS
from hub.errors import RateLimited
from hub.media.addresses import absolute
from hub.settings import Settings
from schema.errors import (
    BAD_USER_INPUT,
    DATABASE_UNAVAILABLE,
    RETRY_SECONDS,
    SEARCH_UNAVAILABLE,
    STORAGE_FULL,
)
from schema.server import requests
from schema.server.conditional import CACHE_A_MINUTE, conditional_response
from schema.server.operations import Caller, Operations
from schema.server.requests import JSON, Refused, client_key
from schema.server.response_cache import GraphQLResponse
from schema.web import html_pages
from schema.web.html_pages import Head, secure
from schema.web.words import Words, words_of
from search_index.lru_cache import LRUCache

CACHE_BYTES = 8_000_000
"""Bytes of rendered pages that a process caches."""

_UNAVAILABLE = (DATABASE_UNAVAILABLE, STORAGE_FULL, SEARCH_UNAVAILABLE)

Query = tuple[str, Mapping[str, Any]]
"""A document and its variables."""


class PageProblem(Exception):
    """The page cannot be shown; `message` tells the reader why."""

    def __init__(self, status: int, title: str, message: str, **values: str) -> None:
        """Take the English title and message; `values` are for its placeholders."""
        super().__init__(message)
        self.status = status
        self.title = title
        self.message = message
        self.values = values


def not_found(message: str = "It may have been moved or withdrawn.", **values: str) -> PageProblem:
    """Return the problem of a page that is not there."""
    return PageProblem(404, "There is no such page", message, **values)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page, or with `location` a redirect, relative to the request: 301 where `status` is 200."""

    content: bytes = b""
    location: str = ""
    policy: str = html_pages.POLICY
    status: int = 200


@dataclass(frozen=True, slots=True)
class _CachedPage:
    rendered: Rendered
    answers: list[tuple[Query, GraphQLResponse]]


class PageCache(LRUCache[tuple[str, str, str], _CachedPage]):
    """LRU cache of the rendered pages of a process, by path, query string and base address."""

    def __init__(self) -> None:
        super().__init__(CACHE_BYTES, lambda key, page: len(page.rendered.content) + len(key[1]))


@dataclass(slots=True)
class Session:
    """A request for a page: `ask` queries the API as nobody in particular.

    `language` is that of the page, if it is not the hub's.
    """

    request: Request
    settings: Settings
    answers: list[tuple[Query, GraphQLResponse]] = field(default_factory=list)
    language: str = ""

    @property
    def words(self) -> Words:
        """The words of the page's language; of the hub's, if there are none."""
        return words_of(*filter(None, (self.language, self.settings.language)))

    @property
    def base(self) -> str:
        """The hub's own address, which ends with a slash."""
        return str(self.request.base_url)

    @property
    def root(self) -> str:
        """The relative address of the start page."""
        scope = self.request.scope
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        return "../" * (path.count(b"/") - 1) or "./"

    def picture(self, url: str) -> str:
        """Return the whole address of a picture, by HTTPS unless the hub itself has it."""
        return secure(absolute(url, self.base.rstrip("/")), self.base)

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return the data of a query. Raises PageProblem if there are errors; RateLimited."""
        query = (document, variables)
        response = await self.execute(query)
        self.answers.append((query, response))
        return read_data(response)

    async def execute(self, query: Query) -> GraphQLResponse:
        """Return the response to an operation. Raises PageProblem if it is refused."""
        document, variables = query
        operations: Operations = self.request.app.state.graphql.operations
        client = client_key(ANONYMOUS, self.request.scope, self.settings.proxies)
        caller = Caller(ANONYMOUS, client, urandom(8).hex())
        try:
            return await operations.execute(
                requests.Request(document, dict(variables)), caller, JSON, "POST"
            )
        except Refused as refused:
            if refused.status == 429:
                raise RateLimited("changes", 60) from refused
            raise PageProblem(503, "Not at the moment", refused.message) from refused

    def render(self, template: str, head: Head, **values: object) -> bytes:
        """Render a template with the settings and addresses of this request."""
        return html_pages.render_page(
            self.settings,
            template,
            head,
            root=self.root,
            translate=self.words,
            session=self,
            **values,
        )

    def problem(self, problem: PageProblem) -> Response:
        """Return the page of a problem, which no cache stores."""
        words = self.words
        head = Head(words(problem.title), robots="noindex")
        message = words(problem.message, **problem.values)
        content = self.render("problem.html", head, message=message)
        headers = {**html_pages.HEADERS, "cache-control": "no-store"}
        if problem.status == 503:
            headers["retry-after"] = str(RETRY_SECONDS)
        return Response(content, problem.status, headers, html_pages.HTML)


def read_data(response: GraphQLResponse) -> dict[str, Any]:
    """Return the data of a response. Raises PageProblem, RateLimited for its first error."""
    answer = orjson.loads(response.body)
    for error in answer.get("errors", ()):
        code = error.get("extensions", {}).get("code")
        if code == "RATE_LIMITED":
            raise RateLimited("searches", 60)
        if code == BAD_USER_INPUT:
            message = "This address does not lead anywhere any more. Please begin again."
            raise PageProblem(400, "This page is gone", message)
        if code in _UNAVAILABLE:
            message = "This is out of order at the moment. Please try again."
            raise PageProblem(503, "Not at the moment", message)
        raise PageProblem(503, "Not at the moment", str(error.get("message")))
    data: dict[str, Any] = answer["data"]
    return data


async def respond(
    request: Request, settings: Settings, build: Callable[[Session], Awaitable[Rendered]]
) -> Response:
    """Respond with the page that `build` renders, or with the cached one if it is still exact."""
    session, cache = Session(request, settings), request.app.state.page_cache
    key = (request.url.path, request.url.query, session.base)
    try:
        rendered = await _cached(session, cache.get(key))
        if rendered is None:
            session.answers.clear()
            rendered = await build(session)
            if all(response.key is not None for _, response in session.answers):
                cache.put(key, _CachedPage(rendered, session.answers))
    except PageProblem as problem:
        return session.problem(problem)
    except RateLimited as limited:
        title = "One moment, please"
        response = session.problem(PageProblem(429, title, str(limited)))
        response.headers["retry-after"] = str(limited.retry_after_seconds)
        return response
    headers = {**html_pages.HEADERS, "content-security-policy": rendered.policy}
    if rendered.location:
        headers |= {"location": rendered.location, "cache-control": "no-cache"}
        status = 301 if rendered.status == 200 else rendered.status
        return Response("", status, headers, html_pages.HTML)
    return conditional_response(
        request, rendered.content, html_pages.HTML, headers=headers, cache=CACHE_A_MINUTE
    )


async def not_found_page(settings: Settings, request: Request, error: Exception) -> Response:
    """Respond to a path without a route: by a page to browsers, by a line to all else."""
    if requests.HTML not in request.headers.get("accept", ""):
        return PlainTextResponse("Not Found", 404)
    return Session(request, settings).problem(not_found())


async def _cached(session: Session, page: _CachedPage | None) -> Rendered | None:
    """Return a cached page if all its queries have the very answers that it was rendered from."""
    if page is None:
        return None
    for query, response in page.answers:
        if await session.execute(query) is not response:
            return None
    return page.rendered

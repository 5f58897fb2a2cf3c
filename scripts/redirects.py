"""Redirects from former addresses of articles to their present ones, and their formats."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from enum import Enum
from typing import NamedTuple, assert_never
from urllib.parse import parse_qsl

import orjson

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.reads import addresses
from hub.reads.addresses import FormerRow
from hub.text.slugs import path_of_key, url_key
from schema import article_urls


class Format(str, Enum):
    """A format of maps of redirects."""

    NGINX = "nginx"
    NETLIFY = "netlify"
    NEXT = "next"
    CSV = "csv"


class Redirect(NamedTuple):
    """A redirect of a former path, with its parameters, to a present address.

    `source` is the full former address, or the path if the host is not known.
    """

    path: str
    destination: str
    source: str


async def redirects(db: Reader, pattern: str) -> AsyncIterator[Redirect]:
    """Yield the redirects of all public articles, by article; each path once.

    None from a path at which an article is now, so that no map has a loop or a second hop.
    """
    present = set[str]()
    async for row in addresses.former(db, ANONYMOUS):
        if url := article_urls.site_url(row.article, pattern):
            present.add(path_of_key(url_key(url)) or "")
    async for row in addresses.former(db, ANONYMOUS):
        url = article_urls.site_url(row.article, pattern)
        if url is None:
            continue
        for source in _sources(row, pattern):
            path = path_of_key(url_key(source))
            if path is not None and path not in present:
                present.add(path)
                yield Redirect(path if path.startswith("/") else f"/{path}", url, source)


def _sources(row: FormerRow, pattern: str) -> Iterator[str]:
    """Yield the former addresses of an article: those of its sources, and by its old slugs."""
    for address in row.addresses:
        if address.url is not None:
            yield address.url
        elif address.path is not None:
            yield address.path
    if pattern:
        for slug, language in row.slugs:
            former = row.article._replace(slug=slug, language=language)
            yield str(article_urls.site_url(former, pattern))


def render(rows: AsyncIterable[Redirect], format_: Format) -> AsyncIterator[str]:
    """Render redirects line by line."""
    match format_:
        case Format.NGINX:
            return _render_nginx(rows)
        case Format.NETLIFY:
            return _render_netlify(rows)
        case Format.NEXT:
            return _render_next(rows)
        case Format.CSV:
            return _render_csv(rows)
        case _:
            assert_never(format_)


async def _render_nginx(rows: AsyncIterable[Redirect]) -> AsyncIterator[str]:
    """Render a map of request URIs, with and without a final slash."""
    yield "# In `http`; then in `server`: if ($hub_redirect) { return 301 $hub_redirect; }"
    yield "map $request_uri $hub_redirect {"
    yield '    default "";'
    async for row in rows:
        destination = _quoted(row.destination)
        yield f"    {_quoted(row.path)} {destination};"
        if "?" not in row.path:
            yield f"    {_quoted(row.path + '/')} {destination};"
    yield "}"


def _quoted(text: str) -> str:
    text = text.replace("\\", "%5C").replace('"', "%22").replace("$", "%24")
    return f'"{text}"'


async def _render_netlify(rows: AsyncIterable[Redirect]) -> AsyncIterator[str]:
    async for row in rows:
        path, _, query = row.path.partition("?")
        parameters = "".join(f"{part} " for part in query.split("&") if query)
        yield f"{path} {parameters}{row.destination} 301"


async def _render_next(rows: AsyncIterable[Redirect]) -> AsyncIterator[str]:
    """Render an array for `redirects` in `next.config.js`."""
    yield "["
    separator = " "
    async for row in rows:
        path, _, query = row.path.partition("?")
        entry: dict[str, object] = {
            "source": re.sub(r"[():*+?{}\\]", r"\\\g<0>", path),
            "destination": row.destination,
            "permanent": True,
        }
        if query:
            entry["has"] = [
                {"type": "query", "key": key, "value": re.escape(value)}
                for key, value in parse_qsl(query, keep_blank_values=True)
            ]
        yield f" {separator}{orjson.dumps(entry).decode()}"
        separator = ","
    yield "]"


async def _render_csv(rows: AsyncIterable[Redirect]) -> AsyncIterator[str]:
    yield "source,destination,status"
    async for row in rows:
        cells = (row.source, row.destination)
        yield ",".join([*(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells), "301"])

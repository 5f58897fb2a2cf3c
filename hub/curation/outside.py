"""Links of public articles to other sites: which there are, and whether something answers there.

Nothing looks by itself: `hub links look` does when somebody runs it. It asks a host for one thing
at a time, with a pause after each, as `robots.txt` allows, and only at public addresses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import anyio
import httpx

from hub import egress, links
from hub.db.database import Reader, run, transaction
from hub.db.timestamps import now, to_iso
from hub.models import Article, OutsideLink, Status
from hub.models.article import TITLE_LENGTH, URL_LENGTH
from hub.text import markup
from hub.text.slugs import url_key

BATCH = 100
MAX_LINKS = 200
"""Links of one text that are looked at, at most."""

MAX_REDIRECTS = 5
MAX_ROBOTS = 500_000
"""Bytes of a robots.txt that are read, at most."""

HOSTS_AT_ONCE = 4
TIMEOUT = 10.0
USER_AGENT = "content-hub-links"
MAX_WAIT = 60.0
"""Seconds that are waited for a host that asks for a pause, at most."""

_PERMANENT = (301, 308)
_BUSY = (429, 503)
_UNAVAILABLE = "its robots.txt is not available"
_REFUSED = "its robots.txt forbids to look"


class Look(NamedTuple):
    """What answered at an address: a status, or a problem; and where it was redirected to.

    `wait`: the seconds for which the host asked to be left alone; 0 if it did not.
    """

    status: int | None = None
    problem: str | None = None
    redirects: int = 0
    moved_to: str | None = None
    wait: float = 0.0


@transaction
async def collect(after: int) -> int | None:
    """Store the links to other sites of the next 100 articles by id; those that are gone go.

    Returns the id of the last article, None after the end. Only public articles count: no other
    site hears of what is not published. What was seen at an address stays.
    """
    articles = await Article.filter(id__gt=after).order_by("id").limit(BATCH)
    for article in articles:
        stored = {link.url: link for link in await OutsideLink.filter(article_id=article.id)}
        wanted = await _find_outside(article) if article.status is Status.PUBLISHED else {}
        removed = [link.id for url, link in stored.items() if url not in wanted]
        if removed:
            await OutsideLink.filter(id__in=removed).delete()
        await OutsideLink.bulk_create(
            OutsideLink(
                article_id=article.id,
                url=url,
                anchor=link.text[:TITLE_LENGTH],
                position=link.position,
            )
            for url, link in wanted.items()
            if url not in stored
        )
    return int(articles[-1].id) if articles else None


async def _find_outside(article: Article) -> Mapping[str, markup.Link]:
    """Return the links of a text to hosts from which no public article of the hub comes."""
    found: dict[str, markup.Link] = {}
    for link in markup.links(article.body_html):
        try:
            url = urljoin(article.canonical_url or "", link.href.strip()).partition("#")[0]
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname and len(url) <= URL_LENGTH:
            found.setdefault(url, link)
        if len(found) == MAX_LINKS:
            break
    keys = {url: url_key(url) for url in found}
    own = await links.from_own_hosts(list(keys.values()))
    return {url: link for url, link in found.items() if keys[url] not in own}


async def due(db: Reader, before: datetime, limit: int) -> list[str]:
    """Return addresses not looked at since `before`, those never looked at first. One statement."""
    rows = await db.rows(
        "SELECT url FROM outside_link WHERE checked_at IS NULL OR checked_at < ?"
        " GROUP BY url ORDER BY min(checked_at) NULLS FIRST, min(id) LIMIT ?",
        [to_iso(before), limit],
    )
    return [url for (url,) in rows]


@transaction
async def store(url: str, look: Look) -> None:
    """Store what was seen at an address, for all articles that link to it."""
    await run(
        "UPDATE outside_link SET status = ?, problem = ?, redirects = ?, moved_to = ?,"
        " checked_at = ? WHERE url = ?",
        [look.status, look.problem, look.redirects, look.moved_to, to_iso(now()), url],
    )


@dataclass
class Looker:
    """Looks at addresses, host by host. `pause` seconds pass after each request to a host."""

    pause: float = 1.0
    contact: str = ""
    make_transport: Callable[[str], httpx.AsyncBaseTransport] = field(
        default=lambda url: egress.AsyncGuardedTransport(url, 1, only_public=True)
    )

    async def look_at(
        self, urls: Sequence[str], on_look: Callable[[str, Look], None] = lambda *_: None
    ) -> None:
        """Look at each address, and store what was seen at once, so that a new run goes on.

        A host that asks for a pause (`Retry-After`) gets it, if it is short. Otherwise, or if it
        asks once more, the rest of its addresses waits for another run.
        """
        by_host: dict[str, list[str]] = {}
        for url in urls:
            by_host.setdefault(urlsplit(url).netloc.lower(), []).append(url)
        limiter = anyio.CapacityLimiter(HOSTS_AT_ONCE)

        async def visit(host_urls: Sequence[str]) -> None:
            async with limiter:
                robots: dict[str, RobotFileParser | str] = {}
                for url in host_urls:
                    look = await self._look(url, robots)
                    if 0 < look.wait <= MAX_WAIT:
                        await anyio.sleep(look.wait)
                        look = await self._look(url, robots)
                    await store(url, look)
                    on_look(url, look)
                    if look.wait:
                        break

        async with anyio.create_task_group() as group:
            for host_urls in by_host.values():
                group.start_soon(visit, host_urls)

    async def _look(self, url: str, robots: dict[str, RobotFileParser | str]) -> Look:
        root = urljoin(url, "/robots.txt")
        try:
            if root not in robots:
                robots[root] = await self._read_robots(root)
            rules = robots[root]
            if isinstance(rules, str):
                return Look(problem=rules)
            if not rules.can_fetch(USER_AGENT, url):
                return Look(problem=_REFUSED)
            look = await self._request("HEAD", url)
            if (look.status or 0) >= 400 and not look.wait:  # some servers know only GET
                look = await self._request("GET", url)
        except httpx.TimeoutException:
            return Look(problem="it took too long to answer")
        except httpx.TooManyRedirects:
            return Look(problem=f"it redirects more than {MAX_REDIRECTS} times")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return Look(problem=(str(error) or type(error).__name__)[:200])
        return look

    async def _request(self, method: str, url: str) -> Look:
        async with self._open(method, url) as response:
            history = response.history
            is_permanent = history and all(item.status_code in _PERMANENT for item in history)
            moved_to = str(response.url)[:URL_LENGTH] if is_permanent else None
            wait = _read_wait(response) if response.status_code in _BUSY else 0.0
            return Look(response.status_code, None, len(history), moved_to, wait)

    async def _read_robots(self, url: str) -> RobotFileParser | str:
        """Return the rules of a host, or why it may not be looked at, as RFC 9309 has it."""
        rules = RobotFileParser(url)
        async with self._open("GET", url) as response:
            if response.status_code >= 500 or response.status_code == 429:
                return _UNAVAILABLE
            text = b""
            if response.status_code < 400:
                async for chunk in response.aiter_bytes():
                    text += chunk
                    if len(text) >= MAX_ROBOTS:
                        break
        rules.parse(text[:MAX_ROBOTS].decode("utf-8", "replace").splitlines())
        return rules

    @asynccontextmanager
    async def _open(self, method: str, url: str) -> AsyncIterator[httpx.Response]:
        """Request an address, and pause after it. Bodies are not read here."""
        agent = f"{USER_AGENT} ({self.contact})" if self.contact else USER_AGENT
        try:
            with anyio.fail_after(2 * TIMEOUT):
                async with (
                    httpx.AsyncClient(
                        transport=self.make_transport(url),
                        timeout=TIMEOUT,
                        follow_redirects=True,
                        max_redirects=MAX_REDIRECTS,
                        headers={"user-agent": agent},
                    ) as client,
                    client.stream(method, url) as response,
                ):
                    yield response
        except TimeoutError:
            raise httpx.ReadTimeout("took too long") from None
        finally:
            await anyio.sleep(self.pause)


def _read_wait(response: httpx.Response) -> float:
    """Return the seconds in `Retry-After`, also as a date; without it, 429 means longer than any.

    Without it, a 503 is an answer as others are.
    """
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now()).total_seconds())
    except (TypeError, ValueError):
        return 2 * MAX_WAIT if response.status_code == 429 else 0.0

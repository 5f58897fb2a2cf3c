"""Copies of the pictures that articles show from elsewhere, into the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import urljoin, urlsplit

import anyio
from anyio import to_thread

from hub.articles import pictures
from hub.articles.pictures import Illustrated
from hub.db.database import Reader
from hub.media import rows
from hub.media.addresses import address_of, host_of
from hub.media.download import Downloads, Unavailable, origin_of
from hub.media.formats import PictureRefused
from hub.media.keeping import MediaStore

Find: TypeAlias = Callable[[str], Path | None]
"""Returns the file of an address, in a folder or an archive; None without one."""

NO_HOST = "its address has no host, and it is not in the folder (--media-url says where it is)"


MAX_AT_ONCE = 4
"""Pictures that are fetched and checked at the same time: one of a host, each in memory."""


class _Task(NamedTuple):
    """A picture to copy: its address, the first article that shows it, and its file, if any."""

    name: str
    article: Illustrated
    file: Path | None


@dataclass(slots=True)
class Problem:
    """A picture that was not copied, with an article that shows it, and the reason."""

    article_id: int
    title: str
    address: str
    reason: str


@dataclass(slots=True)
class Copied:
    """Result of a run: pictures copied, addresses in articles that lead here now, problems."""

    copied: int = 0
    pointed: int = 0
    problems: list[Problem] = field(default_factory=list)


class PictureCopier:
    """Copies pictures from files and over the network, and points articles to the copies.

    What was copied before is not fetched again, so a run that was interrupted is simply run again.
    `base` is where addresses without a host are found.
    """

    def __init__(
        self, db: Reader, store: MediaStore, downloads: Downloads, *, max_bytes: int, base: str = ""
    ) -> None:
        self._db = db
        self._store = store
        self._downloads = downloads
        self._max_bytes = max_bytes
        self._base = base
        self._limiter = anyio.CapacityLimiter(MAX_AT_ONCE)
        self._failed: dict[str, str] = {}
        self.result = Copied()

    async def copy_articles(
        self, articles: Iterable[Illustrated], find: Callable[[Illustrated], Find]
    ) -> list[Problem]:
        """Copy the pictures of these articles; return the problems, which stop nothing.

        Raises OSError if the media folder cannot be written.
        """
        waiting = [article for article in articles if article.elsewhere]
        urls = {(a.id, place): self._url(a, place) for a in waiting for place in a.elsewhere}
        sources = await rows.by_sources(self._db, {url for url in urls.values() if url is not None})
        addresses = {
            url: address_of(source.hash, source.media_type)
            for url, source in sources.items()
            if source.hash and source.media_type
        }
        groups: dict[str, list[_Task]] = {}
        problems: list[Problem] = []
        listed = set[str]()
        for article in waiting:
            find_file = find(article)
            for place in article.elsewhere:
                url = urls[article.id, place]
                name = url or place
                if name in addresses or name in listed:
                    continue
                listed.add(name)
                file = await to_thread.run_sync(find_file, place)
                if file is None and (reason := NO_HOST if url is None else self._failed.get(name)):
                    problems.append(Problem(article.id, article.title, place, reason))
                else:
                    task = _Task(name, article, file)
                    groups.setdefault("" if file else origin_of(name), []).append(task)
        async with anyio.create_task_group() as tasks:
            for group in groups.values():
                tasks.start_soon(self._copy, group, addresses, problems)
        for article in waiting:
            places = {
                place: addresses[name]
                for place in article.elsewhere
                if (name := urls[article.id, place] or place) in addresses
            }
            if places:
                self.result.pointed += await pictures.point_to_hub(article.id, places)
        self.result.problems += problems
        return problems

    def _url(self, article: Illustrated, address: str) -> str | None:
        """Return the whole address of a picture; None if its host is unknown."""
        base = article.canonical_url or ""
        if self._base and not host_of(address):
            base = self._base
        try:
            url = urljoin(base or "https:", address) if address[:2] == "//" else ""
            url = url or urljoin(base, address)
            parts = urlsplit(url)
        except ValueError:
            return None
        return url if parts.scheme in ("http", "https") and parts.hostname else None

    async def _copy(
        self, group: list[_Task], addresses: dict[str, str], problems: list[Problem]
    ) -> None:
        """Copy the pictures of one host, or of a folder, one after the other."""
        for name, article, file in group:
            async with self._limiter:
                try:
                    addresses[name] = await self._keep(name, file)
                    self.result.copied += 1
                except (Unavailable, PictureRefused) as error:
                    problems.append(Problem(article.id, article.title, name, str(error)))
                    if file is None:
                        self._failed[name] = str(error)
                        await rows.add_problem(name, str(error))

    async def _keep(self, url: str, file: Path | None) -> str:
        if file is None:
            return await self._store.keep(await self._downloads.get(url), url)
        content = await to_thread.run_sync(self._read, file)
        return await self._store.keep(content, url if "://" in url else None)

    def _read(self, file: Path) -> bytes:
        try:
            with file.open("rb") as opened:
                content = opened.read(self._max_bytes + 1)
        except OSError as error:
            raise Unavailable(f"its file cannot be read ({error.strerror})") from error
        if len(content) > self._max_bytes:
            raise Unavailable(f"it has more than {self._max_bytes:,} bytes (HUB_MEDIA_MAX_BYTES)")
        return content

"""Check of the pictures that articles show: gone, or still elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from anyio import to_thread

from hub.db.database import Reader
from hub.media import rows
from hub.media.addresses import hash_of
from hub.media.folder import MediaFolder
from hub.media.formats import EXTENSIONS


class Article(Protocol):
    """An article with the addresses of its pictures."""

    @property
    def id(self) -> int:
        """Its id."""
        ...

    @property
    def title(self) -> str:
        """Its title."""
        ...

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of its pictures."""
        ...

    @property
    def elsewhere(self) -> list[str]:
        """Those of pictures that the hub does not hold."""
        ...


class Entry(NamedTuple):
    """A picture in an article, `gone` or `elsewhere`, and why a copy of it failed, if one did."""

    state: str
    article: int
    title: str
    address: str
    problem: str


@dataclass(slots=True)
class Check:
    """Result of a check: the number and bytes of the pictures in the hub, and the entries."""

    held: int = 0
    bytes: int = 0
    missing: list[Entry] = field(default_factory=list)
    elsewhere: list[Entry] = field(default_factory=list)


async def check_pictures(
    db: Reader,
    folder: MediaFolder,
    read_after: Callable[[Reader, int], Awaitable[Sequence[Article]]],
) -> Check:
    """Check the pictures of all articles, which `read_after` returns batch by batch."""
    [(held, size)] = await db.rows("SELECT count(*), COALESCE(sum(bytes), 0) FROM media_file")
    result = Check(int(held), int(size))
    last = 0
    while articles := await read_after(db, last):
        last = articles[-1].id
        hashes = {hash_ for a in articles for url in a.addresses if (hash_ := hash_of(url))}
        files = await rows.by_hashes(db, sorted(hashes))
        existing = await to_thread.run_sync(_existing, folder, list(files.values()))
        sources = await rows.by_sources(db, {url for a in articles for url in a.elsewhere})
        for article in articles:
            for url in article.addresses:
                hash_ = hash_of(url)
                if hash_ is not None and hash_ not in existing:
                    result.missing.append(Entry("gone", article.id, article.title, url, ""))
            for url in article.elsewhere:
                problem = sources[url].problem if url in sources else ""
                entry = Entry("elsewhere", article.id, article.title, url, problem)
                result.elsewhere.append(entry)
    return result


def _existing(folder: MediaFolder, files: Sequence[rows.FileRow]) -> set[str]:
    """Return the hashes of those pictures whose file is there, in its whole size."""
    existing = set[str]()
    for file in files:
        path = folder.original(file.hash, EXTENSIONS[file.media_type])
        if path.is_file() and path.stat().st_size == file.bytes:
            existing.add(file.hash)
    return existing

"""Rows of pictures: stored, looked up by hash and by where they came from, and noted as carried."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from hub.auth import ANONYMOUS, PUBLIC_ARTICLES, Permission, Viewer, author_condition
from hub.db.database import Reader, marks, transaction
from hub.db.timestamps import now
from hub.media.addresses import PREFIX, hashes_in
from hub.media.formats import SVG, Picture
from hub.models import Article, MediaFile, MediaSource, MediaUse
from hub.models.article import TITLE_LENGTH, URL_LENGTH
from hub.reads.per_key import batched
from hub.text import seo

MAX_TAGS = 50
"""Articles that carry a picture whose tags its response names."""


class FileRow(NamedTuple):
    """The row of a picture: its form, and what is told of it."""

    hash: str
    media_type: str
    bytes: int
    width: int
    height: int
    caption: str
    credit: str
    focal_x: float | None
    focal_y: float | None

    @property
    def is_resizable(self) -> bool:
        """True for pictures of pixels: all but SVG."""
        return self.media_type != SVG


class VisibleFile(NamedTuple):
    """A picture that a viewer may see; `articles` are some that show it to readers."""

    file: FileRow
    is_public: bool
    articles: tuple[int, ...]


class Source(NamedTuple):
    """Result of the last try at an address: the picture that it gave, or the problem."""

    hash: str | None
    media_type: str | None
    problem: str


_COLUMNS = ", ".join(f"f.{name}" for name in FileRow._fields)


@transaction
async def add(picture: Picture, url: str | None) -> None:
    """Store the row of a picture whose file is written, and where it came from."""
    moment = now()
    row = MediaFile(
        hash=picture.hash,
        media_type=picture.media_type,
        bytes=len(picture.content),
        width=picture.width,
        height=picture.height,
        credit=picture.credit,
        created_at=moment,
    )
    await MediaFile.bulk_create([row], on_conflict=("hash",), update_fields=("created_at",))
    if url is not None:
        await _record_source(url, picture.hash, "")


@transaction
async def add_problem(url: str, problem: str) -> None:
    """Store why an address gave no picture."""
    await _record_source(url, None, problem[:TITLE_LENGTH])


async def _record_source(url: str, hash_: str | None, problem: str) -> None:
    row = MediaSource(
        key=key_of(url), url=url[:URL_LENGTH], hash=hash_, problem=problem, tried_at=now()
    )
    fields = ("hash", "problem", "tried_at")
    await MediaSource.bulk_create([row], on_conflict=("key",), update_fields=fields)


def key_of(url: str) -> str:
    """Return the key of an address in the table of sources."""
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()


async def record_uses(articles: Iterable[Article]) -> None:
    """Note the pictures that these articles carry, in a transaction.

    One statement, none for articles without pictures of the hub.
    """
    await add_uses(
        (hash_, int(article.id))
        for article in articles
        for hash_ in sorted(
            hashes_in(article.image_url, article.body_html, seo.read(article.metadata).image)
        )
    )


async def add_uses(uses: Iterable[tuple[str, int]]) -> None:
    """Note pairs of a picture and an article that carries it, in a transaction."""
    rows = [MediaUse(hash=hash_, article_id=id_) for hash_, id_ in uses]
    if rows:
        await MediaUse.bulk_create(rows, ignore_conflicts=True)


# ── reads ─────────────────────────────────────────────────────────────────────────────────────


async def by_hashes(db: Reader, hashes: Iterable[str]) -> dict[str, FileRow]:
    """Return pictures by hash. One statement at most.

    It says nothing that the article does not say which holds the hash: who sees that, may see this.
    """
    files: dict[str, FileRow] = {}
    for batch in batched(list(hashes)):
        rows = await db.rows(
            f"SELECT {_COLUMNS} FROM media_file f WHERE f.hash IN ({marks(batch)})", batch
        )
        files |= {row[0]: FileRow(*row) for row in rows}
    return files


async def by_sources(db: Reader, urls: Iterable[str]) -> dict[str, Source]:
    """Return what became of those addresses that were tried."""
    sources: dict[str, Source] = {}
    for batch in batched(list(urls)):
        keys = {key_of(url): url for url in batch}
        rows = await db.rows(
            "SELECT s.key, s.hash, f.media_type, s.problem FROM media_source s"
            f" LEFT JOIN media_file f ON f.hash = s.hash WHERE s.key IN ({marks(list(keys))})",
            list(keys),
        )
        sources |= {keys[key]: Source(*values) for key, *values in rows}
    return sources


async def visible(db: Reader, hash_: str, viewer: Viewer) -> VisibleFile | None:
    """Return a picture that the viewer may see; None for unknown ones and all others.

    Readers may see what the text of a visible article, or a visible author, carries at present; who
    may read what is not published, also what any version of any article has carried. One statement.
    """
    carried = f"%{PREFIX}{hash_}/%"
    shared = seo.image_pattern(f"{PREFIX}{hash_}/")
    author = author_condition(ANONYMOUS, "w")
    args: list[object] = [carried, *author.args]
    readable = "FALSE"
    if viewer.may(Permission.READ):
        readable = (
            "EXISTS (SELECT 1 FROM media_use u JOIN article a ON a.id = u.article_id"
            " WHERE u.hash = f.hash) OR EXISTS (SELECT 1 FROM author w WHERE w.image_url LIKE ?)"
        )
        args.append(carried)
    rows = await db.rows(
        f"SELECT {_COLUMNS}, s.article_id, CASE WHEN s.article_id IS NULL THEN EXISTS"
        f" (SELECT 1 FROM author w WHERE w.image_url LIKE ? AND {author.sql}) ELSE FALSE END,"
        f" {readable} FROM media_file f LEFT JOIN (SELECT u.hash, u.article_id FROM media_use u"
        " JOIN article a ON a.id = u.article_id WHERE u.hash = ?"
        f" AND CAST(a.status AS TEXT) IN ({marks(PUBLIC_ARTICLES)})"
        " AND (a.image_url LIKE ? OR a.body_html LIKE ? OR a.metadata LIKE ? ESCAPE '\\')"
        " ORDER BY u.article_id LIMIT ?) s ON s.hash = f.hash WHERE f.hash = ?",
        [*args, hash_, *PUBLIC_ARTICLES, carried, carried, shared, MAX_TAGS, hash_],
    )
    if not rows:
        return None
    *_, first_article, by_author, is_readable = rows[0]
    is_public = first_article is not None or bool(by_author)
    if not (is_public or is_readable):
        return None
    articles = tuple(row[-3] for row in rows if row[-3] is not None)
    return VisibleFile(FileRow(*rows[0][: len(FileRow._fields)]), is_public, articles)

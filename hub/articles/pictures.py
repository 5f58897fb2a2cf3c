"""Pictures of articles that are elsewhere: found, and pointed to the hub once it holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hub import audit, outbox, snapshots
from hub.articles.saving import tags_of
from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks, transaction
from hub.errors import Invalid, NotFound
from hub.media import rows as media
from hub.media.addresses import hash_of, images_in, replace_images
from hub.models import Article, MediaFile, MediaUse
from hub.models.article import URL_LENGTH
from hub.text import validation

BATCH = 100
MAX_CAPTION = 2000
MAX_ANNOUNCED = 1_000
"""Articles with a picture whose cached answers go when its description changes."""


class Illustrated(NamedTuple):
    """An article with the addresses of its pictures, the lead picture first, each once."""

    id: int
    title: str
    canonical_url: str | None
    addresses: tuple[str, ...]

    @property
    def elsewhere(self) -> list[str]:
        """The addresses of the pictures that the hub does not hold."""
        return [url for url in self.addresses if hash_of(url) is None and url[:5] != "data:"]


async def by_ids(db: Reader, ids: Sequence[int]) -> list[Illustrated]:
    """Return these articles. One statement, for at most 100."""
    return await _read(db, f"a.id IN ({marks(ids)})", list(ids))


async def after(db: Reader, id_: int) -> list[Illustrated]:
    """Return the next 100 articles by id; empty after the last one. One statement."""
    return await _read(db, "a.id > ?", [id_])


async def _read(db: Reader, condition: str, args: list[int]) -> list[Illustrated]:
    rows = await db.rows(
        "SELECT a.id, a.title, a.canonical_url, a.image_url, a.body_html FROM article a"
        f" WHERE {condition} ORDER BY a.id LIMIT ?",
        [*args, BATCH],
    )
    return [
        Illustrated(
            *(id_, title, canonical_url),
            tuple(dict.fromkeys([*([image] if image else []), *images_in(html)])),
        )
        for id_, title, canonical_url, image, html in rows
    ]


@transaction
async def point_to_hub(article_id: int, addresses: Mapping[str, str]) -> int:
    """Replace addresses of an article's pictures, and return how many of them it had.

    The text stays as it is, and so does the version: its last revision tells the new addresses, and
    neither editors nor imports see a change. An article that is gone is left alone.
    """
    article = await Article.get_or_none(id=article_id)
    if article is None:
        return 0
    present = {url for url in (article.image_url, *images_in(article.body_html)) if url}
    replaced = present & addresses.keys()
    if not replaced:
        return 0
    article.body_html = replace_images(article.body_html, addresses)
    if article.image_url is not None:
        article.image_url = addresses.get(article.image_url, article.image_url)[:URL_LENGTH]
    await article.save(update_fields=["body_html", "image_url"])
    await snapshots.amend(article_id)
    await media.record_uses([article])
    await outbox.announce(sorted(await tags_of([article_id])))
    return len(replaced)


@transaction
async def describe(
    address: str,
    *,
    by: Viewer,
    caption: str | None = None,
    credit: str | None = None,
    focal_point: tuple[float, float] | None = None,
) -> None:
    """Set what is told of a picture, wherever it is shown; None keeps a value, "" takes it away.

    `address` is that of the picture in the hub. A focal point is a part of its width and height.

    Raises:
        NotAllowed: `by` may not publish, or not read what is not published.
        NotFound: the hub holds no such picture.
        Invalid: a value is out of bounds.
    """
    by.require(Permission.READ)
    by.require(Permission.PUBLISH)
    values: dict[str, Any] = {}
    if caption is not None:
        values["caption"] = validation.optional_line(caption, "caption", MAX_CAPTION) or ""
    if credit is not None:
        values["credit"] = validation.optional_line(credit, "credit") or ""
    if focal_point is not None:
        if not all(0 <= part <= 1 for part in focal_point):
            raise Invalid("focalPoint", "must be two numbers from 0 to 1")
        values["focal_x"], values["focal_y"] = focal_point
    file = await MediaFile.get_or_none(hash=hash_of(address) or "")
    if file is None:
        raise NotFound("picture in the hub", address)
    changes = audit.column_changes({name: getattr(file, name) for name in values}, values)
    if not changes:
        return
    await MediaFile.filter(id=file.id).update(**values)
    uses = await MediaUse.filter(hash=file.hash).limit(MAX_ANNOUNCED)
    await outbox.announce(sorted(await tags_of([use.article_id for use in uses])))
    await audit.record("picture.describe", "Picture", file.id, by=by, changes=changes)

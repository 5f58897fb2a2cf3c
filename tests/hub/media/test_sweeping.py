"""Pictures go when nothing carries them any more, and never before."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from time import sleep

import anyio
import pytest
from anyio import to_thread

from hub import articles, taxonomy
from hub.articles import previews, trash, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.media import sweeping
from hub.media.addresses import hash_of
from hub.media.folder import MediaFolder
from hub.media.keeping import MediaStore
from hub.models import MediaFile, MediaSource, MediaUse, Status
from hub.settings import Settings
from hub.taxonomy import AUTHORS
from hub.text.bodies import Body
from tests.support.factories import an_article
from tests.support.pictures import a_picture
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def held(folder: MediaFolder) -> set[str]:
    """Return the hashes of the pictures with a row, which must be those with a file."""
    rows = {file.hash for file in await MediaFile.all()}
    assert rows == set(folder.hashes())
    return rows


async def age(folder: MediaFolder) -> None:
    """Let all pictures be two days older."""
    before = now() - timedelta(days=2)
    await MediaFile.all().update(created_at=before)
    for hash_ in folder.hashes():
        os.utime(folder.original(hash_, "jpg").parent, (0, before.timestamp()))


async def test_a_picture_goes_with_the_last_thing_that_carries_it(
    db: Reader, settings: Settings
) -> None:
    folder = MediaFolder(settings)
    store = MediaStore(folder)
    names = ("lead", "former", "edited", "portrait", "alone")
    colours = ("red", "green", "blue", "white", "pink")
    addresses = {
        name: await store.keep(a_picture(colour=colour), f"https://old.test/{name}")
        for name, colour in zip(names, colours, strict=True)
    }
    hashes = {name: hash_of(address) for name, address in addresses.items()}
    id_ = await an_article(image_url=addresses["former"], status=Status.DRAFT)
    author = await taxonomy.create(
        AUTHORS, {"name": "Olive", "image_url": addresses["portrait"]}, by=SYSTEM
    )
    await articles.revise(
        id_, ArticleChanges(image_url=addresses["lead"]), seen_version=1, by=SYSTEM
    )
    body = Body(f'<p><img src="{addresses["edited"]}" alt=""></p>')
    await working_versions.save(id_, ArticleChanges(body=body), by=SYSTEM)
    await previews.create(article_id=id_, by=SYSTEM)

    async def left() -> set[str]:
        await sweeping.sweep(db, folder)
        found = await held(folder)
        return {name for name, hash_ in hashes.items() if hash_ in found}

    assert await left() == set(names)
    await age(folder)
    assert await left() == {"lead", "former", "edited", "portrait"}
    await articles.delete(id_, by=SYSTEM)
    assert await left() == {"lead", "former", "edited", "portrait"}
    await trash.restore(id_, by=SYSTEM)
    assert await left() == {"lead", "former", "edited", "portrait"}
    await articles.delete(id_, by=SYSTEM)
    await trash.purge(id_, by=SYSTEM)
    assert await left() == {"portrait"}
    await taxonomy.update(AUTHORS, author, {"image_url": None}, by=SYSTEM)
    assert await left() == set()
    assert await MediaUse.all().count() == await MediaSource.all().count() == 0
    with counted(db) as statements:
        await left()
    assert len(statements) == 1


async def test_what_an_interrupted_run_left_goes_after_a_day(
    db: Reader, settings: Settings
) -> None:
    folder = MediaFolder(settings)
    address = await MediaStore(folder).keep(a_picture())
    await MediaFile.all().delete()
    await sweeping.sweep(db, folder)
    assert list(folder.hashes()) == [hash_of(address)]
    await age(folder)
    await sweeping.sweep(db, folder)
    assert list(folder.hashes()) == []


@pytest.mark.parametrize("has_row", [True, False])
async def test_a_picture_that_is_stored_again_while_it_is_deleted_stays(
    db: Reader, settings: Settings, monkeypatch: pytest.MonkeyPatch, *, has_row: bool
) -> None:
    folder, is_deleting = MediaFolder(settings), threading.Event()
    store, picture, delete = MediaStore(folder), a_picture(), MediaFolder.delete
    await store.keep(picture)
    await age(folder)
    if not has_row:
        await MediaFile.all().delete()

    def delete_slowly(self: MediaFolder, hash_: str) -> None:
        is_deleting.set()
        sleep(0.5)
        delete(self, hash_)

    async def keep_again() -> None:
        await to_thread.run_sync(is_deleting.wait, 10)
        await store.keep(picture)

    monkeypatch.setattr(MediaFolder, "delete", delete_slowly)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keep_again)
        await sweeping.sweep(db, folder)
    assert len(await held(folder)) == 1

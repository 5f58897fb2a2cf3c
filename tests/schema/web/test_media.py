"""Pictures over HTTP: who gets them, in which sizes, and with which headers."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import AsyncIterator

import anyio
import httpx
import pytest

from hub import articles, taxonomy
from hub.articles import pictures, previews, trash, working_versions
from hub.auth import SYSTEM
from hub.drafts import ArticleChanges
from hub.errors import Invalid, NotAllowed, NotFound
from hub.media.addresses import hash_of, resized_address
from hub.media.folder import MediaFolder
from hub.media.formats import WIDTHS
from hub.media.keeping import MediaStore
from hub.models import Role, Status
from hub.settings import Settings
from hub.taxonomy import AUTHORS
from hub.text.bodies import Body
from hub.text.seo import Seo
from tests.support.factories import WRITER, a_token, an_article
from tests.support.hub import Client, a_hub
from tests.support.pictures import a_picture, metadata, opened
from tests.support.statements import counted

pytestmark = pytest.mark.anyio
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings) as running:
        yield running


async def keep(client: Client, content: bytes) -> str:
    store: MediaStore = client.app.state.media
    return await store.keep(content)


def figure(address: str) -> Body:
    return Body(f'<p>Look:</p><figure><img src="{address}" alt="x"></figure>')


async def status_of(client: Client, address: str, **headers: str) -> int:
    return (await client.http.get(address, headers=headers)).status_code


@pytest.mark.databases
async def test_whoever_sees_what_carries_a_picture_gets_it(client: Client) -> None:
    """Through the whole life of an article: each address, for each viewer."""
    lead, inside, portrait, edited, alone = [
        await keep(client, a_picture(colour=colour))
        for colour in ("red", "green", "blue", "white", "pink")
    ]
    author = await taxonomy.create(AUTHORS, {"name": "Olive", "image_url": portrait}, by=SYSTEM)
    id_ = await an_article("Bread", status=Status.DRAFT, image_url=lead, authors=("Olive",))
    await articles.revise(id_, ArticleChanges(body=figure(inside)), seen_version=1, by=SYSTEM)
    await working_versions.save(id_, ArticleChanges(body=figure(edited)), by=SYSTEM)
    preview = await previews.create(article_id=id_, by=SYSTEM)
    moderator = f"Bearer {await a_token(Role.EDITOR)}"
    staff, nobody = {"authorization": moderator}, dict[str, str]()
    previewing = {"hub-preview": preview.secret}

    async def seen(headers: dict[str, str]) -> list[str]:
        names = {"lead": lead, "inside": inside, "portrait": portrait, "edited": edited}
        found = []
        for name, address in (names | {"alone": alone}).items():
            resized = resized_address(hash_of(address) or "", 160, "webp")
            statuses = {await status_of(client, a, **headers) for a in (address, resized)}
            assert statuses in ({200}, {404})
            found += [name] if statuses == {200} else []
        return found

    everything = ["lead", "inside", "portrait", "edited"]
    assert await seen(nobody) == []
    assert await seen(staff) == everything
    assert await seen(previewing) == ["lead", "portrait", "edited"]
    await articles.publish(id_, by=SYSTEM)
    assert await seen(nobody) == ["lead", "portrait", "edited"]
    assert await seen(staff) == everything
    await articles.archive(id_, by=SYSTEM)
    assert await seen(nobody) == []
    await articles.publish(id_, by=SYSTEM)
    await articles.delete(id_, by=SYSTEM)
    assert await seen(nobody) == []
    assert await seen(staff) == ["portrait"]
    await trash.restore(id_, by=SYSTEM)
    assert await seen(nobody) == ["lead", "portrait", "edited"]
    await taxonomy.update(AUTHORS, author, {"image_url": None}, by=SYSTEM)
    assert await seen(nobody) == ["lead", "edited"]


@pytest.mark.databases
async def test_a_picture_to_share_is_seen_with_its_article(client: Client) -> None:
    share = await keep(client, a_picture(colour="red"))
    id_ = await an_article("Bread", status=Status.DRAFT, seo=Seo(image=share))
    assert await status_of(client, share) == 404
    await articles.publish(id_, by=SYSTEM)
    assert await status_of(client, share) == 200
    await articles.revise(id_, ArticleChanges(seo=None), seen_version=2, by=SYSTEM)
    assert await status_of(client, share) == 404


async def test_hidden_pictures_are_answered_as_unknown_ones(client: Client) -> None:
    hidden = await keep(client, a_picture())
    await an_article(status=Status.DRAFT, image_url=hidden)
    unknown = hidden.replace(hash_of(hidden) or "", "0" * 64)
    answers = [await client.http.get(address) for address in (hidden, unknown)]
    known = {(a.status_code, a.content, tuple(sorted(a.headers.items()))) for a in answers}
    assert len(known) == 1
    assert answers[0].headers["cache-control"] == "no-store"


@pytest.mark.databases
async def test_only_public_pictures_are_for_caches(client: Client) -> None:
    public, hidden = [await keep(client, a_picture(colour=name)) for name in ("red", "blue")]
    id_ = await an_article(image_url=public)
    await an_article(status=Status.DRAFT, image_url=hidden)
    answer = await client.http.get(public)
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["cache-tag"] == f"article:{id_}"
    answer = await client.http.get(hidden, headers=client.editor)
    assert answer.headers["cache-control"] == "private, no-store"
    assert "cache-tag" not in answer.headers
    assert await status_of(client, public, authorization="Bearer wrong") == 401


async def test_ranges_conditions_and_heads(client: Client) -> None:
    address = await keep(client, a_picture("PNG"))
    await an_article(image_url=address)
    whole = await client.http.get(address)
    etag = whole.headers["etag"]
    assert whole.headers["content-type"] == "image/png"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = await client.http.get(address, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    stale = {"range": "bytes=10-19", "if-range": '"other"'}
    assert (await client.http.get(address, headers=stale)).content == whole.content
    assert await status_of(client, address, range="bytes=999999-") == 416
    unchanged = await client.http.get(address, headers={"if-none-match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    head = await client.http.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


FORMATS = {"webp": "WEBP", "avif": "AVIF", "jpg": "JPEG"}


async def test_pictures_are_resized_once_and_kept(client: Client) -> None:
    address = await keep(client, a_picture("PNG", (700, 350)))
    await an_article(image_url=address)
    hash_ = hash_of(address) or ""
    for extension, format_ in FORMATS.items():
        sizes = {}
        for width in (160, 640, 2560):
            answer = await client.http.get(resized_address(hash_, width, extension))
            image = opened(answer.content)
            assert image.format == format_
            assert answer.headers["content-type"] == f"image/{format_.lower()}"
            sizes[width] = image.size
        assert sizes == {160: (160, 80), 640: (640, 320), 2560: (700, 350)}
    folder: MediaFolder = client.app.state.media.folder
    path = folder.resized(hash_, 160, "webp")
    before = path.stat()
    await client.http.get(resized_address(hash_, 160, "webp"))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert stat.S_IMODE(before.st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder.root).st_mode) == 0o700


async def test_other_addresses_are_unknown(client: Client) -> None:
    address = await keep(client, a_picture())
    await an_article(image_url=address)
    for name in (
        *("161.webp", "0160.webp", "99999.webp", "160.png", "160.tiff", "160", "original.png"),
        *("original.webp", "..%2f..%2fhub.sqlite3", "%2e%2e", "original.jpg%00", ".160.webp.new"),
    ):
        assert await status_of(client, address.replace("original.jpg", name)) == 404, name


async def test_an_svg_is_a_download_without_scripts(client: Client) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><g/></svg>'
    address = await keep(client, drawing.encode())
    await an_article(image_url=address)
    answer = await client.http.get(address)
    assert b"alert" not in answer.content
    assert answer.headers["content-disposition"] == 'attachment; filename="original.svg"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert await status_of(client, address.replace("original.svg", "160.webp")) == 404


async def test_a_picture_takes_one_statement(client: Client) -> None:
    address = await keep(client, a_picture())
    for _ in range(3):
        await an_article(image_url=address)
    await client.http.get(address)
    for name in ("original.jpg", "160.webp", "160.webp"):
        with counted(client.db) as statements:
            await client.http.get(address.replace("original.jpg", name))
        assert len(statements) == 1


async def test_many_at_once_make_one_file(client: Client) -> None:
    address = await keep(client, a_picture(size=(1200, 900)))
    await an_article(image_url=address)
    answers: list[httpx.Response] = []

    async def ask() -> None:
        answers.append(await client.http.get(address.replace("original.jpg", "960.webp")))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ask)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("kept", [0, 300])
async def test_damaged_originals_have_no_sizes(client: Client, kept: int) -> None:
    address = await keep(client, a_picture(size=(400, 300)))
    await an_article(image_url=address)
    store: MediaStore = client.app.state.media
    path = store.folder.original(hash_of(address) or "", "jpg")
    path.write_bytes(path.read_bytes()[:kept])
    answer = await client.http.get(address.replace("original.jpg", "160.webp"))
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_a_full_disk_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = await keep(client, a_picture(size=(400, 300)))
    await an_article(image_url=address)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(MediaFolder, "write", fail)
    answer = await client.http.get(address.replace("original.jpg", "160.webp"))
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    assert int(answer.headers["retry-after"]) > 0
    monkeypatch.undo()
    assert await status_of(client, address.replace("original.jpg", "160.webp")) == 200


IMAGE = "{ url width height credit caption focalPoint { x y } srcSet(widths: [160, 320, 640]) }"


async def test_what_articles_tell_of_their_pictures(client: Client) -> None:
    held = await keep(client, a_picture(size=(400, 300)))
    await an_article("Held", image_url=held, image_alt="A loaf", body="x")
    await an_article("Elsewhere", image_url="https://pictures.test/a.jpg")
    query = f"{{ articles(first: 10) {{ nodes {{ title image {IMAGE} }} }} }}"
    found = {
        node["title"]: node["image"] for node in (await client.ask(query))["articles"]["nodes"]
    }
    base = held.removesuffix("original.jpg")
    assert found["Held"] == {
        **{"url": held, "width": 400, "height": 300, "caption": None, "credit": None},
        **{"focalPoint": None},
        **{"srcSet": f"{base}160.webp 160w, {base}320.webp 320w, {base}640.webp 400w"},
    }
    assert found["Elsewhere"] == {
        **{"url": "https://pictures.test/a.jpg", "width": None, "height": None, "srcSet": None},
        **{"caption": None, "credit": None, "focalPoint": None},
    }
    with counted(client.db) as statements:
        await client.ask(query, editor=True)
    with counted(client.db) as without_files:
        await client.ask("{ articles(first: 10) { nodes { image { url } } } }", editor=True)
    assert len(statements) == len(without_files) + 1
    answer = await client.post("{ articles { nodes { image { srcSet(widths: [3]) } } } }")
    assert f"must be of {', '.join(map(str, WIDTHS))}" in str(answer["errors"])


async def test_what_editors_say_of_a_picture(client: Client) -> None:
    held = await keep(client, a_picture(exif=metadata()))
    await an_article(image_url=held)
    query = f"{{ articles {{ nodes {{ image {IMAGE} }} }} }}"

    async def told() -> dict[str, object]:
        [node] = (await client.ask(query))["articles"]["nodes"]
        return {name: node["image"][name] for name in ("caption", "credit", "focalPoint")}

    nothing = {"caption": None, "focalPoint": None}
    assert await told() == nothing | {"credit": "Ann Author"}
    await pictures.describe(held, by=SYSTEM, caption="A pier", credit="", focal_point=(0.5, 0))
    point = {"x": 0.5, "y": 0.0}
    assert await told() == {"caption": "A pier", "credit": None, "focalPoint": point}
    with pytest.raises(Invalid, match="from 0 to 1"):
        await pictures.describe(held, by=SYSTEM, focal_point=(0.5, float("nan")))
    with pytest.raises(NotFound):
        await pictures.describe(held.replace(hash_of(held) or "", "0" * 64), by=SYSTEM)
    with pytest.raises(NotAllowed):
        await pictures.describe(held, by=WRITER, caption="Mine")


async def test_addresses_are_whole_where_the_setting_says_so(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"media_address": "https://cdn.test"})
    async with a_hub(elsewhere) as client:
        held = await keep(client, a_picture())
        id_ = await an_article(image_url=held)
        await articles.revise(id_, ArticleChanges(body=figure(held)), seen_version=1, by=SYSTEM)
        query = "{ articles { nodes { image { url srcSet } body jsonLd } } }"
        [node] = (await client.ask(query))["articles"]["nodes"]
        feed = (await client.http.get("/feed.json")).json()["items"][0]
        texts = (node["image"]["url"], node["body"], node["jsonLd"], feed["content_html"])
        for text in (*texts, feed["image"]):
            assert f"https://cdn.test{held}" in text
        for entry in node["image"]["srcSet"].split(", "):
            assert entry.startswith("https://cdn.test/media/")


async def test_feeds_lead_to_the_hub(client: Client) -> None:
    held = await keep(client, a_picture())
    id_ = await an_article(image_url=held, canonical_url="https://old.test/bread")
    await articles.revise(id_, ArticleChanges(body=figure(held)), seen_version=1, by=SYSTEM)
    [item] = (await client.http.get("/feed.json")).json()["items"]
    assert item["image"].endswith(held)
    assert f'src="{item["image"]}"' in item["content_html"]
    assert "old.test/media" not in item["content_html"]

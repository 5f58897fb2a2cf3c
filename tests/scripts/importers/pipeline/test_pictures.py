"""Whole sites with pictures move in: from a server, a folder, an archive; and stay when it goes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from hub import articles
from hub.articles import import_log, pictures
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.media.addresses import images_in
from hub.models import Article, MediaFile, MediaSource, Revision
from hub.settings import Settings
from scripts.commands.content.media import open_copier
from scripts.importers.options import Options
from scripts.importers.pipeline.pictures import PictureImport
from scripts.importers.pipeline.report import Report
from scripts.importers.pipeline.run import Import
from scripts.importers.pipeline.sink import LocalSink
from scripts.importers.records.export import export_records
from tests.support.factories import an_article
from tests.support.hub import a_hub
from tests.support.picture_server import Answer, PictureServer, serve
from tests.support.pictures import a_picture

pytestmark = pytest.mark.anyio

ITEM = """<item><title>{title}</title><link>{url}/{name}/</link>
<content:encoded><![CDATA[{body}]]></content:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_name>{name}</wp:post_name><wp:status>publish</wp:status>
<wp:post_date_gmt>2024-05-0{number} 10:00:00</wp:post_date_gmt>
<wp:post_type>{type}</wp:post_type>{more}</item>"""
EXPORT = """<?xml version="1.0"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old</title><link>{url}</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{url}</wp:base_site_url><wp:base_blog_url>{url}</wp:base_blog_url>
{items}</channel></rss>"""
UPLOADS = "/wp-content/uploads/2024"


def a_wordpress_export(folder: Path, url: str) -> Path:
    """Write an export: two posts that share a picture, link to each other, and have lead images."""
    pages = []
    thumbnail = "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta>"  # noqa: E501
    for number, name, other in ((1, "bread", "milk"), (2, "milk", "bread")):
        body = (
            f'<p>See <a href="{url}/{other}/">{other}</a>.</p>'
            f'<figure><a href="{url}{UPLOADS}/large.jpg"><img src="{url}{UPLOADS}/small.jpg"'
            f' alt=""></a></figure><p><img src="{UPLOADS}/{name}.png" alt="{name}"></p>'
        )
        pages.append(
            ITEM.format(
                **{"title": name.title(), "url": url, "name": name, "body": body},
                **{"number": number, "type": "post", "more": thumbnail},
            )
        )
    attachment = f"<wp:attachment_url>{url}{UPLOADS}/lead.jpg</wp:attachment_url>"
    pages.append(
        ITEM.format(
            **{"title": "Lead", "url": url, "name": "lead", "body": "", "number": 9},
            **{"type": "attachment", "more": attachment},
        )
    )
    path = folder / "export.xml"
    path.write_text(EXPORT.format(url=url, items="".join(pages)))
    return path


def served_pictures() -> dict[str, Answer | bytes]:
    names = ("large.jpg", "small.jpg", "lead.jpg", "bread.png", "milk.png")
    colours = ("red", "green", "blue", "white", "white")  # the last two are one file
    return {
        f"{UPLOADS}/{name}": a_picture("PNG" if name.endswith("png") else "JPEG", colour=colour)
        for name, colour in zip(names, colours, strict=True)
    }


def a_hugo_site(root: Path) -> Path:
    """Write a site with bundles, pictures beside a page, and in `static`."""
    for name, text in {
        "hugo.toml": 'baseURL = "https://old.test/"\ntitle = "Old"\n',
        "content/posts/cheese/index.md": "---\ntitle: Cheese\ndate: 2024-01-01\nimage: lead.jpg\n"
        '---\nHow ![a wheel](wheel.png) rolls; see [butter]({{< ref "butter" >}}).\n',
        "content/posts/butter.md": "---\ntitle: Butter\ndate: 2024-01-02\n"
        "---\n![a churn](/images/churn.webp) and ![gone](/images/gone.png)\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "static/images").mkdir(parents=True)
    bundle = root / "content/posts/cheese"
    (bundle / "lead.jpg").write_bytes(a_picture("JPEG", colour="orange"))
    (bundle / "wheel.png").write_bytes(a_picture("PNG", colour="yellow"))
    (root / "static/images/churn.webp").write_bytes(a_picture("WEBP", colour="brown"))
    return root


async def bring(
    settings: Settings, path: Path | str, *, url: str = "", media: bool = True
) -> Report:
    """Import a path with its pictures."""
    async with open_database(settings) as db, open_copier(db, settings, url, [url]) as copier:
        chosen = PictureImport(db, copier) if media else None
        return await Import(LocalSink(), Options(), pictures=chosen).run([str(path)])


async def assert_all_answer(settings: Settings, expected: int) -> None:
    """Ask for every article, and for every picture that it shows."""
    async with a_hub(settings) as client:
        query = "{ articles(first: 50) { nodes { slug body image { url srcSet } } } }"
        found = set()
        for node in (await client.ask(query))["articles"]["nodes"]:
            found |= set(re.findall(r'(?:src|href)="(/media/[^"]+)"', node["body"]))
            assert 'src="http' not in node["body"]
            if node["image"]:
                resized = [entry.split()[0] for entry in node["image"]["srcSet"].split(", ")]
                found |= {node["image"]["url"], resized[0]}
        for address in found:
            assert (await client.http.get(address)).status_code == 200, address
        assert len({address for address in found if "original" in address}) == expected


async def test_a_wordpress_site_moves_in_with_its_pictures(
    settings: Settings, tmp_path: Path
) -> None:
    with serve(served_pictures()) as server:
        export = a_wordpress_export(tmp_path, server.url)
        async with open_database(settings) as db:
            await an_article("Our own", topics=("Town",), authors=("Nora",))
            before = [line async for line in export_records(db)]
        plain = await bring(settings, export, media=False)
        assert not server.requests
        assert plain.pictures_elsewhere == {"127.0.0.1": 4, "(no host)": 2}
        report = await bring(settings, export, url=server.url)
        assert (report.pictures_copied, report.notes, report.exit_status) == (5, [], 0)
        assert set(server.requests.values()) == {1}
        assert server.most_at_once == 1
        again = await bring(settings, export, url=server.url)
        assert (again.pictures_copied, again.notes) == (0, [])
        assert set(server.requests.values()) == {1}
    await assert_all_answer(settings, 4)
    async with open_database(settings) as db:
        assert await MediaFile.all().count() == 4
        assert await Revision.all().count() == 3
        bread = await Article.get(slug="bread")
        assert bread.version == 1
        assert "/media/" in bread.body_html
        query = "SELECT count(*) FROM relation WHERE target_id IS NOT NULL AND origin = 'IMPORT'"
        assert (await db.rows(query))[0][0] == 2
        undone = await import_log.undo(plain.run_id or 0, by=SYSTEM)
        assert undone.deleted["ARTICLE"] == 2
        assert [line async for line in export_records(db)] == before


@pytest.mark.parametrize("is_archive", [False, True])
async def test_a_hugo_site_moves_in_with_its_pictures(
    settings: Settings, tmp_path: Path, is_archive: bool
) -> None:
    path = a_hugo_site(tmp_path / "site")
    if is_archive:
        path = Path(shutil.make_archive(str(tmp_path / "site"), "zip", path))
    report = await bring(settings, path)
    assert report.pictures_copied == 3
    [note] = [note for note in report.notes if "gone.png" in note.text]
    assert note.title == "Butter"
    assert "is not in the hub" in note.text
    async with open_database(settings):
        cheese = await Article.get(slug="cheese")
        assert str(cheese.image_url).startswith("/media/")
        assert all(url.startswith("/media/") for url in images_in(cheese.body_html))
        await articles.delete((await Article.get(slug="butter")).id, by=SYSTEM)
    await assert_all_answer(settings, 2)


BAD: dict[str, tuple[Answer, str]] = {
    "/page.jpg": (Answer(b"<p>Sorry", headers={"content-type": "text/html"}), "a page"),
    "/lie.png": (Answer(b"<script>alert(1)</script>"), "no picture"),
    "/cut.png": (Answer(a_picture("PNG")[:300]), "damaged or truncated"),
    "/gone.png": (Answer(status=404), "answered 404"),
    "/busy.png": (Answer(status=503, headers={"retry-after": "999"}), "answered 503"),
    "/large.png": (Answer(b"x" * 200_000), "more than 100,000 bytes"),
    "/endless.png": (Answer(b"", headers={"content-length": "9999999999"}), "more than 100,000"),
    "/loop.png": (Answer(status=302, headers={"location": "/loop.png"}), "redirects"),
    "/inside.png": (
        Answer(status=302, headers={"location": "http://127.0.0.2:1/a.png"}),
        "a private address",
    ),
    "/metadata.png": (
        Answer(status=302, headers={"location": "http://169.254.169.254/latest"}),
        "a link-local address",
    ),
    "/file.png": (
        Answer(status=302, headers={"location": "file:///etc/passwd"}),
        "cannot be fetched",
    ),
}


async def test_bad_pictures_are_notes_and_stop_nothing(settings: Settings, tmp_path: Path) -> None:
    small = settings.model_copy(update={"media_max_bytes": 100_000})
    answers = {path: answer for path, (answer, _) in BAD.items()} | {
        "/good.png": Answer(a_picture("PNG")),
        "/later.png": Answer(a_picture("PNG", colour="red")),
    }
    with serve(answers) as server:
        names = ["good.png", *(path[1:] for path in BAD), "later.png"]
        for name in names:
            text = f"---\ntitle: About {name}\n---\n![x]({server.url}/{name})\n"
            (tmp_path / f"{name}.md").write_text(text)
        report = await bring(small, tmp_path, url=server.url)
    assert (report.pictures_copied, report.exit_status) == (2, 0)
    notes = {note.title: note.text for note in report.notes}
    for path, (_, words) in BAD.items():
        assert words in notes[f"About {path[1:]}"], path
    assert len(notes) == len(BAD)


async def test_private_addresses_of_strangers_are_never_requested(
    settings: Settings, tmp_path: Path
) -> None:
    """Only the address that the operator gives may be private."""
    with serve({"/a.png": a_picture("PNG")}) as server:
        port = server.url.rpartition(":")[2]
        hosts = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433")
        for number, host in enumerate(hosts):
            text = f"---\ntitle: Number {number}\n---\n![x](http://{host}:{port}/a.png)\n"
            (tmp_path / f"{number}.md").write_text(text)
        report = await bring(settings, tmp_path)
        assert not server.requests
    assert report.pictures_copied == 0
    assert len(report.notes) == len(hosts)


async def test_files_outside_the_folder_are_never_read(settings: Settings, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "secret.png").write_bytes(a_picture("PNG"))
    (site / "link.png").symlink_to(tmp_path / "secret.png")
    addresses = ("../secret.png", "link.png", "/../secret.png", "%2e%2e/secret.png")
    for number, address in enumerate((*addresses, str(tmp_path / "secret.png"))):
        text = f'---\ntitle: Number {number}\n---\n<img src="{address}">\n'
        (site / f"{number}.md").write_text(text)
    report = await bring(settings, site)
    assert report.pictures_copied == 0
    assert len([note for note in report.notes if "is not in the hub" in note.text]) == 5


async def test_an_interrupted_run_goes_on_and_repeats_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after any step: what is stored stays, nothing is fetched twice."""
    with serve(served_pictures()) as server:
        export = a_wordpress_export(tmp_path, server.url)
        point_to_hub = pictures.point_to_hub

        async def kill(*_: object) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(pictures, "point_to_hub", kill)
        with pytest.raises(KeyboardInterrupt):
            await bring(settings, export, url=server.url)
        monkeypatch.setattr(pictures, "point_to_hub", point_to_hub)
        report = await bring(settings, export, url=server.url)
        assert (report.pictures_copied, set(server.requests.values())) == (0, {1})
    await assert_all_answer(settings, 4)


async def test_a_dead_host_is_given_up(settings: Settings, tmp_path: Path) -> None:
    with serve({}) as server:
        url = server.url
    for number in range(6):
        text = f"---\ntitle: Number {number}\n---\n![x]({url}/{number}.png)\n"
        (tmp_path / f"{number}.md").write_text(text)
    report = await bring(settings, tmp_path, url=url)
    given_up = [note for note in report.notes if "3 times in succession" in note.text]
    assert (len(report.notes), len(given_up)) == (6, 3)


async def test_fetching_later(settings: Settings) -> None:
    """`hub media fetch` copies the pictures of what is in the hub, and tries failures again."""
    with serve({"/b.png": a_picture("PNG")}) as server:
        async with open_database(settings) as db:
            first = await an_article(image_url=f"{server.url}/a.png")
            await an_article(image_url=f"{server.url}/b.png")
            for expected in ((1, 1), (1, 0)):
                if expected == (1, 0):
                    server.answers["/a.png"] = a_picture("JPEG")
                async with open_copier(db, settings, "", [server.url]) as copier:
                    found = await pictures.after(db, 0)
                    await copier.copy_articles(found, lambda _: lambda _: None)
                    result = copier.result
                    assert (result.copied, len(result.problems)) == expected
            assert await MediaSource.filter(problem="").count() == 2
            assert str((await Article.get(id=first)).image_url).endswith("/original.jpg")
        _: PictureServer = server

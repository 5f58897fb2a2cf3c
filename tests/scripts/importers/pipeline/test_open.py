"""Archives, mixed folders, addresses: all of it comes in, and nothing lands where it must not."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from typing_extensions import override

from hub.settings import Settings
from scripts.commands.import_ import import_paths
from scripts.importers.options import Options
from scripts.importers.pipeline import archives
from scripts.importers.pipeline.archives import unpack
from scripts.importers.pipeline.open import SourceOpener
from scripts.importers.pipeline.report import Report
from scripts.importers.source import SourceError
from tests.support.importer_inputs import an_export, an_item, drafts, files

pytestmark = pytest.mark.anyio


HEADLINE = "Ferry company sells its oldest boat"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
PROSE = " ".join(f"The {day} ferry left late, since its crew was ill." for day in DAYS)


def mixed(folder: Path) -> Path:
    """A folder with one article of every kind, and files that are none."""
    files(folder, post="---\ntitle: A post\n---\nSee [b](b.md).", b="# B\n\nWords.")
    an_export(folder, an_item(1))
    (folder / "page.txt").write_text(f"{HEADLINE}\n\n{PROSE}\n\nThe company did not say why.")
    (folder / "rows.jsonl").write_text('{"title": "Of rows"}\n')
    (folder / "table.csv").write_text("title,body\nOf a table,Words\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "feed.xml").write_text(
        "<rss version='2.0'><channel><link>https://f.test/</link><item><guid>1</guid>"
        "<title>Of a feed</title></item></channel></rss>"
    )
    ghost = {"db": [{"data": {"posts": [{"id": "1", "title": "Of Ghost", "status": "published"}]}}]}
    (folder / "ghost.json").write_text(json.dumps(ghost))
    (folder / "package.json").write_text('{\n "name": "x"\n}')
    (folder / "numbers.csv").write_text("a,b\n1,2\n")
    (folder / "robots.txt").write_text("User-agent: *")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    return folder


TITLES = {"A post", "B", "Post 1", HEADLINE, "Of rows", "Of a table", "Of a feed"} | {"Of Ghost"}


def zipped(path: Path, folder: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, inside + file.relative_to(folder).as_posix())
    return path


def tarred(path: Path, folder: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, arcname="content")
    return path


def titles(path: Path | str) -> list[str]:
    with SourceOpener(Options()) as opener:
        readers = [opened.reader for opened in opener.open(str(path)) if opened.reader is not None]
        return [draft.title for reader in readers for draft in drafts(reader)]


def test_a_mixed_folder_comes_in_whole(tmp_path: Path) -> None:
    imported = titles(mixed(tmp_path / "content"))
    assert set(imported) == TITLES
    assert len(imported) == len(TITLES)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "nested.zip"])
def test_an_archive_of_it_does_too(tmp_path: Path, name: str) -> None:
    folder = mixed(tmp_path / "content")
    if name == "a.tar.gz":
        path = tarred(tmp_path / name, folder)
    else:
        path = zipped(tmp_path / "a.zip", folder, "content/")
    if name == "nested.zip":
        (tmp_path / "outer").mkdir()
        path.rename(tmp_path / "outer" / "a.zip")
        path = zipped(tmp_path / name, tmp_path / "outer")
    assert set(titles(path)) == TITLES


async def test_an_archive_of_a_folder_is_the_same_source(
    settings: Settings, tmp_path: Path
) -> None:
    folder = files(tmp_path / "content", a="# A\n\nWords.")
    await import_paths([folder], settings)
    report = await import_paths([zipped(tmp_path / "x.zip", folder, "content/")], settings)
    assert dict(report.counts())["unchanged"] == 1
    (tmp_path / "e.xml.gz").write_bytes(gzip.compress(an_export(tmp_path, an_item(1)).read_bytes()))
    report = await import_paths([tmp_path / "e.xml.gz"], settings)
    assert report.sources == ["site.test"]


async def test_a_file_among_others_costs_nothing_but_itself(
    settings: Settings, tmp_path: Path
) -> None:
    folder = files(tmp_path / "content", a="# A")
    (folder / "bad.xml").write_text("<?xml version='1.0'?><rss")
    (folder / "list.json").write_text('[{"title": "x"},')
    (folder / "torn.zip").write_bytes(b"PK\x03\x04" + b"x" * 50)
    report: Report = await import_paths([folder], settings)
    assert dict(report.counts())["created"] == 2
    places = {refusal.place for refusal in report.refused}
    assert places == {"bad.xml", "list.json: record 2", "torn.zip"}
    assert (report.exit_status, list(report.failed_paths)) == (1, [str(folder)])


# ── archives that mean no good ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", ["../out.md", "/tmp/out.md", "a/../../out.md", "C:\\out.md", "..\\out.md"]
)
def test_nothing_lands_outside(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, "# Out")
        archive.writestr("good.md", "# Good")
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    for path in (tmp_path / "a.zip", tmp_path / "a.tar"):
        refused = list(unpack(path, tmp_path / "in"))
        assert [refusal.reason for refusal in refused] == [
            "it would land outside the archive's folder"
        ]
    assert {path.name for path in tmp_path.rglob("*")} == {"a.zip", "a.tar", "in", "good.md"}


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"x{kind!r}.md")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link.md")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    refused = [*unpack(tmp_path / "a.tar", tmp_path / "t"), *unpack(tmp_path / "a.zip", tmp_path)]
    assert [refusal.reason for refusal in refused] == ["it is a link or a device"] * 4 + [
        "it is a link"
    ]
    assert not (tmp_path / "t").exists()


@pytest.mark.parametrize("kind", ["zip", "gz", "tar.gz"])
def test_a_bomb_does_not_go_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(archives, "MIN_BUDGET", 100_000)
    zeros = b"0" * 5_000_000
    path = tmp_path / f"bomb.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.md", zeros)
    elif kind == "gz":
        path.write_bytes(gzip.compress(zeros))
    else:
        (tmp_path / "a.md").write_bytes(zeros)
        with tarfile.open(path, "w:gz") as tar:
            tar.add(tmp_path / "a.md", "a.md")
    with pytest.raises(SourceError, match=r"unpacked it has more than [\d,]+ bytes"):
        list(unpack(path, tmp_path / "out"))
    size = sum(file.stat().st_size for file in (tmp_path / "out").rglob("*"))
    assert size < 3_000_000


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_FILES", 5)
    folder = files(tmp_path / "many", **{f"f{at}": "x" for at in range(6)})
    with pytest.raises(SourceError, match="more than 5 files"):
        list(unpack(zipped(tmp_path / "a.zip", folder), tmp_path / "out"))


@pytest.mark.parametrize("cut", [1, 10, 50, 200, 400])
@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.gz"])
def test_a_damaged_archive_is_told(tmp_path: Path, name: str, cut: int) -> None:
    folder = files(tmp_path / "c", a="# A\n\n" + "Words and more words. " * 40, b="# B")
    path = tmp_path / name
    if name == "a.zip":
        zipped(path, folder)
    elif name == "a.tar.gz":
        tarred(path, folder)
    else:
        path.write_bytes(gzip.compress((folder / "a.md").read_bytes()))
    path.write_bytes(path.read_bytes()[:-cut] or b"\x1f\x8b")
    reasons = []
    try:
        reasons = [refusal.reason for refusal in unpack(path, tmp_path / "out")]
    except SourceError as error:
        reasons.append(error.reason)
    assert all("damaged" in reason or "cannot be unpacked" in reason for reason in reasons)


# ── by address ────────────────────────────────────────────────────────────────────────────────


class _Quiet(SimpleHTTPRequestHandler):
    @override
    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web server that serves `tmp_path`."""
    server = HTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_fetched_and_recognised(tmp_path: Path, site: str) -> None:
    an_export(tmp_path, an_item(1))
    zipped(tmp_path / "a.zip", files(tmp_path / "c", a="# A"))
    assert titles(f"{site}/export.xml") == ["Post 1"]
    assert titles(f"{site}/a.zip?x=1") == ["A"]


def test_an_address_that_cannot_be_had_is_told(site: str) -> None:
    with pytest.raises(SourceError, match="the server answered 404 "):
        titles(f"{site}/nowhere.xml")
    with pytest.raises(
        SourceError, match=r"^http://127\.0\.0\.1:1/feed\.xml: it cannot be fetched"
    ):
        titles("http://127.0.0.1:1/feed.xml")

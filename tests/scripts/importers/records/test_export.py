"""The export of a hub: what is public alone, or everything, which an import restores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub import related
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import Reader, open_database
from hub.db.keyset import PageArgs
from hub.drafts import AuthorDraft, LinkDraft, NameDraft, TopicDraft
from hub.imports import import_taxonomy
from hub.models import RelationKind, Status
from hub.reads import articles, authors, export, topics
from hub.reads import related as reads
from hub.settings import Settings
from scripts.commands.import_ import import_paths
from scripts.importers.records.export import export_records
from tests.support import hidden_content
from tests.support.factories import an_article
from tests.support.hidden_content import HiddenContent

pytestmark = pytest.mark.anyio
EDGES = (RelationKind.INLINE, RelationKind.MORE_TO_READ)


@pytest.mark.databases
async def test_the_public_export_is_the_same_whatever_is_hidden(db: Reader) -> None:
    content = HiddenContent()
    await hidden_content.add_public(content)
    before = [line async for line in export_records(db, public=True)]
    await hidden_content.add_hidden(content)
    assert [line async for line in export_records(db, public=True)] == before
    await hidden_content.delete_hidden(content)
    assert [line async for line in export_records(db, public=True)] == before


async def test_a_link_to_an_article_itself_is_restored_as_one(
    settings: Settings, tmp_path: Path
) -> None:
    """Its text is still the present title, and readers see nothing of one to a draft."""
    async with open_database(settings) as db:
        source = await an_article("Source", slug="source")
        draft = await an_article("Hidden", slug="hidden", status=Status.DRAFT)
        public = await an_article("Public", slug="public")
        for kind, target in zip(EDGES, (draft, public), strict=True):
            await related.link(source, kind=kind, target_id=target, by=SYSTEM)
        lines = [line async for line in export_records(db)]
        edges = (await export.edges(db, [source], SYSTEM))[source]
        assert [(edge.anchor, bool(edge.chosen)) for edge in edges] == [("", True)] * 2
    path = tmp_path / "all.jsonl"
    path.write_bytes(b"\n".join(lines))
    (tmp_path / "restored").mkdir()
    restored = Settings(data_dir=tmp_path / "restored", neighbours=0)
    assert (await import_paths([path], restored)).exit_status == 0
    async with open_database(restored) as db:
        row = await articles.by_slug(db, "source", None, ANONYMOUS)
        assert row is not None
        for viewer, anchors in ((ANONYMOUS, ["Public"]), (SYSTEM, ["Hidden", "Public"])):
            page = await reads.from_articles(db, [row.id], PageArgs(10), viewer, dangling=True)
            assert [edge.anchor for edge, _ in page[row.id].rows] == anchors


async def test_labels_are_restored_with_all_that_is_said_of_them(
    settings: Settings, tmp_path: Path
) -> None:
    names = (NameDraft("de", "Hafen"), NameDraft("pt-br", "Porto"))
    topic = TopicDraft("Port", "port", description="Ships.", taxonomy="series", translations=names)
    links = (LinkDraft("Home", "https://nora.test/"), LinkDraft("Film", "https://film.test/@n"))
    author = AuthorDraft("Nora", "nora", "Writes.", "/nora.jpg", "Nora at sea", links, names)
    rows: list[list[Any]] = []
    for number, data in enumerate((settings.data_dir, tmp_path / "restored")):
        data.mkdir(exist_ok=True)
        async with open_database(Settings(data_dir=data, neighbours=0)) as db:
            if not number:
                await import_taxonomy([topic], [author], by=SYSTEM)
                lines = [line async for line in export_records(db)]
        path = tmp_path / "all.jsonl"
        path.write_bytes(b"\n".join(lines))
        assert (await import_paths([path], Settings(data_dir=data, neighbours=0))).exit_status == 0
        async with open_database(Settings(data_dir=data, neighbours=0)) as db:
            stored: tuple[Any, Any] = (
                await topics.by_slug(db, "port", SYSTEM),
                await authors.by_slug(db, "nora", SYSTEM),
            )
            rows.append([row[1:] for row in stored])
    assert rows[0] == rows[1]
    stored_names = '{"de": "Hafen", "pt-br": "Porto"}'
    assert rows[0][0] == ("port", "Port", "Ships.", None, "series", stored_names)
    assert rows[0][1][-1] == stored_names
    assert rows[0][1][:5] == ("nora", "Nora", "Writes.", "/nora.jpg", "Nora at sea")

"""A subtitle comes in from every kind of source that has one, goes through the hub, and out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.auth import SYSTEM
from hub.drafts import ArticleDraft
from hub.imports import import_articles
from hub.settings import Settings
from scripts.importers.records.export import export_records
from scripts.importers.registry import open_reader
from tests.support.hub import a_hub
from tests.support.importer_inputs import HEAD, TAIL, an_item

SUBTITLE = "It leaves at ten past eleven"
META = (
    "<wp:postmeta><wp:meta_key>{key}</wp:meta_key>"
    f"<wp:meta_value><![CDATA[{SUBTITLE}]]></wp:meta_value></wp:postmeta>"
)
ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
LD = json.dumps({"@type": "Article", "headline": "A title", "alternativeHeadline": SUBTITLE})
WORDS = "The night ferry sails again after two winters, and half of the town was on the pier. " * 4
SOURCES = {
    "wps.xml": HEAD + an_item(more=META.format(key="wps_subtitle")) + TAIL,
    "secondary.xml": HEAD + an_item(more=META.format(key="_secondary_title")) + TAIL,
    "ghost.json": json.dumps(
        {
            "db": [
                {
                    "data": {
                        "posts": [
                            {
                                "id": "1",
                                "title": "A title",
                                "html": "<p>x</p>",
                                "status": "published",
                                "subtitle": SUBTITLE,
                            }
                        ]
                    }
                }
            ]
        }
    ),
    "page.md": f"---\ntitle: A title\nsubtitle: {SUBTITLE}\n---\nWords.\n",
    "standfirst.md": f'+++\ntitle = "A title"\nstandfirst = "{SUBTITLE}"\n+++\nWords.\n',
    "feed.rss": f'<rss version="2.0" {ITUNES}><channel><title>F</title><item><title>A title</title>'
    f"<itunes:subtitle>{SUBTITLE}</itunes:subtitle><guid>1</guid>"
    "<description>Words.</description></item></channel></rss>",
    "page.html": "<!doctype html><html><head><title>A title</title>"
    f'<script type="application/ld+json">{LD}</script></head>'
    f"<body><article><h1>A title</h1><p>{WORDS}</p><p>{WORDS}</p></article></body></html>",
    "rows.jsonl": json.dumps({"title": "A title", "body": "Words.", "subtitle": SUBTITLE}) + "\n",
    "posts.csv": f'post_id,title,subtitle,body\n1.a,A title,"{SUBTITLE}",Words.\n',
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_subtitle_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(SOURCES[name], encoding="utf-8")
    drafts = [record for record in open_reader(path).read() if isinstance(record, ArticleDraft)]
    assert [draft.subtitle for draft in drafts] == [SUBTITLE]


@pytest.mark.anyio
async def test_a_subtitle_is_stored_searched_returned_and_exported(
    settings: Settings, tmp_path: Path, anyio_backend: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(SOURCES["rows.jsonl"].replace("}", ', "status": "PUBLISHED"}'), "utf-8")
    drafts = [record for record in open_reader(path).read() if isinstance(record, ArticleDraft)]
    query = """{
      search(query: "eleven") { nodes { title subtitle jsonLd } }
      articles { nodes { subtitle revisions { nodes { subtitle } } } }
    }"""
    async with a_hub(settings) as client:
        [outcome] = await import_articles(drafts, by=SYSTEM)
        assert outcome.article_id is not None
        assert await client.indexer.wait(outcome.article_id)
        answer = await client.ask(query, editor=True)
        lines = [json.loads(line) async for line in export_records(client.db)]

    [hit] = answer["search"]["nodes"]
    assert (hit["title"], hit["subtitle"]) == ("A title", SUBTITLE)
    assert json.loads(hit["jsonLd"])["alternativeHeadline"] == SUBTITLE
    [article] = answer["articles"]["nodes"]
    assert article == {"subtitle": SUBTITLE, "revisions": {"nodes": [{"subtitle": SUBTITLE}]}}
    assert [line.get("subtitle") for line in lines if line["type"] == "article"] == [SUBTITLE]

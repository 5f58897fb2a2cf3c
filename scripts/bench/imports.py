"""Benchmark of a WordPress import, compared with the minimum cost of storing its rows."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from typing_extensions import override

from hub.db.database import open_database
from hub.drafts import ArticleDraft
from hub.import_plan import Outcome
from hub.settings import Settings
from hub.text import markup
from scripts.bench.corpus import Corpus
from scripts.importers.options import Options
from scripts.importers.pipeline.run import Import
from scripts.importers.pipeline.sink import LocalSink

COMMENTS = 2
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Bench</title><link>https://bench.test</link><wp:wxr_version>1.2</wp:wxr_version>
"""
_TABLES = """
CREATE TABLE article (id INTEGER PRIMARY KEY, title TEXT, slug TEXT UNIQUE, html TEXT, text TEXT);
CREATE TABLE revision (id INTEGER PRIMARY KEY, article INTEGER, title TEXT, html TEXT);
CREATE TABLE relation (id INTEGER PRIMARY KEY, source INTEGER, url TEXT);
CREATE INDEX by_url ON relation (url);
CREATE TABLE comment (id INTEGER PRIMARY KEY, article INTEGER, name TEXT, html TEXT);
CREATE INDEX by_article ON comment (article);
"""


@dataclass(frozen=True, slots=True)
class ImportBenchOptions:
    """Options of the benchmark: articles, and articles per transaction."""

    articles: int = 5_000
    batch: int = 100


@dataclass(frozen=True, slots=True)
class ImportBenchReport:
    """CPU seconds of each part; `floor` is that of SQLite alone for storing the same rows."""

    articles: int
    words: float
    megabytes: float
    reading: float
    storing: float
    reimport: float
    floor: float
    peak_megabytes: float

    @property
    def rate(self) -> float:
        """Articles stored per CPU second of the database part."""
        return self.articles / self.storing


async def run(
    options: ImportBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> ImportBenchReport:
    """Write an export of the corpus, import it twice, and store its rows with SQLite alone."""
    path = folder / "export.xml"
    print_step(f"writing an export of {options.articles:,} articles …")
    words = _write_export(path, Corpus(options.articles), options.articles)
    before = _peak_memory()
    print_step("importing it …")
    settings = Settings(data_dir=folder / "data")
    async with open_database(settings):
        sink = _TimedSink()
        started = time.process_time()
        first = await Import(sink, Options()).run([str(path)])
        total = time.process_time() - started
        peak = _peak_memory() - before
        print_step("importing it again …")
        started = time.process_time()
        second = await Import(LocalSink(), Options()).run([str(path)])
        reimport = time.process_time() - started
    assert dict(first.counts())["created"] == dict(second.counts())["unchanged"] == options.articles
    print_step("storing its rows with SQLite alone …")
    return ImportBenchReport(
        articles=options.articles,
        words=words,
        megabytes=path.stat().st_size / 1e6,
        reading=total - sink.seconds,
        storing=sink.seconds,
        reimport=reimport,
        floor=_measure_floor(folder / "floor.sqlite3", Corpus(options.articles), options),
        peak_megabytes=peak,
    )


class _TimedSink(LocalSink):
    """Stores in this hub, and sums up the CPU time of that."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    @override
    async def import_articles(
        self, drafts: Sequence[ArticleDraft], *, overwrite: bool, dry_run: bool
    ) -> list[Outcome]:
        started = time.process_time()
        try:
            return await super().import_articles(drafts, overwrite=overwrite, dry_run=dry_run)
        finally:
            self.seconds += time.process_time() - started


def _peak_memory() -> float:
    """Return the peak memory of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _write_export(path: Path, corpus: Corpus, count: int) -> float:
    """Write an export; return the mean number of words of an article."""
    words = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        for draft in corpus.drafts():
            words += len(markup.to_text(draft.body.content).split())
            file.write(_render_item(draft))
        file.write("</channel></rss>\n")
    return words / count


def _render_item(draft: ArticleDraft) -> str:
    topics = "".join(
        f'<category domain="category" nicename="{topic.slug}"><![CDATA[{topic.name}]]></category>'
        for topic in draft.topics
    )
    comments = "".join(
        f"<wp:comment><wp:comment_id>{at}</wp:comment_id><wp:comment_author>{comment.author_name}"
        f"</wp:comment_author><wp:comment_date_gmt>{comment.created_at:%Y-%m-%d %H:%M:%S}"
        f"</wp:comment_date_gmt><wp:comment_content><![CDATA[{comment.body.content}]]>"
        "</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>"
        for at, comment in enumerate((draft.comments * COMMENTS)[:COMMENTS])
    )
    links = "".join(
        f'<p><a href="https://bench.test/{relation.slug}/">{escape(relation.anchor)}</a></p>'
        for relation in draft.relations
        if relation.slug
    )
    return (
        f"<item><title>{escape(draft.title)}</title><link>https://bench.test/{draft.slug}/</link>"
        f"<dc:creator>{draft.authors[0].name}</dc:creator>"
        f"<content:encoded><![CDATA[{draft.body.content}{links}]]></content:encoded>"
        f"<wp:post_id>{int(draft.key) + 1}</wp:post_id><wp:post_name>{draft.slug}</wp:post_name>"
        f"<wp:post_date_gmt>{draft.published_at:%Y-%m-%d %H:%M:%S}</wp:post_date_gmt>"
        "<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        f"{topics}{comments}</item>\n"
    )


def _measure_floor(path: Path, corpus: Corpus, options: ImportBenchOptions) -> float:
    """Return the CPU seconds of SQLite for the bare rows, in transactions of as many articles."""
    drafts = list(corpus.drafts())
    rows = [(draft.title, draft.slug, draft.body.content, draft.body.content) for draft in drafts]
    started = time.process_time()
    connection = sqlite3.connect(path)
    connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_TABLES}")
    for start in range(0, len(rows), options.batch):
        part = range(start, min(start + options.batch, len(rows)))
        with connection:
            connection.executemany(
                "INSERT INTO article VALUES (?, ?, ?, ?, ?)", [(at, *rows[at]) for at in part]
            )
            connection.executemany(
                "INSERT INTO revision (article, title, html) VALUES (?, ?, ?)",
                [(at, rows[at][0], rows[at][2]) for at in part],
            )
            connection.executemany(
                "INSERT INTO relation (source, url) VALUES (?, ?)",
                [
                    (at, relation.slug or relation.anchor)
                    for at in part
                    for relation in drafts[at].relations
                ],
            )
            connection.executemany(
                "INSERT INTO comment (article, name, html) VALUES (?, ?, ?)",
                [
                    (at, comment.author_name, comment.body.content)
                    for at in part
                    for comment in (drafts[at].comments * COMMENTS)[:COMMENTS]
                ],
            )
    connection.close()
    return time.process_time() - started

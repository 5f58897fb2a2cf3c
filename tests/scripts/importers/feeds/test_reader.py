"""Feeds: every format, XML that is not well-formed, Blogger's exports, repeated imports."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.db.database import open_database, run
from hub.import_plan import Action
from hub.models import CommentStatus, Kind, Status
from hub.settings import Settings
from scripts.commands.import_ import import_paths
from scripts.importers.feeds.reader import FeedReader
from scripts.importers.options import Options
from scripts.importers.pipeline.run import Import
from scripts.importers.pipeline.sink import LocalSink
from scripts.importers.registry import open_reader
from scripts.importers.source import Refusal, Skipped, SourceError
from tests.support.importer_inputs import drafts, messages, refusals, skip_reasons, the_draft

pytestmark = pytest.mark.anyio

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Paper</title><link>https://www.paper.test/</link><language>de-DE</language>
{items}</channel></rss>"""
ITEM = """<item><title>Bread &amp; &lt;i&gt;salt&lt;/i&gt;</title><link>https://paper.test/bread</link>
<guid isPermaLink="false">id-1</guid><pubDate>Wed, 01 Jan 2025 10:00:00 +0100</pubDate>
<dc:creator>Nora (nora@paper.test)</dc:creator><category>Town</category><category>Port</category>
<description>In short.</description><media:content medium="image" url="https://paper.test/a.jpg"/>
<content:encoded><![CDATA[<p>See <a href="/rye">rye</a>.<script>x()</script></p>]]>
</content:encoded></item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><id>tag:f</id>
<link href="https://atom.test/"/><entry><id>tag:1</id><title type="text">1 &lt; 2</title>
<updated>2024-01-02T03:04:05Z</updated><author><name>Rita</name><email>r@x.test</email></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text</p></div></content>
<link href="https://atom.test/one"/></entry></feed>"""
BLOGGER = """<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'
 xmlns:app='http://purl.org/atom/app#' xmlns:thr='http://purl.org/syndication/thread/1.0'>
<id>tag:blogger.com,1999:blog-7.archive</id><link rel='alternate' href='https://me.blogspot.com/'/>
{entries}</feed>"""


def entry(id_: str, kind: str, more: str = "") -> str:
    return (
        f"<entry><id>tag:blogger.com,1999:blog-7.post-{id_}</id><title>Post {id_}</title>"
        "<published>2024-01-01T00:00:00Z</published><author><name>Nora</name></author>"
        "<category scheme='http://schemas.google.com/g/2005#kind'"
        f" term='http://schemas.google.com/blogger/2008/kind#{kind}'/>"
        f"<content type='html'>&lt;p&gt;Words {id_}&lt;/p&gt;</content>{more}</entry>"
    )


def write_feed(folder: Path, text: str | bytes, name: str = "feed.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_an_entry_of_rss(tmp_path: Path) -> None:
    reader = open_reader(write_feed(tmp_path, RSS.format(items=ITEM)))
    assert (reader.kind, reader.source, reader.total()) == ("feed", "paper.test", 1)
    draft = the_draft(reader)
    assert (draft.key, draft.title, draft.summary) == ("id-1", "Bread & salt", "In short.")
    assert draft.published_at == datetime(2025, 1, 1, 9, tzinfo=UTC)
    assert (draft.status, draft.language) == (Status.PUBLISHED, "de")
    assert draft.image_url == "https://paper.test/a.jpg"
    assert draft.canonical_url == "https://paper.test/bread"
    assert [topic.name for topic in draft.topics] == ["Town", "Port"]
    assert [author.name for author in draft.authors] == ["Nora"]
    assert "<script" not in draft.body.content
    assert [(relation.anchor, relation.url) for relation in draft.relations] == [
        ("rye", "https://paper.test/rye")
    ]


def test_an_entry_of_atom_says_what_is_text_and_what_is_html(tmp_path: Path) -> None:
    draft = the_draft(open_reader(write_feed(tmp_path, ATOM)))
    assert (draft.title, draft.language) == ("1 < 2", "fr")
    assert "<p>Text</p>" in draft.body.content
    assert "@" not in repr(draft.authors)


def test_an_entry_of_a_json_feed(tmp_path: Path) -> None:
    items = [
        {"id": 7, "content_text": "One.\n\nTwo.", "tags": ["Town"], "url": "https://j.test/7"},
        {"id": "8", "title": "T", "content_html": "<p>x</p>", "date_published": "2024-01-01"},
        {"id": "9"},
        "no object",
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "https://j.test/",
        "authors": [{"name": "Nora"}],
        "items": items,
    }
    reader = open_reader(write_feed(tmp_path, json.dumps(document, indent=1), "feed.json"))
    first, second = drafts(reader)
    assert (first.key, first.title, first.source) == ("7", "One. Two.", "j.test")
    assert "<p>Two.</p>" in first.body.content
    assert second.authors[0].name == "Nora"
    assert "there is neither a title nor a text in it" in messages(reader)


def test_what_is_not_well_formed_is_read_and_told(tmp_path: Path) -> None:
    torn = RSS.format(items=ITEM + "<item><title>Second & last</title><guid>2</guid></item")
    reader = open_reader(write_feed(tmp_path, torn[: torn.index("</channel>")]))
    assert [draft.key for draft in drafts(reader)] == ["id-1", "2"]
    assert any("not well-formed" in text for text in messages(reader))


def test_entries_that_are_lost_in_a_torn_feed_are_told(tmp_path: Path) -> None:
    items = ITEM.replace("</item>", "<description><![CDATA[An <item> in words]]>") + ITEM
    reader = open_reader(
        write_feed(tmp_path, RSS.format(items=items.replace("</item>", "</itam>")))
    )
    assert len(drafts(reader)) == 1
    assert [refusal.reason for refusal in refusals(reader)] == [
        "only 1 of its 2 entries can be read"
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp1252", "shift_jis"])
def test_a_feed_may_be_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    word = "日本" if encoding == "shift_jis" else "Straße"
    text = RSS.replace("utf-8", encoding.removesuffix("-le")).format(
        items=f"<item><guid>1</guid><title>{word}</title></item>"
    )
    assert the_draft(open_reader(write_feed(tmp_path, text.encode(encoding)))).title == word


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<?xml version='1.0'?><rss", "there is no feed in it"),
        ('{"version": "https://jsonfeed.org/version/1", "items": 3}', "there are no `items`"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "no JSON that can be read"),
    ],
)
def test_what_is_no_feed_is_told(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        list(FeedReader(write_feed(tmp_path, text)).read())


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET")
    declared = "".join(
        f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "boom"}">' for at in range(12)
    )
    doctype = f'<!DOCTYPE rss [{declared}<!ENTITY x SYSTEM "{tmp_path / "secret.txt"}">]><rss'
    text = RSS.replace("<rss", doctype, 1)
    items = "<item><guid>1</guid><title>A &x; &e11;</title></item>"
    [draft] = drafts(open_reader(write_feed(tmp_path, text.format(items=items))))
    assert "SECRET" not in draft.title
    assert "boomboom" not in draft.title


def test_a_blogger_export_has_posts_pages_drafts_and_comments(tmp_path: Path) -> None:
    on = "<thr:in-reply-to ref='tag:blogger.com,1999:blog-7.post-1'/>"
    answer = "<link rel='related' href='https://www.blogger.com/feeds/7/1/comments/default/11'/>"
    entries = [
        entry("1", "post"),
        entry("2", "page"),
        entry("3", "post", "<app:control><app:draft>yes</app:draft></app:control>"),
        entry("9", "settings"),
        entry("11", "comment", on),
        entry("12", "comment", on + answer),
        entry("13", "comment", "<thr:in-reply-to ref='tag:other'/>"),
    ]
    reader = open_reader(write_feed(tmp_path, BLOGGER.format(entries="".join(entries))))
    post, page, draft = drafts(reader)
    assert (reader.source, page.kind) == ("me.blogspot.com", Kind.PAGE)
    assert [post.status, draft.status] == [Status.PUBLISHED, Status.DRAFT]
    first, second = post.comments
    assert (first.status, first.parent_key) == (CommentStatus.APPROVED, None)
    assert second.parent_key == first.key
    assert Counter(skip_reasons(reader)) == {
        "settings and templates of the blog": 1,
        "comments on posts that are not in this feed": 1,
    }


async def test_a_feed_again_brings_what_is_new_and_what_changed(
    settings: Settings, tmp_path: Path
) -> None:
    second = "<item><guid>2</guid><title>New</title></item>"
    for items, counts in (
        (ITEM, (1, 0, 0)),
        (ITEM, (0, 0, 1)),
        (second + ITEM.replace("In short", "Anew"), (1, 1, 0)),
        (second, (0, 0, 1)),
    ):
        report = await import_paths([write_feed(tmp_path, RSS.format(items=items))], settings)
        actual = dict(report.counts())
        assert (actual["created"], actual["updated"], actual["unchanged"]) == counts
    async with open_database(settings):
        assert [row[0] for row in await run("SELECT count(*) FROM article", [])] == [2]


def test_real_feeds_come_in_with_the_counts_of_the_manifest(shared: Path) -> None:
    """1219 entries are in feedparser's files, 64 in Blogger's, 2 in Medium's, 3 in JSON Feeds."""
    totals: Counter[str] = Counter()
    for path in sorted((shared / "feeds").rglob("*")):
        if path.is_file():
            try:
                reader = open_reader(path)
                folder = path.relative_to(shared / "feeds").parts[0]
                records = list(reader.read())
            except SourceError as error:
                totals[error.reason[:22]] += 1
                continue
            entries = len(drafts(records))
            entries += sum(isinstance(record, Refusal | Skipped) for record in records)
            totals[folder] += reader.total()
            # A comment on a post of the feed is counted with that post.
            assert entries + sum(len(draft.comments) for draft in drafts(records)) == reader.total()
    assert totals == {
        "feedparser-tests": 1219,
        "blogger": 64,
        "medium-and-blogger": 2,
        "jsonfeed": 3,
        "there is no feed in it": 7,
        "it is XML or HTML of a": 1,
    }


def test_an_entry_with_words_alone_comes_in_by_its_words(tmp_path: Path) -> None:
    item = "<item><description>Words only, and nothing else.</description></item>"
    other = "<item><description>Other words, and nothing else.</description></item>"
    path = tmp_path / "a.rss"
    path.write_text(
        f"<rss version='2.0'><channel><title>F</title>{item}{other}{item}</channel></rss>"
    )
    records = list(FeedReader(path).read())
    first, second = drafts(records)
    assert first.title == "Words only, and nothing else."
    assert first.key != second.key
    assert skip_reasons(records) == ["entries whose id is in the feed twice"]
    again = drafts(FeedReader(path))[0]
    assert again.key == first.key


def test_relative_addresses_are_resolved_against_the_feeds_own(tmp_path: Path) -> None:
    html = '<a href="two">2</a> <img src="/p.png"> <code>&lt;a href="x"&gt;</code>'
    path = tmp_path / "a.rss"
    path.write_text(
        "<rss version='2.0'><channel><link>https://f.test/blog/</link>"
        f"<item><title>A</title><link>one</link><description><![CDATA[{html}]]></description></item>"
        "</channel></rss>"
    )
    draft = the_draft(FeedReader(path))
    assert draft.canonical_url == "https://f.test/blog/one"
    assert 'href="https://f.test/blog/two"' in draft.body.content
    assert 'src="https://f.test/p.png"' in draft.body.content
    assert '&lt;a href="x"&gt;' in draft.body.content


def test_a_date_that_cannot_be_read_is_a_note_and_not_now(tmp_path: Path) -> None:
    path = tmp_path / "a.rss"
    path.write_text(
        "<rss version='2.0'><channel><item><title>A</title><pubDate>Tue,</pubDate></item>"
        "</channel></rss>"
    )
    records = list(FeedReader(path).read())
    assert the_draft(records).published_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert "its date 'Tue,' cannot be read" in messages(records)


async def test_a_feed_whose_site_has_parameters_is_known_again(
    tmp_path: Path, settings: Settings
) -> None:
    link = "<link>https://medium.com/@nora?source=rss-abc------2</link>"
    item = "<item><guid>1</guid><title>A</title><description>Words.</description></item>"
    path = write_feed(tmp_path, f"<rss version='2.0'><channel>{link}{item}</channel></rss>")
    stored = "medium.com/%40nora?source=rss-abc------2"  # by all versions before
    actions = []
    async with open_database(settings):
        for source in (stored, None):
            report = await Import(LocalSink(), Options(source=source)).run([str(path)])
            actions.append(dict(report.actions))
    assert actions == [{Action.CREATED: 1}, {Action.UNCHANGED: 1}]

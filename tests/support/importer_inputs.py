"""Small inputs for readers, and the records that a reader yields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from hub.drafts import ArticleDraft
from scripts.importers.feeds.reader import FeedReader
from scripts.importers.ghost.reader import GhostReader
from scripts.importers.html.reader import WebPageReader
from scripts.importers.markdown.reader import MarkdownReader
from scripts.importers.movable_type.reader import MovableTypeReader
from scripts.importers.plain_text.reader import TextReader
from scripts.importers.records.csv import CsvReader
from scripts.importers.records.jsonl import JsonlReader
from scripts.importers.source import Note, Record, Refusal, Skipped, SourceReader
from scripts.importers.wordpress.reader import WordPressReader

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Site</title><link>https://www.site.test</link><language>en-US</language>
<wp:base_site_url>https://www.site.test</wp:base_site_url>
<wp:author><wp:author_login>nora</wp:author_login><wp:author_email>nora@site.test</wp:author_email>
<wp:author_display_name><![CDATA[Nora &amp; Co]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>town</wp:category_nicename><wp:category_parent/>
<wp:cat_name>Town</wp:cat_name></wp:category>
<wp:category><wp:category_nicename>port</wp:category_nicename>
<wp:category_parent>town</wp:category_parent><wp:cat_name>Port</wp:cat_name></wp:category>
<wp:tag><wp:tag_slug>port</wp:tag_slug><wp:tag_name>The port</wp:tag_name></wp:tag>
<wp:tag><wp:tag_slug>boats</wp:tag_slug><wp:tag_name>Boats</wp:tag_name></wp:tag>
"""
TAIL = "</channel></rss>\n"


def an_item(number: int = 1, body: str = "Words.", more: str = "", **fields: str) -> str:
    """Build an item of an export; `fields` are elements of the wp: namespace."""
    title = fields.pop("title", f"Post {number}")
    values = {
        "post_id": str(number),
        "post_type": "post",
        "status": "publish",
        "post_name": f"post-{number}",
        "post_date_gmt": "2024-05-01 10:00:00",
        "comment_status": "open",
    } | fields
    elements = "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in values.items())
    return (
        f"<item><title>{title}</title><link>https://www.site.test/post-{number}/</link>"
        f"<dc:creator>nora</dc:creator><content:encoded><![CDATA[{body}]]></content:encoded>"
        f"{elements}{more}</item>\n"
    )


def a_wxr_comment(number: int, **fields: str) -> str:
    """Build a comment of an item."""
    values = {
        "id": str(number),
        "author": "Rita",
        "author_email": "rita@readers.test",
        "author_IP": "192.0.2.7",
        "date_gmt": "2024-05-02 10:00:00",
        "content": f"I am {number}",
        "approved": "1",
        "type": "",
        "parent": "0",
    } | fields
    inside = "".join(
        f"<wp:comment_{name}>{value}</wp:comment_{name}>" for name, value in values.items()
    )
    return f"<wp:comment>{inside}</wp:comment>"


def an_export(folder: Path, *items: str, head: str = HEAD, tail: str = TAIL) -> Path:
    """Write an export file with these items."""
    path = folder / "export.xml"
    path.write_text(head + "".join(items) + tail, encoding="utf-8")
    return path


SUFFIXES = (".wxr", ".ghost", ".mt", ".md", ".rss", ".json", ".html", ".txt", ".jsonl", ".csv")
"""The suffix of each kind of source that `a_source` writes."""


def a_source(path: Path, words: str, comment: str = "") -> SourceReader:
    """Write a small source of the suffix's kind, in which `words` are an article's text.

    `comment` is a comment on it, if such a source has comments.
    """
    match path.suffix:
        case ".wxr":
            more = a_wxr_comment(1, content=f"<![CDATA[{comment}]]>") if comment else ""
            path.write_text(HEAD + an_item(1, words, more=more) + TAIL)
            return WordPressReader(path)
        case ".ghost":
            posts = [{"id": "1", "title": "x", "html": words, "status": "published"}]
            path.write_text(json.dumps({"data": {"posts": posts}}, ensure_ascii=False))
            return GhostReader(path)
        case ".mt":
            reply = f"COMMENT:\nAUTHOR: Rita\n{comment}\n-----\n" if comment else ""
            path.write_text(
                f"TITLE: x\nSTATUS: Publish\n-----\nBODY:\n{words}\n-----\n{reply}--------\n"
            )
            return MovableTypeReader(path)
        case ".md":
            header = json.dumps({"title": "x", "comments": [{"author": "Rita", "body": comment}]})
            path.write_text(
                f"{header}\n\n{words}\n" if comment else f"---\ntitle: x\n---\n{words}\n"
            )
            return MarkdownReader(path)
        case ".rss":
            item = f"<item><title>x</title><description><![CDATA[{words}]]></description></item>"
            path.write_text(f'<?xml version="1.0"?><rss><channel>{item}</channel></rss>')
            return FeedReader(path)
        case ".json":
            items = [{"id": "1", "title": "x", "content_html": words}]
            path.write_text(json.dumps({"items": items}, ensure_ascii=False))
            return FeedReader(path)
        case ".html":
            comments_html = (
                '<ol class="commentlist"><li class="comment" id="comment-1">'
                '<cite class="fn">Rita</cite><div class="comment-content">'
                f"<p>{comment}</p></div></li></ol>"
                if comment
                else ""
            )
            page = f"<title>x</title><body><article><p>{words}</p></article>{comments_html}</body>"
            path.write_text(f'<html><head><meta charset="utf-8">{page}</html>')
            return WebPageReader(path)
        case ".txt":
            path.write_text(f"A headline of some words\n\n{words}\n")
            return TextReader(path)
        case ".jsonl":
            comments = [{"key": "1", "body": comment, "body_format": "HTML"}] if comment else []
            row = {"title": "x", "body": words, "body_format": "HTML", "comments": comments}
            path.write_text(json.dumps(row, ensure_ascii=False) + "\n")
            return JsonlReader(path)
        case _:
            cells = [words, json.dumps([{"key": "1", "body": comment}]) if comment else ""]
            quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
            path.write_text(f"title,body,comments\nx,{quoted}\n")
            return CsvReader(path)


def files(folder: Path, **texts: str) -> Path:
    """Write files to `folder`; `__` in a name stands for a slash, and .md is added."""
    for name, text in texts.items():
        path = folder / (name.replace("__", "/") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def drafts(records: SourceReader | Iterable[Record]) -> list[ArticleDraft]:
    """Return the drafts among the records of a reader."""
    return [record for record in _records(records) if isinstance(record, ArticleDraft)]


def the_draft(records: SourceReader | Iterable[Record]) -> ArticleDraft:
    """Return the only draft among the records of a reader."""
    [draft] = drafts(records)
    return draft


def messages(records: SourceReader | Iterable[Record]) -> list[str]:
    """Return a reader's reasons and notes, without its drafts."""
    return [
        record.text if isinstance(record, Note) else record.reason
        for record in _records(records)
        if isinstance(record, Note | Refusal | Skipped)
    ]


def refusals(records: SourceReader | Iterable[Record]) -> list[Refusal]:
    """Return the refusals among the records of a reader."""
    return [record for record in _records(records) if isinstance(record, Refusal)]


def skip_reasons(records: SourceReader | Iterable[Record]) -> list[str]:
    """Return the reasons of skipped records."""
    return [record.reason for record in _records(records) if isinstance(record, Skipped)]


def _records(records: SourceReader | Iterable[Record]) -> Iterable[Record]:
    return records if isinstance(records, Iterable) else records.read()

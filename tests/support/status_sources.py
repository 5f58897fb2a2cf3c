"""Sources of every kind with one article, whose publication status is that of its own words.

`SOURCES` names a writer for each reader, container and dialect: it gets a field's name and value,
or the kind's own word for a status, and returns the files of a source.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.importer_inputs import HEAD, TAIL, an_item

WORDS = "The night ferry sails again after two winters, said the harbour office on Monday."
PAGE_WORDS = f"<p>{WORDS}</p>" * 6
NOTION = "The ferry 0123456789abcdef0123456789abcdef.md"

Files = dict[str, str]


@dataclass(frozen=True, slots=True)
class StatusSource:
    """A kind of source. `own`: it has one field for the status, and the words that are public."""

    write: Callable[[str, object], Files]
    own: tuple[str, tuple[str, ...]] | None = None


def _front_matter(place: str, others: Files | None = None) -> StatusSource:
    def write(name: str, value: object) -> Files:
        header = f"title: The ferry\n{json.dumps(name)}: {json.dumps(value)}\n"
        return {place: f"---\n{header}---\n{WORDS}\n"} | (others or {})

    return StatusSource(write)


def _wordpress(name: str, value: object) -> Files:
    return {"export.xml": HEAD + an_item(1, WORDS, **{name: str(value)}) + TAIL}


def _squarespace(name: str, value: object) -> Files:
    body = (
        f'<div class="sqs-block html-block"><div class="sqs-block-content">{PAGE_WORDS}</div></div>'
    )
    return {"squarespace.xml": HEAD + an_item(1, body, **{name: str(value)}) + TAIL}


def _ghost(name: str, value: object) -> Files:
    post = {"id": "1", "title": "The ferry", "html": PAGE_WORDS, "status": "published"}
    return {"ghost.json": json.dumps({"db": [{"data": {"posts": [post | {name: value}]}}]})}


def _movable_type(name: str, value: object) -> Files:
    status = "" if name == "STATUS" else "STATUS: Publish\n"
    text = f"TITLE: The ferry\n{status}{name}: {value}\n-----\nBODY:\n{WORDS}\n-----\n--------\n"
    return {"export.txt": text}


def _feed(name: str, value: object) -> Files:
    item = f"<title>The ferry</title><description>{WORDS}</description><{name}>{value}</{name}>"
    return {"feed.rss": f"<rss version='2.0'><channel><item>{item}</item></channel></rss>"}


def _atom(name: str, value: object) -> Files:
    entry = (
        f"<id>1</id><title>The ferry</title><content>{WORDS}</content>"
        f"<app:control xmlns:app='http://www.w3.org/2007/app'><app:{name}>{value}</app:{name}>"
        "</app:control>"
    )
    return {"feed.atom": f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>"}


def _blogger(name: str, value: object) -> Files:
    entry = (
        "<entry><id>post-1</id><blogger:type>POST</blogger:type>"
        f"<blogger:{name}>{value}</blogger:{name}><title>The ferry</title>"
        f"<content type='html'>{WORDS}</content></entry>"
    )
    head = (
        "<feed xmlns='http://www.w3.org/2005/Atom' "
        "xmlns:blogger='http://schemas.google.com/blogger/2018'><id>blog</id>"
    )
    return {"Takeout/Blogger/Blogs/Quay/feed.atom": f"{head}{entry}</feed>"}


def _json_feed(name: str, value: object) -> Files:
    item = {"id": "1", "title": "The ferry", "content_html": PAGE_WORDS, name: value}
    return {
        "feed.json": json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    }


def _jsonl(name: str, value: object) -> Files:
    row = {"title": "The ferry", "body": WORDS, name: value}
    return {"rows.jsonl": json.dumps(row, ensure_ascii=False) + "\n"}


def _csv(name: str, value: object) -> Files:
    return {"rows.csv": f'\ufefftitle;body;{name}\nThe ferry;"{WORDS}";"{value}"\n'}


def _webflow(name: str, value: object) -> Files:
    head = "Name,Slug,Collection ID,Item ID,Created On,Published On,Post Body"
    cells = "The ferry,ferry,c,i,2024-01-01,2024-01-02"
    return {"webflow.csv": f'{head},{name}\n{cells},"{PAGE_WORDS}",{value}\n'}


def _drupal_views(name: str, value: object) -> Files:
    return {"views.csv": f'nid,title,body,{name}\n7,The ferry,"{PAGE_WORDS}",{value}\n'}


def _drupal(name: str, value: object) -> Files:
    attributes = {
        "drupal_internal__nid": 7,
        "title": "The ferry",
        "body": {"value": PAGE_WORDS, "processed": PAGE_WORDS},
        name: value,
    }
    node = {"type": "node--story", "id": "n-1", "attributes": {"status": True} | attributes}
    return {"nodes.json": json.dumps({"jsonapi": {"version": "1.0"}, "data": [node]})}


def _html(name: str, value: object) -> Files:
    meta = f'<meta name="{name}" content="{value}">'
    head = f'<meta charset="utf-8"><title>The ferry</title>{meta}'
    return {
        "page.html": f"<!doctype html><html><head>{head}</head>"
        f"<body><article><h1>The ferry</h1>{PAGE_WORDS}</article></body></html>"
    }


def _substack(name: str, value: object) -> Files:
    row = {
        "post_id": "1.ferry",
        "post_date": "2024-03-01T09:00:00.000Z",
        "is_published": "true",
        "type": "newsletter",
        "audience": "everyone",
        "title": "The ferry",
    } | {name: str(value)}
    table = f"{','.join(row)}\n{','.join(row.values())}\n"
    return {"export/posts.csv": table, "export/posts/1.ferry.html": PAGE_WORDS}


def _medium(name: str, value: object) -> Files:
    """A story whose file's name begins with its status, as `draft_` does."""
    file = f"posts/{value}_The-ferry-abc123def456.html"
    footer = (
        '<footer><p>By <a href="https://medium.com/@nora" class="p-author h-card">Nora</a></p>'
        "<p>Exported from Medium.</p></footer>"
    )
    return {
        file: "<!DOCTYPE html><html><head><title>The ferry</title></head><body>"
        f'<article class="h-entry"><header><h1 class="p-name">The ferry</h1></header>'
        f'<section data-field="body" class="e-content">{PAGE_WORDS}</section>{footer}'
        "</article></body></html>",
        "claps/claps-0001.html": "<title>Claps</title>",
    }


def _notion(name: str, value: object) -> Files:
    return {NOTION: f"# The ferry\n\n{name}: {value}\n\n{WORDS}\n"}


def _pelican(name: str, value: object) -> Files:
    text = f"Title: The ferry\nDate: 2024-01-01\n{name}: {value}\n\n{WORDS}\n"
    return {"pelicanconf.py": "PATH = 'content'\n", "content/ferry.md": text}


def _restructured(name: str, value: object) -> Files:
    return {
        "pelicanconf.py": "PATH = 'content'\n",
        "content/ferry.rst": f"The ferry\n#########\n\n:{name}: {value}\n\n{WORDS}\n",
    }


def _text(name: str, value: object) -> Files:
    header = f"---\ntitle: The ferry\n{json.dumps(name)}: {json.dumps(value)}\n---\n"
    return {"ferry.txt": f"{header}{WORDS}\n"}


SOURCES: dict[str, StatusSource] = {
    "wordpress": StatusSource(_wordpress, ("status", ("publish",))),
    "squarespace": StatusSource(_squarespace, ("status", ("publish",))),
    "ghost": StatusSource(_ghost, ("status", ("published",))),
    "movable-type": StatusSource(_movable_type, ("STATUS", ("Publish", "Published"))),
    "feed": StatusSource(_feed),
    "atom": StatusSource(_atom, ("draft", ("no", "false", "0"))),
    "blogger": StatusSource(_blogger, ("status", ("LIVE",))),
    "json-feed": StatusSource(_json_feed),
    "jsonl": StatusSource(_jsonl),
    "csv": StatusSource(_csv),
    "webflow": StatusSource(_webflow),
    "drupal": StatusSource(_drupal),
    "drupal-views": StatusSource(_drupal_views),
    "html": StatusSource(_html),
    "text": StatusSource(_text),
    "substack": StatusSource(_substack, ("audience", ("everyone",))),
    "medium": StatusSource(_medium, ("", ("2024-01-01",))),
    "notion": StatusSource(_notion),
    "pelican": StatusSource(_pelican),
    "restructured": StatusSource(_restructured),
    "markdown": _front_matter("ferry.md"),
    "obsidian": _front_matter("ferry.md", {".obsidian/app.json": "{}"}),
    "jekyll": _front_matter("_posts/2024-01-01-ferry.md", {"_config.yml": "title: Quay\n"}),
    "hugo": _front_matter("content/posts/ferry/index.md", {"hugo.toml": "title = 'Quay'\n"}),
    "eleventy": _front_matter("src/posts/ferry.md", {".eleventy.js": "// Quay\n"}),
    "astro": _front_matter("src/content/blog/ferry.mdx", {"astro.config.mjs": "// Quay\n"}),
    "docusaurus": _front_matter("blog/ferry.md", {"docusaurus.config.js": "// Quay\n"}),
}

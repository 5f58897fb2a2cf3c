"""Nothing becomes public by an import unless its source says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.drafts import ArticleDraft
from hub.models import CommentStatus, Status
from scripts.importers.content.publication import read_publication
from scripts.importers.registry import open_reader
from scripts.importers.source import Note, Refusal
from tests.support import importer_inputs
from tests.support.importer_inputs import HEAD, TAIL, an_item

HIDDEN: dict[str, object] = {
    "status": "draft",
    "Status": "Draft",
    "post_status": "pending review",
    "moderation_state": "needs_review",
    "published": False,
    "is_published": "no",
    "isPublished": 0,
    "live": "false",
    "draft": True,
    "is_draft": "1",
    "private": "yes",
    "unlisted": True,
    "visibility": "members",
    "audience": "only_paid",
    "access": "subscribers",
    "password": "s3cret",
    "paywalled": "true",
    "expires": "2001-01-01",
    "unpublish_at": "2001-01-01T00:00:00Z",
    "publish": False,
    "archived": True,
    "_draft": True,
    "Members Only": "yes",
    "privacy": "friends",
    "embargo_until": "2999-01-01",
    "state": "draft",
    "paywall": "on",
    "internal": True,
}
"""Fields by which systems hide a text, with values that do."""

PUBLIC: dict[str, object] = {
    "status": "published",
    "post_status": "publish",
    "published": True,
    "is_published": "1",
    "draft": "no",
    "private": False,
    "visibility": "public",
    "audience": "everyone",
    "access": "all",
    "password": "",
    "expires": "2999-01-01",
    "publish": True,
    "archived": "no",
    "embargo": "2001-01-01",
}


def _jsonl(name: str, value: object) -> tuple[str, str]:
    return "rows.jsonl", json.dumps({"title": "A title", "body": "Words.", name: value}) + "\n"


def _json(name: str, value: object) -> tuple[str, str]:
    return "rows.json", json.dumps([{"title": "A title", "body": "Words.", name: value}])


def _csv(name: str, value: object) -> tuple[str, str]:
    return "rows.csv", f"title,body,{name}\nA title,Words.,{value}\n"


def _yaml(name: str, value: object) -> tuple[str, str]:
    return "page.md", f"---\ntitle: A title\n{name}: {json.dumps(value)}\n---\nWords.\n"


def _toml(name: str, value: object) -> tuple[str, str]:
    return (
        "page.md",
        f'+++\ntitle = "A title"\n{json.dumps(name)} = {json.dumps(value)}\n+++\nWords.\n',
    )


def _json_fence(name: str, value: object) -> tuple[str, str]:
    return "page.md", f"---json\n{json.dumps({'title': 'A title', name: value})}\n---\nWords.\n"


def _json_header(name: str, value: object) -> tuple[str, str]:
    return "page.md", f"{json.dumps({'title': 'A title', name: value})}\n\nWords.\n"


def _json_feed(name: str, value: object) -> tuple[str, str]:
    item = {"id": "1", "title": "A title", "content_html": "<p>Words.</p>", name: value}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    return "feed.json", json.dumps(feed)


def _json_feed_extension(name: str, value: object) -> tuple[str, str]:
    item = {"id": "1", "title": "A title", "content_html": "<p>Words.</p>", "_cms": {name: value}}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    return "feed.json", json.dumps(feed)


def _properties(name: str, value: object) -> tuple[str, str]:
    return "page.md", f"# A title\n\nCreated: today\n{name}: {value}\n\nWords.\n"


def _pairs(name: str, value: object) -> tuple[str, str]:
    return "page.md", f"Title: A title\n{name}: {value}\n\nWords.\n"


FORMATS: list[Callable[[str, object], tuple[str, str]]] = [
    _jsonl,
    _json,
    _csv,
    _yaml,
    _toml,
    _pairs,
    _json_fence,
    _json_header,
    _json_feed,
    _json_feed_extension,
]


def _statuses(folder: Path, name: str, text: str) -> tuple[list[Status], list[str]]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    records = list(open_reader(path).read())
    return (
        [record.status for record in records if isinstance(record, ArticleDraft)],
        [record.text for record in records if isinstance(record, Note)],
    )


@pytest.mark.parametrize("write", [*FORMATS, _properties])
@pytest.mark.parametrize("name", [name for name in HIDDEN if name[0] != "_"])
def test_a_field_that_hides_a_text_keeps_it_from_the_public(
    name: str, write: Callable[[str, object], tuple[str, str]], tmp_path: Path
) -> None:
    [status], _ = _statuses(tmp_path, *write(name, HIDDEN[name]))
    assert status in (Status.DRAFT, Status.ARCHIVED)


@pytest.mark.parametrize("write", FORMATS)
@pytest.mark.parametrize("name", [name for name in HIDDEN if name != "state"])
def test_an_unknown_value_makes_a_draft_with_a_note(
    name: str, write: Callable[[str, object], tuple[str, str]], tmp_path: Path
) -> None:
    [status], notes = _statuses(tmp_path, *write(name, "frobnicated"))
    assert status is Status.DRAFT
    assert any("a draft here" in note for note in notes)


@pytest.mark.parametrize("write", FORMATS)
@pytest.mark.parametrize("name", PUBLIC)
def test_a_field_that_says_public_makes_it_public(
    name: str, write: Callable[[str, object], tuple[str, str]], tmp_path: Path
) -> None:
    assert _statuses(tmp_path, *write(name, PUBLIC[name])) == ([Status.PUBLISHED], [])


def test_the_strictest_of_several_fields_counts() -> None:
    values = {"status": "published", "visibility": "members", "draft": False}
    assert read_publication(values).status is Status.DRAFT


def test_a_date_of_publication_is_no_flag(tmp_path: Path) -> None:
    assert _statuses(tmp_path, *_jsonl("published", "2024-05-01")) == ([Status.PUBLISHED], [])


def test_words_of_the_hub_itself_need_no_note(tmp_path: Path) -> None:
    assert _statuses(tmp_path, *_jsonl("status", "DRAFT")) == ([Status.DRAFT], [])


@pytest.mark.parametrize("status", ["", "private", "inherit", "frobnicated", "auto-draft"])
def test_a_wordpress_status_that_is_not_publish_is_never_public(
    status: str, tmp_path: Path
) -> None:
    statuses, _ = _statuses(tmp_path, "a.xml", HEAD + an_item(status=status) + TAIL)
    assert Status.PUBLISHED not in statuses


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:content_tier" content="locked">',
        '<script type="application/ld+json">'
        '{"@type": "NewsArticle", "headline": "A title", "isAccessibleForFree": false}</script>',
        '<script type="application/ld+json">'
        '{"@type": "NewsArticle", "headline": "A title", "isAccessibleForFree": "False"}</script>',
    ],
)
def test_a_saved_page_for_paying_readers_is_a_draft(head: str, tmp_path: Path) -> None:
    words = "<p>The night ferry sails again after two winters, said the harbour office.</p>" * 6
    page = f"<html><head><title>A title</title>{head}</head><body><article>{words}</article></body>"
    statuses, notes = _statuses(tmp_path, "page.html", page + "</html>")
    assert statuses == [Status.DRAFT]
    assert notes == ["it is for paying readers only, and a draft here"]


BLOGGER = """<feed xmlns='http://www.w3.org/2005/Atom'
 xmlns:blogger='http://schemas.google.com/blogger/2018'><id>blog</id><title>Notes</title>{}</feed>"""


def _blogger_entry(number: int, kind: str, status: str, parent: str = "") -> str:
    return (
        f"<entry><id>post-{number}</id><blogger:type>{kind}</blogger:type>"
        f"<blogger:status>{status}</blogger:status><blogger:parent>{parent}</blogger:parent>"
        f"<author><name>Ole</name></author><title>Entry {number}</title>"
        f"<content type='html'>Words {number}.</content><published>2024-02-01T08:30:00Z</published>"
        "</entry>"
    )


def test_a_takeout_of_blogger_keeps_drafts_and_spam_hidden(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    entries = [
        _blogger_entry(1, "POST", "LIVE"),
        _blogger_entry(2, "POST", "DRAFT"),
        _blogger_entry(3, "POST", "SOFT_TRASHED"),
        _blogger_entry(4, "COMMENT", "LIVE", "post-1"),
        _blogger_entry(5, "COMMENT", "SPAM", "post-1"),
        _blogger_entry(6, "COMMENT", "PENDING", "post-1"),
        _blogger_entry(7, "PAGE", "LIVE"),
    ]
    path.write_text(BLOGGER.format("".join(entries)), encoding="utf-8")
    drafts = [record for record in open_reader(path).read() if isinstance(record, ArticleDraft)]

    assert {draft.title: draft.status.value for draft in drafts} == {
        "Entry 1": "PUBLISHED",
        "Entry 2": "DRAFT",
        "Entry 3": "DRAFT",
        "Entry 7": "PUBLISHED",
    }
    assert [comment.status for comment in drafts[0].comments] == [
        CommentStatus.APPROVED,
        CommentStatus.SPAM,
        CommentStatus.PENDING,
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.atom",
            "<app:control xmlns:app='http://www.w3.org/2007/app'><app:draft>yes</app:draft>"
            "</app:control>",
        ),
        ("a.rss", "<status>draft</status>"),
        ("a.rss", "<visibility>members</visibility>"),
        ("a.rss", "<status>frobnicated</status>"),
    ],
)
def test_an_entry_of_a_feed_that_hides_itself_is_a_draft(
    name: str, text: str, tmp_path: Path
) -> None:
    if name.endswith(".atom"):
        entry = f"<id>1</id><title>A title</title><content>Words.</content>{text}"
        feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>"
    else:
        item = f"<title>A title</title><description>Words.</description>{text}"
        feed = f"<rss version='2.0'><channel><item>{item}</item></channel></rss>"
    [status], notes = _statuses(tmp_path, name, feed)
    assert status is Status.DRAFT
    assert any("a draft here" in note for note in notes)


@pytest.mark.parametrize(
    "meta",
    [
        'name="status" content="draft"',
        'name="published" content="false"',
        'name="draft" content="1"',
    ],
)
def test_a_saved_page_that_calls_itself_a_draft_is_one(meta: str, tmp_path: Path) -> None:
    words = "<p>The night ferry sails again after two winters, said the harbour office.</p>" * 6
    page = f"<html><head><title>A title</title><meta {meta}></head><body><article>{words}</article>"
    assert _statuses(tmp_path, "page.html", page + "</body></html>")[0] == [Status.DRAFT]


@pytest.mark.parametrize("field", ["status", "visibility"])
@pytest.mark.parametrize("value", ["draft", "members", "paid", "tiers", "sent", "frobnicated", 7])
def test_a_post_of_ghost_is_public_only_if_it_says_so(
    field: str, value: object, tmp_path: Path
) -> None:
    post = {"id": "1", "title": "A", "html": "<p>Words.</p>", "status": "published", field: value}
    text = json.dumps({"db": [{"data": {"posts": [post]}}]})
    assert _statuses(tmp_path, "ghost.json", text)[0] == [Status.DRAFT]


@pytest.mark.parametrize(
    "word", ["changed", "modified", "withdrawn", "in review", "Done", ["draft"]]
)
def test_words_of_other_systems_for_what_is_not_live_make_drafts(word: object) -> None:
    assert read_publication({"status": word}).status is Status.DRAFT


def test_a_date_of_publication_that_is_null_is_no_publication() -> None:
    assert read_publication({"publishedAt": None}).status is Status.DRAFT
    assert read_publication({"publishedAt": None, "status": "live"}).status is Status.PUBLISHED


@pytest.mark.parametrize("column", ["Published On", "published_at", "First Published At"])
def test_an_empty_cell_of_a_date_of_publication_is_no_publication(
    column: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f"Name,Draft,Status,{column}\nA,false,,2024-01-02\nB,false,,\nC,,published,\n")
    assert [draft.status for draft in importer_inputs.drafts(open_reader(path))] == [
        Status.PUBLISHED,
        Status.DRAFT,
        Status.PUBLISHED,
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: A\nstatus: draft\n\nWords.\n", "its front matter has no end (line 1)"),
        ('+++\ntitle = "A"\ndraft = true\n\nWords.\n', "its front matter has no end (line 1)"),
        ('---js\n{title: "A", draft: true}\n---\nWords.\n', "its front matter is js (line 1)"),
        ('{\n "title": "A"\n "draft": true\n}\n\nWords.\n', "line 3, column 2"),
    ],
)
def test_a_header_that_cannot_be_read_makes_no_article(
    text: str, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    [record] = open_reader(path).read()
    assert isinstance(record, Refusal)
    assert reason in record.reason


@pytest.mark.parametrize("text", ["---\n\nWords: many.\n", "---\nhttps://site.test\n---\nWords.\n"])
def test_a_rule_at_the_top_is_no_header(text: str, tmp_path: Path) -> None:
    assert _statuses(tmp_path, "page.md", text)[0] == [Status.PUBLISHED]


def test_a_collection_of_jekyll_without_pages_stays_out(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text(
        "collections:\n  recipes:\n    output: true\n  minutes:\n    output: false\n"
    )
    for folder in ("_recipes", "_minutes", "_unnamed", "_posts"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "2024-01-01-a.md").write_text(f"---\ntitle: {folder}\n---\nWords.\n")
    records = list(open_reader(tmp_path).read())
    titles = {record.title for record in records if isinstance(record, ArticleDraft)}
    assert titles == {"_recipes", "_posts"}


@pytest.mark.parametrize(
    "text", ["machine-name\n", "root:x:0:0:root:/root:/bin/sh\nhub:x:1:1::/srv:/bin/false\n"]
)
def test_a_file_that_is_no_article_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "hostname"
    path.write_text(text, encoding="utf-8")
    [record] = open_reader(path).read()
    assert isinstance(record, Refusal)
    assert "no article" in record.reason

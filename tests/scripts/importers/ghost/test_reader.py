"""Ghost exports: every format of a body, and nothing that was not public."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.drafts import ArticleDraft
from hub.models import Kind, Status
from hub.text import markup
from hub.text.bodies import Body
from scripts.importers.ghost import cards as ghost_cards
from scripts.importers.ghost.reader import GhostReader
from scripts.importers.registry import open_reader
from scripts.importers.source import Note, Record, Refusal, SourceError
from tests.support.importer_inputs import drafts

POST = {
    "id": "1",
    "title": "Bread & salt",
    "slug": "bread",
    "html": "<p>See <a href='__GHOST_URL__/rye/'>rye</a>.</p>",
    "status": "published",
    "visibility": "public",
    "type": "post",
    "published_at": "2025-01-01T10:00:00.000Z",
    "author_id": "u1",
}
TABLES: dict[str, Any] = {
    "settings": [{"key": "title", "value": "The Paper"}, {"key": "locale", "value": "de_AT"}],
    "users": [
        {
            **{"id": "u1", "name": "Nora", "slug": "nora", "email": "n@x.test"},
            **{"password": "CANARY", "profile_image": "__GHOST_URL__/content/images/nora.jpg"},
            **{"website": "https://nora.test/", "twitter": "@nora", "facebook": "javascript:x"},
        },
        {"id": "u2", "name": "rita@x.test", "slug": "rita"},
    ],
    "tags": [
        {"id": "t1", "name": "Town", "slug": "town", "description": "Our town"},
        {"id": "t2", "name": "#internal", "slug": "hash-internal"},
        {"id": "t3", "name": "Port", "slug": "port"},
    ],
    "posts_tags": [
        {"post_id": "1", "tag_id": "t3", "sort_order": 2},
        {"post_id": "1", "tag_id": "t2", "sort_order": 0},
        {"post_id": "1", "tag_id": "t1", "sort_order": 1},
    ],
}


def export(folder: Path, *posts: Any, wrapped: bool = True, **tables: Any) -> Path:
    data = {"meta": {"version": "5.0"}, "data": {**TABLES, "posts": list(posts), **tables}}
    path = folder / "export.json"
    path.write_text(json.dumps({"db": [data]} if wrapped else data), encoding="utf-8")
    return path


def read_records(path: Path) -> list[Record]:
    return list(open_reader(path).read())


def read_draft(folder: Path, **changes: Any) -> ArticleDraft:
    [draft] = drafts(read_records(export(folder, POST | changes)))
    return draft


def test_a_post_comes_with_its_authors_tags_and_links(tmp_path: Path) -> None:
    reader = open_reader(export(tmp_path, POST))
    assert (reader.kind, reader.source, reader.total()) == ("ghost", "the-paper", 1)
    [draft] = drafts(reader.read())
    assert (draft.title, draft.slug, draft.language) == ("Bread & salt", "bread", "de")
    assert (draft.status, draft.kind) == (Status.PUBLISHED, Kind.ARTICLE)
    [nora] = draft.authors
    assert (nora.name, nora.image_url) == ("Nora", "/content/images/nora.jpg")
    assert [link.url for link in nora.links] == ["https://nora.test/", "https://twitter.com/nora"]
    assert [topic.name for topic in draft.topics] == ["Town", "Port"]
    assert 'href="/rye/"' in draft.body.content
    [edge] = draft.relations
    assert (edge.anchor, edge.position) == ("rye", 0)
    assert "/rye/" in (edge.url or "")
    assert "CANARY" not in repr(draft)
    assert "@" not in repr(draft)


def test_either_wrapper_will_do_and_a_name_may_be_given(tmp_path: Path) -> None:
    reader = GhostReader(export(tmp_path, POST, wrapped=False), source="mine")
    assert reader.source == "mine"
    assert len(drafts(reader.read())) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.PUBLISHED),
        ({"visibility": None}, Status.PUBLISHED),
        ({"status": "draft"}, Status.DRAFT),
        ({"status": "sent"}, Status.DRAFT),
        ({"status": "scheduled"}, Status.DRAFT),
        ({"status": "scheduled", "published_at": "2099-01-01T00:00:00Z"}, Status.SCHEDULED),
        ({"visibility": "members"}, Status.DRAFT),
        ({"visibility": "paid"}, Status.DRAFT),
        ({"visibility": "tiers"}, Status.DRAFT),
        ({"visibility": "filter"}, Status.DRAFT),
    ],
)
def test_what_was_not_for_everybody_is_not_public(
    changes: dict[str, Any], status: Status, tmp_path: Path
) -> None:
    records = read_records(export(tmp_path, POST | changes))
    assert [draft.status for draft in drafts(records)] == [status]
    noted = changes and status is Status.DRAFT and changes.get("status") != "draft"
    assert any(isinstance(record, Note) for record in records) is bool(noted)


def test_pages_dates_images_and_summaries(tmp_path: Path) -> None:
    changes = {
        "type": "page",
        "custom_excerpt": "In short",
        "feature_image": "https://x.test/a.jpg",
        "canonical_url": "https://x.test/bread",
        "published_at": 1_400_000_000_000,
    }
    meta = [{"post_id": "1", "feature_image_alt": "A loaf"}]
    [draft] = drafts(read_records(export(tmp_path, POST | changes, posts_meta=meta)))
    assert (draft.kind, draft.summary) == (Kind.PAGE, "In short")
    assert (draft.image_url, draft.image_alt) == ("https://x.test/a.jpg", "A loaf")
    assert draft.canonical_url == "https://x.test/bread"
    assert draft.published_at is not None
    assert draft.published_at.year == 2014


def test_a_lexical_body_becomes_html(tmp_path: Path) -> None:
    text = {"type": "text", "text": "a < b", "format": 3}
    link = {"type": "link", "url": "https://x.test/?a=1&b=2", "children": [text]}
    children = [
        {"type": "extended-heading", "tag": "h2", "children": [{"type": "text", "text": "Head"}]},
        {"type": "paragraph", "children": [link]},
        {"type": "list", "tag": "ul", "children": [{"type": "listitem", "children": [text]}]},
        {"type": "image", "src": "https://x.test/i.jpg", "alt": 'An "i"', "caption": "Seen"},
        {"type": "markdown", "markdown": "**strong**"},
        {"type": "codeblock", "code": "if (a < b)"},
        {"type": "paywall"},
        {"type": "signup"},
    ]
    lexical = json.dumps({"root": {"children": children}})
    records = read_records(export(tmp_path, POST | {"html": None, "lexical": lexical}))
    [draft] = drafts(records)
    html = draft.body.content
    assert "<h2>Head</h2>" in html
    assert "<em><strong>a &lt; b</strong></em></a>" in html
    assert "<li>" in html
    assert 'src="https://x.test/i.jpg"' in html
    assert "<strong>strong</strong>" in html
    assert "if (a &lt; b)" in html
    [note] = [record for record in records if isinstance(record, Note)]
    assert "paywall, signup" in note.text


def test_a_mobiledoc_body_becomes_html(tmp_path: Path) -> None:
    document = {
        "markups": [["strong"], ["a", ["href", "https://x.test/"]]],
        "atoms": [["soft-return", "", {}]],
        "cards": [["card-markdown", {"markdown": "# Big"}], ["hr", {}]],
        "sections": [
            [1, "p", [[0, [0, 1], 1, "both"], [0, [], 1, "bold"], [1, [], 0, 0]]],
            [3, "ul", [[[0, [], 0, "item <1>"]]]],
            [10, 0],
            [10, 1],
            [10, 99],
        ],
    }
    draft = read_draft(tmp_path, html="", mobiledoc=json.dumps(document))
    html = draft.body.content
    assert '<strong><a href="https://x.test/"' in html
    assert "both</a>bold</strong>" in html
    assert "<li>item &lt;1&gt;</li>" in html
    assert "<h1>Big</h1>" in html
    assert "<hr>" in html


GATED = (
    '<p>For all.</p><!--kg-gated-block:begin nonMember:false memberSegment:"status:free" -->'
    "<p>CANARY</p><!--kg-gated-block:end--><p>Again.</p>"
    '<!--kg-gated-block:begin nonMember:true memberSegment:"" --><p>Open.</p>'
    "<!--kg-gated-block:end-->"
)


@pytest.mark.parametrize(
    ("_case", "changes"),
    [
        ("rendered", {"html": GATED}),
        ("rendered, and cut off", {"html": GATED.replace("<!--kg-gated-block:end-->", "", 2)}),
        (
            "a card",
            {
                "html": "",
                "lexical": {
                    "root": {
                        "children": [
                            {
                                "type": "paragraph",
                                "children": [{"type": "text", "text": "For all."}],
                            },
                            {
                                "type": "html",
                                "html": "<p>CANARY</p>",
                                "visibility": {"web": {"nonMember": False}},
                            },
                            {"type": "html", "html": "x", "visibility": {"showOnWeb": False}},
                            {"type": "email", "html": "<p>CANARY</p>"},
                            {"type": "html", "html": "<p>Open.</p>", "visibility": {}},
                        ]
                    }
                },
            },
        ),
    ],
)
def test_what_is_for_members_within_a_post_is_left_out(
    tmp_path: Path, _case: str, changes: dict[str, Any]
) -> None:
    records = read_records(export(tmp_path, POST | changes))
    [draft] = drafts(records)
    assert "For all." in draft.body.content
    assert "Open." in draft.body.content
    assert "CANARY" not in draft.body.content
    assert any(isinstance(record, Note) for record in records)


def test_a_post_that_was_only_sent_is_a_draft(tmp_path: Path) -> None:
    meta = [{"post_id": "1", "email_only": 1}]
    [draft] = drafts(read_records(export(tmp_path, POST, posts_meta=meta)))
    assert draft.status is Status.DRAFT


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("__GHOST_URL__/content/images/a.png", "/content/images/a.png"),
        ("/content/images/a.png", "/content/images/a.png"),
        ("https://cdn.test/a.png", "https://cdn.test/a.png"),
        ("//cdn.test/a.png", None),
        ("javascript:x", None),
    ],
)
def test_the_image_of_a_post_is_kept(tmp_path: Path, url: str, expected: str | None) -> None:
    assert read_draft(tmp_path, feature_image=url).image_url == expected


def test_every_card_that_says_something_is_heard(tmp_path: Path) -> None:
    cards = [
        {"type": "gallery", "images": [{"src": "/g.png", "alt": "g"}], "caption": "Gallery"},
        {"type": "video", "src": "/v.mp4", "fileName": "v.mp4", "caption": "Film"},
        {"type": "audio", "src": "/a.mp3", "title": "Song"},
        {"type": "file", "src": "/f.pdf", "fileTitle": "Paper", "fileCaption": "To read"},
        {"type": "button", "buttonUrl": "https://b.test/", "buttonText": "Go"},
        {
            "type": "product",
            "productTitle": "Loaf",
            "productDescription": "<p>Rye</p>",
            "productUrl": "https://p.test/",
            "productButton": "Buy",
        },
        {"type": "call-to-action", "textValue": "<p>Call</p>", "buttonUrl": "https://c.test/"},
        {"type": "header", "header": "Head", "subheader": "Sub"},
        {"type": "codeblock", "code": "x < 1"},
        {"type": "callout", "calloutText": "Mind"},
        {"type": "toggle", "heading": "More", "content": "<p>Less</p>"},
        {"type": "bookmark", "url": "https://m.test/", "metadata": {"title": "Mark"}},
        {"type": "signup"},
    ]
    lexical = {"root": {"children": cards}}
    records = read_records(export(tmp_path, POST | {"html": None, "lexical": lexical}))
    text = markup.to_text(drafts(records)[0].body.content)
    expected = "Gallery Film Song Paper Go Loaf Rye Buy Call Head Sub Mind More Less Mark"
    for words in expected.split():
        assert words in text
    assert "To read" in text
    assert "x < 1" in text
    assert '<img src="/g.png" alt="g">' in drafts(records)[0].body.content
    assert [record.text for record in records if isinstance(record, Note)] == [
        "unsupported cards were left out: signup",
        "addresses of images name no site (1 of them): give its host as --source,"
        " once an import without it is undone (hub imports undo)",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("redirects.json", '[{"from": "^\\\\/old\\\\/?$", "to": "/bread/", "permanent": true}]'),
        ("redirects.yaml", "301:\n  /old/: /bread/\n302:\n  /x/(.*): /y/$1\n  /t: /tag/bread/\n"),
        ("data/redirects.yaml", "301:\n  /2019/old.html: https://site.test/bread\n"),
    ],
)
def test_redirects_beside_the_export_are_old_slugs(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / name).write_text(text)
    assert read_draft(tmp_path).aliases == ("old",)


@pytest.mark.parametrize("text", ["", "[", "301: [", '{"a": 1}', "[1, {}]", "\x00"])
def test_redirects_that_are_none_cost_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "redirects.json").write_text(text)
    (tmp_path / "redirects.yaml").write_text(text)
    assert read_draft(tmp_path).aliases == ()


def test_markdown_is_taken_where_there_is_no_html(tmp_path: Path) -> None:
    assert "<em>rye</em>" in read_draft(tmp_path, html=None, markdown="some *rye*").body.content


def test_bad_rows_cost_nobody_anything(tmp_path: Path) -> None:
    records = read_records(export(tmp_path, POST, 5, {"title": "no id"}, POST, POST | {"id": "2"}))
    assert len(drafts(records)) == 2
    assert [record.place for record in records if isinstance(record, Refusal)] == [
        "post 2",
        "post 3",
        "post 4",
    ]


@pytest.mark.parametrize("text", ["{", '{"db": []}', '{"posts": 1}', '{"db": [{"data": {}}]}'])
def test_what_is_no_export_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"x\.json"):
        list(GhostReader(path).read())


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers(-2, 12) | st.sampled_from(["p", "text", "a", "href", "image", "<b>"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    "root",
                    "children",
                    "type",
                    "sections",
                    "cards",
                    "markups",
                    "text",
                    "tag",
                    "format",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=200, derandomize=True)
@given(values)
def test_no_document_whatever_is_an_error(value: Any) -> None:
    for document in (value, {"root": value}, {"sections": value, "cards": value, "markups": value}):
        html, _ = ghost_cards.to_html(document, document)
        markup.to_html(Body(html))


@pytest.mark.parametrize(
    "name",
    ["agorabinaria", "mhyrr", "migrate-ghost-flat", "migrate-ghost", "pauladamdavis"],
)
def test_an_export_holds_what_the_manifest_counts(shared: Path, name: str) -> None:
    entries = json.loads((shared / "manifest.json").read_text(encoding="utf-8"))
    [entry] = [item for item in entries if item["file"] == f"dev/ghost/{name}.json"]
    records = read_records(shared / "ghost" / f"{name}.json")
    assert [record for record in records if isinstance(record, Refusal)] == []
    expected: Counter[tuple[str, str]] = Counter()
    for key, number in entry["counts"]["by_type_status_visibility"].items():
        kind, status, _ = key.split("/")
        expected["PAGE" if kind == "page" else "ARTICLE", status.upper()] += number
    actual = Counter((draft.kind.value, draft.status.value) for draft in drafts(records))
    assert actual == expected
    assert len({author for draft in drafts(records) for author in draft.authors}) <= max(
        1, entry["counts"]["authors"]
    )
    assert "CANARY" not in repr(records)
    assert all(
        draft.body.content.strip() for draft in drafts(records) if draft.status is Status.PUBLISHED
    )


def test_cards_keep_languages_captions_and_descriptions() -> None:
    children = [
        {"type": "codeblock", "code": "a < b", "language": "python", "caption": "Code"},
        {"type": "embed", "url": "https://v.test/1", "caption": "Film"},
        {
            "type": "bookmark",
            "url": "https://o.test/a",
            "metadata": {"title": "Other", "description": "Its words"},
        },
    ]
    html, unsupported = ghost_cards.to_html({"root": {"children": children}}, None)
    assert unsupported == []
    assert '<pre><code class="language-python">a &lt; b</code></pre><figcaption>Code' in html
    assert "<figcaption>Film</figcaption>" in html
    assert "<p>Its words</p>" in html


@pytest.mark.parametrize(
    ("source", "settings", "site"),
    [
        ("blog.a.test", [], "https://blog.a.test"),
        (None, [{"key": "url", "value": "https://b.test/blog/"}], "https://b.test/blog"),
        ("mine", [{"key": "url", "value": "javascript:x"}], ""),
    ],
)
def test_files_have_addresses_on_a_site_that_is_named(
    tmp_path: Path, source: str | None, settings: list[Any], site: str
) -> None:
    html = (
        '<p><a href="__GHOST_URL__/rye/">rye</a> <img src="__GHOST_URL__/content/images/a.jpg">'
        '<img src="/content/images/b.jpg"><a href="__GHOST_URL__/content/files/c.pdf">c</a></p>'
    )
    post = POST | {"html": html, "feature_image": "__GHOST_URL__/content/images/f.jpg"}
    path = export(tmp_path, post, settings=settings)
    records = list(GhostReader(path, source=source).read())
    draft = drafts(records)[0]
    for name in ("images/a.jpg", "images/b.jpg", "files/c.pdf"):
        assert f'"{site}/content/{name}"' in draft.body.content
    assert draft.image_url == f"{site}/content/images/f.jpg"
    assert 'href="/rye/"' in draft.body.content
    notes = [r.text for r in records if isinstance(r, Note) and "name no site (3" in r.text]
    assert len(notes) == (not site)
    assert not site or f"{site}/bread/" in draft.addresses or draft.slug != "bread"

"""WordPress exports: complete imports, and nothing that was not public becomes public."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.drafts import AuthorDraft, TopicDraft
from hub.models import CommentKind, CommentStatus, Kind, RelationKind, Status
from hub.text.markup import to_text
from scripts.importers.source import SourceError
from scripts.importers.wordpress.reader import WordPressReader
from scripts.importers.wordpress.site import language_tag
from tests.support.importer_inputs import (
    HEAD,
    TAIL,
    a_wxr_comment,
    an_export,
    an_item,
    drafts,
    messages,
    refusals,
    skip_reasons,
    the_draft,
)

IMAGE = an_item(
    9,
    post_type="attachment",
    status="inherit",
    attachment_url="https://site.test/i.png",
    more="<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>"
    "<wp:meta_value>A boat</wp:meta_value></wp:postmeta>",
)


def test_a_post_comes_in_whole(tmp_path: Path) -> None:
    more = (
        '<category domain="category" nicename="port">Port</category>'
        '<category domain="post_tag" nicename="boats">Boats</category>'
        '<category domain="post_format" nicename="aside">Aside</category>'
        "<excerpt:encoded>In short.</excerpt:encoded>"
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value>"
        "</wp:postmeta>"
    )
    item = an_item(
        1, "One.\n\nTwo<!--more--> three.", more, title="A &amp;amp; B", post_name="caf%C3%A9"
    )
    reader = WordPressReader(an_export(tmp_path, item, IMAGE))
    draft = the_draft(reader)
    assert reader.total() == 2
    assert (draft.source, draft.key, draft.place) == ("site.test", "1", "line 15")
    assert (draft.title, draft.slug, draft.summary) == ("A & B", "café", "In short.")
    assert to_text(draft.body.content) == "One.\n\nTwo\n\nthree."
    assert (draft.kind, draft.status, draft.language) == (Kind.ARTICLE, Status.PUBLISHED, "en")
    assert draft.published_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert draft.authors == (AuthorDraft("Nora & Co", "nora"),)
    town = TopicDraft("Town", "town", taxonomy="category")
    assert draft.topics == (
        TopicDraft("Port", "port", "town", above=(town,), taxonomy="category"),
        TopicDraft("Boats", "boats", taxonomy="tag"),
    )
    assert (draft.image_url, draft.image_alt) == ("https://site.test/i.png", "A boat")
    assert "https://www.site.test/post-1/" in draft.addresses
    assert "http://site.test/?p=1" in draft.addresses
    assert skip_reasons(reader) == ["attachments"]


@pytest.mark.parametrize(
    ("fields", "status", "note"),
    [
        ({"status": "draft"}, Status.DRAFT, None),
        ({"status": "pending"}, Status.DRAFT, None),
        ({"status": "private"}, Status.DRAFT, "it is private, and a draft here"),
        ({"status": "secret"}, Status.DRAFT, "it is secret, and a draft here"),
        ({"post_password": "x"}, Status.DRAFT, "it is protected by a password, and a draft here"),
        ({"status": "future", "post_date_gmt": "2999-01-01 00:00:00"}, Status.SCHEDULED, None),
        (
            {"status": "future", "post_date_gmt": "2020-01-01 00:00:00"},
            Status.DRAFT,
            "it was scheduled for a date that is past now, and is a draft here",
        ),
        ({"status": "publish"}, Status.PUBLISHED, None),
    ],
)
def test_what_was_not_public_is_not_published(
    tmp_path: Path, fields: dict[str, str], status: Status, note: str | None
) -> None:
    reader = WordPressReader(an_export(tmp_path, an_item(1, **fields)))
    assert the_draft(reader).status is status
    assert messages(reader) == ([note] if note else [])


@pytest.mark.parametrize("status", ["trash", "auto-draft", "inherit"])
def test_what_was_thrown_away_stays_away(tmp_path: Path, status: str) -> None:
    reader = WordPressReader(an_export(tmp_path, an_item(1, status=status)))
    assert drafts(reader) == []
    assert skip_reasons(reader) == [
        f"posts with the status {status}",
        "authors who have written nothing in it",
    ]


def test_comments_keep_state_kind_thread_and_their_secrets(tmp_path: Path) -> None:
    comments = "".join(
        [
            a_wxr_comment(1),
            a_wxr_comment(2, parent="1", author="rita@readers.test"),
            a_wxr_comment(3, approved="0"),
            a_wxr_comment(4, approved="spam"),
            a_wxr_comment(5, approved="trash"),
            a_wxr_comment(6, type="pingback", author="192.0.2.7"),
            a_wxr_comment(7, type="order_note"),
            a_wxr_comment(8, parent="8", author=""),
            a_wxr_comment(1, content="again"),
        ]
    )
    reader = WordPressReader(an_export(tmp_path, an_item(1, more=comments)))
    imported = the_draft(reader).comments
    assert [(comment.key, comment.parent_key, comment.author_name) for comment in imported] == [
        ("1", None, "Rita"),
        ("2", "1", "rita"),
        ("3", None, "Rita"),
        ("4", None, "Rita"),
        ("5", None, "Rita"),
        ("6", None, "Anonymous"),
        ("8", None, "Anonymous"),
    ]
    assert [comment.status.value for comment in imported[:5]] == [
        "APPROVED",
        "APPROVED",
        "PENDING",
        "SPAM",
        "TRASH",
    ]
    assert imported[5].kind is CommentKind.PINGBACK
    assert imported[0].status is CommentStatus.APPROVED
    assert imported[0].author_email == "rita@readers.test"
    assert "192.0.2.7" not in repr(the_draft(reader))
    assert messages(reader) == [
        "the comment 1 is in the export twice; the first was imported",
        "left out: 1 comment of the type order_note",
    ]


def test_links_between_posts_become_edges(tmp_path: Path) -> None:
    body = (
        'Intro.\n\nSee <a href="http://site.test/post-2/#comment-3">the other</a>,'
        ' <a href="/?p=3&preview=true">a third</a> and <a href="post-2/">again</a>.\n\n'
        '<a href="https://elsewhere.test/x">out</a> <a href="#here">here</a>'
        ' <a href="/wp-content/uploads/a.png">image</a> <a href="/category/town/">list</a>'
        ' <a href="/2024/05/">month</a> <a href="/feed/">feed</a> <a href="/doc.pdf">pdf</a>'
        ' <a href="https://www.site.test/post-1">itself</a> <a href="/post-9/">picture</a>'
    )
    reader = WordPressReader(an_export(tmp_path, an_item(1, body), IMAGE))
    assert [
        (relation.kind, relation.anchor, relation.url, relation.position)
        for relation in the_draft(reader).relations
    ] == [
        (RelationKind.INLINE, "the other", "http://site.test/post-2/", 1),
        (RelationKind.INLINE, "a third", "https://www.site.test/?p=3", 1),
        (RelationKind.INLINE, "again", "https://www.site.test/post-1/post-2/", 1),
    ]


def test_a_title_is_plain_and_always_there(tmp_path: Path) -> None:
    items = [
        an_item(1, title="<![CDATA[<b>Bold</b> &lt;i&gt; <script>x</script>]]>"),
        an_item(2, "Without a title it begins. " * 9, title=""),
        an_item(3, "", title=""),
        an_item(4, title="x" * 900),
    ]
    first, second, third, fourth = drafts(WordPressReader(an_export(tmp_path, *items)))
    assert first.title == "Bold <i>"
    assert second.title.startswith("Without a title it begins.")
    assert third.title == "(untitled)"
    assert len(fourth.title) == 500


def test_a_page_is_a_page_and_other_types_are_left_out(tmp_path: Path) -> None:
    reader = WordPressReader(
        an_export(tmp_path, an_item(1, post_type="page"), an_item(2, post_type="shop"))
    )
    assert the_draft(reader).kind is Kind.PAGE
    assert skip_reasons(reader) == ["posts of the type shop"]


def test_translations_belong_together(tmp_path: Path) -> None:
    more = (
        '<category domain="language" nicename="fr">Français</category>'
        '<category domain="post_translations" nicename="pll_1">x</category>'
    )
    draft = the_draft(WordPressReader(an_export(tmp_path, an_item(1, more=more))))
    assert (draft.language, draft.translation_key) == ("fr", "site.test:pll_1")


@pytest.mark.parametrize(
    ("language", "tag"),
    [("en-US", "en"), ("pt_BR", "pt-br"), ("zh-TW", "zh-tw"), ("ja", "ja"), ("x", ""), ("", "")],
)
def test_a_region_is_kept_where_it_matters(language: str, tag: str) -> None:
    assert language_tag(language) == tag


# ── damaged exports ─────────────────────────────────────────────────────────────────────────────


def test_a_broken_item_is_told_with_its_line_and_costs_no_other(tmp_path: Path) -> None:
    nameless = an_item(2).replace("wp:status", "wp:stat", 1)
    headless = an_item(3).replace("<item>", "<itm>")
    reader = WordPressReader(an_export(tmp_path, an_item(1), nameless, headless, an_item(4)))
    assert [draft.key for draft in drafts(reader)] == ["1", "4"]
    assert [refusal.place for refusal in refusals(reader)] == ["line 16", "line 16"]
    assert refusals(reader)[0].reason.startswith("it is damaged: ")
    assert refusals(reader)[1].reason == "it is an item whose beginning is damaged"
    reader = WordPressReader(an_export(tmp_path, headless))
    assert "whose beginning is damaged" in refusals(reader)[0].reason


def test_harmless_faults_are_mended(tmp_path: Path) -> None:
    item = an_item(1, more="<atom:link href='x'/><wp:note>Q&A &nbsp;\x0b</wp:note>", title="R&D")
    reader = WordPressReader(an_export(tmp_path, item))
    assert the_draft(reader).title == "R&D"
    assert refusals(reader) == []


def test_a_number_that_is_used_twice_loses_no_post(tmp_path: Path) -> None:
    twin = an_item(1).replace("post-1/", "other/")
    reader = WordPressReader(an_export(tmp_path, an_item(1), twin))
    assert [draft.key for draft in drafts(reader)] == ["1", "link:https://www.site.test/other/"]
    twice = WordPressReader(an_export(tmp_path, *[an_item(1, post_name="", title="")] * 3))
    assert len(drafts(twice)) == 2
    assert refusals(twice)[0].reason == "it is numbered 1, as another post of this export is"


def test_a_cut_file_gives_what_is_whole_and_says_so(tmp_path: Path) -> None:
    text = HEAD + an_item(1) + an_item(2)
    path = tmp_path / "cut.xml"
    path.write_text(text)
    assert len(drafts(WordPressReader(path))) == 2
    assert refusals(WordPressReader(path))[0].reason.startswith("the file ends before its end")
    path.write_text(text[:-200])
    assert len(drafts(WordPressReader(path))) == 1
    assert refusals(WordPressReader(path))[0].reason.startswith("it has no end")


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = HEAD.replace("<rss", '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<rss', 1)
    with pytest.raises(SourceError, match="document type"):
        drafts(WordPressReader(an_export(tmp_path, an_item(1), head=bomb)))


def test_an_item_within_a_body_is_no_item(tmp_path: Path) -> None:
    body = "<pre>&lt;item&gt;</pre> <item><title>x</title></item> and on"
    assert len(drafts(WordPressReader(an_export(tmp_path, an_item(1, body), an_item(2))))) == 2


def test_other_encodings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "latin.xml"
    text = HEAD.replace("UTF-8", "ISO-8859-1") + an_item(1, title="Café") + TAIL
    path.write_bytes(text.encode("latin-1"))
    assert the_draft(WordPressReader(path)).title == "Café"
    path.write_bytes(
        (HEAD.replace("UTF-8", "UTF-16") + an_item(1, title="Café") + TAIL).encode("utf-16")
    )
    assert the_draft(WordPressReader(path)).title == "Café"
    path.write_text(text.replace("ISO-8859-1", "no-such"))
    assert the_draft(WordPressReader(path)).title == "Café"


EXPORT = HEAD + an_item(1, more=a_wxr_comment(1)) + an_item(2, "[caption]<b>") + IMAGE + TAIL


@given(st.data())
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_mutilated_export_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray(EXPORT.encode())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        until = min(len(raw), at + data.draw(st.integers(0, 60)))
        raw[at:until] = data.draw(
            st.binary(max_size=12) | st.sampled_from([b"<item>", b"]]>", b"<"])
        )
    path = tmp_path / "mutilated.xml"
    path.write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    try:
        records = list(WordPressReader(path).read())
    except SourceError:
        return
    assert not any("cannot be read (" in refusal.reason for refusal in refusals(records))


def test_custom_fields_and_what_is_sticky_are_kept_for_staff(tmp_path: Path) -> None:
    pairs = [("mood", "calm"), ("_edit_last", "1"), ("long", "x" * 20_000), ("empty", "")]
    more = "".join(
        f"<wp:postmeta><wp:meta_key>{name}</wp:meta_key><wp:meta_value>{value}</wp:meta_value>"
        "</wp:postmeta>"
        for name, value in pairs
    )
    reader = WordPressReader(an_export(tmp_path, an_item(1, more=more, is_sticky="1")))
    assert the_draft(reader).metadata == (("sticky", "1"), ("mood", "calm"))
    assert messages(reader) == ["1 custom fields are too long or too many; left out"]


def test_old_slugs_go_on_working(tmp_path: Path) -> None:
    more = "".join(
        f"<wp:postmeta><wp:meta_key>_wp_old_slug</wp:meta_key><wp:meta_value>{slug}</wp:meta_value>"
        "</wp:postmeta>"
        for slug in ("was", "and-was", "")
    )
    draft = the_draft(WordPressReader(an_export(tmp_path, an_item(1, more=more))))
    assert draft.aliases == ("was", "and-was")


def test_other_taxonomies_become_topics_on_request(tmp_path: Path) -> None:
    more = '<category domain="genre" nicename="essay"><![CDATA[Essay]]></category>'
    path = an_export(tmp_path, an_item(1, more=more))
    assert the_draft(WordPressReader(path)).topics == ()
    draft = the_draft(WordPressReader(path, taxonomies=("genre",)))
    assert [topic.name for topic in draft.topics] == ["Essay"]


def a_picture(number: int, parent: int, url: str, more: str = "") -> str:
    return an_item(
        number,
        post_type="attachment",
        status="inherit",
        post_parent=str(parent),
        attachment_url=url,
        more=f"<excerpt:encoded>About {number}</excerpt:encoded>{more}",
    )


def test_galleries_show_what_they_name_or_what_was_uploaded_for_the_post(tmp_path: Path) -> None:
    export = an_export(
        tmp_path,
        an_item(1, "[gallery]"),
        an_item(2, "[gallery ids='12,10' columns=2] [gallery exclude=10]"),
        a_picture(10, 1, "https://site.test/a.jpg"),
        a_picture(11, 1, "https://site.test/a.pdf"),
        a_picture(12, 2, "https://site.test/b.jpg", "<wp:menu_order>1</wp:menu_order>"),
    )
    records = list(WordPressReader(export).read())
    bodies = [re.findall(r'src="([^"]+)"', draft.body.content) for draft in drafts(records)]
    assert bodies == [
        ["https://site.test/a.jpg"],
        ["https://site.test/b.jpg", "https://site.test/a.jpg", "https://site.test/b.jpg"],
    ]
    assert "<figcaption>About 10</figcaption>" in drafts(records)[0].body.content
    assert messages(records) == ["attachments"] * 3


def test_the_parts_of_an_export_know_of_each_others_images(tmp_path: Path) -> None:
    thumbnail = (
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>10</wp:meta_value>"
        "</wp:postmeta>"
    )
    first = an_export(tmp_path, an_item(1, "[gallery ids=10]", more=thumbnail))
    (tmp_path / "part-2.xml").write_text(HEAD + a_picture(10, 1, "https://site.test/a.jpg") + TAIL)
    other = HEAD.replace("www.site.test", "other.test") + a_picture(11, 1, "https://o.test/b.jpg")
    (tmp_path / "part-3.xml").write_text(other + TAIL)
    (tmp_path / "none.xml").write_text("<rss/>")
    draft = the_draft(WordPressReader(first))
    assert draft.image_url == "https://site.test/a.jpg"
    assert re.findall(r'src="([^"]+)"', draft.body.content) == ["https://site.test/a.jpg"]


def test_types_that_are_named_become_articles(tmp_path: Path) -> None:
    items = [
        an_item(n, post_type=name, status=status)
        for n, (name, status) in enumerate(
            [
                ("event", "publish"),
                ("event", "private"),
                ("event", "wc-completed"),
                ("form", "publish"),
                ("attachment", "inherit"),
            ],
            1,
        )
    ]
    reader = WordPressReader(an_export(tmp_path, *items), types=("event", "attachment"))
    assert [(draft.key, draft.kind, draft.status) for draft in drafts(reader)] == [
        ("1", Kind.ARTICLE, Status.PUBLISHED),
        ("2", Kind.ARTICLE, Status.DRAFT),
        ("3", Kind.ARTICLE, Status.DRAFT),
    ]
    assert skip_reasons(reader) == ["posts of the type form", "attachments"]


def test_polylang_names_terms_in_other_languages(tmp_path: Path) -> None:
    def term(id_: int, taxonomy: str, slug: str, name: str, description: str = "") -> str:
        return (
            f"<wp:term><wp:term_id>{id_}</wp:term_id><wp:term_taxonomy>{taxonomy}</wp:term_taxonomy>"
            f"<wp:term_slug>{slug}</wp:term_slug><wp:term_name>{name}</wp:term_name>"
            f"<wp:term_description><![CDATA[{description}]]></wp:term_description></wp:term>"
        )

    group = 'a:3:{s:2:"en";i:3;s:2:"de";i:5;s:2:"fr";i:99;}'
    terms = (
        term(3, "category", "bread", "Bread")
        + term(5, "category", "brot", "Brot")
        + term(7, "post_tag", "salt", "Salt")
        + term(9, "term_translations", "pll_6512", "pll_6512", group)
    )
    labels = "".join(
        f'<category domain="{domain}" nicename="{slug}">{slug}</category>'
        for domain, slug in (("category", "bread"), ("category", "brot"), ("post_tag", "salt"))
    )
    path = an_export(tmp_path, terms, an_item(1, more=labels))
    topics = the_draft(WordPressReader(path)).topics
    names = {topic.name: [(n.language, n.name) for n in topic.translations] for topic in topics}
    assert names == {"Bread": [("de", "Brot")], "Brot": [("en", "Bread")], "Salt": []}

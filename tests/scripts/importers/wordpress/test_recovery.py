"""Items that are not well-formed XML: recovery by the names of the elements."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hub.models import CommentStatus, Status
from scripts.importers.wordpress.reader import WordPressReader
from scripts.importers.wordpress.recovery import repair_xml
from tests.support.importer_inputs import (
    HEAD,
    TAIL,
    a_wxr_comment,
    an_export,
    an_item,
    drafts,
    messages,
    refusals,
    the_draft,
)

PASSWORD = "<wp:post_password></wp:post_password>"


def test_unclosed_tags_in_a_body_are_a_body(tmp_path: Path) -> None:
    item = an_item(1, more=PASSWORD + a_wxr_comment(7)).replace(
        "<![CDATA[Words.]]>", "<p>One<br>two<p>And <b>three &amp; &lt;four&gt;"
    )
    reader = WordPressReader(an_export(tmp_path, item, an_item(2)))
    first, second = drafts(reader)
    assert first.body.content == "<p>One<br>two</p><p>And <b>three &amp; </b></p>"
    assert (first.slug, first.status, first.title) == ("post-1", Status.PUBLISHED, "Post 1")
    assert [comment.key for comment in first.comments] == ["7"]
    assert second.key == "2"
    assert [text for text in messages(reader) if text.startswith("repaired: ")]
    assert refusals(reader) == []


@pytest.mark.parametrize(
    ("_case", "before", "after"),
    [
        ("an end is misspelt", "</wp:post_name>", "</wp:postname>"),
        ("an end is missing", "</wp:post_name>", ""),
        ("a section is not closed", "]]></content:encoded>", "</content:encoded>"),
        ("an attribute is not closed", "<category ", '<category nicename="a '),
        ("an end that nothing began", "<wp:status>", "</wp:stat><wp:status>"),
    ],
)
def test_an_item_with_a_broken_tag_is_read(
    tmp_path: Path, _case: str, before: str, after: str
) -> None:
    category = '<category domain="category" nicename="town">Town</category>'
    item = an_item(1, more=PASSWORD + category + a_wxr_comment(7)).replace(before, after, 1)
    draft = the_draft(WordPressReader(an_export(tmp_path, item)))
    assert (draft.slug, draft.status, draft.key) == ("post-1", Status.PUBLISHED, "1")
    assert "Words." in draft.body.content
    assert [(comment.key, comment.status) for comment in draft.comments] == [
        ("7", CommentStatus.APPROVED)
    ]


def test_what_may_have_been_hidden_is_not_published(tmp_path: Path) -> None:
    locked = an_item(1, post_password="sesame").replace("wp:post_password>", "wp:pst_password>", 1)
    stateless = an_item(2, status="private").replace("<wp:status>", "<wp:s>")
    reader = WordPressReader(an_export(tmp_path, locked, stateless))
    assert [draft.status for draft in drafts(reader)] == [Status.DRAFT]
    assert len(refusals(reader)) == 1


def test_a_damaged_head_costs_no_post(tmp_path: Path) -> None:
    head = HEAD.replace("</wp:author_login>", "</wp:login>").replace("<channel>", "<chanel>")
    reader = WordPressReader(an_export(tmp_path, an_item(1), an_item(2), head=head))
    assert len(drafts(reader)) == 2
    assert [refusal.place for refusal in refusals(reader)] == ["line 1"]
    head = HEAD.replace("</wp:author_login>", "</wp:login>")
    reader = WordPressReader(an_export(tmp_path, an_item(1), head=head))
    assert [author.name for author in the_draft(reader).authors] == ["Nora & Co"]
    assert reader.source == "www.site.test".removeprefix("www.")


def test_the_fields_of_a_page_that_is_shown_in_a_body_are_its_own() -> None:
    inside = "<title>Mine</title><content:encoded><title>Shown</title> <x </content:encoded>"
    root = etree.fromstring(f"<item>{repair_xml(inside)}</item>", etree.XMLParser(recover=True))
    assert [element.text for element in root] == ["Mine", "<title>Shown</title> <x "]


@given(
    st.lists(
        st.sampled_from(["<wp:a>", "</wp:a>", "<wp:comment>", "</wp:comment>", "<title>"])
        | st.sampled_from(["<![CDATA[", "]]>", "x", "<", "&amp;", "</item>", "<category "])
    )
)
def test_whatever_is_broken_comes_out_well_formed(parts: list[str]) -> None:
    text = repair_xml("".join(parts))
    etree.fromstring(f'<item xmlns:wp="w">{text}</item>')
    assert TAIL not in text

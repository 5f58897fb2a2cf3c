"""Nothing of a post is lost without a word: footnotes, patterns, builders, code in shortcodes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.text import markup
from scripts.importers.source import Note
from scripts.importers.wordpress import builders, shortcodes
from scripts.importers.wordpress.reader import WordPressReader
from tests.support.importer_inputs import an_export, an_item, drafts, messages, the_draft


def _meta(key: str, value: str) -> str:
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key>"
        f"<wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )


def _html(folder: Path, body: str, more: str = "", *others: str) -> str:
    reader = WordPressReader(an_export(folder, an_item(1, body, more=more), *others))
    return drafts(reader)[0].body.content


@pytest.mark.parametrize("block", ["<!-- wp:footnotes /-->", '<!-- wp:footnotes {"a":1} /-->', ""])
def test_footnotes_of_the_block_editor_stand_below_the_text(block: str, tmp_path: Path) -> None:
    notes = [{"content": "By <em>hand</em>.", "id": "n-1"}, {"content": "Or not.", "id": "n-2"}]
    body = '<p>Nets<sup data-fn="n-1"><a href="#n-1" id="n-1-link">1</a></sup></p>' + block
    html = _html(tmp_path, body, _meta("footnotes", json.dumps(notes)))
    first = '<li id="user-content-n-1">By <em>hand</em>. <a href="#user-content-n-1-link">'
    assert first in html
    assert html.index("Nets") < html.index("By <em>") < html.index("Or not.")


@pytest.mark.parametrize("name", ["footnote", "fn", "ref", "efn_note", "mfn"])
def test_footnotes_in_shortcodes_become_a_list(name: str) -> None:
    html, unsupported = shortcodes.to_html(f"Nets[{name}]By hand.[/{name}] and ropes.")
    assert unsupported == ()
    assert '<a id="fnref-1" href="#fn-1">1</a>' in html
    assert html.index("ropes") < html.index("By hand.")


def test_a_synced_pattern_stands_in_the_post(tmp_path: Path) -> None:
    inner = an_item(8, "<p>Inner words.</p>", post_type="wp_block")
    outer = an_item(9, '<p>Outer words.</p><!-- wp:block {"ref":8} /-->', post_type="wp_block")
    body = '<p>Own words.</p><!-- wp:block {"ref":9} /--><p>More.</p>'
    text = markup.to_text(_html(tmp_path, body, "", inner, outer))
    assert text.split("\n\n") == ["Own words.", "Outer words.", "Inner words.", "More."]


@pytest.mark.parametrize("pattern", ["", "draft", "private", "loop"])
def test_a_pattern_that_is_not_public_or_missing_is_a_note(pattern: str, tmp_path: Path) -> None:
    reference = '<!-- wp:block {"ref":9} /-->'
    words = reference if pattern == "loop" else "<p>Secret words.</p>"
    status = "publish" if pattern == "loop" else pattern
    others = [an_item(9, words, post_type="wp_block", status=status)] if pattern else []
    records = list(WordPressReader(an_export(tmp_path, an_item(1, reference), *others)).read())
    assert "Secret" not in the_draft(records).body.content
    assert any("synced patterns were left out" in message for message in messages(records))


WIDGETS = [
    ("heading", {"title": "WORDS", "header_size": "h3"}),
    ("text-editor", {"editor": "<p>WORDS</p>"}),
    ("button", {"text": "WORDS", "link": {"url": "https://a.test/x"}}),
    ("icon-list", {"icon_list": [{"text": "WORDS"}]}),
    ("accordion", {"tabs": [{"tab_title": "A", "tab_content": "<p>WORDS</p>"}]}),
    ("image-box", {"title_text": "WORDS", "image": {"url": "https://a.test/i.jpg"}}),
    ("blockquote", {"blockquote_content": "WORDS"}),
    ("image", {"image": {"url": "https://a.test/i.jpg"}, "caption": "WORDS"}),
    ("a-new-widget", {"title": "WORDS"}),
]


@pytest.mark.parametrize(("name", "settings"), WIDGETS)
def test_words_of_elementor_are_read(name: str, settings: object, tmp_path: Path) -> None:
    widget = {"elType": "widget", "widgetType": name, "settings": settings}
    data = [{"elType": "section", "elements": [{"elType": "column", "elements": [widget]}]}]
    records = list(
        WordPressReader(
            an_export(tmp_path, an_item(1, "", more=_meta("_elementor_data", json.dumps(data))))
        ).read()
    )
    assert "WORDS" in markup.to_text(the_draft(records).body.content)
    assert any("Elementor" in message for message in messages(records)) == (name == "a-new-widget")


def test_own_content_wins_over_the_data_of_elementor(tmp_path: Path) -> None:
    data = [{"elType": "widget", "widgetType": "heading", "settings": {"title": "Copy"}}]
    html = _html(tmp_path, "<p>Own.</p>", _meta("_elementor_data", json.dumps(data)))
    assert html == "<p>Own.</p>"


@pytest.mark.parametrize(
    ("shortcode", "html"),
    [
        ('[et_pb_image src="https://a.test/i.jpg" alt="Lamp" /]', 'src="https://a.test/i.jpg"'),
        ('[vc_img image_url="https://a.test/i.png"]', 'src="https://a.test/i.png"'),
        ('[su_button url="https://a.test/x"]Buy[/su_button]', '<a href="https://a.test/x">Buy</a>'),
        ('[button link="https://a.test/x[1]" size=2]Go[/button]', ">Go</a>"),
        ('[vc_btn title="Go" link="url:https%3A%2F%2Fa.test|title:x"]', '"https://a.test">Go</a>'),
        ('[vc_custom_heading text="A heading"]', "<h3>A heading</h3>"),
    ],
)
def test_attributes_that_hold_content_are_read(shortcode: str, html: str) -> None:
    assert html in shortcodes.to_html(f"Words {shortcode} words.")[0]


@pytest.mark.parametrize(
    "shortcode",
    [
        "[form to='boss@private.test' subject='[Port] Mail'][/form]",
        '[form to="boss@private.test" subject="[a] [b]" /]',
        "[form to='boss@private.test'][field label='[x]'/][/form]",
    ],
)
def test_brackets_in_a_value_do_not_end_a_shortcode(shortcode: str) -> None:
    html, _ = shortcodes.to_html(f"See [3], array[0] and [sic]. {shortcode}")
    assert "private" not in html
    assert markup.to_text(html) == "See [3], array[0] and [sic]."


@pytest.mark.parametrize("name", ["cc_php", "crayon", "pre", "js", "python", "codeblock"])
def test_code_in_a_shortcode_stays_code_to_the_letter(name: str) -> None:
    code = "if (a < b) {\n    say(\"<a href='/x'>[gallery]</a>\");\n\n    return <<<T\nT;\n}"
    html, unsupported = shortcodes.to_html(f"Words.\n[{name}]\n{code}\n[/{name}]\nMore.")
    assert unsupported == ()
    assert markup.links(html) == []
    expected = code.replace("<", "&lt;").replace(">", "&gt;")
    assert expected in html


@pytest.mark.parametrize("name", ["restrict", "members_only", "membership", "paid", "private"])
def test_text_for_members_is_left_out_with_a_note(name: str, tmp_path: Path) -> None:
    body = f'Open. [{name} level="[1]"]Secret words.[/{name}] Open again.'
    records = list(WordPressReader(an_export(tmp_path, an_item(1, body))).read())
    assert "Secret" not in the_draft(records).body.content
    [note] = [record for record in records if isinstance(record, Note)]
    assert f"{name} (with its text, which is not for everybody)" in note.text


def test_broken_data_of_elementor_is_a_note() -> None:
    assert builders.elementor_html("[{") == ("", ("data that cannot be read",))

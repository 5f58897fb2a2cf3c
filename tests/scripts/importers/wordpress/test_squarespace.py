"""Squarespace's blocks: texts, galleries and films stay, shops and forms go with a note."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.importers.registry import open_reader
from tests.support.importer_inputs import an_export, an_item, messages, the_draft

FILM = (
    '<div class="sqs-block video-block sqs-block-video"><div class="sqs-block-content"><div '
    'class="sqs-video-wrapper" data-html="&lt;iframe src=&quot;//www.youtube.com/embed/'
    'abcdefghijk&quot;&gt;&lt;/iframe&gt;"></div></div></div>'
)
TEXT = (
    '<div class="sqs-block html-block sqs-block-html"><div class="sqs-block-content">'
    "<p>The night ferry sails &amp; sings.</p></div></div>"
)
GALLERY = (
    '<div class="sqs-block gallery-block sqs-block-gallery"><div class="sqs-block-content">'
    '<noscript><img src="https://img.test/a.jpg" alt="A"></noscript>'
    '<img data-src="https://img.test/a.jpg" alt="A"></div></div>'
)


@pytest.mark.parametrize("name", ["product", "newsletter", "form", "summary-v2", "donation"])
def test_blocks_that_are_no_text_go_with_a_note(name: str, tmp_path: Path) -> None:
    block = (
        f'<div class="sqs-block {name}-block sqs-block-{name}"><div class="sqs-block-content">'
        "<div><a href='/shop'>OFFER</a></div></div></div>"
    )
    item = an_item(1, f'<div class="sqs-layout">{TEXT}{block}{GALLERY}{FILM}</div>')
    reader = open_reader(an_export(tmp_path, item))
    html = the_draft(reader).body.content
    assert "OFFER" not in html
    assert "The night ferry sails &amp; sings." in html
    assert html.count("https://img.test/a.jpg") == 1
    assert '<figure data-embed="youtube">' in html
    assert messages(reader) == [f"blocks that are no text were left out: {name}"]


def test_a_page_of_texts_alone_is_as_it_was(tmp_path: Path) -> None:
    reader = open_reader(an_export(tmp_path, an_item(1, TEXT + GALLERY + FILM)))
    assert messages(reader) == []
    assert "youtube" in the_draft(reader).body.content

"""Embeds in attributes, scripts and objects keep their address through the sanitiser."""

from __future__ import annotations

import pytest

from hub.text import markup
from hub.text.bodies import Body
from scripts.importers.content.embeds import expand_embeds

FRAME = "&lt;iframe src=&quot;https://www.youtube.com/embed/abc&quot;&gt;&lt;/iframe&gt;"
POST = "{&quot;url&quot;:&quot;https://twitter.com/a/status/1&quot;,&quot;full_text&quot;:&quot;Late&quot;}"


@pytest.mark.parametrize(
    ("html", "address"),
    [
        (f'<div class="w" data-html="{FRAME}"></div>', "https://www.youtube.com/embed/abc"),
        (f'<div class="tweet" data-attrs="{POST}"></div>', "https://twitter.com/a/status/1"),
        ('<script src="https://gist.github.com/a/1.js"></script>', "https://gist.github.com/a/1"),
        (
            '<figure><script src="https://gist.github.com/a/1.js?file=b.py"></script></figure>',
            "https://gist.github.com/a/1",
        ),
        (
            '<object data="https://a.test/doc.pdf" type="x"><p>No</p></object>',
            "https://a.test/doc.pdf",
        ),
        (
            '<object><param name="movie" value="https://a.test/f.swf"></object>',
            "https://a.test/f.swf",
        ),
        ('<embed src="//a.test/f.swf">', "https://a.test/f.swf"),
        ('<video controls><source src="https://a.test/f.mp4"></video>', "https://a.test/f.mp4"),
        ('<audio><source src="https://a.test/f.mp3"/></audio>', "https://a.test/f.mp3"),
    ],
)
def test_an_embed_is_a_link_at_least(html: str, address: str) -> None:
    body = markup.to_html(Body(f"<p>Before.</p>{expand_embeds(html)}<p>After.</p>"))
    assert [link.href for link in markup.links(body)] == [address]
    assert "<script" not in body


def test_the_words_of_a_post_are_a_quotation() -> None:
    html = expand_embeds(f'<div class="tweet" data-attrs="{POST}"></div>')
    assert "<blockquote><p>Late</p></blockquote>" in html


@pytest.mark.parametrize("piece", ["<object>", "<video>", "<div data-html=", '<div class="tweet" '])
def test_text_with_many_beginnings_is_read_in_linear_time(piece: str) -> None:
    assert expand_embeds(piece * 100_000) == piece * 100_000

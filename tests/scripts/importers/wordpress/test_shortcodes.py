"""Shortcodes and paragraphs of WordPress posts, converted to HTML."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.text.bodies import Body
from hub.text.markup import links, to_html, to_text
from scripts.importers.wordpress import shortcodes


def text(content: str) -> list[str]:
    return to_text(to_html(Body(shortcodes.to_html(content)[0]))).split("\n\n")


def html(content: str) -> str:
    return to_html(Body(shortcodes.to_html(content)[0]))


@pytest.mark.parametrize(
    ("_case", "content", "expected"),
    [
        ("empty lines", "a\nb\n\nc", ["a b", "c"]),
        ("windows", "a\r\n\r\nb", ["a", "b"]),
        ("within inline", "<b>a\n\nb</b> c", ["a", "b c"]),
        ("beside a list", "a\n<ul>\n<li>b</li>\n</ul>\nc", ["a", "b", "c"]),
        ("within a quote", "<blockquote>a\n\nb</blockquote>", ["a", "b"]),
        ("more", "a<!--more-->b", ["a", "b"]),
        (
            "blocks",
            "<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->\n\nb\n\nc",
            ["a", "b", "c"],
        ),
        ("a dynamic block", 'a <!-- wp:latest-posts {"x":1} /-->', ["a"]),
        ("an address alone", "a\n\nhttps://film.test/1\n\nb", ["a", "https://film.test/1", "b"]),
        ("embed", "[embed]https://film.test/1[/embed]", ["https://film.test/1"]),
        ("youtube", "a [youtube https://film.test/2] b", ["a", "https://film.test/2", "b"]),
        ("gallery", 'a [gallery ids="1,2"] b', ["a b"]),
        (
            "a film by number",
            "[vimeo 123456] [wpvideo kUJmAcSf w=400]",
            ["vimeo.com", "videopress.com"],
        ),
        ("a player of nothing", "a [audio] b", ["a b"]),
        ("a bare pair", "[vc_row][column]a[/column][/vc_row] [su_spacer]", ["a"]),
        ("unknown pair", '[box color="red"]a[/box]', ["a"]),
        ("a remark", "so [sic] it [was] said", ["so [sic] it [was] said"]),
        ("quoted", "[[gallery]]", ["[gallery]"]),
        ("caption", '[caption id="a"]<img src="i.png"> Words.[/caption] b', ["Words.", "b"]),
        ("old caption", '[caption caption="Words."]<img src="i.png">[/caption]', ["Words."]),
        ("script", "a\n\n<script>\n\nx</script>\n\nb", ["a", "b"]),
    ],
)
def test_a_body_has_the_paragraphs_readers_saw(
    _case: str, content: str, expected: list[str]
) -> None:
    assert text(content) == expected


def test_lines_break_but_not_beside_blocks() -> None:
    assert html("a\nb\n<h2>c</h2>\nd") == "<p>a<br>\nb</p><h2>c</h2>\n<p>d</p>"


def test_code_stays_as_it_is() -> None:
    assert html("<pre>\na\n\n[gallery]</pre>") == "<pre>a\n\n[gallery]</pre>"
    assert html('[sourcecode lang="php"]\n<b>\n\nx\n[/sourcecode]') == (
        '<pre><code class="language-php">&lt;b&gt;\n\nx</code></pre>'
    )


def test_shortcodes_that_go_are_named() -> None:
    content = '[gallery] [d3-source canvas="x"] [gallery] [/box]'
    assert shortcodes.to_html(content)[1] == ("gallery", "d3-source", "box")


def test_an_embedded_address_is_a_link() -> None:
    assert links(html("a\n\nhttps://film.test/1"))[0].href == "https://film.test/1"


MARKS = ["[caption]", "[/caption]", "<pre>", "</pre>", "<p>", "\n\n", "a", "[code]", "[/code]"]
MARKS += ["<!--", "-->", "<!-- wp:x -->", "<!-- /wp:x -->", "[embed]", '[a b="', "<br>", "</p>"]


@given(st.lists(st.sampled_from(MARKS)).map("".join))
def test_any_mixture_becomes_html(content: str) -> None:
    html(content)


@pytest.mark.parametrize(
    "part",
    ["[caption x]", "[embed", "[code]", "<pre>", '[a b="', "<br>\n", "<!-- wp:x ", "[[", "\n \n"],
)
def test_what_is_never_closed_takes_no_time(part: str) -> None:
    started = time.process_time()
    shortcodes.to_html(part * 10_000)
    assert time.process_time() - started < 2


def test_a_gallery_shows_its_images() -> None:
    def gallery(attributes: str) -> str:
        return shortcodes.render_figure("/7.png", attributes.strip(), "Seven")

    rendered, unsupported = shortcodes.to_html("a [gallery ids=7] b", gallery)
    assert to_html(Body(rendered)) == (
        '<p>a </p><figure><img src="/7.png" alt="ids=7"><figcaption>Seven</figcaption></figure>'
        "\n<p>b</p>"
    )
    assert unsupported == ()

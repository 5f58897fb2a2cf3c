"""Embeds of bodies: their figures, what tells them as data, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.text import embeds, markup
from hub.text.bodies import Body, Markup
from hub.text.embeds import EmbedKind

TWEET = (
    '<blockquote class="twitter-tweet"><p>41 boats! <a href="https://t.co/1">t</a></p>'
    '— H <a href="https://twitter.com/h/status/1">May 1</a></blockquote>'
)
CLIP = (
    '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@u/video/1">'
    '<a href="https://www.tiktok.com/@u">@u</a></blockquote>'
)
CASES = {
    '<iframe src="//www.youtube-nocookie.com/embed/a?rel=0" title="Video player"></iframe>': (
        "https://www.youtube-nocookie.com/embed/a?rel=0",
        "youtube",
        EmbedKind.VIDEO,
        None,
        None,
    ),
    '<iframe title="Late &amp; wet" src="https://player.vimeo.com/video/1"></iframe>': (
        "https://player.vimeo.com/video/1",
        "vimeo",
        EmbedKind.VIDEO,
        "Late & wet",
        None,
    ),
    '<iframe src="https://www.google.com/maps/embed?pb=1"></iframe>': (
        "https://www.google.com/maps/embed?pb=1",
        "google-maps",
        EmbedKind.PAGE,
        None,
        None,
    ),
    '<video poster="https://a.test/p.jpg"><source src="/film.mp4"></video>': (
        "/film.mp4",
        "file",
        EmbedKind.VIDEO,
        None,
        "https://a.test/p.jpg",
    ),
    '<audio src="https://radio.test/live" title="Live"></audio>': (
        "https://radio.test/live",
        "radio.test",
        EmbedKind.AUDIO,
        "Live",
        None,
    ),
    '<object data="https://a.test/tides.pdf"><p>None</p></object>': (
        "https://a.test/tides.pdf",
        "a.test",
        EmbedKind.DOCUMENT,
        None,
        None,
    ),
    '<object><param name="movie" value="https://a.test/f.swf"><embed src="/g.swf"></object>': (
        "https://a.test/f.swf",
        "a.test",
        EmbedKind.PAGE,
        None,
        None,
    ),
    '<embed src="//a.test/f.mp3">': ("https://a.test/f.mp3", "a.test", EmbedKind.AUDIO, None, None),
    '<script src="https://gist.github.com/a/1.js?file=b.py"></script>': (
        "https://gist.github.com/a/1",
        "gist",
        EmbedKind.CODE,
        None,
        None,
    ),
    TWEET: ("https://twitter.com/h/status/1", "twitter", EmbedKind.POST, None, None),
    CLIP: ("https://www.tiktok.com/@u/video/1", "tiktok", EmbedKind.POST, None, None),
    '<figure class="wp-block-embed"><div>\n<a href="https://flip.test/a">https://flip.test/a</a>'
    "</div></figure>": ("https://flip.test/a", "flip.test", EmbedKind.PAGE, None, None),
    '<figure data-embed="soundcloud"><a href="https://soundcloud.com/a/b">Song</a></figure>': (
        "https://soundcloud.com/a/b",
        "soundcloud",
        EmbedKind.AUDIO,
        "Song",
        None,
    ),
}
PIECES = st.sampled_from(
    [
        *(*CASES, "<figure data-embed=x>", "</figure>", "<figure>", "<p>", "</p>", "words "),
        *('<blockquote class="twitter-tweet">', "</blockquote>", '<a href="/x">', "</a>"),
        "<figcaption>c</figcaption>",
    ]
)


def html(text: str) -> str:
    return markup.to_html(Body(text))


@pytest.mark.parametrize(("source", "expected"), CASES.items())
@pytest.mark.parametrize("around", ["{}", "<p>a {} b</p>", "<figure>{}</figure>", "<td>{}</td>"])
def test_an_embed_is_a_figure_with_its_address(
    source: str, expected: tuple[object, ...], around: str
) -> None:
    body = html(around.format(source))
    assert embeds.read(body) == [expected]
    assert body.count("<figure") == 1
    assert expected[0] in [link.href for link in markup.links(body)]
    assert html(body) == body
    edited = markup.to_html(Body(markup.to_markdown(body), Markup.MARKDOWN))
    assert embeds.read(edited) == embeds.read(body)


def test_the_caption_of_a_wrapped_film_is_that_of_its_figure() -> None:
    film = '<iframe src="https://vimeo.com/1"></iframe><figcaption>At <b>sea</b></figcaption>'
    assert html(f'<figure class="w"><div>{film.replace("<figc", "</div><figc")}</figure>') == (
        '<figure data-embed="vimeo"><a href="https://vimeo.com/1">vimeo.com</a>'
        "<figcaption>At <b>sea</b></figcaption></figure>"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '<figure data-embed="youtube" id="a" data-x="1"><a href="https://b.test/">x</a></figure>',
            '<figure data-embed="b.test"><a href="https://b.test/">x</a></figure>',
        ),
        ('<figure data-embed="youtube"><p>x</p></figure>', "<figure><p>x</p></figure>"),
        ('<figure data-embed="a"><a href="mailto:a@b.c">x</a></figure>', None),
        (
            '<figure data-embed="a"><a href="javascript:x()">x</a></figure>',
            "<figure><a>x</a></figure>",
        ),
        ('<p data-embed="youtube">x</p>', "<p>x</p>"),
        (
            '<iframe src="https://ads.test/1"></iframe>',
            '<p><a href="https://ads.test/1">ads.test</a></p>',
        ),
        ('<video src="javascript:x()"></video>', ""),
        ('<object data="data:text/html,x"></object>', ""),
        ('<script src="https://gist.github.com.evil.test/a.js"></script>', ""),
        ('<audio src="https://user@[::1/a.mp3"></audio>', ""),
    ],
)
def test_what_is_no_embed_does_not_look_like_one(source: str, expected: str | None) -> None:
    expected = '<figure><a href="mailto:a@b.c">x</a></figure>' if expected is None else expected
    assert html(source) == expected


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=100)
def test_any_figures_settle_and_agree_with_their_addresses(source: str) -> None:
    body = html(source)
    assert html(body) == body
    for embed in embeds.read(body):
        assert embed.provider == embeds.provider_of(embed.url)
    assert body.count(" data-embed=") == len(embeds.read(body))


def test_comments_have_links() -> None:
    film = '<iframe src="https://vimeo.com/1" title="Film"></iframe>'
    assert markup.comment_html(Body(film)) == (
        '<p><a href="https://vimeo.com/1" rel="nofollow ugc">Film</a></p>'
    )


@pytest.mark.parametrize("piece", ['<figure data-embed="">', "<object>", "<video>", TWEET[:40]])
def test_many_beginnings_are_read_in_linear_time(piece: str) -> None:
    html(piece * 20_000)

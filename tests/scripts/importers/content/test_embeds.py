"""Embeds come in from every kind of source: players of pages, shortcodes, enclosures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.text import embeds, markup
from hub.text.bodies import Body
from scripts.importers.content import players
from scripts.importers.content.embeds import Enclosure, append_enclosures, expand_embeds
from scripts.importers.feeds.reader import FeedReader
from scripts.importers.markdown import mdx
from scripts.importers.markdown.template_tags import remove_template_tags
from scripts.importers.wordpress import shortcodes
from scripts.importers.wordpress.reader import WordPressReader
from tests.support.importer_inputs import (
    HEAD,
    SUFFIXES,
    TAIL,
    a_source,
    an_export,
    an_item,
    the_draft,
)

FRAME = "&lt;iframe src=&quot;https://www.youtube.com/embed/abc&quot;&gt;&lt;/iframe&gt;"
POST = "{&quot;url&quot;:&quot;https://twitter.com/a/status/1&quot;,&quot;full_text&quot;:&quot;Late&quot;}"
WORDS = "The boats of the harbour were counted again, and there were forty-one of them. " * 6
SOUND = "https://pod.test/episode/1"


def urls(html: str) -> list[tuple[str, str]]:
    return [(embed.url, embed.provider) for embed in embeds.read(markup.to_html(Body(html)))]


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".txt"])
def test_an_embed_comes_in_from_every_kind_of_source(suffix: str, tmp_path: Path) -> None:
    film = '<iframe src="https://player.vimeo.com/video/1" title="The launch"></iframe>'
    gist = '<script src="https://gist.github.com/a/1.js"></script>'
    reader = a_source(
        tmp_path / f"file{suffix}", f"{WORDS}</p>{film}<p>{WORDS}</p>{gist}<p>{WORDS}"
    )
    html = markup.to_html(the_draft(reader).body)
    assert [(embed.url, embed.title) for embed in embeds.read(html)] == [
        ("https://player.vimeo.com/video/1", "The launch"),
        ("https://gist.github.com/a/1", None),
    ]


@pytest.mark.parametrize(
    ("html", "address", "provider"),
    [
        (
            f'<div class="w" data-html="{FRAME}"></div>',
            "https://www.youtube.com/embed/abc",
            "youtube",
        ),
        (
            f'<div class="tweet" data-attrs="{POST}"></div>',
            "https://twitter.com/a/status/1",
            "twitter",
        ),
    ],
)
def test_embeds_in_attributes_are_figures(html: str, address: str, provider: str) -> None:
    assert urls(expand_embeds(html)) == [(address, provider)]


def test_the_words_of_a_post_are_a_quotation() -> None:
    html = expand_embeds(f'<div class="tweet" data-attrs="{POST}"></div>')
    assert "<blockquote><p>Late</p></blockquote>" in html


@pytest.mark.parametrize("piece", ["<div data-html=", '<div class="tweet" '])
def test_text_with_many_beginnings_is_read_in_linear_time(piece: str) -> None:
    assert expand_embeds(piece * 100_000) == piece * 100_000


YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"
CALLS = [
    ("youtube", "abcdefghijk", YOUTUBE),
    ("youtube", 'id="abcdefghijk" autoplay="true"', YOUTUBE),
    ("vimeo", "123456789", "https://vimeo.com/123456789"),
    ("x", 'user="harbour" id="123"', "https://twitter.com/harbour/status/123"),
    ("tweet", "123", "https://twitter.com/i/status/123"),
    ("gist", "vera 0001", "https://gist.github.com/vera/0001"),
    ("gist", "vera/0001", "https://gist.github.com/vera/0001"),
    ("instagram", "Cabc_1", "https://www.instagram.com/p/Cabc_1/"),
    ("soundcloud", 'url="https://soundcloud.com/a/b"', "https://soundcloud.com/a/b"),
    ("audio", 'src="/sounds/a.mp3"', "/sounds/a.mp3"),
    ("video", 'width="640" mp4="https://a.test/f.mp4"', "https://a.test/f.mp4"),
]


@pytest.mark.parametrize(("name", "arguments", "url"), CALLS)
def test_a_shortcode_is_an_embed_in_every_dialect(name: str, arguments: str, url: str) -> None:
    assert players.page_url(name, arguments) == url
    tags = [
        remove_template_tags(f"a\n\n{{{{< {name} {arguments} >}}}}\n\nb"),
        remove_template_tags(f"a\n\n{{% {name} {arguments} %}}\n\nb"),
        remove_template_tags(f"a\n\n{{% include {name}.html {arguments} %}}\n\nb"),
    ]
    if "=" in arguments:
        tags += [mdx.strip_components(f"a\n\n<{name.capitalize()} {arguments} />\n\nb")]
    if name != "x":
        tags += [shortcodes.to_html(f"a\n\n[{name} {arguments}]\n\nb")]
    for text, left_out in tags:
        assert [embed[0] for embed in urls(text)] == [url]
        assert not left_out


@pytest.mark.parametrize(
    "content",
    [
        "{{< youtube >}}",
        "[youtube]",
        "[audio]",
        '[embed width="1"][/embed]',
        "{% gist %}",
        "[vimeo !]",
    ],
)
def test_a_player_of_nothing_shows_nothing(content: str) -> None:
    html = remove_template_tags(content)[0] if "{" in content else shortcodes.to_html(content)[0]
    assert urls(html) == []


def test_the_sound_of_an_episode_is_an_embed_of_its_article(tmp_path: Path) -> None:
    enclosure = f'<enclosure url="{SOUND}" type="audio/mpeg" length="1"/>'
    picture = '<enclosure url="https://pod.test/a.jpg" type="image/jpeg" length="1"/>'
    path = tmp_path / "feed.rss"
    path.write_text(
        '<?xml version="1.0"?><rss version="2.0"><channel><item><title>x</title>'
        f"<description>Words.</description>{enclosure}{picture}</item></channel></rss>"
    )
    items = [
        {
            "id": "1",
            "title": "x",
            "content_text": "Words.",
            "attachments": [{"url": SOUND, "mime_type": "audio/mpeg", "title": "Part one"}],
        }
    ]
    (tmp_path / "feed.json").write_text(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    )
    meta = (
        "<wp:postmeta><wp:meta_key>enclosure</wp:meta_key>"
        f"<wp:meta_value><![CDATA[{SOUND}\n123\naudio/mpeg\n]]></wp:meta_value></wp:postmeta>"
    )
    export = an_export(tmp_path, an_item(1, "Words.", more=meta), head=HEAD, tail=TAIL)
    for reader, title in (
        (FeedReader(path), None),
        (FeedReader(tmp_path / "feed.json"), "Part one"),
        (WordPressReader(export), None),
    ):
        [embed] = embeds.read(markup.to_html(the_draft(reader).body))
        assert embed == (SOUND, "pod.test", embeds.EmbedKind.AUDIO, title, None)


def test_an_enclosure_that_the_text_shows_comes_once() -> None:
    html = f'<p><a href="{SOUND}">Listen</a></p>'
    assert append_enclosures(html, [Enclosure(SOUND, "audio/mpeg")]) == html

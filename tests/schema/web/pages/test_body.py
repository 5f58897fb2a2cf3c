"""Bodies on pages: tables, galleries, code, footnotes, players, tables of contents."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from lxml import html as markup

from hub import articles
from hub.auth import SYSTEM
from hub.drafts import ArticleChanges
from hub.text.bodies import Body, Markup
from hub.text.markup import to_html
from schema.web.absolute_links import LinkContext
from schema.web.pages import body as bodies
from schema.web.pages import players
from schema.web.pages.discussion import MAX_INDENT, Entry, arrange
from tests.support.factories import an_article
from tests.support.hub import Client

PAGE = LinkContext("", "https://old.test/2026/a", "", {})
BASE = "http://hub.test/"


def prepare(html: str) -> tuple[bodies.Body, Any]:
    body = bodies.prepare(to_html(Body(html, Markup.HTML)), PAGE, BASE)
    return body, markup.fragment_fromstring(body.html, create_parent="div")


@pytest.mark.parametrize(
    ("html", "path", "number"),
    [
        ("<table><caption>Tides</caption><tr><td>1</table>", "div.scroll[aria-label=Tides]", 1),
        ("<table><tr><td><table><tr><td>1</table></table>", "div.scroll", 1),
        ("<table><tr><td>1,204<td>−3.5 %<td>12 000 €<td>$4<td>a 1</table>", "td.number", 4),
        ('<figure><img src="a.png"><img src="b.png"></figure>', ".gallery", 1),
        (
            '<figure><figure><img src="a.png"><figcaption>A</figcaption></figure>'
            '<figure><img src="b.png"></figure><figcaption>Both</figcaption></figure>',
            ".gallery",
            1,
        ),
        ('<ul><li><img src="a.png"><li><a href="b"><img src="b.png"></a></ul>', "ul.gallery", 1),
        ('<p><img src="a.png"> and <img src="b.png"></p>', ".gallery", 0),
        ('<figure><img src="a.png"></figure>', ".gallery", 0),
        ("<pre><code>a</code></pre>", "div.code > pre[dir=ltr][tabindex='0'] > code[dir=ltr]", 1),
        ("<p dir='rtl'>א <code>a.b()</code></p>", "code[dir=ltr]", 1),
        ("<h1>One</h1>", "h2", 1),
        ('<ol><li id="fn1">Note <a href="#fnref1">↩</a></ol>', "ol.footnotes", 1),
        ('<ol><li id="step1">Not a note</ol>', "ol.footnotes", 0),
        ('<img src="http://p.test/a.png">', "img[src^='https://'][loading=lazy]", 1),
        ('<img src="http://hub.test/media/a.png">', "img[src^='http://hub.test/']", 1),
    ],
)
def test_a_body_is_arranged_for_reading(html: str, path: str, number: int) -> None:
    _, tree = prepare(html)
    assert len(tree.cssselect(path)) == number


def test_text_behind_what_is_wrapped_stays_behind_it() -> None:
    _, tree = prepare("<div>a<table><tr><td>1</table>b<pre>c</pre>d</div>")
    assert tree.text_content() == "a1bcd"


def test_a_table_of_contents_leads_to_headings() -> None:
    body, tree = prepare('<h2>Same</h2><h3>Same</h3><h2 id="x">Other</h2><h2></h2>')
    assert [(level, words) for level, _, words in body.contents] == [
        *((2, "Same"), (3, "Same"), (2, "Other")),
    ]
    ids = [id_ for _, id_, _ in body.contents]
    assert len(set(ids)) == 3
    assert all(tree.cssselect(f"[id='{id_}']") for id_ in ids)
    assert prepare("<h2>One</h2><h2>Two</h2>")[0].contents == []


@pytest.mark.parametrize(
    ("text", "minutes"), [("", 1), ("word " * 220, 1), ("word " * 1100, 5), ("文" * 1350, 3)]
)
def test_reading_takes_minutes(text: str, minutes: int) -> None:
    assert bodies.reading_minutes(text) == minutes


@pytest.mark.parametrize(
    ("url", "provider", "expected"),
    [
        *(
            (url, "youtube", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1")
            for url in (
                "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3",
                "https://youtu.be/dQw4w9WgXcQ",
                "https://www.youtube.com/shorts/dQw4w9WgXcQ",
            )
        ),
        ("https://vimeo.com/12345678", "vimeo", "https://player.vimeo.com/video/12345678"),
        ("https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk", "spotify", "embed/episode/4rO"),
        ("https://soundcloud.com/a/b", "soundcloud", "?url=https%3A%2F%2Fsoundcloud.com%2Fa%2Fb"),
        ("http://p.test/a.mp4", "p.test", "https://p.test/a.mp4"),
        ("/files/a.mp3", "file", "/files/a.mp3"),
        ("https://www.youtube.com/watch?v=short", "youtube", None),
        ("https://www.youtube.com/@channel", "youtube", None),
        ("https://vimeo.com/'><script>", "vimeo", None),
        ("https://bsky.app/profile/a/post/1", "bluesky", None),
        ("javascript:alert(1)//a.mp4", "file", None),
        ("https://[bad/a.mp4", "file", None),
    ],
)
def test_an_embed_has_the_player_of_its_provider(
    url: str, provider: str, expected: str | None
) -> None:
    player = players.player_of(url, provider)
    assert (player is None) == (expected is None)
    if player is not None and expected is not None:
        assert expected in player.url
        assert player.url.startswith(("https://", "/"))


@pytest.mark.anyio
async def test_the_policy_admits_the_players_of_a_story_alone(client: Client) -> None:
    film = '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="A ferry"></iframe>'
    for slug, html in (("film", film), ("sound", '<audio src="https://p.test/a.mp3">'), ("no", "")):
        id_ = await an_article(slug, slug=slug)
        changes = ArticleChanges(body=Body(html, Markup.HTML))
        await articles.revise(id_, changes, seen_version=1, by=SYSTEM)
    policies = {}
    for slug in ("film", "sound", "no"):
        answer = await client.http.get(f"/stories/{slug}")
        policies[slug] = answer.headers["content-security-policy"]
        assert "<iframe" not in answer.text
        assert ("data-frame" in answer.text) == (slug == "film")
    assert policies["film"].endswith("; frame-src https://www.youtube-nocookie.com")
    assert policies["sound"].endswith("; media-src 'self' https:")
    assert "frame-src" not in policies["no"]


def depth(entries: list[Entry]) -> int:
    return max((1 + depth(entry.replies) for entry in entries), default=0)


def size(entries: list[Entry]) -> int:
    return sum(1 + size(entry.replies) for entry in entries)


def test_a_long_chain_of_replies_is_whole_and_no_deeper_than_a_page_is_wide() -> None:
    chain = [{"id": n, "parent": {"id": n - 1} if n else None} for n in range(100)]
    tree = arrange(chain)
    assert (size(tree), depth(tree)) == (100, MAX_INDENT)
    assert [entry.names_parent for entry in arrange(chain[50:51])] == [True]


def _steps(html: str) -> int:
    """Return the lines of the module that run to prepare a body, those of its generators too."""
    steps = 0

    def trace(frame: FrameType, _event: str, _arg: object) -> Any:
        nonlocal steps
        if frame.f_code.co_filename != bodies.__file__:
            return None
        steps += 1
        return trace

    canonical, before = to_html(Body(html, Markup.HTML)), sys.gettrace()
    sys.settrace(trace)
    try:
        bodies.prepare(canonical, PAGE, BASE)
    finally:
        sys.settrace(before)
    return steps


PICTURES = '<img src="a.png"><img src="b.png">' * 100


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("<h2>Again</h2>" * 50, "<h2>Again</h2>" * 200),
        (f"<div>{PICTURES}</div>", f"{'<div>' * 60}{PICTURES}{'</div>words' * 60}"),
    ],
    ids=["headings alike", "boxes within boxes"],
)
def test_the_work_grows_with_the_length_of_a_body(short: str, long: str) -> None:
    assert _steps(long) < 5 * _steps(short)

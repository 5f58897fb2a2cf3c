"""hub.text.markup: HTML is safe, sanitising is idempotent, paragraphs are counted correctly."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from hub.text import embeds
from hub.text.bodies import Body, Markup
from hub.text.markup import (
    Link,
    comment_html,
    excerpt,
    headings,
    links,
    to_html,
    to_markdown,
    to_text,
)

NAMES = ["a", "b", "p", "div", "ul", "li", "table", "td", "em", "img", "script", "svg", "h2", "x"]
SIGNS = [
    *"<>/\"'=& \n-![]`*_|#",
    "href=",
    "src=x",
    "onerror=alert(1)",
    "javascript:",
    "data:x",
    "é",
]
TAGS = st.sampled_from([f"<{name}>" for name in NAMES] + [f"</{name}>" for name in NAMES])
SOUP = st.lists(TAGS | st.sampled_from(SIGNS) | st.text(max_size=8), max_size=40).map("".join)
BODIES = st.builds(Body, SOUP | st.text(), st.sampled_from(Markup))


def html(text: str) -> str:
    return to_html(Body(text))


def markdown(text: str) -> str:
    return to_html(Body(text, Markup.MARKDOWN))


class Tags(HTMLParser):
    """Parses the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def assert_harmless(text: str) -> None:
    for tag, attributes in Tags(text).tags:
        assert tag not in ("script", "style", "iframe", "object", "embed", "svg", "form", "x")
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src", "cite"):
                scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
                assert scheme is None or scheme[1].lower() in ("http", "https", "mailto", "tel")


@given(BODIES)
@settings(max_examples=200)
def test_any_body_becomes_harmless_html_that_settles(body: Body) -> None:
    for render in (to_html, comment_html):
        canonical = render(body)
        assert_harmless(canonical)
        assert render(Body(canonical)) == canonical


@given(BODIES)
@settings(max_examples=100)
def test_text_and_links_agree_about_paragraphs(body: Body) -> None:
    canonical = to_html(body)
    text = to_text(canonical)
    paragraphs = text.split("\n\n")
    assert text == "\n\n".join(" ".join(part.split()) for part in paragraphs)
    for link in links(canonical):
        assert 0 <= link.position < len(paragraphs)
    for heading in headings(canonical):
        assert heading.text == paragraphs[heading.position]
    to_markdown(canonical)


@given(st.text(), st.integers(min_value=1, max_value=300))
def test_an_excerpt_keeps_to_its_length(text: str, length: int) -> None:
    short = excerpt(text, length)
    assert len(short) <= length
    assert "\n" not in short


def test_known_attacks_do_not_survive(shared: Path) -> None:
    for case in json.loads((shared / "security" / "xss-payloads.json").read_text()):
        assert_harmless(html(case["payload"]))
        assert_harmless(comment_html(Body(case["payload"])))


@pytest.mark.parametrize(
    ("_case", "source", "expected"),
    [
        ("script", "<p>a<script>alert(1)</script>b</p>", "<p>a b</p>"),
        ("unclosed script", "a<script>alert(1)", "a"),
        ("handler", '<p onclick="x()">a</p>', "<p>a</p>"),
        ("style", '<p style="color:red">a</p><style>p{}</style>', "<p>a</p>"),
        ("javascript", '<a href="javas&#9;cript:x()">a</a>', "<a>a</a>"),
        ("data", '<img src="data:image/png;base64,AA" alt="a">b', "b"),
        ("mailto", '<a href="mailto:a@b.c">a</a>', '<a href="mailto:a@b.c">a</a>'),
        ("relative", '<a href="../x">a</a>', '<a href="../x">a</a>'),
        ("unknown tag", "<center>a</center><blink>b</blink>", "<div>a</div>b"),
        ("code", '<pre class="x language-py y"><code>a</code></pre>', None),
        ("id", '<h2 id="top">a</h2><a href="#top">b</a>', None),
        ("empty paragraphs", "<p></p><p>&nbsp;</p><p>a</p>", "<p>a</p>"),
        ("embedded", '<iframe src="//film.test/1"></iframe>', None),
        ("hostile embedded", '<iframe src="javascript:x()"></iframe>', ""),
        ("nested paragraphs", "<p><button><p>a</p></button></p>", ""),
        ("control", "a\x00\x08b&#1;", "ab"),
        ("form feed", "a&#12;b", "a b"),
    ],
)
def test_articles_keep_what_is_text(_case: str, source: str, expected: str | None) -> None:
    special = {
        "code": '<pre class="language-py"><code>a</code></pre>',
        "id": '<h2 id="user-content-top">a</h2><a href="#user-content-top">b</a>',
        "embedded": '<p><a href="https://film.test/1">film.test</a></p>',
    }
    assert html(source) == (special[_case] if expected is None else expected)


def test_comments_are_stricter_and_vouch_for_nothing() -> None:
    source = (
        '<h2>Hi</h2><a href="http://x.test">x</a> <a href="/x">y</a><img src="http://x.test/i">'
    )
    assert comment_html(Body(source)) == (
        '<p>Hi</p><a href="http://x.test" rel="nofollow ugc">x</a> <a rel="nofollow ugc">y</a>'
    )
    words = Body("One\ntwo\n\n<three>", Markup.TEXT)
    assert comment_html(words) == "<p>One<br>\ntwo</p>\n<p>&lt;three&gt;</p>"


def test_text_has_its_paragraphs_by_empty_lines() -> None:
    body = Body("\nOne & two,\nthree.\r\n \r\n\r\nFour.\n", Markup.TEXT)
    assert to_html(body) == "<p>One &amp; two,\nthree.</p>\n<p>Four.</p>"
    assert to_text(to_html(body)) == "One & two, three.\n\nFour."


def test_markdown_has_tables_footnotes_and_strike_through() -> None:
    text = to_text(markdown("~~No~~ yes[^1]\n\n|a|b|\n|-|-|\n|c|d|\n\n[^1]: Why."))
    assert text.split("\n\n")[:5] == ["No yes[1]", "a", "b", "c", "d"]
    assert "Why." in text
    assert markdown("<script>x</script>\n\n*a*") == "<p><em>a</em></p>"


def test_a_paragraph_is_the_text_of_a_block() -> None:
    canonical = html(
        "<h2>A</h2><p>b<br>c &amp; <b>d</b></p><ul><li>e<ul><li>f</li></ul>g</li></ul>"
        "<table><tr><td>h</td><td>i</td></tr></table>j"
    )
    assert to_text(canonical).split("\n\n") == ["A", "b c & d", "e", "f", "g", "h", "i", "j"]


def test_links_know_their_paragraph() -> None:
    canonical = html(
        '<p>a</p><p><a href="/1">b <i>c</i></a> d <a href="/2">e</a></p>'
        '<a href="/3"><h2>f</h2></a><p><a href="/4"><img src="i.png"></a></p>'
    )
    assert links(canonical) == [
        Link("/1", "b c", 1),
        Link("/2", "e", 1),
        Link("/3", "f", 2),
        Link("/4", "", 2),
    ]


def test_headings_are_paragraphs_with_anchors_of_their_own() -> None:
    html = (
        '<p>a</p><h2>Öl &amp; gas<br>now</h2><p>x</p><h3 id="user-content-oel-gas-now">B</h3>'
        "<h2></h2><h4>small</h4><ul><li>y</li></ul><h3>Öl &amp; gas now</h3><h1>?</h1>"
    )
    found = headings(html)
    assert [(one.level, one.text) for one in found] == [
        (2, "Öl & gas now"),
        (3, "B"),
        (3, "Öl & gas now"),
        (1, "?"),
    ]
    assert len({one.anchor for one in found}) == 4
    assert found[1].anchor == "user-content-oel-gas-now"
    assert found[3].anchor == "user-content-section"
    paragraphs = to_text(html).split("\n\n")
    assert [paragraphs[one.position] for one in found] == [one.text for one in found]


def test_an_excerpt_ends_at_a_word() -> None:
    assert excerpt("One  two\n\nthree", 40) == "One two three"
    assert excerpt("One two three", 9) == "One two…"
    assert excerpt("One, two", 5) == "One…"
    assert excerpt("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 50_000,
        '<div title="</div>">' * 20_000,
        "<mark><div></mark>x" * 20_000,
        "".join(f"<b lang={number}>x<p>" for number in range(10_000)),
        "<table><td>" * 20_000,
        "<" * 100_000,
        '<a x="' * 50_000,
        "<!--" * 50_000,
        "<script>" * 50_000,
    ],
)
def test_hostile_nesting_takes_no_longer_than_text(hostile: str) -> None:
    started = time.process_time()
    to_text(html(hostile))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(("columns", "rows"), [(5_000, 3_000), (20_000, 1), (2, 9_000), (0, 10)])
@pytest.mark.parametrize("cell", ["th", "td"])
def test_markdown_of_a_table_is_not_much_longer_than_its_html(
    columns: int, rows: int, cell: str
) -> None:
    """A wide head over many short rows, which the others would fill up."""
    wide = "<tr>" + f"<{cell}>a</{cell}>" * columns + "</tr>"
    table = html(f"<table>{wide}{'<tr><td>b</td></tr>' * rows}</table>")
    text = to_markdown(table)
    assert len(text) < 2 * len(table)
    assert text.count("\n| b |") == rows


# ── Markdown out ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<h2>A #</h2><p>b <b>c</b>, <i>d</i><br>e</p>", "## A \\#\n\nb **c**, *d*\\\ne"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ('<ol start="3"><li><p>a</p><p>b</p></li></ol>', "3. a\n\n   b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ('<pre><code class="language-py">x = 1\n\n`y`</code></pre>', "```py\nx = 1\n\n`y`\n```"),
        ("<table><tr><th>a|b</th></tr><tr><td>c</td></tr></table>", "| a\\|b |\n| --- |\n| c |"),
        ('<a href="/a b" title="t">x</a> <img src="i.png" alt="[y]">', None),
        ("<p>1. a</p><p># b</p><p>* c_d_e [f]</p>", "1\\. a\n\n\\# b\n\n\\* c_d_e \\[f\\]"),
        ("<p>a<sub>2</sub> <code>`b`</code></p>", "a<sub>2</sub> `` `b` ``"),
        ("<p>x<b>“y”</b>z</p><hr><ul><li>a</li></ul><ul><li>b</li></ul>", None),
    ],
)
def test_markdown_says_the_same(source: str, expected: str | None) -> None:
    canonical = html(source)
    text = to_markdown(canonical)
    if expected is not None:
        assert text == expected
    assert to_text(markdown(text)) == to_text(canonical)


@given(st.text(alphabet="ab *_`[]()<>#|~\\&;!-+.1\n", max_size=60))
@settings(max_examples=300)
def test_no_plain_text_is_taken_for_markdown(text: str) -> None:
    canonical = to_html(Body(text, Markup.TEXT))
    assert to_text(markdown(to_markdown(canonical))) == to_text(canonical)


REPEATED = [
    "[", "]", "![", "[](", "[a](", "[a](<b", '[a](b "', "[^", "^[", "[^a]: b\n", "[a]: b\n",
    "*", "**", "*a ", "**a ", "*a_", "_", "__a ", "~~a ", "`", "`a", "``a`", "<", "<a ", "<a x='",
    "</", "<!--", "a <!-- ", "a <?", "a <![CDATA[", "&", "&#", "|", "|a", "|\n", "> ", ">", "- a\n",
    "-\n", "1. ", "1) a\n", "#", "# a\n", "\\", "\n", "    a\n", "```\n", "http://a", "<http://a",
    "<p><b>", "<a><p>", "<i><div>", "<table><b>", "<ul><li>", "<script ", "<q><b><p>",
]  # fmt: skip
"""Tokens at which parsers look ahead, or back."""

EMBED = '<figure><figure data-embed=""><a href="https://vimeo.com/1">x</a></figure>'
WITHIN = [
    (EMBED, " ", "x</figure>"), (EMBED, "</p>", "x</figure>"), ("<figure>", "<p>", "x"),
    (EMBED + "<figcaption>", " x", "</figcaption>x</figure>"), ("<h2>", "#", "x</h2>"),
    ('<figure lang="', " data-embed=", '"><figure data-embed="">x'),
    ("<figure data-embed=''>", "<a href='/x'>y</a>", "</figure>"), ("<p>", "&nbsp;", "x"),
    ("<video>", "<source ", "x"), ("<iframe title=x ", "a='", ">"), ("<h2>", "<br>", "</h2>"),
    ("<iframe src=https://vimeo.com/1 title='", "video ", "'></iframe>"),
    ("<script src='https://gist.github.com/", "a.js", "!'></script>"), ("<ul><li>", " ", "x"),
]  # fmt: skip
"""What stands between a beginning and an end that expressions look for."""

CHARACTERS = 20_000


@pytest.mark.parametrize(
    ("markup", "before", "token", "after"),
    [(markup, "", token, "") for markup in (Markup.MARKDOWN, Markup.HTML) for token in REPEATED]
    + [(Markup.HTML, *parts) for parts in WITHIN],
)
def test_repeated_tokens_take_linear_time(
    markup: Markup, before: str, token: str, after: str
) -> None:
    """Four times the text takes less than eight times the CPU; in quadratic time, sixteen."""

    def seconds(characters: int) -> float:
        body = Body(before + token * (characters // len(token)) + after, markup)
        started = time.process_time()
        text = to_html(body)
        for convert in (to_markdown, to_text, links, embeds.read):
            convert(text)
        return time.process_time() - started

    quarter = min(seconds(CHARACTERS // 4) for _ in range(2))
    full = min(seconds(CHARACTERS) for _ in range(2))
    assert full < 8 * quarter + 0.1


def test_links_are_parsed_as_before() -> None:
    """Brackets in running text are far below their limit."""
    text = (
        'A [link](/a "t"), an ![image [within] it](/b), [a][r], [^1] and ^[inline [x](/y)]. ' * 200
    )
    document = f"{text}\n\n[r]: /c\n\n[^1]: note"
    assert markdown(document).count('href="/a"') == 200
    assert markdown(document).count('src="/b"') == 200
    assert markdown(document).count('href="/y"') == 200
